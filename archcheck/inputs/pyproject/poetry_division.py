"""`[tool.poetry]` beside `[project]`: what of a project each of them declares, as Poetry 2 divides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.pyproject.poetry import poetry_project
from archcheck.manifest.manifest import IndexSource, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from archcheck.inputs.declarations import Declarations
    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import PyProject
    from archcheck.manifest.manifest import Manifest


class PoetryPart(Struct, frozen=True, kw_only=True):
    """What of the project Poetry's own table declares: its main dependencies, extras, the groups selected.

    `enriching` are the groups that the table speaks of as well, for PEP 735's or its own.
    """

    has_main: bool
    has_extras: bool
    selection: Selection
    enriching: frozenset[NormalizedName]


def poetry_part(root: PyProject, declared: Declarations, selection: Selection) -> PoetryPart:
    """Return what is left to Poetry's table where `[project]` and PEP 735 have the first word (Poetry 2)."""
    table = root.tool.poetry if root.tool else None
    if table is None:
        return PoetryPart(has_main=False, has_extras=False, selection=Selection(), enriching=frozenset())
    dynamic = root.project.dynamic if root.project else ()
    has_main = not declared.main and ("dependencies" in dynamic or not declared.extras)
    has_extras = has_main and not declared.extras
    groups = _groups(table) & selection.groups
    own = groups - declared.groups.keys()
    return PoetryPart(
        has_main=has_main,
        has_extras=has_extras,
        selection=replace(selection, groups=own) if has_extras else Selection(groups=own),
        enriching=groups,
    )


def with_poetry(manifest: Manifest, document: Document, part: PoetryPart) -> Manifest:
    """Return *manifest* with what Poetry's own table says.

    Of what is declared elsewhere, the table only tells where it comes from.
    """
    poetry = poetry_project(document, part.selection)
    spoken_of = poetry_project(document, Selection(groups=part.enriching)).requirements
    sources = {each.name: each.source for each in spoken_of if not isinstance(each.source, IndexSource)}
    elsewhere = (replace(each, source=sources.get(each.name, each.source)) for each in manifest.requirements)
    main = () if part.has_main else poetry_project(document, Selection()).requirements
    own = (each for each in poetry.requirements if each not in main)
    return replace(
        manifest,
        requirements=(*elsewhere, *own),
        requires_python=manifest.requires_python or poetry.requires_python,
        options=poetry.options,
        warnings=(*manifest.warnings, *poetry.warnings),
    )


def _groups(table: Mapping[str, Any]) -> frozenset[NormalizedName]:
    groups = table.get("group")
    named = [*(groups if isinstance(groups, dict) else ()), *(["dev"] if "dev-dependencies" in table else ())]
    return frozenset(canonicalize_name(name) for name in named)
