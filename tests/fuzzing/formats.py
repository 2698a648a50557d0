"""The formats: whole files of each to begin with, and how archcheck reads one. Only its own errors may come."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from typing import TYPE_CHECKING

from archcheck.binaries.archive import FRONT, look, needs_in, reach
from archcheck.binaries.directory import read_directory
from archcheck.binaries.elf import read_needs
from archcheck.binaries.elf_front import read_front
from archcheck.binaries.formats import read_head
from archcheck.binaries.members import Directory
from archcheck.binaries.model import Wanted
from archcheck.binaries.sparse import NeedRange
from archcheck.errors import InputError
from archcheck.index.metadata.lazy_wheel import read_metadata
from archcheck.index.metadata.sdist import read_sdist
from archcheck.index.model import SdistContents
from archcheck.inputs import read_input
from archcheck.inspect.sdists.classify import classify
from tests.binaries.elves import elf
from tests.inputs.built import below, compiled, installed, layout, saved, tarred, zipped
from tests.inputs.reading import FakeFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSIONS = {"libc.so.6": ("GLIBC_2.17", "GLIBC_2.28"), "libstdc++.so.6": ("GLIBCXX_3.4.29",)}
LIBRARY = elf(versions=VERSIONS, soname="liba.so", runpath="$ORIGIN", symbols=("PyList_New",))
FILES = compiled("a", versions=VERSIONS) | compiled("b", machine="x86_64") | installed("c", requires=["a>=1"])
ROUNDS = 40


def _stored(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return made.getvalue()


def _sdist() -> bytes:
    setup = b"from setuptools import setup, Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"
    texts = {
        "PKG-INFO": b"Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b>=1; python_version>'3'\n",
        "setup.py": setup,
        "setup.cfg": b"[options]\ninstall_requires = b\n",
        "pyproject.toml": b"[build-system]\nrequires = ['setuptools']\n[project]\nname = 'a'\nversion = '1.0'\n",
        "a.c": b"int main(void) { return 0; }\n",
        "a/tool": LIBRARY,
    }
    return tarred(below("a-1.0", texts))


def _input(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        try:
            lock = read_input(name, environ={}, cwd="/project", files=FakeFiles({f"/project/{name}": data}))
        except InputError as error:
            assert str(error).isprintable()  # noqa: PT017
            return
        assert lock.built is not None
        assert all(native.path.isprintable() for tree in lock.built.trees for native in tree.natives)

    return read


def _elf(data: bytes) -> None:
    read_head(data[:4096])
    read_front(data)
    known: dict[int, bytes] = {}
    for _ in range(ROUNDS):
        found = read_needs(len(data), known)
        if not isinstance(found, NeedRange):
            return
        known[found.start] = data[found.start : found.end]
    raise AssertionError("asks for ranges without end")


def _wheel(data: bytes) -> None:
    """Read a wheel as one of an index is: in ranges, its metadata and what it holds."""
    segments: dict[int, bytes] = {}
    for _ in range(ROUNDS):
        told = read_metadata("a-1.0-py3-none-any.whl", len(data), segments)
        if not isinstance(told, NeedRange):
            break
        segments[told.start] = data[told.start : told.end]
    for _ in range(ROUNDS):
        found = read_directory(len(data), segments)
        if not isinstance(found, NeedRange):
            break
        segments[found.start] = data[found.start : found.end]
    if not isinstance(found, Directory):
        return
    held = look(found, {0: data})
    members = {each.path: each for each in found.members}
    for native in held.natives:
        for whole in (False, True):
            member = members[native.path]
            span = reach(member, member.packed if whole else FRONT, found.end)
            wanted = Wanted(path=native.path, whole=whole)
            read = needs_in(native, member, wanted, data[span.start : span.end])
            assert read.needs is not None or read.unread


def _read_sdist(suffix: str, pack: Callable[[bytes], bytes]) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        found = read_sdist(io.BytesIO(pack(data)), f"a-1.0.{suffix}")
        if isinstance(found, SdistContents):
            classify(found)

    return read


def _same(data: bytes) -> bytes:
    return data


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def _layers(data: bytes) -> bytes:
    """Return an image of which *data* is a layer: damage to it is met by whatever it is packed with."""
    return saved([tarred(below("opt/python", installed("d"))), data])


def _layer(pack: Callable[[bytes], bytes]) -> Callable[[bytes], None]:
    read = _input("x.tar")
    return lambda data: read(_layers(pack(data)))


LAYER = tarred(below("opt/python", FILES))
IMAGE = tarred(layout({"arm64": [_gzip(LAYER)], "amd64": [LAYER]}, nested=True))
SAVED = saved([LAYER, tarred({"opt/python/.wh.a": b""})])
FORMATS: dict[str, tuple[tuple[bytes, Callable[[bytes], None]], ...]] = {
    "zip": ((zipped(FILES), _input("x.zip")), (_stored(FILES), _input("x.zip"))),
    "wheel": (
        (zipped(FILES), _wheel),
        (_stored(FILES), _wheel),
        (zipped(compiled("a")), _input("a-1.0-py3-none-any.whl")),
    ),
    "elf": (
        (LIBRARY, _elf),
        (elf(bits=32, order=">", versions=VERSIONS, headers_first=True), _elf),
    ),
    "tar": (
        (LAYER, _layer(_same)),
        (LAYER, _layer(_gzip)),
        (_gzip(LAYER), _layer(_same)),
        (bz2.compress(LAYER), _layer(_same)),
        (lzma.compress(LAYER), _layer(_same)),
    ),
    "sdist": (
        (_sdist(), _read_sdist("tar.gz", _gzip)),
        (_gzip(_sdist()), _read_sdist("tar.gz", _same)),
        (zipped(below("a-1.0", {"setup.py": b"setup()", "a.c": b""})), _read_sdist("zip", _same)),
    ),
    "oci": ((IMAGE, _input("x.tar")),),
    "docker-save": ((SAVED, _input("x.tar")), (_gzip(SAVED), _input("x.tar"))),
}
"""Whole files of each format, each with how it is read once it is damaged."""
