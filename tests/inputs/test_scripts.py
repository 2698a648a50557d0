"""Scripts with their requirements in a comment (PEP 723)."""

from __future__ import annotations

import re

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.inputs.parsing.messages import escaped
from archcheck.remedy.edits.dispatch import edited
from archcheck.remedy.edits.model import Addition, Edit, NotEditable
from archcheck.script_block import block_in, uncommented

from .projects import lines, project, refused

SCRIPT = """\
#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "numpy<2",  # why
#   "requests[socks]; sys_platform == 'linux'",
# ]
#
# [tool.uv]
# constraint-dependencies = ["urllib3<2"]
# index-url = "https://index.example/own/"
# [tool.uv.sources]
# numpy = { url = "https://index.example/numpy-1.0.zip" }
# ///
import numpy
"""


def test_everything_in_the_block_has_its_line_in_the_file():
    manifest = project({"a.py": SCRIPT, "uv.toml": "no-binary-package = ['six']\nindex-url = 'https://x.example/'\n"}, "a.py")  # fmt: skip
    assert (manifest.kind, str(manifest.requires_python)) == ("script", ">=3.11")
    assert lines(manifest) == ["5 numpy<2", '6 requests[socks]; sys_platform == "linux"']
    assert manifest.requirements[0].source.url == "https://index.example/numpy-1.0.zip"
    assert [(each.name, each.location.line) for each in manifest.constraints] == [("urllib3", 10)]
    assert manifest.options.installer == "uv"
    assert manifest.options.index_url == "https://index.example/own/", "before that of the folder"
    assert manifest.options.formats.no_binary == {"six"}, "of the folder, where the script says nothing"


def test_line_ends_of_windows_and_a_block_without_requirements():
    assert lines(project({"a.py": SCRIPT.replace("\n", "\r\n")}, "a.py"))[0] == "5 numpy<2"
    assert lines(project({"a.py": "# /// script\n# ///\n"}, "a.py")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import numpy\n", "a.py: no `# /// script` block (PEP 723); expected one, or name the file where"),
        ("# /// script\n# dependencies = []\n", "a.py:1: `# /// script` is not closed; expected a line `# ///`"),
        ("# /// script\n# a = 1\nx = 1\n# ///\n", "a.py:1: `# /// script` is not closed"),
        ("# /// script\n# ///\n\n# /// script\n# ///\n", "a.py:4: a second `# /// script`; expected one"),
        ("\n# /// script\n# dependencies = [\n# ///\n", "a.py: not TOML: "),
        ("\n\n# /// script\n# dependencies = ['x=1']\n# ///\n", "a.py:4: 'x=1' is not a requirement (PEP 508)"),
        ("# /// script\n# dependencies = 'x'\n# ///\n", "a.py: dependencies: expected array"),
        ("# /// script\n# requires-python = 'soon'\n# ///\n", "a.py:2: requires-python: 'soon' is not a version"),
        ("\0# /// script\n# ///\n", "a.py: a binary file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text, message):
    assert refused({"a.py": text}, "a.py").startswith(message)


def test_a_lock_beside_the_script_counts_unless_the_kind_is_named():
    lock = "version = 1\n[manifest]\nrequirements = [{ name = 'six' }]\n[[package]]\nname = 'six'\nversion = '1.0'\nsource = { registry = 'https://index.example/' }\n"
    files = {"a.py": SCRIPT, "a.py.lock": lock}
    found = project(files, "a.py")
    assert (found.path, found.kind, [str(each.name) for each in found.packages]) == (
        "a.py.lock",
        "script-lock",
        ["six"],
    )
    assert found.warnings[0] == "a.py: its lock beside it is audited, a.py.lock"
    assert project(files, "a.py", kind="script").kind == "script"


REFERENCE = r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
"""PEP 723's own."""
LINES = st.sampled_from(["# /// script", "# ///", "#", "# a = 1", "# 'x'", "x = 1", "", "#x", "# /// other"])


@given(st.lists(LINES, max_size=9))
@settings(max_examples=500, deadline=None)
def test_a_block_is_what_the_pep_says(written):
    text = "".join(f"{line}\n" for line in written)
    expected = [each for each in re.finditer(REFERENCE, text) if each["type"] == "script"]
    try:
        found = block_in(text.splitlines(keepends=True))
    except ValueError:
        assert len(expected) != 1 or written.count("# /// script") > 1 or "is not closed" in _said(text)
        return
    if found is not None and found.start == found.end:  # for which the PEP's expression wants a line
        return
    inside = (
        "".join(map(uncommented, text.splitlines(keepends=True)[found.start : found.end])) if found else None
    )
    assert [_content(each) for each in expected[:1]] == ([] if inside is None else [inside])


class _Counting(str):
    __slots__ = ()
    looks = 0

    def startswith(self, *arguments):
        _Counting.looks += 1
        return super().startswith(*arguments)

    def rstrip(self, *_):
        return self


def test_openings_that_nothing_closes_are_looked_through_once():
    assert block_in([_Counting("# /// x")] * 10_000) is None
    assert _Counting.looks < 20_000


def _said(text):
    try:
        block_in(text.splitlines(keepends=True))
    except ValueError as error:
        return str(error)
    return ""


def _content(found):
    return "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in found["content"].splitlines(keepends=True)
    )


def test_a_version_is_changed_in_the_block_alone():
    again = edited("script", SCRIPT.encode(), [Edit(name="numpy", specifier=">=2.1", line=5)]).decode()
    assert again == SCRIPT.replace("numpy<2", "numpy>=2.1")
    windows = SCRIPT.replace("\n", "\r\n")
    assert edited("script", windows.encode(), [Edit(name="numpy", specifier=">=2.1", line=5)]).decode() == (
        windows.replace("numpy<2", "numpy>=2.1")
    )


def test_a_bound_becomes_a_constraint_of_uv():
    text = "x = 1\n# /// script\n# dependencies = ['a']\n# ///\ny = 2\n"
    again = edited("script", text.encode(), [], [Addition(name="b", specifier="==1.0")]).decode()
    assert again.startswith("x = 1\n# /// script\n# dependencies = ['a']\n")
    assert again.endswith("# ///\ny = 2\n")
    block = "".join(line[2:] for line in again.splitlines(keepends=True)[2:-2])
    assert tomli.loads(block)["tool"]["uv"]["constraint-dependencies"] == ["b==1.0"]


@pytest.mark.parametrize("text", ["x = 1\n", "# /// script\n", "# /// script\n# ///\n# /// script\n# ///\nx"])
def test_what_has_no_block_is_not_edited(text):
    with pytest.raises(NotEditable) as caught:
        edited("script", text.encode(), [Edit(name="a", specifier="==1")])
    assert escaped(str(caught.value)) == str(caught.value)
