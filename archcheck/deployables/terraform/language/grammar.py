"""From python-hcl2's tree of a `.tf` file to its blocks: the only module that knows that tree.

What `hcl2.loads` gives has expressions as text, quotes and all; its tree has them taken apart, with lines.
Where a later grammar has rules of other names, they are `Opaque`, which makes a value unknown.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from archcheck.deployables.terraform.language.syntax import (
    Attribute,
    Block,
    Call,
    Conditional,
    Expression,
    ListOf,
    Literal,
    Opaque,
    Operation,
    Reference,
    TableOf,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_DEPTH: Final = 60
_WORDS: Final = 300
_DIGITS: Final = 20
_HEREDOC = re.compile(r"<<(-?)([A-Za-z][\w.-]*)\r?\n(.*?)\n?[ \t]*\2\s*\Z", re.DOTALL)
_IN_HEREDOC = re.compile(r"\$\{\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])*)\s*\}")
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4}))|([$%])\3(?=\{)')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HALVES: Final = range(0xD800, 0xE000)
_CONSTANTS = {"true": True, "false": False, "null": None}


class Reader:
    """Makes values of python-hcl2's tree of a text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def block(self, tree: Any, depth: int = 0) -> Block:
        """Return the block that *tree* stands for."""
        *names, body = trees(tree)
        inner = trees(body) if depth <= _DEPTH else []
        return Block(
            kind=_name(names[0]),
            labels=tuple(_name(each) for each in names[1:]),
            attributes=tuple(self.attribute(each) for each in inner if each.data == "attribute"),
            blocks=tuple(self.block(each, depth + 1) for each in inner if each.data == "block"),
            line=tree.meta.line,
            last=tree.meta.end_line,
        )

    def attribute(self, tree: Any) -> Attribute:
        """Return the attribute that *tree* stands for."""
        name, value = trees(tree)
        meta = tree.meta
        # The token of a heredoc holds the end of its last line.
        last = meta.end_line - 1 if meta.end_column == 1 else meta.end_line
        return Attribute(name=_name(name), expression=self.expression(value), line=meta.line, last=last)

    def expression(self, tree: Any, depth: int = 0) -> Expression:
        """Return the expression that *tree* stands for."""
        while tree.data == "expr_term" and len(inner := trees(tree)) == 1:
            tree = inner[0]
        line, words = self._place(tree)
        make = _MAKERS.get(tree.data)
        made = make(_Term(self, tree, line, words, depth + 1)) if make and depth < _DEPTH else None
        return made or Opaque(line=line, words=words)

    def _place(self, tree: Any) -> tuple[int, str]:
        meta = tree.meta
        if meta.empty:
            return 0, ""
        # A whole file may stand on one line: no more of any is copied than is kept.
        begin, end = meta.column - 1, meta.end_column - 1
        if meta.line == meta.end_line:
            lines = [self._lines[meta.line - 1][begin : min(end, begin + _WORDS)]]
        else:
            rest = self._lines[meta.line : min(meta.end_line, meta.line + 20)]
            lines = [self._lines[meta.line - 1][begin : begin + _WORDS], *(each[:_WORDS] for each in rest)]
            if len(rest) == meta.end_line - meta.line:
                lines[-1] = rest[-1][: min(end, _WORDS)]
        return meta.line, " ".join(" ".join(lines).split())[:_WORDS]


class _Term(NamedTuple):
    """One tree of an expression, where it stands, and how deep in others."""

    reader: Reader
    tree: Any
    line: int
    words: str
    depth: int

    def parts(self) -> list[Any]:
        """Return what it is made of."""
        return trees(self.tree)

    def inner(self, tree: Any) -> Expression:
        """Return the expression that *tree*, in this one, stands for."""
        return self.reader.expression(tree, self.depth)


def _integer(term: _Term) -> Expression | None:
    text = str(term.tree.children[0])
    return Literal(line=term.line, words=term.words, value=int(text)) if len(text) < _DIGITS else None


def _fraction(term: _Term) -> Expression | None:
    return Literal(line=term.line, words=term.words, value=float(term.tree.children[0]))


def _constant(term: _Term) -> Expression | None:
    return Literal(line=term.line, words=term.words, value=_CONSTANTS.get(str(term.tree.children[0])))


def _string(term: _Term) -> Expression | None:
    made: list[Expression] = []
    for part in term.parts():
        inner = trees(part)
        if not inner:
            text = _ESCAPE.sub(_unescaped, "".join(map(str, part.children)))
            made.append(Literal(line=term.line, words=term.words, value=text))
        elif inner[0].data == "interpolation":
            made += [term.inner(each) for each in trees(inner[0])]
        else:
            return None  # `%{ if … }`
    return _text(term, made)


