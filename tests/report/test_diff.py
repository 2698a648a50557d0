from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.cli.check import FOUND, exit_code
from archcheck.model import Evidence, Remedy, Severity, Status
from archcheck.report import fleet_diff
from archcheck.report.formats.diff import json as diff_json
from archcheck.report.formats.diff import markdown as diff_markdown
from archcheck.report.formats.diff import text as diff_text
from archcheck.report.formats.markdown import to_markdown
from archcheck.report.formats.text import to_text
from archcheck.report.json import from_json, to_json
from archcheck.report.layout import View
from archcheck.report.sections.diff import against, compare, headline, new_in
from tests.report.examples import (
    AFTER_BUILDS,
    EXAMPLES,
    FLEET,
    FLEET_BEFORE,
    HOSTILE,
    HOSTILE_FLEET,
    LAMBDA_313,
    LEGACY,
    MATRIX,
    NO_INDEX,
    READY,
    READY_NOW,
    audit,
    finding,
    package,
    place,
    report,
)
from tests.report.snapshots import matches
from tests.report.strategies import REPORTS, drawn
from tests.report.test_markdown import assert_only_our_tags
from tests.report.test_text import VIEWS, assert_fits

slow = drawn(20)


def built(name, severity=Severity.BUILD, rule="AC002"):
    return finding(rule, "build-required", severity, name, "1.0", "only the sdist is left", target=LAMBDA_313)


def wheel(name, version, status=Status.WHEEL, **more):
    return package(name, version, Status.WHEEL, status, line=1, **more)


def with_findings(*findings, packages=(), **more):
    return report(audit(AFTER_BUILDS, packages, findings, **more))


BEFORE = replace(
    with_findings(
        built("gone"),
        built("stays"),
        packages=(wheel("gone", "1.0"), wheel("moves", "1.0"), wheel("stays", "1.0")),
    ),
    generated_at="2026-11-22T12:00:00Z",
)
_NEW = replace(
    built("comes"),
    path=("moves", "comes"),
    evidence=Evidence(files=("comes-1.0.tar.gz",)),
    remedy=Remedy(kind="build", message="build it"),
)
AFTER = with_findings(
    _NEW,
    built("stays"),
    packages=(
        wheel("comes", "1.0", Status.NATIVE_SDIST),
        wheel("moves", "2.0", on_x86_64="3.0"),
        wheel("stays", "1.0"),
    ),
)
_API, _LAYER = FLEET.deployables[0], FLEET.deployables[2]
PAIRS = {
    "fleet": (FLEET_BEFORE, FLEET),
    "hostile-fleet": (HOSTILE_FLEET, replace(FLEET, audits=())),
    "change": (BEFORE, AFTER),
    "nothing": (LEGACY, LEGACY),
    "ready": (BEFORE, report(audit(READY, (wheel("stays", "1.0"),)))),
    "targets": (LEGACY, MATRIX),
    "gaps": (READY_NOW, NO_INDEX),
    "hostile": (report(), HOSTILE),
    "cleared": (HOSTILE, report()),
}
BASELINES = ("legacy", "no-index", "hostile")


def names(found):
    return [getattr(one, "package", None) or one.name for one in found]


def test_findings_and_packages_that_changed():
    (one,) = compare(BEFORE, AFTER).audits
    assert (names(one.new), names(one.fixed), names(one.unchanged)) == (["comes"], ["gone"], ["stays"])
    assert (names(one.added), names(one.removed), names(one.moved)) == (["comes"], ["gone"], ["moves"])
    assert one.moved[0].on("x86_64") == ("1.0 wheel", "3.0 wheel")
    assert one.moved[0].on("aarch64") == ("1.0 wheel", "2.0 wheel")


