"""Pipfile: packages, development packages and other categories, and the sources that pipenv asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.parsing.messages import a_few, escaped, shown, words
from archcheck.inputs.parsing.toml_documents import read_toml
from archcheck.inputs.pipenv.tables import (
    Index,
    Requires,
    category_of,
    entry_of,
    index_options,
    marker_of,
    pipenv_source,
    python_of,
    specifier_of,
)
from archcheck.manifest.manifest import Location, Manifest, ReleaseControl, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.manifest.manifest import Selection

_NO_CATEGORY: Final = frozenset({"source", "requires", "pipenv", "scripts", "pipfile"})


def read_pipfile(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the Pipfile at *path* asks for: `[packages]`, and the categories selected as groups.

    `dev` means `[dev-packages]`, which pipenv too leaves out unless told. Raises InputError.
    """
    document = read_toml(path, files=files, cwd=cwd, expected="a Pipfile")
    categories = {
        canonicalize_name(name): (name, table)
        for name, table in document.table.items()
        if name not in _NO_CATEGORY
    }
    chosen = ["packages"]
    for group in sorted(selection.groups):
        category = category_of(group, default="packages", develop="dev-packages")
        if category not in {"packages", "dev-packages", *categories}:
            known = a_few(categories)
            document.refuse(f"no category {shown(group)}; expected one of: {known}")
        chosen.append(category)
    found: dict[Requirement, str | None] = {}
    for category in dict.fromkeys(chosen):
        name, table = categories.get(canonicalize_name(category), (category, {}))
        found.update(_requirements(document, name, table))
    pinned = [(requirement.name, index) for requirement, index in found.items() if requirement.name and index]
    try:
        sources = msgspec.convert(document.table.get("source", []), tuple[Index, ...])
        requires_python = python_of(msgspec.convert(document.table.get("requires", {}), Requires))
        settings = document.table.get("pipenv", {})
        pre = isinstance(settings, dict) and settings.get("allow_prereleases") is True
        options = replace(
            index_options(sources, pinned, environ),
            pre=pre,
            releases=ReleaseControl(all_releases=frozenset({":all:"} if pre else ())),
        )
    except ValueError as error:
        document.refuse(words(error), key="[[source]], [requires]")
    return Manifest(
        path=path,
        sha256=document.sha256,
        requirements=tuple(found),
        options=options,
        requires_python=requires_python,
    )


def _requirements(document: Document, category: str, table: Any) -> Iterator[tuple[Requirement, str | None]]:
    """Yield the requirements of one category, each with the name of its source where it has one."""
    if not isinstance(table, dict):
        document.refuse("expected a table of packages", key=category)
    for written, value in table.items():
        line = document.lines.key(category, written)
        try:
            entry = entry_of(value)
            requirement = Requirement(
                name=canonicalize_name(written, validate=True),
                extras=frozenset(canonicalize_name(extra) for extra in entry.extras),
                specifier=specifier_of(entry),
                marker=marker_of(entry),
                source=pipenv_source(entry, document.folder),
                hashes=entry.hashes,
                location=Location(path=document.path, line=line),
                text=escaped(f"{written} {entry.version or ''}".strip()),
            )
        except (ValueError, RecursionError) as error:
            document.refuse(words(error), key=f"{category}.{written}", line=line)
        yield requirement, entry.index
