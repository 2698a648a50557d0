"""What declares arm64 for one deployable, in the file that states its architecture."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from archcheck.deployables.changes.lines import LineChange, NotChanged

if TYPE_CHECKING:
    from archcheck.deployables.model import Deployable

_WRITERS: Final = {
    "sam": "cloudformation.change:to_arm64",
    "cloudformation": "cloudformation.change:to_arm64",
    "cdk": "cloudformation.change:to_arm64",
    "serverless": "serverless.change:to_arm64",
    "terraform": "terraform.change:declare_arm64",
    "docker": "dockerfile.change:to_arm64",
    "ecs": "changes.single_values:task_to_arm64",
    "kubernetes": "changes.single_values:workload_to_arm64",
    "zappa": "changes.single_values:stage_to_arm64",
    "chalice": "changes.single_values:chalice_to_arm64",
}
_WORKFLOW: Final = "let the workflow build the image for linux/arm64 as well"


def to_arm64(text: str, deployable: Deployable) -> tuple[LineChange, ...] | NotChanged:
    """Return the changes to the *text* of its file that declare *deployable* for arm64, or why none do."""
    writer = _WRITERS.get(deployable.tool)
    if writer is None:
        return NotChanged(reason=_WORKFLOW)
    module, _, name = writer.partition(":")
    write = getattr(import_module(f"archcheck.deployables.{module}"), name)
    about = deployable.location.line if deployable.tool == "terraform" else deployable
    made: tuple[LineChange, ...] | NotChanged = write(text, about)
    return made
