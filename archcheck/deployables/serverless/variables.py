"""The variables of serverless.yml: `${self:custom.x}`, `${opt:stage, 'dev'}`, `${file(other.yml):key}`.

Follows the Serverless Framework's own documents on variables, of versions 2 to 4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree

MAX_STEPS: Final = 20_000
"""Variables looked up in one service: each may lead to two others, thirty times over."""
MAX_FILES: Final = 50
_DEPTH: Final = 30
_LONGEST: Final = 10_000
_SOURCE = re.compile(r"\s*([A-Za-z][\w-]*)(?:\(([^()]*)\))?(?::(?!:)([^,]*))?\s*")
_LITERAL = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\"|(true|false|null)|(-?\d+(?:\.\d+)?))\s*")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_STAGE: Final = "dev"
"""The Serverless Framework's own default of `--stage`."""


class Known(Struct, frozen=True, kw_only=True):
    """A value with its variables filled in; `when` is the condition under which it is this one."""

    value: Any
    when: str | None = None


class Unknown(Struct, frozen=True, kw_only=True):
    """What cannot be told from the repository's files: in words, such as `${ssm:/arch}: AWS knows it`."""

    reason: str


class Variables:
    """Fills in the variables of the service in *document*, which stands at *path* of *tree*."""

    def __init__(self, document: Table, path: str, tree: Tree) -> None:
        self._document = document
        self._tree = tree
        self._path = path
        self._folder = folder_of(path)
        self._files: dict[str, Any] = {}
        self._paths: dict[int, str] = {}
        self._steps = 0
        self.add(document, path)

    def path_of(self, table: Table) -> str:
        """Return the file that *table* was read from."""
        return self._paths.get(id(table), self._path)

    def filled(self, value: Any, depth: int = 0) -> Known | Unknown:
        """Return *value* with its own variables filled in; those of what is in a mapping stay."""
        if not isinstance(value, str) or "${" not in value:
            return Known(value=value)
        if len(value) > _LONGEST or depth > _DEPTH:
            return Unknown(reason=f"{value[:60]}: its variables lead too far")
        parts: list[Any] = []
        conditions: dict[str, None] = {}
        for text, is_variable in _split(value):
            found = self._variable(text, depth + 1) if is_variable else Known(value=text)
            if isinstance(found, Unknown):
                return found
            parts.append(found.value)
            if found.when:
                conditions[found.when] = None
        when = " and ".join(conditions)[:300] or None
        if len(parts) == 1:
            return Known(value=parts[0], when=when)
        if not all(isinstance(part, str | int | float) for part in parts):
            return Unknown(reason=f"{value[:60]}: a part of it is no text")
        return Known(value="".join(map(str, parts))[:_LONGEST], when=when)

    def add(self, value: Any, path: str) -> None:
        """Note that *value*, and every mapping in it, stands in the file at *path*."""
        left = [value]
        while left:
            each = left.pop()
            if isinstance(each, Table) and id(each) not in self._paths:
                self._paths[id(each)] = path
                left += each.values()
            elif isinstance(each, list):
                left += each

    def _variable(self, inner: str, depth: int) -> Known | Unknown:
        """Return the value of `${inner}`: of the first of its sources that has one."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            return Unknown(reason="its variables lead too far")
        whole = f"${{{inner[:80]}}}"
        filled = self.filled(inner, depth)  # `${self:custom.${opt:stage}}`
        if isinstance(filled, Unknown):
            return filled
        if not isinstance(filled.value, str):
            return Unknown(reason=f"{whole}: no variable")
        missing: list[str] = []
        reason = f"{whole}: nobody states it"
        for source in _sources(filled.value):
            found = self._source(source, depth)
            if isinstance(found, Known) and found.value is not None:
                when = " and ".join(filter(None, (filled.when, *missing, found.when))) or None
                return Known(value=found.value, when=when)
            if isinstance(found, Unknown):
                reason = found.reason
                missing.append(f"${{{source.strip()[:60]}}} has no value")
        return Unknown(reason=reason)

    def _source(self, source: str, depth: int) -> Known | Unknown:
        """Return the value of one source, `self:custom.x` or `'dev'`; Known with None where it has none."""
        if literal := _LITERAL.fullmatch(source):
            return Known(value=_written(literal))
        found = _SOURCE.fullmatch(source)
        if found is None:
            return Unknown(reason=f"${{{source.strip()[:80]}}}: no variable that is known here")
        kind, parameter, address = found[1], (found[2] or "").strip(), (found[3] or "").strip()
        if kind in {"self", "param", "sls"} and address != "instanceId":
            return self._in_service(kind, address, depth)
        if kind == "file":
            return self._in_file(parameter.strip("'\""), address, depth)
        return _truth(parameter) if kind == "strToBool" else _from_outside(kind, source.strip()[:80])

    def _in_service(self, kind: str, address: str, depth: int) -> Known | Unknown:
        if kind == "self":
            return self._at(self._document, address, depth)
        return self._parameter(address, depth) if kind == "param" else self._stage(depth)

    def _stage(self, depth: int) -> Known | Unknown:
        found = self._at(self._document, "provider.stage", depth)
        return found if isinstance(found, Known) and found.value is not None else Known(value=_STAGE)

    def _parameter(self, name: str, depth: int) -> Known | Unknown:
        stage = self._stage(depth)
        stages = [stage.value] if isinstance(stage, Known) and isinstance(stage.value, str) else []
        for each in (*stages, "default"):
            for where in (("params", each, name), ("stages", each, "params", name)):
                found = self._walk(self._document, where, depth)
                if isinstance(found, Unknown) or found.value is not None:
                    return found
        return Unknown(reason=f"${{param:{name[:60]}}}: the command line or the dashboard states it")

    def _at(self, document: Any, address: str, depth: int) -> Known | Unknown:
        return self._walk(document, tuple(address.split(".")) if address else (), depth)

    def _walk(self, value: Any, keys: tuple[str, ...], depth: int) -> Known | Unknown:
        """Return what *keys* lead to in *value*, with the variables on the way filled in."""
        when: str | None = None
        for key in (*keys, None):
            filled = self.filled(value, depth + 1)
            if isinstance(filled, Unknown):
                return filled
            value, when = filled.value, " and ".join(filter(None, (when, filled.when))) or None
            if key is None:
                break
            if isinstance(value, Table):
                value = value.get(key)
            elif isinstance(value, list) and key.isdecimal() and len(key) < len(str(MAX_STEPS)):
                value = value[int(key)] if int(key) < len(value) else None
            else:
                return Known(value=None)
        return Known(value=value, when=when)

    def _in_file(self, name: str, address: str, depth: int) -> Known | Unknown:
        path = None if name.startswith(("~", "/")) else seen_from(self._folder, name)
        if path is None:
            return Unknown(reason=f"${{file({name[:60]})}}: outside of this repository")
        if path not in self._files:
            if not self._tree.is_file(path):
                return Known(value=None)
            if len(self._files) >= MAX_FILES:
                return Unknown(reason=f"${{file({name[:60]})}}: more than {MAX_FILES} files")
            self._files[path] = self._read(path)
            self.add(self._files[path], path)
        content = self._files[path]
        return content if isinstance(content, Unknown) else self._at(content, address, depth)

    def _read(self, path: str) -> Any:
        if path.endswith((".js", ".cjs", ".mjs", ".ts", ".py")):
            return Unknown(reason=f"${{file({path[:60]})}}: a program, which is not run")
        try:
            data = self._tree.read(path)
            if not path.endswith((".yml", ".yaml", ".json")):
                return data[:_LONGEST].decode("utf-8", "replace").strip()
            return next(read_documents(data, path), None)
        except InputError as error:
            return Unknown(reason=f"${{file({path[:60]})}}: {error.message[:100]}")
        except OSError as error:
            return Unknown(reason=f"${{file({path[:60]})}}: cannot be read: {error.strerror or error}")


def _written(literal: re.Match[str]) -> Any:
    """Return the value of a source that is written out: `'dev'`, `5`, `true`."""
    text, other, word, number = literal.groups()
    if word:
        return _WORDS[word]
    if number:
        return float(number) if "." in number else int(number)
    return text if text is not None else other


def _from_outside(kind: str, source: str) -> Known | Unknown:
    """Return what is known of a source that no file of the repository states."""
    if source == "opt:stage":
        return Known(value=None)  # as in `${opt:stage, self:provider.stage}`: without the option, the other
    where = {"opt": "the command line states it", "env": "the environment states it"}
    return Unknown(reason=f"${{{source}}}: {where.get(kind, 'not in this repository')}")


def _truth(text: str) -> Known | Unknown:
    word = text.strip().strip("'\"").lower()
    if word in {"true", "1"}:
        return Known(value=True)
    return (
        Known(value=False)
        if word in {"false", "0", "null", "undefined"}
        else Unknown(reason="no truth value")
    )


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of *text*, and whether each is the inside of a `${…}` that is a variable."""
    place = 0
    while place < len(text):
        start = text.find("${", place)
        end = _closing(text, start + 2) if start >= 0 else None
        if start < 0 or end is None:
            yield text[place:], False
            return
        if start > place:
            yield text[place:start], False
        inner = text[start + 2 : end]
        is_variable = bool(re.match(r"\s*(?:[A-Za-z][\w-]*(?:\(|:(?!:))|\$\{)", inner))
        yield (inner, True) if is_variable else (text[start : end + 1], False)
        place = end + 1


def _closing(text: str, place: int) -> int | None:
    depth = 1
    for at in range(place, len(text)):
        if text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    return None


def _sources(text: str) -> list[str]:
    """Return the sources of a variable, which commas divide that stand in no quotes and parentheses."""
    found, start, quote, depth = [], 0, "", 0
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and not depth:
            found.append(text[start:at])
            start = at + 1
    return [*found, text[start:]]
