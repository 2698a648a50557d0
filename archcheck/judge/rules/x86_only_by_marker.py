"""AC016: a marker asks for it on x86_64 only; look whether aarch64 does without it.

torch asks so for a dozen packages of NVIDIA's, others for mkl or intel-openmp; or the marker is of a time
when the package had no aarch64 wheel. A warning: nothing fails while installing.

It must not fire where the marker leaves aarch64 out for another reason than its processor, such as an extra
that nobody asked for, or a Python.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.judge.problem import Problem
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from packaging.markers import Marker

    from archcheck.judge.comparison import Comparison

_EXTRA = r"""extra == ["']([^"']+)"""


def x86_only_by_marker(comparison: Comparison) -> Problem | None:
    """Return AC016, a warning."""
    chosen = comparison.x86.chosen
    if comparison.arm.status is not Status.NOT_REQUIRED or chosen is None:
        return None
    markers = [
        edge.text if ";" in edge.text else f"{edge.text}; {edge.marker}"  # a lock has it beside the text
        for edge in chosen.wanted_by
        if _shuts_out(edge.marker, comparison)
    ]
    if not markers:
        return None
    return Problem(
        rule="AC016",
        severity=Severity.WARNING,
        message="asked for on x86_64 only, by its marker; see whether aarch64 does without it",
        evidence=Evidence(detail=tuple(markers)),
    )


def _shuts_out(marker: Marker | None, comparison: Comparison) -> bool:
    """Whether the machine makes *marker* false, whichever of the extras it names were asked for."""
    text = str(marker)
    if marker is None or "platform_machine" not in text:
        return False
    return not any(comparison.arm.machine.holds(marker, extra) for extra in re.findall(_EXTRA, text) or [""])
