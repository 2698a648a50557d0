"""What is an obstacle, by severity and rule, and which finding of an audit is one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.obstacles import is_obstacle, is_unusable, obstacles, order
from archcheck.model import Severity
from tests.judge.test_recommend import finding

OBSTACLES = {("AC001", "blocker"), ("AC002", "build"), ("AC010", "blocker"), ("AC012", "blocker")}
NONE = {("AC006", "warning"), ("AC009", "unknown"), ("AC013", "warning"), ("AC013", "blocker")}


@pytest.mark.parametrize(("rule", "severity"), sorted(OBSTACLES | NONE))
def test_what_keeps_a_set_from_arm64(rule, severity):
    one = finding(rule, severity)
    assert is_obstacle(one) is ((rule, severity) in OBSTACLES)
    assert is_unusable(one) is ((rule, severity) == ("AC013", "blocker"))


def test_they_are_named_by_their_fingerprints_in_the_order_given():
    found = [
        replace(finding(rule, severity), fingerprint=f"{rule} {severity}")
        for rule, severity in (("AC002", "build"), ("AC013", "blocker"), ("AC001", "blocker"))
    ]
    assert obstacles(found) == ("AC002 build", "AC001 blocker")
    assert obstacles(sorted(found, key=order)) == ("AC001 blocker", "AC002 build")


def test_the_order_is_worst_first_then_by_package_and_rule():
    findings = [
        finding(rule, severity, package=package)
        for severity in ("blocker", "build", "unknown", "warning")
        for package in ("a", "b")
        for rule in ("AC001", "AC002")
    ]
    assert {one.severity for one in findings} == set(Severity)
    shuffled = findings[::-1]
    assert sorted(shuffled, key=order) == findings
