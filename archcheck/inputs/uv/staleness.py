"""What a project asks for since uv.lock was made: uv would lock again before it installs anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.files import absolute, beside
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.pyproject.schema import Project, PyProject
from archcheck.manifest.lock import LockedDependency
from archcheck.manifest.manifest import Location
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.manifest.manifest import Selection


_NAME = r"[ \t]*\b([a-zA-Z0-9][a-zA-Z0-9._-]*)\b"  # as packaging has it


def asked_since(
    lock: Document, member: str, known: Container[str], selection: Selection, files: Files
) -> Iterator[LockedDependency]:
    """Yield the requirements of the project in the folder *member* whose names are not *known* to its *lock*.

    A pyproject.toml that cannot be read yields none: it is the lock that is audited.
    """
    name = f"{member}/pyproject.toml"
    path, file = beside(lock.path, name), absolute(lock.folder, name)
    if not files.is_file(file):
        return
    try:
        document = read_toml(file, files=files, cwd=lock.folder, expected="a pyproject.toml")
        stated = convert(document, PyProject)
    except InputError:
        return
    for table, key, texts in _selected(stated, selection):
        for text, line in zip(texts, document.lines.items(table, key, texts), strict=True):
            named = re.match(_NAME, text)
            if named is not None and canonicalize_name(named[1]) in known:  # what else it says is no matter
                continue
            try:
                needed = parse_dependency(text)
            except ValueError:
                continue
            if canonicalize_name(needed.name) not in known:
                yield LockedDependency(
                    name=canonicalize_name(needed.name),
                    marker=needed.marker,
                    specifier=needed.specifier,
                    location=Location(path=path, line=line),
                )


def _selected(stated: PyProject, selection: Selection) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the lists of requirements that are selected, each with its table and key."""
    project = stated.project or Project()
    yield "project", "dependencies", project.dependencies
    for extra, texts in project.optional_dependencies.items():
        if selection.all_extras or canonicalize_name(extra) in selection.extras:
            yield "project.optional-dependencies", extra, texts
    for group, items in stated.dependency_groups.items():
        if canonicalize_name(group) in selection.groups:
            yield "dependency-groups", group, tuple(item for item in items if isinstance(item, str))
