"""Bodies as pip unpacks them, in little memory."""

from __future__ import annotations

import gzip
import zlib

import pytest

from archcheck.index.http.bodies import BodyError, Unpacking

TEXT = b'{"files": []}' * 100
PACKED = gzip.compress(TEXT, mtime=0)
LIMIT = 1 << 20


def unpacked(encoding, body, *, step=7):
    """Return what comes of *body* where it arrives *step* bytes at a time."""
    unpacking = Unpacking(encoding, limit=LIMIT)
    pieces = [body[start : start + step] for start in range(0, len(body), step)]
    return b"".join(part for piece in pieces for part in unpacking.unpack(piece))


@pytest.mark.parametrize("step", [1, 7, LIMIT])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("br", TEXT),  # not asked for: pip leaves it as it is
        ("gzip", PACKED),
        ("GZip", PACKED),
        ("x-gzip", PACKED),
        ("gzip", PACKED[:-8]),
        ("gzip", PACKED + b"junk"),
        ("gzip", gzip.compress(TEXT[:50], mtime=0) + gzip.compress(TEXT[50:], mtime=0)),
        ("gzip, gzip", gzip.compress(PACKED, mtime=0)),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT), mtime=0)),
        ("deflate", zlib.compress(TEXT)),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_what_pip_downloads_is_read(encoding, body, step):
    """Each was tried with `pip download` against such a server."""
    assert unpacked(encoding, body, step=step) == TEXT


def test_deflate_without_its_frame():
    assert unpacked("deflate", zlib.compress(TEXT)[2:-4], step=LIMIT) == TEXT


@pytest.mark.parametrize("body", [b"not gzip", PACKED[:-8] + bytes(8)])
def test_what_pip_refuses_is_refused(body):
    with pytest.raises(BodyError, match="not packed as it says"):
        unpacked("gzip", body)


@pytest.mark.parametrize("inner", [bytes(3 * LIMIT), gzip.compress(b"") * 100_000], ids=["zeros", "members"])
def test_no_coding_unpacks_to_more_than_there_may_be(inner):
    with pytest.raises(BodyError, match="more than 1 MiB"):
        unpacked("gzip, gzip", gzip.compress(gzip.compress(inner) if inner[:1] == b"\0" else inner))


def test_a_body_is_not_packed_any_number_of_times():
    with pytest.raises(BodyError, match="6 times over"):
        Unpacking("gzip," * 6, limit=LIMIT)
