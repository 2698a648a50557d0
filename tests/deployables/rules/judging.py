"""What the rules find on the deployables of a small repository, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.deployables.joined import runs_on
from archcheck.deployables.repository import read_repository
from archcheck.deployables.rules import Wheels, findings_about
from tests.deployables.trees import tree_of

if TYPE_CHECKING:
    from archcheck.model import Finding

PURE = "demo-1.0-py3-none-any.whl"


def wheels(target: str, *files: str, name: str = "demo", x86: str | None = None) -> tuple[Wheels, ...]:
    """Return one distribution of which aarch64 has *files*."""
    version = files[0].split("-")[1] if files else "1.0"
    own = (x86,) if x86 else ()
    return (Wheels(distribution=name, version=version, target=target, x86_64=own, aarch64=files),)


def found_in(files: dict[str, str], known: tuple[Wheels, ...] = ()) -> dict[str, tuple[Finding, ...]]:
    """Return what is found on each deployable of the repository with *files*, by its name."""
    everything = read_repository(tree_of(files)).deployables
    layers = {each.name: each for each in everything if each.kind == "layer"}
    return {
        each.name: findings_about(
            each, tuple(one.value for one in runs_on(each)), layers=layers, wheels=known
        )
        for each in everything
    }


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Return rule, severity and message of each."""
    return [(each.rule, str(each.severity), each.message) for each in findings]
