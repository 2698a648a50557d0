"""What is accepted is no less true: with every finding ignored, what the reports say of the set stays as it was."""

from __future__ import annotations

import re

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from archcheck.judge.obstacles import is_unusable
from archcheck.model import Severity, Status
from archcheck.report import RENDERERS, phrases
from archcheck.report.layout import View
from archcheck.report.sections import deployment, readiness, remediation, tree
from archcheck.report.sections.answer import verdict
from tests.report.examples import EXAMPLES, STAY, accepted, audit, finding, package, report

FAILING = report(
    audit(
        STAY,
        (package("torch", "2.0.0", Status.WHEEL, Status.WHEEL, line=1),),
        (finding("AC012", "known-issue", Severity.BLOCKER, "torch", "2.0.0", "it aborts", line=1),),
    )
)
REPORTS = {**EXAMPLES, "failing": FAILING}
AUDITS = [
    pytest.param(one, id=f"{name}-{number}")
    for name, made in REPORTS.items()
    for number, one in enumerate(made.audits)
]


def accepting(one):
    """Return the audit with all its findings ignored."""
    return replace(one, findings=(), ignored=(*one.ignored, *map(accepted, one.findings)))


def unmarked(value):
    """Return *value* as plain data, without the marks of what is accepted."""
    match value:
        case str():
            return value.replace(" (accepted)", "")
        case list() | tuple():
            return [unmarked(each) for each in value]
        case dict():
            return {key: unmarked(each) for key, each in value.items()}
        case _:
            return value


def prints(findings):
    return [one.fingerprint for one in findings]


@pytest.mark.parametrize("one", AUDITS)
def test_what_decides_is_the_same(one):
    same = accepting(one)
    for of in (phrases.obstacles, phrases.unknowns, phrases.deciding):
        assert prints(of(same)) == prints(of(one))
    assert phrases.failing(same) == phrases.failing(one)
    assert verdict(same) == verdict(one)
    assert phrases.build_command(same) == phrases.build_command(one)


@pytest.mark.parametrize("one", AUDITS)
def test_questions_changes_and_recipe_are_the_same(one):
    same = accepting(one)
    for of in (remediation.answers, remediation.steps, deployment.steps):
        assert unmarked(to_builtins(of(same))) == unmarked(to_builtins(of(one)))
    assert deployment.to_compile(same) == deployment.to_compile(one)


@pytest.mark.parametrize("one", AUDITS)
def test_bars_and_tree_are_the_same(one):
    same = accepting(one)
    for architecture in ("x86_64", "aarch64"):
        assert readiness.bar(same, architecture) == readiness.bar(one, architecture)
    walks = [
        [
            (node.kind, node.number, node.beneath, node.obstacle and node.obstacle.fingerprint)
            for node in tree.tree(each)
        ]
        for each in (same, one)
    ]
    assert walks[0] == walks[1]


@pytest.mark.parametrize("name", REPORTS)
def test_the_badge_is_the_same(name):
    made = REPORTS[name]
    same = replace(made, audits=tuple(map(accepting, made.audits)))
    assert RENDERERS["badge"].render(same, View()) == RENDERERS["badge"].render(made, View())


@pytest.mark.parametrize("one", AUDITS)
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_whatever_decides_is_shown_as_accepted(one, form):
    plain, same = (RENDERERS[form].render(report(each), View()) for each in (one, accepting(one)))
    mark = re.escape("accepted: the image pins a build that works (until 2027-01-31")
    deciding = {*prints(phrases.deciding(one)), *prints(filter(is_unusable, one.findings))}
    shown = re.findall(mark, re.sub(r"\s+", " ", same).replace("&#8203;", "").replace("\\", ""))
    assert len(shown) == len(deciding)
    assert not re.search(mark, plain)
    nothing = "Nothing.</p>"
    assert (nothing in same) == (nothing in plain)


@pytest.mark.parametrize("one", AUDITS)
@pytest.mark.parametrize("form", ["github", "gitlab"])
def test_annotations_leave_it_out(one, form):
    text = RENDERERS[form].render(report(accepting(one)), View())
    assert not any(f"{each.rule} {each.package}" in text for each in one.findings)
