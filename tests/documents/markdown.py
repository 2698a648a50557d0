"""The parts of docs/ that are made: the options of each command, the rules, the action's inputs and outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from archcheck.judge.rule_texts import rules
from tests.documents.options import commands, others, own, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.judge.rule_texts import RuleText
    from tests.documents.options import Group

BEGIN, END = "<!-- made: {} -->", "<!-- end -->"
_MADE = re.compile(r"<!-- made: (?P<name>[\w-]+) -->\n.*?<!-- end -->\n", re.DOTALL)
_SHARED = "#options-of-several-commands"


def filled(text: str) -> str:
    """Return the page *text* with each part between `<!-- made: NAME -->` and `<!-- end -->` made anew."""
    parts = made()
    return _MADE.sub(lambda found: _between(found["name"], parts[found["name"]]), text)


def made() -> dict[str, str]:
    """Return every part by its name."""
    lines: dict[str, Iterator[str]] = {command.name: _options(command.name) for command in commands()}
    lines |= {"shared": _groups(shared()), "rules": _rules(), "rules-table": _table()}
    lines |= {f"action-{part}": _action(part) for part in ("inputs", "outputs")}
    return {name: "\n".join(each) for name, each in lines.items()}


def _between(name: str, text: str) -> str:
    return f"{BEGIN.format(name)}\n\n{text}\n\n{END}\n"


def _options(name: str) -> Iterator[str]:
    (command,) = (each for each in commands() if each.name == name)
    yield from ("```text", command.synopsis, "```", "")
    yield from (escaped(command.description), "")
    yield from _groups(own(command))
    if others(command):
        titles = ", ".join(_short(group.title) for group in others(command))
        yield from ("", f"And, [as several commands]({_SHARED}): {titles}.")
    if command.epilog:
        yield from ("", escaped(command.epilog))


def _groups(groups: Sequence[Group]) -> Iterator[str]:
    for number, group in enumerate(groups):
        yield from [""] if number else []
        yield from (f"*{_short(group.title)[:1].upper()}{_short(group.title)[1:]}*", "")
        yield from (f"- `{option.usage}`{_said(option.help)}" for option in group.options)


def _said(text: str) -> str:
    return f": {escaped(text)}" if text else ""


def _short(title: str) -> str:
    return title.partition(" (docs/")[0]


def _action(part: str) -> Iterator[str]:
    action = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text(encoding="utf-8"))
    yield from (f"| {part[:-1]} | |", "|---|---|")
    for name, about in action[part].items():
        default = f" (default: `{about['default']}`)" if about.get("default") else ""
        yield f"| `{name}` | {escaped(about['description'])}{default} |"


def _table() -> Iterator[str]:
    yield from ("| rule | | what it says |", "|---|---|---|")
    yield from (f"| [{each.code}](#{each.code.lower()}) | {each.name} | {each.title} |" for each in rules())


def _rules() -> Iterator[str]:
    for number, each in enumerate(rules()):
        yield from [""] if number else []
        yield from _rule(each)


def _rule(rule: RuleText) -> Iterator[str]:
    yield from (
        f"## {rule.code}",
        "",
        f"**{rule.name}: {escaped(rule.title)}.**",
        "",
        escaped(rule.meaning),
        "",
    )
    yield from (f"*Why it happens.* {escaped(rule.cause)}", "", "*What people do about it.*", "")
    for action in rule.actions:
        yield f"- {escaped(action.text)}"
        if action.command:
            yield from (
                "",
                "    ```text",
                *(f"    {line}" for line in action.command.splitlines()),
                "    ```",
                "",
            )
    see = ", ".join(f"[{code}](#{code.lower()})" for code in rule.see)
    sources = f" Sources: {escaped(', '.join(rule.sources))}." if rule.sources else ""
    yield from ("", f"See also: {see}.{sources}")


def escaped(text: str) -> str:
    """Return *text* so that Markdown shows it as it is; what stands in backticks already does."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(each if each[:1] == "`" else re.sub(r"([\\*_<\[\]])", r"\\\1", each) for each in parts)
