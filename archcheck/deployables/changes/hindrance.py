"""Why no change of a file would declare a deployable for arm64, whatever the format. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcheck.deployables.model import Deployable


def hindrance(deployable: Deployable) -> str | None:
    """Return why *deployable* needs no change, or why nobody can tell which; None where one can be made."""
    stated = deployable.architectures
    if not stated:
        if deployable.is_default:
            return None
        return f"what it is today is not told: {next(iter(deployable.unknown), 'nothing says so')}"
    if all(each.value == "aarch64" for each in stated):
        return "it is arm64 already"
    for each in stated:
        if each.when is not None:
            machine = "arm64" if each.value == "aarch64" else "x86_64"
            return f"it is {machine} where {each.when}; see to that ({each.location})"
    return None