def _heredoc(term: _Term) -> Expression | None:
    found = _HEREDOC.match(str(term.tree.children[0]))
    if found is None:
        return None
    body = f"{found[3]}\n"
    if found[1]:
        body = dedent(body)
    made: list[Expression] = []
    done = 0
    for inner in _IN_HEREDOC.finditer(body):
        made.append(Literal(line=term.line, words=term.words, value=body[done : inner.start()]))
        root, *steps = re.findall(r"[\w-]+", inner[1])
        made.append(Reference(line=term.line, words=inner[1], root=root, steps=tuple(steps)))
        done = inner.end()
    made.append(Literal(line=term.line, words=term.words, value=body[done:]))
    return _text(term, made)


def _text(term: _Term, parts: list[Expression]) -> Expression:
    match parts:
        case []:
            return Literal(line=term.line, words=term.words, value="")
        case [only]:
            return only  # `"${x}"` is what x is, of whatever type
    return Template(line=term.line, words=term.words, parts=tuple(parts))


def _list(term: _Term) -> Expression | None:
    return ListOf(line=term.line, words=term.words, items=tuple(map(term.inner, term.parts())))


def _table(term: _Term) -> Expression | None:
    items = []
    for element in term.parts():
        key, value = trees(element)
        made = term.inner(trees(key)[0])
        if isinstance(made, Reference) and not made.steps:  # `{ path = … }`: a bare name is a text
            made = Literal(line=made.line, words=made.words, value=made.root)
        items.append((made, term.inner(value)))
    return TableOf(line=term.line, words=term.words, items=tuple(items))


def _identifier(term: _Term) -> Expression | None:
    return Reference(line=term.line, words=term.words, root=str(term.tree.children[0]))


def _step(term: _Term) -> Expression | None:
    """Take `a.b.c` apart from behind, which is how it is nested."""
    before, last = term.parts()
    base = term.inner(before)
    if not isinstance(base, Reference):
        return None
    inner = trees(last)
    step: str | Expression
    if last.data == "braces_index":
        step = term.inner(inner[0])
    else:
        step = _name(inner[0]) if inner else str(last.children[-1])
    return Reference(line=term.line, words=term.words, root=base.root, steps=(*base.steps, step))


def _conditional(term: _Term) -> Expression | None:
    condition, yes, no = map(term.inner, term.parts())
    return Conditional(line=term.line, words=term.words, condition=condition, yes=yes, no=no)


def _binary(term: _Term) -> Expression | None:
    left, rest = term.parts()
    operator, right = trees(rest)
    # The operator has the end of the line before it where it begins a line.
    sign = str(operator.children[0]).split("\n")[-1].strip()
    return Operation(
        line=term.line, words=term.words, operator=sign, operands=(term.inner(left), term.inner(right))
    )


def _unary(term: _Term) -> Expression | None:
    operands = tuple(map(term.inner, term.parts()))
    return Operation(line=term.line, words=term.words, operator=str(term.tree.children[0]), operands=operands)


def _call(term: _Term) -> Expression | None:
    name, *rest = term.parts()
    # The text of a whole tree takes as many steps as it has parts, and as many frames as it is deep.
    if any(isinstance(each, str) and each == "..." for tree in rest for each in tree.children):
        return None
    arguments = tuple(term.inner(each) for tree in rest for each in trees(tree))
    return Call(line=term.line, words=term.words, name=str(name.children[0]), arguments=arguments)


_MAKERS: Final[dict[str, Callable[[_Term], Expression | None]]] = {
    "int_lit": _integer,
    "float_lit": _fraction,
    "literal_value": _constant,
    "string": _string,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "tuple": _list,
    "object": _table,
    "identifier": _identifier,
    "get_attr_expr_term": _step,
    "index_expr_term": _step,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
    "function_call": _call,
}


def trees(tree: Any) -> list[Any]:
    """Return the rules in *tree* that mean something: no signs, and no comments."""
    return [each for each in tree.children if hasattr(each, "data") and each.data != "new_line_or_comment"]


def _name(tree: Any) -> str:
    """Return the name that an identifier, a keyword or a label in quotes stands for."""
    parts = trees(tree) if tree.data == "string" else [tree]
    return "".join(str(each) for part in parts for each in part.children)


def _unescaped(found: re.Match[str]) -> str:
    if found[2]:
        return _character(found)
    return _ESCAPES[found[1]] if found[1] else found[3]


def _character(found: re.Match[str]) -> str:
    code = int(found[2], 16)
    # Half of a pair is no character, and nothing that holds it can be written in UTF-8.
    return found[0] if code in _HALVES else chr(code)
