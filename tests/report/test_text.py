from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.model import Evidence, Severity
from archcheck.report import phrases
from archcheck.report.formats.html import to_html
from archcheck.report.formats.markdown import to_markdown
from archcheck.report.formats.text import to_text
from archcheck.report.layout import View, clean, columns, command, logged, paragraph, table, wrap
from tests.report.examples import (
    EXAMPLES,
    FLEET,
    HOSTILE,
    LEGACY,
    MATRIX,
    READY,
    READY_NOW,
    STAY,
    UNDETERMINED,
    UNUSABLE_TARGET,
    audit,
    finding,
    report,
)
from tests.report.strategies import REPORTS, TEXTS, drawn

ANSI = re.compile(r"\x1b\[[0-9;]*m")
slow = drawn(60)


FILE = re.compile(r"[\w.!+-]+\.(?:whl|tar\.gz|zip)", re.ASCII)


def assert_fits(text, view):
    wide = [line for line in ANSI.sub("", text).splitlines() if columns(line) > view.width]
    wide = [line for line in wide if not line.startswith(("      +", "      -"))]  # a diff is copied
    assert [line for line in wide if not FILE.fullmatch(line)] == [], "but a whole name of a file"


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.no_cover
def test_no_line_is_wider_than_the_terminal(example, verbose):
    for width in range(40, 201):
        view = View(width=width, verbose=verbose, color=width % 2 == 0)
        assert_fits(to_text(EXAMPLES[example], view), view)


VIEWS = st.builds(View, width=st.integers(40, 200), color=st.just(False))


def test_of_very_many_notes_a_few_are_shown():
    notes = tuple(f"nested {number} is elsewhere" for number in range(70))
    one = replace(FLEET, fleet=replace(FLEET.fleet, notes=notes))
    assert "nested 69" in to_text(one, View(verbose=True))
    brief = to_text(one, View())
    assert brief.count("nested") == 4  # beside what is not audited, and what is left out
    assert "66 more notes on what was read: the same command with -v" in " ".join(brief.split())


@slow
@given(REPORTS, VIEWS)
def test_any_report_fits_and_holds_nothing_that_a_terminal_would_obey(report, view):
    text = to_text(report, view)
    assert_fits(text, view)
    bare = ANSI.sub("", text) if view.color else text
    assert bare.replace("\n", "").isprintable()
    assert bare.isascii() or not view.ascii_only


