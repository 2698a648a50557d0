"""Versions and tags out of distribution file names (PEP 427, PEP 625 and the names from before it)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
_WHEEL_PARTS = (5, 6)
_TAIL = r"(?:-[^-]*){3,4}\.whl|" + "|".join(map(re.escape, SDIST_SUFFIXES))
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


class FileNames:
    """The file names of one page of project *name*, read one after the other.

    A page repeats itself: the names of a release begin alike, with a stem (`demo-1.0`), and those of many
    releases end alike, with a tail (`-py3-none-any.whl`). A name that is a stem and a tail has the version of
    the stem, whichever tail it is.
    """

    def __init__(self, name: NormalizedName) -> None:
        self.tails: dict[str, int] = {}
        """The tails met so far, numbered."""
        self._name = name
        self._projects: set[str] = set()
        self._is_tail = re.compile(_TAIL).fullmatch

    def cut(self, filename: str) -> tuple[str | None, str]:
        """Return what `version_text` says of *filename*, and its stem; "" where there is none."""
        project, _, rest = filename.partition("-")
        text: str | None
        text, dash, tags = rest.partition("-")
        tail = dash + tags
        if project not in self._projects or not (tail in self.tails or self._is_tail(tail)):
            text = version_text(filename, self._name)
            tail = filename.removeprefix(f"{project}-{text}")
            if not text or "-" in text or not self._is_tail(tail):
                return text, ""
            self._projects.add(project)
        self.tails.setdefault(tail, len(self.tails))
        return text, f"{project}-{text}"


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
