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
