"""What a marker (PEP 508) reads on Linux under CPython, and whether it is true there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import UndefinedEnvironmentName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.markers import Marker

    from archcheck.platforms.architectures import Architecture

HOST_VARIABLES = ("platform_release", "platform_version")
"""Marker variables that describe the running kernel: no target fixes them, so both are the empty string."""


def marker_environment(python: str, architecture: Architecture) -> dict[str, str]:
    """Return every marker variable but `extra`; *python* is a full version, as in 3.13.9."""
    major, minor, *_ = python.split(".")
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "posix",
        "platform_machine": architecture,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": python,
        "python_version": f"{major}.{minor}",
        "sys_platform": "linux",
        **dict.fromkeys(HOST_VARIABLES, ""),
    }


def evaluate(marker: Marker, environment: Mapping[str, str], extra: str = "") -> bool:
    """Return whether *marker* is true in *environment*, with `extra` set to *extra*.

    A marker that cannot be evaluated (PEP 508 leaves `os_name ~= "x"` undefined) counts as true: better one
    distribution too many than one left out unseen. Raises RecursionError for one nested almost too deeply to
    be parsed.
    """
    try:
        # `evaluate` completes what it is not given from the host: so every variable is given, `extra` too.
        return marker.evaluate({**environment, "extra": extra})
    except (ValueError, UndefinedEnvironmentName):
        # UndefinedComparison is a ValueError; so is a version with more digits than int() reads.
        return True
