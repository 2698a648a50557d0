"""Sdists and project folders, honest and hostile."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.index.metadata import gathered, sdist
from archcheck.index.metadata.sdist import read_folder, read_sdist
from archcheck.index.model import SdistContents, Unavailable
from tests.loopback.builders import sdist_bytes

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "PKG-INFO": "Name: demo\n",
    "pyproject.toml": "[project]\n",
    "setup.py": "setup()\n",
    "setup.cfg": "[metadata]\n",
    "demo/__init__.py": "",
    "demo/setup.py": "not this one",
    "src/demo.egg-info/requires.txt": "a\n",
    "src/demo.egg-info/PKG-INFO": "not this one",
    "tests/data/setup.py": "not this one",
}
EXPECTED = SdistContents(
    names=tuple(FILES),
    pkg_info=FILES["PKG-INFO"],
    pyproject=FILES["pyproject.toml"],
    setup_py=FILES["setup.py"],
    setup_cfg=FILES["setup.cfg"],
    requires_txt="a\n",
)
TAR_MODES = {"tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz", "tar": "w"}


def tar(files: dict[str, str], *, mode: str = "w:gz", top: str = "demo-1.0/") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(top + name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def archive_of(files: dict[str, str], suffix: str, top: str = "demo-1.0/") -> bytes:
    if suffix != "zip":
        return tar(files, mode=TAR_MODES[suffix], top=top)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(top + name, text)
    return out.getvalue()


def read(data: bytes, suffix: str = "tar.gz") -> SdistContents | Unavailable:
    return read_sdist(io.BytesIO(data), f"demo-1.0.{suffix}")


@pytest.mark.parametrize("suffix", [*TAR_MODES, "zip"])
@pytest.mark.parametrize("top", ["demo-1.0/", "./demo-1.0/", "other/", ""])
def test_an_archive_is_read_back(suffix: str, top: str) -> None:
    assert read(archive_of(FILES, suffix, top), suffix) == EXPECTED


def test_a_folder_is_read_without_what_is_not_the_projects(tmp_path: Path) -> None:
    others = (
        ".git/config",
        "venv/setup.py",
        "my-env/pyvenv.cfg",
        "my-env/x.c",
        "node_modules/x.c",
        "build/x.c",
    )
    for name, text in FILES.items() | {(name, "") for name in others}:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    contents = read_folder(tmp_path)
    assert isinstance(contents, SdistContents)
    assert sorted(contents.names) == sorted(FILES)
    assert (contents.setup_py, contents.requires_txt) == (EXPECTED.setup_py, EXPECTED.requires_txt)


def test_what_is_no_folder(tmp_path: Path) -> None:
    assert isinstance(read_folder(tmp_path / "none"), Unavailable)
    (tmp_path / "file").touch()
    assert isinstance(read_folder(tmp_path / "file"), Unavailable)


def test_a_folder_of_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MAX_NAMES", 2)
    for name in "abc":
        (tmp_path / name).touch()
    answer = read_folder(tmp_path)
    assert isinstance(answer, Unavailable)
    assert "more than 2 files" in answer.reason


def test_a_byte_order_mark_is_no_part_of_a_text() -> None:
    contents = read(archive_of({"setup.py": "\ufeffsetup()", "x": ""}, "zip"), "zip")
    assert isinstance(contents, SdistContents)
    assert contents.setup_py == "setup()"


def test_the_outermost_egg_info_counts() -> None:
    files = {"demo.egg-info/SOURCES.txt": "", "tests/x.egg-info/requires.txt": "wrong"}
    contents = read(tar(files))
    assert isinstance(contents, SdistContents)
    assert contents.requires_txt is None


def with_member(**fields: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("demo-1.0/x")
        for name, value in fields.items():
            setattr(member, name, value)
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "/etc/passwd"}, "outside"),
        ({"name": "demo-1.0/../../x"}, "outside"),
        ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "outside"),
        ({"type": tarfile.SYMTYPE, "linkname": "../../x"}, "outside"),
        ({"type": tarfile.LNKTYPE, "linkname": "../x"}, "outside"),
        ({"type": tarfile.SYMTYPE, "name": "demo-1.0/setup.py", "linkname": "x"}, "is a link"),
        ({"type": tarfile.CHRTYPE}, "device"),
        ({"type": tarfile.FIFOTYPE}, "device"),
        ({"name": "demo-1.0/setup.py", "size": gathered.MAX_TEXT + 1}, "larger than"),
        ({"type": tarfile.XHDTYPE, "size": 2**20 + 1}, "extension header"),
        ({"type": tarfile.GNUTYPE_LONGNAME, "size": 2**20 + 1}, "extension header"),
    ],
)
def test_hostile_members_refuse_the_archive(fields: dict[str, object], words: str) -> None:
    answer = read(with_member(**fields))
    assert isinstance(answer, Unavailable)
    assert words in answer.reason


def test_links_inside_of_the_archive_are_no_harm() -> None:
    contents = read(with_member(type=tarfile.SYMTYPE, name="demo-1.0/a/x", linkname="../b"))
    assert isinstance(contents, SdistContents)
    assert contents.names == ("a/x",)


def test_a_bomb_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdist, "MAX_UNPACKED", 2**20)
    answer = read(with_member(size=2**21))
    assert isinstance(answer, Unavailable)
    assert "unpacks to more than" in answer.reason


@pytest.mark.parametrize("suffix", ["tar.gz", "zip"])
def test_too_many_names(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MAX_NAMES", 3)
    answer = read(archive_of(FILES, suffix), suffix)
    assert isinstance(answer, Unavailable)
    assert "more than 3 files" in answer.reason


def test_a_zip_with_a_file_without_a_name() -> None:
    """Python 3.11's `ZipInfo.is_dir` takes the last letter of the name."""
    data = archive_of({"setup.py": "", "y": ""}, "zip", top="")
    at = data.rindex(b"PK\x01\x02")
    nameless = data[: at + 28] + bytes(2) + data[at + 30 : at + 46] + data[at + 47 :]
    end = nameless.rindex(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - 1
    nameless = nameless[: end + 12] + size.to_bytes(4, "little") + nameless[end + 16 :]
    assert zipfile.ZipFile(io.BytesIO(nameless)).namelist() == ["setup.py", ""]
    assert isinstance(read(nameless, "zip"), SdistContents | Unavailable)


def test_a_zip_that_points_outside() -> None:
    assert isinstance(read(archive_of({"../x": ""}, "zip", top=""), "zip"), Unavailable)


@pytest.mark.parametrize("suffix", ["tar.gz", "tar.bz2", "tar.xz", "zip", "tar"])
def test_every_truncation_is_noticed_or_loses_nothing(suffix: str) -> None:
    data = archive_of(FILES, suffix)
    for end in range(0, len(data), 97):
        answer = read(data[:end], suffix)
        assert isinstance(answer, Unavailable) or (suffix == "tar" and isinstance(answer, SdistContents)), end


@pytest.mark.parametrize("filename", ["demo-1.0.tar.Z", "demo-1.0.rar", "demo"])
def test_archives_of_other_kinds(filename: str) -> None:
    assert isinstance(read_sdist(io.BytesIO(b""), filename), Unavailable)


@given(st.binary(), st.sampled_from([*TAR_MODES, "zip"]), st.integers(min_value=0, max_value=4000))
def test_damage_raises_nothing(noise: bytes, suffix: str, at: int) -> None:
    data = archive_of(FILES, suffix)
    for damaged in (noise, data[:at] + noise + data[at + len(noise) :]):
        assert isinstance(read(damaged, suffix), SdistContents | Unavailable)


@given(st.binary(max_size=600), st.integers(min_value=0, max_value=4000))
def test_damage_below_the_compression_raises_nothing(noise: bytes, at: int) -> None:
    data = tar(FILES, mode="w")
    assert isinstance(read(gzip.compress(data[:at] + noise + data[at:])), SdistContents | Unavailable)


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
@pytest.mark.parametrize("subdirectory", ["libs/demo", "./libs/demo", "libs/demo/"])
def test_a_subdirectory(suffix, subdirectory):
    inside = {
        "libs/demo/pyproject.toml": b"[project]",
        "libs/demo/src/demo.c": b"",
        "libs/demo2/setup.py": b"other",
        "setup.py": b"top",
    }
    data = io.BytesIO(sdist_bytes("mono-1.0", inside, suffix))
    found = read_sdist(data, f"mono{suffix}", subdirectory)
    assert sorted(found.names) == ["pyproject.toml", "src/demo.c"]
    assert (found.pyproject, found.setup_py) == ("[project]", None)


@pytest.mark.parametrize("subdirectory", ["libs/none", "../libs/demo", "/etc"])
def test_a_subdirectory_that_is_not_there(subdirectory):
    data = io.BytesIO(sdist_bytes("mono-1.0", {"libs/demo/setup.py": b""}, ".tar.gz"))
    assert "it has no folder" in read_sdist(data, "mono.tar.gz", subdirectory).reason


ELF = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9) + b"\x03\0\x3e\0" + bytes(44)


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_programs_and_the_modules_beside_setup_py_are_read(suffix):
    inside = {
        "setup.py": b"import setupinfo",
        "setupinfo.py": b"x = 1",
        "demo/inner.py": b"not beside it",
        "bin/tool": ELF,
        "bin/tool.txt": ELF,
        "lib/libx.so.1": b"",
        "long.py": b"#" * (gathered.MAX_HELPER + 1),
    }
    found = read_sdist(io.BytesIO(sdist_bytes("demo-1.0", inside, suffix)), f"demo-1.0{suffix}")
    assert found.helpers == (("setupinfo.py", "x = 1"),)
    assert [(file.path, file.format, file.machine, file.size) for file in found.natives] == [
        ("bin/tool", "elf", "x86_64", len(ELF))
    ]


