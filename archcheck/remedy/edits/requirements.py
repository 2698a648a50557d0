"""Requirements and constraints files: other versions and hashes in the lines that pip reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting, Swap, swapped
from archcheck.remedy.edits.requirement import changed, check, head_of
from archcheck.remedy.edits.text import newline_of, recoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#")
_FIRST_OPTION: Final = re.compile(r"(?:^|(?<= ))(?=-)")
_HASH: Final = re.compile(r"--hash(?P<sign>=|\s+)(?P<quote>[\"']?)(?P<hash>[\w-]+:[0-9A-Fa-f]+)(?P=quote)")
_EGG: Final = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_ADDRESS: Final = re.compile(r"(?:[a-z]+\+)?(?:https?|file|ftp|ssh):\S*", re.IGNORECASE)
_WHEEL: Final = re.compile(r"[/\\]?([A-Za-z0-9_.]+)-[^/\\-]+(?:-[^/\\-]+)*\.whl(?=[#;\s]|$)")


class _Logical(Struct, frozen=True, kw_only=True):
    """A logical line: joined as pip joins it, without its comment, and where its letters stand in the file.

    `first` and `last` are the lines of the file that it takes, counted from 0, the last not included.
    """

    first: int
    last: int
    text: str
    places: tuple[int, ...]

    def swap(self, swap: Swap) -> Swap:
        """Return *swap*, which is for the joined text, for the text of the file."""
        if swap.start == swap.end:
            at = self.places[swap.start - 1] + 1 if swap.start else self.places[0]
            return Swap(at, at, swap.text)
        return Swap(self.places[swap.start], self.places[swap.end - 1] + 1, swap.text)


def edit_requirements(data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> bytes:
    """Return the requirements or constraints file *data* with *edits* made and *additions* at its end.

    Raises NotEditable.
    """
    return recoded(data, lambda text: in_text(text, edits, additions))


def in_text(text: str, edits: Sequence[Edit], additions: Sequence[Addition | Setting] = ()) -> str:
    """Return *text* changed so; raises NotEditable."""
    physical = text.splitlines(keepends=True)
    lines = list(_logical(physical))
    swaps: list[Swap] = []
    for edit in edits:
        for line in _meant(lines, edit):
            swaps += _changes(line, edit, text, physical)
    bounds = [each for each in additions if isinstance(each, Addition)]
    if len(bounds) < len(additions):
        raise NotEditable("a requirements file has no place for a setting of a tool")
    stated = {head.name: line for line in lines if (head := head_of(_split(line.text)[0]))}
    for bound in bounds:
        if bound.name in stated:
            again = Edit(name=bound.name, specifier=bound.specifier, hashes=bound.hashes)
            swaps += _changes(stated[bound.name], again, text, physical)
    new = [bound for bound in bounds if bound.name not in stated]
    return swapped(text, swaps) + _appended(text, new)


def _logical(physical: Sequence[str]) -> Iterator[_Logical]:
    """Yield the logical lines as `inputs` reads them: a trailing backslash joins, except in a comment."""
    first: int | None = None
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for number, whole in enumerate(physical):
        line = whole.splitlines()[0]
        first = number if first is None else first
        is_comment = line.lstrip().startswith("#")
        joins = line.endswith("\\") and not is_comment
        kept = line.strip("\\") if joins else line
        start = at + (line.index(kept) if kept else 0)
        if is_comment:  # it keeps its distance from what it ends
            kept, start = "", at
        parts.append(kept)
        places += range(start, start + len(kept))
        at += len(whole)
        if not joins:
            yield _line(first, number + 1, "".join(parts), places)
            first, parts, places = None, [], []
    if first is not None:
        yield _line(first, len(physical), "".join(parts), places)


def _line(first: int, last: int, joined: str, places: Sequence[int]) -> _Logical:
    comment = _COMMENT.search(joined)
    text = (joined[: comment.start()] if comment else joined).rstrip()
    return _Logical(first=first, last=last, text=text, places=tuple(places[: len(text)]))


def _split(text: str) -> tuple[str, str]:
    """Return the requirement of a line, and its options."""
    indent = len(text) - len(text.lstrip())
    option = _FIRST_OPTION.search(text, indent)
    at = option.start() if option else len(text)
    if text[indent : indent + 1] == "-":
        at = indent
    return text[:at], text[at:]


def _meant(lines: Sequence[_Logical], edit: Edit) -> list[_Logical]:
    """Return the lines that *edit* is for; raises NotEditable where there are none."""
    named = [line for line in lines if _names(line, edit)]
    here = [line for line in named if line.first + 1 == edit.line]
    if edit.line and not here:
        raise NotEditable(f"line {edit.line} does not ask for {edit.name}")
    if not named:
        raise NotEditable(f"it does not ask for {edit.name}")
    return here or named


def _names(line: _Logical, edit: Edit) -> bool:
    body, options = _split(line.text)
    head = head_of(body)
    if head is not None:
        return head.name == edit.name
    found = (
        _WHEEL.search(body.strip())
        or _EGG.search(body)
        or (_EGG.search(options) if not body.strip() else None)
    )
    return found is not None and canonicalize_name(found[1]) == edit.name


def _changes(line: _Logical, edit: Edit, text: str, physical: Sequence[str]) -> list[Swap]:
    """Return what is to change of *line* in *text*."""
    body, options = _split(line.text)
    if "${" in body:
        raise NotEditable(f"the line of {edit.name} is filled in from the environment")
    if edit.becomes == "":
        start = sum(map(len, physical[: line.first]))
        return [Swap(start, start + sum(map(len, physical[line.first : line.last])), "")]
    head = head_of(body)
    if head is None:
        return [line.swap(_by_name(body, edit))]
    swaps = changed(body, edit, head)
    if swaps:
        check(body.strip(), swapped(body, swaps).strip(), edit)
    return [*(line.swap(swap) for swap in swaps), *_hashes(line, len(body), options, edit, text)]


def _by_name(body: str, edit: Edit) -> Swap:
    """Return what puts the package's name where its address or path stands."""
    if not body.strip():
        raise NotEditable(f"{edit.name} is an editable install")
    if not edit.by_name:
        raise NotEditable(f"{edit.name} is taken from an address or a path, not from the index")
    start = len(body) - len(body.lstrip())
    address = _ADDRESS.match(body, start)
    end = address.end() if address else len(body.partition(";")[0].rstrip())
    return Swap(start, end, edit.becomes or f"{edit.name}{edit.specifier}")


