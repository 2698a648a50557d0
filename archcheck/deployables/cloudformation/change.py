"""How a function, a layer or a task is declared for arm64: an edit of its template, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.changes.lines import LineChange, NotChanged
from archcheck.deployables.changes.yaml_places import declared, documents_of
from archcheck.deployables.yaml_documents import Table
from archcheck.errors import InputError
from archcheck.inputs.parsing.messages import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.deployables.model import Deployable

_GENERATED: Final = {
    "function": "change the construct: architecture=Architecture.ARM_64",
    "layer": "change what builds it: bundling for linux/arm64",
    "container": "change the construct: its runtime platform's CpuArchitecture.ARM64",
}


def to_arm64(text: str, deployable: Deployable) -> tuple[LineChange, ...] | NotChanged:
    """Return what declares arm64 for *deployable* in the *text* of its template, all else left as it is."""
    reason = _hindrance(deployable)
    if reason is not None:
        return NotChanged(reason=reason)
    keys, value = _declaration(deployable)
    try:
        path = deployable.location.path
        place = _place(documents_of(text, path), deployable)
    except (InputError, UnicodeError):
        return NotChanged(reason="the template cannot be read")
    if place is None:
        return NotChanged(reason="Fn::ForEach writes it out together with others; change it there")
    number, name = place
    return declared(text, path, number, ("Resources", name, *keys), value)


def _hindrance(deployable: Deployable) -> str | None:
    """Return why no edit of the template would declare *deployable* for arm64; None where one may."""
    if deployable.tool == "cdk":
        return f"cdk.out is written by cdk synth; {_GENERATED[deployable.kind]}"
    stated = deployable.architectures
    if not stated:
        unclear = deployable.unknown[0] if deployable.unknown else "nothing says so"
        return f"what it is today is not told: {unclear}"
    if all(each.value == "aarch64" for each in stated):
        return "it is arm64 already"
    conditional = [each for each in stated if each.when is not None]
    if not conditional:
        return None
    arm64 = [each for each in conditional if each.value == "aarch64"]
    if arm64:
        return f"it is arm64 where {arm64[0].when}; see to that ({arm64[0].location})"
    first = conditional[0]
    return f"it is x86_64 where {first.when}; give arm64 there ({first.location})"


def _declaration(deployable: Deployable) -> tuple[tuple[str, ...], Any]:
    if deployable.kind == "layer":
        return ("Metadata", "BuildArchitecture"), "arm64"
    if deployable.kind == "container":
        return ("Properties", "RuntimePlatform", "CpuArchitecture"), "ARM64"
    return ("Properties", "Architectures"), ["arm64"]


def _place(documents: Sequence[Any], deployable: Deployable) -> tuple[int, str] | None:
    """Return in which document the resource of *deployable* is, and its logical id."""
    line, name = deployable.location.line, deployable.name
    for number, document in enumerate(documents):
        resources = document.get("Resources") if isinstance(document, Table) else None
        if not isinstance(resources, Table):
            continue
        for key in resources:
            # A container is called `Task/name`; a line holds several resources in JSON without line ends.
            if resources.lines.get(key) == line and escaped(key) in {name, name.partition("/")[0]}:
                return number, key
    return None
