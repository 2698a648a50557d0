"""The fragments of the changelog: each can be found and read by towncrier, which passes over what it does not know."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
TYPES = [each["directory"] for each in SETTINGS["type"]]
NAME = re.compile(r"\+[a-z0-9-]+\.(?:" + "|".join(TYPES) + r")\.md")


def faults(name: str, text: str) -> list[str]:
    """Return what is wrong with a fragment."""
    wrong = {
        f"its name is not +NAME.TYPE.md, with one of {', '.join(TYPES)}": not NAME.fullmatch(name),
        "it is empty": not text.strip(),
        "it has a heading or a bullet of its own": text.lstrip().startswith(("#", "- ", "* ")),
        "it does not end with its last line": text != text.strip() + "\n",
    }
    return [what for what, holds in wrong.items() if holds]


def fragments() -> dict[str, str]:
    """Return the texts of all files in the folder but that which explains it."""
    folder = ROOT / SETTINGS["directory"]
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name != "README.md"}


def test_every_fragment_is_well_formed() -> None:
    found = {name: faults(name, text) for name, text in fragments().items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("+a.feature.md", "An entry.\n"),
        ("+a.added.rst", "An entry.\n"),
        ("+a.md", "An entry.\n"),
        ("a.added.md", "An entry.\n"),
        ("+a.added.md", ""),
        ("+a.added.md", " \n"),
        ("+a.added.md", "- An entry.\n"),
        ("+a.added.md", "# A heading\n"),
        ("+a.added.md", "An entry."),
    ],
)
def test_one_fault_is_found(name: str, text: str) -> None:
    assert faults("+a.added.md", "An entry.\n") == []
    assert len(faults(name, text)) >= 1


def test_they_come_together_under_the_headings_of_their_types() -> None:
    if find_spec("towncrier") is None:
        pytest.skip("towncrier is not installed")
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "7.8.9"]
    draft = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    titles = {each["directory"]: each["name"] for each in SETTINGS["type"]}
    headings = re.findall(r"^### (.*)", draft, re.MULTILINE)
    written = {name.split(".")[1] for name in fragments()}
    assert headings == [title for each, title in titles.items() if each in written]
    assert draft.startswith("## 7.8.9 (")
    for text in fragments().values():
        assert f"\n- {text.splitlines()[0]}\n" in draft


def test_the_changelog_has_the_line_under_which_a_version_is_written() -> None:
    assert (ROOT / SETTINGS["filename"]).read_text("utf-8").count(SETTINGS["start_string"]) == 1
