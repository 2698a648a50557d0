"""Local paths in a requirements file: as pip finds them in the current folder, else where it must have been run."""

from __future__ import annotations

import pytest

from archcheck.inputs import read_input
from archcheck.inputs.requirements import local_paths
from archcheck.manifest.manifest import PathSource

from .projects import project, refused
from .reading import FakeFiles

LIBRARY = "[project]\nname = 'common'\n"
FUNCTION = "patterns/two/src/ocr/requirements.txt"
REPOSITORY: dict[str, bytes | str] = {".git/HEAD": "ref: x", "lib/common/pyproject.toml": LIBRARY}


def paths(files: dict[str, bytes | str], path: str = FUNCTION) -> tuple[list[str], tuple[str, ...]]:
    manifest = project(files, path)
    sources = [each.source for each in manifest.requirements]
    return [each.path for each in sources if isinstance(each, PathSource)], manifest.warnings


@pytest.mark.parametrize(
    ("line", "run_in"),
    [
        ("../../lib/common[ocr,appsync]  # with extras", "patterns/two"),
        ("-e ../../lib/common", "patterns/two"),
        ("../lib/common; python_version > '3'", "patterns"),
        ("../../../../lib/common", "patterns/two/src/ocr"),
    ],
)
def test_where_pip_was_run(line: str, run_in: str) -> None:
    found, warnings = paths(REPOSITORY | {FUNCTION: f"six\n{line}\n"})
    assert found == ["/project/lib/common"]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{FUNCTION}:2: nothing is at '")
    assert warnings[0].endswith(f"read from lib/common, where pip finds it when it is run in {run_in}")


def test_extras_stay() -> None:
    manifest = project(REPOSITORY | {FUNCTION: "../../lib/common[b,a]"}, FUNCTION)
    assert [each.extras for each in manifest.requirements] == [{"a", "b"}]


def test_a_path_without_a_dot() -> None:
    files = {".git": "gitdir: x", "two/lib/setup.py": "", "two/requirements.txt": "lib/\n"}
    assert paths(files, "two/requirements.txt")[0] == ["/project/two/lib"]


def test_a_wheel_and_a_folder_of_its_own() -> None:
    own = {
        "two/pyproject.toml": LIBRARY,
        "two/wheels/a-1-py3-none-any.whl": b"",
        "two/requirements.txt": "-e .\n./wheels/a-1-py3-none-any.whl\n",
    }
    expected = ["/project/two", "/project/two/wheels/a-1-py3-none-any.whl"]
    assert paths(own, "two/requirements.txt")[0] == expected


def test_what_is_in_the_current_folder_goes_first() -> None:
    files = REPOSITORY | {"two/lib/common/setup.py": "", "two/requirements.txt": "./lib/common"}
    assert paths(files, "two/requirements.txt") == (["/project/lib/common"], ())


@pytest.mark.parametrize(
    "more",
    [
        # Two places that it may mean: nobody can tell which.
        {"patterns/lib/common/setup.cfg": "", "lib/common/pyproject.toml": LIBRARY},
        # A folder that holds no project, and one in another repository.
        {"lib/common/pyproject.toml": b"", "patterns/.git": "gitdir: x"},
    ],
)
def test_what_cannot_be_told_stays_unknown(more: dict[str, str]) -> None:
    files = REPOSITORY | more | {FUNCTION: "../../lib/common"}
    assert paths(files) == (["/lib/common"], ())


def test_without_a_repository_nothing_above_is_looked_at() -> None:
    files = {"lib/common/pyproject.toml": LIBRARY, FUNCTION: "../../lib/common"}
    assert paths(files) == (["/lib/common"], ())


def test_what_is_no_requirement_anywhere() -> None:
    message = refused(REPOSITORY | {FUNCTION: "lib/gone"}, FUNCTION)
    assert message.startswith(f"{FUNCTION}:1: 'lib/gone' is not a requirement")


def test_a_bounded_number_is_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(FakeFiles):
        asked = 0

        def is_file(self, path: str) -> bool:
            Counting.asked += 1
            return super().is_file(path)

    monkeypatch.setattr(local_paths, "MAX_SEARCHES", 10)
    counts = []
    for lines in (100, 200):
        text = "\n".join(f"./gone/{number}" for number in range(lines))
        files = Counting({"/project/.git/HEAD": "", f"/project/{FUNCTION}": text})
        Counting.asked = 0
        read_input(FUNCTION, environ={}, cwd="/project", files=files)
        counts.append(Counting.asked)
    # Twice the lines: no more than what one look at each of the further ones takes.
    assert counts[1] - counts[0] <= 100 * 6
