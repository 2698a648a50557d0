"""The machines that a pdm.lock was made for, as markers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.markers import Marker

from archcheck.inputs.parsing.messages import escaped
from archcheck.inputs.parsing.partial_markers import both
from archcheck.inputs.parsing.poetry_constraint import python_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.inputs.pdm.schema import Metadata, Target

_LINUX: Final = re.compile(r"(?:many|musl)linux_\d+_\d+_(?P<machine>\w+)")
_NAMED: Final = {"linux": "x86_64", "alpine": "x86_64"}  # PDM's short names mean Intel machines
_OTHERS: Final = {"windows": "win32", "macos": "darwin"}


def environments(metadata: Metadata) -> tuple[Marker, ...]:
    """Return a marker for each target; none where one of them is any machine, or where none is named."""
    conditions = [_condition(target) for target in metadata.targets]
    if True in conditions:
        return ()
    return tuple(condition for condition in conditions if isinstance(condition, Marker))


def limits(metadata: Metadata) -> Iterator[str]:
    """Yield in words what the lock cannot tell."""
    named = [target for target in metadata.targets if target.platform]
    if named and len(named) == len(metadata.targets):
        platforms = ", ".join(sorted({escaped(target.platform or "") for target in named}))
        yield f"the lock is for {platforms} only; what other platforms need may have been left out of it"
    is_old = not metadata.targets and "cross_platform" not in metadata.strategy
    if is_old and not metadata.cross_platform:
        yield "it was locked without cross_platform: for the machine that it was made on"


def _condition(target: Target) -> Settled:
    whole: Settled = True
    if target.requires_python:
        whole = both(whole, python_marker(target.requires_python) or True)
    return both(whole, _platform(target.platform or ""))


def _platform(name: str) -> Settled:
    found = _LINUX.fullmatch(name)
    machine = found["machine"] if found else _NAMED.get(name)
    if machine is not None:
        return Marker(f'sys_platform == "linux" and platform_machine == "{machine}"')
    system = _OTHERS.get(name.partition("_")[0])
    return Marker(f'sys_platform == "{system}"') if system else True
