"""Pipfile: other versions in its packages, and bounds as packages of their own, which is all that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting
from archcheck.remedy.edits.ranges import pipenvs
from archcheck.remedy.edits.text import recoded
from archcheck.remedy.edits.toml_files.draft import Draft
from archcheck.remedy.edits.toml_files.entries import change_entry, entries_in

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_CATEGORY: Final = frozenset({"source", "requires", "pipenv", "scripts", "pipfile"})


def edit_pipfile(data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> bytes:
    """Return the Pipfile *data* with *edits* and *additions* made; raises NotEditable."""

    def change(text: str) -> str:
        draft = Draft(text)
        for edit in edits:
            _edit(draft, edit)
        for addition in additions:
            if isinstance(addition, Setting):
                raise NotEditable("a Pipfile has no place for a setting of another tool")
            if found := entries_in(draft, ("packages",), addition.name):
                again = Edit(name=addition.name, specifier=addition.specifier)
                change_entry(draft, found[0], again, pipenvs)
            else:
                draft.put(("packages", addition.name), addition.specifier)
        return draft.finished()

    return recoded(data, change, toml=True)


def _edit(draft: Draft, edit: Edit) -> None:
    tables = [
        key for key, held in draft.document.items() if key not in _NO_CATEGORY and isinstance(held, dict)
    ]
    every = [path for key in tables for path in entries_in(draft, (key,), edit.name)]
    if not every:
        raise NotEditable(f"it does not ask for {edit.name}")
    for path in draft.meant(every, edit.line):
        change_entry(draft, path, edit, pipenvs)
