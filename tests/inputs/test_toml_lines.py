"""On which lines of a pyproject.toml the items of its arrays stand."""

from __future__ import annotations

from .projects import lines, project

ME = '[project]\nname = "me"\n'


def test_the_lines_of_many_arrays() -> None:
    text = (
        f'{ME}dependencies = ["a", "b",  # not "c"\n "c"]\n[project.optional-dependencies]\n'
        'x = [\n  "a",\n  \'d; python_version == "3.12"\',\n  "a[y]", # "b"\n]\ny = ["b"]\n'
    )
    found = lines(project({"pyproject.toml": text}, "pyproject.toml", all_extras=True))
    assert found == [
        "3 a",
        "3 b",
        "4 c",
        "7 a",
        '8 d; python_version == "3.12"',
        "9 a[y]",
        "11 b",
    ]


def test_the_lines_of_extras_that_are_written_in_line() -> None:
    text = f'{ME}optional-dependencies = {{ x = ["a"], y = ["b"] }}\n[dependency-groups]\nz = ["a"]\n'
    assert lines(project({"pyproject.toml": text}, "pyproject.toml", all_extras=True)) == ["3 a", "3 b"]


def test_items_in_escapes_hide_no_others() -> None:
    hidden = "".join(f'e{number} = ["\\u0073ix"]\n' for number in range(100))
    text = f'{ME}[project.optional-dependencies]\n{hidden}last = ["a"]\n'
    found = lines(project({"pyproject.toml": text}, "pyproject.toml", all_extras=True))
    assert found[-1] == "104 a"
