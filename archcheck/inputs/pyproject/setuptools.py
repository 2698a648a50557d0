"""Where setuptools finds what `[project]` leaves dynamic: files it names, setup.cfg, setup.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.toml_lines import key_line
from archcheck.inputs.requirement_files import INSTEAD, Home, listed_in
from archcheck.inputs.setuptools.setup_cfg import in_setup_cfg
from archcheck.inputs.setuptools.setup_py import in_setup_py
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.declarations import Part
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import FromFile, PyProject

_MAIN, _EXTRAS = "dependencies", "optional-dependencies"


def uses_setuptools(root: PyProject) -> bool:
    """Return whether setuptools builds the project; it does where no backend is named (PEP 518)."""
    backend = root.build_system.build_backend if root.build_system else ""
    return not backend or backend.partition(".")[0] == "setuptools"


def setup_files(
    document: Document, files: Files, environ: Mapping[str, str]
) -> tuple[Declarations, SpecifierSet | None]:
    """Return what setup.cfg declares, or setup.py beside it where that does not."""
    home = Home(path=document.path, folder=document.folder, files=files, environ=environ)
    place = Location(path=document.path)
    if home.has("setup.cfg"):
        path = home.sibling("setup.cfg")
        found = in_setup_cfg(home, home.read("setup.cfg", place), path)
        if found[0].main or found[0].extras or not home.has("setup.py"):
            return found
    if home.has("setup.py"):
        return in_setup_py(home, home.read("setup.py", place), home.sibling("setup.py"))
    return Declarations(has_project=False), None


def dynamic_parts(
    document: Document,
    root: PyProject,
    dynamic: frozenset[str],
    files: Files,
    environ: Mapping[str, str],
) -> tuple[tuple[Part, ...], dict[NormalizedName, tuple[Part, ...]]]:
    """Return the main requirements and those of each extra, as far as *dynamic* names them.

    Raises InputError where only running the build backend would tell.
    """
    line = key_line(document.text.split("\n"), "project", "dynamic")
    if not uses_setuptools(root):
        backend = root.build_system.build_backend if root.build_system else ""
        what = f"{' and '.join(sorted(dynamic))} are left to {shown(backend)}, which is not run"
        document.refuse(f"{what}; {INSTEAD}", key="project.dynamic", line=line)
    home = Home(path=document.path, folder=document.folder, files=files, environ=environ)
    stated = root.tool.setuptools.dynamic if root.tool and root.tool.setuptools else None
    main: tuple[Part, ...] = ()
    extras: dict[NormalizedName, tuple[Part, ...]] = {}
    if stated is not None:
        place = Location(path=document.path, line=line)
        if stated.dependencies is not None:
            main = listed_in(home, _names(document, _MAIN, stated.dependencies), place)
        for extra, source in stated.optional_dependencies.items():
            extras[canonicalize_name(extra)] = listed_in(home, _names(document, extra, source), place)
    missing = {_MAIN: not main and (stated is None or stated.dependencies is None), _EXTRAS: not extras}
    if any(missing[each] for each in dynamic):
        beside, _ = setup_files(document, files, environ)
        if not beside.has_project:
            message = f"nothing beside it says what {' and '.join(sorted(dynamic))} are; {INSTEAD}"
            document.refuse(message, key="project.dynamic", line=line)
        main = beside.main if missing[_MAIN] and _MAIN in dynamic else main
        extras = dict(beside.extras) if missing[_EXTRAS] and _EXTRAS in dynamic else extras
    return main, extras


def _names(document: Document, key: str, source: FromFile) -> tuple[str, ...]:
    if source.file is None:
        key = f"tool.setuptools.dynamic.{key}"
        document.refuse("expected {file = …}, the only place that can be read without running code", key=key)
    return (source.file,) if isinstance(source.file, str) else source.file
