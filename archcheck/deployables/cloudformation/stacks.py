"""Nested stacks: which other templates of the repository a template leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.cloudformation.intrinsics.values import Unknown, as_text
from archcheck.deployables.cloudformation.properties import metadata_of
from archcheck.deployables.tree import seen_from
from archcheck.inputs.parsing.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource

_BUILT: Final = "/.aws-sam/"


def nested_template(context: Context, resource: Resource, key: str) -> Iterator[str]:
    """Yield the template that the property *key* of *resource* names; a problem where it is not here."""
    properties = context.properties(resource)
    line = properties.line_of(key) if key in properties else resource.line
    asset = metadata_of(resource).get("aws:asset:path")
    value = asset if isinstance(asset, str) else properties.get(key)
    elsewhere: list[str] = []
    for each in context.scope.outcomes(value, line):
        text = each.value.text if isinstance(each.value, Unknown) else as_text(each.value)
        path = seen_from(context.folder, text) if text and "://" not in text and "${" not in text else None
        path = _written(context, path) if path is not None else None
        if path is not None:
            yield path
        else:
            elsewhere.append(shown(text) if text else "an application that is offered")
    if elsewhere:
        said = f"{resource.name}: its template is not in this repository: {elsewhere[0]}"
        context.problem(line, said)


def _written(context: Context, path: str) -> str | None:
    """Return the template at *path*, or that of which `sam build` makes it (`a/.aws-sam/packaged.yaml`)."""
    if context.tree.is_file(path):
        return path
    folder, built, _ = f"/{path}".partition(_BUILT)
    sources = (
        [f"{folder}/template{suffix}".lstrip("/") for suffix in (".yaml", ".yml", ".json")] if built else []
    )
    return next((each for each in sources if context.tree.is_file(each)), None)
