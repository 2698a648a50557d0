"""The hashes that a line has to list: those of every file of a release, as the installer may want any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from archcheck.index.model import Project, Unavailable
from archcheck.remedy.edits.model import NotEditable
from archcheck.remedy.plans.edited import hashes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index


def hashes_by(index: Index) -> Callable[[NormalizedName, str], tuple[str, ...]]:
    """Return what tells the hashes of all files of a version, as far as *index* does."""

    def told(name: NormalizedName, version: str) -> tuple[str, ...]:
        page = index.project(name).result()
        if not isinstance(page, Project):
            reason = page.reason if isinstance(page, Unavailable) else "no index has it"
            raise NotEditable(f"the hashes of {name} {version} are not known: {reason}")
        files = page.releases.get(Version(version), ())
        if not files or not all(file.hashes for file in files):
            raise NotEditable(f"the index does not state the hashes of {name} {version}")
        return hashes_of(files)

    return told
