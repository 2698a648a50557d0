"""The files of a folder and of the folders in it; links lead to files, and never out of the folder."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.inputs.artifacts.gather import Member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from archcheck.files import Files, Node

_MOST_DEPTH: Final = 200
_PASSED_OVER: Final = frozenset({".git", "__pycache__"})


def members_of(folder: str, files: Files) -> Iterator[Member]:
    """Yield the files below the absolute *folder*, by their paths in it."""
    top = files.look(folder).real or folder
    waiting = [("", 0)]
    while waiting:
        inner, depth = waiting.pop()
        place = f"{folder}/{inner}" if inner else folder
        below = []
        for name in files.entries(place):
            path = f"{inner}/{name}" if inner else name
            try:
                node = files.look(f"{folder}/{path}")
            except (OSError, ValueError) as error:
                yield _unread(path, str(getattr(error, "strerror", None) or error).lower())
                continue
            if node.what == "file":
                opened = partial(_opened, files, f"{folder}/{path}")
                yield Member(path, node.size, 0, executable=node.executable, open=opened)
            elif node.what == "other":
                problem = "a link that leads nowhere" if node.link else "neither a file nor a folder"
                yield _unread(path, problem)
            elif node.link:
                if not _inside(node, top):
                    yield _unread(path, "a link to a folder elsewhere, which is not followed")
            elif depth >= _MOST_DEPTH:
                yield _unread(path, f"folders in it are nested deeper than {_MOST_DEPTH}")
            elif name not in _PASSED_OVER:
                below.append((path, depth + 1))
        waiting.extend(reversed(below))


def _opened(files: Files, path: str) -> BinaryIO:
    return files.open(path)


def _inside(node: Node, top: str) -> bool:
    """Return whether a link leads to a folder that is come by anyway."""
    return PurePath(node.real).is_relative_to(top)


def _unread(path: str, problem: str) -> Member:
    def refuse() -> BinaryIO:
        raise OSError(problem)

    return Member(path, 0, 0, executable=False, open=refuse, problem=problem)
