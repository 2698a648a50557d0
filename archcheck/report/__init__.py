"""Report → text: one module a format, each imported only when its format is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archcheck.report.layout import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.model import Report

__all__ = ["RENDERERS", "Renderer", "View", "format_of"]


class Renderer(NamedTuple):
    """One format: how a report is written in it, and the file suffixes that ask for it.

    A format without a suffix of its own is asked for as `FORMAT=FILE`.
    """

    render: Callable[[Report, View], str]
    suffix: str = ""
    others: tuple[str, ...] = ()


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


def _sarif(report: Report, _view: View) -> str:
    from archcheck.report.sarif import to_sarif  # noqa: PLC0415

    return to_sarif(report)


def _github(report: Report, _view: View) -> str:
    from archcheck.report.github import to_github  # noqa: PLC0415

    return to_github(report)


def _gitlab(report: Report, _view: View) -> str:
    from archcheck.report.gitlab import to_gitlab  # noqa: PLC0415

    return to_gitlab(report)


def _junit(report: Report, _view: View) -> str:
    from archcheck.report.junit import to_junit  # noqa: PLC0415

    return to_junit(report)


def _cyclonedx(report: Report, _view: View) -> str:
    from archcheck.report.cyclonedx import to_cyclonedx  # noqa: PLC0415

    return to_cyclonedx(report)


def _badge(report: Report, _view: View) -> str:
    from archcheck.report.badge import to_badge  # noqa: PLC0415

    return to_badge(report)


def _html(report: Report, _view: View) -> str:
    from archcheck.report.html import to_html  # noqa: PLC0415

    return to_html(report)


def format_of(file_name: str) -> str | None:
    """Return the format that a file's name asks for, by the longest suffix known; None for none."""
    fits = [
        (len(suffix), name)
        for name, renderer in RENDERERS.items()
        for suffix in (renderer.suffix, *renderer.others)
        if suffix and file_name.lower().endswith(suffix)
    ]
    return max(fits)[1] if fits else None


RENDERERS: dict[str, Renderer] = {
    "text": Renderer(render=_text, suffix=".txt"),
    "json": Renderer(render=_json, suffix=".json"),
    "markdown": Renderer(render=_markdown, suffix=".md"),
    "sarif": Renderer(render=_sarif, suffix=".sarif", others=(".sarif.json",)),
    "github": Renderer(render=_github),
    "gitlab": Renderer(render=_gitlab),
    "junit": Renderer(render=_junit, suffix=".xml"),
    "cyclonedx": Renderer(render=_cyclonedx, suffix=".cdx.json"),
    "badge": Renderer(render=_badge),
    "html": Renderer(render=_html, suffix=".html"),
}
