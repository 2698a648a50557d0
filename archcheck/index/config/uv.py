"""Which indexes uv asks: its environment variables, the project's settings, the user's and the system's.

uv joins the lists of all of them, the most important first, and asks in that order. What any of them has
under the older keys (`extra-index-url`, `index-url`) comes after all `index` tables, and the default index
last. The tests compare this with uv itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archcheck.errors import SettingsError
from archcheck.index.config.env_credentials import by_name
from archcheck.index.config.pip import read_file
from archcheck.index.config.settings import (
    IndexSettings,
    admitting,
    default_index_url,
    looking_at,
    number,
    provider_named,
)
from archcheck.manifest.manifest import IndexOptions
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archcheck.index.config.pip import Reader
    from archcheck.manifest.manifest import Strategy

_TRUE = {"1", "true", "t", "yes", "y", "on"}
_TIMEOUT, _RETRIES = 30.0, 3.0  # uv's own, the first in seconds
_STRATEGIES: Mapping[str, Strategy] = {
    "first-index": "first",
    "unsafe-first-match": "first",
    "unsafe-best-match": "best",
}


class _Index(msgspec.Struct, frozen=True):
    url: str
    name: str | None = None
    default: bool = False
    explicit: bool = False
    format: Literal["simple", "flat"] = "simple"


class _File(msgspec.Struct, frozen=True, rename="kebab", kw_only=True):
    index: tuple[_Index, ...] = ()
    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    index_strategy: str | None = None
    keyring_provider: str | None = None
    allow_insecure_host: tuple[str, ...] = ()


class _Layer(Struct, frozen=True, kw_only=True):
    """What one of the places says; paths in it are absolute. `older` are those under the older keys."""

    indexes: tuple[_Index, ...] = ()
    older: tuple[_Index, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    strategy: str | None = None
    keyring: str | None = None
    insecure_hosts: tuple[str, ...] = ()


def read_uv_settings(
    environ: Mapping[str, str],
    read: Reader = read_file,
    *,
    flags: IndexOptions | None = None,
    project: IndexOptions | None = None,
) -> IndexSettings:
    """Return whom uv asks under *environ* for a project that says *project*, archcheck's *flags* before all.

    Raises `SettingsError` for a uv.toml that cannot be read, and for impossible values.
    """
    flags, project = flags or IndexOptions(), project or IndexOptions(strategy="first")
    layers = [_of_options(flags), _of_variables(environ), _of_options(project), *_of_files(environ, read)]
    listed = (*(layer.indexes for layer in layers), *(layer.older for layer in layers))
    named = _first_of_each_name(each for indexes in listed for each in indexes)
    names = {each.name: each.url for each in named if each.name}
    default = next((each.url for each in named if each.default), None)
    stated = next(filter(None, (layer.strategy for layer in layers[1:])), None)
    keyring = next(filter(None, (layer.keyring for layer in layers)), "disabled")
    settings = IndexSettings(
        index_url=None,
        strategy=_strategy(stated) if stated else project.strategy,
        cert=environ.get("SSL_CERT_FILE") or environ.get("SSL_CERT_DIR"),
        trusted_hosts=tuple(host for layer in layers for host in layer.insecure_hosts),
        timeout=_numbered(environ, "UV_HTTP_TIMEOUT", _TIMEOUT),
        retries=int(_numbered(environ, "UV_HTTP_RETRIES", _RETRIES)),
        credentials=by_name("UV_INDEX", names, environ),
        keyring=provider_named(keyring, "uv's keyring-provider"),
        warnings=("uv's unsafe-first-match is followed as first-index",)
        if stated == "unsafe-first-match"
        else (),
    )
    settings = replace(settings, no_index=any(layer.no_index for layer in layers))
    moved = {url: names[name] for name, url in project.index_names if name in names}
    places = IndexOptions(
        index_url=default or default_index_url(),
        extra_index_urls=tuple(
            each.url for each in named if not (each.default or each.explicit) and each.format == "simple"
        ),
        find_links=(
            *(link for layer in layers for link in layer.find_links),
            *(each.url for each in named if each.format == "flat" and not each.explicit),
        ),
        package_indexes=tuple((name, moved.get(url, url)) for name, url in project.package_indexes),
    )
    return looking_at(admitting(admitting(settings, project), flags), places)


def _first_of_each_name(indexes: Iterable[_Index]) -> list[_Index]:
    """Return *indexes* less those whose name an earlier one has: that one takes their place."""
    found: list[_Index] = []
    for index in indexes:
        if index.name is None or index.name not in {each.name for each in found}:
            found.append(index)
    return found


def _strategy(stated: str) -> Strategy:
    strategy = _STRATEGIES.get(stated)
    if strategy is None:
        raise SettingsError(
            f"uv's index-strategy: expected one of {', '.join(_STRATEGIES)}, found {stated!r}"
        )
    return strategy


def _numbered(environ: Mapping[str, str], variable: str, default: float) -> float:
    found = number(environ.get(variable), variable)
    return default if found is None else found


def _of_options(options: IndexOptions) -> _Layer:
    names = {url: name for name, url in options.index_names}
    listed = {*options.extra_index_urls, options.index_url}
    explicit = [(name, url) for name, url in options.index_names if url not in listed]
    return _Layer(
        indexes=(
            *(_Index(url=url, name=names.get(url)) for url in options.extra_index_urls),
            *(_Index(url=url, name=name, explicit=True) for name, url in explicit),
            *_defaults(options.index_url, names),
        ),
        find_links=options.find_links,
        no_index=options.no_index,
    )


def _defaults(url: str | None, names: Mapping[str, str] | None = None) -> Iterator[_Index]:
    if url:
        yield _Index(url=url, name=(names or {}).get(url), default=True)


def _of_variables(environ: Mapping[str, str]) -> _Layer:
    default = environ.get("UV_DEFAULT_INDEX")
    words = environ.get("UV_INDEX", "").split()
    return _Layer(
        indexes=(
            *([_from_word(default, default=True)] if default else []),
            *map(_from_word, words),
            *(_Index(url=url) for url in environ.get("UV_EXTRA_INDEX_URL", "").split()),
            *_defaults(environ.get("UV_INDEX_URL")),
        ),
        find_links=tuple(filter(None, environ.get("UV_FIND_LINKS", "").split(","))),
        strategy=environ.get("UV_INDEX_STRATEGY"),
        keyring=environ.get("UV_KEYRING_PROVIDER"),
        insecure_hosts=tuple(environ.get("UV_INSECURE_HOST", "").split()),
    )


def _from_word(word: str, *, default: bool = False) -> _Index:
    """Return the index that `name=url`, or a URL alone, means; a `=` may stand in a URL too."""
    name, equals, url = word.partition("=")
    if equals and not set(name) & set(":/@?"):
        return _Index(url=url, name=name, default=default)
    return _Index(url=word, default=default)


def _of_files(environ: Mapping[str, str], read: Reader) -> Iterator[_Layer]:
    """Yield what uv.toml says: the chosen one alone, else the user's and the system's."""
    chosen = environ.get("UV_CONFIG_FILE")
    if environ.get("UV_NO_CONFIG", "").lower() in _TRUE and not chosen:
        return
    for path in [chosen] if chosen else _paths(environ, read):
        text = read(path)
        if text is not None:
            yield _parse(text, path)


def _paths(environ: Mapping[str, str], read: Reader) -> Iterator[str]:
    home = environ.get("HOME") or str(Path.home())
    personal = environ.get("XDG_CONFIG_HOME", "").strip() or f"{home}/.config"
    yield f"{personal}/uv/uv.toml"
    shared = (environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg").split(":")
    candidates = [*(f"{folder}/uv/uv.toml" for folder in shared), "/etc/uv/uv.toml"]
    yield from [path for path in candidates if read(path) is not None][:1]


def _parse(text: str, path: str) -> _Layer:
    try:
        stated = msgspec.convert(parse_toml(text), _File)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SettingsError(f"{path}: not a uv.toml that can be read: {error}") from error
    folder = os.path.dirname(path)  # noqa: PTH120 - a text, as the reader takes it

    def place(url: str) -> str:
        return url if "://" in url else os.path.join(folder, url)  # noqa: PTH118

    return _Layer(
        indexes=tuple(msgspec.structs.replace(each, url=place(each.url)) for each in stated.index),
        older=(
            *(_Index(url=place(url)) for url in stated.extra_index_url),
            *_defaults(place(stated.index_url) if stated.index_url else None),
        ),
        find_links=tuple(map(place, stated.find_links)),
        no_index=stated.no_index,
        strategy=stated.index_strategy,
        keyring=stated.keyring_provider,
        insecure_hosts=stated.allow_insecure_host,
    )
