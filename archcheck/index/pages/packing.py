"""Packs the files of a project page into a `Listing`; a cold run does this with megabytes of pages.

What the files of a page have in common is kept once: how their addresses begin, and how their names begin and
end.
"""

from __future__ import annotations

import struct
from binascii import unhexlify
from itertools import accumulate
from os.path import commonprefix
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from packaging.version import Version

from archcheck.index.pages.entries import Hashes, absolute, check_address, check_name
from archcheck.index.pages.filenames import FileNames, is_distribution
from archcheck.index.pages.listing import Listing, Row, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from archcheck.index.pages.entries import Entry

_SAMPLES = 8
_AUTHORITY = 3  # slashes, up to its end
_NONE = "none"  # hexadecimal digits
_pack = msgspec.msgpack.Encoder().encode


class _Root(NamedTuple):
    """What most links of a page begin with, up to a `/`; and whether all that do are surely addresses."""

    text: str
    leads: bool


def listed(entries: list[Entry], *, url: str, name: NormalizedName) -> Listing:
    """Return the distributions among *entries* of the page at *url* (after redirects); raise `PageError`.

    The list is empty then: of a page of 10,000 files it is the most of what is held in memory.
    """
    names, root = FileNames(name), _root(entries, url)
    stretches = _stretches(entries, names, root, url)
    releases = [_pack(release) for release in _newest_first(stretches)]
    return Listing(
        url=url,
        count=sum(len(stretch.rows) for stretch in stretches),
        root=root.text,
        tails=msgspec.Raw(_pack(list(names.tails))),
        bounds=struct.pack(f"<{len(releases) + 1}I", *accumulate(map(len, releases), initial=0)),
        packed=memoryview(b"".join(releases)),
    )


def _root(entries: Sequence[Entry], page_url: str) -> _Root:
    """Return the root of *entries*, as a few of them tell it."""
    links = [entry.url for entry in entries[:: len(entries) // _SAMPLES + 1]]
    shared = commonprefix(links)  # noqa: RUF071 - by letters, as it says
    text = shared[: shared.rfind("/") + 1]
    whole = text.startswith(("https://", "http://")) and text.count("/") >= _AUTHORITY
    return _Root(text, leads=whole and absolute(text, page_url) is not None)


def _stretches(entries: list[Entry], names: FileNames, root: _Root, url: str) -> list[Stretch]:
    """Return the distributions among *entries*, in the page's order; raise `PageError`."""
    stretches: list[Stretch] = []
    rows: list[Row] = []
    stem = ""
    entries.reverse()
    for position in range(len(entries)):
        entry = entries.pop()
        filename = entry.filename
        tail = filename.removeprefix(stem)
        name: int | str | None = names.tails.get(tail)
        if name is None or tail == filename:  # not the stem of the last one and a tail that is known
            version, found = names.cut(filename)
            if version is None and not is_distribution(filename):
                continue
            check_name(filename)
            if found != stem or not found:
                stem, rows = found, []
                stretches.append(Stretch(version or "", position, stem, rows))
            name = names.tails[filename.removeprefix(stem)] if stem else filename
        rows.append(_row(entry, name, root, url))
    return stretches


def _row(entry: Entry, name: int | str, root: _Root, page_url: str) -> Row:
    """Return *entry* as it is kept; raise `PageError` where its address is none."""
    text, leads = root
    link = entry.url
    rest = link.removeprefix(text)
    folder = rest.removesuffix(entry.filename)
    odd = folder == rest or rest == link  # noqa: PLR1714 - told by their lengths, mostly
    if odd or not leads:
        check_address(entry, page_url)
        if odd:
            return Row(name, entry=entry)
    announced = entry.dist_info_metadata if entry.core_metadata is None else entry.core_metadata
    stated = announced.sha256 if isinstance(announced, Hashes) else None
    try:
        return Row(
            name,
            folder,
            unhexlify(entry.hashes.sha256 or _NONE),
            entry.requires_python,
            entry.size,
            entry.upload_time,
            unhexlify(stated) if stated else bool(announced),
            entry.yanked,
        )
    except ValueError:
        return Row(name, entry=entry)


def _newest_first(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Return *stretches* by version, newest first, each in the page's order; at last those without one."""
    releases: dict[tuple[int, ...], list[Stretch]] = {}
    unversioned: list[Stretch] = []
    for stretch in stretches:
        try:
            releases.setdefault(_numbers(stretch.version), []).append(stretch)
        except ValueError:  # InvalidVersion is one; so is a number of more digits than int() reads
            unversioned.append(stretch)
    found: list[list[Stretch]] = []
    for numbers in sorted(releases, reverse=True):
        alike = releases[numbers]
        found += [alike] if len(alike) == 1 else _by_version(alike)
    return [*found, unversioned]


def _numbers(text: str) -> tuple[int, ...]:
    """Return the epoch and release of a version: they order most versions, and cost half of a `Version`."""
    if text.isascii() and text.replace(".", "0").isdecimal():
        numbers = (0, *map(int, text.split(".")))
    else:
        version = Version(text)
        numbers = (version.epoch, *version.release)
    while not numbers[-1] and len(numbers) > 1:  # 1.0 is 1
        numbers = numbers[:-1]
    return numbers


def _by_version(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    versions: dict[Version, list[Stretch]] = {}
    for stretch in stretches:
        versions.setdefault(Version(stretch.version), []).append(stretch)
    return [versions[version] for version in sorted(versions, reverse=True)]
