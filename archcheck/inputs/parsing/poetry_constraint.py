"""Poetry's version constraints (`^1.2`, `~1.2`, `1.*`, `>=1 <2 || ^3`) in PEP 440's words.

The grammar is that of Poetry's documentation, "Dependency specification". A comma or a space joins what must
hold together, `|` or `||` what may hold instead.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CONSTRAINT = 2**12  # characters
MAX_ALTERNATIVES = 50
MAX_EXCLUSIONS = 20

_Operator = Literal["==", "!=", ">=", ">", "<=", "<"]

_ALTERNATIVES = r"\s*\|\|?\s*"
_OPERATOR = re.compile(r"\s*(~=|==|!=|>=|<=|[<>^~=])?\s*([\w.*+-]+(?:![\w.*+-]+)?)\s*,?")
_WILDCARD = r"v?((?:\d+!)?\d+(?:\.\d+)*)(?:\.\*)+"
_PLATFORM = r"(==|!=|=)?\s*([\w.-]+)"
_LEAST = Version("0.dev0")


class Clause(Struct, frozen=True, kw_only=True):
    """One comparison, as PEP 440 writes it; with `prefix`, the version stands for all that begin with it."""

    operator: _Operator
    version: Version
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.operator}{self.version}{'.*' if self.prefix else ''}"


class Translation(Struct, frozen=True, kw_only=True):
    """What a constraint admits; `exact` is False where the specifier admits versions between `||` parts too.

    PEP 440 has no "or": `^1.0 || ^3.0` becomes `>=1.0,<4.0,!=2.*`, but of `<1.5 || >=2` a gap remains.
    """

    specifier: SpecifierSet
    exact: bool = True


@cache
def translate(text: str) -> Translation:
    """Return the specifier of a constraint. Raises ValueError for what Poetry does not take either."""
    alternatives = _alternatives(text)
    if len(alternatives) == 1:
        return Translation(specifier=_specifier(alternatives[0]))
    return _union(alternatives)


@cache
def python_marker(text: str) -> Marker | None:
    """Return the marker of a `python = "…"` condition; None where it admits every Python."""
    alternatives = _alternatives(text)
    if not all(alternatives):
        return None
    words = (" and ".join(map(_python_comparison, clauses)) for clauses in alternatives)
    return Marker(" or ".join(f"({each})" for each in words))


@cache
def platform_marker(text: str) -> Marker | None:
    """Return the marker of a `platform = "…"` condition (`linux || darwin`); None where it admits all."""
    alternatives = [
        [found for word in part.split(",") if (found := _platform_comparison(word.strip()))]
        for part in re.split(_ALTERNATIVES, text.strip())
    ]
    if not all(alternatives):
        return None
    return Marker(" or ".join(f"({' and '.join(each)})" for each in alternatives))


def _platform_comparison(text: str) -> str:
    if text == "*":
        return ""
    found = re.fullmatch(_PLATFORM, text)
    if found is None:
        raise ValueError("expected a platform, as in 'linux' or '!=win32'")
    return f'sys_platform {"!=" if found[1] == "!=" else "=="} "{found[2]}"'


def _python_comparison(clause: Clause) -> str:
    # "3.8" of `python_version` has two numbers: enough to compare with two, or to count from them.
    short = len(clause.version.release) <= 2 and not clause.prefix and clause.operator in {">=", "<", "=="}  # noqa: PLR2004 - X.Y
    variable = "python_version" if short else "python_full_version"
    return f'{variable} {clause.operator} "{clause.version}{".*" if clause.prefix else ""}"'


def _alternatives(text: str) -> tuple[tuple[Clause, ...], ...]:
    if len(text) > MAX_CONSTRAINT:
        raise ValueError(f"expected at most {MAX_CONSTRAINT:,} characters")
    parts = re.split(_ALTERNATIVES, text.strip())
    if len(parts) > MAX_ALTERNATIVES:
        raise ValueError(f"expected at most {MAX_ALTERNATIVES} alternatives")
    return tuple(_clauses(part) for part in parts)


def _clauses(text: str) -> tuple[Clause, ...]:
    if not text:
        raise ValueError("expected a version")
    found: list[Clause] = []
    position = 0
    while position < len(text):
        matched = _OPERATOR.match(text, position)
        if matched is None:
            raise ValueError("expected operators and versions, as in '^1.2' or '>=1,<2'")
        found.extend(_expanded(matched[1] or "", matched[2]))
        position = matched.end()
    return tuple(found)


def _expanded(operator: str, text: str) -> tuple[Clause, ...]:
    """Return what one written comparison means; `*` means nothing at all."""
    if text == "*" and operator in {"", "=", "=="}:
        return ()
    wildcard = re.fullmatch(_WILDCARD, text)
    try:
        version = Version(wildcard[1] if wildcard else text)
    except InvalidVersion:
        raise ValueError(f"expected a version in place of '{text[:40]}'") from None
    match operator:
        case "^":
            return _between(version, _next_breaking(version))
        case "~":
            return _between(version, _bumped(version, min(1, len(version.release) - 1)))
        case "~=":
            return _between(version, _bumped(version, max(0, len(version.release) - 2)))
        case ">=" | ">" | "<=" | "<":
            return (Clause(operator=operator, version=_public(version)),)
        case _:
            prefix = bool(wildcard)
            return (Clause(operator="!=" if operator == "!=" else "==", version=version, prefix=prefix),)


def _between(lower: Version, upper: Version) -> tuple[Clause, Clause]:
    return Clause(operator=">=", version=_public(lower)), Clause(operator="<", version=upper)


def _public(version: Version) -> Version:
    """Return *version* without its local part, which PEP 440 does not order by."""
    return Version(version.public)


def _next_breaking(version: Version) -> Version:
    """Return the first version that the caret leaves out: its leftmost number that is not zero, raised."""
    release = version.release[:3]
    significant = next((place for place, number in enumerate(release) if number), len(release) - 1)
    return _bumped(version, significant)


def _bumped(version: Version, place: int) -> Version:
    """Return the release whose number at *place* is one more, with zeros behind it."""
    release = version.release
    raised = (*release[:place], release[place] + 1, *(0 for _ in release[place + 1 :]))
    return Version(f"{version.epoch}!{'.'.join(map(str, raised))}")


def _specifier(clauses: tuple[Clause, ...]) -> SpecifierSet:
    return SpecifierSet(",".join(map(str, clauses)))


class _Range(Struct, frozen=True, kw_only=True):
    """The versions from `low` to `high`; None is open."""

    low: Version | None = None
    high: Version | None = None
    with_low: bool = True
    with_high: bool = False


def _union(alternatives: tuple[tuple[Clause, ...], ...]) -> Translation:
    """Return the widest range of all, less the gaps that `!=` can name."""
    clauses = [clause for each in alternatives for clause in each]
    exact = not any(clause.operator == "!=" or clause.version.local for clause in clauses)
    ranges = sorted((_range(clauses) for clauses in alternatives), key=lambda one: one.low or _LEAST)
    whole, exclusions = ranges[0], list[str]()
    for following in ranges[1:]:
        gap = _gap(whole, following)
        exact &= gap is not None
        exclusions += gap or ()
        whole = _joined(whole, following)
    return Translation(specifier=SpecifierSet(",".join([*_ends(whole), *exclusions])), exact=exact)


def _range(clauses: tuple[Clause, ...]) -> _Range:
    found = _Range()
    for clause in clauses:
        version, operator = _public(clause.version), clause.operator
        if operator in {">=", ">", "=="} and (found.low is None or version >= found.low):
            found = replace(found, low=version, with_low=operator != ">")
        if operator in {"<=", "<", "=="}:
            limit = _bumped(version, len(version.release) - 1) if clause.prefix else version
            if found.high is None or limit <= found.high:
                found = replace(found, high=limit, with_high=operator != "<" and not clause.prefix)
    return found


def _joined(one: _Range, following: _Range) -> _Range:
    """Return the range from the beginning of *one* to the later of both ends."""
    if one.high is None or following.high is None:
        return replace(one, high=None)
    high, with_high = max((one.high, one.with_high), (following.high, following.with_high))
    return replace(one, high=high, with_high=with_high)


def _ends(one: _Range) -> Iterator[str]:
    if one.low is not None:
        yield f"{'>=' if one.with_low else '>'}{one.low}"
    if one.high is not None:
        yield f"{'<=' if one.with_high else '<'}{one.high}"


def _gap(one: _Range, following: _Range) -> tuple[str, ...] | None:
    """Return the exclusions that fill the gap between two ranges; None where PEP 440 has none for it."""
    high, low = one.high, following.low
    if high is None or low is None or high > low:
        return ()
    if high == low:
        return () if one.with_high or following.with_low else (f"!={high}",)
    if one.with_high or not following.with_low or high.epoch != low.epoch:
        return None
    length = max(len(_significant(high)), len(_significant(low)))
    start, end = _padded(high, length), _padded(low, length)
    if start[:-1] != end[:-1] or end[-1] - start[-1] > MAX_EXCLUSIONS:
        return None
    epoch = f"{high.epoch}!" if high.epoch else ""
    return tuple(
        f"!={epoch}{'.'.join(map(str, (*start[:-1], last)))}.*" for last in range(start[-1], end[-1])
    )


def _significant(version: Version) -> tuple[int, ...]:
    """Return the numbers of the release without the zeros behind it."""
    release = version.release
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release


def _padded(version: Version, length: int) -> tuple[int, ...]:
    release = _significant(version)
    return (*release, *(0 for _ in range(length - len(release))))
