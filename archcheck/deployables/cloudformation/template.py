"""From a template to what it deploys: SAM, CloudFormation, and the templates of CDK's cloud assemblies."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from archcheck.deployables.cloudformation.containers import agent_runtime, task_definition
from archcheck.deployables.cloudformation.context import Context
from archcheck.deployables.cloudformation.functions import function
from archcheck.deployables.cloudformation.intrinsics.loops import Refused, Resource
from archcheck.deployables.cloudformation.layers import layer_version
from archcheck.deployables.cloudformation.stacks import nested_template
from archcheck.deployables.model import Found
from archcheck.deployables.problems import problem, problem_of
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcheck.deployables.model import Deployable
    from archcheck.deployables.tree import Tree

__all__ = ["is_template", "read_template"]

_READERS: Final[dict[str, Callable[[Context, Resource], Iterator[Deployable]]]] = {
    "AWS::Serverless::Function": function,
    "AWS::Lambda::Function": function,
    "AWS::Serverless::LayerVersion": layer_version,
    "AWS::Lambda::LayerVersion": layer_version,
    "AWS::ECS::TaskDefinition": task_definition,
    "AWS::BedrockAgentCore::Runtime": agent_runtime,
}
_STACKS: Final = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_MOST: Final = 5_000
"""Deployables, problems and nested templates of one template each; CloudFormation takes 500 resources."""
_LOOKED_AT: Final = 1_000
# `{{resolve:secretsmanager:…}}` is CloudFormation's own.
_JINJA: Final = re.compile(rb"\{%.{0,200}?%\}|\{\{(?!resolve:)[^{}]{0,200}\}\}", re.DOTALL)
_RESOURCES: Final = re.compile(rb"""^[ \t{]{0,40}["']?Resources["']?[ \t]{0,40}:""", re.MULTILINE)
_INCLUDE: Final = "AWS::Include"
_PUT_IN: Final = "{} puts in what is not written here"
_OWN_TRANSFORMS: Final = (
    "AWS::Serverless",
    "AWS::LanguageExtensions",
    "AWS::CodeDeploy",
    "AWS::SecretsManager",
)
"""Macros of AWS that add resources of their own or none, and change no function that is written out."""


def is_template(document: Any) -> bool:
    """Return whether *document*, as `read_documents` yields it, is a template of CloudFormation or SAM."""
    if not isinstance(document, Table) or not isinstance(document.get("Resources"), Table):
        return False
    if "AWSTemplateFormatVersion" in document or "Transform" in document:
        return True
    return any(
        isinstance(each, Table) and isinstance(each.get("Type"), str) and each["Type"].startswith("AWS::")
        for each in islice(document["Resources"].values(), _LOOKED_AT)
    )


def read_template(path: str, tree: Tree) -> Found:
    """Return what the template at *path* of *tree* deploys; what cannot be read is a problem in one line."""
    found = read_if_template(path, tree)
    message = "not a template: expected Resources with types that begin with AWS::"
    return _nothing(path, 0, message) if found is None else found


def read_if_template(path: str, tree: Tree) -> Found | None:
    """Return what the file at *path* deploys, as `read_template` does; None where it is no template."""
    try:
        data = tree.read(path)
    except OSError as error:
        return Found(problems=(problem_of(error, path),))
    try:
        documents = [each for each in islice(read_documents(data, path), _LOOKED_AT) if is_template(each)]
        found = [_found(document, path, tree) for document in documents]
    except InputError as error:
        if _JINJA.search(data):
            return _nothing(path, error.line or 0, "not a template, but a template of one ({{ … }})")
        return _nothing(path, error.line or 0, error.message, is_lost=_names_deployables(data))
    except RecursionError:
        return _nothing(path, 0, "nested too deeply", is_lost=_names_deployables(data))
    if not found:
        return None
    return Found(
        deployables=tuple(each for one in found for each in one.deployables),
        problems=tuple(each for one in found for each in one.problems),
        nested=tuple(dict.fromkeys(each for one in found for each in one.nested)),
    )


def _nothing(path: str, line: int, message: str, *, is_lost: bool = False) -> Found:
    return Found(problems=(replace(problem(message, path, line), is_lost=is_lost),))


def _names_deployables(data: bytes) -> bool:
    """Return whether *data*, which cannot be read, is meant to deploy what would be audited."""
    return _RESOURCES.search(data) is not None and any(kind.encode() in data for kind in _READERS)


def _found(document: Table, path: str, tree: Tree) -> Found:
    context = Context(document, path, tree)
    deployables: list[Deployable] = []
    nested: list[str] = []
    _say_what_is_put_in(document, context)
    for resource in context.resources:
        if isinstance(resource, Refused):
            context.problem(resource.line, resource.message)
            continue
        if not isinstance(resource.value, Table) and resource.name != "Fn::Transform":
            context.problem(resource.line, f"{resource.name}: expected a mapping with a Type")
        if len(deployables) >= _MOST:
            context.problem(resource.line, f"more than {_MOST:,} functions and containers; no more is read")
            break
        if resource.kind in _READERS:
            deployables += _READERS[resource.kind](context, resource)
        elif resource.kind in _STACKS:
            nested += nested_template(context, resource, _STACKS[resource.kind])
    return Found(
        deployables=tuple(deployables),
        problems=tuple(context.problems[:_MOST]),
        nested=tuple(dict.fromkeys(nested)),
    )


def _say_what_is_put_in(document: Table, context: Context) -> None:
    """Say which macros may change anything of the template, or put in what is not written in it."""
    stated = document.get("Transform")
    for each in stated if isinstance(stated, list) else [stated]:
        name = each.get("Name") if isinstance(each, Table) else each
        if name == _INCLUDE:
            context.problem(document.line_of("Transform"), _PUT_IN.format(name))
        elif isinstance(name, str) and not name.startswith(_OWN_TRANSFORMS):
            context.problem(document.line_of("Transform"), f"the macro {name} may change what is deployed")
    for table in (document, document["Resources"]):
        if "Fn::Transform" in table:
            put_in = table["Fn::Transform"]
            name = put_in.get("Name") if isinstance(put_in, Table) else None
            said = name if isinstance(name, str) else "a macro"
            context.problem(table.line_of("Fn::Transform"), _PUT_IN.format(said))
