"""What of a marker can be said before any target is known."""

import pytest
from packaging.markers import Marker

from archcheck.inputs.parsing.markers import both, could_hold_on_linux, negated
from archcheck.manifest.manifest import Location

PYTHONS = ("3.9.21", "3.13.9")


@pytest.mark.parametrize(
    ("marker", "could"),
    [
        ("sys_platform == 'win32'", False),
        ("sys_platform != 'win32'", True),
        ("platform_machine == 'aarch64'", True),
        ("platform_machine == 'x86_64'", True),
        ("platform_machine == 'arm64'", False),  # what macOS calls it
        ("python_version < '3.10'", True),
        ("python_version < '3.9'", False),
        ("python_full_version == '3.9.21' and python_version == '3.13'", False),
        ("implementation_name == 'pypy'", False),
        ("platform_python_implementation == 'CPython'", True),
        ("platform_version == '#1 SMP'", False),
        ("extra == 'dev'", False),
        ("os_name ~= 'posix'", True),  # PEP 508 leaves it undefined
    ],
)
def test_what_could_hold_on_linux(marker, could):
    assert could_hold_on_linux(Marker(marker), PYTHONS) is could


def test_what_has_no_marker_always_holds():
    assert could_hold_on_linux(None, ())


def test_no_python_no_place_to_hold():
    assert not could_hold_on_linux(Marker("sys_platform == 'linux'"), ())


@pytest.mark.parametrize(
    "marker",
    [
        "sys_platform == 'linux'",
        "python_version < '3.10' and platform_machine == 'aarch64'",
        "python_version < '3.10' or platform_machine in 'x86_64 aarch64'",
        "(sys_platform != 'win32' or python_version >= '3.12') and platform_machine not in 'arm64'",
    ],
)
def test_what_is_turned_round_holds_where_it_did_not(marker):
    before, after = Marker(marker), negated(Marker(marker))
    for system in ("linux", "win32"):
        for machine in ("x86_64", "aarch64", "arm64"):
            for python in ("3.9", "3.12"):
                environment = {"sys_platform": system, "platform_machine": machine, "python_version": python}
                assert after.evaluate(environment) is not before.evaluate(environment)


def test_what_cannot_be_turned_round():
    assert negated(Marker("python_version ~= '3.10'")) is None


def test_both_hold_together():
    at = Location(path="x")
    one, other = Marker("python_version < '3.10'"), Marker("sys_platform == 'linux'")
    assert both(None, one, at) == both(one, None, at) == both(one, one, at) == one
    assert str(both(one, other, at)) == 'python_version < "3.10" and sys_platform == "linux"'
