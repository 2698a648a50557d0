"""What an sdist or a project folder holds: names and the few texts that tell dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.index.model import SdistContents, Unavailable


def read_sdist(stream: BinaryIO, filename: str) -> SdistContents | Unavailable:
    """Return what the sdist in *stream* (seekable for .zip) holds."""
    raise NotImplementedError


def read_folder(folder: Path) -> SdistContents | Unavailable:
    """Return what the project folder holds."""
    raise NotImplementedError
