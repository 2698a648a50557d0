"""A range with other versions in it, in the hand of whoever wrote it: spaces, order and operators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from archcheck.remedy.edits.model import NotEditable

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLAUSE: Final = re.compile(r"\s*(?P<operator>===|[=!~<>]=|[<>])(?P<gap>\s*)(?P<version>[^\s,]+)\s*(?:,|$)")
_RANK: Final = {"===": 0, "==": 0, "~=": 0, ">=": 1, ">": 1, "<": 2, "<=": 2, "!=": 3}


def ordered(specifier: SpecifierSet) -> list[Specifier]:
    """Return the clauses as people write them: from where, up to where, and without what."""
    return sorted(specifier, key=lambda each: (_RANK[each.operator], str(each)))


def tidy(specifier: SpecifierSet) -> str:
    """Return *specifier* as a text in that order."""
    return ",".join(map(str, ordered(specifier)))


def pep440(was: str, wanted: str) -> str:
    """Return *wanted* in the hand of *was*; that itself where it says the same."""
    new = ordered(_read(wanted))
    found = _clauses(was)
    if found is None or not new:
        return was if found is None and not was.strip() and not new else ",".join(map(str, new))
    old = [Specifier(f"{each['operator']}{each['version']}") for each in found]
    if set(old) == set(new):
        return was
    operators = [each.operator for each in old]
    if len(set(operators)) == len(operators) and sorted(operators) == sorted(one.operator for one in new):
        by_operator = {each.operator: each for each in new}
        return _with_versions(was, found, old, by_operator)
    gap = found[0]["gap"]
    kept = {
        each: f"{place['operator']}{place['gap']}{place['version']}"
        for each, place in zip(old, found, strict=True)
    }
    comma = re.search(r"\s*,\s*", was)
    return (comma[0] if comma else ",").join(
        kept.get(each, f"{each.operator}{gap}{each.version}") for each in new
    )


def _with_versions(
    was: str, found: Sequence[re.Match[str]], old: Sequence[Specifier], new: dict[str, Specifier]
) -> str:
    """Return *was* with another version wherever that is what differs."""
    text = was
    for place, each in reversed(list(zip(found, old, strict=True))):
        then = new[each.operator]
        if then != each:
            text = text[: place.start("version")] + then.version + text[place.end("version") :]
    return text


def _clauses(text: str) -> list[re.Match[str]] | None:
    """Return the comparisons in *text*; None where it is not made of such."""
    found, at = [], 0
    while at < len(text.rstrip()):
        clause = _CLAUSE.match(text, at)
        if clause is None:
            return None
        try:
            Specifier(f"{clause['operator']}{clause['version']}")
        except InvalidSpecifier:
            return None
        found.append(clause)
        at = clause.end()
    return found or None


def poetrys(was: str, wanted: str) -> str:
    """Return *wanted* as Poetry has it: with a caret, a tilde or a bare version where *was* is written so."""
    new = _read(wanted)
    text = was.strip()
    single, least = re.fullmatch(r"(?P<sign>\^|~(?!=))(?P<gap>\s*)\S+", text), _least(new)
    if single and least and _is_up_to(new, least, _next_of(single["sign"], least)):
        return f"{single['sign']}{single['gap']}{least}"
    bare = re.fullmatch(r"(=?)(\s*)v?\d[\w.+!-]*(?:\.\*)?", text)
    if bare is not None and (pinned := _pinned(new)) is not None:
        return was if _same(bare[0].lstrip("= "), pinned) else f"{bare[1]}{bare[2]}{pinned}"
    return pep440(was, wanted) if new else "*"


def pipenvs(was: str, wanted: str) -> str:
    """Return *wanted* as a Pipfile has it: a bare version stays one, and `*` admits all."""
    new = _read(wanted)
    if was.strip()[:1].isdigit() and (pinned := _pinned(new)) is not None:
        return was if _same(was.strip(), pinned) else pinned
    return pep440(was, wanted) if new else "*"


def _same(was: str, pinned: str) -> bool:
    try:
        return Version(was) == Version(pinned)
    except InvalidVersion:
        return was == pinned


def _read(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        raise NotEditable(f"{text!r} is no range of versions") from None


def _pinned(specifier: SpecifierSet) -> str | None:
    """Return the one version, or all that begin alike, that *specifier* admits; None for a range."""
    clauses = list(specifier)
    return clauses[0].version if len(clauses) == 1 and clauses[0].operator == "==" else None


def _least(specifier: SpecifierSet) -> Version | None:
    found = [each.version for each in specifier if each.operator == ">="]
    return Version(found[0]) if len(found) == 1 else None


def _is_up_to(specifier: SpecifierSet, least: Version, end: Version) -> bool:
    others = [each for each in specifier if each.operator != ">="]
    return (
        len(others) == 1 and others[0].operator == "<" and Version(others[0].version) == end and least < end
    )


def _next_of(sign: str, version: Version) -> Version:
    """Return where `^version` or `~version` ends: before the next breaking release, or the next minor one."""
    numbers = version.release
    if sign == "~":
        at = min(1, len(numbers) - 1)
    else:
        at = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    return Version(".".join(map(str, (*numbers[:at], numbers[at] + 1))))
