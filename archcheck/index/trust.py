"""What an untrusted input (`--untrusted`) may make us read: what the configuration or the base has as well.

All else is left out of the input, and said to be not audited, so that a set with any of it is never ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from archcheck.index.http.addresses import file_path, is_remote, origin, without_passwords
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import IndexOptions, Location, PathSource, Skipped, UrlSource, VcsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from archcheck.index.config.settings import IndexSettings
    from archcheck.manifest.lock import LockedPackage
    from archcheck.manifest.manifest import Manifest, Requirement, Source

_NOWHERE = "untrusted://"  # neither an address that is asked nor a path


class Trust(Struct, frozen=True, kw_only=True):
    """What an input may lead to.

    `addresses` maps each of an index as the input spells it to the one to ask; `urls` are those of files,
    `origins` the hosts of either. Where `anywhere`, every address may be asked. `has` tells whether a local
    path may be read, its links followed; `lists`, whether a local folder may be looked for files in: one with
    pages may lead to any host. `reason` is said of what may not.
    """

    has: Callable[[str], bool]
    lists: Callable[[str], bool]
    reason: str
    anywhere: bool = False
    addresses: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[tuple[str, str]] = frozenset()
    urls: frozenset[str] = frozenset()
    origins: frozenset[tuple[str, str, int]] = frozenset()

    def admits(self, source: Source) -> bool:
        """Return whether *source* may be read; what is never fetched may stand."""
        match source:
            case UrlSource(url=url) if is_remote(url):
                return self.anywhere or url in self.urls or origin(url) in self.origins
            case UrlSource(url=url):
                path = file_path(url)
                return path is not None and self.has(path)
            case PathSource(path=path):
                return self.has(path)
            case _:
                return True

    def asks(self, url: str) -> bool:
        """Return whether the index or find-links place at *url* may be asked."""
        if url in self.addresses or (self.anywhere and is_remote(url)):
            return True
        path = file_path(url)
        return path is not None and self.lists(path)


def trust(
    configured: IndexSettings,
    stated: Manifest | Lock | None,
    expanded: Manifest | Lock | None,
    *,
    has: Callable[[str], bool],
    lists: Callable[[str], bool],
) -> Trust:
    """Return what the *configured* settings and the base's input admit.

    The base is given twice: as it is *stated*, and with the environment's variables *expanded*, which its
    text is trusted to name; an address of the same spelling is then asked as the base's own.
    """
    own = [*configured.indexes, *configured.find_links, *(url for _, url in configured.package_indexes)]
    addresses = {url: url for url in own}
    if stated is not None and expanded is not None:
        pairs = zip(_addresses(stated.options), _addresses(expanded.options), strict=False)
        addresses |= {url: meant for url, meant in pairs if is_remote(url)}  # of a folder, the files count
    urls = frozenset(_urls(stated)) if stated is not None else frozenset()
    return Trust(
        reason="neither the base nor the configuration has it: not read under --untrusted",
        addresses=addresses,
        names=frozenset(stated.options.index_names) if stated is not None else frozenset(),
        urls=urls,
        origins=frozenset(origin(url) for url in addresses.values() if is_remote(url))
        | frozenset(origin(url) for url in urls if isinstance(stated, Lock)),
        has=has,
        lists=lists,
    )


def restricted(found: Manifest | Lock, trusted: Trust) -> Manifest | Lock:
    """Return *found* without what is not trusted, each thing said among what was skipped."""
    options, refused = _restricted_options(found.options, trusted)
    skipped = [
        Skipped(text=without_passwords(url), reason=trusted.reason, location=Location(path=found.path))
        for url in refused
    ]
    if isinstance(found, Lock):
        packages = tuple(_restricted_package(each, trusted) for each in found.packages)
        outside = [each for each in found.packages if not trusted.admits(each.source)]
        skipped += [
            Skipped(text=each.name, reason=trusted.reason, location=each.location) for each in outside
        ]
        return replace(found, options=options, packages=packages, skipped=(*found.skipped, *skipped))
    lines = [*found.requirements, *found.constraints, *found.overrides]
    skipped += [
        Skipped(text=without_passwords(each.text), reason=trusted.reason, location=each.location)
        for each in lines
        if not trusted.admits(each.source)
    ]
    return replace(
        found,
        options=options,
        requirements=_admitted(found.requirements, trusted),
        constraints=_admitted(found.constraints, trusted),
        overrides=_admitted(found.overrides, trusted),
        skipped=(*found.skipped, *skipped),
    )


def _admitted(lines: Iterable[Requirement], trusted: Trust) -> tuple[Requirement, ...]:
    return tuple(line for line in lines if trusted.admits(line.source))


def _restricted_options(options: IndexOptions, trusted: Trust) -> tuple[IndexOptions, list[str]]:
    known = trusted.addresses
    refused = [url for url in _addresses(options) if not trusted.asks(url)]
    main = options.index_url
    return (
        replace(
            options,
            index_url=known.get(main, main) if main and main not in refused else None,
            extra_index_urls=tuple(known.get(u, u) for u in options.extra_index_urls if u not in refused),
            find_links=tuple(known.get(url, url) for url in options.find_links if url not in refused),
            package_indexes=tuple(
                (n, known.get(u, u)) for n, u in options.package_indexes if u not in refused
            ),
            index_names=tuple(
                pair for pair in options.index_names if trusted.anywhere or pair in trusted.names
            ),
        ),
        list(dict.fromkeys(refused)),
    )


def _restricted_package(package: LockedPackage, trusted: Trust) -> LockedPackage:
    """Return *package* with nothing that would be fetched from where the lock alone says."""
    if not trusted.admits(package.source):
        return replace(package, source=VcsSource(url=""), files=())
    files = (
        file if trusted.admits(UrlSource(url=file.url)) else msgspec.structs.replace(file, url=_NOWHERE)
        for file in package.files
    )
    return replace(package, files=tuple(files))


def _addresses(options: IndexOptions) -> list[str]:
    main = [options.index_url] if options.index_url else []
    pinned = [url for _, url in options.package_indexes]
    return [*main, *options.extra_index_urls, *options.find_links, *pinned]


def _urls(found: Manifest | Lock) -> Iterable[str]:
    if isinstance(found, Lock):
        lines: Iterable[LockedPackage | Requirement] = found.packages
    else:
        lines = (*found.requirements, *found.constraints, *found.overrides)
    yield from (line.source.url for line in lines if isinstance(line.source, UrlSource))
    if isinstance(found, Lock):
        yield from (file.url for package in found.packages for file in package.files if is_remote(file.url))
