"""One template while it is read: where it is, what its values refer to, and what was wrong with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from archcheck.deployables.cloudformation.assets import Assets
from archcheck.deployables.cloudformation.intrinsics.edge import at_edge
from archcheck.deployables.cloudformation.intrinsics.loops import Resource, written_out
from archcheck.deployables.cloudformation.intrinsics.scope import Scope
from archcheck.deployables.cloudformation.intrinsics.values import Given, Outcome, Unknown, as_text, in_words
from archcheck.deployables.cloudformation.sam_globals import with_globals
from archcheck.deployables.cloudformation.samconfig import FILE, overrides_for
from archcheck.deployables.model import Stated
from archcheck.deployables.problems import problem
from archcheck.deployables.tree import folder_of
from archcheck.deployables.yaml_documents import Table
from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcheck.deployables.cloudformation.intrinsics.loops import Refused
    from archcheck.deployables.model import Problem, Tool
    from archcheck.deployables.tree import Tree

T = TypeVar("T")

_MOST_PROBLEMS: Final = 5_000
_LAYERS: Final = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})


class Context:
    """The template *document* at *path* of *tree*; `problems` grows while it is read."""

    def __init__(self, document: Table, path: str, tree: Tree) -> None:
        self.document = document
        self.path = path
        self.folder = folder_of(path)
        self.tree = tree
        self.overrides = overrides_for(path, tree) if "Parameters" in document else {}
        self.scope = Scope(document, self.overrides, FILE)
        self.problems: list[Problem] = []
        self.resources: tuple[Resource | Refused, ...] = tuple(written_out(document["Resources"], self.scope))
        self.assets = Assets(path, tree)

    @cached_property
    def tool(self) -> Tool:
        """What reads the template: CDK where it wrote it, SAM where its own transform or types are in it."""
        values = [each.value for each in self.resources if isinstance(each, Resource)]
        tables = [each for each in values if isinstance(each, Table)]
        if any(_cdk_path(each) for each in tables) or any(
            each.get("Type") == "AWS::CDK::Metadata" for each in tables
        ):
            return "cdk"
        transforms = self.document.get("Transform")
        names = transforms if isinstance(transforms, list) else [transforms]
        types = [each.get("Type") for each in tables]
        if any(isinstance(each, str) and each.startswith("AWS::Serverless") for each in (*names, *types)):
            return "sam"
        written = self.path.endswith(".template.json") and ("cdk.out" in self.folder or self.assets.listed)
        return "cdk" if written else "cloudformation"

    @cached_property
    def layers(self) -> dict[str, str]:
        """The layers that the template declares: their names by their logical ids."""
        return {
            each.name: self.name_of(each)
            for each in self.resources
            if isinstance(each, Resource) and each.kind in _LAYERS
        }

    @cached_property
    def edge(self) -> dict[str, int]:
        """The functions that CloudFront runs, by their logical ids: the lines that say so."""
        return at_edge(self.document["Resources"])

    def name_of(self, resource: Resource) -> str:
        """Return what people call *resource*: CDK's path to it, elsewhere its logical id."""
        path = _cdk_path(resource.value)
        return escaped(path.removesuffix("/Resource") if path else resource.name)

    def properties(self, resource: Resource) -> Table:
        """Return the properties of *resource*, with SAM's Globals merged into them."""
        own = resource.value.get("Properties")
        if own is not None and not isinstance(own, Table):
            line = resource.value.line_of("Properties")
            self.problem(line, f"{resource.name}: Properties: expected a mapping")
        table = own if isinstance(own, Table) else Table(resource.line)
        return with_globals(self.document, resource.value, table)

    def condition(self, resource: Resource) -> str | None:
        """Return in words under which condition *resource* is deployed; None where it always is."""
        name = resource.value.get("Condition")
        if not isinstance(name, str):
            return None
        truth = self.scope.truth(name)
        return (
            f"{Given(name, 'true', truth is True)}{', which it is not by default' if truth is False else ''}"
        )

    def location(self, line: int) -> Location:
        """Return the place of *line* of the template."""
        return Location(path=self.path, line=line)

    def problem(self, line: int, message: str) -> None:
        """Keep that something at *line* could not be read."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem(message, self.path, line))

    def stated(
        self, outcomes: Iterable[Outcome], read: Callable[[Any], T | None], what: str
    ) -> tuple[tuple[Stated[T], ...], tuple[str, ...]]:
        """Return the values that *read* makes of *outcomes*, each once, and what is not known, in words.

        *read* gives None for what is no value of this kind; it is also given None, for a value that is not
        there.
        """
        found: dict[T, tuple[int, list[tuple[Given, ...]]]] = {}
        unknown: list[str] = []
        for each in outcomes:
            value = None if isinstance(each.value, Unknown) else read(each.value)
            if value is not None:
                found.setdefault(value, (each.line, []))[1].append(each.given)
                continue
            why = each.value.why if isinstance(each.value, Unknown) else _unexpected(each.value)
            where = f", where {in_words([each.given])}" if each.given else ""
            unknown.append(f"{what}: {why}{where}")
        only = len(found) == 1 and not unknown
        stated = tuple(
            Stated(value=value, location=self.location(line), when=_when(cases, only=only))
            for value, (line, cases) in found.items()
        )
        return stated, tuple(dict.fromkeys(unknown))


def _when(cases: list[tuple[Given, ...]], *, only: bool) -> str | None:
    """Return the conditions in words; None where a case has none, or where all come to the only value."""
    if not all(cases) or (only and not any(given.open for each in cases for given in each)):
        return None
    return in_words(cases)


def _unexpected(value: Any) -> str:
    text = as_text(value)
    return f"not expected: {shown(text)}" if text is not None else "not a plain value"


def _cdk_path(resource: Any) -> str:
    metadata = resource.get("Metadata") if isinstance(resource, Table) else None
    path = metadata.get("aws:cdk:path") if isinstance(metadata, Table) else None
    return path if isinstance(path, str) else ""
