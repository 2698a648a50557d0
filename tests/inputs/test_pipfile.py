"""Pipfile and Pipfile.lock: what is read, what is refused, and the same packages as pipenv lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from archcheck.errors import InputError
from archcheck.inputs import read_input
from archcheck.manifest.manifest import PathSource, Selection, UrlSource, VcsSource

from .locks import LOCKS, answers, installed, lacking, machine, outcome, read, refused, selected
from .reading import FakeFiles

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Manifest

FOLDER = LOCKS / "pipenv" / "web"
ANSWERS = answers(FOLDER / "answers.json")["answers"]
DEV = Selection(groups=frozenset({"dev"}))
HASH = "sha256:" + "0" * 64


def pipfile(text: str, selection: Selection | None = None, **environ: str) -> Manifest:
    files = FakeFiles({"/project/Pipfile": text})
    return read_input("Pipfile", environ=environ, cwd="/project", files=files, selection=selection)


def lock_text(default: object, develop: object = None, **meta: object) -> str:
    document = {"_meta": {"pipfile-spec": 6, **meta}, "default": default, "develop": develop or {}}
    return json.dumps(document, indent=4)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["command"])
@pytest.mark.parametrize("python", ["3.11.9", "3.12.4"])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_pipenv_lists(answer, python: str, architecture: str) -> None:
    project = (FOLDER / "Pipfile").read_text(encoding="utf-8")
    lock = read(
        (FOLDER / "Pipfile.lock").read_bytes(), "Pipfile.lock", selected(answer["selection"]), Pipfile=project
    )
    on = machine(python, architecture)
    stated = [Requirement(line) for line in answer["export"]]
    held = [
        one for one in stated if one.marker is None or one.marker.evaluate({**on.environment, "extra": ""})
    ]
    assert installed(lock, on) == {
        one.name: str(one.specifier).removeprefix("==") for one in held if one.specifier
    }
    assert lacking(lock, on) == {one.name for one in held if not one.specifier} == {"pywin32"}


def test_hashes_lines_and_sources() -> None:
    text = (FOLDER / "Pipfile.lock").read_text(encoding="utf-8")
    stated = json.loads(text)
    lock = read(text, "Pipfile.lock", DEV)
    assert {str(p.name): list(p.hashes) for p in lock.packages} == {
        name: entry["hashes"]
        for category in ("default", "develop")
        for name, entry in stated[category].items()
        if "hashes" in entry
    }
    assert not any(p.listed or p.files for p in lock.packages)
    lines = text.split("\n")
    assert all(lines[p.location.line - 1].strip() == f'"{p.name}": {{' for p in lock.packages)
    assert lock.options.index_url == "https://index.example/simple"
    assert str(lock.requires_python) == "==3.11.*"
    assert "only another architecture needs" in lock.limits[0]
    assert "every package is taken as a direct dependency" in lock.warnings[0]


def test_the_pipfile_tells_what_is_direct() -> None:
    text = lock_text({"a": {"version": "==1"}, "b": {"version": "==2"}})
    lock = read(text, "Pipfile.lock", Pipfile='[packages]\nA = ">=1"\nc = "*"\n')
    assert [(one.name, str(one.specifier), one.location.line) for one in lock.requirements] == [
        ("a", ">=1", 2),
        ("c", "", 3),
    ]
    assert lacking(lock, machine("3.12", "aarch64")) == {"c"}
    assert installed(lock, machine("3.12", "aarch64")) == {"a": "1", "b": "2"}


def test_sources_of_packages() -> None:
    entries = {
        "g": {"git": "https://u:secret@git.example/o/r.git", "ref": "abc"},
        "h": {"hg": "https://hg.example/r", "ref": "abc"},
        "u": {"file": "https://u:secret@index.example/u-1.tar.gz", "hashes": [HASH]},
        "p": {"path": "./lib", "editable": True},
        "i": {"version": "==1", "index": "corp"},
        "j": {"version": "==1", "index": "main"},
    }
    indexes = [
        {"name": "main", "url": "https://index.example/simple"},
        {"name": "corp", "url": "https://${H}/corp"},
    ]
    text = lock_text(entries, sources=indexes)
    files = FakeFiles({"/project/Pipfile.lock": text})
    lock = read_input("Pipfile.lock", environ={"H": "corp.example"}, cwd="/project", files=files)
    assert {str(p.name): p.source for p in lock.packages[:4]} == {
        "g": VcsSource(url="git+https://git.example/o/r.git@abc"),
        "h": VcsSource(url="hg+https://hg.example/r@abc"),
        "u": UrlSource(url="https://index.example/u-1.tar.gz"),
        "p": PathSource(path="/project/lib", editable=True),
    }
    assert [file.filename for file in lock.packages[2].files] == ["u-1.tar.gz"]
    assert lock.options.package_indexes == (("i", "https://corp.example/corp"),)
    assert "secret" not in repr(lock)


def test_pipfile() -> None:
    text = """[[source]]
