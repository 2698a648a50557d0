"""The tables of pyproject.toml that say what a project depends on, as far as they are read."""

from __future__ import annotations

from typing import Any

import msgspec


class Project(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[project]` (PEP 621)."""

    name: str | None = None
    version: str | None = None
    dependencies: tuple[str, ...] = ()
    optional_dependencies: dict[str, tuple[str, ...]] = {}
    requires_python: str | None = None
    dynamic: tuple[str, ...] = ()


class BuildSystem(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[build-system]` (PEP 518)."""

    build_backend: str = ""


class FromFile(msgspec.Struct, frozen=True, kw_only=True):
    """Where setuptools reads a dynamic value: `{file = …}`."""

    file: str | tuple[str, ...] | None = None


class SetuptoolsDynamic(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.setuptools.dynamic]`."""

    dependencies: FromFile | None = None
    optional_dependencies: dict[str, FromFile] = {}


class Setuptools(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.setuptools]`."""

    dynamic: SetuptoolsDynamic | None = None


class RequirementsTxt(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.hatch.metadata.hooks.requirements_txt]`, of hatch-requirements-txt; `filename` is older."""

    files: tuple[str, ...] | None = None
    filename: str | None = None
    optional_dependencies: dict[str, str | tuple[str, ...]] = {}


class UvDynamicVersioning(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.hatch.metadata.hooks.uv-dynamic-versioning]`: requirements as Jinja templates."""

    dependencies: tuple[str, ...] | None = None
    optional_dependencies: dict[str, tuple[str, ...]] = {}


class UvIndex(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One of `[[tool.uv.index]]`."""

    url: str
    name: str | None = None
    default: bool = False
    explicit: bool = False
    format: str = "simple"


class UvSource(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Where uv takes a package from, and when; just one of git, url, path, index and workspace is there."""

    git: str | None = None
    rev: str | None = None
    tag: str | None = None
    branch: str | None = None
    url: str | None = None
    subdirectory: str = ""
    path: str | None = None
    editable: bool = False
    index: str | None = None
    workspace: bool = False
    marker: str | None = None
    extra: str | None = None
    group: str | None = None


class UvWorkspace(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.uv.workspace]`."""

    members: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Uv(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.uv]`, as far as it is about the project: see `uv_options` for what a uv.toml may say as well."""

    index: tuple[UvIndex, ...] = ()
    constraint_dependencies: tuple[str, ...] = ()
    override_dependencies: tuple[str, ...] = ()
    exclude_dependencies: tuple[str, ...] = ()
    dev_dependencies: tuple[str, ...] = ()
    sources: dict[str, UvSource | tuple[UvSource, ...]] = {}
    workspace: UvWorkspace | None = None


class PdmSource(msgspec.Struct, frozen=True, kw_only=True):
    """One of `[[tool.pdm.source]]`."""

    url: str
    name: str = ""
    type: str = "index"


class PdmResolution(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.pdm.resolution]`."""

    overrides: dict[str, str] = {}
    excludes: tuple[str, ...] = ()
    allow_prereleases: bool = False


class Pdm(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.pdm]`."""

    dev_dependencies: dict[str, tuple[str, ...]] = {}
    source: tuple[PdmSource, ...] = ()
    resolution: PdmResolution | None = None


class HatchMetadata(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.hatch.metadata]`; what a table of `hooks` may hold is its plugin's business."""

    hooks: dict[str, Any] = {}


class Hatch(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool.hatch]`."""

    metadata: HatchMetadata = HatchMetadata()


class Tool(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """`[tool]`, of which Poetry's table has a reader of its own."""

    poetry: dict[str, Any] | None = None
    uv: Uv | None = None
    pdm: Pdm | None = None
    setuptools: Setuptools | None = None
    hatch: Hatch = Hatch()


class PyProject(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The whole file."""

    project: Project | None = None
    build_system: BuildSystem | None = None
    dependency_groups: dict[str, tuple[str | dict[str, str], ...]] = {}
    tool: Tool | None = None
