"""The one-line answer for a terminal, its mark in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.report.layout import MARKS, clean, paragraph

if TYPE_CHECKING:
    from archcheck.report.layout import View
    from archcheck.report.sections.answer import Verdict


def answer_lines(answer: Verdict, view: View) -> list[str]:
    """Return a verdict, its mark before it."""
    hang = len(clean(answer.sign, ascii_only=view.ascii_only)) + 1
    style = MARKS[answer.sign]
    return paragraph(answer.sentence, view, label=answer.sign, hang=hang, style="bold", label_style=style)
