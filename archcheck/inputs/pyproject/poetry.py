"""What a project declares in Poetry's own tables: dependencies, groups, extras and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.inputs.parsing.messages import a_few, escaped, shown, words
from archcheck.inputs.parsing.partial_markers import both, settle
from archcheck.inputs.parsing.poetry_constraint import platform_marker, python_marker, translate
from archcheck.inputs.parsing.urls import checked_url, vcs_url
from archcheck.inputs.pyproject.poetry_sources import PoetrySource, index_options
from archcheck.manifest.manifest import (
    IndexOptions,
    IndexSource,
    Location,
    PathSource,
    ReleaseControl,
    Requirement,
    UrlSource,
    VcsSource,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.manifest.manifest import Selection, Source

MAX_INCLUDES = 50


class PoetryDependency(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One dependency written as a table; the keys are Poetry's."""

    version: str | None = None
    python: str | None = None
    platform: str | None = None
    markers: str | None = None
    extras: tuple[str, ...] = ()
    optional: bool = False
    git: str | None = None
    branch: str | None = None
    tag: str | None = None
    rev: str | None = None
    url: str | None = None
    path: str | None = None
    file: str | None = None
    subdirectory: str | None = None
    develop: bool = False
    source: str | None = None
    allow_prereleases: bool | None = None


