"""Where hatchling finds what `[project]` leaves dynamic: hooks, of which some state it in plain words.

Hooks are plugins, and `custom` ones (netbox's) are the project's own code: none is run here. Two do no more
than copy what their tables state or name: `uv-dynamic-versioning` (pydantic-ai's) and `requirements_txt`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations, Stated, Unsaid
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.toml_documents import convert
from archcheck.inputs.pyproject.schema import RequirementsTxt, UvDynamicVersioning
from archcheck.inputs.requirement_files import listed_in, or_unsaid
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.inputs.declarations import Part
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import PyProject
    from archcheck.inputs.requirement_files import Home

_MAIN, _EXTRAS = "dependencies", "optional-dependencies"
_HOOKS: Final = "tool.hatch.metadata.hooks"
_FILES, _TEMPLATES = "requirements_txt", "uv-dynamic-versioning"
# These set other fields of the metadata: its addresses, its description.
_OTHERS: Final = frozenset({"vcs", "fancy-pypi-readme"})
_OPTION: Final = r"(?<!\s)\s+--?[A-Za-z]"  # a run of blanks is looked at once
_TEMPLATE: Final = ("{{", "{%", "{#")


def left_to_hatch(
    document: Document, root: PyProject, dynamic: frozenset[str], home: Home, place: Location
) -> Declarations:
    """Return what the hooks state for the keys in *dynamic*, which stand at *place*; raises InputError."""
    hooks = root.tool.hatch.metadata.hooks if root.tool else {}
    main: dict[str, tuple[Part, ...]] = {}
    extras: dict[NormalizedName, tuple[Part, ...]] = {}
    for name, table in hooks.items():
        if name in _READERS:
            stated, of_extras = _READERS[name](document, table, home, place)
            main |= {} if stated is None else {name: stated}
            extras |= {canonicalize_name(extra): parts for extra, parts in of_extras.items()}
    running = [name for name in hooks if name not in _READERS and name not in _OTHERS]
    unsaid = {
        key: tuple(_unsaid(key, running, home, place))
        for key, found in ((_MAIN, main), (_EXTRAS, extras))
        if key in dynamic and (running or not found)
    }
    return Declarations(
        main=(*(part for parts in main.values() for part in parts), *unsaid.get(_MAIN, ())),
        extras=extras,
        unsaid=unsaid.get(_EXTRAS, ()),
    )


def _unsaid(key: str, running: Iterable[str], home: Home, place: Location) -> Iterator[Unsaid]:
    names = " and ".join(map(shown, running))
    said = f"{key} are made by a hook that runs code, {names}" if names else f"no hook's table states {key}"
    yield Unsaid(text=f"project.dynamic: {said}", instead=home.instead, location=place)


def _files(document: Document, table: Any, home: Home, place: Location) -> _Found:
    hook = convert(document, RequirementsTxt, table=table, key=f"{_HOOKS}.{_FILES}")
    named = hook.files if hook.filename is None else (hook.filename,)
    is_dynamic = named is not None or _MAIN in (document.table["project"].get("dynamic") or ())
    main = _listed(home, ("requirements.txt",) if named is None else named, place) if is_dynamic else None
    return main, {
        extra: or_unsaid(partial(_listed, home, (names,) if isinstance(names, str) else names, place))
        for extra, names in hook.optional_dependencies.items()
    }


def _listed(home: Home, names: Iterable[str], place: Location) -> tuple[Stated, ...]:
    """Return the requirements in the files *names*: what pip-compile wrote for pip, without pip's options.

    The hook passes over a line that is an option, `-r` and `-e` as well, and over `--hash` behind others.
    """
    return tuple(
        replace(each, text=re.split(_OPTION, each.text, maxsplit=1)[0])
        for each in listed_in(home, names, place)
        if not each.text.startswith("-")
    )


def _templates(document: Document, table: Any, home: Home, place: Location) -> _Found:
    hook = convert(document, UvDynamicVersioning, table=table, key=f"{_HOOKS}.{_TEMPLATES}")
    _ = place
    where = f"{_HOOKS}.{_TEMPLATES}"
    main = None if hook.dependencies is None else _rendered(document, where, _MAIN, hook.dependencies, home)
    return main, {
        extra: _rendered(document, f"{where}.{_EXTRAS}", extra, texts, home)
        for extra, texts in hook.optional_dependencies.items()
    }


def _rendered(
    document: Document, table: str, key: str, texts: tuple[str, ...], home: Home
) -> tuple[Part, ...]:
    """Return *texts* as requirements; what a template makes of one is known when the project is built."""
    lines = document.lines.items(table, key, texts)
    places = (Location(path=document.path, line=line) for line in lines)
    return tuple(
        Unsaid(text=f"{shown(text)} is filled in by a build", instead=home.instead, location=place)
        if any(sign in text for sign in _TEMPLATE)
        else Stated(text=text, location=place)
        for text, place in zip(texts, places, strict=True)
    )


_Found = tuple["tuple[Part, ...] | None", "Mapping[str, tuple[Part, ...]]"]
_READERS: Final = {_FILES: _files, _TEMPLATES: _templates}
