"""A wheel's own metadata: the file beside it (PEP 658), ranged reads of it, or the whole of it.

Who looks into wheels reads the end of each that is installed, where the table of contents stands, and before
it, in six wheels of seven, METADATA. So of a wheel that is likely to be installed the end is read at once,
instead of the file beside it: one request less for most packages.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from archcheck.binaries.sparse import NeedRange
from archcheck.index.documents import Absent
from archcheck.index.http.addresses import file_path, metadata_url, origin
from archcheck.index.metadata.downloads import MAX_FILE, MAX_METADATA, open_file
from archcheck.index.metadata.ranges import Part
from archcheck.index.metadata.static import parse_metadata
from archcheck.index.model import Metadata, Unavailable

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.documents import Documents
    from archcheck.index.metadata.ranges import Ranges
    from archcheck.index.model import IndexFile, Origin

_OK = 200
_MAX_READS = 8
_END = 32 * 1024
_LARGEST = 16 * 2**20  # bytes of a wheel whose table of contents is likely to be no longer than that
_SLACK = 64 * 1024  # a server that gives no parts may send a small wheel as a whole


class Wheels:
    """Reads wheels' metadata, and remembers which hosts lack metadata files.

    What is remembered moves a source to the end, and never out: a mirror may refuse one file's body and not
    its ranges, and the answer must not depend on which file was asked for first.
    """

    def __init__(self, documents: Documents, ranges: Ranges, *, looked_into: bool) -> None:
        self._documents = documents
        self._ranges = ranges
        self._looked_into = looked_into
        self._first: dict[NormalizedName, Version] = {}
        self._without_metadata_files: set[tuple[str, str, int]] = set()

    async def metadata(
        self, file: IndexFile, name: NormalizedName, version: Version
    ) -> Metadata | Unavailable:
        """Return what the wheel *file* states; it must state *name* and *version*."""
        if self._is_likely(file, name, version):
            at_the_end = await self._at_the_end(file, name, version)
            if at_the_end is not None:
                return at_the_end
        last = self._presumed_in_vain(file)
        found = None if last else await self._beside(file, name, version)
        if isinstance(found, Metadata):
            return found
        data = await self._inside(file, doubtful=found is not None)
        if isinstance(data, Unavailable):
            stated = await self._beside(file, name, version) if last else None
            return stated if isinstance(stated, Metadata) else data
        return parse_metadata(data, origin="wheel", name=name, version=version)

    def _is_likely(self, file: IndexFile, name: NormalizedName, version: Version) -> bool:
        """Return whether *file* is likely to be installed and looked into, and its end to tell METADATA.

        A project's first version to be asked for is likely; a search that goes back may ask for hundreds.
        """
        if not self._looked_into or file.metadata is None or not 0 < (file.size or 0) <= _LARGEST:
            return False
        is_first = self._first.setdefault(name, version) == version
        return is_first and file_path(file.url) is None and not self._ranges.lacking(file.url)

    async def _at_the_end(self, file: IndexFile, name: NormalizedName, version: Version) -> Metadata | None:
        """Return what METADATA at the end of the wheel says; None where another source has to be asked.

        Where the page states the hash of the metadata file, it has to be the very same text.
        """
        size = file.size or 0
        tail = min(size, _END)
        part = await self._ranges.part(file, f"{size - tail}-{size - 1}", limit=tail + _SLACK)
        if isinstance(part, Unavailable | Absent):
            return None
        data = self._in_part(file, part) if isinstance(part, Part) else _metadata_in(part, file.filename)
        if not isinstance(data, bytes):
            return None
        if file.metadata and file.metadata != f"sha256:{hashlib.sha256(data).hexdigest()}":
            return None
        origin: Origin = "metadata-file" if file.metadata else "wheel"
        stated = parse_metadata(data, origin=origin, name=name, version=version)
        return stated if isinstance(stated, Metadata) else None

    def _in_part(self, file: IndexFile, part: Part) -> bytes | NeedRange | Unavailable:
        from archcheck.index.metadata.lazy_wheel import read_metadata  # noqa: PLC0415 - zipfile

        segments = {part.start: part.data}
        self._ranges.keep(file, part.size, segments)
        return read_metadata(file.filename, part.size, segments)

    def _presumed_in_vain(self, file: IndexFile) -> bool:
        return file.metadata == "" and origin(file.url) in self._without_metadata_files

    async def _beside(
        self, file: IndexFile, name: NormalizedName, version: Version
    ) -> Metadata | Unavailable | None:
        """Return what the metadata file says, None where it says nothing: the wheel itself counts then.

        Why it says nothing is no matter, since pages of one index state a hash of it and releases do not; but
        where it is another than is promised, the wheel may be another too.
        """
        found = await self._metadata_file(file)
        if not isinstance(found, bytes):
            return found
        stated = parse_metadata(found, origin="metadata-file", name=name, version=version)
        return stated if isinstance(stated, Metadata) else None

    async def beside(self, file: IndexFile) -> bytes | None:
        """Return the metadata file beside *file*; None where there is none, or another than is promised."""
        found = await self._metadata_file(file)
        return found if isinstance(found, bytes) else None

    async def _metadata_file(self, file: IndexFile) -> bytes | Unavailable | None:
        if file.metadata is None:
            return None
        presumed = file.metadata == ""  # no page states a hash of it
        reply = await self._documents.fetch(metadata_url(file.url), {}, limit=MAX_METADATA)
        if isinstance(reply, Unavailable):
            return None
        if reply.status != _OK:
            if presumed:
                self._without_metadata_files.add(origin(file.url))
            return None
        if not presumed and file.metadata != f"sha256:{hashlib.sha256(reply.body).hexdigest()}":
            reason = f"hash mismatch: the metadata of {file.filename} is not as promised"
            return Unavailable(reason=reason, mismatch=True)
        return reply.body

    async def _inside(self, file: IndexFile, *, doubtful: bool) -> bytes | Unavailable:
        """Return METADATA out of the wheel: from its ranges, else from the whole, whose failure is told.

        A *doubtful* one is read as a whole first, since only that can be held against its hash.
        """
        if file_path(file.url) is not None:
            return await self._whole(file)
        if doubtful or self._ranges.lacking(file.url):
            whole = await self._whole(file)
            if isinstance(whole, bytes) or (doubtful and whole.mismatch):
                return whole
            found = await self._by_ranges(file)
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
        wanted = f"-{tail}" if size is None else f"{size - tail}-{size - 1}"
        segments: dict[int, bytes] = {}
        for _ in range(_MAX_READS):
            part = await self._ranges.part(file, wanted, limit=MAX_FILE)
            if isinstance(part, Unavailable):
                return part
            if isinstance(part, Absent):
                return None
            if not isinstance(part, Part):
                return _metadata_in(part, file.filename)
            segments[part.start] = part.data
            found = read_metadata(file.filename, part.size, segments)
            if not isinstance(found, NeedRange):
                self._ranges.keep(file, part.size, segments)
                return found
            wanted = f"{found.start}-{found.end - 1}"
        return None


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
