"""One requirement as a text (PEP 508): where its name, extras and range stand, and how to change it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.remedy.edits.model import NotEditable, Swap
from archcheck.remedy.edits.ranges import pep440

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.remedy.edits.model import Edit

_HEAD: Final = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?P<extras>\s*\[[^\]]*\])?\s*"
    r"(?:(?P<at>(?=@))|\(\s*(?P<inner>[^();]*?)\s*\)\s*|(?P<range>[=!~<>][^;]*?)\s*)?(?=;|$|@)"
)
_POINTED: Final = re.compile(r"@\s*\S+")


class Head(Struct, frozen=True, kw_only=True):
    """What stands before the marker: the `name`, where it stands with its extras, and its `range`.

    `range` is (start, end), with both the same where nothing is said; of what points to a file it is from
    the `@` to the end of the address.
    """

    name: NormalizedName
    start: int
    end: int
    range: tuple[int, int]
    pointed: bool = False


def head_of(text: str) -> Head | None:
    """Return the head of the requirement *text*; None where that is none, or has no name."""
    found = _HEAD.match(text)
    if found is None:
        return None
    start = found.start("name")
    end = found.end("extras") if found["extras"] else found.end("name")
    place = (end, end)
    if found["at"] is not None:
        pointed = _POINTED.match(text, found.start("at"))
        if pointed is None:
            return None
        place = pointed.span()
    elif found["inner"] is not None:
        place = found.span("inner")
    elif found["range"] is not None:
        place = (found.start("range"), found.start("range") + len(found["range"].rstrip()))
    name = canonicalize_name(found["name"])
    return Head(name=name, start=start, end=end, range=place, pointed=found["at"] is not None)


def changed(text: str, edit: Edit, head: Head) -> tuple[Swap, ...]:
    """Return what makes of the requirement *text* what *edit* says; nothing where it says that already."""
    if edit.becomes is not None:
        end = max(head.end, head.range[1], _closing(text, head))
        return _unless_same(text, Swap(head.start, end, edit.becomes.strip()))
    if head.pointed:
        if not edit.by_name:
            raise NotEditable(f"{edit.name} is taken from an address, not from the index")
        return (Swap(head.end, head.range[1], edit.specifier),)
    start, end = head.range
    swap = Swap(start, end, pep440(text[start:end], edit.specifier))
    if not swap.text and start < end:  # parentheses around nothing are no requirement
        swap = Swap(head.end, max(end, _closing(text, head)), "")
    return _unless_same(text, swap)


def _closing(text: str, head: Head) -> int:
    """Return where the parenthesis ends around the range, if there is one."""
    found = re.compile(r"\s*\)").match(text, head.range[1])
    opened = text[head.end : head.range[0]].strip() == "("
    return found.end() if found and opened else 0


def _unless_same(text: str, swap: Swap) -> tuple[Swap, ...]:
    was = text[swap.start : swap.end]
    if was == swap.text:
        return ()
    pairs = enumerate(zip(f"{was}\0", f"{swap.text}\1", strict=False))
    kept = next(at for at, (old, new) in pairs if old != new)  # the line may be continued behind an operator
    return (Swap(swap.start + kept, swap.end, swap.text[kept:]),)


def check(before: str, after: str, edit: Edit) -> None:
    """Raise NotEditable where *after* is not *before* with the change alone, both as packaging reads them."""
    try:
        was, now = Requirement(before), Requirement(after)
        wanted = Requirement(edit.becomes) if edit.becomes is not None else was
    except InvalidRequirement as error:
        raise NotEditable(f"{edit.name}: {str(error).partition(chr(10))[0]}") from None
    expected = (wanted.name, wanted.extras, str(was.marker))
    ranged = wanted.specifier if edit.becomes is not None else SpecifierSet(edit.specifier)
    if (now.name, now.extras, str(now.marker)) != expected or now.specifier != ranged or now.url:
        raise NotEditable(f"the change would alter more than the versions of {edit.name}")
