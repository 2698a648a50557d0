"""YAML and JSON as infrastructure files use them: with the lines of keys and items, their tags, and bounds.

PyYAML's safe loader makes the tree of nodes; what this module makes of it are plain values. Tags that begin
with `!` are CloudFormation's short forms: `!Ref X` reads as `{"Ref": "X"}`, `!Sub X` as `{"Fn::Sub": "X"}`.
Of JSON, which is YAML but for a few escapes and for tabs, the same is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 4 * 2**20
"""CloudFormation itself takes a template of 1 MB; what CDK writes for a large application has 2."""
MAX_NODES: Final = 400_000
"""After aliases are followed, each time that they are: `&a [*b, *b]` nine times over is a billion."""
_DEPTH: Final = 100
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE: Final = "tag:yaml.org,2002:merge"
_WHOLE: Final = {"Ref": "Ref", "Condition": "Condition"}


class Table(dict[str, Any]):
    """A mapping with the lines of its keys: `line` is its own, and `line_of` that of one key."""

    line: int
    lines: dict[str, int]

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines = {}

    def line_of(self, *keys: str) -> int:
        """Return the line of the last of *keys*, each in the table of the one before, as far as they lead."""
        line, table = self.line, self
        for key in keys:
            line = table.lines.get(key, line)
            value = table.get(key)
            if not isinstance(value, Table):
                break
            table = value
        return line


class Items(list[Any]):
    """A list with the lines of its items."""

    lines: tuple[int, ...] = ()


def read_documents(data: bytes, path: str) -> Iterator[Any]:
    """Yield the documents of the YAML or JSON file at *path* as plain values, mappings as `Table`.

    Raises `InputError` for what is none, is larger than `MAX_BYTES`, or comes to more than `MAX_NODES`.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data):,} bytes; expected at most {MAX_BYTES:,}", path=path)
    try:
        text = data.decode("utf-8-sig")
        left = MAX_NODES
        for root in yaml.compose_all(text, Loader=_LOADER):
            left -= _Weight(path, left).of(root)
            yield _Values().of(root)
    except InputError:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(f"not YAML: {error.problem or error.context}", path=path, line=line) from None
    except UnicodeDecodeError:
        raise InputError("not text in UTF-8", path=path) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"not YAML: {str(error).splitlines()[0][:200]}", path=path) from None
    except RecursionError:
        raise InputError("nested too deeply", path=path) from None


class _Weight:
    """Counts the nodes that a tree comes to with every alias followed, without following any twice."""

    def __init__(self, path: str, most: int) -> None:
        self._path = path
        self._most = most
        self._known: dict[int, int] = {}
        self._open: set[int] = set()

    def of(self, node: yaml.Node, depth: int = 0) -> int:
        """Return how many nodes *node* comes to; raises InputError above the bound, and for one in itself."""
        if isinstance(node, yaml.ScalarNode):
            return 1
        if id(node) in self._known:
            return self._known[id(node)]
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise InputError("an alias leads to what holds it", path=self._path, line=line)
        if depth > _DEPTH:
            raise InputError(f"nested more than {_DEPTH} deep", path=self._path, line=line)
        self._open.add(id(node))
        total = 1
        for child in _children(node):
            total += self.of(child, depth + 1)
            if total > self._most:
                message = f"more than {MAX_NODES:,} values, its aliases followed"
                raise InputError(message, path=self._path, line=line)
        self._open.discard(id(node))
        self._known[id(node)] = total
        return total


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


class _Values:
    """Makes plain values of nodes, each node once."""

    def __init__(self) -> None:
        self._scalars = yaml.SafeLoader("")
        self._made: dict[int, Any] = {}

    def of(self, node: yaml.Node) -> Any:
        """Return the value of *node*."""
        if id(node) not in self._made:
            value = self._plain(node)
            if node.tag.startswith("!") and node.tag != "!":
                value = _short_form(node.tag[1:], value, node.start_mark.line + 1)
            self._made[id(node)] = value
        return self._made[id(node)]

    def _plain(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.SequenceNode):
            items = Items(self.of(each) for each in node.value)
            items.lines = tuple(each.start_mark.line + 1 for each in node.value)
            return items
        if isinstance(node, yaml.MappingNode):
            return self._table(node)
        return self._scalar(node)

    def _table(self, node: yaml.MappingNode) -> Table:
        table = Table(node.start_mark.line + 1)
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
                continue
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            table[name] = self.of(value)
            table.lines[name] = key.start_mark.line + 1
        for each in merged:
            other = self.of(each)
            for name, value in other.items() if isinstance(other, Table) else ():
                if name not in table:
                    table[name], table.lines[name] = value, other.lines[name]
        return table

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag.startswith("!"):
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):  # `2026-13-45`, which looks like a date
            return node.value


def _short_form(tag: str, value: Any, line: int) -> Table:
    table = Table(line)
    name = _WHOLE.get(tag, f"Fn::{tag}")
    # `!GetAtt A.Arn` is the list of both parts in the long form.
    table[name] = value.split(".", 1) if tag == "GetAtt" and isinstance(value, str) else value
    table.lines[name] = line
    return table
