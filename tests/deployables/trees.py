"""A repository of a few files, for tests: what stands in it is told, and nothing else is there."""

from __future__ import annotations

import io
import posixpath

from archcheck.deployables.tree import Tree
from archcheck.files import Node

ROOT = "/repository"


class Told:
    """The port to the disk, over the files that a test tells of."""

    def __init__(self, files: dict[str, str | bytes]) -> None:
        self.files = {
            posixpath.join(ROOT, name): text.encode() if isinstance(text, str) else text
            for name, text in files.items()
        }
        self.reads: list[str] = []

    def read(self, path):
        self.reads.append(path)
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.files[path]

    def is_file(self, path):
        return path in self.files

    def is_folder(self, path):
        return path == ROOT or any(name.startswith(path.rstrip("/") + "/") for name in self.files)

    def entries(self, path):
        inside = [name[len(path) + 1 :] for name in self.files if name.startswith(path.rstrip("/") + "/")]
        return tuple(sorted({name.split("/")[0] for name in inside}))

    def look(self, path):
        if self.is_file(path):
            return Node("file", len(self.files[path]))
        return Node("folder")

    def open(self, path):
        return io.BytesIO(self.read(path))


def tree_of(files: dict[str, str | bytes]) -> Tree:
    """Return a repository with *files*, by their paths in it."""
    return Tree(ROOT, Told(files))
