"""What is walked over in a repository is what git has there or would take: git itself is asked."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archcheck.deployables.tree import Tree
from archcheck.deployables.walk import walk
from archcheck.files import Disk
from archcheck.gitignore import MAX_PATTERNS, as_bytes, read_gitignore
from tests.deployables.trees import tree_of

NAMES = (
    "a",
    "b",
    "ab",
    "aab",
    "a.py",
    "b.txt",
    "B",
    "[a]",
    "]",
    "-",
    "1",
    "*",
    "a b",
    " a",
    "!a",
    "#a",
    "ä",
    "build",
)
PIECES = (
    *(
        "a",
        "b",
        "ab",
        "*",
        "**",
        "***",
        "?",
        "a*",
        "*.py",
        "*.txt",
        "a*b",
        "a**",
        "build",
        "B",
        "ä",
        "1",
        "-",
        "#",
        "!",
    ),
    *(
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-z]",
        "[z-a]",
        "[]a]",
        "[a-]",
        "[-a]",
        "[\\]a]",
        "[[a]",
        "[]-a]",
        "[]",
        "[a",
        "[a/b]",
    ),
    *(
        "[[:alpha:]]",
        "[[:digit:]x]",
        "[[:none:]]",
        "[[:alpha:]",
        "\\!a",
        "\\#a",
        "\\*",
        "\\[a\\]",
        "a\\ b",
        "\\",
    ),
)

paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
lines = st.builds(
    lambda no, root, parts, folder, end: f"{no}{root}{'/'.join(parts)}{folder}{end}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=2).map("".join), min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
    st.sampled_from(["", "", "", " ", "\\ ", "\t", "\r"]),
)
ignores = st.lists(lines, max_size=4).map("\n".join)


def asked(root: Path) -> list[str]:
    """Return the files that git would take in *root*, in their order."""
    told = ["git", "-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false", "-C", str(root)]
    if not (root / ".git").exists():
        subprocess.run([*told, "init", "-q"], check=True)
    listed = [*told, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run(listed, check=True, capture_output=True).stdout.decode()
    return sorted(filter(None, out.split("\0")))


def walked(root: Path) -> list[str]:
    found = walk(Tree(str(root), Disk()))
    assert not found.cut
    return list(found.files)


def written(root: Path, files: dict[str, str]) -> None:
    """Write *files*, but those whose folder is a file, or which are a folder."""
    for name, text in files.items():
        path = root / name
        if any(each.is_file() for each in path.parents) or path.is_dir():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


@settings(deadline=None, max_examples=60)
@given(
    files=st.lists(paths, min_size=1, max_size=12),
    ignored=st.dictionaries(st.one_of(st.just("."), paths), ignores, max_size=3),
)
@example(files=["a/b/a.py"], ignored={".": "/*\n!/a\n/a/*\n!/a/b"})
@example(files=["a/b", "b/a"], ignored={".": "a/", "a": "!b"})
@example(files=["a/b", "a/a"], ignored={".": "a/*", "a": "!b"})
@example(files=["build/a/a.py", "build/b.txt"], ignored={".": "build/**\n!build/**/*.py"})
@example(files=["a/b", "b"], ignored={".": "b ", "a": "b\\ "})
def test_it_is_what_git_would_take(files, ignored):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        written(root, {f"{place}/.gitignore": text for place, text in ignored.items()})
        written(root, dict.fromkeys(files, ""))
        assert walked(root) == asked(root)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*a" * 2_000 + "*b", "a" * 250),
        ("/" + "**/a/" * 800 + "b", "a/" * 500 + "c"),
        ("/" + "**/*a*/" * 500 + "b", "aa/" * 400 + "c"),
        ("[" + "a-z" * 1_300 + "]*b", "a" * 250),
        ("?" * 4_000, "a" * 250),
    ],
)
def test_no_pattern_takes_for_ever(pattern, name):
    assert read_gitignore(pattern.encode()).says(as_bytes(name), is_folder=False) is None


@pytest.mark.no_cover
def test_patterns_are_counted():
    """Of one file so many are read, and so many files are held against all of them."""
    many = "\n".join(f"x{number}" for number in range(MAX_PATTERNS * 2))
    assert len(read_gitignore(many.encode()).patterns) == MAX_PATTERNS
    files = {f"{number}.py": "" for number in range(60)} | {".gitignore": many}
    assert not walk(tree_of(files)).cut
    with patch("archcheck.deployables.walk.MAX_ENTRIES", 300):
        assert walk(tree_of(files)).cut
        assert not walk(tree_of(files | {".gitignore": "x"})).cut


@given(st.binary(max_size=200), st.lists(paths, max_size=3))
def test_whatever_stands_in_the_file_there_is_an_answer(data, places):
    ignores = read_gitignore(data)
    for place in places:
        assert ignores.says(as_bytes(place), is_folder=False) in {True, False, None}


MADE = (
    "node_modules/a/b.py",
    ".git/config",
    "a/__pycache__/b.py",
    ".aws-sam/build/template.yaml",
    ".archcheck/fixtures/requirements.txt",
    "env/pyvenv.cfg",
)


def test_what_tools_make_is_left_out_whether_git_ignores_it_or_not(tmp_path):
    written(tmp_path, dict.fromkeys([*MADE, "env/lib/a.py", "a/b.py", "a/node_modules.py"], ""))
    assert walked(tmp_path) == ["a/b.py", "a/node_modules.py"]


@pytest.mark.parametrize("start", ["a", "a/b", "."])
def test_a_folder_below_has_what_is_ignored_above(tmp_path, start):
    written(tmp_path, {".gitignore": "*.txt\n/a/b/c", "a/.gitignore": "!b.txt", "a/b/.gitignore": "d"})
    written(tmp_path, dict.fromkeys(["a/b/a.txt", "a/b/b.txt", "a/b/c", "a/b/d", "a/b/e", "b.txt"], ""))
    prefix = "" if start == "." else f"{start}/"
    expected = [each for each in asked(tmp_path) if each.startswith(prefix)]
    assert expected
    assert list(walk(Tree(str(tmp_path), Disk()), start).files) == expected
