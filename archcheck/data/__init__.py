"""Facts that change without the code: TOML files, each with its sources and the dates they were gathered."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")


def load(filename: str, kind: type[T]) -> T:
    """Return the data file *filename* of this package as a *kind*.

    Raises `msgspec.ValidationError` where the file does not say what *kind* promises: a packaging fault.
    """
    # Both cost milliseconds that a command which needs no data should not pay.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    document = tomllib.loads(files(__name__).joinpath(filename).read_text(encoding="utf-8"))
    return msgspec.convert(document, kind)
