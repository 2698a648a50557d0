"""Markers joined, turned round, and asked about Linux before any target is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.markers import InvalidMarker, Marker

from archcheck.inputs.parsing.messages import failure
from archcheck.inputs.parsing.partial_markers import tokens_of
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.platforms.marker_environment import evaluate, marker_environment

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from archcheck.manifest.manifest import Location

_OPPOSITE: Final = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in",
}  # fmt: skip


def both(left: Marker | None, right: Marker | None, location: Location) -> Marker | None:
    """Return the marker that holds where *left* and *right* do; None always holds."""
    if left is None or right is None:
        return left or right
    try:
        return left if str(left) == str(right) else Marker(f"({left}) and ({right})")
    except RecursionError:
        raise failure(location, "its markers are nested too deeply; expected simpler ones") from None


def negated(marker: Marker) -> Marker | None:
    """Return the marker that holds where *marker* does not; None where there is no such marker (`~=`)."""
    try:
        return Marker(_neither(tokens_of(marker)))
    except (InvalidMarker, KeyError, IndexError, RecursionError):
        return None


def could_hold_on_linux(marker: Marker | None, pythons: Iterable[str]) -> bool:
    """Return whether *marker* holds under one of *pythons* (in full), on either architecture."""
    if marker is None:
        return True
    try:
        return any(
            evaluate(marker, marker_environment(python, architecture))
            for python in pythons
            for architecture in ARCHITECTURES
        )
    except RecursionError:  # nested almost too deeply to be parsed, and asked from a deeper stack
        return True


def _neither(tokens: list[re.Match[str]]) -> str:
    parts = [_not_all(tokens)]
    while tokens and tokens[-1][0] == "or":
        tokens.pop()
        parts.append(_not_all(tokens))
    return " and ".join(f"({part})" for part in parts)


def _not_all(tokens: list[re.Match[str]]) -> str:
    parts = [_not_one(tokens)]
    while tokens and tokens[-1][0] == "and":
        tokens.pop()
        parts.append(_not_one(tokens))
    return " or ".join(parts)


def _not_one(tokens: list[re.Match[str]]) -> str:
    token = tokens.pop()
    if token[0] != "(":
        return f"{token[1]} {_OPPOSITE[token[2]]} {token[3]}"
    inner = _neither(tokens)
    tokens.pop()
    return f"({inner})"
