"""Hostile artifacts: a clear error, or what was not read is said; never anything else, and nothing without end."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import json
import lzma
import os
import random
import struct
import sys
import tarfile
import types
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.files import Disk
from archcheck.inputs import read_input
from archcheck.inputs.artifacts import gather as gathering
from archcheck.inputs.artifacts import images, streams
from archcheck.inputs.artifacts.streams import Forward, Inflating, LayerError
from tests.binaries.elves import elf

from .built import X86, below, compiled, installed, layout, saved, tarred, zipped
from .reading import FakeFiles

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.manifest.lock import Lock


def read(name: str, data: bytes) -> Lock:
    return read_input(name, environ={}, cwd="/project", files=FakeFiles({f"/project/{name}": data}))


def refused(name: str, data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(name, data)
    assert str(caught.value).isprintable()
    return str(caught.value)


def unread(lock: Lock) -> dict[str, str]:
    return {each.text: each.reason for each in lock.skipped}


def natives(lock: Lock) -> list[str]:
    return [native.path for tree in lock.built.trees for native in tree.natives]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.zip", b"", "expected a zip file"),
        ("x.zip", b"PK\3\4 and no more", "expected a zip file"),
        ("x.whl", b"<html>", "expected a wheel"),
        ("x.tar", b"", "expected an OCI layout"),
        ("x.tar", b"\0" * 10240, "no manifest.json"),
        ("x.tar", tarred({"a": b"b"}), "no manifest.json"),
        ("x.tar", gzip.compress(tarred({"a": b"b"})), "no manifest.json"),
        ("x.tar.gz", gzip.compress(tarred({"a": b"b"}))[:-12], "expected an OCI layout"),
        ("x.tar", tarred({"index.json": b"[]"}), "index.json is not as it should be"),
        ("x.tar", tarred({"index.json": b'{"manifests": [{"digest": "../../etc/passwd"}]}'}), "a digest in it is none"),
        ("x.tar", tarred({"index.json": b'{"manifests": []}'}), "no image for Linux"),
        ("x.tar", tarred({"manifest.json": b'[{"Config": "../x", "Layers": []}]'}), "leads outside"),
        ("x.tar", tarred({"manifest.json": b'[{"Config": 1}]'}), "expected an OCI layout"),
        ("x.tar", tarred({"index.json": b"[" * 100_000}), "expected an OCI layout"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)  # fmt: skip
def test_what_is_no_artifact(name: str, data: bytes, says: str) -> None:
    assert says in refused(name, data)


def test_members_that_are_not_read_are_said() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../outside.so", elf(machine=X86))
        archive.writestr("a/\x1b[31m\n.so", elf(machine=X86))
        archive.writestr("a/cut.so", b"\x7fELF\2\1")
        archive.writestr("a/deps.egg", zipped({"x.so": elf(machine=X86)}))
        archive.writestr("a/data.zip", zipped({"x.so": elf(machine=X86)}))
        archive.writestr("a/secret.so", elf(machine=X86))
        archive.infolist()[-1].flag_bits |= 1
    lock = read("x.zip", made.getvalue())
    assert unread(lock) == {
        "../outside.so": "not read: its path leads outside of the archive",
        "a/cut.so": "not read: an ELF file that is cut off in its header",
        "a/deps.egg": "not read: an archive in it; name it by itself",
        "a/secret.so": "not read: it is encrypted",
    }
    assert natives(lock) == ["a/\\x1b[31m\\n.so"]
    assert lock.warnings == ("archives in it were not looked into: a/data.zip",)


def test_of_two_members_of_one_name_the_later_counts() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.so", elf(machine=X86))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.so", elf())
    (tree,) = read("x.zip", made.getvalue()).built.trees
    assert [native.machine for native in tree.natives] == ["aarch64"]


def test_a_member_that_states_more_than_deflate_can_hold() -> None:
    made = bytearray(zipped({"a.so": elf(machine=X86)}))
    entry = made.rindex(b"PK\1\2")
    struct.pack_into("<I", made, entry + 24, 0xFFFFFFF0)
    assert "it states 4,294,967,280 bytes" in unread(read("x.zip", bytes(made)))["a.so"]


def test_an_elf_file_whose_tables_are_broken_keeps_its_machine() -> None:
    data = bytearray(elf(machine=X86))
    data[32:40] = b"\xff" * 8  # where its program headers stand
    (tree,) = read("x.zip", zipped({"a.so": bytes(data)})).built.trees
    (native,) = tree.natives
    assert (native.machine, native.needs) == ("x86_64", None)
    assert native.unread


def test_more_files_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_MEMBERS", 3)
    lock = read("x.zip", zipped({f"{n}.txt": b"" for n in range(5)}))
    assert "only 3 files are read" in unread(lock)["3.txt"]


def test_what_upper_layers_replace_or_remove() -> None:
    lower = below("var/task", {"gone.so": elf(), "dir/x.so": elf(), "opaque/x.so": elf(), "new.so": elf()})
    upper = below(
        "var/task",
        {".wh.gone.so": b"", ".wh.dir": b"", "opaque/.wh..wh..opq": b"", "opaque/y.so": elf(), "new.so": elf(machine=X86)},
    )  # fmt: skip
    lock = read("x.tar", saved([tarred(lower), tarred(upper)]))
    (tree,) = lock.built.trees
    found = {native.path: native.machine for native in tree.natives}
    assert found == {"var/task/new.so": "x86_64", "var/task/opaque/y.so": "aarch64"}


ZSTD = b"\x28\xb5\x2f\xfd"
PACKED = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("packed", PACKED)
def test_layers_and_whole_images_are_unpacked(packed: str) -> None:
    """Two layers, so that what is unpacked has to be gone back in; each of several streams one behind another."""
    pack = PACKED[packed]
    layers = [tarred({f"opt/{name}.so": elf(filling=bytes(200_000))}) for name in ("a", "b")]
    lower, upper = (pack(layer[:700]) + pack(layer[700:]) for layer in layers)
    for data in (
        saved([lower, upper], "arm64"),
        pack(saved(layers, "arm64")),
        pack(saved([lower, upper], "arm64")),
    ):
        lock = read("x.tar", data)
        assert (natives(lock), unread(lock)) == (["opt/a.so", "opt/b.so"], {})


def test_layers_that_are_not_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)  # as Python has it before 3.14
    cut = [pack(random.Random(1).randbytes(9000))[:-9] for pack in PACKED.values()]
    lock = read("x.tar", saved([tarred({"opt/a.so": elf()}), ZSTD + b" zstd", *cut], "arm64"))
    assert natives(lock) == ["opt/a.so"]
    assert set(unread(lock)) == {f"{number}/layer.tar" for number in range(1, 5)}
    assert "packed with zstd, which Python reads from 3.14 on" in unread(lock)["1/layer.tar"]
    assert "zstd" in refused("x.tar", ZSTD + bytes(600))


def test_zstd_is_read_where_python_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a stand-in for what 3.14 has: a zlib stream behind zstd's magic."""

    class Stand:
        def __init__(self, *, options: dict[str, int]) -> None:
            assert options == {"window_log_max": 26}
            self.inner, self.begun = zlib.decompressobj(), False

        eof = property(lambda self: self.inner.eof)
        needs_input = property(lambda self: not self.inner.unconsumed_tail)
        unused_data = property(lambda self: self.inner.unused_data)

        def decompress(self, data: bytes, max_length: int) -> bytes:
            data, self.begun = data if self.begun else data.removeprefix(ZSTD), True
            return self.inner.decompress(self.inner.unconsumed_tail + data, max_length)

    names = types.SimpleNamespace(window_log_max="window_log_max")
    module = types.SimpleNamespace(ZstdDecompressor=Stand, DecompressionParameter=names)
    monkeypatch.setitem(sys.modules, "compression", types.SimpleNamespace(zstd=module))
    monkeypatch.setitem(sys.modules, "compression.zstd", module)
    layer = ZSTD + zlib.compress(tarred({"opt/a.so": elf()}))
    lock = read("x.tar", saved([layer], "arm64"))
    assert (natives(lock), unread(lock)) == (["opt/a.so"], {})


