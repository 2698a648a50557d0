"""AC007: the same version is compiled on x86_64 and pure Python on aarch64.

It works, and may be several times slower, as coverage was where its compiled wheels left out aarch64
(coveragepy#1927). A warning.

So it is where both wheels are compiled, and aarch64's lacks extension modules that x86_64's has: rapidfuzz
has its AVX2 twins there alone, and takes a slower way without.

It must not fire where the versions differ (that is AC006 alone), nor where a compiled wheel for aarch64 is
there and the input leaves it out (AC015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.binaries.model import ArchiveContents
from archcheck.inspect.native_files import python_of, role, use_of
from archcheck.judge.problem import Problem
from archcheck.judge.rules import _evidence
from archcheck.model import Evidence, Severity, Status

if TYPE_CHECKING:
    from archcheck.binaries.model import NativeFile
    from archcheck.judge.comparison import Comparison, Side


def slow_fallback(comparison: Comparison) -> Problem | None:
    """Return AC007, a warning."""
    if not is_slower(comparison) or comparison.arm.left_out():
        return _without_twins(comparison)
    return Problem(
        rule="AC007",
        severity=Severity.WARNING,
        message="x86_64 gets compiled code, aarch64 the slower pure-Python wheel of the same version",
        evidence=Evidence(files=_evidence.pair(comparison)),
    )


def _without_twins(comparison: Comparison) -> Problem | None:
    """Return AC007 for a wheel that lacks extension modules which that of x86_64 has."""
    x86, arm = comparison.x86, comparison.arm
    if x86.version != arm.version or (x86.status, arm.status) != (Status.WHEEL, Status.WHEEL):
        return None
    there, here = _modules(x86), _modules(arm)
    lacking = sorted(path for role, path in there.items() if role not in here)
    if not here or not lacking or here.keys() - there.keys():  # its own twins may have other names
        return None
    verb = "module" if len(lacking) == 1 else "modules"
    return Problem(
        rule="AC007",
        severity=Severity.WARNING,
        message=f"the wheel of x86_64 has {len(lacking)} compiled {verb} that aarch64's does without",
        evidence=Evidence(files=tuple(lacking[: _evidence.MAX_FILES]), detail=_evidence.pair(comparison)),
    )


def _modules(side: Side) -> dict[str, str]:
    """Return the extension modules that an import finds in a wheel that was looked into, by their roles.

    Those for another system, machine or Python, which lie in some wheels as well, are never looked for there.
    """
    natives = side.contents.natives if isinstance(side.contents, ArchiveContents) else ()
    return {role(native.path): native.path for native in natives if _is_imported(native, side)}


def _is_imported(native: NativeFile, side: Side) -> bool:
    return (
        native.format == "elf"
        and native.machine == side.machine.architecture
        and use_of(native.path) == "extension"
        and python_of(native.path) in {None, side.machine.target.python.abi}
    )


def is_slower(comparison: Comparison) -> bool:
    """Return whether aarch64 does without the compiled code that x86_64 gets of the same version."""
    x86, arm = comparison.x86, comparison.arm
    return x86.version == arm.version and (x86.status, arm.status) == (Status.WHEEL, Status.PURE_WHEEL)
