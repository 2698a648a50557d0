"""`python -m benchmarks.hostile`: strangers' texts are read in time that grows with their length alone.

Reads a text and one of twice the length, and fails where the second takes far more than twice as long; not
where it takes but a moment: of that the clock tells nothing.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.index.metadata.static import parse_metadata
from archcheck.index.pages.entries import PageError
from archcheck.index.pages.simple_api import parse_html, parse_json
from archcheck.manifest.dependency import read_dependency
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable

    Reading = tuple[int, Callable[[int], bytes], Callable[[bytes], object]]

URL = "https://index.example/simple/demo/"
NAME = canonicalize_name("demo")
ROUNDS = 5
GROWTH, MOMENT = 3.0, 0.1  # times as long for twice the length; seconds

_LINES = {
    "a---": "a{}",
    "a   b": "a{}b",
    "a>=1   x": "a>=1{}x",
    "a (>=1 , ,": "a (>=1{}",
    "a >=111": "a >={}",
    "a; (((": "a; {}os_name",
}
_REPEATED = {"a---": "-", "a (>=1 , ,": " ,", "a >=111": "1", "a; (((": "("}
_KEYS = ("a", '"a\\"."', "'a'")
_MARKUP = ("<a ", '<a href="', "<!--", "<![x[", "<", "</a", "&#", "<script>", "<!", "<?", "<a href=x ")


def _page(count: int) -> bytes:
    files = [
        {"filename": f"demo-1.{n}-py3-none-any.whl", "url": f"../f/{n}.whl", "hashes": {"sha256": "a" * 64}}
        for n in range(count)
    ]
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "demo", "files": files}).encode()


def _description(count: int) -> bytes:
    return b"Name: demo\nVersion: 1.0\nRequires-Dist: a\n\n" + b"x: y\n" * count


def _line(name: str, count: int) -> bytes:
    return _LINES[name].format(_REPEATED.get(name, " ") * count).encode()


def _key(part: str, count: int) -> bytes:
    return (" . ".join([part] * count) + " = 1\n").encode()


def _markup(piece: str, count: int) -> bytes:
    return piece.encode() * count


def _read_line(text: bytes) -> None:
    read_dependency(text.decode())


def _read_toml(text: bytes) -> None:
    with suppress(ValueError):
        parse_toml(text.decode())


def _read_html(body: bytes) -> None:
    with suppress(PageError):
        parse_html(body, url=URL, name=NAME)


def _readings() -> dict[str, Reading]:
    """Return how long each text is, how it is made, and what reads it, by a name."""
    return {
        "page of many files": (10_000, _page, partial(parse_json, url=URL, name=NAME)),
        "long description": (1_000_000, _description, partial(parse_metadata, origin="wheel")),
        **{f"requirement {name}": (20_000, partial(_line, name), _read_line) for name in _LINES},
        **{f"TOML key {part}.{part}": (100_000, partial(_key, part), _read_toml) for part in _KEYS},
        **{f"markup {piece}": (50_000, partial(_markup, piece), _read_html) for piece in _MARKUP},
    }


def _seconds(read: Callable[[bytes], object], text: bytes) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


def _measured(count: int, make: Callable[[int], bytes], read: Callable[[bytes], object]) -> tuple[float, ...]:
    """Return the processor time of the quickest readings of the text and of one of twice the length.

    No text is read twice: what is remembered of it would be quicker.
    """
    rounds = [[_seconds(read, make(times * count + number)) for times in (1, 2)] for number in range(ROUNDS)]
    return tuple(map(min, zip(*rounds, strict=True)))


def main() -> int:
    """Measure and print; 1 where something takes more than its length explains."""
    suspects = 0
    print(f"{'':32}{'once':>9}{'twice':>9}{'growth':>8}")
    for name, reading in _readings().items():
        once, twice = _measured(*reading)
        suspect = twice > max(MOMENT, GROWTH * once)
        suspects += suspect
        print(f"{name:32}{once:9.4f}{twice:9.4f}{twice / max(once, 1e-9):8.1f}{' !' if suspect else ''}")
    return 1 if suspects else 0


if __name__ == "__main__":
    sys.exit(main())
