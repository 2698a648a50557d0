"""The cache on disk: one file for each answer, which is replaced as a whole and checked when it is read.

Layout: `<folder>/v6/<first digit>/<sha256 of kind and address>.entry`. An entry is a magic word, the
length of the header, the header (msgpack) and the body. Several processes may use it at once: files are
written beside their place and renamed into it, and whoever renames last wins. Only the times in a header are
written over in place, when the index says that the body still holds: to replace a file takes twenty times as
long, and every run past its time renews all of its pages.

The checksum of a body is against accidents, such as a machine that went off before the disk had all of it:
whoever can alter an entry can alter that as well. So it is the quickest that tells. SHA-256 of the pages was
a fifth of the work of a run that has them all.
"""

# ruff: noqa: PTH105, PTH108 - a `Path` takes as long as reading the file does
from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import time
import zlib
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archcheck.index.cache.location import LAYOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["normal", "off", "refresh", "offline"]

_MAGIC = b"archcheck1\n"
_LENGTH = 4
_HEAD = 4096  # bytes: more than any header has
_CLOCK_SLACK = 60.0
_serial = itertools.count(time.time_ns())  # in two containers a process may well have the same number


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What stands before the body; times in seconds since the epoch, infinite for what never changes."""

    kind: str
    url: str
    stored_at: float
    fresh_until: float
    status: int
    etag: str
    last_modified: str
    crc32: int
    length: int

    def is_fresh(self, now: float, *, max_stale: float = 0) -> bool:
        """Return whether the body may be used without asking; never where the clock was set back since.

        What is at most *max_stale* seconds old counts as fresh too.
        """
        until = max(self.fresh_until, self.stored_at + max_stale)
        return self.stored_at <= now + _CLOCK_SLACK and now < until

    @property
    def immutable(self) -> bool:
        """Whether the body can never change, so that even `--refresh` need not ask."""
        return self.fresh_until == float("inf")

    @property
    def validators(self) -> dict[str, str]:
        """The request headers that ask whether the body still holds (RFC 9110, section 13.1)."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


class Entry(Struct, frozen=True, kw_only=True):
    """One answer out of the cache."""

    header: Header
    body: bytes


class Cache:
    """The cache in *folder*. A folder that cannot be written turns it off, with `warning` saying so, once.

    Answers of the last *max_stale* seconds are taken as they are.
    """

    def __init__(self, folder: Path, *, mode: Mode = "normal", max_stale: float = 0) -> None:
        self.folder = folder
        self.mode = mode
        self.max_stale = max_stale
        self.warning: str | None = None
        self._writable = mode in {"normal", "refresh"}
        self._layout = str(folder / LAYOUT)

    def get(self, kind: str, url: str, *, usable_at: float | None = None) -> Entry | None:
        """Return what is kept of *url*; None where nothing intact is.

        With *usable_at* only what answers then without asking the index; else also what is stale.
        """
        found = self.look(kind, url, usable_at)
        return found if isinstance(found, Entry) else None

    def look(self, kind: str, url: str, usable_at: float | None) -> Entry | Header | None:
        """Return what is kept of *url*, as `get` does; of what is stale the header.

        The body would lie about for as long as the index takes to say whether it still holds.
        """
        if self.mode == "off":
            return None
        try:
            with FileIO(self._path(kind, url)) as stream:
                start = stream.read(_HEAD)
                headed = _headed(start, kind, url)
                if headed is None:
                    return None
                header, end = headed
                if usable_at is not None and not self.usable(header, usable_at):
                    return header
                if len(start) < _HEAD:
                    body = start[end:]
                else:  # read once more from there: to join megabytes would take as long as to read them
                    stream.seek(end)
                    body = stream.readall()
        except OSError:
            return None
        if len(body) != header.length or zlib.crc32(body) != header.crc32:
            return None  # cut off, or altered
        return Entry(header=header, body=body)

    def usable(self, header: Header, now: float) -> bool:
        """Return whether the entry with *header* answers without asking the index, in this mode."""
        if self.mode == "offline" or header.immutable:
            return True
        return self.mode == "normal" and header.is_fresh(now, max_stale=self.max_stale)

    def put(
        self,
        kind: str,
        url: str,
        body: bytes,
        *,
        fresh_until: float,
        status: int = 200,
        headers: Mapping[str, str],
    ) -> Header | None:
        """Keep *body* as the answer for *url*, and return its header; None where nothing is kept.

        Failures turn the cache off instead of being raised.
        """
        if not self._writable:
            return None
        header = Header(
            kind=kind,
            url=url,
            stored_at=time.time(),
            fresh_until=fresh_until,
            status=status,
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
            crc32=zlib.crc32(body),
            length=len(body),
        )
        return header if self._try_to_write(self._path(kind, url), (_packed(header), body)) else None

    def renew(self, header: Header, *, fresh_until: float, headers: Mapping[str, str]) -> Header | None:
        """Keep the body under *header* for longer, as the answer 304 says; return its header now.

        None where it is not kept any more. The body is left as it is: whether it is intact is looked at when
        it is used.
        """
        if not self._writable:
            return None
        new = replace(
            header,
            stored_at=time.time(),
            fresh_until=fresh_until,
            etag=headers.get("etag", header.etag),
            last_modified=headers.get("last-modified", header.last_modified),
        )
        path = self._path(header.kind, header.url)
        try:
            with FileIO(path, "r+") as stream:
                there, end = _headed(stream.read(_HEAD), header.kind, header.url) or (None, 0)
                if there != header:  # another process was quicker
                    return there if there is not None and _is_of_one_body(there, header) else None
                head = _packed(new)
                if len(head) == end:
                    stream.seek(0)
                    stream.write(head)
                    return new
                stream.seek(end)
                body = stream.readall()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._turn_off(error)
            return None
        return new if self._try_to_write(path, (head, body)) else None

    def _path(self, kind: str, url: str) -> str:
        key = hashlib.sha256(f"{kind}\0{url}".encode()).hexdigest()
        return f"{self._layout}/{key[:1]}/{key}.entry"

    def _try_to_write(self, path: str, parts: tuple[bytes, ...]) -> bool:
        if self._writable:
            try:
                self._write(path, parts)
            except OSError as error:
                self._turn_off(error)
        return self._writable

    def _turn_off(self, error: OSError) -> None:
        self._writable = False
        self.warning = f"the cache is off: {self.folder} cannot be written ({error.strerror or error})"

    def _write(self, path: str, parts: tuple[bytes, ...]) -> None:
        temporary = f"{path.removesuffix('.entry')}.{os.getpid()}-{next(_serial)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            descriptor = os.open(temporary, flags, 0o600)
        except FileNotFoundError:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.writelines(parts)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _is_of_one_body(one: Header, other: Header) -> bool:
    return (one.length, one.crc32, one.etag) == (other.length, other.crc32, other.etag)


def _packed(header: Header) -> bytes:
    """Return what stands before the body."""
    packed = msgspec.msgpack.encode(header)
    return b"".join((_MAGIC, len(packed).to_bytes(_LENGTH, "big"), packed))


def _headed(data: bytes, kind: str, url: str) -> tuple[Header, int] | None:
    """Return the header of *url* at the beginning of *data*, and where the body begins; None for another."""
    start = len(_MAGIC) + _LENGTH
    if not data.startswith(_MAGIC) or len(data) < start:
        return None
    end = start + int.from_bytes(data[len(_MAGIC) : start], "big")
    try:
        header = msgspec.msgpack.decode(data[start:end], type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return (header, end) if (header.kind, header.url) == (kind, url) else None
