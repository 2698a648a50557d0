"""What is said of an option that there is not, and that none is guessed from its first letters."""

from __future__ import annotations

import pytest

from archcheck.cli import check, render
from archcheck.cli.main import COMMANDS
from archcheck.cli.options import meant
from archcheck.errors import UsageError

CHECK = [name for action in check.parser().actions() for name in action.option_strings]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--arch", "--architecture (of what is built already) or --target (where a project will run)"),
        ("--platform", "--target, as in --target lambda:python3.13"),
        ("--python", "--target, as in --target lambda:python3.13"),
        ("--fix", "archcheck fix"),
        ("-r", "archcheck FILE (a file is named as it is)"),
        ("--all", "--all-extras (every extra of a project) or --recursive (every input below a folder)"),
        ("--html", "--format html"),
        ("--tagret", "--target"),
        ("--quite", "--quiet"),
        ("--verb", "--verbose"),
        ("--fail_on", "--fail-on"),
        ("--extra-", "--extra-index-url"),
        ("--JSON", "--json"),
        ("--colour", "--color"),
        ("--remedies", "--no-remedies"),
    ],
)
def test_what_may_have_been_meant(typed, said):
    assert meant.hint(typed, CHECK) == f"; did you mean {said}?"


@pytest.mark.parametrize("typed", ["--zzz", "--nonsense", "-x", "--", "-", "--no", "--server", "fail-on"])
def test_nonsense_is_not_answered_with_a_guess(typed):
    assert meant.hint(typed, CHECK) == ""


def test_no_command_is_told_of_an_option_that_it_has_not():
    options = [name for action in render.parser().actions() for name in action.option_strings]
    assert meant.hint("--arch", options) == ""
    assert meant.hint("--html", options) == "; did you mean --format html?"


def test_what_is_told_is_there():
    words = {said.split()[0].rstrip(",") for row in meant._ELSEWHERE.values() for said in row} - {"archcheck"}
    assert words <= set(CHECK)
    said = [
        each.split()[1] for row in meant._ELSEWHERE.values() for each in row if each.startswith("archcheck ")
    ]
    assert set(said) - {"FILE", "--version"} <= set(COMMANDS)


@pytest.mark.parametrize("typed", ["--all", "--verbos", "--targe=lambda:python3.13", "--no-rem"])
def test_what_an_option_begins_with_is_not_that_option(typed):
    with pytest.raises(UsageError, match=rf"^unknown argument: {typed.partition('=')[0]}; did you mean --"):
        check.parser().parse([typed])
