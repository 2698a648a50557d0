"""pixi.lock: what pixi installs of an index. What it installs of conda's channels is named alone.

The lock lists the files of each environment and platform, one file a package: those of `linux-64` are
x86_64's, those of `linux-aarch64` aarch64's.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.files import absolute
from archcheck.inputs.conda import INSTEAD, REASON
from archcheck.inputs.parsing.input_file import folder_of, read_named
from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import a_few, escaped, failure, shown, words
from archcheck.inputs.parsing.urls import checked_url, file_url, filename_of, vcs_url
from archcheck.inputs.parsing.yaml_nodes import YamlNodes
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import (
    IndexOptions,
    IndexSource,
    Location,
    PathSource,
    Skipped,
    UrlSource,
    VcsSource,
)
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import yaml

    from archcheck.files import Files
    from archcheck.manifest.manifest import Selection, Source

MAX_BYTES: Final = 8 * 2**20  # three times the largest that people keep
MAX_ITEMS: Final = 300_000
OLDEST, NEWEST = 4, 7
_DEFAULT: Final = "default"
_X86, _ARM = "linux-64", "linux-aarch64"
_MACHINES: Final = {"64": "x86_64", "32": "i686"}
_SYSTEMS: Final = {"linux": "linux", "osx": "darwin", "win": "win32"}
_CONDA: Final = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)-(?P<version>[^-/]+)-[^-/]+\.(?:conda|tar\.bz2)$")
_NOT_PACKAGES: Final = frozenset({"python", "pip"})
_TEXTS: Final[tuple[str, ...]] = ("name", "version", "sha256", "md5", "requires_python", "editable")
_ARCHIVES: Final = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz")


def read_pixi_lock(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what the pixi.lock at *path* says of one environment: `default`, or the one selected as a group.

    A platform that the lock has not is for its rule to say; what the other one has is audited on both. Raises
    InputError.
    """
    _ = environ  # a lock fills no variables in
    data = read_named(path, files=files, cwd=cwd, expected="a pixi.lock")
    if len(data) > MAX_BYTES:
        raise failure(Location(path=path), f"{len(data):,} bytes; expected at most {MAX_BYTES:,}")
    reading = _PixiLock(path, folder_of(path, cwd), decode(data, path))
    return reading.lock(hashlib.sha256(data).hexdigest(), selection)


class _Entry(Struct, frozen=True):
    """One line of an environment: where a package is, by conda or not."""

    where: str
    is_conda: bool
    node: yaml.Node


