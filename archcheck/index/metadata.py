"""Core metadata out of METADATA and PKG-INFO, and what an sdist tells without being run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Metadata, Origin, SdistContents, Unavailable


def parse_metadata(
    data: bytes, *, origin: Origin, name: NormalizedName | None = None, version: Version | None = None
) -> Metadata | Unavailable:
    """Return the metadata in *data*; with *name* and *version*, only where it says the same."""
    raise NotImplementedError


def sdist_metadata(contents: SdistContents, *, name: NormalizedName, version: Version) -> Metadata | None:
    """Return the dependencies that the sdist states as static, or None where it does not."""
    raise NotImplementedError


def sdist_guess(contents: SdistContents, *, name: NormalizedName, version: Version) -> Metadata | None:
    """Return the dependencies that the sdist most likely has (`approximate`), or None."""
    raise NotImplementedError
