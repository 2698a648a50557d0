"""Project pages and per-version documents, as bytes, into `Project` values (PEP 503, 691, 700, 714)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Project


class PageError(ValueError):
    """The index's answer is not a page; the text says which key or part, and what was expected there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDocument:
    """All files of one version, and what one of its uploads said about dependencies (None: unknown)."""

    project: Project
    requires_dist: tuple[str, ...] | None
    requires_python: str | None


def parse_json(body: bytes, *, url: str, name: NormalizedName) -> Project:
    """Return the files that a PEP 691 page at *url* (after redirects) lists; raise `PageError`."""
    raise NotImplementedError


def parse_html(body: bytes, *, url: str, name: NormalizedName, content_type: str | None = None) -> Project:
    """Return the files of *name* that an HTML page at *url* links to; raise `PageError`."""
    raise NotImplementedError


def parse_version_json(body: bytes, *, url: str, name: NormalizedName, version: Version) -> VersionDocument | None:
    """Return the per-version document, or None where it is none, or one of another project or version."""
    raise NotImplementedError


def list_folder(name: NormalizedName, files: Iterable[tuple[str, int | None, str]]) -> Project:
    """Return the files of *name* among (file name, size, file URL) of a local find-links folder."""
    raise NotImplementedError
