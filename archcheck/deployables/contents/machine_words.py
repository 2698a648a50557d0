"""Where what builds a deployable names x86_64: downloads in its Dockerfile, and the lines of its Makefile."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from archcheck.deployables.changes.lines import lines_of
from archcheck.deployables.dockerfile.change import bases_to_arm64
from archcheck.deployables.dockerfile.instructions import expanded, read_instructions
from archcheck.deployables.dockerfile.stages import copied_from, leading_to, read_stages, stage_named
from archcheck.deployables.model import Stated
from archcheck.deployables.problems import said
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.dockerfile.instructions import Instruction
    from archcheck.deployables.dockerfile.stages import Stage
    from archcheck.deployables.model import Code
    from archcheck.deployables.tree import Tree

_MOST: Final = 20
_LONGEST: Final = 20_000
_X86: Final = re.compile(
    r"[^\s\"';|&()]{0,200}(?:amd64|x86[_-]64|(?<![A-Za-z0-9])x64)(?![A-Za-z0-9])[^\s\"';|&()]{0,200}"
)
# What tells of both chooses by itself: `case $(uname -m)`, BuildKit's own variable.
_CHOOSES: Final = re.compile(r"arm64|aarch64|uname|dpkg --print-architecture|TARGETARCH|TARGETPLATFORM")
_DOWNLOADS: Final = re.compile(r"\b(?:curl|wget|aria2c|https?://\S)")
_VARIABLE: Final = re.compile(r"\$(?:\{[^{}]*\}|\w+)")
_OTHER: Final = re.compile(r"build-([A-Za-z0-9]+)[ \t]*:")
_RULE: Final = re.compile(r"[^\s#:=][^:=\n]*:(?!=)")


def downloads_in(path: str, code: Code, tree: Tree) -> tuple[Stated[str], ...]:
    """Return what the Dockerfile at *path* downloads that has x86_64 in its name, each with its line.

    What counts are the stages that the one that *code* wants is built from.
    """
    found = []
    for each in _instructions(path, code, tree):
        text = each.value[:_LONGEST]
        if each.keyword not in {"RUN", "ADD"} or not _DOWNLOADS.search(text) or _CHOOSES.search(text):
            continue
        if (word := _X86.search(text)) is not None:
            found.append(Stated(value=said(word[0]), location=Location(path=path, line=each.line)))
    return tuple(found[:_MOST])


def bases_in(path: str, code: Code, tree: Tree) -> tuple[Stated[str], ...]:
    """Return the FROM lines of the Dockerfile at *path* that state x86_64, of the same stages."""
    try:
        text = tree.read(path).decode()
    except (OSError, ValueError):
        return ()
    lines = lines_of(text)
    from_lines = [each for each in _instructions(path, code, tree) if each.keyword == "FROM"]
    counted = {number for each in from_lines for number in range(each.line, each.last + 1)}
    found = (each for each in bases_to_arm64(text, path) if each.first in counted)
    return tuple(
        Stated(value=said(lines[each.first - 1].strip()), location=Location(path=path, line=each.first))
        for each in islice(found, _MOST)
    )


def _instructions(path: str, code: Code, tree: Tree) -> tuple[Instruction, ...]:
    """Return the instructions of the stages that the one that *code* wants is built from; else all of them.

    A stage is built from those that its FROM names, and from those that it copies from.
    """
    try:
        instructions = read_instructions(tree.read(path), path)
    except (InputError, OSError, ValueError):
        return ()
    try:
        stages = read_stages(instructions, path, dict(code.args))
    except InputError:
        return instructions
    wanted = len(stages) - 1 if code.stage is None else stage_named(code.stage, stages)
    built = stages if wanted is None else leading_to(wanted, stages)
    if any(_may_name(name, stages) for stage in built for name in _names_in(stage)):
        built = stages
    return tuple(each for stage in built for each in (stage.first, *stage.instructions))


def _may_name(name: str, stages: tuple[Stage, ...]) -> bool:
    """Return whether *name* has a variable that nobody gives a value, and may then be that of a stage."""
    first, *rest = _VARIABLE.split(name.lower())
    pattern = ".*".join(map(re.escape, (first, *rest)))
    return bool(rest) and any(re.fullmatch(pattern, each.name) for each in stages if each.name)


def _names_in(stage: Stage) -> Iterator[str]:
    """Yield the images and stages that *stage* is built from, as far as their names are told."""
    variables = dict(stage.arguments)
    yield stage.image if stage.parent is None else ""
    for each in stage.instructions:
        yield from (expanded(name, variables) for name in copied_from(each))


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
            found.append(Stated(value=said(word[0]), location=Location(path=path, line=number)))
    return tuple(found[:_MOST])
