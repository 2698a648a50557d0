"""Versions and tags out of distribution file names (PEP 427, PEP 625 and the names from before it)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
_WHEEL_PARTS = (5, 6)
_normal = lru_cache(maxsize=4096)(canonicalize_name)  # all files of a page begin alike


def is_distribution(filename: str) -> bool:
    """Return whether an installer would look at a file of this name at all."""
    return filename.endswith((".whl", *SDIST_SUFFIXES))


def version_text(filename: str, name: NormalizedName) -> str | None:
    """Return the version part of *filename*, or None where it is not a file of the project *name*.

    Sdist names from before PEP 625 may hold `-` in the project's name, so each cut is compared, as pip does.
    """
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        if len(parts) not in _WHEEL_PARTS or _normal(parts[0]) != name:
            return None
        return parts[1]
    for suffix in SDIST_SUFFIXES:
        if filename.endswith(suffix):
            stem = filename[: -len(suffix)]
            break
    else:
        return None
    cut = stem.find("-")
    while cut != -1:
        if _normal(stem[:cut]) == name:
            return stem[cut + 1 :] or None
        cut = stem.find("-", cut + 1)
    return None


def version_of(filename: str, name: NormalizedName, known: dict[str, Version | None]) -> Version | None:
    """Return the parsed version of *filename*, or None; *known* remembers texts already parsed."""
    text = version_text(filename, name)
    if text is None:
        return None
    if text not in known:
        try:
            known[text] = Version(text)
        except ValueError:  # InvalidVersion is one; so is a number of more digits than int() reads
            known[text] = None
    return known[text]
