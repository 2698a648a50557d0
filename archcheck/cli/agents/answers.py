"""What a tool answers: what the command of the same arguments prints as JSON, and a few lines of text."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from archcheck.cli import check, fix, why
from archcheck.cli.agents import tools
from archcheck.cli.agents.folders import admitted
from archcheck.cli.console import Console
from archcheck.judge.rule_texts import rule, rules
from archcheck.report import RENDERERS, fleet
from archcheck.report.groups import grouped
from archcheck.report.json import encoded
from archcheck.report.layout import View
from archcheck.report.sections import explain
from archcheck.report.sections import why as ways

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcheck.app.perform import Watch

_VIEW = View(width=100, quiet=True)


class Answer(NamedTuple):
    """A text for reading, and the JSON of the command line as a value."""

    text: str
    document: dict[str, Any]


def answer(
    asked: tools.Arguments, folders: Sequence[str], environ: Mapping[str, str], watch: Watch | None = None
) -> Answer:
    """Return the answer to *asked*, of inputs in *folders* alone; changes to the first of these.

    Raises `ArchcheckError` as the commands do.
    """
    os.chdir(folders[0])
    console = Console(out=io.StringIO(), err=(said := io.StringIO()), environ=environ)
    console.within = tuple(folders)
    match asked:
        case tools.Audit():
            found = _audit(asked, console, watch)
        case tools.Why():
            found = _why(asked, console, watch)
        case tools.Plan():
            found = _plan(asked, console, watch)
        case tools.Explain():
            return _explain(asked)
    return found._replace(text=said.getvalue() + found.text)


def _audit(asked: tools.Audit, console: Console, watch: Watch | None) -> Answer:
    words = [*admitted(asked.paths, console.within), *tools.typed(asked.requirements)]
    command = check.parser()
    report = check.report_on(command, command.parse([*asked.options(), "--", *words]), console, watch)
    view = _VIEW._replace(quiet=not fleet.is_shown(report))  # of a repository all rows
    return Answer(RENDERERS["text"].render(report, view), _value(grouped(report)))


def _why(asked: tools.Why, console: Console, watch: Watch | None) -> Answer:
    words = [asked.name, *admitted(asked.paths, console.within)]
    command = why.parser()
    report = why.report_on(command, command.parse([*asked.options(), "--", *words]), console, watch)
    return Answer(ways.why(report, asked.name, _VIEW), _value(ways.told(report, asked.name)))


def _plan(asked: tools.Plan, console: Console, watch: Watch | None) -> Answer:
    words = admitted([asked.path] if asked.path else [], console.within)
    command = fix.parser()
    parsed = command.parse([*asked.options(), "--", *words])
    found = fix.fixed(command, parsed, console, watch)
    document = _value(fix.document(found))
    told = (*fix.told(found), *(f"cannot be written: {each}" for each in document.get("refused", ())))
    return Answer("\n".join([*told, document["diff"]]), document)


def _explain(asked: tools.Explain) -> Answer:
    if asked.code is None:
        return Answer(explain.overview(_VIEW), _value({"rules": rules()}))
    return Answer(explain.explain(asked.code, _VIEW), _value(rule(asked.code)))


def _value(value: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(encoded(value))
    return document
