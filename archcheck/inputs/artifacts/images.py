"""Container images: an OCI layout in a folder, or the tar file of `docker save`; each platform by itself.

Layers are read from the topmost down, so that a file counts once, as the container sees it: what an upper
layer replaces or removes (whiteouts, `.wh.NAME` and `.wh..wh..opq`, OCI image specification) is passed over.
Of an image's files only those count that Python may import or a function runs: distributions' folders,
`/var/task`, `/opt` and the working directory. The operating system is its base's own affair.
"""

from __future__ import annotations

import posixpath
import re
import tarfile
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, TypeVar, cast

import msgspec
from msgspec.structs import replace

from archcheck.files import absolute
from archcheck.inputs.artifacts.gather import READ_ERRORS, Gathered, take
from archcheck.inputs.artifacts.reader import built_lock
from archcheck.inputs.artifacts.streams import LayerError, entries_of, opened_archive, opened_layer
from archcheck.inputs.artifacts.trees import read_tree
from archcheck.inputs.parsing.messages import failure, words
from archcheck.manifest.built import Built
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archcheck.files import Files
    from archcheck.inputs.artifacts.trees import Read
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Selection

_EXPECTED: Final = "an OCI layout or what `docker save` writes"
_MOST_DOCUMENT: Final = 4 * 2**20
_MOST_IMAGES: Final = 16
_MOST_LAYERS: Final = 128  # Docker's own limit is 127
_MOST_ENTRIES: Final = 500_000
_MOST_BLOBS: Final = 20_000
_MOST_DEPTH: Final = 3  # an index may name indexes
_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_DIGEST = re.compile(r"(sha256|sha512):([0-9a-f]{64,128})")
_OF_PYTHON = re.compile(r"(?:^|/)(?:site|dist)-packages/")
_PLACES: Final = ("var/task/", "opt/", "app/", "srv/", "function/", "code/", "workspace/")
_IMAGE_ERRORS: Final = (*READ_ERRORS, tarfile.TarError)
T = TypeVar("T")


class _Platform(msgspec.Struct):
    architecture: str = ""
    os: str = "linux"


class _Descriptor(msgspec.Struct):
    digest: str
    platform: _Platform | None = None


class _Document(msgspec.Struct):
    """An index of images, or the manifest of one."""

    manifests: tuple[_Descriptor, ...] = ()
    config: _Descriptor | None = None
    layers: tuple[_Descriptor, ...] = ()


class _Running(msgspec.Struct):
    working_folder: str = msgspec.field(default="", name="WorkingDir")


class _Config(msgspec.Struct):
    architecture: str = ""
    config: _Running | None = None


class _Saved(msgspec.Struct):
    config: str = msgspec.field(name="Config")
    layers: tuple[str, ...] = msgspec.field(name="Layers")


class Blobs(Protocol):
    """The files of a layout, by their names in it."""

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """Return a file and its size; raises OSError."""
        ...


class _InFolder:
    def __init__(self, folder: str, files: Files) -> None:
        self._folder = folder
        self._files = files

    def open(self, name: str) -> tuple[BinaryIO, int]:
        path = f"{self._folder}/{_safe(name)}"
        return self._files.open(path), self._files.look(path).size


class _InTar:
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._members = {}
        for number, each in enumerate(archive):
            if number >= _MOST_BLOBS:
                raise LayerError(f"it holds over {_MOST_BLOBS:,} files")
            if each.isreg():
                self._members[each.name.removeprefix("./")] = each

    def open(self, name: str) -> tuple[BinaryIO, int]:
        info = self._members.get(_safe(name))
        found = self._archive.extractfile(info) if info is not None and not info.issparse() else None
        if info is None or found is None:
            raise LayerError(f"the image has no {name[:100]}")
        return cast("BinaryIO", found), info.size


def _safe(name: str) -> str:
    path = posixpath.normpath(name)
    if path.startswith(("/", "..")):
        raise LayerError("a path in it leads outside of the image")
    return path


