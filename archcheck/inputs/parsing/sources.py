"""Where packages come from, as far as several tools write it alike."""

from __future__ import annotations

from msgspec import Struct

from archcheck.inputs.parsing.urls import VCS_KINDS, checked_url, file_url, vcs_url
from archcheck.manifest.manifest import PathSource, Source, UrlSource, VcsSource


class Checkout(Struct, frozen=True, kw_only=True):
    """The keys by which PDM's and Pipenv's tables name a repository."""

    git: str | None = None
    hg: str | None = None
    svn: str | None = None
    bzr: str | None = None
    ref: str | None = None
    subdirectory: str = ""
    editable: bool = False

    def vcs_source(self, revision: str | None) -> VcsSource | None:
        """Return the repository at *revision*; None where none is named. Raises ValueError."""
        for kind in VCS_KINDS:
            if address := getattr(self, kind):
                url = vcs_url(address, revision or "", kind=kind, subdirectory=self.subdirectory)
                return VcsSource(url=url, editable=self.editable)
        return None


def file_address(source: Source, url: str | None, name: str) -> str:
    """Return the address of a file of *source*; of an index's the *url* if the lock has it, else the *name*.

    Raises ValueError for a *url* that is none.
    """
    match source:
        case UrlSource():
            return source.url
        case PathSource():
            return file_url(source.path)
        case _:
            return checked_url(url) if url else name
