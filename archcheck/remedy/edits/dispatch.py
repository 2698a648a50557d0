"""Which function edits which kind of file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from archcheck.formats import row_of
from archcheck.remedy.edits.model import NotEditable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.remedy.edits.model import Addition, Edit, Setting


def edited(
    kind: str, data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting] = ()
) -> bytes:
    """Return *data*, a file of *kind*, with *edits* and *additions* made; all other bytes are as they were.

    Raises NotEditable where that cannot be done.
    """
    row = row_of(kind)
    if not row.editor:
        raise NotEditable(f"{row.title} is not edited")
    module, _, name = row.editor.rpartition(".")
    change = getattr(import_module(f"archcheck.remedy.edits.{module}"), name)
    changed: bytes = change(data, edits, additions)
    return changed
