"""What is on arm64 with a layer for x86_64, and installs there, is said in words of its own."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.bot.comment import draft
from archcheck.model import Severity
from archcheck.report import RENDERERS
from archcheck.report.layout import View
from tests.report.examples import AFTER_BUILDS, FLEET, READY, about_deployment, deployed, place

WITH_LAYER = ("on arm64 with a layer for x86_64", "✗ runs on arm64, with a layer for x86_64")
FAILING = ("on arm64 though not all of it installs there", "✗ runs on arm64, and should not")


def function(name, *rules, recommendation=READY, severity=Severity.BLOCKER):
    findings = tuple(
        about_deployment(rule, "r", severity, name, f"{rule} of {name}", place(9, "t.yaml")) for rule in rules
    )
    return deployed(name, "t.yaml", 3, architecture="arm64", recommendation=recommendation, findings=findings)


def shown(form, *functions):
    """Return what *form* makes of a repository with *functions*, without its HTML's tags and signs."""
    report = replace(FLEET, audits=(), deployables=functions)
    if form == "comment":
        return draft(report, None, key="default", when="always").text
    text = RENDERERS[form].render(report, View(width=200))
    return text.replace('<span class="sign no" aria-hidden="true">✗</span>', "✗")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "comment"])
@pytest.mark.parametrize(
    ("one", "words"),
    [
        (function("f", "AC020"), WITH_LAYER),
        (function("f", "AC020", severity=Severity.WARNING), WITH_LAYER),
        (function("f", "AC020", recommendation=AFTER_BUILDS), FAILING),
        (function("f", "AC020", "AC019"), FAILING),
        (function("f", "AC019"), FAILING),
    ],
)
def test_a_layer_alone_is_no_package_that_does_not_install(form, one, words):
    text = shown(form, one)
    assert all(each in text for each in words)
    assert not any(each in text for each in {*WITH_LAYER, *FAILING} - {*words})


@pytest.mark.parametrize("form", ["text", "markdown", "html", "comment"])
def test_of_several_each_is_counted_by_its_cause(form):
    text = shown(form, function("f", "AC020"), function("g", recommendation=AFTER_BUILDS), function("h"))
    headline = "3 functions: 1 already on arm64, 1 on arm64 though not all of it installs there, 1 on arm64 with a layer"
    assert headline in text
