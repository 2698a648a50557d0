from __future__ import annotations

import pytest
from hypothesis import given

from archcheck.errors import UsageError
from archcheck.model import Status
from archcheck.report.layout import View, columns
from archcheck.report.sections.why import SHOWN, ways, why
from tests.report.examples import HOSTILE, READY, READY_NOW, audit, package, report
from tests.report.strategies import REPORTS, drawn


def graph(**edges):
    """name → (line or None, the packages that ask for it)."""
    return {
        name: package(name, "1", Status.WHEEL, Status.WHEEL, line=line, by=by)
        for name, (line, by) in edges.items()
    }


def test_every_way_shortest_first():
    packages = graph(app=(1, ()), web=(2, ("app",)), core=(None, ("web", "app", "aux")), aux=(None, ("web",)))
    assert ways(packages, "core") == (
        [
            ("app", "core"),
            ("web", "core"),
            ("app", "web", "core"),
            ("web", "aux", "core"),
            ("app", "web", "aux", "core"),
        ],
        True,
    )


def test_circles_end():
    packages = graph(a=(1, ("c",)), b=(None, ("a", "b")), c=(None, ("b",)))
    assert ways(packages, "c") == ([("a", "b", "c")], True)


def test_a_requirer_that_is_not_in_the_set_is_passed_over():
    assert ways(graph(a=(None, ("ghost",))), "a") == ([], True)


def ladder(steps):
    """Two ways at each step: 2 to the power of *steps* in all."""
    edges = {"p0": (1, ())}
    for n in range(steps):
        edges |= {
            f"l{n}": (None, (f"p{n}",)),
            f"r{n}": (None, (f"p{n}",)),
            f"p{n + 1}": (None, (f"l{n}", f"r{n}")),
        }
    return graph(**edges)


def test_more_ways_than_are_shown_are_counted():
    packages = ladder(8)
    found, everything = ways(packages, "p8")
    assert (len(found), everything) == (256, True)
    text = why(report(audit(READY, tuple(packages.values()))), "p8", View())
    assert "256 ways in\n" in text
    assert text.count("requirements.txt:1: p0 1 → ") == SHOWN
    assert text.endswith(f"  and {256 - SHOWN} more\n")


def test_ways_without_number_are_said_not_to_be_counted():
    packages = ladder(40)
    assert ways(packages, "p40")[1] is False
    text = why(report(audit(READY, tuple(packages.values()))), "p40", View())
    assert "which were not counted" in text


def test_an_unknown_package_is_an_error_with_the_nearest_name():
    with pytest.raises(
        UsageError, match="aiohtp is not among the 5 packages of this audit; did you mean aiohttp"
    ):
        why(READY_NOW, "aiohtp", View())


def test_names_are_compared_normalised():
    assert why(READY_NOW, "AIO.Http".replace(".", ""), View()).startswith("aiohttp in ")


def test_a_hostile_name_asked_for_is_spelled_out():
    with pytest.raises(UsageError) as caught:
        why(HOSTILE, "\x1b[2J", View())
    assert str(caught.value).isprintable()


@drawn(40)
@given(REPORTS)
def test_any_report_fits(one):
    for each in one.audits:
        for row in each.packages:
            try:
                text = why(one, row.name, View(width=50))
            except UsageError:
                continue  # the name is none that an index could have
            assert all(columns(line) <= 50 for line in text.splitlines())
            assert text.replace("\n", "").isprintable()
