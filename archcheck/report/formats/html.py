"""The report as one HTML file that needs nothing else: no network, no fonts, and no script to be read.

Every value is escaped by Jinja as it is printed; a policy in the file lets no style and no script run but
its own two, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from archcheck.report import fleet, overview, phrases
from archcheck.report.layout import clean
from archcheck.report.recipes import recipes
from archcheck.report.replacements import diff_lines
from archcheck.report.sections import answer, chart, deployment, matrix, readiness, remediation, sizes, tree
from archcheck.report.sections.way_out import was_not_sought, way_out

if TYPE_CHECKING:
    from archcheck.model import Report

# Of more inputs nothing is unfolded: the table above them leads to each.
_UNFOLDED = 3
_LOADER = PackageLoader("archcheck.report.formats")


def to_html(report: Report) -> str:
    """Return *report* as an HTML document."""
    environment = _environment()
    tables = matrix.matrices(report)
    style, script = (_source(name) for name in ("report.css", "report.js"))
    of_fleet = fleet.is_shown(report)
    alone = len(report.audits) == 1 and not of_fleet
    numbers = {id(audit): number for number, audit in enumerate(report.audits, 1)}
    return environment.get_template("report.html").render(
        report=report,
        alone=alone,
        of_fleet=of_fleet,
        heading="h3" if alone else "h5",
        shipped=() if alone else recipes(report),
        unfolded=len(report.audits) <= _UNFOLDED,
        number_of=lambda audit: numbers[id(audit)],
        tables=tables,
        wide=any(len(table.audits) > 1 for table in tables),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lines"] = _lines
    environment.filters["sentence"] = _sentence
    environment.globals.update(
        answer=answer,
        chart=chart,
        deployment=deployment,
        diff_lines=diff_lines,
        fleet=fleet,
        overview=overview,
        phrases=phrases,
        readiness=readiness,
        remediation=remediation,
        sizes=sizes,
        tree=tree,
        was_not_sought=was_not_sought,
        way_out=way_out,
    )
    return environment


def _finalize(value: Any) -> Any:
    """Spell out what text could hide: control, bidi and zero-width characters. Markup is our own."""
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _lines(text: str) -> Markup:
    """Return *text* with its line breaks, each line cleaned and escaped."""
    return Markup("\n").join(escape(clean(line)) for line in text.split("\n"))


def _sentence(text: str) -> str:
    """Return *text* with a full stop and a capital, unless it begins with a name such as arm64."""
    if text.partition(" ")[0].rstrip(":,;").isalpha():
        text = f"{text[:1].upper()}{text[1:]}"
    return text if text.endswith((".", "!", "?")) or not text else f"{text}."


def _source(name: str) -> str:
    """Return a template's text, with the line feeds that a browser hashes."""
    return _LOADER.get_source(_environment(), name)[0].replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
