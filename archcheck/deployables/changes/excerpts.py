"""The lines of one entry of a document of YAML, which can be read by themselves. No I/O.

A template may have hundreds of functions, and whether the change of one of them is what it should be is told
by its own lines, but where the text shares parts by aliases or is written as a flow (JSON is).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import yaml

from archcheck.deployables.changes.lines import LineChange, changed, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEPTH = 2
"""So many keys lead to an entry: `Resources` and a name, `functions` and a name."""


class Excerpt(NamedTuple):
    """The lines from `first` on up to `end`, from 0, and their text."""

    first: int
    end: int
    text: str

    def changed(self, changes: Sequence[LineChange]) -> str | None:
        """Return the text with *changes*, whose lines are those of the whole; None where one is outside."""
        if any(each.first <= self.first or max(each.first - 1, each.last) > self.end for each in changes):
            return None
        by = self.first
        return changed(
            self.text,
            [LineChange(first=each.first - by, last=each.last - by, new=each.new) for each in changes],
        )


def excerpt(
    text: str, documents: tuple[yaml.Node, ...], number: int, keys: tuple[str | int, ...]
) -> Excerpt | None:
    """Return the lines of the entry at the first of *keys* in document *number*; None for none of its own."""
    if len(keys) <= _DEPTH or _shares(documents):
        return None
    node, key = documents[number], None
    for name in keys[:_DEPTH]:
        if not isinstance(node, yaml.MappingNode) or node.flow_style or node.tag.startswith("!"):
            return None
        found = [
            entry for entry in node.value if isinstance(entry[0], yaml.ScalarNode) and entry[0].value == name
        ]
        if len(found) != 1:
            return None
        key, node = found[0]
    if key is None or not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    lines = lines_of(text)
    first, end = key.start_mark.line, node.end_mark.line
    end = end if text[node.end_mark.index :].strip() else len(lines)
    if lines[first][: key.start_mark.column].strip(" ") or end <= first:
        return None
    return Excerpt(first, end, "".join(lines[first:end]))


@lru_cache(maxsize=1)
def _shares(documents: tuple[yaml.Node, ...]) -> bool:
    """Return whether a part of *documents* stands in several places: an alias leads to it."""
    seen: set[int] = set()
    waiting: list[yaml.Node] = list(documents)
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            return True
        seen.add(id(node))
        waiting += _children(node)
    return False


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for entry in node.value:
            yield from entry
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
