"""Version ranges that strangers wrote: every number in them is read at once, not where one is compared."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version


def parse_specifier(text: str, *, prereleases: bool | None = None) -> SpecifierSet:
    """Return *text* as a version range; raises ValueError, also for more digits than int() reads."""
    return _read(SpecifierSet(text, prereleases=prereleases))


def parse_dependency(text: str) -> Requirement:
    """Return *text* as PEP 508 has it; raises ValueError."""
    try:
        found = Requirement(text)
    except RecursionError:
        raise ValueError("its marker is nested too deeply") from None
    _read(found.specifier)
    return found


def _read(specifier: SpecifierSet) -> SpecifierSet:
    for one in specifier:
        if one.operator != "===":  # which compares texts
            Version(one.version.removesuffix(".*"))  # packaging puts it off until versions are compared
    return specifier