@pytest.mark.parametrize("example", EXAMPLES)
def test_colour_adds_escapes_and_changes_nothing_else(example):
    plain, coloured = (to_text(EXAMPLES[example], View(color=color)) for color in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert ANSI.sub("", coloured) == plain


@pytest.mark.parametrize("example", EXAMPLES)
def test_ascii_terminals_get_ascii(example):
    assert to_text(EXAMPLES[example], View(ascii_only=True, verbose=True)).isascii()


def test_the_verdict_comes_first_and_before_any_percentage():
    for one in (LEGACY, READY_NOW, UNDETERMINED):
        first, *rest = to_text(one, View()).splitlines()
        assert first[0] in "✓✗?"
        assert "%" not in first
        assert not any("%" in line for line in rest[:1])


def test_the_targets_own_problems_stand_apart_from_the_obstacles():
    text = to_text(MATRIX, View())
    obstacles, shared = text.index("Obstacles (1)"), text.index(phrases.NOT_ARM64)
    assert obstacles < text.index("AC001  ibm-db") < shared < text.index("AC013  psycopg2")


def test_quiet_is_the_verdict_and_one_entry_an_obstacle():
    lines = to_text(LEGACY, View(quiet=True, width=200)).splitlines()
    assert len(lines) == 8
    assert lines[1].startswith("  AC002  cryptography 3.0 (requirements.txt:1): ")


def test_quiet_names_what_an_answer_is_undetermined_by():
    (first, *rest) = to_text(UNDETERMINED, View(quiet=True, width=200)).splitlines()
    assert first.startswith("? undetermined")
    assert [line.split()[0] for line in rest] == ["AC009"]
    (_, shared) = to_text(UNUSABLE_TARGET, View(quiet=True, width=200)).splitlines()
    assert shared.split()[0] == "AC013"


MARKED = tuple(
    finding(
        "AC016",
        "x86-only-by-marker",
        Severity.WARNING,
        f"nv{n}",
        "1",
        "asked for",
        line=n % 2,
        path=("t", f"nv{n}"),
    )
    for n in range(12)
)


def test_warnings_that_say_the_same_are_told_as_one():
    many, few = (report(audit(READY, (), MARKED[:count])) for count in (12, 2))
    text = to_text(many, View(width=200))
    assert (text.count("AC016"), text.count("asked for")) == (1, 1)
    assert "12 packages: x86 only by marker" in text
    assert all(f"nv{n} 1" in text for n in range(12))
    assert "from    requirements.txt:0: t, requirements.txt:1: t" in text
    verbose = to_text(many, View(width=200, verbose=True))
    assert (verbose.count("AC016"), verbose.count("asked for"), verbose.count("from ")) == (1, 1, 12)
    assert to_text(few, View(width=200)).count("from ") == 2
    assert to_markdown(many).count("| AC016 |") == 1
    assert to_html(many).count("AC016 x86-only-by-marker") == 1
    assert "nv0 1, nv1 1" in to_html(many)


def test_what_obstacles_share_is_said_once_and_what_is_their_own_of_each():
    stuck = [
        finding("AC001", "no-aarch64-wheel", Severity.BLOCKER, f"p{n}", "1", "none" if n else "other", line=n)
        for n in range(5)
    ]
    one, each = (
        "\n  AC001  p0 1: does not install\n         other\n",
        "\n\n         p{n} 1\n         from    requirements.txt:{n}\n",
    )
    text = to_text(report(audit(STAY, (), tuple(stuck))), View())
    assert one in text
    assert "\n  AC001  4 packages: do not install\n         none\n" in text
    assert (text.count("AC001  "), text.count("         none\n"), text.count("remedy  none known")) == (
        2,
        1,
        5,
    )
    assert all(each.format(n=n) in text for n in range(1, 5))
    assert text.index("p0 1") < text.index("p1 1") < text.index("p4 1")


def test_every_package_is_in_the_matrix_with_both_versions():
    text = to_text(MATRIX, View(verbose=True, width=120))
    assert re.search(r"^numpy +2\.3\.5 wheel +2\.2\.6 wheel +numpy-2\.2\.6-cp311", text, re.MULTILINE)
    assert re.search(r"^ibm-db +3\.2\.6 wheel +3\.2\.6 missing +no aarch64 wheel", text, re.MULTILINE)


def test_strangers_strings_are_spelled_out():
    text = to_text(HOSTILE, View(width=200, verbose=True))
    for spelled in (r"\x1b[31m", r"\u202e", r"\x9b2J", r"\u2066", r"\r\n", r"\x00", r"\x1b]0;title\x07"):
        assert spelled in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", r":\x3aerror:\x3ax"),
        ("a ::stop-commands::x", r"a :\x3astop-commands:\x3ax"),
        ("a##[group]", r"a#\x23[group]"),
        ("##vso[task.setvariable]", r"#\x23vso[task.setvariable]"),
        ("http://[::1]/simple", "http://[::1]/simple"),
        ("# a ## b", "# a ## b"),
    ],
)
def test_nothing_in_a_log_is_a_command_to_the_service_that_reads_it(text, shown):
    assert logged(text) == shown
    for width in range(12, 40):
        for line in (*paragraph(text, View(width=width)), *table(("a",), [(text,)], View(width=width))):
            assert not re.search(r"^\s*::[a-z]|##\w*\[", line)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("numpy", "numpy"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\u202eevil", r"\u202eevil"),
        ("\u200b\ufeff\U000e0041", r"\u200b\ufeff\U000e0041"),
        ("\udc80", r"\udc80"),
        ("名前", "名前"),
    ],
)
def test_clean(text, shown):
    assert clean(text) == shown
    assert clean(text, ascii_only=True).isascii()


@given(TEXTS, st.integers(10, 60))
def test_wrapping_keeps_every_character_and_the_width(text, width):
    text = clean(text)
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(columns(line) <= width for line in lines)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), st.integers(40, 120))
def test_tables_fit(rows, width):
    view = View(width=width)
    assert_fits("\n".join(table(("one", "two", "three"), rows, view)), view)


