"""The settings of a project that has none yet: in its pyproject.toml, else in a file of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.cli.setup.starting.step import Step
from archcheck.remedy.edits.model import NotEditable
from archcheck.remedy.edits.text import recoded
from archcheck.remedy.edits.toml_files.draft import Draft
from archcheck.settings.keys import OWN, PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = ("tool", "archcheck")


def settings_step(own: bytes | None, pyproject: bytes | None, targets: Sequence[str], none: str) -> Step:
    """Return what writes *targets* as settings, next to what *own* (archcheck.toml) and *pyproject* hold.

    All else in pyproject.toml stays byte for byte. *none* says why there are no targets.
    """
    if own is not None:
        return Step(path=OWN, before=own, said="it is there already")
    path = OWN if pyproject is None else PYPROJECT
    if pyproject is None:
        if not targets:
            return Step(path=path, said=none)
        listed = ", ".join(f'"{target}"' for target in targets)
        return Step(path=path, after=f"targets = [{listed}]\n".encode())
    try:
        after = recoded(pyproject, lambda text: _with_targets(text, targets), toml=True)
    except NotEditable as error:
        return Step(path=path, before=pyproject, said=error.reason)
    if not targets:
        return Step(path=path, before=pyproject, said=none)
    return Step(path=path, before=pyproject, after=after)


def _with_targets(text: str, targets: Sequence[str]) -> str:
    draft = Draft(text)
    if draft.reach(_TABLE) is not None:
        raise NotEditable("[tool.archcheck] is there already")
    for target in targets:
        draft.append((*_TABLE, "targets"), target)
    return draft.finished()
