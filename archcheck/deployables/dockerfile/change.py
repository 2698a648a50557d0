"""How a Dockerfile that states x86_64 is declared for arm64: in the lines of its FROM. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.deployables.changes.hindrance import hindrance
from archcheck.deployables.changes.lines import LineChange, NotChanged, lines_of
from archcheck.deployables.dockerfile.instructions import read_instructions
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.dockerfile.instructions import Instruction
    from archcheck.deployables.model import Deployable

_PLATFORM = re.compile(r"(--platform=[\"']?linux/)(?:amd64(?:/v\d)?|x86_64)(?=[\"'\s]|$)", re.IGNORECASE)
_TAG = re.compile(r"(:\S*?[-._])(?:amd64|x86_64|x86-64)(?=[-.@\s]|$)")
_NAME = re.compile(r"(\s(?:docker\.io/)?)amd64(?=/)")
_BUILDER = "nobody states an architecture; build it on arm64, or with docker build --platform linux/arm64"


def to_arm64(text: str, deployable: Deployable) -> tuple[LineChange, ...] | NotChanged:
    """Return what declares the image of *deployable* for arm64 in *text*, its Dockerfile.

    All stages change that state x86_64: what one builds is copied into another. Where nobody states an
    architecture nothing is to be changed; BuildKit itself warns of a constant --platform.
    """
    reason = hindrance(deployable)
    if reason is not None:
        return NotChanged(reason=reason)
    if not deployable.architectures:
        return NotChanged(reason=_BUILDER)
    try:
        instructions = read_instructions(text.encode(), deployable.location.path)
    except (InputError, UnicodeError):
        return NotChanged(reason="the file cannot be read")
    changes = _of_each(text, instructions)
    if not changes.get(deployable.architectures[0].location.line):
        return NotChanged(reason="a variable decides it; change it where it is set")
    return tuple(change for of_one in changes.values() for change in of_one)


def bases_to_arm64(text: str, path: str) -> tuple[LineChange, ...]:
    """Return the changes of those FROM lines of *text*, the Dockerfile at *path*, that state x86_64.

    What deploys the image (a template of SAM) states its architecture besides.
    """
    try:
        instructions = read_instructions(text.encode(), path)
    except (InputError, UnicodeError):
        return ()
    return tuple(change for of_one in _of_each(text, instructions).values() for change in of_one)


def _of_each(text: str, instructions: tuple[Instruction, ...]) -> dict[int, tuple[LineChange, ...]]:
    """Return the changes of each FROM, by its line."""
    lines = lines_of(text)
    return {
        each.line: tuple(_changed(lines, each.line, each.last))
        for each in instructions
        if each.keyword == "FROM"
    }


def _changed(lines: list[str], first: int, last: int) -> Iterator[LineChange]:
    for number in range(first, last + 1):
        line = lines[number - 1]
        new = _NAME.sub(r"\1arm64v8", _TAG.sub(r"\1arm64", _PLATFORM.sub(r"\1arm64", line)))
        if new != line:
            yield LineChange(first=number, last=number, new=new)
