"""What a report says of plans: what they come to, a line for each change, whom to ask where none helps."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from archcheck.model import Moved, Place, Remedy, Severity, Status
from archcheck.report.formats.html import to_html
from archcheck.report.formats.markdown import to_markdown
from archcheck.report.formats.text import to_text
from archcheck.report.json import from_json, to_json
from archcheck.report.layout import View
from archcheck.report.sections import deployment, remediation
from archcheck.report.sections.diff import compare
from archcheck.report.sections.way_out import line_of, way_out
from tests.report.examples import (
    AFTER_BUILDS,
    LEGACY,
    READY,
    STAY,
    UNKNOWNS,
    UNUSABLE,
    UNUSABLE_TARGET,
    WAY_OUT,
    accepted,
    audit,
    change,
    finding,
    package,
    plan,
    report,
)

NEWER = change(
    "version", "a", "1", "2", specifier="==2", location=Place(path="requirements.txt", line=3), direct=True
)
OTHER = change("version", "b", "1", "2", specifier=">=2,<3", location=Place(path="requirements.txt", line=1))
BUILD = change("build", "b", "1", "1", via="building takes a C compiler")
BOUND = change("constraint", "c", "3", "2", specifier="<=2")
DEPLOY = change("target", "", "lambda:python3.13", "lambda:python3.14")
FIX = "archcheck fix requirements.txt --target lambda:python3.13"


def blocked(name, rule="AC001", severity=Severity.BLOCKER, remedy=None):
    return finding(rule, "a-rule", severity, name, "1", "message", line=1, remedy=remedy)


def drifting(name):
    return finding("AC006", "version-drift", Severity.WARNING, name, "1", "aarch64 gets 1", line=1)


def shared(name, severity=Severity.WARNING):
    return finding("AC013", "target-problem", severity, name, "1", "must be built on both", line=1)


TWO = (blocked("a"), blocked("b"))


def after(*plans, findings=TWO, packages=(), recommendation=AFTER_BUILDS, kind=None):
    one = audit(recommendation, packages, findings)
    if kind is not None:
        one = replace(one, input=replace(one.input, kind=kind))
    return replace(one, plans=plans)


def title(*plans, **about):
    return way_out(after(*plans, **about)).title


def rows(count, status):
    return tuple(package(f"p{n}", "1", status, status, line=1) for n in range(count))


@pytest.mark.parametrize(
    ("made", "about", "said"),
    [
        (plan(NEWER, OTHER), {}, "2 changes make it ready for arm64 (verified)"),
        (plan(NEWER), {}, "1 change makes it ready for arm64 (verified)"),
        (plan(NEWER, verified=False), {}, "1 change makes it ready for arm64 (not verified)"),
        (
            plan(NEWER, BUILD, verified=False, build=1, ready=8, recommendation=AFTER_BUILDS),
            {},
            "2 changes clear the way to arm64 (not verified: b must be built)",
        ),
        (
            plan(NEWER, leaves=("b",), recommendation=STAY),
            {},
            "1 change clears 1 of 2 packages out of the way; b stays in the way (verified)",
        ),
        (
            plan(BOUND, leaves=("a", "b"), recommendation=STAY),
            {"packages": rows(2, Status.SDIST)},
            "1 change spares both architectures 2 builds; a, b stay in the way (verified)",
        ),
        (
            plan(NEWER, OTHER, introduces=("x",), verified=False),
            {},
            "2 changes make it ready for arm64; they bring new trouble with x (not verified)",
        ),
        # "ready" is a word for wheels alone
        (
            plan(NEWER, build=2),
            {"packages": rows(2, Status.SDIST)},
            "1 change leaves arm64 no worse than x86_64: p0, p1 must be built on either (verified)",
        ),
        (
            plan(NEWER, build=3),
            {"packages": rows(2, Status.SDIST)},
            "1 change leaves arm64 no worse than x86_64: 3 packages must be built on either (verified)",
        ),
        (
            plan(NEWER, recommendation=UNKNOWNS),
            {},
            "1 change clears the way, as far as it could be determined (verified)",
        ),
        (
            replace(plan(NEWER, verified=False), result=None),
            {},
            "1 change clears the way, as far as it could be determined (not verified)",
        ),
        # what is ready needs no change
        (
            plan(NEWER),
            {"findings": (drifting("a"),), "recommendation": READY},
            "1 change gives both architectures the same versions, if you want that (verified)",
        ),
        (
            plan(NEWER, build=2),
            {"findings": (shared("p0"),), "recommendation": READY, "packages": rows(3, Status.SDIST)},
            "1 change spares both architectures a build, if you want that (verified)",
        ),
        (
            plan(NEWER, OTHER, build=1),
            {
                "findings": (shared("p0"),),
                "recommendation": READY,
                "packages": rows(3, Status.SDIST),
            },
            "2 changes spare both architectures 2 builds, if you want that (verified)",
        ),
        (
            plan(NEWER),
            {"findings": (), "recommendation": READY, "packages": rows(1, Status.FALLBACK_SDIST)},
            "1 change gives arm64 wheels where it does without them today, if you want that (verified)",
        ),
        (
            plan(DEPLOY),
            {"findings": (shared("a", Severity.BLOCKER),), "recommendation": UNUSABLE},
            "1 change makes it ready for arm64 (verified)",
        ),
    ],
)
def test_the_title_says_what_the_changes_come_to(made, about, said):
    assert title(made, **about) == said


@pytest.mark.parametrize(
    ("one", "where", "what"),
    [
        (NEWER, "requirements.txt:3", "a 1 → 2"),
        (OTHER, "requirements.txt:1", "b 1 → 2: write b>=2,<3"),
        (BOUND, "", "c 3 → 2, by a constraint: c<=2 (has to go along)"),
        (BUILD, "", "build b 1: takes a C compiler"),
        (replace(BUILD, via=None), "", "build b 1"),
        (DEPLOY, "", "deploy on lambda:python3.14"),
        (change("lock", "a", "1", "2"), "", "a 1 → 2, in the lock"),
        (change("relock", "a", "1", "1"), "", "a 1: lock again, with its aarch64 wheel let in"),
        (
            change("version", "a", "1", "1", specifier="==1", via="by name, not by URL"),
            "",
            "a==1: by name, not by URL",
        ),
        (
            change("replace", "a", "a==1", "z>=2", code=True, via="z is its successor"),
            "",
            "z>=2 instead of a==1 (your code has to change with it; z is its successor)",
        ),
        (change("replace", "a", "a==1", "z>=2"), "", "z>=2 instead of a==1 (your code stays as it is)"),
        (
            change("version", "fallback", "1", "2"),
            "",
            "fallback 1 → 2 (installs as it is; this adds its compiled part)",
        ),
        (change("version", "both", "1", "2"), "", "both 1 → 2 (today it is built on both)"),
        (change("version", "neither", "1", "2"), "", "neither 1 → 2 (today it installs on neither)"),
    ],
)
def test_a_change_is_a_line(one, where, what):
    packages = (
        package("fallback", "1", Status.FALLBACK_SDIST, Status.FALLBACK_SDIST, line=1),
        package("both", "1", Status.SDIST, Status.SDIST, line=1),
        package("neither", "1", Status.MISSING, Status.MISSING, line=1),
        package("c", "3", Status.WHEEL, Status.WHEEL),
    )
    findings = (blocked("a"), blocked("b"), shared("both"), shared("neither", Severity.BLOCKER))
    line = line_of(one, after(packages=packages, findings=findings))
    assert (line.where, str(line)) == (where, what)


def test_a_lock_is_made_again_with_the_setting_that_its_remedy_names():
    remedy = Remedy(kind="relock", message="put x in y, and lock again")
    one = after(findings=(blocked("a", "AC015", remedy=remedy),), kind="uv")
    assert line_of(change("relock", "a", "1", "1"), one).what == "a 1: put x in y, and lock again"


def test_lines_follow_the_files_with_the_target_first_and_builds_last():
    way = way_out(after(plan(BUILD, BOUND, NEWER, OTHER, DEPLOY)))
    assert [str(line).split()[:2] for line in way.lines] == [
        ["deploy", "on"],
        ["b", "1"],
        ["a", "1"],
        ["c", "3"],
        ["build", "b"],
    ]


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        ((plan(NEWER, OTHER, BOUND), plan(NEWER)), "only a 1 → 2"),
        ((plan(NEWER, OTHER, BOUND), plan(NEWER, OTHER)), "the same without c 3 → 2, by a constraint: c<=2"),
        ((plan(NEWER), plan(DEPLOY)), "deploy on lambda:python3.14"),
        ((plan(NEWER, OTHER), plan(NEWER, DEPLOY)), "deploy on lambda:python3.14, and the rest as above"),
        ((plan(NEWER, OTHER), plan(OTHER, leaves=("a",))), "only b 1 → 2: write b>=2,<3; a stays in the way"),
        (
            (plan(NEWER), plan(OTHER, introduces=("x",), verified=False)),
            "b 1 → 2: write b>=2,<3; new trouble with x; not verified",
        ),
        ((plan(NEWER), plan(OTHER, build=2)), "b 1 → 2: write b>=2,<3; 2 packages must be built on either"),
        (
            (plan(NEWER), plan(BUILD, verified=False, build=1, recommendation=AFTER_BUILDS)),
            "build b 1: takes a C compiler; not verified: b must be built",
        ),
        ((plan(BUILD, verified=False), plan(DEPLOY)), "deploy on lambda:python3.14; verified"),
    ],
)
def test_other_plans_are_told_by_how_they_differ(plans, said):
    assert way_out(after(*plans)).others == (said,)


def test_what_moves_with_the_changes_is_told_in_one_bounded_line():
    moved = [Moved(package=f"m{n}", from_="1", to="2") for n in range(7)]
    own = [Moved(package="a", from_="1", to="2"), Moved(package="z-z", from_=None, to="2")]
    swap = change("replace", "b", "b==1", "Z_z>=2")
    told = way_out(after(plan(NEWER, swap, moved=(*own, *moved)))).besides
    assert told == ("what moves with it: m0 1 → 2, m1 1 → 2, m2 1 → 2, m3 1 → 2, m4 1 → 2 and 2 more",)
    assert way_out(after(plan(NEWER, moved=tuple(own[:1])))).besides == ()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            blocked("b"),
            "b: ask its maintainers for an aarch64 wheel; until then stay on x86_64, or do without it",
        ),
        (
            blocked("b", "AC012"),
            (
                "b: ask its maintainers for a release that works on aarch64; until then stay on x86_64, "
                "or do without it"
            ),
        ),
        (blocked("b", "AC002", Severity.BUILD), "b: build it, and ask its maintainers for an aarch64 wheel"),
        (
            blocked("b", remedy=Remedy(kind="version", message="upgrade b 1 → 9", version="9")),
            "b: upgrade b 1 → 9 (not yet verified)",
        ),
    ],
)
def test_for_what_stays_it_says_whom_to_ask(found, said):
    left = after(plan(NEWER, leaves=("b",), recommendation=STAY), findings=(blocked("a"), found))
    assert way_out(left).besides == (said,)
    none = way_out(after(findings=(found,)))
    assert (none.lines, none.besides) == ((), (said,))
    assert way_out(after(findings=(accepted(found),))) == none


@pytest.mark.parametrize(
    ("helped", "said"),
    [
        ((), "no change is known that clears the way"),
        (("a",), "no changes were found that go together for certain; for some there is one by itself"),
        (("a", "b"), "no changes were found that go together for certain; for each there is one by itself"),
    ],
)
def test_where_no_plan_was_found_it_says_what_there_is(helped, said):
    remedy = Remedy(kind="version", message="upgrade", version="9")
    found = tuple(blocked(name, remedy=remedy if name in helped else None) for name in "ab")
    assert title(findings=found) == said


def test_commands_are_those_of_the_tool_that_writes_the_file():
    moves = plan(change("version", "a", "1", "2", specifier=">=2"), change("lock", "b", "1", "2"))
    way = way_out(after(moves, kind="uv"))
    assert way.commands == ("uv add 'a>=2'", "uv lock --upgrade-package b==2")
    assert way.fix == FIX  # which edits the project beside the lock, whatever group states it
    assert way_out(after(plan(change("lock", "b", "1", "2")), kind="uv")).fix == ""
    assert way_out(after(moves, kind="environment")).fix == ""
    assert way_out(after(plan(change("relock", "a", "1", "1")), kind="uv")).commands == (
        "uv lock --upgrade-package a==1",
    )
    assert way_out(after(plan(change("relock", "a", "1", "1")), kind="poetry")).commands == ("poetry lock",)
    assert (way_out(after(moves)).commands, way_out(after(moves)).fix) == ((), FIX)
    assert way_out(after(plan(DEPLOY, BUILD))).fix == ""  # no file says that
    assert way_out(after(moves, kind="setup-py")).fix == ""  # nobody edits what may be computed
    assert way_out(after(moves, kind="pyproject")).fix == FIX
    stdin = after(moves)
    assert way_out(replace(stdin, input=replace(stdin.input, path="-"))).fix == ""


@pytest.mark.parametrize("found", [blocked("a"), drifting("a")])
def test_where_nothing_was_looked_for_one_line_says_it(found):
    one = replace(audit(UNKNOWNS, (), (found,)), plans=None)
    assert way_out(one).title == "no remedy was looked for (--no-remedies)"
    told = replace(
        one, recommendation=replace(UNKNOWNS, reasons=("no remedy was looked for (--no-remedies)",))
    )
    assert way_out(told) is None
    assert to_text(report(told), View()).count("--no-remedies") == 1
    assert to_markdown(report(told)).count("--no-remedies") == 1
    if found.fingerprint in told.obstacles:  # an obstacle is one all the same
        first = " ".join(to_text(report(told), View()).split())
        assert first.startswith(
            "✗ not ready for arm64: 1 of 0 packages does not install (no remedy was looked for) "
        )
    for text in (to_text(report(told), View()), to_markdown(report(told)), to_html(report(told))):
        assert "none known" not in text
        assert "none is known" not in text
        assert "No remedy is known" not in text


@pytest.mark.parametrize(
    "one", [LEGACY.audits[0], UNUSABLE_TARGET.audits[0], audit(STAY, (), (blocked("a"),))]
)
def test_a_result_without_plans_has_no_such_part(one):
    assert way_out(one) is None


def test_a_result_of_before_plans_is_rendered_and_compared_as_it_was():
    document = json.loads(to_json(WAY_OUT))
    del document["audits"][0]["plans"]
    older = from_json(json.dumps(document))
    assert "→ " not in to_text(older, View()).partition("Obstacles")[0]
    pair = compare(older, WAY_OUT).audits[0]
    assert not pair.any


def test_nothing_is_said_where_there_is_nothing_to_change():
    assert way_out(after(findings=(), recommendation=READY)) is None


def test_steps_are_those_of_the_best_plan():
    target = "lambda:python3.13"
    best = plan(NEWER, BOUND, BUILD, verified=False, leaves=("x",), recommendation=STAY, target=target)
    steps = remediation.steps(after(best, plan(DEPLOY), findings=(blocked("a"), blocked("b"), blocked("x"))))
    assert [(step.title, step.command) for step in steps] == [
        ("Ask for a in another version", "a==2"),
        ("Constrain c, which other packages bring in", "c<=2"),
        ("Or take all of it as a diff", FIX),
        ("Build b", ""),
        ("Decide about x", ""),
        ("Audit the changed set", "archcheck requirements.txt --target lambda:python3.13"),
    ]


def test_another_target_is_the_recipes_as_well():
    one = after(plan(DEPLOY, target="lambda:python3.14"), packages=rows(1, Status.SDIST))
    first, *_, last = remediation.steps(one)
    assert first.title == "Deploy on lambda:python3.14"
    assert last.command == "archcheck requirements.txt --target lambda:python3.14"
    commands = "\n".join(step.command for step in deployment.steps(one))
    assert "python:3.14" in commands
    assert "3.13" not in commands
    ready = replace(one, recommendation=READY)  # optional: what is shipped is what is there
    assert "python:3.13" in "\n".join(step.command for step in deployment.steps(ready))


def test_what_is_compiled_once_changed_is_what_the_plan_builds():
    packages = (
        package("a", "1", Status.WHEEL, Status.NATIVE_SDIST, line=1),
        package("b", "1", Status.WHEEL, Status.NATIVE_SDIST, line=1),
        package("c", "1", Status.SDIST, Status.SDIST),
        package("d", "1", Status.SDIST, Status.SDIST),
    )
    gone = (Moved(package="c", from_="1", to=None),)
    built = plan(NEWER, BUILD, verified=False, moved=gone, build=2, recommendation=AFTER_BUILDS)
    assert deployment.to_compile(after(built, packages=packages)) == ("b", "d")
    assert deployment.to_compile(after(plan(NEWER, OTHER), packages=packages)) == ()
