"""uv's settings in a project's folder: `uv.toml`, else the `[tool.uv]` table of pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.inputs.parsing.toml_documents import convert, read_toml
from archcheck.inputs.parsing.urls import checked_url
from archcheck.manifest.manifest import FormatControl, IndexOptions

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from archcheck.files import Files
    from archcheck.inputs.parsing.toml_documents import Document


class _Index(msgspec.Struct, frozen=True):
    url: str
    name: str | None = None
    default: bool = False
    explicit: bool = False
    format: str = "simple"


class _Options(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    index: tuple[_Index, ...] = ()
    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    index_strategy: str = "first-index"
    prerelease: str = "if-necessary-or-explicit"
    exclude_newer: str | None = None
    no_build: bool = False
    no_build_package: tuple[str, ...] = ()
    no_binary: bool = False
    no_binary_package: tuple[str, ...] = ()


class _Tool(msgspec.Struct, frozen=True):
    uv: _Options = _Options()


class _Project(msgspec.Struct, frozen=True):
    tool: _Tool = _Tool()


class Settings(Struct, frozen=True, kw_only=True):
    """What uv is told for a folder, in the file `name`; relative paths begin there."""

    folder: str
    stated: _Options = _Options()
    name: str = "pyproject.toml"

    def options(self, registries: Counter[tuple[str, str]]) -> IndexOptions:
        """Return where uv looks: the settings, and for each package the registry that the lock names.

        *registries* counts pairs of a package's name and its registry. The main index is the settings'
        default one, else the registry that most packages come from.
        """
        indexes = [each for each in self.stated.index if not each.explicit]
        defaults = [each.url for each in indexes if each.default] or list(
            filter(None, [self.stated.index_url])
        )
        counts: dict[str, int] = {}
        for (_, registry), count in registries.items():
            counts[registry] = counts.get(registry, 0) + count
        remote = [registry for registry in counts if "://" in registry]
        main = next(iter(defaults), None) or max(remote, key=lambda each: (counts[each], each), default=None)
        passwords = {
            _bare(place): place for place in map(self._place, (each.url for each in self.stated.index))
        }
        others = {
            (name, passwords.get(registry, registry))
            for name, registry in registries
            if main is None or registry.rstrip("/") != _bare(main).rstrip("/")
        }
        more = (
            *(each.url for each in indexes if not each.default and each.format == "simple"),
            *self.stated.extra_index_url,
        )
        flat = (*(each.url for each in indexes if each.format == "flat"), *self.stated.find_links)
        return IndexOptions(
            index_url=None if self.stated.no_index or main is None else self._place(main),
            extra_index_urls=() if self.stated.no_index else tuple(map(self._place, more)),
            find_links=tuple(map(self._place, flat)),
            no_index=self.stated.no_index,
            formats=FormatControl(
                no_binary=_control(self.stated.no_binary, self.stated.no_binary_package),
                only_binary=_control(self.stated.no_build, self.stated.no_build_package),
            ),
            strategy="first",
            package_indexes=tuple(sorted(others)),
            index_names=tuple((each.name, self._place(each.url)) for each in self.stated.index if each.name),
        )

    def below(self, document: Document) -> Settings:
        """Return the settings in the script *document*, and these where it has none; lists are joined."""
        own = convert(document, _Project).tool.uv
        if own == _Options():
            return self
        merged = {
            name: mine + getattr(self.stated, name)
            if isinstance(mine := getattr(own, name), tuple)
            else getattr(self.stated, name)
            if mine == default
            else mine
            for name, default in msgspec.structs.asdict(_Options()).items()
        }
        return Settings(folder=self.folder, stated=_Options(**merged))

    def _place(self, url: str) -> str:
        return url if "://" in url else absolute(self.folder, url)


def read_settings(folder: str, *, files: Files) -> Settings:
    """Return the settings in *folder*; none where there is no file. Raises InputError."""
    for name, kind in (("uv.toml", _Options), ("pyproject.toml", _Project)):
        path = absolute(folder, name)
        if not files.is_file(path):
            continue
        found: Any = convert(read_toml(path, files=files, cwd=folder, expected=f"a {name}"), kind)
        return Settings(
            folder=folder, stated=found if isinstance(found, _Options) else found.tool.uv, name=name
        )
    return Settings(folder=folder)


def _control(every: bool, names: Iterable[str]) -> frozenset[str]:  # noqa: FBT001 - a setting of uv's
    named = frozenset(canonicalize_name(name) for name in names)
    return named | {":all:"} if every else named


def _bare(url: str) -> str:
    try:
        return checked_url(url) if "://" in url else url
    except ValueError:
        return url
