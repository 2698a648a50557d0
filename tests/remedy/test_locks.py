"""What a plan does to a lock: it moves what is in the way, within what all that ask for it admit.

The expected answers are those that `uv lock --upgrade-package`, `poetry update` and their like could give: each
version stands in the universe beside the metadata that admits it.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.version import Version

from archcheck.manifest.lock import LockedDependency
from tests.remedy.locked import ALONE, BOTH, PURE, X86, audit, best_plan, lock_of, told

SHAPES = {
    "uv": {},
    "poetry": {"kind": "poetry", "ranges": True},
    "poetry-grouped": {"kind": "poetry", "ranges": True, "flat": True},
    "pdm": {"kind": "pdm", "ranges": True, "flat": True},
    "pipfile-lock": {"kind": "pipfile-lock", "edges": False, "flat": True},
    "pylock": {"kind": "pylock", "flat": True},
    "pylock-bare": {"kind": "pylock", "edges": False, "flat": True},
    "environment": {"kind": "environment", "ranges": True},
}
every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))


def needing(*requires, **facts):
    return {**PURE, **facts, "requires": list(requires)}


def moves(plan):
    return {each.package: each.to for each in plan.result.moved}


@every_shape
def test_what_a_parent_admits_moves_and_nothing_else(shape):
    packages = {
        "app": {"1.0": needing("stuck>=1,<2", "side"), "2.0": needing("stuck")},
        "stuck": {"1.0": ALONE, "1.1": BOTH, "2.0": BOTH},
        "side": {"1.0": PURE, "1.1": PURE},
    }
    lock = lock_of(packages, {"app": "1.0", "stuck": "1.0", "side": "1.0"}, ["app"], **shape)
    plan = best_plan(lock, packages)
    assert told(plan) == {"stuck": "lock 1.1"}
    assert (plan.verified, moves(plan)) == (True, {"stuck": "1.1"})


@every_shape
def test_a_parent_that_admits_no_good_version_moves_with_it(shape):
    packages = {
        "app": {"1.0": needing("stuck==1.0"), "1.1": needing("stuck==1.1"), "2.0": needing("stuck")},
        "stuck": {"1.0": ALONE, "1.1": BOTH},
    }
    plan = best_plan(lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app"], **shape), packages)
    assert told(plan) == {"app": "lock 1.1", "stuck": "lock 1.1"}
    assert plan.verified


@every_shape
def test_the_range_of_a_parent_is_changed_where_it_has_to_move_out_of_that(shape):
    packages = {
        "app": {"1.0": needing("stuck==1.0"), "1.1": needing("stuck==1.0"), "2.0": needing("stuck>=1.1")},
        "stuck": {"1.0": ALONE, "1.1": BOTH},
    }
    plan = best_plan(lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app>=1,<2"], **shape), packages)
    assert told(plan) == {"app": "version 2.0 <3,>=2.0", "stuck": "lock 1.1"}
    assert [each.location.path for each in plan.changes if each.location] == ["pyproject.toml"]


@every_shape
@pytest.mark.parametrize(("asks", "becomes"), [("stuck==1.0", "==1.1"), ("stuck>=1,<1.1", "<2,>=1.1")])
def test_a_range_of_the_projects_own_moves_on(shape, asks, becomes):
    packages = {"stuck": {"1.0": ALONE, "1.1": BOTH, "2.0": BOTH}}
    plan = best_plan(lock_of(packages, {"stuck": "1.0"}, [asks], **shape), packages)
    assert told(plan) == {"stuck": f"version 1.1 {becomes}"}
    assert (plan.changes[0].direct, plan.verified) == (True, True)


@every_shape
def test_two_lines_of_the_projects_own_both_have_a_say(shape):
    packages = {"stuck": {"1.0": ALONE, "1.1": BOTH, "1.2": BOTH, "2.0": BOTH}}
    lock = lock_of(packages, {"stuck": "1.0"}, ["stuck>=1", "stuck!=1.1"], **shape)
    assert told(best_plan(lock, packages)) == {"stuck": "lock 1.2"}


@pytest.mark.parametrize("kind", ["uv", "poetry", "pdm", "pylock"])
def test_a_wheel_that_the_lock_leaves_out_is_let_in(kind):
    packages = {"app": {"1.0": needing("stuck")}, "stuck": {"1.0": BOTH, "1.1": BOTH}}
    lock = lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app"], kind=kind)
    app, stuck = lock.packages
    stuck = replace(stuck, files=tuple(each for each in stuck.files if X86 in each.filename))
    found = audit(replace(lock, packages=(app, stuck)), packages)
    assert {each.rule for each in found.findings} == {"AC015"}
    assert [told(plan) for plan in found.plans] == [{"stuck": "relock 1.0"}]


def test_extras_that_are_asked_for_come_along():
    packages = {
        "app": {
            "1.0": needing("stuck==1.0", 'fast==1.0; extra == "speed"', 'never; extra == "other"'),
            "1.1": needing("stuck==1.1", 'fast==1.1; extra == "speed"', 'never; extra == "other"'),
        },
        "stuck": {"1.0": ALONE, "1.1": BOTH},
        "fast": {"1.0": BOTH, "1.1": BOTH},
        "never": {"1.0": ALONE},
    }
    pins = {"app": "1.0", "stuck": "1.0", "fast": "1.0"}
    plan = best_plan(lock_of(packages, pins, ["app[speed]"]), packages)
    assert told(plan) == {"app": "lock 1.1", "fast": "lock 1.1", "stuck": "lock 1.1"}
    without = best_plan(lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app"]), packages)
    assert told(without) == {"app": "lock 1.1", "stuck": "lock 1.1"}


def test_extras_of_what_asks_for_what_is_in_the_way_count():
    packages = {
        "app": {"1.0": needing('stuck<1.2; extra == "speed"', "ready")},
        "stuck": {"1.0": ALONE, "1.1": BOTH, "1.2": BOTH},
        "ready": {"1.0": BOTH},
    }
    pins = {"app": "1.0", "stuck": "1.0", "ready": "1.0"}
    plan = best_plan(lock_of(packages, pins, ["app[speed]"]), packages)
    assert told(plan) == {"stuck": "lock 1.1"}


@every_shape
def test_what_a_new_version_brings_in_is_followed(shape):
    packages = {
        "stuck": {"1.0": ALONE, "1.1": {**BOTH, "requires": ["bringer"]}},
        "bringer": {"1.0": needing("deeper")},
        "deeper": {"1.0": BOTH, "2.0": ALONE},
    }
    plan = best_plan(lock_of(packages, {"stuck": "1.0"}, ["stuck"], **shape), packages)
    assert told(plan) == {"stuck": "lock 1.1"}
    assert moves(plan) == {"stuck": "1.1", "bringer": "1.0", "deeper": "1.0"}
    assert (plan.verified, plan.introduces) == (True, ())


@every_shape
def test_what_brings_in_something_that_does_not_install_is_passed_by(shape):
    packages = {
        "stuck": {"1.0": ALONE, "1.1": {**BOTH, "requires": ["bad"]}, "1.2": BOTH},
        "bad": {"1.0": ALONE},
    }
    plan = best_plan(lock_of(packages, {"stuck": "1.0"}, ["stuck"], **shape), packages)
    assert (told(plan), moves(plan)) == ({"stuck": "lock 1.2"}, {"stuck": "1.2"})


@pytest.mark.parametrize("shape", [shape for shape in SHAPES.values() if shape.get("edges", True)])
def test_what_nothing_asks_for_any_longer_goes(shape):
    packages = {
        "app": {"1.0": needing("stuck"), "1.1": PURE},
        "stuck": {"1.0": ALONE},
    }
    plan = best_plan(lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app"], **shape), packages)
    assert (told(plan), moves(plan)) == ({"app": "lock 1.1"}, {"app": "1.1", "stuck": None})
    assert (plan.verified, plan.leaves) == (True, ())


def forked(first, then, **shape):
    """Return a lock with two versions of `stuck`: which of them, the markers of `app`'s two edges say."""
    packages = {
        "app": {"1.0": needing(f"stuck; {first}", f"stuck; {then}")},
        "stuck": {"1.0": ALONE, "1.1": BOTH, "0.9": BOTH},
    }
    lock = lock_of(packages, {"app": "1.0", "stuck": "1.0"}, ["app"], **shape)
    app, stuck = lock.packages
    old = replace(
        stuck, version=Version("0.9"), files=lock_of(packages, {"stuck": "0.9"}, []).packages[0].files
    )
    if shape.get("flat"):
        stuck, old = replace(stuck, marker=Marker(first)), replace(old, marker=Marker(then))
    edges = (
        LockedDependency(name="stuck", marker=Marker(first), version=Version("1.0")),
        LockedDependency(name="stuck", marker=Marker(then), version=Version("0.9")),
    )
    return replace(lock, packages=(replace(app, dependencies=edges), stuck, old)), packages


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(
    ("first", "then"),
    [
        ('python_version >= "3.10"', 'python_version < "3.10"'),
        ('sys_platform == "linux"', 'sys_platform == "win32"'),
    ],
)
def test_of_two_versions_in_a_lock_that_moves_which_the_target_takes(first, then, flat):
    lock, packages = forked(first, then, flat=flat, kind="poetry")
    plan = best_plan(lock, packages)
    assert (told(plan), moves(plan)) == ({"stuck": "lock 1.1"}, {"stuck": "1.1"})
    assert plan.verified


def test_a_marker_of_a_flat_lock_stays():
    packages = {"stuck": {"1.0": ALONE, "1.1": BOTH}, "arm-only": {"1.0": ALONE, "1.1": BOTH}}
    lock = lock_of(packages, {"stuck": "1.0", "arm-only": "1.0"}, ["stuck"], flat=True)
    stuck, other = lock.packages
    other = replace(other, marker=Marker('platform_machine == "aarch64"'))
    found = audit(replace(lock, packages=(stuck, other)), packages)
    plan = found.plans[0]
    assert told(plan) == {"stuck": "lock 1.1"} | (
        {"arm-only": "lock 1.1"} if "arm-only" in told(plan) else {}
    )
    assert plan.verified
