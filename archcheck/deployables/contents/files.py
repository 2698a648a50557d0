"""The files of a function's code folder, as they are packed: whether git knows them or not."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.binaries.model import NativeFile  # noqa: TC001 - msgspec reads the annotations
from archcheck.deployables.walk import MADE
from archcheck.inputs.artifacts.gather import Member, gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree
    from archcheck.files import Node

_MOST: Final = 20_000


class CodeFiles(Struct, frozen=True, kw_only=True):
    """The `paths` of files, from the root; `cut` tells whether there are more."""

    paths: tuple[str, ...] = ()
    cut: bool = False


class Natives(Struct, frozen=True, kw_only=True):
    """The native `files` of a folder, by their paths from the root, and those that could not be `unread`.

    `cut` tells whether more is in it than was looked at.
    """

    files: tuple[NativeFile, ...] = ()
    unread: tuple[str, ...] = ()
    cut: bool = False

    def with_those_of(self, other: Natives) -> Natives:
        """Return these and those of *other*."""
        return Natives(
            files=(*self.files, *other.files),
            unread=(*self.unread, *other.unread),
            cut=self.cut or other.cut,
        )


def code_files(folder: str, tree: Tree) -> CodeFiles:
    """Return the files in *folder* of *tree* and below it, at most 20,000; links to folders are not followed.

    What tools put there for themselves (environments, `node_modules`, caches) is left out; what git ignores
    is not: `*.so` is among what GitHub's own ignore file for Python names.
    """
    return tree.once(("code files", folder), lambda: _code_files(folder, tree))


def _code_files(folder: str, tree: Tree) -> CodeFiles:
    waiting, looked = deque([folder]), 0
    paths: list[str] = []
    while waiting:
        place = waiting.popleft()
        for name in tree.entries(place):
            looked += 1
            if looked > _MOST:
                return CodeFiles(paths=tuple(paths), cut=True)
            path = name if place == "." else f"{place}/{name}"
            node = None if name in MADE else tree.look(path)
            if node is not None and node.what == "file":
                paths.append(path)
            elif _is_own(node, path, tree):
                waiting.append(path)
    return CodeFiles(paths=tuple(paths))


def _is_own(node: Node | None, path: str, tree: Tree) -> bool:
    """Return whether *node*, at *path*, is a folder of the project's own, and no virtual environment."""
    folder = node is not None and node.what == "folder" and not node.link
    return folder and not tree.is_file(f"{path}/pyvenv.cfg")


def natives_in(folder: str, tree: Tree) -> Natives:
    """Return the native files in *folder* of *tree* and below it, read as those of a built artifact are."""
    return tree.once(("natives", folder), lambda: _natives_in(folder, tree))


def _natives_in(folder: str, tree: Tree) -> Natives:
    found = code_files(folder, tree)
    gathered = gather(_members(found, tree))
    return Natives(
        files=tuple(native for _, native in sorted(gathered.natives.items())),
        unread=tuple(path for path in sorted(gathered.suspects) if path.endswith(".so") or ".so." in path),
        cut=found.cut,
    )


def _members(found: CodeFiles, tree: Tree) -> Iterator[Member]:
    for path in found.paths:
        node = None if ".dist-info/" in path or ".egg-info/" in path else tree.look(path)
        if node is not None:
            yield Member(path, node.size, 0, executable=node.executable, open=partial(tree.open, path))
