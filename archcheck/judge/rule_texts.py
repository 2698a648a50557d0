"""What the rules mean to a person: the texts of `data/rules.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from archcheck.data import load
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that people do about it, with the command or the line that does it, where there is one."""

    text: str
    command: str = ""


class RuleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule in words; `see` names other rules, `sources` issues of the projects concerned and standards."""

    code: str = ""
    name: str
    title: str
    meaning: str
    cause: str
    actions: tuple[Action, ...]
    see: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@cache
def rules() -> tuple[RuleText, ...]:
    """Return every rule, in the order of the codes."""
    texts = load("rules.toml", dict[str, RuleText])
    return tuple(msgspec.structs.replace(text, code=code) for code, text in sorted(texts.items()))


@cache
def names() -> Mapping[str, str]:
    """Return the name that findings bear, by the rule's code."""
    return {text.code: text.name for text in rules()}


def rule(code: str) -> RuleText:
    """Return the rule of this code (`AC002`, in either case) or name (`build-required`).

    Raises `UsageError` where there is none, with the nearest that there is.
    """
    known = {key: text for text in rules() for key in (text.code, text.name)}
    wanted = code.strip()
    for key in (wanted.upper(), wanted.lower()):
        if key in known:
            return known[key]
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is well

    near = get_close_matches(wanted.upper(), known, n=2) or get_close_matches(wanted.lower(), known, n=2)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else f"they are {rules()[0].code} to {rules()[-1].code}"
    )
    raise UsageError(f"there is no rule {wanted!r}; {hint}")
