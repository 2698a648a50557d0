"""What is really there in what is built already: a zip file, a wheel, a folder, a container image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.binaries.model import ArchiveContents

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.binaries.model import NativeFile


class Part(Struct, frozen=True, kw_only=True):
    """One distribution in it: `tags` are those of its WHEEL file, none where it has no such file.

    `contents` are its files by its RECORD, or by where they lie where that does not tell.
    """

    name: NormalizedName
    version: Version
    tags: tuple[str, ...] = ()
    contents: ArchiveContents = ArchiveContents(files=0, packed=0, unpacked=0)

    @property
    def natives(self) -> tuple[NativeFile, ...]:
        """Its native files."""
        return self.contents.natives


class Tree(Struct, frozen=True, kw_only=True):
    """One tree of files: all of a zip file, or one platform's image.

    `architecture` is the machine that an image's label says it is for, as wheels' tags name it; empty where
    nothing says. `sites` are the folders that hold distributions, "" for the top. `strays` are native files
    of no distribution. What `contents` calls suspects was not read.

    `shipped` are all bytes that are shipped, unzipped and with bytecode, of an image those of all its layers;
    `zipped` are the bytes of the zip file, None where it is none.
    """

    architecture: str = ""
    contents: ArchiveContents
    parts: tuple[Part, ...] = ()
    strays: tuple[NativeFile, ...] = ()
    shipped: int = 0
    zipped: int | None = None
    sites: tuple[str, ...] = ()

    @property
    def natives(self) -> tuple[NativeFile, ...]:
        """All native files of distributions, and those of none."""
        return (*(native for part in self.parts for native in part.natives), *self.strays)


class Built(Struct, frozen=True, kw_only=True):
    """An artifact's trees: one, or one for each platform of an image.

    `ship` is the way in which it is shipped by what it is, None for a folder, which may become either.
    Without `whole` it is a part of something (a wheel), and never brings what it requires.
    """

    trees: tuple[Tree, ...]
    ship: Literal["zip", "image"] | None = None
    whole: bool = True

    def on(self, architecture: str) -> Tree | None:
        """Return the tree that a machine of *architecture* would run; None where an image has none for it."""
        labelled = [tree for tree in self.trees if tree.architecture == architecture]
        return next(iter(labelled or [tree for tree in self.trees if not tree.architecture]), None)
