"""Hold each advisory against the index: `python -m tests.advisories [NAME…]` (`make advisories`).

Do the versions that it names exist, is there a file of them for aarch64, and what was released since it was last
looked at? 1 where one names what is not there. A newer release is told and is no fault: look whether it is mended,
then write its version and the day into the entry. Asks the index that pip would ask, one page for each package.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.data.advisories import Advisory, advised, advisories
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import read_settings
from archcheck.index.model import Index, NotFound, Project, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.index.model import IndexFile


def main() -> int:
    """Check the packages named, or all; 1 where something is wrong, 2 for a name without advisories."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="packages (default: all that have an advisory)")
    names = parser.parse_args().names or sorted(advised())
    if unheard := sorted(set(names) - advised()):
        parser.error(f"no advisory is about {', '.join(unheard)}")
    settings = read_settings(os.environ)
    with (
        tempfile.TemporaryDirectory() as folder,
        IndexClient(settings, Cache(Path(folder), mode="off"), jobs=4) as index,
    ):
        wrong, newer = checked(names, index)
    sys.stdout.writelines(f"{line}\n" for line in (*newer, *wrong))
    return 1 if wrong else 0


def checked(names: Iterable[str], index: Index) -> tuple[list[str], list[str]]:
    """Return what is wrong with the advisories on *names*, and what has a newer release; both as lines."""
    wrong: list[str] = []
    newer: list[str] = []
    asked = [(name, index.project(canonicalize_name(name))) for name in names]
    for name, answer in asked:
        match answer.result():
            case NotFound():
                wrong.append(f"{name}: is on no index")
            case Unavailable(reason=reason):
                wrong.append(f"{name}: {reason}")
            case Project() as project:
                for one in advisories(name):
                    where = f"{name} {one.versions or '(all versions)'}"
                    wrong += (f"{where}: {fault}" for fault in faults(one, project))
                    newer += (f"{where}: {release}" for release in since(one, project))
    return wrong, newer


def faults(one: Advisory, project: Project) -> Iterator[str]:
    """Yield what *one* says of versions and files that are not there."""
    specifiers = SpecifierSet(one.versions)
    named = {Version(each.version.removesuffix(".*")): each for each in specifiers}
    for version, each in sorted(named.items()):
        if version not in project.releases:
            yield f"{each}: there is no such version"
        elif specifiers.contains(version, prereleases=True) and not _shows(one, project.releases[version]):
            yield f"{version} has no file for aarch64 that this is said of"
    meant = [version for version in project.releases if specifiers.contains(version, prereleases=True)]
    if not any(_shows(one, project.releases[version]) for version in meant):
        yield "no version has a file for aarch64 that this is said of"
    if Version(one.newest) not in project.releases:
        yield f"newest: there is no version {one.newest}"


def since(one: Advisory, project: Project) -> Iterator[str]:
    """Yield the newest release where it is later than that which was looked at, and whether *one* means it."""
    final = [
        version
        for version, files in project.releases.items()
        if not version.is_prerelease and any(not file.yanked for file in files)
    ]
    newest = max(final, default=None)
    if newest is not None and newest > Version(one.newest):
        still = SpecifierSet(one.versions).contains(newest) and _shows(one, project.releases[newest])
        said = "this is said of it as well" if still else "this is not said of it"
        yield f"{newest} is newer than {one.newest} (looked at on {one.checked}); {said}"


def _shows(one: Advisory, files: Iterable[IndexFile]) -> bool:
    """Return whether Linux on aarch64 may get one of *files* that is meant; sdists where there is no wheel."""
    names = [file.filename for file in files]
    wheels = [name for name in names if name.endswith(".whl")]
    return any(
        (name not in wheels or _for_aarch64(name)) and any(fnmatchcase(name, glob) for glob in one.files)
        for name in wheels or names
    )


def _for_aarch64(wheel: str) -> bool:
    platforms = wheel.removesuffix(".whl").rpartition("-")[2].split(".")
    return any(each == "any" or ("linux" in each and each.endswith("_aarch64")) for each in platforms)


if __name__ == "__main__":
    sys.exit(main())
