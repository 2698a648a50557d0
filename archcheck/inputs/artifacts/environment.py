"""An installed environment: audited by its versions, with a word on what its own native files are for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.files import absolute
from archcheck.inputs.artifacts.folders import members_of
from archcheck.inputs.artifacts.gather import READ_ERRORS, gather
from archcheck.inputs.installed import environment
from archcheck.inputs.installed.site_packages import find_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archcheck.files import Files
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Selection

_SYSTEMS = {"elf": "Linux", "mach-o": "macOS", "pe": "Windows"}
_LAUNCHERS = (".exe", ".dll")


def read_environment(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what is installed at *path*, by its versions, with a note on its files."""
    lock = environment.read_environment(path, files=files, environ=environ, cwd=cwd, selection=selection)
    folders = find_sites(absolute(cwd, path), files).folders
    return replace(lock, warnings=(*lock.warnings, *_note(folders, files)))


def _note(folders: Iterable[str], files: Files) -> Iterator[str]:
    """Yield what the native files in *folders* are for, unless that is Linux on aarch64.

    Windows' launchers lie in every environment (setuptools, pip), and say nothing of it.
    """
    counts: Counter[str] = Counter()
    for folder in folders:
        try:
            found = gather(members_of(folder, files), needs=False)
        except READ_ERRORS:  # the distributions' reader says what of it cannot be read
            continue
        for native in found.natives.values():
            if native.format != "pe" or not native.path.endswith(_LAUNCHERS):
                counts[f"{_SYSTEMS[native.format]} ({native.machine})"] += 1
    if counts.keys() - {"Linux (aarch64)"}:
        told = ", ".join(f"{count} for {what}" for what, count in sorted(counts.items()))
        yield (
            "audited by the versions that are installed, which arm64 has to install anew: the native files "
            f"of the environment itself ({told}) do not run there"
        )
