"""A rule explained: what it means, why it happens, what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge import rule_texts
from archcheck.report.layout import RULE, command, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.judge.rule_texts import RuleText
    from archcheck.report.layout import View


def codes() -> tuple[str, ...]:
    """Return the code of every rule."""
    return tuple(rule.code for rule in rule_texts.rules())


def explain(code: str, view: View) -> str:
    """Return the text of one rule; raises `UsageError` where there is no such rule."""
    return "\n".join(_lines(rule_texts.rule(code), view)) + "\n"


def overview(view: View) -> str:
    """Return all rules, each with its title."""
    rows = [(rule.code, rule.name, rule.title) for rule in rule_texts.rules()]
    return "\n".join(table(("rule", "name", "what it says"), rows, view)) + "\n"


def _lines(text: RuleText, view: View) -> Iterator[str]:
    heading = f"{text.name}: {text.title}"
    yield from paragraph(heading, view, label=text.code, hang=RULE, style="bold", label_style="cyan")
    for title, body in (("What it means", text.meaning), ("Why it happens", text.cause)):
        yield from ("", *paragraph(title, view, style="bold"), *paragraph(body, view, indent=2))
    yield from ("", *paragraph("What people do about it", view, style="bold"))
    for number, action in enumerate(text.actions):
        yield from [""] if number else []
        yield from paragraph(action.text, view, indent=2, label="-", hang=2)
        yield from command(action.command, view, indent=6) if action.command else []
    others = ", ".join(f"{other} {rule_texts.rule(other).name}" for other in text.see)
    yield ""
    yield from paragraph(others, view, label="See also", hang=10)
    yield from paragraph(", ".join(text.sources), view, label="Sources", hang=10)
