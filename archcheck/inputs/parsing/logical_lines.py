"""From the bytes of a requirements file to its logical lines, as pip has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.encoding import encoding_of
from archcheck.inputs.parsing.messages import failure, shown
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_COMMENT = 2**10  # characters that are kept of one
MAX_LINE = 2**18  # characters; a release with two thousand hashes still fits

_COMMENT = r"(?:^|(?<=\s))#"
_VARIABLE = r"\$\{([A-Z0-9_]+)\}"
_SURROGATE = "[\ud800-\udfff]"


class Line(Struct, frozen=True, kw_only=True):
    """One logical line, placed at its first physical line.

    `text` has the variables' values, `stated` has not: values are secrets often enough that only `stated`
    is ever shown. `comment` is what follows them behind a `#`.
    """

    location: Location
    text: str
    stated: str
    comment: str = ""


def decode(data: bytes, path: str) -> str:
    """Return the text of a requirements file: by its byte order mark, its PEP 263 comment, or as UTF-8.

    pip would next try the locale's encoding, which is the host's affair; here that is an InputError.
    """
    encoding = encoding_of(data)
    line = encoding.line
    try:
        text = encoding.decoded(data)
    except LookupError:
        message = f"unknown encoding {shown(encoding.name)}; expected one of Python's text encodings"
        raise failure(Location(path=path, line=line), message) from None
    except UnicodeError as error:
        if encoding.name == "utf-8" and isinstance(error, UnicodeDecodeError):
            line = error.object.count(b"\n", 0, error.start) + 1
        message = (
            f"not text in {encoding.name}; expected UTF-8, UTF-16 or UTF-32 with a byte order mark, "
            "or a first line such as '# -*- coding: latin-1 -*-'"
        )
        raise failure(Location(path=path, line=line), message) from None
    if "\0" in text:
        raise failure(Location(path=path), "a binary file (it holds NUL); expected a requirements file")
    return text


def logical_lines(content: str, *, path: str, environ: Mapping[str, str]) -> Iterator[Line]:
    """Yield the lines that say something: joined at backslashes, without comments, variables filled in.

    A variable that *environ* lacks, or has empty, stays as it is written, as with pip.
    """
    for number, joined in _joined(content):
        comment = re.search(_COMMENT, joined) if "#" in joined else None
        stated = (joined[: comment.start()] if comment else joined).strip()
        if not stated:
            continue
        location = Location(path=path, line=number)
        _check_length(stated, location)
        text = re.sub(_VARIABLE, lambda found: environ.get(found[1]) or found[0], stated)
        _check_length(text, location)
        if not text.isascii() and re.search(_SURROGATE, text):
            raise failure(location, f"{shown(stated)} holds half a character; expected valid Unicode")
        yield Line(
            location=location,
            text=text,
            stated=stated,
            comment=joined[comment.end() :][:MAX_COMMENT] if comment else "",
        )


def _check_length(text: str, location: Location) -> None:
    if len(text) > MAX_LINE:
        raise failure(location, f"a line of {len(text):,} characters; expected at most {MAX_LINE:,}")


def _joined(content: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers; a trailing backslash joins the next one, except in a comment."""
    first, parts = 0, list[str]()
    for number, line in enumerate(content.splitlines(), start=1):
        first = first or number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            parts.append(line.strip("\\"))
            continue
        # A comment that ends a continued requirement must keep its distance, or "numpy\" + "# why" is a name.
        parts.append(f" {line}" if comment else line)
        yield first, "".join(parts)
        first, parts = 0, []
    if parts:
        yield first, "".join(parts)
