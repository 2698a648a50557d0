"""Where in the text of YAML or JSON a value is put, in the way in which the text is written.

YAML's blocks get a line of their own, its flows and JSON another entry; a value that is there already gives
way where it stands, in its own quotes. Everything else of the text stays as it is.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from archcheck.deployables.changes.excerpts import excerpt
from archcheck.deployables.changes.lines import LineChange, NotChanged, are_apart, change_of, changed
from archcheck.deployables.yaml_documents import read_documents
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

Way = tuple[str | int, ...]
"""Keys and numbers of items, from the top of a document."""

MAX_DOCUMENTS: Final = 1_000
_SHARED: Final = "the file shares this part with others by an alias; change it by hand"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BESIDE: Final = ("Runtime", "Handler", "BuildMethod", "Type", "runtime", "handler")
"""After which entry a new one is put, where its value is on one line; else after the first such, or first."""
_NOWHERE: Final = "its place in the text was not found; change it by hand"


class Renamed(NamedTuple):
    """That in the text which stands at a place `old` becomes `new`, and the rest of it stays."""

    old: str
    new: str


class Added(NamedTuple):
    """That the list at a place gets `item`, a word, as its last."""

    item: str


class NoPlace(Exception):  # noqa: N818 - an answer in words, no fault
    """There is no place for the value; says why."""


def with_value(text: str, number: int, way: Way, value: Any) -> str:
    """Return *text* with *value* at the end of *way*, keys and numbers of items, in its document *number*.

    *value* is a word, or a list of one, `Renamed` or `Added`. Raises `NoPlace` where the text has no place
    for it that is its own: behind an alias, or where a function of CloudFormation stands.
    """
    try:
        documents = _nodes(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise NoPlace(_NOWHERE) from None
    node: yaml.Node = documents[number]
    if isinstance(value, Renamed):
        return _renamed(text, node, way, value)
    for depth, key in enumerate(way):
        entry = _entry(node, key)
        if entry is None:
            return _inserted(text, node, tuple(map(str, way[depth:])), value)
        if entry[1].start_mark.index < entry[0].end_mark.index:
            raise NoPlace(f"{key} is an alias of line {entry[1].start_mark.line + 1}; change it there")
        node = entry[1]
    if isinstance(value, Added):
        return _lengthened(text, node, value.item)
    return _replaced(text, node, str(way[-1]), value)


# A template may deploy hundreds of functions, for each of which the same text is asked about.
@lru_cache(maxsize=1)
def _nodes(text: str) -> tuple[yaml.Node, ...]:
    return tuple(yaml.compose_all(text, Loader=_LOADER))


@lru_cache(maxsize=1)
def documents_of(text: str, path: str) -> tuple[Any, ...]:
    """Return the first documents of *text*, the file at *path*: nobody is to change them."""
    return _documents(text, path)


def _entry(node: yaml.Node, key: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the last entry of *node* under *key*, which is the one that counts; None where there is none.

    An item of a list has its list for a key.
    """
    if isinstance(key, int) and isinstance(node, yaml.SequenceNode):
        before = yaml.ScalarNode("", "", node.start_mark, node.start_mark)
        return before, node.value[key]
    if not isinstance(node, yaml.MappingNode):
        return None
    if node.tag.startswith("!"):
        raise NoPlace(f"line {node.start_mark.line + 1}: {node.tag} decides it; change it there")
    found = [entry for entry in node.value if isinstance(entry[0], yaml.ScalarNode) and entry[0].value == key]
    return found[-1] if found else None


def _renamed(text: str, node: yaml.Node, way: Way, value: Renamed) -> str:
    """Return *text* with *value* renamed in the scalar at *way*, in functions of CloudFormation as well."""
    opened = False
    for key in way:
        # `!Sub X` reads as `{"Fn::Sub": "X"}`: the key leads to the node that has the tag.
        if node.tag.startswith("!") and not opened and isinstance(key, str):
            opened = True
            continue
        at = node.value[key] if isinstance(key, int) else None
        if isinstance(node, yaml.MappingNode):
            found = [b for a, b in node.value if isinstance(a, yaml.ScalarNode) and a.value == key]
            at = found[-1] if found else None
        if not isinstance(at, yaml.Node):
            raise NoPlace(_NOWHERE)
        node, opened = at, False
    old = text[node.start_mark.index : node.end_mark.index]
    if not isinstance(node, yaml.ScalarNode) or old.count(value.old) != 1:
        raise NoPlace(_NOWHERE)
    return _spliced(text, node, old.replace(value.old, value.new))


