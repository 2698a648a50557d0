"""What of the documents is made from the program is what the program says today."""

from __future__ import annotations

import re
import subprocess
from importlib import import_module
from shutil import which

import pytest

from archcheck.cli.main import COMMANDS
from archcheck.judge.rule_texts import rules
from archcheck.settings.keys import VARIABLES
from archcheck.toml import parse_toml
from tests.documents import manual, markdown
from tests.documents.files import MANUAL, PAGES, ROOT, made_files

PARSERS = {name: import_module(module).parser() for name, module in COMMANDS.items()}
OPTIONS = {
    name for parser in PARSERS.values() for action in parser.actions() for name in action.option_strings
}


@pytest.mark.parametrize("path", made_files(), ids=lambda path: path.name)
def test_it_is_what_the_program_says(path):
    """`make man` makes them anew."""
    assert path.read_text(encoding="utf-8") == made_files()[path]


def test_every_part_stands_on_a_page_once():
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert sorted(re.findall(r"<!-- made: (\S+) -->", text)) == sorted(markdown.made())
    assert text.count("<!-- end -->") == len(markdown.made())


@pytest.mark.parametrize("command", PARSERS)
def test_each_option_of_a_command_is_under_it_or_among_those_of_several(command):
    parts = markdown.made()
    text = parts[command] + parts["shared"]
    wanted = {name for action in PARSERS[command].actions() for name in action.option_strings}
    assert wanted - set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", text)) == {"-h", "--help"}


def test_every_rule_has_its_section_with_all_that_is_said_of_it():
    text = markdown.made()["rules"]
    assert re.findall(r"^## (AC\d+)$", text, re.MULTILINE) == [rule.code for rule in rules()]
    commands = [line for rule in rules() for action in rule.actions for line in action.command.splitlines()]
    assert [line for line in commands if f"    {line}\n" not in text] == []
    assert text.count("\n- ") == sum(len(rule.actions) for rule in rules())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b *c* [d] <e>", r"a\_b \*c\* \[d\] \<e>"),
        ("as for `uv sync --package X_Y`, [z]", r"as for `uv sync --package X_Y`, \[z\]"),
    ],
)
def test_markdown_shows_words_as_they_are(text, shown):
    assert markdown.escaped(text) == shown


def test_the_manual_page_has_every_option_and_variable():
    page = manual.page()
    lines = page.splitlines()
    titles = [line.removeprefix(".SH ") for line in lines if line.startswith(".SH ")]
    assert titles[:4] == ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS"]
    plain = re.sub(r"\\f[BIR]", "", page).replace("\\-", "-")
    assert {name for name in OPTIONS if not re.search(rf"(?<![\w-]){name}(?![\w-])", plain)} == {
        "-h",
        "--help",
    }
    assert [key.variable for key in VARIABLES if f"\\fB{key.variable}\\fR" not in page] == []
    requests = {line.split()[0] for line in lines if line.startswith((".", "'"))}
    assert requests == {'.\\"', ".TH", ".SH", ".SS", ".PP", ".TP", ".br"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [(".TH is", "\\&.TH is"), ("'a", "\\&'a"), ("a\\b --c", "a\\eb \\-\\-c"), ("a\n b", "a b")],
)
def test_roff_prints_words_as_they_are(text, shown):
    assert manual.roff(text) == shown


LINTERS = {
    "mandoc": ["mandoc", "-Tlint", "-Wwarning", str(MANUAL)],
    "groff": ["groff", "-man", "-ww", "-Tutf8", "-z", str(MANUAL)],
}


@pytest.mark.parametrize("tool", LINTERS)
def test_what_prints_manual_pages_takes_it(tool):
    if which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run(LINTERS[tool], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_wheel_brings_it_to_where_man_looks():
    wheel = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]
    assert wheel["shared-data"] == {MANUAL.relative_to(ROOT).as_posix(): "share/man/man1/archcheck.1"}