url = "https://index.example/simple"
name = "main"
verify_ssl = true

[packages]
a = "*"
B = {version = "~=1.2", extras = ["X_Y"], markers = "python_version > '3.8'", sys_platform = "== 'linux'"}
"c.d" = "==1"
e = "2.0"
f = {path = "./f", editable = true}

[dev-packages]
t = ">=1"

[docs]
s = "*"

[requires]
python_version = "3.12"

[pipenv]
allow_prereleases = true
"""
    found = pipfile(text)
    assert [(r.name, sorted(r.extras), str(r.specifier), r.location.line) for r in found.requirements] == [
        ("a", [], "", 7),
        ("b", ["x-y"], "~=1.2", 8),
        ("c-d", [], "==1", 9),
        ("e", [], "==2.0", 10),
        ("f", [], "", 11),
    ]
    holds = machine("3.12", "aarch64").holds(found.requirements[1].marker)
    assert (holds, found.requirements[4].source) == (True, PathSource(path="/project/f", editable=True))
    assert (str(found.requires_python), found.options.pre) == ("==3.12.*", True)
    assert [r.name for r in pipfile(text, DEV).requirements][-1] == "t"
    assert [r.name for r in pipfile(text, Selection(groups=frozenset({"docs"}))).requirements][-1] == "s"


REFUSED_PIPFILES = [
    ("[packages]\na = 3\n", "Pipfile:2: packages.a: expected object"),
    ('[packages]\na = "^1"\n', "Pipfile:2: packages.a: '^1' is no version; expected PEP 440, or '*'"),
    ('[packages]\na = {markers = "nonsense"}\n', "Pipfile:2: packages.a: "),
    ('[packages]\na = {sys_platform = "linux"}\n', "Pipfile:2: packages.a: "),
    ('[packages]\n"a b" = "*"\n', "Pipfile:2: packages.a b: "),
    ("packages = 3\n", "packages: expected a table of packages"),
    ("[[source]]\nurl = 3\n", "[[source]], [requires]: expected str"),
    ('[requires]\npython_version = "new"\n', "'new' is no version of Python"),
    ("[packages\n", "not TOML: "),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED_PIPFILES)
def test_refused_pipfiles(text: str, expected: str) -> None:
    assert expected in refused(text, "Pipfile")


REFUSED_LOCKS = [
    ("", "Pipfile.lock: not a JSON object: "),
    ("[]", "not a JSON object: "),
    ("{}", "_meta: expected object"),
    (
        '{"_meta": {"pipfile-spec": 7}}',
        "_meta.pipfile-spec: 7 is not supported; expected 6, the version known",
    ),
    (lock_text([]), "default: expected an object of packages"),
    (lock_text({"a": {"version": ">=1"}}), "Pipfile.lock:6: default.a: version: '>=1'; expected a pin"),
    (lock_text({"a": {"version": "==1", "markers": "nonsense"}}), "Pipfile.lock:6: default.a: "),
    (lock_text({"a": {"version": "==1", "hashes": 3}}), "Pipfile.lock:6: default.a: expected array"),
    (lock_text({}, requires={"python_version": "new"}), "_meta.requires: 'new' is no version of Python"),
    ('{"_meta": ' + "[" * 100_000, "not a JSON object: "),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED_LOCKS)
def test_refused_locks(text: str, expected: str) -> None:
    assert expected in refused(text, "Pipfile.lock")


@pytest.mark.parametrize("name", ["Pipfile", "Pipfile.lock"])
def test_unknown_categories(name: str) -> None:
    text = "[packages]\n" if name == "Pipfile" else lock_text({})
    assert "no category 'docs'; expected one of: " in refused(
        text, name, Selection(groups=frozenset({"docs"}))
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["==1", "*", "os_name == 'nt'"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "markers", "hashes", "git", "file", "a", ""]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.dictionaries(st.sampled_from(["sources", "requires", "x"]), VALUES, max_size=2))
def test_any_json_is_read_or_refused(value: object, meta: dict[str, object]) -> None:
    found = outcome(lock_text({"a": value, "b": {"version": "==1"}}, value, **meta), "Pipfile.lock", DEV)
    assert isinstance(found, InputError) or found.kind == "pipfile-lock"


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
    st.sampled_from(["Pipfile", "Pipfile.lock"]),
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    found = outcome(data, name)
    assert isinstance(found, InputError) or found.kind == "pipfile"
