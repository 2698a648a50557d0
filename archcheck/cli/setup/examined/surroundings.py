"""What an audit depends on beside its input: installers' settings, the cache, certificates, the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.cli.setup.examined.found import Found
from archcheck.errors import CacheError, SettingsError
from archcheck.index.cache.location import cache_folder
from archcheck.index.cache.prune import size
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.installers import settings_for
from archcheck.index.http.addresses import host
from archcheck.index.http.messages import Unavailable
from archcheck.index.http.patience import PATIENCE, Patience
from archcheck.index.model import NotFound
from archcheck.manifest.manifest import IndexOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.index.config.settings import IndexSettings
    from archcheck.manifest.manifest import Installer

_INSTALLERS: Final[tuple[Installer, ...]] = ("pip", "uv")
_MEBIBYTE: Final = 2**20
_ASKED: Final = canonicalize_name("pip")
"""A project that an index has: it is what pip itself is installed from."""


def surroundings(environ: Mapping[str, str], *, offline: bool) -> Iterator[Found]:
    """Yield what is found; the indexes are asked unless *offline*."""
    known: dict[Installer, IndexSettings] = {}
    for installer in _INSTALLERS:
        try:
            options = IndexOptions(installer=installer)
            settings = settings_for(environ, flags=IndexOptions(), options=options)
        except SettingsError as error:
            yield Found(about=f"settings of {installer}", state="bad", text=str(error))
            continue
        known[installer] = settings
        yield from _settings(installer, settings)
    yield from _cache(Path(cache_folder(environ)))
    yield from _certificates(known)
    if not offline:
        asked = {url: settings for settings in reversed(known.values()) for url in settings.indexes}
        yield from (_answers(url, settings) for url, settings in asked.items())


def _settings(installer: Installer, settings: IndexSettings) -> Iterator[Found]:
    """Yield what counts of an installer's settings: of addresses the hosts alone, which hold no password."""
    said = [f"index {', '.join(map(host, settings.indexes)) or 'none'}"]
    if settings.find_links:
        said.append(f"find-links {len(settings.find_links)}")
    if settings.proxy:
        said.append(f"proxy {host(settings.proxy)}")
    if settings.trusted_hosts:
        said.append(f"certificates not checked of {', '.join(settings.trusted_hosts)}")
    if settings.constraints:
        said.append(f"constraints {', '.join(settings.constraints)}")
    said.append(f"keyring {settings.keyring}")
    yield Found(about=f"settings of {installer}", text="; ".join(said))
    for warning in settings.warnings:
        yield Found(about=f"settings of {installer}", state="note", text=warning)


def _cache(folder: Path) -> Iterator[Found]:
    try:
        held = size(folder)
    except CacheError as error:
        yield Found(about="cache", state="bad", text=str(error))
        return
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        text = f"{folder} cannot be written: nothing is kept from one run to the next"
        yield Found(about="cache", state="bad", text=text)
        return
    yield Found(about="cache", text=f"{folder}, {held / _MEBIBYTE:.1f} MiB")


def _certificates(known: Mapping[Installer, IndexSettings]) -> Iterator[Found]:
    from archcheck.index.http.tls import tls_context  # noqa: PLC0415 - ssl, where one looks at it

    users: dict[tuple[str | None, str | None], list[str]] = {}
    for installer, settings in known.items():
        users.setdefault((settings.cert, settings.client_cert), []).append(installer)
    for (cert, client_cert), installers in users.items():
        about = f"certificates for {' and '.join(installers)}"
        try:
            tls_context(cert, client_cert, check=True)
        except OSError as error:
            reason = error.strerror or str(error)
            text = f"{cert or client_cert}: cannot be read as certificates: {reason}"
            yield Found(about=about, state="bad", text=text)
        else:
            yield Found(about=about, text=cert or "those of the system")


def _answers(url: str, settings: IndexSettings) -> Found:
    """Return whether the index at *url* answers, asked as *settings* say and not out of the cache."""
    alone = replace(settings, index_url=url, extra_index_urls=(), find_links=(), package_indexes=())
    about = f"index {host(url) or url}"
    with IndexClient(alone, Cache(Path(), mode="off"), patience=Patience(PATIENCE)) as client:
        answer = client.project(_ASKED).result()
    match answer:
        case Unavailable():
            return Found(about=about, state="bad", text=answer.reason)
        case NotFound():
            return Found(about=about, state="note", text=f"answers, and has no project {_ASKED}")
        case _:
            return Found(about=about, text="answers")
