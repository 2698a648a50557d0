"""What declares arm64 for one deployable, in the file that states its architecture."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from archcheck.deployables.changes.layer_names import twins
from archcheck.deployables.changes.lines import Change, NotChanged

if TYPE_CHECKING:
    from archcheck.deployables.changes.lines import LineChange
    from archcheck.deployables.model import Deployable

_WRITERS: Final = {
    "sam": "cloudformation.change:to_arm64",
    "cloudformation": "cloudformation.change:to_arm64",
    "cdk": "cloudformation.change:to_arm64",
    "serverless": "serverless.change:to_arm64",
    "terraform": "terraform.changes.block:to_arm64",
    "docker": "dockerfile.change:to_arm64",
    "compose": "compose:to_arm64",
    "ecs": "changes.single_values:task_to_arm64",
    "kubernetes": "changes.single_values:workload_to_arm64",
    "zappa": "changes.single_values:stage_to_arm64",
    "chalice": "changes.single_values:chalice_to_arm64",
}
_WORKFLOW: Final = "let the workflow build the image for linux/arm64 as well"


def to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return the changes to the *text* of its file that declare *deployable* for arm64, or why none do."""
    writer = _WRITERS.get(deployable.tool)
    if writer is None:
        return NotChanged(reason=_WORKFLOW)
    return _written(writer, text, deployable)


def layers_to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return the changes to the *text* of its file that give *deployable*, on arm64, layers that load there.

    There are none where its layers tell no other name.
    """
    names = twins(deployable)
    if isinstance(names, NotChanged):
        return names
    if not names:
        return Change(lines=())
    writer = _WRITERS[deployable.tool].partition(":")[0]
    return _written(f"{writer}:layers_to_arm64", text, deployable)


def _written(writer: str, text: str, deployable: Deployable) -> Change | NotChanged:
    module, _, name = writer.partition(":")
    write = getattr(import_module(f"archcheck.deployables.{module}"), name)
    made: Change | tuple[LineChange, ...] | NotChanged = write(text, deployable)
    return Change(lines=made) if isinstance(made, tuple) else made
