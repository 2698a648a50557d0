"""Whole files, downloaded to a temporary file and checked against the hashes that are promised for them."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, cast

from archcheck.files import open_regular
from archcheck.index.http.addresses import file_path
from archcheck.index.http.failures import refused
from archcheck.index.model import Unavailable

if TYPE_CHECKING:
    from archcheck.index.documents import Documents
    from archcheck.index.model import IndexFile

MAX_FILE = 512 * 1024 * 1024
MAX_METADATA = 10 * 2**20  # bytes, uncompressed; the largest on the index are below 1 MiB
PLAIN = {"Accept-Encoding": "identity"}
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 1024 * 1024
_OK = 200
_ALGORITHMS = hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}  # those have no length of their own


def spool() -> BinaryIO:
    """Return an empty temporary file, in memory while it is small."""
    import tempfile  # noqa: PLC0415 - 8 ms, where something is downloaded

    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


async def open_file(documents: Documents, file: IndexFile) -> BinaryIO | Unavailable:
    """Return *file* open for reading: from disk where it lies there, else downloaded; checked."""
    path = file_path(file.url)
    if path is not None:
        local = open_local(path)
        return local if isinstance(local, Unavailable) else checked(local, file)
    with ExitStack() as closed:  # also where the question is given up
        stream = closed.enter_context(spool())
        reply = await documents.fetch(file.url, PLAIN, into=stream, limit=MAX_FILE)
        if isinstance(reply, Unavailable):
            return reply
        if reply.status != _OK:
            return Unavailable(reason=f"{file.filename}: {refused(file.url, reply.status)}", incomplete=True)
        closed.pop_all()
    return checked(stream, file)


def open_local(path: str) -> BinaryIO | Unavailable:
    """Return the file at *path* open for reading."""
    try:
        return open_regular(path)
    except OSError as error:
        return Unavailable(reason=f"{path} cannot be read: {error.strerror}", incomplete=True)
    except ValueError:  # a NUL in the path, which a page can state as %00
        return Unavailable(reason=f"{path!r} is not a path", incomplete=True)


def checked(stream: BinaryIO, file: IndexFile) -> BinaryIO | Unavailable:
    """Return *stream* at its start where it has one of the hashes promised for *file*; close it where not.

    One is enough for pip, whatever the others say; algorithms that are not known promise nothing.
    """
    promised = [each.partition(":") for each in file.hashes]
    algorithms = {algorithm for algorithm, _, _ in promised} & _ALGORITHMS
    digests = {each: _digest(stream, each) for each in algorithms}
    if algorithms and all(digests.get(algorithm) != expected for algorithm, _, expected in promised):
        stream.close()
        reason = f"hash mismatch: {file.filename} is not the file that is promised"
        return Unavailable(reason=reason, mismatch=True)
    stream.seek(0)
    return stream


def _digest(stream: BinaryIO, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
