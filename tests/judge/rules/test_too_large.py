"""AC018: too large on aarch64 for the way that it is shipped."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.judge.findings import set_findings
from archcheck.judge.shipping.loads import sizes_of
from archcheck.platforms.targets import parse_target
from tests.judge.comparisons import found_of_set, whole
from tests.judge.test_shipping import DEBIAN, IMAGE, LAMBDA, UNZIPPED, row

FITS, TOO_LARGE, HUGE = (1, UNZIPPED), (1, UNZIPPED + 1), (1, IMAGE + 1)
UNKNOWN = (None, None)


def of(x86, arm, ship=None, target=LAMBDA):
    return replace(whole(), sizes=sizes_of([row("torch", arm, x86)], target, ship))


@pytest.mark.parametrize(
    ("x86", "arm", "said", "as_zip", "as_image"),
    [
        (FITS, FITS, None, None, None),
        (FITS, TOO_LARGE, "AC018 warning", "AC018 blocker", None),
        (TOO_LARGE, TOO_LARGE, "AC013 warning", "AC013 blocker", None),
        (TOO_LARGE, FITS, None, None, None),  # arm64 is the better one
        (FITS, HUGE, "AC018 blocker", "AC018 blocker", "AC018 blocker"),
        (TOO_LARGE, HUGE, "AC018 blocker", "AC013 blocker", "AC018 blocker"),
        (HUGE, HUGE, "AC013 blocker", "AC013 blocker", "AC013 blocker"),
        (HUGE, TOO_LARGE, "AC013 warning", "AC013 blocker", None),
        (UNKNOWN, TOO_LARGE, "AC018 warning", "AC018 blocker", None),
        (TOO_LARGE, UNKNOWN, None, None, None),
    ],
)
def test_by_what_it_comes_to_on_each(x86, arm, said, as_zip, as_image):
    for ship, expected in ((None, said), ("zip", as_zip), ("image", as_image)):
        found = found_of_set(of(x86, arm, ship))
        assert [f"{rule} {one.severity}" for rule, one in found.items()] == ([expected] if expected else [])


@pytest.mark.parametrize("target", [DEBIAN, parse_target("alpine3.22:python3.13")])
def test_a_container_has_no_limit_of_lambdas(target):
    assert found_of_set(of(HUGE, HUGE, "zip", target)) == {}


def test_nothing_is_said_of_what_was_not_added_up():
    assert found_of_set(whole()) == {}


def test_the_finding_is_about_the_input_and_names_both_sizes():
    (finding,) = set_findings(of(FITS, TOO_LARGE))
    assert (finding.rule, finding.name, finding.package) == ("AC018", "too-large", "requirements.txt")
    assert (finding.evidence.needs, finding.evidence.has) == ("250.1 MiB unzipped", "250 MiB")
    assert finding.evidence.detail == ("on x86_64 250 MiB",)
    assert finding.message.endswith("250.1 MiB unzipped, of at most 250 MiB; a container image carries it")


def test_both_faults_of_the_target_are_told_apart():
    whole_set = replace(of(TOO_LARGE, TOO_LARGE), other_pythons=whole(pythons="<3.8").other_pythons)
    assert len({finding.fingerprint for finding in set_findings(whole_set)}) == 2
