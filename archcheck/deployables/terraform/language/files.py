"""From the bytes of a `.tf` file to its blocks: decoded, bounded, and parsed by python-hcl2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.terraform.language.grammar import Reader, trees
from archcheck.deployables.terraform.language.syntax import Attribute, Literal, TableOf
from archcheck.errors import InputError

if TYPE_CHECKING:
    from archcheck.deployables.terraform.language.syntax import Block

MAX_BYTES: Final = 2**18
"""The largest of 695 real files has 60,000 and takes 0.1 s; so many bytes of `[1, 1, …]` take 5 s."""
MISSING: Final = "reading Terraform takes python-hcl2; install archcheck's extra [terraform]"
_MAX_BLANKS: Final = 1_000
_BLANKS = re.compile(rf"\s{{{_MAX_BLANKS}}}")
_OPENED = re.compile(r"<<-?([A-Za-z][\w.-]*)\r?$", re.MULTILINE)


def read_blocks(data: bytes, path: str) -> tuple[Block, ...]:
    """Return the blocks of the file at *path*; raises `InputError` for what is not Terraform's language."""
    text = _text_of(data, path)
    reader = Reader(text)
    return tuple(
        reader.block(each)
        for body in trees(_parsed(text, path))
        for each in trees(body)
        if each.data == "block"
    )


def read_assignments(data: bytes, path: str) -> tuple[Attribute, ...]:
    """Return the values that the file at *path* (`.tfvars`) gives; raises `InputError` as `read_blocks`.

    One in JSON (`.tfvars.json`) is what Terraform's language takes for an object.
    """
    text = _text_of(data, path)
    if path.endswith(".json"):
        found = [each.expression for each in _assigned(f"given = {text}", path)]
        items = found[0].items if len(found) == 1 and isinstance(found[0], TableOf) else ()
        return tuple(
            Attribute(name=key.value, expression=value, line=value.line, last=value.line)
            for key, value in items
            if isinstance(key, Literal) and isinstance(key.value, str)
        )
    return _assigned(text, path)


def _assigned(text: str, path: str) -> tuple[Attribute, ...]:
    reader = Reader(text)
    return tuple(
        reader.attribute(each)
        for body in trees(_parsed(text, path))
        for each in trees(body)
        if each.data == "attribute"
    )


def _text_of(data: bytes, path: str) -> str:
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data):,} bytes; expected at most {MAX_BYTES:,}", path=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not text in UTF-8", path=path) from None
    if _BLANKS.search(text):
        # python-hcl2's expression for heredocs takes the square of that many steps.
        raise InputError(f"{_MAX_BLANKS:,} blanks and line ends in a row; expected fewer", path=path)
    return _with_bare_ends(text)


def _parsed(text: str, path: str) -> Any:
    try:
        from hcl2 import parses_to_tree  # noqa: PLC0415 - of an extra, and slow to import
        from lark.exceptions import LarkError  # noqa: PLC0415 - as above
    except ImportError:
        raise InputError(MISSING, path=path) from None
    try:
        return parses_to_tree(text)
    except LarkError as error:
        line = getattr(error, "line", None)
        near = str(getattr(error, "token", None) or getattr(error, "char", "")).strip()[:30]
        message = "not Terraform's language" + (f": unexpected {near!r}" if near else "")
        raise InputError(
            message, path=path, line=line if isinstance(line, int) and line > 0 else None
        ) from None
    except RecursionError:
        raise InputError("nested too deeply", path=path) from None


def _with_bare_ends(text: str) -> str:
    """Return *text* with nothing behind the ends of its heredocs: Terraform takes blanks there, hcl2 none."""
    words = set(_OPENED.findall(text))
    if not words:
        return text
    lines = text.split("\n")
    return "\n".join(line.rstrip(" \t\r") if line.strip() in words else line for line in lines)
