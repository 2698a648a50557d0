"""Dependencies written as entries of a TOML table, as Poetry and Pipenv have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from archcheck.remedy.edits.model import NotEditable, Swap
from archcheck.remedy.edits.ranges import tidy

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.remedy.edits.model import Edit
    from archcheck.remedy.edits.toml_files.draft import Draft
    from archcheck.remedy.edits.toml_files.places import Path

    Hand = Callable[[str, str], str]


def entries_in(draft: Draft, table: Path, name: str) -> list[Path]:
    """Return the paths of the entries in *table* that are on *name*."""
    held = draft.reach(table)
    keys = held if isinstance(held, dict) else ()
    return [(*table, key) for key in keys if canonicalize_name(key) == name]


def change_entry(draft: Draft, path: Path, edit: Edit, hand: Hand) -> None:
    """Write the range of *edit* into the entry at *path*, in the way of *hand*; raises NotEditable.

    An entry may be a text, a table with a `version`, or several of those, one for each condition.
    """
    if edit.becomes is not None:
        _replace(draft, path, edit)
        return
    held = draft.reach(path)
    if isinstance(held, list):
        for place, each in enumerate(held):
            _change_one(draft, (*path, place), each, edit, hand)
    else:
        _change_one(draft, path, held, edit, hand)


def _change_one(draft: Draft, path: Path, held: Any, edit: Edit, hand: Hand) -> None:
    if isinstance(held, dict):
        if "hashes" in held:
            raise NotEditable(f"the entry of {edit.name} lists hashes")
        if not isinstance(held.get("version"), str):
            raise NotEditable(f"{edit.name} is taken from an address or a path, not from the index")
        path, held = (*path, "version"), held["version"]
    if not isinstance(held, str):
        raise NotEditable(f"the entry of {edit.name} has no range of versions")
    new = hand(held, edit.specifier)
    if new != held:
        draft.rewrite(path, (Swap(0, len(held), new),))


def _replace(draft: Draft, path: Path, edit: Edit) -> None:
    """Put another distribution into the place of the one at *path*: an entry that is a range alone."""
    if not edit.becomes:
        draft.drop(path)
        return
    try:
        new = Requirement(edit.becomes)
    except InvalidRequirement:
        raise NotEditable(f"{edit.becomes!r} is no requirement") from None
    if not isinstance(draft.reach(path), str) or new.extras:
        raise NotEditable(
            f"the entry of {edit.name} is to give way to {edit.becomes}: more than its versions"
        )
    draft.drop(path)
    draft.put((*path[:-1], new.name), tidy(new.specifier) or "*")