def test_deployables_are_paired_by_name_and_file():
    difference = compare(FLEET_BEFORE, FLEET)
    steps = {step.name: (step.was, step.stands) for step in fleet_diff.steps(difference)}
    assert steps == {
        "ApiFunction": ("after-changes", "now"),
        "SharedLayer": ("after-changes", "now"),
        "reports": (None, "stays"),
        "edge": ("already", "failing"),
        "web": ("now", "already"),
        "old-web": ("already", None),
    }
    assert fleet_diff.sentence(difference) == (
        "1 more runs on arm64, 2 more can move, 1 can move no longer, 1 new deployable, 1 gone"
    )
    assert [one.rule for one in difference.new] == ["AC019", "AC020"]
    assert headline(difference).sign == "✗"
    (layer,) = (each for each in difference.deployables if each.after is _LAYER)
    assert layer.before is not None


def test_of_one_name_in_one_file_each_has_its_own_pair():
    twice = replace(FLEET, deployables=(_API, replace(_API, architecture="arm64")))
    assert fleet_diff.steps(compare(twice, twice)) == ()
    assert len(compare(twice, twice).deployables) == 2


def test_a_finding_about_a_deployment_is_known_to_a_baseline():
    assert against(FLEET, FLEET).baseline.new == ()
    fresh = against(FLEET_BEFORE, FLEET)
    assert {one.rule for one in new_in(fresh)} == {"AC019", "AC020"}
    assert exit_code(against(FLEET_BEFORE, FLEET), {"blocker"}, exit_zero=False) == FOUND
    assert exit_code(against(FLEET, FLEET), {"blocker"}, exit_zero=False) == 0
    # Of a result on named inputs nothing is known about deployments: all of it is new, and nothing stood there.
    named = replace(FLEET, deployables=(), fleet=None)
    assert {one.rule for one in new_in(against(named, FLEET))} == {"AC019", "AC020"}
    assert fleet_diff.steps(compare(named, FLEET)) == ()
    assert compare(FLEET, named).deployables == ()


def test_neither_a_line_nor_a_version_makes_a_finding_new():
    moved = replace(built("stays"), location=place(99), version="7")
    difference = compare(with_findings(built("stays")), with_findings(moved))
    assert (difference.new, difference.fixed, difference.unchanged) == ((), (), (moved,))


@pytest.mark.parametrize(
    ("was", "now", "new"),
    [
        (Severity.WARNING, Severity.BLOCKER, True),
        (Severity.BUILD, Severity.BLOCKER, True),
        (Severity.BLOCKER, Severity.WARNING, False),
        (Severity.WARNING, Severity.WARNING, False),
    ],
)
def test_what_has_become_worse_is_new(was, now, new):
    difference = compare(with_findings(built("x", was, "AC013")), with_findings(built("x", now, "AC013")))
    assert bool(difference.new) is new
    assert bool(difference.unchanged) is not new
    assert not difference.fixed


def test_ignored_is_not_fixed_and_no_longer_ignored_is_new():
    shown, ignored = with_findings(built("x")), with_findings(ignored=(built("x"),))
    assert not compare(shown, ignored).fixed
    assert names(compare(ignored, shown).new) == ["x"]


def test_another_status_of_the_same_version_is_a_move():
    before, after = (
        with_findings(packages=(wheel("x", "1.0", status),)) for status in (Status.MISSING, Status.WHEEL)
    )
    ((change,),) = [one.moved for one in compare(before, after).audits]
    assert change.on("aarch64") == ("1.0 missing", "1.0 wheel")


def test_an_audit_of_one_side_alone():
    difference = compare(LEGACY, MATRIX)
    sides = [(one.before is None, one.after is None) for one in difference.audits]
    assert sides == [(True, False), (True, False), (False, True)]
    assert len(difference.new) == 3
    assert not difference.fixed, "nobody looked whether they are"


@slow
@given(REPORTS)
def test_nothing_differs_from_itself(one):
    difference = compare(one, one)
    assert not difference.new
    assert not difference.fixed
    assert not any(audit.added or audit.removed or audit.moved for audit in difference.audits)


