"""Report → text: a module for each format, imported only when that is asked for.

Internal, but for `archcheck.report.json`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archcheck.model import Report
    from archcheck.report.layout import View


class Renderer(NamedTuple):
    """One format: the module and the function that write it, and the file suffixes that ask for it.

    A format without a suffix of its own is asked for as `FORMAT=FILE`. With `takes_view` it is laid out for
    who reads it, and the function takes that too.
    """

    function: str
    suffix: str = ""
    others: tuple[str, ...] = ()
    takes_view: bool = False

    def render(self, report: Report, view: View | None) -> str:
        """Return *report* in this format."""
        # Not imported at the top: `--json` need not pay for tabulate and the words.
        module, _, name = self.function.rpartition(".")
        write = getattr(import_module(f"archcheck.report.{module}"), name)
        return str(write(report, view) if self.takes_view else write(report))


RENDERERS: dict[str, Renderer] = {
    "text": Renderer("formats.text.to_text", suffix=".txt", takes_view=True),
    "json": Renderer("json.to_json", suffix=".json"),
    "markdown": Renderer("formats.markdown.to_markdown", suffix=".md"),
    "csv": Renderer("formats.csv.to_csv", suffix=".csv"),
    "sarif": Renderer("formats.sarif.to_sarif", suffix=".sarif", others=(".sarif.json",)),
    "github": Renderer("formats.github.to_github"),
    "gitlab": Renderer("formats.gitlab.to_gitlab"),
    "junit": Renderer("formats.junit.to_junit", suffix=".xml"),
    "cyclonedx": Renderer("formats.cyclonedx.to_cyclonedx", suffix=".cdx.json"),
    "badge": Renderer("formats.badge.to_badge"),
    "html": Renderer("formats.html.to_html", suffix=".html"),
}


def format_of(file_name: str) -> str | None:
    """Return the format that a file's name asks for, by the longest suffix known; None for none."""
    fits = [
        (len(suffix), name)
        for name, renderer in RENDERERS.items()
        for suffix in (renderer.suffix, *renderer.others)
        if suffix and file_name.lower().endswith(suffix)
    ]
    return max(fits)[1] if fits else None
