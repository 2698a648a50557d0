"""The anchors of an HTML page, with what its head says about all of them."""

from __future__ import annotations

from html.parser import HTMLParser

from msgspec import Struct

_LOOKED_AT = {
    "href",
    "data-requires-python",
    "data-yanked",
    "data-core-metadata",
    "data-dist-info-metadata",
}
_MOST_TAGS = 240_000  # three for each file, of which no page that is known has half as many
_MOST_QUOTES = 8 * _MOST_TAGS
_LONGEST = 64 * 1024  # bytes up to the next `>`


def has_room(body: bytes) -> bool:
    """Return whether *body* can be read in little memory: html.parser takes a hundred times that of a tag."""
    counts = body.count(b"<") <= _MOST_TAGS and body.count(b'"') + body.count(b"'") <= _MOST_QUOTES
    return counts and all(len(part) <= _LONGEST for part in body.split(b">", 2 * _MOST_TAGS))


class Anchors(Struct, frozen=True, kw_only=True):
    """What each `<a>` tells of a file, the first `<base href>`, and the API version if named (PEP 629)."""

    anchors: tuple[dict[str, str | None], ...]
    base: str | None
    api_version: str | None


def read_anchors(text: str) -> Anchors:
    """Return what *text* links to; html.parser unescapes the attributes, and may raise AssertionError."""
    reader = _Reader()
    reader.feed(text)  # never closed: what an unfinished tag would hold is not worth a second reading
    return Anchors(anchors=tuple(reader.anchors), base=reader.base, api_version=reader.api_version)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)  # text is not looked at
        self.anchors: list[dict[str, str | None]] = []
        self.base: str | None = None
        self.api_version: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.anchors.append({name: value for name, value in attrs if name in _LOOKED_AT})
        elif tag == "base" and self.base is None:
            self.base = dict(attrs).get("href")
        elif tag == "meta" and dict(attrs).get("name") == "pypi:repository-version":
            self.api_version = dict(attrs).get("content")