@pytest.mark.skipif(sys.version_info < (3, 14), reason="the standard library has zstd from 3.14 on")
def test_zstd_itself() -> None:
    zstd = importlib.import_module("compression.zstd")
    layer = zstd.compress(tarred({"opt/a.so": elf()}))
    assert natives(read("x.tar", saved([layer], "arm64"))) == ["opt/a.so"]
    assert natives(read("x.tar", zstd.compress(saved([layer], "arm64")))) == ["opt/a.so"]


@pytest.mark.parametrize("packed", PACKED)
def test_bombs_are_left_whatever_packs_them(packed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LEAST_UNPACKED", 2**20)
    bomb = PACKED[packed](tarred({"opt/a.so": bytes(8 * 2**20)}))
    lock = read("x.tar", saved([bomb, tarred({"opt/b.so": elf()})], "arm64"))
    assert "more than any real one" in unread(lock)["0/layer.tar"]
    assert natives(lock) == ["opt/b.so"]
    assert "more than any real one" in refused(
        "x.tar", PACKED[packed](saved([tarred({"x": bytes(8 * 2**20)})]))
    )


def test_what_takes_much_memory_to_unpack_is_left() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]
    lock = read("x.tar", saved([lzma.compress(tarred({"opt/a.so": elf()}), filters=filters)], "arm64"))
    assert "it cannot be unpacked: " in unread(lock)["0/layer.tar"]


