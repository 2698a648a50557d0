"""Report → text: one module a format, each imported only when its format is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcheck.report.layout import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.model import Report

__all__ = ["RENDERERS", "Renderer", "View"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """One format: how a report is written in it, and the file suffix that asks for it."""

    render: Callable[[Report, View], str]
    suffix: str


# The imports stand inside the functions so that `--json` does not pay for tabulate and the words.
def _text(report: Report, view: View) -> str:
    from archcheck.report.text import to_text  # noqa: PLC0415

    return to_text(report, view)


def _json(report: Report, _view: View) -> str:
    from archcheck.report.json import to_json  # noqa: PLC0415

    return to_json(report)


def _markdown(report: Report, _view: View) -> str:
    from archcheck.report.markdown import to_markdown  # noqa: PLC0415

    return to_markdown(report)


def _html(report: Report, _view: View) -> str:
    from archcheck.report.html import to_html  # noqa: PLC0415

    return to_html(report)


RENDERERS: dict[str, Renderer] = {
    "text": Renderer(render=_text, suffix=".txt"),
    "json": Renderer(render=_json, suffix=".json"),
    "markdown": Renderer(render=_markdown, suffix=".md"),
    "html": Renderer(render=_html, suffix=".html"),
}