def test_a_link_in_the_place_of_a_helper_is_no_harm():
    contents = read(with_member(type=tarfile.SYMTYPE, name="demo-1.0/helper.py", linkname="x"))
    assert contents.helpers == ()


def blown(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Return a gzipped tar of headers as they stand: tarfile itself would not write them."""
    return gzip.compress(b"".join(head.tobuf(tarfile.USTAR_FORMAT) + data for head, data in members))


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.type, head.size = kind, size
    return head


def record(key: str, value: str) -> bytes:
    """Return a pax record, which begins with its own length."""
    length = len(key) + len(value) + 3
    while len(f"{length} {key}={value}\n") != length:
        length += 1
    return f"{length} {key}={value}\n".encode()


def block(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def test_a_small_bomb_ends_long_before_the_bound(monkeypatch):
    read_bytes = []
    monkeypatch.setattr(sdist, "_SMALL", 2**20)
    monkeypatch.setattr(sdist._Bounded, "read", counted(sdist._Bounded.read, read_bytes))
    answer = read(with_member(size=2**26))
    assert "more than 100 times its size" in answer.reason
    assert sum(read_bytes) < 2**24


def counted(method, into):
    def read_and_count(self, count):
        data = method(self, count)
        into.append(len(data))
        return data

    return read_and_count


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE])
def test_folders_and_links_count_as_well(kind, monkeypatch):
    monkeypatch.setattr(gathered, "MAX_NAMES", 3)
    assert (
        "more than 3 files" in read(blown(*[(header(f"demo-1.0/{n}", kind), b"") for n in range(9)])).reason
    )


def test_members_are_not_kept_by_tarfile(monkeypatch):
    kept = []

    class Watched(tarfile.TarFile):
        def next(self):
            kept.append(len(self.members))
            return super().next()

    monkeypatch.setattr(tarfile, "open", Watched.open)
    assert isinstance(read(blown(*[(header(f"demo-1.0/{n}"), b"") for n in range(50)])), SdistContents)
    assert max(kept) <= 1


def test_names_as_long_as_headers_allow(monkeypatch):
    monkeypatch.setattr(gathered, "MAX_NAMED", 10_000)
    long = record("path", "demo-1.0/" + "x" * 3_000)
    members = [(header("pax", tarfile.XHDTYPE, len(long)), block(long)), (header("demo-1.0/x"), b"")]
    assert "longer than 10000 characters" in read(blown(*(members * 9))).reason


def test_global_headers_without_end(monkeypatch):
    monkeypatch.setattr(sdist, "_MAX_HEADERS", 10_000)
    members = []
    for number in range(9):
        said = record(f"k{number}", "v" * 3_000)
        members.append((header("pax", tarfile.XGLTYPE, len(said)), block(said)))
    assert "more global headers" in read(blown(*members)).reason


def test_a_sparse_member_is_as_large_as_it_says():
    said = b"".join(
        record(f"GNU.sparse.{key}", value)
        for key, value in {
            "major": "1",
            "minor": "0",
            "name": "demo-1.0/setup.py",
            "realsize": str(2**40),
        }.items()
    )
    answer = read(
        blown(
            (header("pax", tarfile.XHDTYPE, len(said)), block(said)),
            (header("GNUSparseFile.0/x", size=512), block(b"1\n0\n0\n")),
        )
    )
    assert "larger than" in answer.reason


def test_texts_without_end(monkeypatch):
    monkeypatch.setattr(gathered, "MAX_TEXTS", 1_000)
    files = {f"x{number}.egg-info/requires.txt": "a" * 300 for number in range(9)}
    assert "the texts in it are larger than 1000 bytes" in read(tar(files)).reason


def test_a_zip_with_a_table_of_contents_that_no_sdist_has(monkeypatch):
    monkeypatch.setattr(sdist, "_MAX_DIRECTORY", 500)
    answer = read(archive_of({f"{number}": "" for number in range(99)}, "zip"), "zip")
    assert "table of contents" in answer.reason
