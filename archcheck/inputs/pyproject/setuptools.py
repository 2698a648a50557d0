"""Where setuptools finds what `[project]` leaves dynamic: files it names, setup.cfg, setup.py."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations
from archcheck.inputs.requirement_files import Home, listed_in, or_unsaid
from archcheck.inputs.setuptools.setup_cfg import in_setup_cfg
from archcheck.inputs.setuptools.setup_py import in_setup_py
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.inputs.declarations import Part
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import FromFile, PyProject

_MAIN, _EXTRAS = "dependencies", "optional-dependencies"


def uses_setuptools(root: PyProject) -> bool:
    """Return whether setuptools builds the project; it does where no backend is named (PEP 518)."""
    backend = root.build_system.build_backend if root.build_system else ""
    return not backend or backend.partition(".")[0] == "setuptools"


def setup_files(home: Home) -> tuple[Declarations, SpecifierSet | None]:
    """Return what setup.cfg declares, or setup.py beside it where that does not; either may have the name."""
    place = Location(path=home.path)
    named = Declarations(has_project=False)
    if home.has("setup.cfg"):
        path = home.sibling("setup.cfg")
        found = in_setup_cfg(home, home.read("setup.cfg", place), path)
        named = found[0]
        if named.main or named.extras or not home.has("setup.py"):
            return found
    if home.has("setup.py"):
        script, python = in_setup_py(home, home.read("setup.py", place), home.sibling("setup.py"))
        name, version = script.name or named.name, script.version or named.version
        return replace(script, name=name, version=version), python
    return named, None


def left_to_setuptools(
    document: Document, root: PyProject, dynamic: frozenset[str], home: Home, place: Location
) -> Declarations:
    """Return what setuptools would read for the keys in *dynamic*, which stand at *place*.

    Raises InputError where only running it would tell what the project itself needs.
    """
    stated = root.tool.setuptools.dynamic if root.tool and root.tool.setuptools else None
    main: tuple[Part, ...] = ()
    extras: dict[NormalizedName, tuple[Part, ...]] = {}
    if stated is not None:
        if stated.dependencies is not None:
            main = listed_in(home, _names(document, _MAIN, stated.dependencies), place)
        for extra, source in stated.optional_dependencies.items():
            names = _names(document, extra, source)
            extras[canonicalize_name(extra)] = or_unsaid(partial(listed_in, home, names, place))
    missing = {_MAIN: not main and (stated is None or stated.dependencies is None), _EXTRAS: not extras}
    if not any(missing[each] for each in dynamic):
        return Declarations(main=main, extras=extras)
    beside, _ = setup_files(home)
    if not beside.has_project:
        message = f"nothing beside it says what {' and '.join(sorted(dynamic))} are; {home.instead}"
        document.refuse(message, key="project.dynamic", line=place.line)
    of_extras = missing[_EXTRAS] and _EXTRAS in dynamic
    return Declarations(
        main=beside.main if missing[_MAIN] and _MAIN in dynamic else main,
        extras=beside.extras if of_extras else extras,
        unsaid=beside.unsaid if of_extras else (),
    )


def _names(document: Document, key: str, source: FromFile) -> tuple[str, ...]:
    if source.file is None:
        key = f"tool.setuptools.dynamic.{key}"
        document.refuse("expected {file = …}, the only place that can be read without running code", key=key)
    return (source.file,) if isinstance(source.file, str) else source.file