def _replaced(text: str, node: yaml.Node, key: str, value: Any) -> str:
    """Return *text* with *value* in the place of what *node* is, where that is a word or a list of one."""
    word = value[0] if isinstance(value, list) else value
    decided = f"line {node.start_mark.line + 1}: a function decides {key}; change it there"
    if node.tag.startswith("!") or isinstance(node, yaml.MappingNode):
        raise NoPlace(decided)
    target, before, after = node, "", ""
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode):
        if not node.value:
            return _spliced(text, node, f"[{word}]")
        if len(node.value) > 1:
            raise NoPlace(f"{key} states {len(node.value)}; change it by hand")
        target = node.value[0]
        if target.start_mark.index < node.start_mark.index:
            raise NoPlace(f"{key} is an alias of line {target.start_mark.line + 1}; change it there")
    elif isinstance(value, list):  # a single word, which CloudFormation takes for a list of one
        before, after = "[", "]"
    if not isinstance(target, yaml.ScalarNode) or target.tag.startswith("!"):
        raise NoPlace(decided)
    quote = target.style if target.style in {'"', "'"} else ""
    old = text[target.start_mark.index : target.end_mark.index]
    if old != f"{quote}{target.value}{quote}":
        raise NoPlace(_NOWHERE)
    space = "" if old else " "  # after `Architectures:` and no more
    return _spliced(text, target, f"{space}{before}{quote}{word}{quote}{after}")


