"""Parts of a marker that the input decides, before any machine is known.

Lock files ask for extras and groups in markers (`"dev" in dependency_groups`, `extra == "extra-3-foo-cpu"`).
What is selected settles them; what remains is a plain PEP 508 marker.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.markers import Marker

if TYPE_CHECKING:
    from collections.abc import Callable

Settled = Marker | bool
"""A marker that depends on the machine, or the answer that is the same on all."""

# `str(marker)` has one form: operands are variables or quoted values, each token has a space around it.
_OPERAND = r"""(?:"[^"]*"|'[^']*'|[a-z_]+)"""
_TOKEN = rf"[()]|(?:and|or)\b|({_OPERAND}) (not in|in|[<>=!~]+) ({_OPERAND})"


def tokens_of(marker: Marker) -> list[re.Match[str]]:
    """Return the tokens of *marker*, the last one first: brackets, `and` and `or`, and whole comparisons."""
    return list(re.finditer(_TOKEN, str(marker)))[::-1]


def settle(marker: Marker | None, decide: Callable[[str, str, str], bool | None]) -> Settled:
    """Return what is left of *marker* once *decide* has answered the comparisons that it can answer.

    *decide* takes the left operand, the operator and the right operand, values in their quotes, and returns
    None for what is not its business. Raises RecursionError for a marker nested too deeply.
    """
    if marker is None:
        return True
    found = _either(tokens_of(marker), decide)
    return found if isinstance(found, bool) else Marker(found)


def both(left: Settled, right: Settled) -> Settled:
    """Return the condition that is true where both are."""
    if isinstance(left, bool):
        return right if left else False
    if isinstance(right, bool):
        return left if right else False
    return Marker(f"({left}) and ({right})")


def either(conditions: list[Settled]) -> Settled:
    """Return the condition that is true where one of *conditions* is; false for none at all."""
    if True in conditions:
        return True
    texts = [f"({condition})" for condition in conditions if not isinstance(condition, bool)]
    return Marker(" or ".join(texts)) if texts else False


def _either(tokens: list[re.Match[str]], decide: Callable[[str, str, str], bool | None]) -> str | bool:
    parts = [_all(tokens, decide)]
    while tokens and tokens[-1][0] == "or":
        tokens.pop()
        parts.append(_all(tokens, decide))
    if True in parts:
        return True
    texts = [part for part in parts if isinstance(part, str)]
    return " or ".join(texts) if texts else False


def _all(tokens: list[re.Match[str]], decide: Callable[[str, str, str], bool | None]) -> str | bool:
    parts = [_one(tokens, decide)]
    while tokens and tokens[-1][0] == "and":
        tokens.pop()
        parts.append(_one(tokens, decide))
    if False in parts:
        return False
    texts = [part for part in parts if isinstance(part, str)]
    return " and ".join(texts) if texts else True


def _one(tokens: list[re.Match[str]], decide: Callable[[str, str, str], bool | None]) -> str | bool:
    token = tokens.pop()
    if token[0] != "(":
        answer = decide(token[1], token[2], token[3])
        return token[0] if answer is None else answer
    inner = _either(tokens, decide)
    tokens.pop()
    return f"({inner})" if isinstance(inner, str) else inner
