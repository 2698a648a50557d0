"""The manual page, in roff's macros of man(7): the same parsers as `--help`, and the settings' variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.settings.keys import VARIABLES
from tests.documents.options import commands, others, own, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.documents.options import Command, Group

_NAME = "does every dependency of a Python project install on arm64?"
_ABOUT = """\
archcheck resolves what a project depends on as pip would on x86_64 and on aarch64, looks at what the package index \
offers for that Python and that libc, and tells what stands in the way, who brings it in, and what to change. Nothing is \
built, installed or run."""
_SETTINGS = "[tool.archcheck] in pyproject.toml, or archcheck.toml: a flag outranks the environment, and that the file."
_EXITS = (
    ("0", "nothing at or above --fail-on"),
    ("1", "findings"),
    ("2", "bad input, or an audit that could not be completed"),
    ("130", "interrupted"),
)


def page() -> str:
    """Return the whole page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield '.\\" made from the argument parser by `make man`'
    yield '.TH ARCHCHECK 1 "" archcheck "User Commands"'
    yield from (".SH NAME", f"archcheck \\- {roff(_NAME)}", ".SH SYNOPSIS")
    for number, command in enumerate(commands()):
        yield from [".br"] if number else []
        yield f"\\fB{roff(command.synopsis)}\\fR"
    yield from (
        ".SH DESCRIPTION",
        roff(_ABOUT),
        ".PP",
        "Without a command it is \\fBcheck\\fR.",
        ".SH COMMANDS",
    )
    for command in commands():
        yield from _command(command)
    yield ".SH OPTIONS OF SEVERAL COMMANDS"
    yield from _groups(shared())
    yield from (".SH ENVIRONMENT", "Each says what the option of its name does.")
    for key in VARIABLES:
        yield from (".TP", f"\\fB{key.variable}\\fR", roff(f"--{key.option.replace('_', '-')}"))
    yield from (".SH FILES", roff(_SETTINGS), ".SH EXIT STATUS")
    for code, meaning in _EXITS:
        yield from (".TP", f"\\fB{code}\\fR", roff(meaning))


def _command(command: Command) -> Iterator[str]:
    yield from (f".SS {roff(f'archcheck {command.name}')}", roff(command.description))
    yield from _groups(own(command), below=command.name)
    if others(command):
        titles = ", ".join(group.title for group in others(command))
        yield from (".PP", roff(f"And the options of several commands (below): {titles}."))
    if command.epilog:
        yield from (".PP", roff(command.epilog))


def _groups(groups: Sequence[Group], below: str = "") -> Iterator[str]:
    for group in groups:
        yield from (".PP" if below else ".SS", f"\\fI{roff(group.title)}\\fR")
        for option in group.options:
            yield from (".TP", f"\\fB{roff(option.usage)}\\fR", roff(option.help) or "\\&")


def roff(text: str) -> str:
    """Return *text* as roff prints it: no request, no escape, hyphens that can be copied."""
    plain = " ".join(text.replace("`", "").split()).replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", plain)
