"""What is on arm64 and fails there: in words that are true of its cause, in every format."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.bot.comment import draft
from archcheck.model import Severity
from archcheck.report import RENDERERS
from archcheck.report.layout import View
from tests.report.examples import (
    AFTER_BUILDS,
    FLEET,
    LAMBDA_313,
    READY,
    STAY,
    about_deployment,
    accepted,
    audit,
    deployed,
    finding,
    place,
)

TAILS = {
    "not all installs": "though not all of it installs there",
    "AC011": "with files that do not load there",
    "AC012": "with what is known to fail there",
    "AC017": "with files that do not load there",
    "AC018": "though too large there",
    "AC019": "though its build does not fit there",
    "AC020": "with a layer for x86_64",
    "AC022": "though none is offered there",
}


def words(cause):
    """Return what the headline and the table say of *cause*."""
    tail = TAILS[cause]
    row = "and should not" if cause == "not all installs" else tail
    return f"on arm64 {tail}", f"✗ runs on arm64, {row}"


def function(name, *rules, recommendation=READY, severity=Severity.BLOCKER):
    findings = tuple(
        about_deployment(rule, "r", severity, name, f"{rule} of {name}", place(9, "t.yaml")) for rule in rules
    )
    return deployed(
        name,
        "t.yaml",
        3,
        architecture="arm64",
        recommendation=recommendation,
        findings=findings,
        inputs=(f"{name}.txt",),
        targets=(LAMBDA_313.id,),
    )


def packages(name, *rules, severity=Severity.BLOCKER, is_accepted=False):
    """Return the audit of what the function *name* installs."""
    found = tuple(finding(rule, "r", severity, "a", "1", rule, target=LAMBDA_313) for rule in rules)
    if is_accepted:
        return audit(AFTER_BUILDS, ignored=tuple(map(accepted, found)), path=f"{name}.txt")
    return audit(AFTER_BUILDS, findings=found, path=f"{name}.txt")


def shown(form, functions, audits=()):
    """Return what *form* makes of a repository with *functions*, without its HTML's tags and signs."""
    report = replace(FLEET, audits=tuple(audits), deployables=tuple(functions))
    if form == "comment":
        return draft(report, None, key="default", when="always").text
    text = RENDERERS[form].render(report, View(width=200))
    return text.replace('<span class="sign no" aria-hidden="true">✗</span>', "✗")


F, CHANGES = "f", {"recommendation": AFTER_BUILDS}


@pytest.mark.parametrize("form", ["text", "markdown", "html", "comment"])
@pytest.mark.parametrize(
    ("one", "audits", "cause"),
    [
        (function(F, "AC020"), (), "AC020"),
        (function(F, "AC020", severity=Severity.WARNING), (), "AC020"),
        (function(F, "AC011"), (), "AC011"),
        (function(F, "AC019"), (), "AC019"),
        (function(F, "AC022", recommendation=STAY), (), "AC022"),
        # Of several the first of the table is said: what is for x86_64 is not all that has to change.
        (function(F, "AC020", "AC019"), (), "AC019"),
        (function(F, "AC019", "AC022", recommendation=STAY), (), "AC022"),
        # A wheel whose contents contradict its tag installs, and so does what is known to fail.
        (function(F, **CHANGES), [packages(F, "AC011")], "AC011"),
        (function(F, **CHANGES), [packages(F, "AC011", is_accepted=True)], "AC011"),
        (function(F, **CHANGES), [packages(F, "AC012")], "AC012"),
        (function(F, **CHANGES), [packages(F, "AC017")], "AC017"),
        (function(F, **CHANGES), [packages(F, "AC018")], "AC018"),
        (function(F, "AC020", **CHANGES), [packages(F, "AC011")], "AC011"),
        # Where a package does not install, that is said, whatever else there is.
        (function(F, **CHANGES), [packages(F, "AC001")], "not all installs"),
        (function(F, **CHANGES), [packages(F, "AC002", severity=Severity.BUILD)], "not all installs"),
        (function(F, **CHANGES), [packages(F, "AC001", "AC011")], "not all installs"),
        (function(F, "AC020", **CHANGES), [packages(F, "AC001")], "not all installs"),
        (function(F, "AC022", recommendation=STAY), [packages(F, "AC001")], "not all installs"),
        # A warning keeps from nothing.
        (function(F, "AC020"), [packages(F, "AC001", severity=Severity.WARNING)], "AC020"),
    ],
)  # fmt: skip
def test_the_words_are_those_of_its_cause(form, one, audits, cause):
    text = shown(form, [one, deployed("g", "t.yaml", 5)], audits)
    assert all(each in text for each in words(cause))
    others = {each for other in TAILS for each in words(other)} - {*words(cause)}
    assert not any(each in text for each in others)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "comment"])
def test_of_several_each_is_counted_by_its_cause(form):
    functions = function(F, "AC020"), function("g", **CHANGES), function("h"), function("i", "AC019")
    headline = (
        "4 functions: 1 already on arm64, 1 on arm64 though not all of it installs there, "
        "1 on arm64 though its build does not fit there, 1 on arm64 with a layer for x86_64"
    )
    assert headline in shown(form, functions, [packages("g", "AC001")])
