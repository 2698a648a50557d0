"""What an input installs on both architectures of a target: resolved, or read off a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.manifest.lock import Lock
from archcheck.platforms.targets import ARCHITECTURES
from archcheck.resolve.model import Resolution

if TYPE_CHECKING:
    from archcheck.index.model import Index
    from archcheck.manifest.manifest import Manifest
    from archcheck.platforms.targets import Machine, Target
    from archcheck.resolve.model import Options, Outcome


def outcomes(
    manifest: Manifest | Lock, target: Target, index: Index, options: Options
) -> tuple[Outcome, Outcome]:
    """Return what x86_64 and aarch64 would install; nothing on x86_64 where the target has none."""
    if target.arm_only:
        return Resolution(machine=target.on("x86_64"), packages={}), _on_arm(manifest, target, index, options)
    if isinstance(manifest, Lock):  # without the resolver, whose import takes as long as to read the lock
        from archcheck.resolve.lockfile import read_lock  # noqa: PLC0415

        x86, arm = read_lock(manifest, [target.on(each) for each in ARCHITECTURES], index, options)
        return x86, arm
    from archcheck.resolve.both_machines import resolve_both  # noqa: PLC0415

    return resolve_both(manifest, target, index, options)


def _on_arm(manifest: Manifest | Lock, target: Target, index: Index, options: Options) -> Outcome:
    if isinstance(manifest, Lock):
        from archcheck.resolve.lockfile import read_lock  # noqa: PLC0415 - as above

        (arm,) = read_lock(manifest, [target.on("aarch64")], index, options)
        return arm
    from archcheck.resolve.both_machines import resolve_both  # noqa: PLC0415 - as above

    return resolve_both(manifest, target, index, options)[1]


def covers(lock: Lock, machine: Machine) -> bool:
    """Return whether *lock* is for *machine* at all; its installer refuses any other."""
    return not lock.environments or any(machine.holds(marker) for marker in lock.environments)
