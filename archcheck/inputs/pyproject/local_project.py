"""A project in a folder that another one depends on: name, version, and what it requires, as metadata.

Its own files say it, read as where they are an input themselves; nothing is run. Where they name other
folders, those are named by `file:` URLs, as build backends write them into metadata.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from packaging.markers import Marker
from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.files import absolute
from archcheck.inputs.declarations import Declarations, chosen
from archcheck.inputs.parsing.markers import both
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.pyproject.reader import declarations_of, selected
from archcheck.inputs.pyproject.schema import PyProject, Uv
from archcheck.inputs.pyproject.setuptools import setup_files
from archcheck.inputs.pyproject.uv import apply_uv
from archcheck.inputs.requirement_files import Home
from archcheck.manifest.dependency import read_dependency
from archcheck.manifest.local_project import LocalProject
from archcheck.manifest.manifest import (
    IndexSource,
    Manifest,
    PathSource,
    Selection,
    UrlSource,
    VcsSource,
)
from archcheck.setup_script import parse_setup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.manifest.manifest import Requirement

    Read = Callable[[Selection], Manifest]

MAX_READ: Final = 50_000  # requirements: with each extra those of the project are read again
# setup() of these reads requirements.txt and setup.cfg in ways of its own.
_READS_ELSEWHERE: Final = frozenset({"pbr", "d2to1"})


def read_local_project(folder: str, *, files: Files, is_uvs: bool) -> LocalProject | None:
    """Return what the project in the absolute *folder* says of itself; None where there is none.

    With *is_uvs* it is read as uv reads it, its packages from the sources in `[tool.uv]`. Raises InputError
    for files that cannot be read.
    """
    if files.is_file(path := absolute(folder, "pyproject.toml")):
        document = read_toml(path, files=files, cwd=folder, expected="a pyproject.toml file")
        root = convert(document, PyProject)
        declared, python = said = declarations_of(document, root, files)
        if root.tool is not None and root.tool.poetry is not None:
            declared = _with_poetrys(declared, root.tool.poetry)
        taken = partial(selected, document, root, said, {})
        read: Read = taken if not is_uvs else partial(_as_uv, taken, root, document, files)
    elif any(files.is_file(absolute(folder, name)) for name in ("setup.py", "setup.cfg")):
        path = absolute(folder, "setup.cfg")
        declared, python = setup_files(Home(path=path, folder=folder, files=files))
        read = partial(_of_setup_files, declared, python, path)
    else:
        return None
    found = _told(declared, read)
    elsewhere = _reads_elsewhere(folder, files) if not found.unsaid and not found.requires else ""
    return replace(found, unsaid=elsewhere) if elsewhere else found


def _as_uv(taken: Read, root: PyProject, document: Document, files: Files, selection: Selection) -> Manifest:
    uv = root.tool.uv if root.tool is not None else None
    return apply_uv(taken(selection), uv or Uv(), document, files, selection)


def _of_setup_files(
    declared: Declarations, python: SpecifierSet | None, path: str, selection: Selection
) -> Manifest:
    found = chosen(declared, selection, path=path, folder=absolute(path, ".."))
    requirements, skipped = found.requirements, found.skipped
    return Manifest(path=path, sha256="", requirements=requirements, requires_python=python, skipped=skipped)


def _with_poetrys(declared: Declarations, table: Mapping[str, Any]) -> Declarations:
    """Return what is *declared* with the name, version and extras that only Poetry's own table has."""
    name, version, extras = (table.get(key) for key in ("name", "version", "extras"))
    own = {canonicalize_name(each): () for each in extras} if isinstance(extras, dict) else {}
    return replace(
        declared,
        name=declared.name or (canonicalize_name(name) if isinstance(name, str) else None),
        version=declared.version or (version if isinstance(version, str) else ""),
        extras={**own, **declared.extras},
    )


def _told(declared: Declarations, read: Read) -> LocalProject:
    """Return what is told: the requirements of the project, and with each extra those that it adds."""
    unsaid_extras = {"": declared.unsaid[0].text} if declared.unsaid else {}
    main, unsaid = _read(read, Selection())
    requires, exact = dict.fromkeys(main.requirements if main else ()), _is_exact(main)
    lines = [_line(each, None) for each in requires]
    left = MAX_READ
    for extra in sorted(declared.extras):
        left -= 1 + len(requires)
        if left < 0:
            unsaid_extras[extra] = f"it has more than {MAX_READ:,} requirements in its extras"
            continue
        more, problem = _read(read, Selection(extras=frozenset({extra})))
        if problem and not unsaid:
            unsaid_extras[extra] = problem
        added = [each for each in (more.requirements if more else ()) if each not in requires]
        lines += [_line(each, extra) for each in added]
        left -= len(added)
        exact &= _is_exact(more)
    if None in lines:
        unsaid = unsaid or "one of its requirements cannot be written as metadata"
    python = main.requires_python if main else None
    return LocalProject(
        name=declared.name,
        version=declared.version,
        requires=tuple(each for each in lines if each is not None),
        requires_python=str(python) if python is not None else None,
        extras=frozenset(declared.extras),
        unsaid=unsaid,
        unsaid_extras=unsaid_extras,
        exact=exact,
    )


def _read(read: Read, selection: Selection) -> tuple[Manifest | None, str]:
    """Return what *read* does, and why that is not all."""
    try:
        found = read(selection)
    except InputError as error:
        return None, error.message
    return found, next((each.text for each in found.skipped), "")


def _is_exact(manifest: Manifest | None) -> bool:
    return manifest is None or not manifest.options.package_indexes


def _reads_elsewhere(folder: str, files: Files) -> str:
    """Return why a setup.py that seems to require nothing does not say so."""
    if not files.is_file(absolute(folder, "setup.py")):
        return ""
    try:
        script = parse_setup(files.read(absolute(folder, "setup.py")).decode(errors="replace"))
    except OSError:
        return ""
    named = sorted(script.words & _READS_ELSEWHERE) if script is not None else []
    return f"{named[0]} reads what it requires when setup.py runs, and it is not run here" if named else ""


def _line(requirement: Requirement, extra: str | None) -> str | None:
    """Return *requirement*, which *extra* asks for, as `Requires-Dist` has it; None where it cannot be."""
    marker = requirement.marker
    try:
        if extra is not None:
            marker = both(marker, Marker(f'extra == "{extra}"'), requirement.location)
        condition = f" ; {marker}" if marker is not None else ""
    except (ValueError, InputError):  # a value with both kinds of quotation marks; nested too deeply
        return None
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    text = f"{requirement.name}{extras}{_where(requirement)}{condition}"
    return text if requirement.name and read_dependency(text) is not None else None


def _where(requirement: Requirement) -> str:
    match requirement.source:
        case IndexSource():
            return str(requirement.specifier)
        case PathSource(path=path, subdirectory=inner):
            return f" @ {PurePosixPath(absolute(path, inner) if inner else path).as_uri()}"
        case UrlSource(url=url, subdirectory=inner):
            return f" @ {url}{f'#subdirectory={inner}' if inner else ''}"
        case VcsSource(url=url):
            return f" @ {url}"