def _lengthened(text: str, node: yaml.Node, item: str) -> str:
    """Return *text* with *item* behind the last of the list that *node* is, in the way of that one."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise NoPlace(_NOWHERE)
    last = node.value[-1]
    if not isinstance(last, yaml.ScalarNode) or last.start_mark.index < node.start_mark.index:
        raise NoPlace(_NOWHERE)
    quote = last.style if last.style in {'"', "'"} else ""
    start = text.rfind("\n", 0, last.start_mark.index) + 1
    before, at = text[start : last.start_mark.index], last.end_mark.index
    if not node.flow_style:
        end = text.find("\n", at)
        if end < 0 or before.strip(" ") != "-":
            raise NoPlace(_NOWHERE)
        line_end = "\r\n" if text[end - 1] == "\r" else "\n"
        return f"{text[: end + 1]}{before}{quote}{item}{quote}{line_end}{text[end + 1 :]}"
    space = f"\n{before}" if start > node.start_mark.index else " "
    return f"{text[:at]},{space}{quote}{item}{quote}{text[at:]}"


def _spliced(text: str, node: yaml.Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _inserted(text: str, node: yaml.Node, keys: tuple[str, ...], value: Any) -> str:
    """Return *text* with *value* at *keys*, which *node* has nothing under."""
    # `Properties:` and no more
    if isinstance(node, yaml.ScalarNode) and not node.value and not node.style:
        return _spliced(text, node, f" {_flow(keys, value, '')}")
    if not isinstance(node, yaml.MappingNode):
        raise NoPlace(_NOWHERE)
    if not node.value:
        return _spliced(text, node, _flow(keys, value, '"' if '"' in text[: node.start_mark.index] else ""))
    if node.flow_style:
        return _in_flow(text, node, keys, value)
    return _in_block(text, node, keys, value)


def _in_flow(text: str, node: yaml.MappingNode, keys: tuple[str, ...], value: Any) -> str:
    first = node.value[0][0]
    at = first.start_mark.index
    space = text[node.start_mark.index + 1 : at]
    quote = '"' if getattr(first, "style", None) == '"' else ""
    entry = _flow(keys, value, quote)[1:-1]
    return f"{text[:at]}{entry},{space if space.isspace() else ' '}{text[at:]}"


def _in_block(text: str, node: yaml.MappingNode, keys: tuple[str, ...], value: Any) -> str:
    first = node.value[0][0].start_mark.index
    indent = text[text.rfind("\n", 0, first) + 1 : first]
    if indent.strip(" "):
        raise NoPlace(_NOWHERE)
    end = "\r\n" if "\r\n" in text[: first + 1] else "\n"
    lines = [f"{indent}{'  ' * depth}{key}:" for depth, key in enumerate(keys)]
    lines[-1] += f" [{value[0]}]" if isinstance(value, list) else f" {value}"
    new = end.join(lines)
    beside = _beside(node)
    if beside is None:
        at = first - len(indent)
        return f"{text[:at]}{new}{end}{text[at:]}"
    at = text.find("\n", beside.end_mark.index) + 1
    return f"{text[:at]}{new}{end}{text[at:]}" if at else f"{text}{end}{new}"


def _beside(node: yaml.MappingNode) -> yaml.Node | None:
    """Return the value after whose line a new entry is put; None where it is to be the first."""
    on_one_line = {
        key.value: value
        for key, value in node.value
        if isinstance(value, yaml.ScalarNode)
        and value.style not in {"|", ">"}
        and key.start_mark.index < value.start_mark.index
        and key.start_mark.line == value.end_mark.line
    }
    preferred = [on_one_line[key] for key in _BESIDE if key in on_one_line]
    return next(iter([*preferred, *on_one_line.values()]), None)


def _flow(keys: tuple[str, ...], value: Any, quote: str) -> str:
    word = f"{quote}{value[0] if isinstance(value, list) else value}{quote}"
    text = f"[{word}]" if isinstance(value, list) else word
    for key in reversed(keys):
        text = f"{{{quote}{key}{quote}: {text}}}"
    return text


def declared(text: str, path: str, number: int, way: Way, value: Any) -> tuple[LineChange, ...] | NotChanged:
    """Return the change of *text*, the file at *path*, that puts *value* where `with_value` does.

    None is offered that would change anything else, as where the text shares a part by an alias.
    """
    return all_declared(text, path, number, [(way, value)])


def all_declared(
    text: str, path: str, number: int, values: Iterable[tuple[Way, Any]]
) -> tuple[LineChange, ...] | NotChanged:
    """Return the changes of *text* that put all of *values* at the ends of their ways, as `declared` does."""
    values = list(values)
    try:
        each_alone = [change_of(text, with_value(text, number, way, value)) for way, value in values]
        if not are_apart(each_alone):  # they share a line, as in JSON without line ends
            together = text
            for way, value in values:
                together = with_value(together, number, way, value)
            each_alone = [change_of(text, together)]
        is_all = _is_all(text, path, number, values, each_alone)
    except NoPlace as error:
        return NotChanged(reason=str(error))
    except (InputError, UnicodeError):
        return NotChanged(reason="the file cannot be read")
    return tuple(each_alone) if is_all else NotChanged(reason=_SHARED)


def _is_all(
    text: str, path: str, number: int, values: list[tuple[Way, Any]], changes: list[LineChange]
) -> bool:
    """Return whether *changes* put *values* where they belong, and change nothing else of what is read.

    Read again are the lines of the one entry that changes, where there is one, else the whole text.
    """
    documents = documents_of(text, path)
    ways = [way for way, _ in values]
    own = ways[0] if all(way[:2] == ways[0][:2] for way in ways) else ()
    near = excerpt(text, _nodes(text), number, own)
    after = near.changed(changes) if near is not None else None
    if near is not None and after is not None:
        (section, name), before = own[:2], _documents(near.text, path)
        if before == ({name: documents[number][section][name]},):
            return _documents(after, path) == _with(before, 0, [(way[1:], value) for way, value in values])
    return _documents(changed(text, changes), path) == _with(documents, number, values)


def _with(documents: tuple[Any, ...], number: int, values: list[tuple[Way, Any]]) -> tuple[Any, ...]:
    wanted = documents[number]
    for way, value in values:
        wanted = _set(wanted, way, value)
    return (*documents[:number], wanted, *documents[number + 1 :])


def _documents(text: str, path: str) -> tuple[Any, ...]:
    return tuple(islice(read_documents(text.encode(), path), MAX_DOCUMENTS))


def _set(table: Any, way: Way, value: Any) -> Any:
    """Return *table* with *value* at the end of *way*; no part of it is changed that others may share."""
    if not way:
        if isinstance(value, Added):
            return [*table, value.item]
        return table.replace(value.old, value.new) if isinstance(value, Renamed) else value
    key, rest = way[0], way[1:]
    if isinstance(key, int):
        return [*table[:key], _set(table[key], rest, value), *table[key + 1 :]]
    below = table.get(key) if isinstance(table, dict) else None
    return {**(table if isinstance(table, dict) else {}), key: _set(below, rest, value)}
