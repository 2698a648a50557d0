"""pyproject.toml: PEP 621 and PEP 735, and what uv, PDM, Poetry and setuptools put beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.inputs.declarations import Declarations, Include, chosen, stated
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.pyproject.dynamic import dynamic_parts
from archcheck.inputs.pyproject.pdm import apply_pdm, without_editable
from archcheck.inputs.pyproject.poetry_division import poetry_part, with_poetry
from archcheck.inputs.pyproject.schema import PyProject, Tool, Uv
from archcheck.inputs.pyproject.setuptools import setup_files, uses_setuptools
from archcheck.inputs.pyproject.uv import apply_uv
from archcheck.inputs.pyproject.uv_workspace import workspace_of
from archcheck.inputs.requirement_files import Home
from archcheck.manifest.manifest import Location, Manifest, Selection
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.declarations import Part
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import Project

_DEV = canonicalize_name("dev")


def read_pyproject(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the pyproject.toml at *path* asks for: the project's own dependencies and what is selected.

    No dependency group is included unless selected (uv itself adds `dev` by default). Where `[project]` and
    `[tool.poetry]` both speak of the same thing, `[project]` counts. Raises InputError.
    """
    document = read_toml(path, files=files, cwd=cwd, expected="a pyproject.toml file")
    root = convert(document, PyProject)
    tool = root.tool or Tool()
    manifest = selected(document, root, declarations_of(document, root, files), environ, selection)
    if tool.uv is not None or _is_uvs(tool, document, files):
        manifest = apply_uv(manifest, tool.uv or Uv(), document, files, selection)
    return manifest


def selected(
    document: Document,
    root: PyProject,
    said: tuple[Declarations, SpecifierSet | None],
    environ: Mapping[str, str],
    selection: Selection,
) -> Manifest:
    """Return what *selection* takes of what is *said*, as every tool but uv would read it."""
    tool, path = root.tool or Tool(), document.path
    declared, requires_python = said
    declared = replace(declared, groups={**declared.groups, **_groups_of_tools(document, tool, declared)})
    poetry = poetry_part(root, declared, selection)
    groups = selection.groups - poetry.selection.groups
    own = Selection(groups=groups) if poetry.has_extras else replace(selection, groups=groups)
    found = chosen(declared, own, path=path, folder=document.folder)
    manifest = Manifest(
        path=path,
        sha256=document.sha256,
        requirements=found.requirements,
        requires_python=requires_python,
        skipped=found.skipped,
        warnings=found.warnings,
    )
    if tool.poetry is not None:
        manifest = with_poetry(manifest, document, poetry)
    if tool.pdm is not None:
        manifest = apply_pdm(manifest, tool.pdm, document, environ)
    return manifest


def _is_uvs(tool: Tool, document: Document, files: Files) -> bool:
    """Return whether a uv.toml, or a workspace that it is a member of, tells that uv installs the project."""
    if tool.poetry is not None or tool.pdm is not None:
        return False
    has_settings = files.is_file(absolute(document.folder, "uv.toml"))
    return has_settings or workspace_of(document.folder, document.table, files) is not None


def declarations_of(
    document: Document, root: PyProject, files: Files
) -> tuple[Declarations, SpecifierSet | None]:
    """Return what the standard tables declare, dynamic values read where setuptools would read them."""
    groups = _groups(document, root)
    home = Home(path=document.path, folder=document.folder, files=files)
    is_poetrys = root.tool is not None and root.tool.poetry is not None
    if root.project is None:
        if is_poetrys:
            return Declarations(groups=groups), None
        if not groups and uses_setuptools(root):
            return setup_files(home)
        return Declarations(has_project=False, groups=groups), None
    project = root.project
    _check_spelling(document, "project.optional-dependencies", project.optional_dependencies)
    declared = Declarations(
        name=canonicalize_name(project.name) if project.name else None,
        version=project.version or "",
        main=_array(document, "project", "dependencies", project.dependencies),
        extras={
            canonicalize_name(extra): _array(document, "project.optional-dependencies", extra, items)
            for extra, items in project.optional_dependencies.items()
        },
        groups=groups,
    )
    dynamic = frozenset(project.dynamic) & {"dependencies", "optional-dependencies"}
    if dynamic and not is_poetrys:
        left = dynamic_parts(document, root, dynamic, home)
        declared = replace(
            declared,
            main=(*declared.main, *left.main),
            extras={**declared.extras, **left.extras},
            unsaid=left.unsaid,
        )
    return declared, _requires_python(document, project)


def _requires_python(document: Document, project: Project) -> SpecifierSet | None:
    if project.requires_python is None:
        return None
    try:
        return parse_specifier(project.requires_python)
    except ValueError:
        document.refuse(
            f"{shown(project.requires_python)} is not a version range; expected one such as >=3.11",
            key="project.requires-python",
            line=document.lines.key("project", "requires-python"),
        )


def _array(document: Document, table: str, key: str, items: Iterable[str]) -> tuple[Part, ...]:
    texts = tuple(items)
    lines = document.lines.items(table, key, texts)
    places = (Location(path=document.path, line=line) for line in lines)
    return stated(zip(texts, places, strict=True))


def _groups(document: Document, root: PyProject) -> dict[NormalizedName, tuple[Part, ...]]:
    """Return the dependency groups (PEP 735), by normalised name, includes as they stand."""
    _check_spelling(document, "dependency-groups", root.dependency_groups)
    found: dict[NormalizedName, tuple[Part, ...]] = {}
    for name, items in root.dependency_groups.items():
        texts = [item if isinstance(item, str) else item.get("include-group", "") for item in items]
        parts = _array(document, "dependency-groups", name, texts)
        found[canonicalize_name(name)] = tuple(
            part if isinstance(item, str) else _include(document, f"dependency-groups.{name}", item, part)
            for item, part in zip(items, parts, strict=True)
        )
    return found


def _check_spelling(document: Document, key: str, names: Iterable[str]) -> None:
    """Raise InputError for a name that is there in two spellings: one of them would be lost."""
    seen: set[NormalizedName] = set()
    for name in names:
        if canonicalize_name(name) in seen:
            document.refuse(f"{shown(name)} is there twice; expected one spelling", key=key)
        seen.add(canonicalize_name(name))


def _include(document: Document, key: str, item: Mapping[str, str], part: Part) -> Include:
    if tuple(item) != ("include-group",):
        document.refuse(
            f"{shown(str(item))}; expected a requirement or {{include-group = …}}",
            key=key,
            line=part.location.line,
        )
    return Include(group=canonicalize_name(item["include-group"]), location=part.location)


def _groups_of_tools(
    document: Document, tool: Tool, declared: Declarations
) -> dict[NormalizedName, tuple[Part, ...]]:
    """Return the development groups that uv and PDM kept before there was PEP 735, with what stands there."""
    own: dict[NormalizedName, tuple[Part, ...]] = {}
    if tool.uv is not None and tool.uv.dev_dependencies:
        own[_DEV] = _array(document, "tool.uv", "dev-dependencies", tool.uv.dev_dependencies)
    for name, items in (tool.pdm.dev_dependencies if tool.pdm is not None else {}).items():
        lines = (without_editable(item, document.folder) for item in items)
        own[canonicalize_name(name)] = _array(document, "tool.pdm.dev-dependencies", name, lines)
    return {name: (*declared.groups.get(name, ()), *parts) for name, parts in own.items()}
