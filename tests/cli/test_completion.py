"""Shell completion, as a bash that sources it completes; the other shells where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module

import pytest

from archcheck.cli.main import COMMANDS
from tests.patience import PATIENCE

ASK = r"""
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p archcheck | sed 's/.*-F \([^ ]*\).*/\1/')
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def completed(archcheck):
    """Return what bash offers for the last of the words."""
    script = archcheck.write("completion.bash", archcheck("completion", "bash").out)

    def ask(*words):
        run = subprocess.run(
            ["bash", "--norc", "-c", ASK, "bash", str(script), "archcheck", *words],
            capture_output=True,
            check=True,
            text=True,
        )
        assert run.stderr == ""
        return run.stdout.split()

    return ask


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["exp"], ["explain", "explain-log"]),
        (["check", "--fail-on", ""], ["blocker", "build", "unknown", "never"]),
        (["--fail-on", "b"], ["blocker", "build"]),
        (["requirements.txt", "--fail-on", "n"], ["never"]),
        (["--tar"], ["--target"]),
        (["requirements.txt", "--tar"], ["--target"]),
        (["why", "--tar"], ["--target"]),
        (["why", "--fail"], []),
        (["render", "-f", "mark"], ["markdown"]),
        (["explain", "AC00"], [f"AC00{number}" for number in range(1, 10)]),
        (["check", "--ignore", "AC016"], ["AC016"]),
        (["cache", ""], ["dir", "clear", "prune"]),
        (["cache", "pr"], ["prune"]),
        (["completion", "z"], ["zsh"]),
        (["--target", "lambda:python3.9"], ["lambda:python3.9"]),
        (["--target", "lambda", ":", "python3.9"], ["python3.9"]),
        (["why", "x", "-t", "debian12", ":"], [f"python3.{minor}" for minor in range(8, 16)]),
        (["--kind", "pipf"], ["pipfile-lock", "pipfile"]),
        # nothing to offer: bash completes files
        (["check", ""], []),
        (["check", "req"], []),
        (["-o", ""], []),
        (["check", "-o", "rep"], []),
    ],
)
def test_bash(completed, words, offered):
    assert completed(*words) == offered


def test_every_command_is_offered_first(completed):
    assert completed("") == list(COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(archcheck, shell):
    done = archcheck("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert [command for command in COMMANDS if command not in done.out] == []
    path = archcheck.write("script", done.out)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "--no-execute" if shell == "fish" else "-n", path], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does(command):
    actions = import_module(COMMANDS[command]).parser().actions()
    assert [action.option_strings for action in actions if action.option_strings and not action.help] == []


def test_another_shell(archcheck):
    done = archcheck("completion", "cmd.exe")
    assert done.code == 2
    assert "cmd.exe" in done.err
