"""Installed environments: read from their metadata, against what the running Python says of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from archcheck.inputs import read_input
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource, VcsSource

from .locks import lacking, machine
from .projects import project, refused

SITE = "env/lib/python3.12/site-packages"


def metadata(name: str, version: str, *requires: str) -> str:
    lines = [f"Requires-Dist: {each}" for each in requires]
    return "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, "", "text"])


def environment(**files: str) -> dict[str, str]:
    return {"env/pyvenv.cfg": "version = 3.12.1\n"} | {f"{SITE}/{name}": text for name, text in files.items()}


def test_edges_roots_and_sources() -> None:
    files = environment(
        **{
            "App-1.0.dist-info/METADATA": metadata("App", "1.0", "lib[fast]>=1", "win; os_name == 'nt'"),
            "lib-2.0.dist-info/METADATA": metadata(
                "lib", "2.0", "quick; extra == 'fast'", "slow; extra == 'slow'"
            ),
            "quick-1.dist-info/METADATA": metadata("quick", "1", "arm-only; platform_machine == 'aarch64'"),
            "win-1.dist-info/METADATA": metadata("win", "1"),
            "a-1.dist-info/METADATA": metadata("a", "1", "b"),
            "b-1.dist-info/METADATA": metadata("b", "1", "a"),
            "asked-1.dist-info/METADATA": metadata("asked", "1"),
            "asked-1.dist-info/REQUESTED": "",
            "needy-1.dist-info/METADATA": metadata("needy", "1", "asked"),
            "old.egg-info/PKG-INFO": metadata("old", "1"),
            "old.egg-info/requires.txt": "lib\n\n[:os_name == 'nt']\nwin\n[x]\nquick\n",
            "tiny-1.egg-info": metadata("tiny", "1"),
            "bad-1.dist-info/METADATA": "no headers",
            "worse-1.dist-info/METADATA": metadata("worse", "one"),
            "~ip-1.dist-info/RECORD": "",
        }
    )
    lock = project(files, "env")
    assert [each.name for each in lock.requirements] == ["a", "app", "asked", "needy", "old", "tiny", "win"]
    packages = {each.name: each for each in lock.packages}
    assert [(each.name, str(each.specifier), set(each.extras)) for each in packages["app"].dependencies] == [
        ("lib", ">=1", {"fast"}),
        ("win", "", set()),
    ]
    assert {extra: [each.name for each in edges] for extra, edges in packages["lib"].optional.items()} == {
        "fast": ["quick"],
        "slow": ["slow"],
    }
    assert {extra: [each.name for each in edges] for extra, edges in packages["old"].optional.items()} == {
        "x": ["quick"]
    }
    assert [(each.text, each.reason.split(",")[0].split(":")[0]) for each in lock.skipped] == [
        ("bad-1.dist-info", "it cannot be read"),
        ("worse-1.dist-info", "it cannot be read"),
        ("~ip-1.dist-info", "it cannot be read"),
    ]
    assert lacking(lock, machine("3.12", "aarch64")) == {"arm-only"}
    assert lacking(lock, machine("3.12", "x86_64")) == set()
    assert str(lock.requires_python) == "==3.12.*"
    assert not any(each.listed for each in lock.packages)


@pytest.mark.parametrize(
    ("direct", "source"),
    [
        ('{"url": "https://me:secret@git.example/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}', VcsSource(url="git+https://git.example/x.git@abc")),
        ('{"url": "file:///src/x%20y", "dir_info": {"editable": true}}', PathSource(path="/src/x y", editable=True)),
        ('{"url": "https://me:secret@files.example/x-1.tar.gz", "archive_info": {}}', UrlSource(url="https://files.example/x-1.tar.gz")),
        ("", IndexSource()),
    ],
)  # fmt: skip
def test_where_it_came_from(direct: str, source: object) -> None:
    files = environment(**{"x-1.dist-info/METADATA": metadata("x", "1")})
    if direct:
        files[f"{SITE}/x-1.dist-info/direct_url.json"] = direct
    (package,) = project(files, "env").packages
    assert package.source == source


@pytest.mark.parametrize(
    "direct", ["{", '{"url": 3}', '{"url": "x"}', "[]", '{"url": "http://[", "vcs_info": {"vcs": "git"}}']
)
def test_a_broken_direct_url_is_said(direct: str) -> None:
    files = environment(
        **{"x-1.dist-info/METADATA": metadata("x", "1"), "y-1.dist-info/METADATA": metadata("y", "1")}
    )
    files[f"{SITE}/x-1.dist-info/direct_url.json"] = direct
    lock = project(files, "env")
    assert [each.name for each in lock.packages] == ["y"]
    assert [each.text for each in lock.skipped] == ["x-1.dist-info"]


@pytest.mark.parametrize(
    ("path", "files", "python"),
    [
        ("env", {}, "==3.12.*"),
        ("env/bin/python", {"env/bin/python": ""}, "==3.12.*"),
        (SITE, {}, "==3.12.*"),
        ("env", {"env/pyvenv.cfg": ""}, "==3.12.*"),
        ("other", {"other/x-1.dist-info/METADATA": metadata("x", "1")}, None),
        ("usr/bin/python3.11", {"usr/bin/python3.11": "", "usr/lib/python3/dist-packages/x-1.dist-info/METADATA": metadata("x", "1")}, "==3.11.*"),
    ],
)  # fmt: skip
def test_places(path: str, files: dict[str, str], python: str | None) -> None:
    there = environment(**{"x-1.dist-info/METADATA": metadata("x", "1")}) | files
    lock = project(there, path, kind="environment")
    assert [each.name for each in lock.packages] == ["x"]
    assert (str(lock.requires_python) if lock.requires_python else None) == python


def test_nothing_installed() -> None:
    assert "env: nothing is installed there; expected an interpreter" in refused(
        {"env/pyvenv.cfg": ""}, "env"
    )
    assert "gone: nothing is installed there" in refused({}, "gone", kind="environment")


def test_same_as_importlib() -> None:
    site = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    lock = read_input(str(site), "environment", environ={}, cwd="/")
    expected = {canonicalize_name(each.name): each.version for each in distributions(path=[str(site)])}
    assert {each.name: str(each.version) for each in lock.packages} == expected


def test_no_code_is_run(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (site,) = (tmp_path / "env/lib").glob("python3*/site-packages")
    site.joinpath("trap.pth").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n")
    folder = site / "x-1.dist-info"
    folder.mkdir()
    folder.joinpath("METADATA").write_text(metadata("x", "1"))
    (tmp_path / "env/bin/python").unlink()
    (tmp_path / "env/bin/python").write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    (tmp_path / "env/bin/python").chmod(0o755)
    lock = read_input("env/bin/python", "environment", environ={}, cwd=str(tmp_path))
    assert [each.name for each in lock.packages] == ["x"]
    assert not (tmp_path / "ran").exists()
