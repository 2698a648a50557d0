"""From what was gathered of one tree of files to its distributions, and whose the native files are."""

from __future__ import annotations

import csv
import errno
import posixpath
import re
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from msgspec import Struct

from archcheck.files import Node
from archcheck.inputs.installed.distributions import Installed, read_installed
from archcheck.manifest.built import Part, Tree
from archcheck.manifest.manifest import Location, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.inputs.artifacts.gather import Gathered

_INFO = re.compile(r"^(?P<site>(?:.*/)?)[^/]+\.(?:dist-info|egg-info)(?:/[^/]+)?$")
_SYSTEM = re.compile(r"(?:^|/)usr/(?:lib|lib64)/python2|(?:^|/)usr/share/")
_TAG = re.compile(r"^Tag:[ \t]*([A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+)[ \t\r]*$", re.MULTILINE)
_MOST_TAGS: Final = 100
_ABI = re.compile(r"\.(?:cpython-|cp)(3[0-9]{1,2}t?)-")
_TAG_ABI = re.compile(r"cp(3[0-9]{1,2}t?)-cp\1-")
_SITE_PYTHON = re.compile(r"(?:^|/)python(3\.[0-9]{1,2})t?/(?:site|dist)-packages$")


class Read(Struct, frozen=True, kw_only=True):
    """A tree, its distributions as their metadata have them, and which Pythons it seems to be for."""

    tree: Tree
    installed: Mapping[NormalizedName, Installed]
    skipped: tuple[Skipped, ...] = ()
    pythons: frozenset[str] = frozenset()
    nested: tuple[str, ...] = ()


class _Texts:
    """The metadata that was gathered, as files."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = {f"/{path}": data for path, data in texts.items()}
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        for path in self._texts:
            folder, name = posixpath.split(path)
            while name:
                self._below[folder].add(name)
                folder, name = posixpath.split(folder)

    def read(self, path: str) -> bytes:
        if path not in self._texts:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return self._texts[path]

    def is_file(self, path: str) -> bool:
        return path in self._texts

    def is_folder(self, path: str) -> bool:
        return path in self._below

    def entries(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._below.get(path, ())))

    def look(self, path: str) -> Node:
        return Node("file" if self.is_file(path) else "folder", real=path)

    def open(self, path: str) -> BinaryIO:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)


def read_tree(found: Gathered, path: str, architecture: str = "") -> Read:
    """Return what was *found* in the input at *path*, whose label says that it is for *architecture*."""
    matches = (_INFO.match(each) for each in found.texts)
    sites = sorted(
        {each["site"].rstrip("/") for each in matches if each and not _SYSTEM.search(each["site"])}
    )
    files = _Texts(found.texts)
    installed: dict[NormalizedName, Installed] = {}
    folders: defaultdict[NormalizedName, list[tuple[str, str]]] = defaultdict(list)
    skipped = []
    for site in sites:
        for each in read_installed(f"/{site}".rstrip("/") or "/", files):
            if isinstance(each, Skipped):
                place = Location(path=path)
                skipped.append(Skipped(text=each.text, reason=each.reason, location=place))
            else:
                installed.setdefault(each.name, each)
                folders[each.name].append((site, each.folder.lstrip("/")))
    owners = _owners(found, folders)
    theirs: defaultdict[NormalizedName, list[str]] = defaultdict(list)
    for file, owner in owners.items():
        theirs[owner].append(file)
    parts = tuple(_part(found, installed[name], folders[name], theirs[name]) for name in sorted(installed))
    strays = tuple(native for place, native in sorted(found.natives.items()) if place not in owners)
    contents = found.contents()
    tree = Tree(
        architecture=architecture,
        contents=contents,
        parts=parts,
        strays=strays,
        sites=tuple(sites),
        shipped=found.shipped or contents.unpacked + contents.bytecode,
    )
    return Read(
        tree=tree,
        installed=installed,
        skipped=tuple(skipped),
        pythons=_pythons(tree),
        nested=tuple(found.nested),
    )


def _part(
    found: Gathered,
    installed: Installed,
    folders: Iterable[tuple[str, str]],
    places: Iterable[str],
) -> Part:
    texts = (found.texts.get(f"{folder}/WHEEL", b"").decode("utf-8", "replace") for _, folder in folders)
    tags = dict.fromkeys(tag for text in texts for tag in _TAG.findall(text)[:_MOST_TAGS])
    return Part(
        name=installed.name,
        version=installed.version,
        tags=tuple(tags),
        contents=found.contents_of(places),
    )


def _owners(
    found: Gathered, folders: Mapping[NormalizedName, list[tuple[str, str]]]
) -> dict[str, NormalizedName]:
    """Return whose each file is: by RECORD (PEP 376), else by the top folder that it lies in.

    Of namespaces (google.cloud) no folder at the top tells: there, what RECORD has in a folder is whose the
    rest of that folder is. Native files that nobody lists are nobody's.
    """
    owners: dict[str, NormalizedName] = {}
    tops: dict[str, NormalizedName] = {}
    beside: dict[str, NormalizedName] = {}
    every = [(name, site, folder) for name, places in folders.items() for site, folder in places]
    for name, site, folder in every:
        for listed in _recorded(found.texts, folder):
            place = posixpath.normpath(posixpath.join(site, listed.replace("\\", "/")))
            if place in found.sizes:
                owners.setdefault(place, name)
            beside.setdefault(posixpath.dirname(place), name)
        stem = str(name).replace("-", "_")
        for top in (*_lines(found.texts.get(f"{folder}/top_level.txt", b"")), stem, f"{stem}.libs"):
            tops.setdefault(f"{site}/{top}".lstrip("/").lower(), name)
        tops.setdefault(folder.lower(), name)
    for _, site, _ in every:
        beside.pop(site, None)
    for place in found.sizes.keys() - owners.keys():
        owner = _by_top(place, tops)
        if owner is None and place not in found.natives:
            owner = beside.get(posixpath.dirname(place).removesuffix("/__pycache__"))
        if owner is not None:
            owners[place] = owner
    return owners


def _by_top(place: str, tops: Mapping[str, NormalizedName]) -> NormalizedName | None:
    """Return whose the topmost folder, or the module, at *place* is."""
    parts = place.lower().split("/")
    for count in range(1, len(parts)):
        if owner := tops.get("/".join(parts[:count])):
            return owner
    return tops.get("/".join([*parts[:-1], parts[-1].partition(".")[0]]))


def _recorded(texts: Mapping[str, bytes], folder: str) -> Iterable[str]:
    lines = _lines(texts.get(f"{folder}/RECORD", b""))
    with suppress(csv.Error):  # the top folder tells then
        yield from (row[0] for row in csv.reader(lines) if row)
    for line in _lines(texts.get(f"{folder}/installed-files.txt", b"")):
        yield posixpath.join(posixpath.basename(folder), line)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").splitlines()


def _pythons(tree: Tree) -> frozenset[str]:
    """Return the Pythons that the tree's extension modules, tags and folders are for: `3.12`.

    What names of modules say outranks what a folder is called.
    """
    said = {found[1] for native in tree.natives if (found := _ABI.search(native.path))}
    said |= {found[1] for part in tree.parts for tag in part.tags if (found := _TAG_ABI.match(tag))}
    if said:
        return frozenset(f"3.{abi.rstrip('t')[1:]}" for abi in said)
    return frozenset(found[1] for site in tree.sites if (found := _SITE_PYTHON.search(site)))