class _Group(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    dependencies: dict[str, Any] = {}
    include_groups: tuple[str, ...] = ()


class _Poetry(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    dependencies: dict[str, Any] = {}
    dev_dependencies: dict[str, Any] = {}
    group: dict[str, _Group] = {}
    extras: dict[str, tuple[str, ...]] = {}
    source: tuple[PoetrySource, ...] = ()


class PoetryProject(Struct, frozen=True, kw_only=True):
    """What `[tool.poetry]` asks for, narrowed to what was selected."""

    requirements: tuple[Requirement, ...] = ()
    requires_python: SpecifierSet | None = None
    options: IndexOptions = field(default_factory=IndexOptions)
    warnings: tuple[str, ...] = ()


def poetry_project(document: Document, selection: Selection) -> PoetryProject:
    """Return what the `[tool.poetry]` table of a pyproject.toml asks for.

    The main dependencies, and those of the selected extras and groups (`poetry install` itself adds every
    group that is not optional). Raises InputError.
    """
    return _PoetryTable(document, selection).project()


def tables_of(value: Any) -> tuple[PoetryDependency, ...]:
    """Return a dependency's value as tables, one for each of its "multiple constraints".

    Raises ValueError for what is no dependency.
    """
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ValueError("expected at least one constraint")
    return tuple(
        PoetryDependency(version=each) if isinstance(each, str) else msgspec.convert(each, PoetryDependency)
        for each in values
    )


def condition_of(declared: PoetryDependency) -> Marker | None:
    """Return the marker that `python`, `platform` and `markers` make together; raises ValueError."""
    whole: Settled = True
    if declared.markers:
        whole = Marker(declared.markers)
    if declared.python:
        whole = both(whole, python_marker(declared.python) or True)
    if declared.platform:
        whole = both(whole, platform_marker(declared.platform) or True)
    return whole if isinstance(whole, Marker) else None


def with_extras(marker: Marker | None, extras: Iterable[str]) -> Settled:
    """Return what is left of *marker* when just *extras* of its package are chosen."""
    if marker is None or "extra" not in str(marker):
        return True if marker is None else marker
    names = frozenset(extras)

    def decide(left: str, operator: str, right: str) -> bool | None:
        if "extra" not in {left, right}:
            return None
        is_chosen = canonicalize_name((right if left == "extra" else left).strip("\"'")) in names
        return {"==": is_chosen, "!=": not is_chosen}.get(operator)

    return settle(marker, decide)


class _PoetryTable:
    """One run over one `[tool.poetry]` table."""

    def __init__(self, document: Document, selection: Selection) -> None:
        self._document = document
        table = document.table.get("tool", {}).get("poetry", {})
        try:
            self._table = msgspec.convert(table, _Poetry)
        except (msgspec.ValidationError, RecursionError) as error:
            document.refuse(f"[tool.poetry]: {words(error)}")
        self._groups = {canonicalize_name(name): (name, group) for name, group in self._table.group.items()}
        extras = {canonicalize_name(name): packages for name, packages in self._table.extras.items()}
        self._check("extra", selection.extras, extras)
        self._extras = frozenset(extras) if selection.all_extras else selection.extras
        self._in_extras = {
            canonicalize_name(one) for name in self._extras for one in extras.get(canonicalize_name(name), ())
        }
        self._selection = selection
        self._entered: set[str] = set()
        self._sources: dict[str, str] = {}
        self._prereleases: set[str] = set()
        self._warnings: list[str] = []

    def project(self) -> PoetryProject:
        known = [*self._groups, *(["dev"] if self._table.dev_dependencies else [])]
        self._check("dependency group", self._selection.groups, known)
        found = dict.fromkeys(self._required("dependencies", self._table.dependencies))
        for group in sorted(self._selection.groups):
            found.update(dict.fromkeys(self._group(canonicalize_name(group), ())))
        return PoetryProject(
            requirements=tuple(found),
            requires_python=self._requires_python(),
            options=self._options(),
            warnings=tuple(self._warnings),
        )

    def _check(self, what: str, wanted: Iterable[str], known: Iterable[str]) -> None:
        for name in sorted(wanted):
            if canonicalize_name(name) not in known:
                self._document.refuse(f"no {what} {shown(name)}; expected one of: {a_few(known)}")

    def _group(self, name: NormalizedName, above: tuple[str, ...]) -> Iterator[Requirement]:
        """Yield the requirements of a group and of those that it includes."""
        if name in above:
            self._document.refuse(f"the group {shown(name)} includes itself; expected no cycle")
        if name in self._entered:
            return
        if len(above) > MAX_INCLUDES:
            self._document.refuse(f"groups included more than {MAX_INCLUDES} deep; expected fewer")
        self._entered.add(name)
        if name == "dev":
            yield from self._required("dev-dependencies", self._table.dev_dependencies)
        written, group = self._groups.get(name, (name, _Group()))
        yield from self._required(f"group.{written}.dependencies", group.dependencies)
        self._check("dependency group", group.include_groups, self._groups)
        for included in group.include_groups:
            yield from self._group(canonicalize_name(included), (*above, name))

    def _required(self, key: str, dependencies: Mapping[str, Any]) -> Iterator[Requirement]:
        for name, value in dependencies.items():
            if name.lower() == "python":
                continue
            line = self._document.lines.key(f"tool.poetry.{key}", name)
            try:
                tables = tables_of(value)
                for declared in tables:
                    yield from self._requirement(name, declared, line)
            except (ValueError, InvalidMarker, RecursionError) as error:
                self._document.refuse(words(error), key=f"tool.poetry.{key}.{name}", line=line)

    def _requirement(self, written: str, declared: PoetryDependency, line: int) -> Iterator[Requirement]:
        name = canonicalize_name(written, validate=True)
        if declared.optional and name not in self._in_extras:
            return
        marker = with_extras(condition_of(declared), self._extras)
        if marker is False:
            return
        source = self._source(declared)
        translation = translate(declared.version or "*")
        location = Location(path=self._document.path, line=line)
        text = f"{written} {declared.version or ''}".strip()
        if not translation.exact:
            where = escaped(str(location))
            self._warnings.append(
                f"{where}: {shown(text)} is read as {translation.specifier}; its gaps are not left out"
            )
        if declared.source:
            self._sources[name] = declared.source
        if declared.allow_prereleases:
            self._prereleases.add(name)
        yield Requirement(
            name=name,
            extras=frozenset(canonicalize_name(extra) for extra in declared.extras),
            specifier=translation.specifier if isinstance(source, IndexSource) else SpecifierSet(),
            marker=marker if isinstance(marker, Marker) else None,
            source=source,
            location=location,
            text=escaped(text),
        )

    def _source(self, declared: PoetryDependency) -> Source:
        subdirectory = declared.subdirectory or ""
        if declared.git is not None:
            revision = declared.rev or declared.tag or declared.branch or ""
            url = vcs_url(declared.git, revision, subdirectory=subdirectory)
            return VcsSource(url=url, editable=declared.develop)
        if declared.url is not None:
            return UrlSource(url=checked_url(declared.url), subdirectory=subdirectory)
        path = declared.path or declared.file
        if path is not None:
            where = absolute(self._document.folder, path)
            return PathSource(path=where, editable=declared.develop, subdirectory=subdirectory)
        return IndexSource()

    def _requires_python(self) -> SpecifierSet | None:
        stated = self._table.dependencies.get("python")
        if stated is None:
            return None
        key = "tool.poetry.dependencies.python"
        if not isinstance(stated, str):
            self._document.refuse("expected a constraint, as in '^3.11'", key=key)
        try:
            return translate(stated).specifier
        except ValueError as error:
            self._document.refuse(words(error), key=key)

    def _options(self) -> IndexOptions:
        try:
            options = index_options(self._table.source, self._sources)
        except ValueError as error:
            self._document.refuse(words(error), key="tool.poetry.source")
        return replace(options, releases=ReleaseControl(all_releases=frozenset(self._prereleases)))