@pytest.mark.parametrize("example", [MATRIX, FLEET])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_mark_has_its_colour_wherever_it_stands(example, ascii_only):
    text = to_text(example, View(width=120, color=True, ascii_only=ascii_only))
    for mark, code in {"✓": "1;32", "✗": "1;31"}.items():
        shown = clean(mark, ascii_only=ascii_only)
        assert text.count(shown) == text.count(f"\x1b[{code}m{shown}\x1b[0m") > 0


LONG = "numpy-2.2.6-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (83, ["  found   see", f"          {LONG}", "          and more"]),
        (76, ["  found   see", f"  {LONG}", "          and more"]),
        (60, ["  found   see", LONG, "          and more"]),
    ],
)
def test_the_name_of_a_file_is_not_cut(width, lines):
    view = View(width=width)
    assert paragraph(f"see {LONG} and more", view, indent=2, label="found", hang=8) == lines
    alone = paragraph(LONG, view, indent=2, label="found", hang=8)
    assert alone == ([f"  found   {LONG}"] if width == 83 else ["  found", lines[1]])


def test_the_name_of_a_file_stands_below_its_row_where_it_does_not_fit():
    headers, rows = (
        ("package", "file"),
        [("numpy numpy numpy numpy", LONG), ("six", "six-1.17.0-py2.py3-none-any.whl"), ("gone", "none")],
    )
    assert table(headers, rows, View(width=90)) == [
        "package                  file",
        "-----------------------  -------------------------------",
        "numpy numpy numpy numpy",
        f"  {LONG}",
        "six                      six-1.17.0-py2.py3-none-any.whl",
        "gone                     none",
    ]
    narrow = table(headers, rows, View(width=40))
    assert narrow[-5:-2] == ["numpy numpy numpy numpy", LONG, "six"]
    assert narrow[-2] == "  six-1.17.0-py2.py3-none-any.whl"
    assert LONG in table(headers, rows, View(width=120))[2]


def test_table_columns_line_up_after_wide_characters():
    _, _, *lines = table(("a", "b"), [("名前", "x"), ("abcd", "y")], View())
    assert [columns(line.split(end)[0]) for line, end in zip(lines, "xy", strict=True)] == [6, 6]


@pytest.mark.parametrize("width", [40, 47, 60, 80, 200])
def test_a_command_broken_over_lines_means_the_same_to_a_shell(width):
    build = phrases.build_command(LEGACY.audits[0])
    lines = command(build, View(width=width), indent=4)
    assert all(len(line) <= width for line in lines)

    def arguments(text):
        # In place of docker stands a function that prints what it is given, an argument a line.
        script = f"docker() {{ printf '%s\\n' \"$@\"; }}\n{text}\n"
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        return [" ".join(line.split()) for line in done.stdout.splitlines()]

    assert arguments("\n".join(lines)) == arguments(build)


def test_the_build_command_names_what_has_to_be_built_in_the_image_of_the_target():
    build = phrases.build_command(LEGACY.audits[0])
    assert "public.ecr.aws/lambda/python:3.8-arm64" in build
    assert "yum install" in build
    assert build.endswith('grpcio==1.30.0 pyyaml==5.3.1"')
    assert phrases.build_command(HOSTILE.audits[0]) == ""


def test_json_imports_neither_tabulate_nor_the_other_renderers():
    script = (
        "import sys; from archcheck.report import RENDERERS; from archcheck.report.layout import View; from tests.report.examples import LEGACY;"
        "RENDERERS['json'].render(LEGACY, View());"
        "print([name for name in sys.modules if name in ('tabulate', 'rich', 'archcheck.report.markdown', 'archcheck.report.text')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_which_architecture_a_doubt_is_about_is_said_where_that_says_something():
    told = {
        side: phrases.details(
            replace(
                finding("AC009", "not-verifiable", Severity.UNKNOWN, "a", "1", "unread", line=1),
                evidence=Evidence(detail=(f"on {side}",)),
            )
        )
        for side in ("aarch64", "x86_64")
    }
    assert told == {"aarch64": [], "x86_64": ["the doubt is about x86_64 alone"]}
