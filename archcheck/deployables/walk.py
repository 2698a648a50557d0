"""The files of a repository that people wrote: what git ignores, and what tools put there, is left out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from pathspec import GitIgnoreSpec

from archcheck.deployables.cloudformation.leftovers import OUTPUT, templates_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

MAX_ENTRIES: Final = 300_000
"""Files and folders of one repository: four times those of CPython's and Django's together."""
_MAX_IGNORE: Final = 2**18
# Made by tools, whether or not git ignores it: packages installed, copies that are built, states.
_MADE: Final = frozenset(
    {
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
    """The `files`, by paths from the root and in their order; `cut` tells whether there are more."""

    files: tuple[str, ...]
    cut: bool = False


class _Folder(Struct, frozen=True):
    path: str
    ignores: tuple[tuple[str, GitIgnoreSpec], ...]


def walk(tree: Tree, start: str = ".") -> Walked:
    """Return the files in the folder *start* of *tree* and below it, at most `MAX_ENTRIES` of them.

    Left out is what a `.gitignore` on the way says (gitignore(5)), and what tools put into folders of their
    own: environments, packages, copies that are built. Of what CDK writes (`cdk.out`) the templates are
    there, ignored or not. Links to folders are not followed.
    """
    waiting = deque([_Folder(start, tuple(_above(tree, start)))])
    files: list[str] = []
    looked = 0
    while waiting:
        folder = waiting.popleft()
        ignores = (*folder.ignores, *_ignores(tree, folder.path))
        for name in tree.entries(folder.path):
            looked += 1
            if looked > MAX_ENTRIES:
                return Walked(files=tuple(sorted(files)), cut=True)
            path = name if folder.path == "." else f"{folder.path}/{name}"
            node = tree.look(path)
            if node is None or name in _MADE:
                continue
            if name == OUTPUT and node.what == "folder":
                files += templates_below(path, tree)
            elif node.what == "folder" and not node.link:
                if not _is_ignored(f"{path}/", ignores) and not tree.is_file(f"{path}/pyvenv.cfg"):
                    waiting.append(_Folder(path, ignores))
            elif node.what == "file" and not _is_ignored(path, ignores):
                files.append(path)
    return Walked(files=tuple(sorted(files)))


def _above(tree: Tree, start: str) -> Iterator[tuple[str, GitIgnoreSpec]]:
    """Yield what the folders above *start* ignore, the root first."""
    parts = start.split("/") if start != "." else []
    for count in range(len(parts)):
        yield from _ignores(tree, "/".join(parts[:count]) or ".")


def _ignores(tree: Tree, folder: str) -> Iterator[tuple[str, GitIgnoreSpec]]:
    path = ".gitignore" if folder == "." else f"{folder}/.gitignore"
    if not tree.is_file(path):
        return
    try:
        lines = tree.read(path)[:_MAX_IGNORE].decode("utf-8", "replace").splitlines()
        yield ("" if folder == "." else f"{folder}/"), GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):  # what git itself would not take ignores nothing
        return


def _is_ignored(path: str, ignores: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    """Return whether git would ignore *path*: the deepest file that speaks of it decides."""
    for prefix, spec in reversed(ignores):
        said = spec.check_file(path.removeprefix(prefix)).include
        if said is not None:
            return said
    return False
