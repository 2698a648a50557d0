"""A wheel's own metadata: the file beside it (PEP 658), ranged reads of it, or the whole of it."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, BinaryIO

from archcheck.binaries.sparse import NeedRange
from archcheck.index.http.addresses import file_path, metadata_url, origin
from archcheck.index.metadata.downloads import MAX_FILE, PLAIN, checked, open_file, spool
from archcheck.index.metadata.static import parse_metadata
from archcheck.index.model import Metadata, Unavailable

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.documents import Documents
    from archcheck.index.http.messages import Reply
    from archcheck.index.model import IndexFile

_OK, _PARTIAL = 200, 206
_MAX_READS = 8
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")


class Wheels:
    """Reads wheels' metadata, and remembers which hosts lack metadata files or ranges.

    What is remembered moves a source to the end, and never out: a mirror may refuse one file's body and not
    its ranges, and the answer must not depend on which file was asked for first.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._without_metadata_files: set[tuple[str, str, int]] = set()
        self._without_ranges: set[tuple[str, str, int]] = set()

    async def metadata(
        self, file: IndexFile, name: NormalizedName, version: Version
    ) -> Metadata | Unavailable:
        """Return what the wheel *file* states; it must state *name* and *version*."""
        last = self._presumed_in_vain(file)
        found = None if last else await self._beside(file, name, version)
        if found is not None:
            return found
        data = await self._inside(file)
        if isinstance(data, Unavailable):
            found = await self._beside(file, name, version) if last else None
            return found or data
        return parse_metadata(data, origin="wheel", name=name, version=version)

    def _presumed_in_vain(self, file: IndexFile) -> bool:
        return file.metadata == "" and origin(file.url) in self._without_metadata_files

    async def _beside(
        self, file: IndexFile, name: NormalizedName, version: Version
    ) -> Metadata | Unavailable | None:
        """Return what the metadata file says, None where there is none after all."""
        found = await self.beside(file)
        if isinstance(found, bytes):
            stated = parse_metadata(found, origin="metadata-file", name=name, version=version)
            return None if file.metadata == "" and isinstance(stated, Unavailable) else stated
        return None if file.metadata == "" else found

    async def beside(self, file: IndexFile) -> bytes | Unavailable | None:
        """Return the metadata file beside *file*, None where there is none.

        Where the page states no hash of it, that there is one is only presumed.
        """
        if file.metadata is None:
            return None
        presumed = file.metadata == ""
        reply = await self._documents.fetch(metadata_url(file.url), {})
        if isinstance(reply, Unavailable):
            return reply
        if reply.status != _OK:
            if presumed:
                self._without_metadata_files.add(origin(file.url))
            return None
        if not presumed and file.metadata != f"sha256:{hashlib.sha256(reply.body).hexdigest()}":
            return Unavailable(reason=f"hash mismatch: the metadata of {file.filename} is not as promised")
        return reply.body

    async def _inside(self, file: IndexFile) -> bytes | Unavailable:
        """Return METADATA out of the wheel: from its ranges, else from the whole, whose failure is told."""
        if file_path(file.url) is not None:
            return await self._whole(file)
        if origin(file.url) in self._without_ranges:
            whole = await self._whole(file)
            found = await self._by_ranges(file) if isinstance(whole, Unavailable) else whole
            return found if isinstance(found, bytes) else whole
        found = await self._by_ranges(file)
        return found if isinstance(found, bytes) else await self._whole(file)

    async def _whole(self, file: IndexFile) -> bytes | Unavailable:
        stream = await open_file(self._documents, file)
        return stream if isinstance(stream, Unavailable) else _metadata_in(stream, file.filename)

    async def _by_ranges(self, file: IndexFile) -> bytes | Unavailable | None:
        """Return METADATA by reading the end of the wheel and what that leads to; None where ranges fail."""
        from archcheck.index.metadata.lazy_wheel import first_tail, read_metadata  # noqa: PLC0415 - zipfile

        size = file.size
        tail = first_tail(size)
        wanted = f"bytes=-{tail}" if size is None else f"bytes={size - tail}-{size - 1}"
        segments: dict[int, bytes] = {}
        for _ in range(_MAX_READS):
            with spool() as stream:
                headers = {"Range": wanted, **PLAIN}
                reply = await self._documents.fetch(file.url, headers, into=stream, limit=MAX_FILE)
                if isinstance(reply, Unavailable):
                    return reply
                if reply.status == _OK:  # the whole wheel came instead
                    self._without_ranges.add(origin(file.url))
                    whole = checked(stream, file)
                    return whole if isinstance(whole, Unavailable) else _metadata_in(whole, file.filename)
                span = _span(reply)
                if span is None:
                    return None
                start, size = span
                stream.seek(0)
                segments[start] = stream.read()
            found = read_metadata(file.filename, size, segments)
            if not isinstance(found, NeedRange):
                return found
            wanted = f"bytes={found.start}-{found.end - 1}"
        return None


def _span(reply: Reply) -> tuple[int, int] | None:
    """Return where the part begins and how long the whole file is; None where the answer is no part."""
    match = _CONTENT_RANGE.fullmatch(reply.headers.get("content-range", ""))
    if reply.status != _PARTIAL or match is None:
        return None
    return int(match[1]), int(match[3])


def _metadata_in(stream: BinaryIO, filename: str) -> bytes | Unavailable:
    """Return METADATA out of the whole wheel in *stream*, which is closed; only the parts needed are read."""
    from archcheck.index.metadata.lazy_wheel import read_metadata  # noqa: PLC0415 - zipfile

    with stream:
        size = stream.seek(0, 2)
        segments: dict[int, bytes] = {}
        for _ in range(_MAX_READS):
            found = read_metadata(filename, size, segments)
            if not isinstance(found, NeedRange):
                return found
            stream.seek(found.start)
            segments[found.start] = stream.read(found.end - found.start)
    return Unavailable(reason=f"{filename}: METADATA cannot be found in the wheel")
