"""What hangs on a variable of Terraform's, through locals and the modules that are given it.

No I/O but through the tree.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.deployables.changes.lines import lines_of
from archcheck.deployables.terraform.folders import Files
from archcheck.deployables.terraform.reader import is_lambda
from archcheck.deployables.terraform.resources import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.terraform.folders import Placed
    from archcheck.deployables.terraform.language.syntax import Attribute, Block
    from archcheck.deployables.terraform.modules import Module
    from archcheck.deployables.tree import Tree
    from archcheck.manifest.manifest import Location

_ABOUT: Final = frozenset({"architectures", "compatible_architectures", "layers"})
"""What may hang on it: what is chosen by the architecture, and nothing besides."""
_TYPES: Final = frozenset({"aws_lambda_function", "aws_lambda_layer_version"})


class Hung(NamedTuple):
    """A block with an attribute that hangs on the variable, and its address from the variable's module."""

    location: Location
    address: str
    about: str


def hung_on(module: Module, variable: str) -> list[Hung] | None:
    """Return what hangs on *variable* of *module*; None where that is not architectures and layers alone.

    A local that has it is followed, and so is the variable of a module of the repository that is given it.
    """
    found: list[Hung] = []
    waiting, seen = [(module, "var", variable)], set()
    while waiting:
        inside, kind, name = waiting.pop()
        if (inside.address, kind, name) in seen:
            continue
        seen.add((inside.address, kind, name))
        mentions = _mentions(inside, kind, name)
        if mentions is None:
            return None
        for placed, attribute in mentions:
            block = placed.block
            if block.kind == "locals":
                waiting.append((inside, "local", attribute.name))
            elif _is_deployed(inside, placed) and attribute.name in _ABOUT and attribute in block.attributes:
                address = Resource(inside, placed).address
                found.append(Hung(placed.location, address, attribute.name))
            elif (child := _called(inside, placed)) is not None and child.has_variables(attribute.name):
                waiting.append((child, "var", attribute.name))
            else:
                return None
    return found


def _is_deployed(module: Module, placed: Placed) -> bool:
    block = placed.block
    if block.kind == "module":
        return is_lambda(module, placed)
    return block.kind == "resource" and block.labels[0] in _TYPES


def _called(module: Module, placed: Placed) -> Module | None:
    is_call = placed.block.kind == "module" and len(placed.block.labels) == 1
    return module.child(placed.block.labels[0]) if is_call else None


def _mentions(module: Module, kind: str, name: str) -> list[tuple[Placed, Attribute]] | None:
    """Return what names it, however deep in its block; None where a file of the folder cannot be read."""
    tree = module.folders.tree
    folder = tree.once(Files, lambda: Files(tree)).of(module.folder)
    if folder.problems:
        return None
    named = re.compile(rf"\b{kind}\.{re.escape(name)}(?![\w-])")
    own = ("variable", (name,)) if kind == "var" else None  # its validation is looked at by itself
    try:
        lines = {path: _lines_with(named, path, tree) for path in {each.path for each in folder.blocks}}
    except OSError:
        return None
    return [
        (placed, attribute)
        for placed in folder.blocks
        if (placed.block.kind, placed.block.labels) != own
        for attribute in _attributes(placed.block)
        if bisect_left(lines[placed.path], attribute.line) < bisect_right(lines[placed.path], attribute.last)
    ]


def _lines_with(named: re.Pattern[str], path: str, tree: Tree) -> list[int]:
    """Return the numbers of the lines that have *named* in them: the words of an expression may be cut."""
    lines = lines_of(tree.read(path).decode("utf-8-sig"))
    return [number for number, line in enumerate(lines, 1) if named.search(line)]


def _attributes(block: Block) -> Iterator[Attribute]:
    yield from block.attributes
    for each in block.blocks:
        yield from _attributes(each)