def read_image(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what is in the image at *path*, each of its platforms as a tree. Raises InputError."""
    _ = environ, selection
    place = absolute(cwd, path)
    try:
        if files.is_folder(place):
            reads = tuple(_images(_InFolder(place, files), path))
        else:
            size = files.look(place).size
            with files.open(place) as file, opened_archive(file, size) as archive:
                reads = tuple(_images(_InTar(archive), path))
    except _IMAGE_ERRORS as error:
        raise failure(Location(path=path), f"{words(error)}; expected {_EXPECTED}") from None
    if not reads:
        raise failure(Location(path=path), f"it has no image for Linux; expected {_EXPECTED}")
    built = Built(trees=tuple(read.tree for read in reads), ship="image")
    return replace(built_lock(path, reads), built=built)


def _images(blobs: Blobs, path: str) -> Iterator[Read]:
    """Yield each platform's image; what has no index is the older form of `docker save`."""
    try:
        index = _document(blobs, "index.json", _Document)
    except OSError:
        for saved in _document(blobs, "manifest.json", tuple[_Saved, ...])[:_MOST_IMAGES]:
            yield _image(blobs, path, saved.config, saved.layers)
        return
    for manifest in islice(_manifests(blobs, index, 0), _MOST_IMAGES):
        if manifest.config is not None:
            layers = tuple(_blob(each) for each in manifest.layers)
            yield _image(blobs, path, _blob(manifest.config), layers)


def _manifests(blobs: Blobs, index: _Document, depth: int) -> Iterator[_Document]:
    """Yield the manifests of images that an index leads to; attestations have no platform of their own."""
    for entry in index.manifests[: _MOST_IMAGES * 4]:
        platform = entry.platform or _Platform()
        if platform.architecture == "unknown" or platform.os != "linux":
            continue
        document = _document(blobs, _blob(entry), _Document)
        if document.manifests and depth < _MOST_DEPTH:
            yield from _manifests(blobs, document, depth + 1)
        else:
            yield document


def _blob(entry: _Descriptor) -> str:
    found = _DIGEST.fullmatch(entry.digest)
    if found is None:
        raise LayerError("a digest in it is none")
    return f"blobs/{found[1]}/{found[2]}"


def _document(blobs: Blobs, name: str, kind: type[T]) -> T:
    file, size = blobs.open(name)
    with file:
        if size > _MOST_DOCUMENT:
            raise LayerError(f"{name} is larger than 4 MiB")
        data = file.read(_MOST_DOCUMENT)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"{name} is not as it should be: {words(error)}") from None


def _image(blobs: Blobs, path: str, config: str, layers: Sequence[str]) -> Read:
    said = _document(blobs, config, _Config)
    working = said.config.working_folder.strip("/") if said.config else ""
    places = (*_PLACES, *([f"{working}/"] if working else []))
    if len(layers) > _MOST_LAYERS:
        raise LayerError(f"it has {len(layers)} layers")
    found, seen = Gathered(), _Seen()
    for name in reversed(layers):
        try:
            file, size = blobs.open(name)
            with file, opened_layer(file, size) as layer:
                _read_layer(layer, found, seen, places)
        except (*READ_ERRORS, tarfile.TarError) as error:
            found.suspect(name, words(error))
        seen.next_layer()
    return read_tree(found, path, _MACHINES.get(said.architecture, said.architecture))


class _Seen:
    """What upper layers have, or have removed."""

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._gone: set[str] = set()
        self._here: set[str] = set()
        self._gone_here: set[str] = set()
        self.count = 0

    def hides(self, path: str) -> bool:
        """Return whether an upper layer has something at *path* or above it that takes its place."""
        if path in self._paths:
            return True
        parts = path.split("/")
        return any("/".join(parts[:count]) in self._gone for count in range(len(parts) + 1))

    def add(self, path: str) -> None:
        """Take note of a file of this layer."""
        self._here.add(path)

    def remove(self, path: str) -> None:
        """Take note that this layer removes what lower ones have at *path*, or in the folder *path*."""
        self._gone_here.add(path)

    def next_layer(self) -> None:
        """Go on with the layer below."""
        self._paths |= self._here
        self._gone |= self._gone_here
        self._here, self._gone_here = set(), set()


def _read_layer(layer: tarfile.TarFile, found: Gathered, seen: _Seen, places: tuple[str, ...]) -> None:
    for info, member in entries_of(layer):
        seen.count += 1
        found.shipped += info.size if info.isreg() else 0  # what an upper layer hides is shipped all the same
        if seen.count > _MOST_ENTRIES:
            raise LayerError(f"the image has over {_MOST_ENTRIES:,} files")
        folder, _, name = member.path.rpartition("/")
        if name == ".wh..wh..opq":
            seen.remove(folder)
        elif name.startswith(".wh."):
            seen.remove(posixpath.join(folder, name.removeprefix(".wh.")))
        elif info.isdir() or seen.hides(member.path):
            continue
        else:
            seen.add(member.path)
            if info.isreg() and (_OF_PYTHON.search(member.path) or member.path.startswith(places)):
                take(found, member)
