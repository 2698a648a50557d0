"""In which encoding pip reads a file of requirements: what is read as one must be written as the same."""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

# UTF-16's little-endian mark begins UTF-32's, so UTF-32 is tried first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = rb"coding[:=]\s*([-\w.]+)"
_QUADRATIC_CODECS = frozenset({"idna", "punycode"})


class Encoding(Struct, frozen=True):
    """The `name` of an encoding, the byte order mark `bom` before it, the `line` that names it (0: none)."""

    name: str
    bom: bytes = b""
    line: int = 0

    def decoded(self, data: bytes) -> str:
        """Return the text in *data*; raises LookupError or UnicodeError."""
        self._check()
        return data[len(self.bom) :].decode(self.name)

    def encoded(self, text: str) -> bytes:
        """Return *text* as bytes; raises LookupError or UnicodeError."""
        self._check()
        return self.bom + text.encode(self.name)

    def _check(self) -> None:
        if codecs.lookup(self.name).name in _QUADRATIC_CODECS:
            raise LookupError(self.name)


def encoding_of(data: bytes) -> Encoding:
    """Return the encoding of *data*: by its byte order mark, its PEP 263 comment, or UTF-8."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Encoding(encoding, bom)
    for number, line in enumerate(data.split(b"\n", 2)[:2], start=1):
        if line.startswith(b"#") and (named := re.search(_CODING, line)):
            return Encoding(named[1].decode("ascii", "replace"), line=number)
    return Encoding("utf-8")
