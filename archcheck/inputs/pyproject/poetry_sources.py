"""`[[tool.poetry.source]]`: which indexes Poetry asks, and in which rank."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from archcheck.manifest.manifest import IndexOptions

_DEFAULT_INDEX: Final = "pypi"  # Poetry's own name for it; such a source has no URL


class PoetrySource(msgspec.Struct, frozen=True, kw_only=True):
    """One source; `default` and `secondary` are the words of Poetry 1.4 and older."""

    name: str
    url: str | None = None
    priority: Literal["default", "primary", "secondary", "supplemental", "explicit"] | None = None
    default: bool = False
    secondary: bool = False

    @property
    def rank(self) -> str:
        """The priority, with the older ways to say it translated."""
        if self.priority is not None:
            return {"default": "primary", "secondary": "supplemental"}.get(self.priority, self.priority)
        return "supplemental" if self.secondary else "primary"

    @property
    def is_default_index(self) -> bool:
        """Whether the source stands for Poetry's default index, which needs no URL."""
        return self.name.lower() == _DEFAULT_INDEX or self.url is None


def index_options(sources: tuple[PoetrySource, ...], pinned: dict[str, str]) -> IndexOptions:
    """Return where packages come from; *pinned* are the sources' names by package.

    The default index is asked only where it is named, or where no source is a primary one. Among primary
    ones the best version wins. A supplemental one is asked as well here, where Poetry asks it last.
    Raises ValueError for a source that is not declared, and for an address without http(s).
    """
    for source in sources:
        if not source.is_default_index and urlsplit(source.url or "").scheme not in {"http", "https", "file"}:
            raise ValueError(f"the source '{source.name[:40]}' has no http(s) address")
    primary = [source for source in sources if source.rank == "primary"]
    supplemental = [source for source in sources if source.rank == "supplemental"]
    asks_default = not primary or any(source.is_default_index for source in primary)
    urls = [source.url for source in (*primary, *supplemental) if source.url and not source.is_default_index]
    by_name = {source.name.lower(): source for source in sources}
    package_indexes = []
    for package, name in sorted(pinned.items()):
        found = by_name.get(name.lower())
        if found is None and name.lower() != _DEFAULT_INDEX:
            raise ValueError(f"no source '{name[:40]}' is declared for {package}")
        if found is not None and found.url and not found.is_default_index:
            package_indexes.append((package, found.url))
    return IndexOptions(
        index_url=None if asks_default else urls[0],
        extra_index_urls=tuple(urls if asks_default else urls[1:]),
        installer="poetry",
        package_indexes=tuple(package_indexes),
        index_names=tuple((source.name, source.url) for source in sources if source.url),
    )
