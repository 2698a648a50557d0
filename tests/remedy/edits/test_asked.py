"""What a plan asks to be written, where: the lines that state a package, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcheck.manifest.lock import Lock, LockedDependency
from archcheck.manifest.manifest import Location
from archcheck.model import Change, Plan
from archcheck.platforms.targets import parse_target
from archcheck.remedy.edits.asked import asked_by
from archcheck.remedy.edits.model import Addition, Edit, Setting
from tests.inputs.projects import project
from tests.inputs.reading import read

if TYPE_CHECKING:
    from archcheck.manifest.manifest import Manifest
    from archcheck.remedy.edits.asked import Asked

HASH = f"sha256:{'0' * 64}"


def moved(package: str, to: str, specifier: str = "", **more: object) -> Change:
    more = {"kind": "version", "from_": "1.0", **more}
    return Change(package=package, to=to, specifier=specifier or f"=={to}", **more)


def asked(manifest: Manifest | Lock, *changes: Change, **more: object) -> Asked:
    machine = parse_target("debian12:python3.12").on("aarch64")
    return asked_by(
        Plan(rank=1, verified=True, changes=changes),
        manifest,
        holds=machine.holds,
        hashes=lambda name, version: (f"sha256:{name}-{version}",),
        **more,
    )


def requirements(text: str, **others: str) -> Manifest:
    from msgspec.structs import replace

    return replace(
        read(text, **{name.replace("_", "."): each for name, each in others.items()}), kind="requirements"
    )


def edits(found: Asked) -> dict[str, list[tuple[int, str]]]:
    assert found.refused == []
    return {path: [(each.line, each.specifier) for each in of] for path, of in found.edits.items()}


@pytest.mark.parametrize(
    ("text", "others", "change", "expected"),
    [
        ("a\nb==1.0\n", {}, moved("b", "1.1"), {"r.txt": [(2, "==1.1")]}),
        ("-r m.txt\nb\n", {"m_txt": "#\nb==1.0"}, moved("b", "1.1"), {"m.txt": [(2, "==1.1")]}),
        ("-c m.txt\nb\n", {"m_txt": "b<1.1"}, moved("b", "1.1", ">=1.1"), {"m.txt": [(1, ">=1.1")]}),
        ("b==1.0\nb<1.1\n", {}, moved("b", "1.1", ">=1.1"), {"r.txt": [(1, "==1.1"), (2, ">=1.1")]}),
        ("b<2\n", {}, moved("b", "1.1", "<=1.1"), {"r.txt": [(1, "<=1.1")]}),
        (
            "b==1.0; sys_platform == 'win32'\nb==1.0; sys_platform != 'win32'\n",
            {},
            moved("b", "1.1"),
            {"r.txt": [(2, "==1.1")]},
        ),
        ("-r m.txt\n-r m.txt\n", {"m_txt": "b==1.0"}, moved("b", "1.1"), {"m.txt": [(1, "==1.1")]}),
    ],
)
def test_the_lines_that_shut_it_out_change(text, others, change, expected):
    assert edits(asked(requirements(text, **others), change)) == expected


def test_hashes_are_asked_for_where_a_line_lists_some():
    found = asked(requirements(f"b==1.0 --hash={HASH}\n"), moved("b", "1.1"))
    assert [each.hashes for each in found.edits["r.txt"]] == [("sha256:b-1.1",)]
    assert asked(requirements("b==1.0\n"), moved("b", "1.1")).edits["r.txt"][0].hashes == ()


def test_what_the_settings_of_the_user_name_is_not_edited():
    found = asked(requirements("-c m.txt\nb\n", m_txt="b<1.1"), moved("b", "1.1"), outside=("m.txt",))
    assert found.edits == {}
    assert "not of this project" in found.refused[0]


def test_by_name_and_not_by_its_address():
    manifest = requirements("b @ https://index.example/b-1.0-cp312-cp312-linux_x86_64.whl\n")
    (edit,) = asked(manifest, moved("b", "1.0", via="by name, not by URL")).edits["r.txt"]
    assert (edit.by_name, edit.specifier) == (True, "==1.0")


@pytest.mark.parametrize(
    ("text", "others", "path"),
    [
        ("a\n", {}, "r.txt"),
        ("a\n-c m.txt\n", {"m_txt": "c<2"}, "m.txt"),
        (f"a==1 --hash={HASH}\n-c m.txt\n", {"m_txt": "c<2"}, "r.txt"),
    ],
)
def test_a_bound_goes_where_bounds_are_kept(text, others, path):
    change = moved("b", "1.1", "<=1.1", kind="constraint", via="a")
    found = asked(requirements(text, **others), change)
    (bound,) = found.additions.pop(path)
    assert found.additions == {}
    assert isinstance(bound, Addition)
    assert (bound.name, bound.specifier, bound.why) == (
        "b",
        "<=1.1",
        "b is bounded for aarch64, brought in by a",
    )
    assert bool(bound.hashes) == ("--hash" in text)


REPLACED = moved("b", "c[x]>=3", ">=3", kind="replace", from_="b==1.0", code=True)


def test_a_replacement_takes_the_place_of_every_line():
    found = asked(requirements("b==1.0\nb; sys_platform == 'win32'\n"), REPLACED)
    assert found.edits == {"r.txt": [Edit(name="b", line=1, becomes="c[x]>=3")]}
    assert found.by_hand == ["change your code with it: c[x]>=3 takes the place of b"]


def test_a_replacement_that_is_there_already_leaves_the_line_out():
    found = asked(requirements("b==1.0\nc>=3\n"), REPLACED)
    assert found.edits == {"r.txt": [Edit(name="b", line=1, becomes="")]}


def test_what_moves_the_replacement_on_is_one_change_with_it():
    manifest = requirements(f"b==1.0 --hash={HASH}\n")
    found = asked(manifest, REPLACED, moved("c", "3.2"))
    assert found.edits == {"r.txt": [Edit(name="b", line=1, becomes="c[x]==3.2", hashes=("sha256:c-3.2",))]}
    ranged = asked(requirements("b==1.0\n"), REPLACED, moved("c", "3.2", "<=3.2,>=3"))
    assert [each.becomes for each in ranged.edits["r.txt"]] == ["c[x]>=3,<=3.2"]
    assert "is no pin" in asked(manifest, REPLACED).refused[0]


def test_what_no_file_says_is_done_by_hand():
    target = Change(kind="target", package="", from_="debian12:python3.12", to="debian12:python3.13")
    build = Change(kind="build", package="b", from_="1.0", to="1.0", via="a C compiler")
    assert asked(requirements("b==1.0\n"), target, build).by_hand == [
        "deploy on debian12:python3.13 instead of debian12:python3.12",
        "build b 1.0 for aarch64; a C compiler",
    ]


def test_a_source_that_is_said_elsewhere_is_not_guessed_at():
    text = (
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["b"]\n'
        '[tool.uv.sources]\nb = {url = "https://index.example/b-1.0-py3-none-any.whl"}\n'
    )
    manifest = project({"pyproject.toml": text}, "pyproject.toml")
    found = asked(manifest, moved("b", "1.1", via="by name, not by URL"))
    assert found.edits == {}
    assert "where b comes from is said elsewhere" in found.refused[0]


def lock(kind: str, path: str, *edges: LockedDependency) -> Lock:
    return Lock(path=path, kind=kind, sha256="", requirements=edges)


LOCKED = moved("b", "1.1", kind="lock")
BEYOND = moved("b", "1.1")
TWO = moved("c", "2.0", kind="lock")


@pytest.mark.parametrize(
    ("kind", "path", "changes", "commands"),
    [
        ("uv", "uv.lock", (LOCKED, TWO), ["uv lock --upgrade-package b==1.1 --upgrade-package c==2.0"]),
        ("uv", "uv.lock", (BEYOND,), ["uv lock --upgrade-package b==1.1"]),
        ("poetry", "poetry.lock", (LOCKED, TWO), ["poetry update b", "poetry update c"]),
        ("poetry", "poetry.lock", (BEYOND, TWO), ["poetry lock", "poetry update c"]),
        ("pdm", "pdm.lock", (BEYOND, TWO), ["pdm lock"]),
        ("pipfile-lock", "Pipfile.lock", (LOCKED,), ["pipenv upgrade b==1.1"]),
        ("pipfile-lock", "Pipfile.lock", (BEYOND,), ["pipenv lock"]),
    ],
)
def test_a_lock_is_made_again_by_its_tool(kind, path, changes, commands):
    found = asked(lock(kind, path), *changes, beside="its manifest")
    assert found.commands == commands
    assert found.edits == ({"its manifest": [Edit(name="b", specifier="==1.1")]} if BEYOND in changes else {})


def test_the_manifest_of_a_lock_is_edited_where_the_reader_found_it():
    edges = [
        LockedDependency(name="b", location=Location(path="pyproject.toml", line=4)),
        LockedDependency(name="c", location=Location(path="pyproject.toml", line=5)),
    ]
    found = asked(lock("poetry", "poetry.lock", *edges), BEYOND, beside="pyproject.toml")
    assert found.edits == {"pyproject.toml": [Edit(name="b", specifier="==1.1", line=4)]}


def test_a_lock_without_its_manifest_is_left_as_it_is():
    assert "no manifest beside uv.lock" in asked(lock("uv", "uv.lock"), BEYOND).refused[0]


def test_a_lock_of_no_tool_is_made_again_by_hand():
    found = asked(lock("pylock", "pylock.toml"), LOCKED)
    assert found.by_hand == ["make pylock.toml again with b==1.1, with the tool that wrote it"]


def test_the_setting_that_lets_a_wheel_into_the_lock():
    change = moved("b", "1.0", kind="relock")
    found = asked(lock("uv", "uv.lock"), change, beside="pyproject.toml")
    item = "sys_platform == 'linux' and platform_machine == 'aarch64'"
    assert found.additions == {
        "pyproject.toml": [Setting(table="tool.uv", key="required-environments", item=item)]
    }
    assert found.commands == ["uv lock"]
