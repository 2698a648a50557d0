"""One table: which files say what is deployed, and who reads them."""

from __future__ import annotations

import posixpath
import re
from fnmatch import translate
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.deployables.model import Found
from archcheck.deployables.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archcheck.deployables.tree import Tree

_MAX_SNIFFED: Final = 4 * 2**20
_BEGINNING: Final = 2**16


class Row(NamedTuple):
    """One kind of file: patterns of its `names` (with `/`: of its path), and `words` that all are in it.

    `reader` names the module and the function that read it; they are imported where there is such a file.
    With `whole` it takes the folder, and reads all such files in it at once.
    """

    names: tuple[str, ...]
    words: tuple[bytes, ...]
    reader: str
    whole: bool = False

    def read(self, path: str, tree: Tree) -> Found:
        """Return what the file at *path* of *tree* says; it is read once."""
        module, _, name = self.reader.partition(":")
        place = folder_of(path) if self.whole else path

        def read() -> Found:
            reader = getattr(import_module(f"archcheck.deployables.{module}"), name)
            found: Found | None = reader(place, tree)
            return found or Found()

        return tree.once((self.reader, place), read)


_DOCUMENTS: Final = ("*.yaml", "*.yml", "*.json", "*.template")
READERS: Final = (
    Row(
        ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile"),
        (b"FROM",),
        "dockerfile.reader:read_dockerfile",
    ),
    Row(
        ("serverless.yml", "serverless.yaml", "serverless.json"),
        (b"provider",),
        "serverless.reader:read_serverless",
    ),
    Row(
        ("zappa_settings.json", "zappa_settings.toml", "zappa_settings.y*ml", "zappa_settings.py"),
        (),
        "zappa:read_zappa",
    ),
    Row((".chalice/config.json",), (), "chalice:read_chalice"),
    Row(
        (".github/workflows/*.yml", ".github/workflows/*.yaml"),
        (b"docker",),
        "workflows.reader:read_workflow",
    ),
    Row(
        ("compose.y*ml", "compose.*.y*ml", "docker-compose.y*ml", "docker-compose.*.y*ml"),
        (b"services",),
        "compose:read_compose",
    ),
    Row(("*.tf",), (), "terraform.reader:read_module", whole=True),
    Row(("*.json",), (b'"planned_values"',), "terraform.plan:read_plan"),
    Row(("*.json",), (b'"containerDefinitions"', b'"family"'), "ecs:read_ecs"),
    Row(_DOCUMENTS, (b"Resources", b"AWS::"), "cloudformation.template:read_if_template"),
    Row(("*.yaml", "*.yml"), (b"apiVersion", b"kind:", b"containers"), "kubernetes:read_kubernetes"),
)
"""A file is read by the first row that fits."""


def reading(paths: Iterable[str], tree: Tree) -> Iterator[tuple[str, Found]]:
    """Yield what the infrastructure files among *paths* say, each with its path."""
    done: set[tuple[Row, str]] = set()
    for path in paths:
        row = row_for(path, tree)
        if row is None or (row, folder_of(path)) in done:
            continue
        if row.whole:
            done.add((row, folder_of(path)))
        yield path, row.read(path, tree)


def infrastructure_in(folder: str, tree: Tree) -> tuple[str, ...]:
    """Return the files in *folder* alone that say what is deployed."""
    prefix = "" if folder == "." else f"{folder}/"
    paths = [f"{prefix}{name}" for name in (*tree.entries(folder), ".chalice/config.json")]
    return tuple(path for path in paths if tree.is_file(path) and row_for(path, tree) is not None)


def is_named(path: str) -> bool:
    """Return whether the file at *path* may say what is deployed, by its name."""
    return any(_fits(row, path) for row in READERS)


def row_for(path: str, tree: Tree) -> Row | None:
    """Return the row that the file at *path* fits; None where it says nothing of deployment."""
    return tree.once(("row", path), lambda: _row_for(path, tree)) if is_named(path) else None


def _row_for(path: str, tree: Tree) -> Row | None:
    rows = [row for row in READERS if _fits(row, path)]
    data: bytes | None = None
    for row in rows:
        if not row.words:
            return row
        if data is None:
            data = _text(path, tree)
        if all(word in data for word in row.words):
            return row
    return None


@cache
def _names_of(row: Row) -> tuple[Callable[[str], object], Callable[[str], object]]:
    """Return what tells whether *row* is about a name, and about a path."""
    paths = [each for each in row.names if "/" in each]
    patterns = [translate(each) for each in row.names if each not in paths]
    inner = [translate(start + each) for each in paths for start in ("", "*/")]
    return re.compile("|".join(patterns or ["(?!)"])).match, re.compile("|".join(inner or ["(?!)"])).match


def _fits(row: Row, path: str) -> bool:
    is_named, is_at = _names_of(row)
    return bool(is_named(posixpath.basename(path)) or is_at(path))


def _text(path: str, tree: Tree) -> bytes:
    """Return what is in the file at *path*; of a large one its beginning: who reads it refuses it."""
    node = tree.look(path)
    if node is None or node.what != "file":
        return b""
    try:
        if node.size <= _MAX_SNIFFED:
            return tree.read(path)
        with tree.open(path) as file:
            return file.read(_BEGINNING)
    except (OSError, ValueError):
        return b""
