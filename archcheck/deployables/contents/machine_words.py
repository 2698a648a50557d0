"""Where what builds a deployable names x86_64: downloads in its Dockerfile, and the lines of its Makefile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcheck.deployables.changes.lines import lines_of
from archcheck.deployables.dockerfile.change import bases_to_arm64
from archcheck.deployables.dockerfile.instructions import read_instructions
from archcheck.deployables.model import Stated
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree

_MOST: Final = 20
_LONGEST: Final = 20_000
_X86: Final = re.compile(
    r"[^\s\"';|&()]{0,200}(?:amd64|x86[_-]64|(?<![A-Za-z0-9])x64)(?![A-Za-z0-9])[^\s\"';|&()]{0,200}"
)
# What tells of both chooses by itself: `case $(uname -m)`, BuildKit's own variable.
_CHOOSES: Final = re.compile(r"arm64|aarch64|uname|dpkg --print-architecture|TARGETARCH|TARGETPLATFORM")
_DOWNLOADS: Final = re.compile(r"\b(?:curl|wget|aria2c|https?://\S)")
_OTHER: Final = re.compile(r"build-([A-Za-z0-9]+)[ \t]*:")
_RULE: Final = re.compile(r"[^\s#:=][^:=\n]*:(?!=)")


def downloads_in(path: str, tree: Tree) -> tuple[Stated[str], ...]:
    """Return what the Dockerfile at *path* downloads that has x86_64 in its name, each with its line."""
    try:
        instructions = read_instructions(tree.read(path), path)
    except (InputError, OSError, ValueError):
        return ()
    found = []
    for each in instructions:
        text = each.value[:_LONGEST]
        if each.keyword not in {"RUN", "ADD"} or not _DOWNLOADS.search(text) or _CHOOSES.search(text):
            continue
        if (word := _X86.search(text)) is not None:
            found.append(Stated(value=word[0], location=Location(path=path, line=each.line)))
    return tuple(found[:_MOST])


def bases_in(path: str, tree: Tree) -> tuple[Stated[str], ...]:
    """Return the FROM lines of the Dockerfile at *path* that state x86_64."""
    try:
        text = tree.read(path).decode()
    except (OSError, ValueError):
        return ()
    lines = lines_of(text)
    return tuple(
        Stated(value=lines[each.first - 1].strip(), location=Location(path=path, line=each.first))
        for each in bases_to_arm64(text, path)[:_MOST]
    )


def made_for_x86(path: str, name: str, tree: Tree) -> tuple[Stated[str], ...] | None:
    """Return the words for x86_64 in the Makefile at *path*; None where it cannot be read.

    `sam build` runs the target `build-NAME`: those of others are passed over.
    """
    try:
        text = tree.read(path).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    found, other = [], False
    for number, line in enumerate(text.split("\n"), 1):
        if _RULE.match(line):
            target = _OTHER.match(line)
            other = target is not None and target[1] != name
        line = line[:_LONGEST].partition("#")[0]  # noqa: PLW2901
        if other or _CHOOSES.search(line):
            continue
        if (word := _X86.search(line)) is not None:
            found.append(Stated(value=word[0], location=Location(path=path, line=number)))
    return tuple(found[:_MOST])