@slow
@given(REPORTS, REPORTS)
def test_what_is_new_forwards_is_fixed_backwards(one, other):
    one, other = (
        replace(
            each,
            audits=tuple(replace(audit, ignored=()) for audit in each.audits),
            deployables=each.deployables if each.fleet is not None else (),
        )
        for each in (one, other)
    )
    there, back = compare(one, other), compare(other, one)
    assert {f.fingerprint for f in back.fixed} <= {f.fingerprint for f in there.new}
    assert {f.fingerprint for f in there.fixed} <= {f.fingerprint for f in back.new}


@pytest.mark.parametrize(
    ("pair", "sign", "words"),
    [
        ("change", "✗", "further from arm64: 1 new finding, 1 fixed, 1 unchanged"),
        ("nothing", "✓", "nothing new stands in the way of arm64: 0 new findings, 0 fixed, 7 unchanged"),
        ("ready", "✓", "nearer to arm64: 0 new findings, 2 fixed, 0 unchanged"),
        ("gaps", "?", "undetermined: 0 new findings, 0 fixed, 0 unchanged"),
    ],
)
def test_headline(pair, sign, words):
    answer = headline(compare(*PAIRS[pair]))
    assert (answer.sign, answer.sentence) == (sign, words)


@pytest.mark.parametrize("pair", PAIRS)
def test_snapshots(pair):
    difference = compare(*PAIRS[pair])
    matches(f"diff-{pair}.txt", diff_text.to_text(difference, View()))
    matches(f"diff-{pair}.md", diff_markdown.to_markdown(difference))
    matches(f"diff-{pair}.json", diff_json.to_json(difference))


@pytest.mark.parametrize("example", BASELINES)
def test_baseline_snapshots(example):
    """What a baseline adds to a report: at the end of the text, and before the last line of the Markdown."""
    plain, marked = EXAMPLES[example], against(BEFORE, EXAMPLES[example])
    texts = [to_text(one, View()) for one in (plain, marked)]
    matches(f"baseline-{example}.txt", texts[1].removeprefix(texts[0]))
    before, after = (to_markdown(one).rpartition("<sub>")[0] for one in (plain, marked))
    matches(f"baseline-{example}.md", after.removeprefix(before))


@slow
@given(REPORTS, REPORTS, VIEWS, st.booleans())
def test_any_difference_is_safe_to_show(one, other, view, swapped):
    difference = compare(*((other, one) if swapped else (one, other)))
    text = diff_text.to_text(difference, view)
    assert_fits(text, view)
    assert text.replace("\n", "").isprintable()
    markdown = diff_markdown.to_markdown(difference)
    assert_only_our_tags(markdown)
    assert markdown.replace("\n", "").isprintable()
    json.loads(diff_json.to_json(difference))


@slow
@given(REPORTS, REPORTS)
def test_any_report_with_a_baseline_is_safe_to_show(one, other):
    marked = against(one, other)
    assert_fits(to_text(marked, View()), View())
    assert_only_our_tags(to_markdown(marked))
    assert from_json(to_json(marked)) == marked


def test_a_report_tells_what_is_new_since_its_baseline():
    marked = against(BEFORE, AFTER)
    assert names(new_in(marked)) == ["comes"]
    assert marked.baseline is not None
    assert names(marked.baseline.fixed) == ["gone"]
    assert marked.baseline.unchanged == (built("stays").fingerprint,)
    assert replace(marked, baseline=None) == AFTER
    assert "Since the baseline of 2026-11-22T12:00:00Z: 1 new finding, 1 fixed, 1 unchanged" in to_text(
        marked, View(width=120)
    )


def test_findings_that_share_a_fingerprint_are_no_news_to_themselves():
    """A function has two layers of the other architecture: one that is named, one that is built here."""
    worse = finding("AC020", "layer-architecture", Severity.BLOCKER, "x", "1", "message")
    both = (replace(worse, severity=Severity.WARNING), worse)
    one = replace(FLEET, deployables=(replace(FLEET.deployables[0], findings=both),))
    for findings in (both, both[::-1]):
        other = replace(one, deployables=(replace(one.deployables[0], findings=findings),))
        assert compare(one, other).deployables[0].new == ()
        assert compare(other, one).deployables[0].unchanged == both
