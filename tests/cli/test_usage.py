"""The command line itself: help, version, flags that are wrong, and what goes to which stream."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from archcheck import __version__
from archcheck.cli.console import terminal_columns
from archcheck.cli.main import COMMANDS
from tests.cli.running import validated


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_version(archcheck, arguments):
    done = archcheck.process(*arguments)
    assert (done.code, done.out, done.err) == (0, f"archcheck {__version__}\n", "")


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_of_every_command(archcheck, command):
    done = archcheck(*filter(None, [command]), "--help")
    assert (done.code, done.err) == (0, "")
    assert (command or "archcheck") in done.out


def test_the_overview_names_every_command(archcheck):
    overview = archcheck("--help").out
    assert [command for command in COMMANDS if command not in overview] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tagret", "lambda:python3.13"], "did you mean --target?"),
        (["--fail-on", "nothing"], "nothing"),
        (["--target", "lambda:python2.7"], "python2.7"),
        (["--target", "lamda:python3.13"], "did you mean 'lambda'?"),
        (["--target", "lambda"], "lambda:python"),
        (["--timeout", "-1"], "--timeout"),
        (["--timeout", "soon"], "--timeout"),
        (["--jobs", "0"], "--jobs"),
        (["--exclude-newer", "yesterday"], "yesterday"),
        (["--offline", "--refresh"], "exclude each other"),
        (["-o", "report.doc"], "report.doc"),
        (["-o", "report"], "gitlab=FILE"),
        (["-f", "pdf"], "pdf"),
        (["--kind", "cobol"], "cobol"),
        (["-c", "gone.txt"], "gone.txt"),
        (["explain", "AC1"], "AC1"),
        (["why"], "PACKAGE"),
        (["why", "nobody"], "nobody is not among"),
        (["why", "reddy"], "did you mean ready"),
        (["cache", "burn"], "burn"),
        (["expain", "AC003"], "no command 'expain', nor a file of this name; did you mean explain?"),
        (["chek"], "did you mean check?"),
        (
            ["Fix"],
            "no command 'Fix', nor a file of this name; did you mean fix? (the package: archcheck check Fix)",
        ),
        (["audit"], "did you mean check?"),
        (["version"], "did you mean --version?"),
        (
            ["requirements.txt", "fix"],
            "fix is a command, and goes first: archcheck fix … (the package: fix>=0)",
        ),
        (["--offline", "why", "ready"], "why is a command, and goes first"),
        (["gone.txt"], "gone.txt"),
        (["render", "gone.json"], "gone.json"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(archcheck, arguments, words):
    archcheck.write("requirements.txt", "ready\n")
    done = archcheck(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("archcheck: error: ")
    assert done.err.count("\n") == 1
    assert words in done.err


def test_a_package_with_the_letters_of_a_command_is_told_from_it(archcheck, store):
    store.add("fxi", "1.0", wheels=["py3-none-any"])
    done = archcheck("fxi")
    assert (done.code, done.err) == (
        0,
        "archcheck: fxi is taken for a package; did you mean the command fix?\n",
    )
    assert archcheck("check", "fxi").err == ""


def test_no_message_is_a_command_to_a_service_that_reads_the_log(archcheck):
    done = archcheck("##[error]::stop-commands::x")
    assert (done.code, done.out) == (2, "")
    assert "##[" not in done.err
    assert "::stop" not in done.err


def test_a_command_behind_check_and_behind_an_option_is_a_word(archcheck, store):
    store.add("fix", "1.0", wheels=["py3-none-any"])
    archcheck.write(
        "pyproject.toml", '[project]\nname = "a"\nversion = "1"\noptional-dependencies.fix = ["pure"]\n'
    )
    assert archcheck("check", "pure", "fix").code == 0
    assert archcheck("pure", "fix>=0").code == 0
    assert archcheck("pyproject.toml", "--extra", "fix").code == 0


def test_a_file_with_the_name_of_a_misspelt_command_is_read(archcheck):
    archcheck.write("chek", "ready\n")
    assert archcheck("chek").code == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": "9.0"}', "\udcff"])
def test_render_refuses_what_is_no_result(archcheck, text):
    archcheck.write("result.json", text.encode("utf-8", "surrogateescape"))
    done = archcheck("render", "result.json")
    assert (done.code, done.out) == (2, "")
    assert "result.json" in done.err


def test_render_says_what_check_said(archcheck):
    archcheck.write("requirements.txt", "service\n")
    archcheck("-o", "result.json", "-o", "text=checked")
    assert archcheck("render", "result.json", "-v").out == (archcheck.folder / "checked").read_text()
    assert archcheck("render", "result.json", "--json").out == (archcheck.folder / "result.json").read_text()


def test_why_names_every_way_in(archcheck):
    archcheck.write("requirements.txt", "service\nready\n")
    done = archcheck("why", "pure")
    assert done.code == 0
    assert "requirements.txt:1: service 2.0 → ready 1.0 → pure 1.0" in done.out
    assert "requirements.txt:2: ready 1.0 → pure 1.0" in done.out


def test_explain_lists_and_explains(archcheck):
    assert "AC007" in archcheck("explain").out
    assert archcheck("explain", "ac003").out == archcheck("explain", "libc-too-new").out


def test_cache_is_shown_pruned_and_cleared(archcheck):
    archcheck("-", stdin="ready\n")
    folder = archcheck.folder / ".cache"
    assert archcheck("cache", "dir").out.startswith(str(folder))
    assert archcheck("cache", "prune").code == 0
    assert any(path.is_file() for path in folder.rglob("*"))
    assert "freed" in archcheck("cache", "clear").out
    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 1000]


def test_stdout_carries_the_report_alone(archcheck):
    done = archcheck.process("-", "--json", "-v", stdin="service\n")
    assert done.err == ""
    assert done.report["audits"]


def test_several_files_at_once(archcheck):
    archcheck.write("requirements.txt", "service\n")
    done = archcheck("-o", "a.json", "-o", "b.md", "-o", "markdown=c", "-o", "d.txt", "-q")
    assert done.code == 1
    read = {path.name: path.read_text() for path in archcheck.folder.iterdir() if path.is_file()}
    assert set(read) == {"requirements.txt", ".python-version", "a.json", "b.md", "c", "d.txt"}
    assert validated(read["a.json"])["summary"]["packages"] == 4
    assert read["b.md"] == read["c"]
    assert "blocked" in read["d.txt"]
    assert (archcheck.folder / "a.json").stat().st_mode & 0o777 == 0o644


def test_it_says_what_it_wrote_and_not_when_quiet(archcheck):
    done = archcheck("ready", "-o", "a.json", "-o", "html=b", "-o", "text=/dev/null")
    wrote = [line for line in done.err.splitlines() if line.startswith("wrote")]
    sizes = [-(-(archcheck.folder / name).stat().st_size // 1000) for name in ("a.json", "b")]
    assert wrote == [f"wrote a.json ({sizes[0]} kB)", f"wrote b ({sizes[1]} kB)"]
    assert archcheck("ready", "-q", "-o", "a.json").err == ""
    assert archcheck("diff", "a.json", "a.json", "-o", "same.md").err == "wrote same.md (1 kB)\n"
    assert archcheck("ready", "-o", "gone/a.json").err.startswith("archcheck: error: gone/a.json: ")


def test_the_suffix_tells_the_format_and_the_longest_one_counts(archcheck):
    names = ["a.sarif", "b.sarif.json", "c.cdx.json", "d.XML", "gitlab=e.json", "badge=f", "github=g.sarif"]
    archcheck("-", "-q", *(part for name in names for part in ("-o", name)), stdin="service\n")
    read = {path.name: path.read_text() for path in archcheck.folder.iterdir() if path.is_file()}
    assert read["a.sarif"] == read["b.sarif.json"]
    assert json.loads(read["a.sarif"])["runs"][0]["results"]
    assert json.loads(read["c.cdx.json"])["bomFormat"] == "CycloneDX"
    assert read["d.XML"].startswith("<?xml ")
    assert json.loads(read["e.json"])[0]["severity"] == "blocker"
    assert json.loads(read["f"])["schemaVersion"] == 1
    assert read["g.sarif"].startswith("::error file=-,line=1,title=AC001 ")


def test_a_file_that_cannot_be_written_loses_nothing_else(archcheck):
    archcheck.write("kept.json", "before")
    done = archcheck("-", "-o", "gone/x.json", "-o", "kept.json", "-o", ".=x.json", "--json", stdin="ready\n")
    assert done.code == 2  # FORMAT= names no format
    done = archcheck("-", "-o", "gone/x.json", "-o", "kept.json", "--json", stdin="ready\n")
    assert done.code == 2
    assert "gone/x.json" in done.err
    assert json.loads((archcheck.folder / "kept.json").read_text()) == done.report


def test_a_failed_run_leaves_the_file_of_the_last_one(archcheck):
    archcheck.write("kept.json", "before")
    assert archcheck("missing.txt", "-o", "kept.json").code == 2
    assert (archcheck.folder / "kept.json").read_text() == "before"


def test_quiet_and_verbose(archcheck):
    quiet, usual, verbose = (archcheck("-", *flags, stdin="service\n").out for flags in (["-q"], [], ["-v"]))
    assert len(quiet) < len(usual) < len(verbose)
    for text in (quiet, usual, verbose):
        assert "blocked" in text
    assert "pure-wheel" in verbose
    assert "pure-wheel" not in usual


@pytest.mark.parametrize(
    ("arguments", "environ", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": ""}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always", "--json"], {}, False),
    ],
)
def test_colour(archcheck, arguments, environ, colored):
    done = archcheck("-", *arguments, stdin="stuck\n", environ=environ)
    assert ("\x1b[" in done.out) is colored


def test_json_is_the_same_on_every_run(archcheck):
    runs = [archcheck("-", "--json", *flags, stdin="service\n").out for flags in ([], [], ["--no-cache"])]
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize("stated", [None, "", "0", "1", "72", "-5", "x", "72.5", "²"])
@pytest.mark.parametrize("found", [None, 0, 133])
def test_the_terminal_is_as_wide_as_the_standard_library_says(monkeypatch, stated, found):
    def terminal(_descriptor):
        if found is None:
            raise OSError
        return os.terminal_size((found, 24))

    monkeypatch.setattr(os, "get_terminal_size", terminal)
    monkeypatch.delenv("COLUMNS", raising=False)
    if stated is not None:
        monkeypatch.setenv("COLUMNS", stated)
    assert terminal_columns(os.environ, 80) == shutil.get_terminal_size((80, 24)).columns


@pytest.mark.parametrize(
    ("columns", "width"),
    [("60", 60), ("", 100), ("0", 100), ("wide", 100), ("7", 40), ("250", 250), ("9" * 30, 1000)],
)
def test_columns_say_how_wide_a_report_is_on_a_pipe_and_in_a_file(archcheck, columns, width):
    printed = archcheck(
        "ready",
        "pure",
        "-v",
        "-t",
        "lambda:python3.13,lambda:python3.12",
        "-o",
        "a.txt",
        environ={"COLUMNS": columns},
    )
    assert {len(line) for line in printed.out.splitlines() if line.startswith("─")} == {width}
    assert (archcheck.folder / "a.txt").read_text() == printed.out


@pytest.mark.parametrize("first", [["--cache-dir", "kept"], ["--color", "never"], ["-c", "limits.txt"]])
def test_an_option_that_comes_first_is_not_taken_for_a_command(archcheck, first):
    archcheck.write("requirements.txt", "pure\n")
    archcheck.write("limits.txt", "pure<2\n")
    done = archcheck(*first, "requirements.txt", "--json")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-t", "lambda:python3.12,lambda:python3.13"],
        ["--target=lambda:python3.12, lambda:python3.13,"],
        ["-t", "lambda:python3.12", "-t", "lambda:python3.13"],
    ],
)
def test_targets_may_stand_between_commas(archcheck, arguments):
    archcheck.write("requirements.txt", "pure\n")
    audits = archcheck("--json", *arguments).report["audits"]
    assert [audit["target"]["id"] for audit in audits] == ["lambda:python3.12", "lambda:python3.13"]


@pytest.mark.parametrize("target", ["", ",", "lambda:python3.12,lambda"])
def test_no_target_and_half_a_target_are_none(archcheck, target):
    archcheck.write("requirements.txt", "pure\n")
    assert archcheck("--target", target).code == 2


def test_the_usage_names_the_command_and_what_may_be_left_out(archcheck):
    assert archcheck("check", "--help").out.startswith("usage: archcheck check ")
    assert "the following arguments are required: PACKAGE (see" in archcheck("why").err
