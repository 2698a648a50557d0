"""What of a marker can be said before any target is known."""

import pytest
from packaging.markers import Marker

from archcheck.inputs.parsing.markers import could_hold_on_linux

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
