"""setup.cfg: other versions in `install_requires` and in the extras."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting, Swap, swapped
from archcheck.remedy.edits.requirement import changed, check, head_of
from archcheck.remedy.edits.text import newline_of, recoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTION: Final = re.compile(r"\[(?P<name>[^\]]+)\]")
_KEY: Final = re.compile(r"(?P<key>[^\s=:#;\[][^=:]*+)[=:]\s*")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")


class _Item(Struct, frozen=True, kw_only=True):
    """One requirement: its `line`, counted from 1, where its text begins, and of which key it is."""

    line: int
    start: int
    text: str
    section: str
    key: str
    own_line: bool


def edit_setup_cfg(data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> bytes:
    """Return the setup.cfg *data* with *edits* and *additions* made; raises NotEditable."""
    return recoded(data, lambda text: _changed(text, edits, additions))


def _changed(text: str, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> str:
    items = list(_items(text))
    swaps: list[Swap] = []
    for edit in edits:
        named = [item for item in items if _name(item) == edit.name]
        if not named:
            raise NotEditable(f"it does not ask for {edit.name}")
        for item in [item for item in named if item.line == edit.line] or named:
            swaps += _changes(text, item, edit)
    for addition in additions:
        if isinstance(addition, Setting):
            raise NotEditable("setup.cfg has no place for a setting of another tool")
        stated = [item for item in items if _name(item) == addition.name]
        if stated:
            swaps += _changes(text, stated[0], Edit(name=addition.name, specifier=addition.specifier))
        else:
            swaps.append(_added(text, items, f"{addition.name}{addition.specifier}"))
    return swapped(text, swaps)


def _items(text: str) -> Iterator[_Item]:
    section, key, at = "", "", 0
    for number, whole in enumerate(text.split("\n"), start=1):
        line = whole.rstrip("\r")
        start = 0
        if line[:1] in {"#", ";"}:
            at += len(whole) + 1
            continue
        if (header := _SECTION.match(line)) is not None:
            section, key = header["name"], ""
        elif line[:1].strip():
            named = _KEY.match(line)
            key, start = (named["key"].rstrip().replace("-", "_"), named.end()) if named else ("", 0)
        if key and (section == "options.extras_require" or (section, key) == ("options", "install_requires")):
            own = line[:1].isspace()
            body = _COMMENT.sub("", line[start:])
            for part in [body] if own else body.split(";"):
                if part.strip():
                    indent = len(part) - len(part.lstrip())
                    yield _Item(
                        line=number,
                        start=at + start + indent,
                        text=part.strip(),
                        section=section,
                        key=key,
                        own_line=own,
                    )
                start += len(part) + 1
        at += len(whole) + 1


def _name(item: _Item) -> str | None:
    head = head_of(item.text)
    return head.name if head else None


def _changes(text: str, item: _Item, edit: Edit) -> Iterator[Swap]:
    head = head_of(item.text)
    if head is None:
        return
    if edit.becomes == "":
        if not item.own_line:
            raise NotEditable(f"{edit.name} shares its line with others, and is to go")
        start = text.rfind("\n", 0, item.start) + 1
        end = text.find("\n", item.start)
        yield Swap(start, end + 1 if end >= 0 else len(text), "")
        return
    swaps = changed(item.text, edit, head)
    if swaps:
        check(item.text, swapped(item.text, swaps), edit)
    yield from (Swap(item.start + each.start, item.start + each.end, each.text) for each in swaps)


def _added(text: str, items: Sequence[_Item], new: str) -> Swap:
    """Return what puts *new* behind the last requirement of the project itself."""
    own = [item for item in items if item.section == "options"]
    if not own:
        raise NotEditable(f"it has no install_requires to put {new} into")
    last = own[-1]
    if not last.own_line:
        at = last.start + len(last.text)
        return Swap(at, at, f"; {new}")
    line = text.rfind("\n", 0, last.start) + 1
    end = text.find("\n", last.start)
    end = len(text) if end < 0 else end - (text[end - 1] == "\r")
    return Swap(end, end, f"{newline_of(text)}{text[line : last.start]}{new}")
