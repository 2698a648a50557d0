"""What `[project]` leaves to the build backend, as far as the backend would read it from plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.inputs.declarations import Declarations, Unsaid
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.pyproject.hatch import left_to_hatch
from archcheck.inputs.pyproject.setuptools import left_to_setuptools, uses_setuptools
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import PyProject
    from archcheck.inputs.requirement_files import Home

_MAIN, _EXTRAS = "dependencies", "optional-dependencies"


def dynamic_parts(document: Document, root: PyProject, dynamic: frozenset[str], home: Home) -> Declarations:
    """Return the requirements of the project and of its extras, as far as *dynamic* names the two.

    What only running the backend would tell is `Unsaid`. Raises InputError for what cannot be right.
    """
    line = document.lines.key("project", "dynamic")
    place = Location(path=document.path, line=line)
    if uses_setuptools(root):
        return left_to_setuptools(document, root, dynamic, home, place)
    backend = root.build_system.build_backend if root.build_system else ""
    if backend.partition(".")[0] == "hatchling":
        return left_to_hatch(document, root, dynamic, home, place)
    left = f"left to {shown(backend)}, which is not run"
    unsaid = {
        key: (Unsaid(text=f"project.dynamic: {key} are {left}", instead=home.instead, location=place),)
        for key in dynamic
    }
    return Declarations(main=unsaid.get(_MAIN, ()), unsaid=unsaid.get(_EXTRAS, ()))
