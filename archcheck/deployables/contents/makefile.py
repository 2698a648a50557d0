"""What the Makefile installs that builds a function or a layer for `sam build`. Nothing is run."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.deployables.dockerfile.commands import Installed, commands_of, installed_by
from archcheck.deployables.model import Stated
from archcheck.deployables.problems import said
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

_MOST_BYTES: Final = 2**18
_MOST_LINES: Final = 1_000
_MOST_TARGETS: Final = 20
_LONGEST_VALUE: Final = 200
_RULE: Final = re.compile(r"([^\s#:=][^:=]*):(?!=)([^=]*)")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*[:?]{0,2}=[ \t]*(.*)")
_VARIABLE: Final = re.compile(r"\$(?:\((\w+)\)|\{(\w+)\})")


class _Line(NamedTuple):
    """A line: as it `reads`, and its `text` with the variables that the Makefile sets filled in."""

    number: int
    text: str
    reads: str


class _Makefile(NamedTuple):
    """The lines that make each target, and the names of what each `needs`."""

    recipes: dict[str, list[_Line]]
    needs: dict[str, list[str]]


def installs_in(path: str, name: str, tree: Tree) -> tuple[tuple[Stated[str], Installed], ...] | None:
    """Return what the target `build-NAME` of the Makefile at *path* installs, each with its command.

    What that target needs is made as well. None where the Makefile cannot be read, or does too much.
    """
    makefile = tree.once(("makefile", path), lambda: _read(path, tree))
    lines = list(islice(_made_for(f"build-{name}", makefile), _MOST_LINES + 1)) if makefile else []
    if makefile is None or len(lines) > _MOST_LINES:
        return None
    found = []
    for line in lines:
        stated = Stated(value=said(line.reads), location=Location(path=path, line=line.number))
        for words in commands_of(line.text.lstrip("\t @-+")):
            found += [(stated, each) for each in installed_by(words) if each.kind not in {"runs", "python"}]
    return tuple(found)


def _read(path: str, tree: Tree) -> _Makefile | None:
    try:
        data = tree.read(path)
    except (OSError, ValueError):
        return None
    if len(data) > _MOST_BYTES:
        return None
    makefile = _Makefile({}, {})
    targets: list[str] = []
    for line in _lines(data.decode("utf-8", "replace")):
        if line.text.startswith("\t"):
            for each in targets:
                makefile.recipes[each].append(line)
        elif (rule := _RULE.match(line.text)) is not None:
            targets = rule[1].split()[:_MOST_TARGETS]
            for each in targets:
                makefile.recipes.setdefault(each, [])
                makefile.needs.setdefault(each, []).extend(rule[2].split())
    return makefile


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines of *text*, those that end in a backslash with the next."""
    values: dict[str, str] = {}
    held: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        held.append(line.removesuffix("\\"))
        if line.endswith("\\"):
            continue
        whole = " ".join(held)
        filled = _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[1] or found[2]), whole)
        if (assigned := _ASSIGNMENT.fullmatch(filled)) and len(assigned[2]) <= _LONGEST_VALUE:
            values[assigned[1]] = assigned[2]
        yield _Line(number - len(held) + 1, filled, " ".join(whole.split()).lstrip("@-+ "))
        held = []


def _made_for(target: str, makefile: _Makefile) -> Iterator[_Line]:
    """Yield the lines that make *target* and what it needs; all there are where no rule has that name."""
    recipes = makefile.recipes
    waiting = [target] if target in recipes else list(recipes)
    done = set(waiting)
    while waiting:
        each = waiting.pop()
        yield from recipes[each]
        new = dict.fromkeys(need for need in makefile.needs[each] if need in recipes and need not in done)
        done.update(new)
        waiting += new
