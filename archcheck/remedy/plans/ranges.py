"""The range to write for a version, in the way in which its author wrote the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.resolve.versions import is_pinned

if TYPE_CHECKING:
    from packaging.version import Version


def range_for(stated: SpecifierSet, version: Version, now: Version | None) -> SpecifierSet:
    """Return the range for *version* where *stated* stood: a pin stays a pin, a range one of the same kind.

    Within what is stated it is bounded by *version*, on the side where *now* lies: that is what the installer
    takes by itself. Going back, the upper bound alone is new.
    """
    if is_pinned(stated) or not stated:
        return pin(version) if stated else _bounded(stated, version, now)
    if stated.contains(version, prereleases=True):
        return _bounded(stated, version, now)
    if now is not None and version < now:
        lower = [spec for spec in stated if spec.operator in {">", ">=", "!="} and spec.contains(version)]
        return SpecifierSet([*lower, *SpecifierSet(f"<={version.public}")])
    return _moved_on(stated, version)


def pin(version: Version) -> SpecifierSet:
    """Return the range that has *version* alone."""
    return SpecifierSet(f"=={version.public}")


def _bounded(stated: SpecifierSet, version: Version, now: Version | None) -> SpecifierSet:
    if now is not None and version < now:
        kept = [spec for spec in stated if spec.operator not in {"<", "<="}]
        return SpecifierSet([*kept, *SpecifierSet(f"<={version.public}")])
    if now is not None and version > now:
        kept = [spec for spec in stated if spec.operator not in {">", ">="}]
        return SpecifierSet([*SpecifierSet(f">={version.public}"), *kept])
    return pin(version)


def _moved_on(stated: SpecifierSet, version: Version) -> SpecifierSet:
    """Return the range that begins with *version* and ends where one like *stated* would end."""
    for spec in stated:
        numbers = spec.version.removesuffix(".*").split(".")
        if spec.operator == "~=":
            known = (*version.release, *[0] * len(numbers))[: len(numbers)]
            shorter = SpecifierSet(f"~={'.'.join(map(str, known))}")
            return shorter if shorter.contains(version) else SpecifierSet(f"~={version.public}")
        if spec.operator == "==":
            known = (*version.release, *[0] * len(numbers))[: len(numbers)]
            return SpecifierSet(f"=={'.'.join(map(str, known))}.*")
    bounded = any(spec.operator in {"<", "<="} for spec in stated)
    end = f",<{version.major + 1}" if bounded else ""
    return SpecifierSet(f">={version.public}{end}")