def _hashes(line: _Logical, start: int, options: str, edit: Edit, text: str) -> list[Swap]:
    """Return what puts the hashes of *edit* in the place of those that the line lists.

    They stand where the first did, with between them what stood between the first two, or before the first.
    """
    found = list(_HASH.finditer(options))
    if len(found) != options.count("--hash"):
        raise NotEditable(f"the hashes of {edit.name} are written in a way that cannot be followed")
    if not found:
        return []
    if not edit.hashes:
        raise NotEditable(f"the hashes of {edit.name} {edit.specifier} are not known")
    old, first = [each["hash"].lower() for each in found], found[0]
    if set(old) == set(edit.hashes):
        return []
    whole = line.swap(Swap(start + first.start(), start + found[-1].end(), ""))
    if len(found) > 1:
        ends = line.places[start + first.end() - 1] + 1, line.places[start + found[1].start()]
    else:
        before = len(line.text[: start + first.start()].rstrip())
        ends = line.places[before - 1] + 1, whole.start
    between = text[slice(*ends)]
    style = f"--hash{first['sign']}{first['quote']}"
    new = between.join(f"{style}{each}{first['quote']}" for each in sorted(edit.hashes))
    return [Swap(whole.start, whole.end, new)]


def _appended(text: str, bounds: Iterable[Addition]) -> str:
    """Return the lines for *bounds*, to stand behind *text*."""
    newline = newline_of(text)
    lines: list[str] = []
    for bound in bounds:
        if bound.why:
            lines.append(f"# archcheck: {bound.why}")
        hashes = [f"    --hash={each}" for each in sorted(bound.hashes)]
        lines.append(f" \\{newline}".join([f"{bound.name}{bound.specifier}", *hashes]))
    if not lines:
        return ""
    ends = text.endswith(("\n", "\r")) or not text
    joined = newline.join(lines)
    return f"{joined}{newline}" if ends else f"{newline}{joined}"
