"""`archcheck doctor`: what it finds of an installation, and what is wrong with one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from archcheck import __version__
from archcheck.cli.setup.examined.installation import EXTRAS, rivals, shadows
from archcheck.toml import parse_toml
from tests.cli.running import REPOSITORY
from tests.loopback.failures import server_error

PROJECT = parse_toml((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(autouse=True)
def _no_other_module(monkeypatch):
    """Take away other checkouts that tests may run beside."""
    kept = [each for each in sys.path if Path(each) == REPOSITORY or not (Path(each) / "archcheck").exists()]
    monkeypatch.setattr(sys, "path", kept)


def found(done):
    """Return what a run said, by what it is about: state and text."""
    document = json.loads(done.out)
    assert done.code == (0 if document["well"] else 1)
    return {each["about"]: (each["state"], each["text"]) for each in document["found"]}


def test_all_is_well(archcheck, index, store):
    store.add("pip", "26.0", wheels=["py3-none-any"])
    said = found(archcheck("doctor", "--json"))
    assert [about for about, (state, _) in said.items() if state == "bad"] == []
    assert __version__ in said["archcheck"][1]
    place = index.url.split("/")[2]
    assert said[f"index {place}"] == ("ok", "answers")
    assert place in said["settings of pip"][1]
    assert str(archcheck.folder / ".cache") in said["cache"][1]
    assert len(index.log) == 1


def test_for_people_it_is_a_line_each(archcheck):
    done = archcheck("doctor", "--offline")
    assert (done.code, done.err) == (0, "")
    assert {line[:2] for line in done.out.splitlines()} <= {"✓ ", "– ", "  "}


def test_offline_nothing_is_asked(archcheck, index):
    said = found(archcheck("doctor", "--offline", "--json"))
    assert [about for about in said if about.startswith("index ")] == []
    assert index.log == []


def test_an_index_without_pip_answers_all_the_same(archcheck, index):
    said = found(archcheck("doctor", "--json"))
    assert said[f"index {index.url.split('/')[2]}"] == ("note", "answers, and has no project pip")


def test_an_index_that_does_not_answer(archcheck, index):
    index.fail(server_error("/simple/*", status=403, times=None))
    said = found(archcheck("doctor", "--json"))
    state, text = said[f"index {index.url.split('/')[2]}"]
    assert (state, "403" in text) == ("bad", True)


def test_no_password_is_shown(archcheck, index):
    address = index.url.replace("http://", "http://user:s3cr3t@")
    environ = {
        "PIP_INDEX_URL": address,
        "UV_DEFAULT_INDEX": address,
        "PIP_PROXY": "http://me:s3cr3t@127.0.0.1:9",
    }
    for flags in ([], ["--json"]):
        done = archcheck("doctor", "--offline", *flags, environ=environ)
        assert done.code == 0
        assert "s3cr3t" not in done.out + done.err
        assert index.url.split("/")[2] in done.out


@pytest.mark.parametrize(
    ("environ", "about"),
    [
        ({"PIP_CERT": "/there/is/none.pem"}, "certificates for pip"),
        ({"PIP_TIMEOUT": "soon"}, "settings of pip"),
        ({"UV_HTTP_TIMEOUT": "soon"}, "settings of uv"),
        ({"ARCHCHECK_CACHE_DIR": "{file}"}, "cache"),
        ({"ARCHCHECK_CACHE_DIR": "{file}/below"}, "cache"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_looked_at(archcheck, environ, about):
    file = archcheck.write("file", "")
    told = {name: value.format(file=file) for name, value in environ.items()}
    said = found(archcheck("doctor", "--offline", "--json", environ=told))
    assert {each for each, (state, _) in said.items() if state == "bad"} == {about}
    assert {"archcheck", "Python", "cache"} <= set(said)


def test_another_distribution_with_a_module_of_our_name():
    ours, other = (
        {"archcheck": ["wheel-archcheck"]},
        {"archcheck": ["wheel-archcheck", "Archcheck", "archcheck"], "x": ["y"]},
    )
    assert list(rivals(ours)) == list(rivals({})) == []
    (each,) = rivals(other)
    assert (each.state, each.text.startswith("archcheck is another program")) == ("bad", True)
    assert "pip uninstall archcheck wheel-archcheck" in each.text


@pytest.mark.parametrize("file", ["top_level.txt", "RECORD"])
def test_it_is_found_by_what_it_has_installed(archcheck, monkeypatch, tmp_path, file):
    """The other program's files, as two generations of installers list them."""
    folder = tmp_path / "site-packages" / "archcheck-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: archcheck\nVersion: 1.0\n")
    text = {"top_level.txt": "archcheck\n", "RECORD": "archcheck/__init__.py,,\narchcheck/cli.py,,\n"}
    (folder / file).write_text(text[file])
    (folder.parent / "archcheck").mkdir()
    for name in ("__init__.py", "cli.py"):  # from Python 3.12 on, what RECORD lists counts if it is there
        (folder.parent / "archcheck" / name).touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder.parent)])
    done = archcheck("doctor", "--offline")
    assert done.code == 1
    assert "pip uninstall archcheck wheel-archcheck" in " ".join(done.out.split())


def test_another_module_of_our_name_on_the_path(tmp_path):
    for name in ("ours", "package", "module", "data"):
        (tmp_path / name).mkdir()
    for name in ("ours", "package", "data"):
        (tmp_path / name / "archcheck").mkdir()
    for name in ("ours", "package"):
        (tmp_path / name / "archcheck" / "__init__.py").touch()
    (tmp_path / "module" / "archcheck.py").touch()
    (tmp_path / "link").symlink_to("ours")
    path = [str(tmp_path / name) for name in ("ours", "link", "data", "package", "module", "package", "gone")]
    told = [each.text for each in shadows(path, tmp_path / "ours" / "archcheck")]
    assert [each.partition(os.fspath(tmp_path))[2].split(";")[0] for each in told] == [
        "/package/archcheck",
        "/module/archcheck.py",
    ]


def test_every_extra_is_looked_for():
    assert set(EXTRAS) == set(PROJECT["optional-dependencies"])
    assert PROJECT["name"] == "wheel-archcheck"
