"""`make advisories`, against the loopback index: what it says of entries that name what is not there."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from archcheck.data.advisories import Advisory
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from tests import advisories as script
from tests.loopback.failures import Failure
from tests.patience import PATIENCE

ARM, X86, ANY = "cp313-cp313-manylinux_2_17_aarch64", "cp313-cp313-manylinux_2_17_x86_64", "py3-none-any"
LOOKED_AT = "2 is newer than 1.1 (looked at on 2026-11-23); "


@pytest.fixture
def demo(store):
    store.add("demo", "1.0", wheels=[X86, "1-" + ARM], sdist=True)
    store.add("demo", "1.1", wheels=[X86], sdist=True)
    store.add("demo", "2", wheels=[X86, ARM])
    store.add("demo", "3a1", wheels=[ARM])
    store.add("demo", "4", wheels=[ARM], yanked=True)
    store.add("source", "1.0", sdist=True)
    store.add("source", "1.1", wheels=[ANY])
    return store


@pytest.fixture
def check(demo, index, monkeypatch, tmp_path):
    """Return what is wrong, and what is newer, with one advisory of these fields."""

    def checked(name="demo", newest="2", **fields):
        one = Advisory(
            effect="limited",
            says="it is slow",
            source="https://forge.example/1",
            checked=date(2026, 11, 23),
            newest=newest,
            **fields,
        )
        monkeypatch.setattr(script, "advisories", lambda _: (one,))
        settings = IndexSettings(index_url=index.url.rstrip("/"), timeout=PATIENCE, retries=0)
        with IndexClient(settings, Cache(tmp_path, mode="off")) as client:
            return script.checked([name], client)

    return checked


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"versions": "<2"}, []),
        ({"versions": "==1.0"}, []),
        ({"versions": "==1.0", "files": ("demo-1.0-1-*",)}, []),
        ({"versions": "==1.0", "files": ("*-any.whl",)}, ["1.0 has no file", "no version has a file"]),
        ({"versions": "==1.1"}, ["1.1 has no file", "no version has a file"]),
        ({"versions": ">=1.1"}, ["1.1 has no file"]),
        ({"versions": "<1.2"}, ["<1.2: there is no such version"]),
        ({"versions": ">=0.9,<2"}, [">=0.9: there is no such version"]),
        ({"versions": "<2", "newest": "1.9"}, ["newest: there is no version 1.9"]),
        ({"name": "source", "newest": "1.1"}, []),
        ({"name": "source", "versions": "==1.0", "newest": "1.1"}, []),
        ({"name": "absent"}, ["is on no index"]),
    ],
)
def test_what_is_not_there_is_named(check, fields, said):
    wrong, _ = check(**fields)
    assert len(wrong) == len(said)
    assert all(part in line for part, line in zip(said, wrong, strict=True))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, []),  # 3a1 is a prerelease, and 4 yanked
        ({"newest": "1.1"}, [f"demo (all versions): {LOOKED_AT}this is said of it as well"]),
        ({"newest": "1.1", "versions": "<2"}, [f"demo <2: {LOOKED_AT}this is not said of it"]),
        (
            {"newest": "1.1", "files": ("demo-1.0-*",)},
            [f"demo (all versions): {LOOKED_AT}this is not said of it"],
        ),
    ],
)
def test_what_was_released_since_is_told_and_is_no_fault(check, fields, said):
    wrong, newer = check(**fields)
    assert (wrong, newer) == ([], said)


def test_an_index_that_does_not_answer_is_a_fault(check, index):
    index.fail(Failure(pattern="/simple/demo/", status=503))
    (line,), newer = check()
    assert "503" in line
    assert newer == []


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["advisories", *arguments])
    return script.main()


def test_the_index_is_asked_once_for_each_package(demo, index, monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    demo.add("faiss-cpu", "1.9.0", wheels=[X86])
    assert run(monkeypatch, "faiss-cpu", "lief") == 1
    assert sorted(index.paths) == ["/simple/faiss-cpu/", "/simple/lief/"]
    told = capsys.readouterr().out
    assert "faiss-cpu >=1.9,<1.12: <1.12: there is no such version" in told
    assert "lief: is on no index" in told


def test_a_package_without_advisories_is_refused(monkeypatch, capsys):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "requests")
    assert ended.value.code == 2
    assert "no advisory is about requests" in capsys.readouterr().err
