"""pdm.lock: what is read, what is refused, and the same packages as PDM exports."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.manifest.manifest import PathSource, Selection, UrlSource, VcsSource

from .locks import LOCKS, answers, holding, installed, lacking, machine, outcome, read, refused, selected

FOLDERS = sorted((LOCKS / "pdm").iterdir())
CASES = [
    (folder.name, number)
    for folder in FOLDERS
    for number in range(len(answers(folder / "answers.json")["answers"]))
]
HASH = "sha256:" + "0" * 64
META = '[metadata]\ngroups = ["default", "test"]\nstrategy = ["inherit_metadata"]\nlock_version = "4.5.0"\n'


def package(name: str, more: str = 'groups = ["default"]', version: str = "1") -> str:
    return (
        f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n{more}\n'
        f'files = [{{file = "{name}-{version}-py3-none-any.whl", hash = "{HASH}"}}]\n'
    )


@pytest.mark.parametrize(("name", "number"), CASES)
@pytest.mark.parametrize("python", ["3.11.7", "3.12.4", "3.13.1"])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_pdm_exports(name: str, number: int, python: str, architecture: str) -> None:
    folder = LOCKS / "pdm" / name
    answer = answers(folder / "answers.json")["answers"][number]
    project = (folder / "pyproject.toml").read_text(encoding="utf-8")
    text = (folder / "pdm.lock").read_bytes()
    lock = read(text, "pdm.lock", selected(answer["selection"]), **{"pyproject.toml": project})
    on = machine(python, architecture)
    covered = not lock.environments or any(on.holds(each) for each in lock.environments)
    assert covered is (name != "targets" or python != "3.11.7")
    if covered and answer.get("only", [python, architecture]) == [python, architecture]:
        assert installed(lock, on) == holding(answer["export"], on)
    assert lock.warnings == lock.skipped == ()


def test_addresses_are_there_under_static_urls() -> None:
    static = read((LOCKS / "pdm" / "static" / "pdm.lock").read_bytes(), "pdm.lock")
    inherit = read((LOCKS / "pdm" / "inherit" / "pdm.lock").read_bytes(), "pdm.lock")
    assert all(file.url.startswith("https://index.example/") for p in static.packages for file in p.files)
    assert {(p.name, f.filename, f.hashes) for p in static.packages for f in p.files} == {
        (p.name, f.filename, f.hashes) for p in inherit.packages for f in p.files
    }
    assert all(file.url == file.filename for p in inherit.packages for file in p.files)
    lines = (LOCKS / "pdm" / "inherit" / "pdm.lock").read_text(encoding="utf-8").split("\n")
    assert all(lines[p.location.line] == f'name = "{p.name}"' for p in inherit.packages)


def test_what_is_excluded_is_not_lacking() -> None:
    text = META.replace('"inherit_metadata"', "") + package("a", 'dependencies = ["b", "c"]') + package("c")
    project = '[project]\nname = "x"\ndependencies = ["a"]\n[tool.pdm.resolution]\nexcludes = ["B"]\n'
    lock = read(text, "pdm.lock", **{"pyproject.toml": project})
    assert lacking(lock, machine("3.12", "aarch64")) == set()
    everything = read(text, "pdm.lock", **{"pyproject.toml": project.replace('"B"', "")})
    assert lacking(everything, machine("3.12", "aarch64")) == {"b"}


def test_targets_are_limits() -> None:
    lock = read((LOCKS / "pdm" / "targets" / "pdm.lock").read_bytes(), "pdm.lock")
    (limit,) = lock.limits
    assert limit.startswith("the lock is for manylinux_2_28_aarch64, manylinux_2_40_x86_64 only")
    one = read(f'{META}[[metadata.targets]]\nplatform = "manylinux_2_17_x86_64"\n', "pdm.lock")
    assert [
        any(machine("3.12", each).holds(m) for m in one.environments) for each in ("x86_64", "aarch64")
    ] == [
        True,
        False,
    ]
    both = read(f'{META}[[metadata.targets]]\nplatform = "linux"\n[[metadata.targets]]\n', "pdm.lock")
    assert (both.environments, both.limits) == ((), ())
    old = read('[metadata]\nlock_version = "4.4"\nstrategy = []\n', "pdm.lock")
    assert old.limits == ("it was locked without cross_platform: for the machine that it was made on",)
    new = read('[metadata]\nlock_version = "4.4"\nstrategy = ["cross_platform"]\n', "pdm.lock")
    assert new.limits == ()


def test_groups_and_markers() -> None:
    text = META + package("a") + package("t", 'groups = ["Test"]')
    text += package("w", 'groups = ["default", "test"]\nmarker = "platform_machine == \'x86_64\'"')
    on = machine("3.12", "aarch64")
    assert set(installed(read(text, "pdm.lock"), on)) == {"a"}
    assert set(installed(read(text, "pdm.lock", Selection(groups=frozenset({"test"}))), on)) == {"a", "t"}
    assert set(installed(read(text, "pdm.lock", Selection(extras=frozenset({"test"}))), on)) == {"a", "t"}
    assert set(installed(read(text, "pdm.lock"), machine("3.12", "x86_64"))) == {"a", "w"}


def test_entries_with_extras_are_one_package() -> None:
    meta = META.replace('"inherit_metadata"', "")
    text = meta + package("u", 'dependencies = ["h>=1"]') + package("h") + package("w") + package("n")
    text += package("u", 'extras = ["Std"]\ndependencies = ["u==1", "w", "n; os_name == \'nt\'"]')
    project = '[project]\nname = "p"\nversion = "1"\ndependencies = ["u[std]"]\n'
    lock = read(text, "pdm.lock", **{"pyproject.toml": project})
    assert installed(lock, machine("3.12", "aarch64")) == {"h": "1", "u": "1", "w": "1"}
    bare = read(text, "pdm.lock", **{"pyproject.toml": project.replace("[std]", "")})
    assert installed(bare, machine("3.12", "aarch64")) == {"h": "1", "u": "1"}


def test_an_entry_with_extras_alone_is_the_package() -> None:
    both = 'groups = ["default"]\nextras = ["x"]'
    lock = read(META + package("u", both) + package("u", both.replace("x", "y")), "pdm.lock")
    assert installed(lock, machine("3.12", "aarch64")) == {"u": "1"}
    assert len(lock.packages) == 1


def test_files_of_older_locks() -> None:
    text = (
        f'[[package]]\nname = "A"\nversion = "1"\n[metadata]\nlock_version = "4.2"\ncross_platform = true\n'
        f'[metadata.files]\n"A 1" = [{{url = "https://u:p@index.example/A-1.tar.gz", hash = "{HASH}"}}]\n'
    )
    (one,) = read(text, "pdm.lock").packages
    assert [(f.filename, f.url, f.hashes) for f in one.files] == [
        ("A-1.tar.gz", "https://index.example/A-1.tar.gz", (HASH,))
    ]


SOURCES = [
    ('git = "https://u:p@git.example/o/r.git"\nref = "main"\nrevision = "abc"', VcsSource(url="git+https://git.example/o/r.git@abc")),
    ('hg = "https://hg.example/r"\nrevision = "abc"', VcsSource(url="hg+https://hg.example/r@abc")),
    ('url = "https://index.example/a-1.tar.gz"', UrlSource(url="https://index.example/a-1.tar.gz")),
    ('path = "./lib"\neditable = true', PathSource(path="/project/lib", editable=True)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), SOURCES)
def test_sources(source: str, expected: object) -> None:
    lock = read(META + package("a", f'groups = ["default"]\n{source}'), "pdm.lock")
    assert [one.source for one in lock.packages] == [expected]
    assert "p@" not in repr(lock)


def test_newer_minor_version() -> None:
    text = META.replace("4.5.0", "4.9") + package("a", 'groups = ["default"]\nshiny = 1')
    assert read(text, "pdm.lock").warnings[-1] == (
        "pdm.lock: lock_version 4.9 is newer than 4.5.0, the newest known; not read: package.shiny"
    )


REFUSED = [
    ("", "pdm.lock: metadata.lock_version: none is not supported; expected 4.0 to 4.5.0, the versions known"),
    ('[metadata]\nlock_version = "3.1"', "metadata.lock_version: '3.1' is not supported"),
    (META + package("a", version="x"), "pdm.lock:6: package[0]: invalid version"),
    (META + package("a", "groups = 3"), "package[0].groups: expected array"),
    (META + package("a", 'marker = "nonsense"'), "pdm.lock:6: package[0]: "),
    (META + package("a", 'dependencies = ["b", "^"]'), "package[0].dependencies[1]: '^' is no requirement"),
    (META + package("a", 'url = "nowhere"'), "package[0]: expected an absolute URL"),
    (META + '\n[[package]]\nname = "a"\n', "package[0].version: expected a version"),
    (META + '[[metadata.targets]]\nrequires_python = "latest"', "metadata.targets: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_refused(text: str, expected: str) -> None:
    assert expected in refused(text, "pdm.lock")


def test_groups_that_were_not_locked() -> None:
    message = refused(META, "pdm.lock", Selection(groups=frozenset({"docs"})))
    assert (
        "metadata.groups: 'docs' is not among the groups that were locked; expected one of: test" in message
    )


REAL = (LOCKS / "pdm" / "targets" / "pdm.lock").read_text(encoding="utf-8")
PIECES = [*re.findall(r"[^\n]*\n", REAL), "[", "]", '"', "= 3\n", "[[package]]\n", "\x00", "'''"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_mutated_locks_are_read_or_refused(pieces: list[str]) -> None:
    found = outcome(META + "".join(pieces), "pdm.lock")
    assert isinstance(found, InputError) or found.kind == "pdm"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(REAL) - 1), st.text(max_size=6))
def test_damaged_locks_are_read_or_refused(place: int, text: str) -> None:
    found = outcome(REAL[:place] + text + REAL[place + len(text) :], "pdm.lock")
    assert isinstance(found, InputError) or found.kind == "pdm"
