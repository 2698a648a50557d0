"""Lines of a .gitignore, as gitignore(5) and fnmatch(3) have them; `tests/deployables` asks git itself."""

from __future__ import annotations

import pytest

from archcheck.gitignore import as_bytes, read_gitignore


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("*.log", "a/b.log", True),
        ("/b.log", "a/b.log", None),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("a/**/c", "a/x/y/d", None),
        ("a/**/b/**/c", "a/x/b/y/c", True),
        ("a/**/b/**/c", "a/x/y/c", None),
        ("**/c", "x/y/c", True),
        ("a/**", "a/x/y", True),
        ("a/**", "a", None),
        ("[a-c].txt", "b.txt", True),
        ("[a-c].txt", "d.txt", None),
        ("[!a].txt", "b.txt", True),
        ("[^a].txt", "a.txt", None),
        ("[]a].txt", "].txt", True),
        ("[[:digit:]].txt", "7.txt", True),
        ("[[:nonsense:]].txt", "7.txt", None),
        ("[a", "[a", None),
        ("[a\\", "a", None),
        ("[\\]].txt", "].txt", True),
        ("a\\", "a", None),
        ("\\!a", "!a", True),
        ("\\#a", "#a", True),
        ("#a", "#a", None),
        ("!a", "a", False),
        ("a ", "a", True),
        ("a\\ ", "a ", True),
        ("a?c", "abc", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c", None),
        ("", "a", None),
    ],
)
def test_one_line(line, path, expected):
    assert read_gitignore(line.encode()).says(as_bytes(path), is_folder=False) is expected


def test_a_slash_at_the_end_is_for_folders():
    ignores = read_gitignore(b"build/\n")
    assert ignores.says(as_bytes("build"), is_folder=True) is True
    assert ignores.says(as_bytes("build"), is_folder=False) is None


def test_the_last_line_that_speaks_of_it_decides():
    ignores = read_gitignore(b"*.txt\n!keep.txt\n")
    assert ignores.says(as_bytes("keep.txt"), is_folder=False) is False
    assert ignores.says(as_bytes("other.txt"), is_folder=False) is True
