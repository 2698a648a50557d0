"""Facts that change without the code: TOML files, each with its sources and the dates they were gathered.

Internal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from archcheck.toml import parse_toml

T = TypeVar("T")


def load(filename: str, kind: type[T]) -> T:
    """Return the data file *filename* of this package as a *kind*.

    Raises `msgspec.ValidationError` where the file does not say what *kind* promises: a packaging fault.
    """
    # Not importlib.resources, which imports zipfile, tempfile and shutil: no zip can hold compiled msgspec.
    document = parse_toml((Path(__file__).parent / filename).read_text(encoding="utf-8"))
    return msgspec.convert(document, kind)