class _PixiLock:
    """One run over one lock."""

    def __init__(self, path: str, folder: str, text: str) -> None:
        self._path = path
        self._folder = folder
        self._nodes = YamlNodes(path, expected="a pixi.lock", most=MAX_ITEMS)
        self._root = self._nodes.root(text, fast=True)
        self._top = dict(self._nodes.pairs(self._root, "the file"))
        self._check_version()

    def lock(self, digest: str, selection: Selection) -> Lock:
        """Return the environment that *selection* means."""
        environment, name = self._environment(selection)
        listed = self._listed(environment)
        of_conda, of_index = self._kept(listed, conda=True), self._kept(listed, conda=False)
        stated = self._stated()
        packages = tuple(self._package(entry, stated, marker) for entry, marker in of_index.items())
        needed = {each.name for package in packages for each in package.dependencies}
        conda = {each.text: each for each in (self._conda(entry, bool(packages)) for entry in of_conda)}
        others = self._other_environments(name)
        return Lock(
            path=self._path,
            sha256=digest,
            requirements=tuple(_required(each) for each in packages if each.name not in needed),
            packages=packages,
            flat=True,
            options=self._options(environment),
            requires_python=_python(of_conda),
            environments=tuple(filter(None, (_marker(platform) for platform in listed))),
            skipped=tuple(each for name, each in conda.items() if name not in _NOT_PACKAGES),
            warnings=(*([INSTEAD] if conda else []), *others),
        )

    def _check_version(self) -> None:
        node = self._top.get("version")
        text = self._text(node, "version") if node is not None else ""
        if not (text.isdecimal() and len(text) < len("100") and OLDEST <= int(text) <= NEWEST):
            found = shown(text) if text else "none"
            message = f"version: {found} is not supported; expected {OLDEST} to {NEWEST}"
            self._nodes.refuse(message, node or self._root)

    def _environment(self, selection: Selection) -> tuple[dict[str, yaml.Node], str]:
        found = self._environments()
        wanted = sorted(selection.groups) or [canonicalize_name(_DEFAULT)]
        names = {canonicalize_name(each): each for each in found}
        if len(wanted) > 1 or wanted[0] not in names:
            message = f"no environment {shown(' and '.join(wanted))}; expected one of: {a_few(found)}"
            raise failure(Location(path=self._path), message)
        name = names[canonicalize_name(wanted[0])]
        return dict(self._nodes.pairs(found[name], f"environments.{name}")), name

    def _environments(self) -> dict[str, yaml.Node]:
        node = self._top.get("environments")
        return dict(self._nodes.pairs(node, "environments")) if node is not None else {}

    def _other_environments(self, name: str) -> Iterator[str]:
        others = [each for each in self._environments() if each != name]
        if others:
            yield (
                f"{escaped(self._path)}: the environment {shown(name)} is audited; "
                f"--group NAME audits another: {a_few(others)}"
            )

    def _listed(self, environment: Mapping[str, yaml.Node]) -> dict[str, tuple[_Entry, ...]]:
        """Return the entries of each platform, by conda's name for it."""
        node = environment.get("packages")
        platforms = self._platforms()
        found: dict[str, tuple[_Entry, ...]] = {}
        for name, items in self._nodes.pairs(node, "packages") if node is not None else ():
            entries = tuple(
                self._entry(each, f"packages.{name}") for each in self._nodes.items(items, f"packages.{name}")
            )
            found[platforms.get(name, name)] = entries
        return found

    def _platforms(self) -> dict[str, str]:
        """Return conda's platform of each that version 7 gives a name of its own."""
        found: dict[str, str] = {}
        for item in self._nodes.items(self._top.get("platforms"), "platforms"):
            table = dict(self._nodes.pairs(item, "platforms"))
            if "name" in table and "subdir" in table:
                found[self._text(table["name"], "name")] = self._text(table["subdir"], "subdir")
        return found

    def _entry(self, node: yaml.Node, key: str) -> _Entry:
        table = dict(self._nodes.pairs(node, key))
        if "pypi" in table:
            return _Entry(self._text(table["pypi"], "pypi"), is_conda=False, node=node)
        first = next((name for name in table if name.startswith("conda")), "")
        if not first:
            self._nodes.refuse(f"{key}: expected conda or pypi", node)
        return _Entry(self._text(table[first], first), is_conda=True, node=node)

    def _kept(self, listed: Mapping[str, tuple[_Entry, ...]], *, conda: bool) -> dict[_Entry, Marker | None]:
        """Return the entries for Linux, each with its condition; of a single machine they have none."""
        sides = [listed[each] for each in (_X86, _ARM) if each in listed]
        first = {each.where: each for side in reversed(sides) for each in side if each.is_conda == conda}
        both = set.intersection(*({each.where for each in side} for side in sides)) if sides else set()
        on_x86 = {each.where for each in listed.get(_X86, ())}
        return {
            entry: None if where in both else _machine("x86_64" if where in on_x86 else "aarch64")
            for where, entry in sorted(first.items(), key=lambda item: item[1].node.start_mark.line)
        }

    def _stated(self) -> dict[str, tuple[dict[str, yaml.Node], yaml.Node]]:
        """Return what is stated of each package that is not conda's, by where it is."""
        found: dict[str, tuple[dict[str, yaml.Node], yaml.Node]] = {}
        for node in self._nodes.items(self._top.get("packages"), "packages"):
            table = dict(self._nodes.pairs(node, "packages"))
            kind = self._text(table["kind"], "kind") if "kind" in table else ""
            place = table.get("pypi") or (table.get("url") or table.get("path") if kind == "pypi" else None)
            if place is not None:
                found[self._text(place, "packages")] = table, node
        return found

    def _package(
        self,
        entry: _Entry,
        stated: Mapping[str, tuple[dict[str, yaml.Node], yaml.Node]],
        marker: Marker | None,
    ) -> LockedPackage:
        if entry.where not in stated:
            self._nodes.refuse(f"{shown(entry.where)} is not among the lock's packages", entry.node)
        table, node = stated[entry.where]
        text = {key: self._text(table[key], key) for key in _TEXTS if key in table}
        try:
            source, file = self._source(entry.where, text)
            name = canonicalize_name(text.get("name", ""), validate=True)
            version = Version(text["version"]) if "version" in text else None
            needs = tuple(self._needs(table.get("requires_dist")))
        except (InvalidVersion, ValueError) as error:
            self._nodes.refuse(f"{shown(entry.where)}: {words(error)}", node)
        return LockedPackage(
            name=name,
            version=version,
            source=source,
            files=(file,) if file is not None else (),
            marker=marker,
            dependencies=needs,
            location=self._nodes.at(node.start_mark.line + 1),
        )

    def _source(self, where: str, text: Mapping[str, str]) -> tuple[Source, IndexFile | None]:
        """Return where a package comes from, and its one file; raises ValueError for no address."""
        if where.startswith("git+"):
            return VcsSource(url=vcs_url(where, "")), None
        is_direct = where.startswith("direct+")
        if "://" in where:
            url = checked_url(where.removeprefix("direct+"))
            file = _file(url, text)
            return (UrlSource(url=url), file) if is_direct else (IndexSource(), file)
        place = absolute(self._folder, where)
        if not where.lower().endswith(_ARCHIVES):
            return PathSource(path=place, editable=text.get("editable", "").lower() == "true"), None
        return PathSource(path=place), _file(file_url(place), text)

    def _needs(self, node: yaml.Node | None) -> Iterator[LockedDependency]:
        for each in self._nodes.items(node, "requires_dist"):
            needed = parse_dependency(self._text(each, "requires_dist"))
            yield LockedDependency(
                name=canonicalize_name(needed.name),
                extras=frozenset(map(canonicalize_name, needed.extras)),
                marker=needed.marker,
                specifier=needed.specifier,
            )

    def _conda(self, entry: _Entry, beside: bool) -> Skipped:  # noqa: FBT001 - of one caller
        found = _CONDA.search(entry.where.rpartition("/")[2])
        return Skipped(
            text=found["name"] if found else shown(entry.where)[1:-1],
            reason=REASON,
            location=self._nodes.at(entry.node.start_mark.line + 1),
            elsewhere="conda" if beside else "",
        )

    def _options(self, environment: Mapping[str, yaml.Node]) -> IndexOptions:
        """Return the indexes of the environment, the first as the main one."""
        nodes = list(self._nodes.items(environment.get("indexes"), "indexes"))
        try:
            indexes = [checked_url(self._text(each, "indexes")) for each in nodes]
        except ValueError as error:
            self._nodes.refuse(f"indexes: {words(error)}", nodes[0])
        main, others = next(iter(indexes), None), indexes[1:]
        return IndexOptions(index_url=main, extra_index_urls=tuple(others), installer="uv", strategy="first")

    def _text(self, node: yaml.Node, key: str) -> str:
        return str(self._nodes.scalar(node, key, "a text").value)


