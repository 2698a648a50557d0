"""Where an agent may have inputs read: in its folders, wherever links lead."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.index.http.addresses import file_path
from archcheck.inputs.access.confined import Checkout
from archcheck.inputs.parsing.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def folders_named(roots: Iterable[str]) -> tuple[str, ...]:
    """Return the absolute folders that *roots* name; raises `UsageError` for what is none."""
    here = os.getcwd()  # noqa: PTH109 - as everywhere
    places = [absolute(here, each) for each in roots]
    for place in places:
        if not Path(place).is_dir():
            raise UsageError(f"--root: expected a folder, found {shown(place)}")
    return tuple(places)


def folders_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the folders at the `file:` *addresses* that a client names as its roots, if they are there."""
    places = (file_path(each) for each in addresses if each.startswith("file:"))
    return tuple(place for place in places if place is not None and Path(place).is_dir())


def working_folder() -> tuple[str, ...]:
    """Return the current folder; raises `UsageError` where that is the whole disk."""
    here = os.getcwd()  # noqa: PTH109 - as above
    if Path(here).parent == Path(here):
        raise UsageError(f"no folder may be read: this server runs in {here}; name the project's with --root")
    return (here,)


def admitted(paths: Iterable[str], folders: Sequence[str]) -> tuple[str, ...]:
    """Return *paths*, which are seen from the first of the *folders*, as arguments of a command line.

    Raises `UsageError` for one that leads out of all of them, or to nothing.
    """
    checkout = Checkout(folders[0], folders)
    found = list[str]()
    for path in paths:
        place = absolute(folders[0], path)
        if not checkout.leads_inside(place):
            where = ", ".join(folders)
            raise UsageError(f"{shown(path)[1:-1]}: outside of the folders that may be read ({where})")
        if not Path(place).exists():
            raise UsageError(f"{shown(path)[1:-1]}: no such file or folder")
        found.append(f"./{path}" if path.startswith("-") else path)
    return tuple(found)
