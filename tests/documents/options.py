"""The commands and their options, as the parsers have them: one value that documents are written from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from archcheck.cli.main import COMMANDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option or argument: how it is written, as in `-t, --target BASE:pythonX.Y`, and what it does."""

    names: tuple[str, ...]
    value: str
    help: str

    @property
    def usage(self) -> str:
        """All names, and the value once."""
        return f"{', '.join(self.names)} {self.value}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Options that a parser shows together."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command; `synopsis` is the usage line of its arguments."""

    name: str
    description: str
    synopsis: str
    epilog: str
    groups: tuple[Group, ...]


@cache
def commands() -> tuple[Command, ...]:
    """Return all commands, in the program's order."""
    return tuple(_command(name, import_module(module).parser()) for name, module in COMMANDS.items())


@cache
def shared() -> tuple[Group, ...]:
    """Return the groups that several commands have alike, each once."""
    counted = Counter(group for command in commands() for group in command.groups)
    return tuple(group for group, times in counted.items() if times > 1 and group.title[:1].islower())


def own(command: Command) -> tuple[Group, ...]:
    """Return the groups of a command that no other has."""
    return tuple(group for group in command.groups if group not in shared())


def others(command: Command) -> tuple[Group, ...]:
    """Return the groups that it shares."""
    return tuple(group for group in command.groups if group in shared())


def _command(name: str, parser: Any) -> Command:
    made = [
        Group(
            title={"options": "Options", "positional arguments": "Arguments"}.get(group.title, group.title),
            options=tuple(
                _option(each) for each in group._group_actions if "--help" not in each.option_strings
            ),
        )
        for group in parser._action_groups
    ]
    arguments = [_synopsis(action) for action in parser.actions() if not action.option_strings]
    return Command(
        name=name,
        description=parser.description or "",
        synopsis=" ".join([f"archcheck {name}", *arguments, "[OPTIONS]"]),
        epilog=parser.epilog or "",
        groups=tuple(group for group in made if group.options),
    )


def _option(action: argparse.Action) -> Option:
    value = "" if action.nargs == 0 else _value(action)
    return Option(
        names=tuple(action.option_strings) or (value,),
        value=value if action.option_strings else "",
        help=(action.help or "").replace("%%", "%"),
    )


def _value(action: argparse.Action) -> str:
    return str(action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper())


def _synopsis(action: argparse.Action) -> str:
    value = _value(action)
    shapes: Mapping[Any, str] = {"?": f"[{value}]", "*": f"[{value} ...]", "+": f"{value} ..."}
    return shapes.get(action.nargs, value)
