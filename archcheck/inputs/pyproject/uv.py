"""`[tool.uv]` of a pyproject.toml and the uv.toml beside it: sources, indexes, constraints and overrides."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from msgspec.structs import replace
from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from archcheck.files import absolute, beside
from archcheck.inputs.parsing.markers import both, could_hold_on_linux, negated
from archcheck.inputs.parsing.messages import a_few, escaped, shown
from archcheck.inputs.parsing.pep508 import parse_pep508
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.parsing.urls import checked_url, vcs_url
from archcheck.inputs.pyproject.schema import PyProject, Tool, Uv
from archcheck.inputs.pyproject.uv_settings import read_settings
from archcheck.inputs.pyproject.uv_workspace import members, workspace_of
from archcheck.manifest.manifest import (
    IndexSource,
    Location,
    PathSource,
    ReleaseControl,
    UrlSource,
    VcsSource,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import UvSource
    from archcheck.inputs.pyproject.uv_settings import Settings
    from archcheck.manifest.manifest import Manifest, Requirement, Selection, Source

# A source for another system only is of no concern; which Python it will be is not known yet.
_PYTHONS = tuple(f"3.{minor}.0" for minor in range(8, 16))


def apply_uv(
    manifest: Manifest,
    uv: Uv,
    document: Document,
    files: Files,
    selection: Selection,
    *,
    settings: Settings | None = None,
) -> Manifest:
    """Return *manifest* as uv would read it: each requirement from its source, within constraints.

    What a uv.toml may say counts from there alone, where there is one, unless *settings* are given: those of
    a script. Of a workspace's member, the root has the settings and the constraints, and the sources of what
    the member names none for. Raises InputError.
    """
    root, shared = (document, uv) if settings else _root(document, uv, files)
    sources = _Sources((_Table(document, uv), _Table(root, shared)), files, selection)
    excluded = frozenset(canonicalize_name(name) for name in shared.exclude_dependencies)
    requirements = tuple(
        each for stated in manifest.requirements if stated.name not in excluded for each in sources.of(stated)
    )
    settings = settings or read_settings(root.folder, files=files)
    pre = settings.stated.prerelease == "allow"
    return replace(
        manifest,
        requirements=requirements,
        constraints=(
            *manifest.constraints,
            *_listed(root, "constraint-dependencies", shared.constraint_dependencies),
        ),
        overrides=(
            *manifest.overrides,
            *_listed(root, "override-dependencies", shared.override_dependencies),
        ),
        excluded=excluded,
        options=replace(
            settings.options(Counter()),
            installer="uv",
            strategy="best" if settings.stated.index_strategy == "unsafe-best-match" else "first",
            pre=pre,
            releases=ReleaseControl(all_releases=frozenset({":all:"} if pre else ())),
            package_indexes=tuple(sorted(sources.indexes.items())),
        ),
        warnings=(*manifest.warnings, *sources.warnings, *_unheeded(settings, root.path)),
    )


def _root(document: Document, uv: Uv, files: Files) -> tuple[Document, Uv]:
    """Return the pyproject.toml at the root of the workspace of *document*, and its `[tool.uv]`."""
    workspace = workspace_of(document.folder, document.table, files)
    if workspace is None or workspace.folder == document.folder:
        return document, uv
    file = absolute(workspace.folder, "pyproject.toml")
    found = read_toml(file, files=files, cwd=workspace.folder, expected="a pyproject.toml file")
    root = replace(found, path=beside(document.path, os.path.relpath(file, document.folder)))
    tool = convert(root, PyProject).tool or Tool()
    return root, tool.uv or Uv()


def _unheeded(settings: Settings, path: str) -> Iterator[str]:
    day = settings.stated.exclude_newer
    if day is not None:
        place = f"{path}: tool.uv." if settings.name == "pyproject.toml" else f"{settings.name}: "
        yield f"{escaped(place)}exclude-newer = {shown(day)} is not applied; use --exclude-newer"


def _listed(document: Document, key: str, texts: tuple[str, ...]) -> Iterator[Requirement]:
    lines = document.lines.items("tool.uv", key, texts)
    for text, line in zip(texts, lines, strict=True):
        place = Location(path=document.path, line=line)
        yield parse_pep508(text, location=place, folder=document.folder)


class _Table(NamedTuple):
    """`[tool.uv]`, and the file that it stands in."""

    document: Document
    uv: Uv


class _Sources:
    """`[tool.uv.sources]`: where uv takes the project's own requirements from.

    Of several *tables* the first one that speaks of a package counts.
    """

    def __init__(self, tables: Sequence[_Table], files: Files, selection: Selection) -> None:
        self._document = tables[0].document
        self._files = files
        self._selection = selection
        self._urls: dict[str, str] = {}
        self._stated: dict[NormalizedName, tuple[UvSource, ...]] = {}
        self._places: dict[str, Document] = {}
        for document, uv in reversed(tables):
            self._urls |= {index.name: index.url for index in uv.index if index.name}
            for name, source in uv.sources.items():
                self._stated[canonicalize_name(name)] = source if isinstance(source, tuple) else (source,)
                self._places[canonicalize_name(name)] = document
        self._members: Mapping[NormalizedName, str] | None = None
        self.indexes: dict[str, str] = {}
        self.warnings: list[str] = []

    def of(self, requirement: Requirement) -> Iterator[Requirement]:
        """Yield *requirement* once for each source that it has, and for what no source's marker covers."""
        name = requirement.name
        stated = [each for each in self._stated.get(name, ()) if self._is_meant(each)] if name else []
        if name is None or not stated or not isinstance(requirement.source, IndexSource):
            yield requirement
            return
        covered: list[Marker | None] = []
        for each in stated:
            marker = self._marker(name, each)
            if each.index is not None:
                self._take_index(name, each.index, marker)
                continue
            covered.append(marker)
            yield replace(
                requirement,
                source=self._source(name, each),
                marker=both(requirement.marker, marker, requirement.location),
            )
        rest = self._uncovered(requirement, covered)
        if rest is not None:
            yield rest

    def _uncovered(self, requirement: Requirement, covered: list[Marker | None]) -> Requirement | None:
        """Return *requirement* for where no *covered* marker holds, which leaves it to the index."""
        rest = requirement.marker
        for marker in covered:
            opposite = negated(marker) if marker is not None else None
            if opposite is None:
                if marker is not None:
                    message = f"{self._document.path}: {requirement.name}: {marker} is taken to hold"
                    self.warnings.append(escaped(message))
                return None
            rest = both(rest, opposite, requirement.location)
        return replace(requirement, marker=rest)

    def _is_meant(self, source: UvSource) -> bool:
        selected = self._selection
        extra = (
            source.extra is None or selected.all_extras or canonicalize_name(source.extra) in selected.extras
        )
        return extra and (source.group is None or canonicalize_name(source.group) in selected.groups)

    def _marker(self, name: str, source: UvSource) -> Marker | None:
        try:
            return Marker(source.marker) if source.marker is not None else None
        except (InvalidMarker, RecursionError):
            self._refuse(name, f"{shown(source.marker or '')} is not a marker")

    def _take_index(self, name: str, index: str, marker: Marker | None) -> None:
        url = self._urls.get(index)
        if url is None:
            known = a_few(self._urls)
            self._refuse(name, f"no index {shown(index)} in tool.uv.index; expected one of: {known}")
        if not could_hold_on_linux(marker, _PYTHONS):
            return
        if self.indexes.setdefault(name, url) != url:
            message = f"{self._document.path}: {name} has several indexes by marker; the first one is asked"
            self.warnings.append(escaped(message))

    def _source(self, name: NormalizedName, source: UvSource) -> Source:
        try:
            if source.git is not None:
                revision = source.rev or source.tag or source.branch or ""
                return VcsSource(url=vcs_url(source.git, revision, subdirectory=source.subdirectory))
            if source.url is not None:
                return UrlSource(url=checked_url(source.url), subdirectory=source.subdirectory)
        except ValueError as error:
            self._refuse(name, str(error))
        if source.path is not None:
            path = absolute(self._places[name].folder, source.path)
            return PathSource(path=path, editable=source.editable, subdirectory=source.subdirectory)
        if not source.workspace:
            self._refuse(name, "expected one of git, url, path, index, workspace")
        return PathSource(path=self._member(name), editable=True)

    def _member(self, name: NormalizedName) -> str:
        """Return the folder of the workspace's member *name*."""
        if self._members is None:
            self._members = members(self._document, self._files)
        if name not in self._members:
            known = a_few(self._members)
            self._refuse(name, f"the workspace has no member {shown(name)}; expected one of: {known}")
        return self._members[name]

    def _refuse(self, name: str, message: str) -> NoReturn:
        document = self._places.get(name, self._document)
        line = document.lines.key("tool.uv.sources", name)
        document.refuse(message, key=f"tool.uv.sources.{name}", line=line)
