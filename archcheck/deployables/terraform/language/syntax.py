"""What stands in a Terraform file, as values: blocks, their attributes, and expressions. No I/O.

Every expression has its line and its words, as the file has them, with each run of blanks made one.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

__all__ = [
    "Attribute",
    "Block",
    "Call",
    "Conditional",
    "Expression",
    "ListOf",
    "Literal",
    "Opaque",
    "Operation",
    "Reference",
    "TableOf",
    "Template",
]


class _Node(Struct, frozen=True, kw_only=True):
    line: int
    words: str


class Literal(_Node, frozen=True, kw_only=True):
    """A text without interpolations, a number, a truth value, or null."""

    value: str | float | bool | None  # an int is a float to a type checker


class Template(_Node, frozen=True, kw_only=True):
    """A text with interpolations: `"${path.module}/src"`."""

    parts: tuple[Expression, ...]


class ListOf(_Node, frozen=True, kw_only=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class TableOf(_Node, frozen=True, kw_only=True):
    """`{ a = b }`."""

    items: tuple[tuple[Expression, Expression], ...]


class Reference(_Node, frozen=True, kw_only=True):
    """A name, and where it leads: `var.functions["a"].runtime`, `data.archive_file.x[0].output_path`.

    A step is the name of an attribute, or the expression of an index.
    """

    root: str
    steps: tuple[str | Expression, ...] = ()


class Conditional(_Node, frozen=True, kw_only=True):
    """`condition ? yes : no`."""

    condition: Expression
    yes: Expression
    no: Expression


class Operation(_Node, frozen=True, kw_only=True):
    """`left == right`, or with one operand `!right`."""

    operator: str
    operands: tuple[Expression, ...]


class Call(_Node, frozen=True, kw_only=True):
    """`try(a, b)`."""

    name: str
    arguments: tuple[Expression, ...]


class Opaque(_Node, frozen=True, kw_only=True):
    """What is not worked out: a loop, a splat, what is nested too deeply."""


Expression: TypeAlias = (
    Literal | Template | ListOf | TableOf | Reference | Conditional | Operation | Call | Opaque
)


class Attribute(Struct, frozen=True, kw_only=True):
    """`name = expression`, from its first line to its last."""

    name: str
    expression: Expression
    line: int
    last: int


class Block(Struct, frozen=True, kw_only=True):
    """`kind "label" "label" { … }`, from its first line to that of its brace."""

    kind: str
    labels: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    line: int
    last: int

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute *name*, where the block has it."""
        return next((each for each in self.attributes if each.name == name), None)

    def named(self, kind: str) -> tuple[Block, ...]:
        """Return the blocks of *kind* in this one."""
        return tuple(each for each in self.blocks if each.kind == kind)
