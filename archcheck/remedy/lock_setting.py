"""The setting by which a locking tool finds a version with a wheel for aarch64 by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.formats import row_of
from archcheck.judge.rules.lock_omits_wheel import AARCH64
from archcheck.manifest.lock import Lock

if TYPE_CHECKING:
    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem
    from archcheck.manifest.manifest import Manifest
    from archcheck.model import Remedy


def with_setting(
    remedy: Remedy, problem: Problem, comparison: Comparison, manifest: Manifest | Lock
) -> Remedy:
    """Return *remedy* with the setting named, where it would have led to this version or these files.

    uv takes the newest version that has a wheel for any machine. With `required-environments` a release
    without an sdist needs one for aarch64 too, else uv takes an older one there. It looks at the architecture
    alone: the setting does not help where the wheels are for another libc (AC003) or Python. Of the version
    that is locked, a changed setting has uv ask for the files again (AC015), as `uv lock` alone does not.
    """
    if not isinstance(manifest, Lock) or problem.rule not in {"AC001", "AC015"}:
        return remedy
    setting = row_of(manifest.kind).demands
    demanded = any(comparison.arm.machine.holds(marker) for marker in manifest.demanded)
    if not setting or demanded:
        return remedy
    table, _, key = setting.partition(" ")
    if remedy.kind == "relock" and _has_wheels_alone(comparison):
        message = f"put {key} = [{AARCH64}] in {table}, and {remedy.message}"
        return replace(remedy, message=message)
    if remedy.kind != "version" or remedy.range != "within":
        return remedy
    message = (
        f"{remedy.message}; with {key} = [{AARCH64}] in {table}, a new lock takes such a version by itself"
    )
    return replace(remedy, message=message)


def _has_wheels_alone(comparison: Comparison) -> bool:
    """Return whether the lock lists no sdist of the package: uv demands nothing of releases with one."""
    listed = comparison.arm.chosen.listed if comparison.arm.chosen else None
    return listed is not None and all(file.is_wheel for file in listed)