def _file(url: str, text: Mapping[str, str]) -> IndexFile:
    hashes = tuple(f"{each}:{text[each]}" for each in ("sha256", "md5") if each in text)
    return IndexFile(
        filename=filename_of(url), url=url, hashes=hashes, requires_python=text.get("requires_python")
    )


def _required(package: LockedPackage) -> LockedDependency:
    return LockedDependency(
        name=package.name, marker=package.marker, version=package.version, location=package.location
    )


def _python(of_conda: Mapping[_Entry, Marker | None]) -> SpecifierSet | None:
    """Return the Python that conda installs: that line of it."""
    for entry in of_conda:
        found = _CONDA.search(entry.where.rpartition("/")[2])
        line = re.match(r"3\.[0-9]{1,3}(?=\.|$)", found["version"]) if found else None
        if found and found["name"] == "python" and line:
            return SpecifierSet(f"=={line[0]}.*")
    return None


def _machine(name: str) -> Marker:
    return Marker(f'platform_machine == "{name}"')


def _marker(platform: str) -> Marker | None:
    """Return the condition of one of conda's platforms; None for one that nothing is known of."""
    system, _, machine = platform.partition("-")
    if system not in _SYSTEMS or not re.fullmatch(r"[a-z0-9_]+", machine):
        return Marker('sys_platform == "none"') if platform else None
    name = _MACHINES.get(machine, machine)
    return Marker(f'sys_platform == "{_SYSTEMS[system]}" and platform_machine == "{name}"')
