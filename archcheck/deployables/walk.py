"""The files of a repository that people wrote: what git ignores, and what tools put there, is left out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.deployables.cloudformation.leftovers import OUTPUT, templates_below
from archcheck.gitignore import Ignores, as_bytes, read_gitignore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

MAX_ENTRIES: Final = 300_000
"""Files and folders of one repository: four times those of CPython's and Django's together."""
_MAX_IGNORE: Final = 2**18
_MAX_OUTSIDE: Final = 1_000
_PATTERNS_OF_ONE: Final = 1_000
"""Patterns of git's ignore files that count as one entry more, for each that is held against them."""
# Made by tools, whether or not git ignores it: packages installed, copies that are built, states. And
# `.archcheck`, where a workflow has archcheck itself beside what it audits.
MADE: Final = frozenset(
    {
        ".archcheck",
        ".aws-sam",
        ".git",
        ".hg",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".serverless",
        ".svn",
        ".terraform",
        ".tox",
        "__pycache__",
        "__pypackages__",
        "bower_components",
        "node_modules",
        "site-packages",
    }
)


class Walked(Struct, frozen=True, kw_only=True):
    """The `files`, by paths from the root and in their order; `cut` tells whether there are more.

    `outside` are links that lead out of the repository.
    """

    files: tuple[str, ...]
    outside: tuple[str, ...] = ()
    cut: bool = False


class _Folder(Struct, frozen=True):
    path: str
    ignores: tuple[tuple[int, Ignores], ...]


def walk(tree: Tree, start: str = ".") -> Walked:
    """Return the files in the folder *start* of *tree* and below it, at most `MAX_ENTRIES` of them.

    Left out is what a `.gitignore` on the way says (gitignore(5)), and what tools put into folders of their
    own: environments, packages, copies that are built. Of what CDK writes (`cdk.out`) the templates are
    there, ignored or not. Links to folders are not followed.
    """
    waiting = deque([_Folder(start, tuple(_above(tree, start)))])
    files: list[str] = []
    outside: list[str] = []
    looked = 0
    while waiting:
        folder = waiting.popleft()
        ignores = (*folder.ignores, *_ignores(tree, folder.path))
        weight = 1 + sum(len(each.patterns) for _, each in ignores) // _PATTERNS_OF_ONE
        for name in tree.entries(folder.path):
            looked += weight
            if looked > MAX_ENTRIES:
                return Walked(files=tuple(sorted(files)), outside=tuple(outside), cut=True)
            path = name if folder.path == "." else f"{folder.path}/{name}"
            node = tree.look(path)
            if node is None and len(outside) < _MAX_OUTSIDE:
                outside.append(path)
            if node is None or name in MADE:
                continue
            if name == OUTPUT and node.what == "folder":
                files += templates_below(path, tree)
            elif node.what == "folder" and not node.link:
                if not _is_ignored(path, ignores, is_folder=True) and not tree.is_file(f"{path}/pyvenv.cfg"):
                    waiting.append(_Folder(path, ignores))
            elif node.what == "file" and not _is_ignored(path, ignores, is_folder=False):
                files.append(path)
    return Walked(files=tuple(sorted(files)), outside=tuple(outside))


def _above(tree: Tree, start: str) -> Iterator[tuple[int, Ignores]]:
    """Yield what the folders above *start* ignore, the root first."""
    parts = start.split("/") if start != "." else []
    for count in range(len(parts)):
        yield from _ignores(tree, "/".join(parts[:count]) or ".")


def _ignores(tree: Tree, folder: str) -> Iterator[tuple[int, Ignores]]:
    path = ".gitignore" if folder == "." else f"{folder}/.gitignore"
    node = tree.look(path)
    if node is None or node.what != "file" or node.link:  # git follows no link here
        return
    try:
        data = tree.read(path)[:_MAX_IGNORE]
    except (OSError, ValueError):
        return
    yield (0 if folder == "." else folder.count("/") + 1), read_gitignore(data)


def _is_ignored(path: str, ignores: tuple[tuple[int, Ignores], ...], *, is_folder: bool) -> bool:
    """Return whether git would ignore *path*: the deepest file that speaks of it decides."""
    names = as_bytes(path)
    for depth, said in reversed(ignores):
        answer = said.says(names[depth:], is_folder=is_folder)
        if answer is not None:
            return answer
    return False