def test_what_is_unpacked_over_and_over_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_AGAIN", 400_000)
    layers = [tarred({f"opt/{n}.so": elf(filling=bytes(200_000))}) for n in range(4)]
    lock = read("x.tar", gzip.compress(saved(layers, "arm64")))
    assert any("unpack it first" in reason for reason in unread(lock).values())


def test_an_image_of_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_MOST_BLOBS", 3)
    assert "over 3 files" in refused("x.tar", tarred({str(number): b"" for number in range(4)}))


def test_a_header_of_the_image_that_is_larger_than_any_real_one() -> None:
    info = tarfile.TarInfo("x")
    info.size, info.type = 2**40, tarfile.XHDTYPE
    assert "larger than any real one" in refused("x.tar", info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


def test_a_layer_that_unpacks_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LEAST_UNPACKED", 4 * 2**20)
    bomb = gzip.compress(bytes(30 * 2**20), 9)
    stream = Inflating(io.BytesIO(bomb), len(bomb))
    for _ in range(4):
        assert len(stream.read(2**20)) <= 2**20
    with pytest.raises(LayerError, match="more than any real one"):
        [*iter(partial(stream.read, 2**20), b"")]


def test_a_header_that_is_larger_than_any_real_one_is_not_read_into_memory() -> None:
    info = tarfile.TarInfo("x")
    info.size, info.type = 2**40, tarfile.XHDTYPE
    lock = read("x.tar", saved([info.tobuf(tarfile.GNU_FORMAT), tarred({"opt/a.so": elf()})], "arm64"))
    assert "larger than any real one" in unread(lock)["0/layer.tar"]
    assert natives(lock) == ["opt/a.so"]


def test_a_stream_goes_back_a_little() -> None:
    data = bytes(range(256)) * 1024
    stream = Forward(io.BytesIO(data))
    stream.seek(200_000)
    stream.seek(199_999)
    assert stream.read(2) == data[199_999:200_001]
    with pytest.raises(LayerError, match="backwards"):
        stream.seek(10)


def test_sparse_members_links_and_devices_of_a_layer() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        sparse = tarfile.TarInfo("opt/sparse.so")
        sparse.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**40)}  # fmt: skip
        archive.addfile(sparse)
        for name, kind in (("opt/l.so", tarfile.SYMTYPE), ("opt/d.so", tarfile.CHRTYPE), ("opt/f.so", tarfile.FIFOTYPE)):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    lock = read("x.tar", saved([made.getvalue()]))
    assert unread(lock) == {"opt/sparse.so": "not read: it is a sparse file"}


def test_a_folder_with_links_pipes_and_what_may_not_be_read(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for path, data in (compiled("a") | {"b/real.so": elf(machine=X86)}).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)
    (site / "b/linked.so").symlink_to("real.so")
    (site / "inside").symlink_to("b")
    (site / "elsewhere").symlink_to(tmp_path)
    (site / "round").symlink_to(".")
    (site / "broken.so").symlink_to("nothing")
    os.mkfifo(site / "pipe.so")
    (site / os.fsdecode(b"odd\xff\n.so")).write_bytes(elf(machine=X86))
    (tmp_path / "named").symlink_to(site)
    lock = read_input("named", environ={}, cwd=str(tmp_path), files=Disk())
    assert lock.kind == "folder"
    assert natives(lock) == [
        "a/_core.cpython-313-aarch64-linux-gnu.so",
        "b/linked.so",
        "b/real.so",
        "odd\\udcff\\n.so",
    ]
    assert unread(lock) == {
        "broken.so": "not read: a link that leads nowhere",
        "elsewhere": "not read: a link to a folder elsewhere, which is not followed",
        "pipe.so": "not read: neither a file nor a folder",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    for path, data in installed("a", files={"a/x.so": elf()}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "a/x.so").chmod(0)
    lock = read_input(str(tmp_path), environ={}, cwd="/", files=Disk())
    assert unread(lock) == {"a/x.so": "not read: permission denied"}


SEEDS = {
    "x.zip": zipped(compiled("a") | compiled("b", machine="x86_64")),
    "x.tar": tarred(layout({"arm64": [tarred(below("opt/python", compiled("a")), packed=True)]})),
    "saved.tar": saved([tarred(below("opt/python", compiled("a")))]),
}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 255)), max_size=12),
    st.integers(0, 10**9),
    st.booleans(),
)
def test_whatever_is_broken_has_a_lock_or_an_error_of_ours(
    name: str, flips: list[tuple[int, int]], end: int, cut: bool
) -> None:
    data = bytearray(SEEDS[name])
    for place, value in flips:
        data[place % len(data)] = value
    if cut:
        del data[end % len(data) :]
    try:
        lock = read(name, bytes(data))
    except InputError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert lock.built is not None
        assert all(path.isprintable() for path in natives(lock))
        json.dumps([lock.sha256, *unread(lock)])
