"""uv.lock read by an expression: whatever the text, what the parser says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.inputs.uv import text as uv_text
from archcheck.inputs.uv.text import parse_uv_lock
from archcheck.toml import parse_toml

LOCKS = sorted((Path(__file__).parents[2] / "fixtures/locks/uv").glob("*/*.lock"))
FILE = '{ url = "https://index.example/a-1.tar.gz", hash = "sha256:0", size = 1 }'
WHEELS = f"wheels = [\n    {FILE},\n]\n"
PACKAGE = f'\n[[package]]\nname = "a"\nversion = "1"\nsdist = {FILE}\n{WHEELS}'
# What makes of the same lines something else, or nothing.
SPOILERS = (
    '"""\n',
    "'''\n",
    "x = [\n",
    "]\n",
    "x = {\n",
    "wheels = []\n",
    "wheels = [\n",
    "sdist = {}\n",
    'sdist = "s"\n',
    "[package.metadata]\n",
    "[[package.wheels]]\n",
    "[[package]]\n",
    "[[ package ]]\n",
    "[other]\n",
    "# wheels = [\n",
    "\r",
    "\\",
    '"',
    "0",
    "}",
    "\t",
    "\x7f",
    "é",
)


def said(parse, text):
    try:
        return parse(text)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_a_lock_is_what_the_parser_says(path):
    text = path.read_text(encoding="utf-8")
    assert parse_uv_lock(text) == parse_toml(text)


def test_the_parser_sees_next_to_nothing_of_the_files(monkeypatch):
    seen = []
    monkeypatch.setattr(uv_text, "parse_toml", lambda text: seen.append(text) or parse_toml(text))
    assert parse_uv_lock(PACKAGE * 2) == parse_toml(PACKAGE * 2)
    assert [FILE in text for text in seen] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "package = 5\n",
        f'x = """\n{PACKAGE}"""\n',
        f"x = '''\n{PACKAGE}'''\n",
        f"{PACKAGE}{WHEELS}",
        f"{PACKAGE}[package.metadata]\n{WHEELS}",
        f'\n[[package]]\nname = "a"\nwheels = []\n[package.metadata]\n{WHEELS}',
        f'\n[[package]]\nname = "a"\nx = [\n{WHEELS}]\n',
        PACKAGE.replace("size = 1", "size = 01"),
        PACKAGE.replace("size = 1", f"size = {10**19}"),
        PACKAGE.replace("sha256:0", "\\u0041"),
        PACKAGE.replace("sha256:0", "\x01"),
        PACKAGE.replace("size = 1", 'size = 1, upload-time = ""'),
        PACKAGE.replace("size = 1", 'size = 1, upload-time = "2026-01-01T00:00:00Z"'),
    ],
)
def test_what_only_looks_like_files_is_left_to_the_parser(text):
    assert said(parse_uv_lock, text) == said(parse_toml, text)


@given(st.data())
def test_whatever_is_put_between_the_lines_is_read_as_the_parser_reads_it(data):
    lines = f'version = 1\n{PACKAGE}{PACKAGE}[package.metadata]\nx = "y"\n'.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        line = data.draw(st.integers(0, len(lines) - 1))
        at = data.draw(
            st.sampled_from([0, len(lines[line]) - 1, data.draw(st.integers(0, len(lines[line])))])
        )
        spoiler = data.draw(st.sampled_from([*SPOILERS, *lines]))
        lines[line] = lines[line][:at] + spoiler + lines[line][at:]
    text = "".join(lines)
    assert said(parse_uv_lock, text) == said(parse_toml, text)
