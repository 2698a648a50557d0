"""How a function, a layer or a task is declared for arm64: an edit of its template, or why there is none."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.changes.layer_names import missing, renamed, to_see_to, twins
from archcheck.deployables.changes.lines import Change, CommonChange, NotChanged, are_apart
from archcheck.deployables.changes.yaml_places import Added, all_declared, declared, documents_of
from archcheck.deployables.cloudformation.parameters import default_for_arm64, others_behind, shut_out
from archcheck.deployables.cloudformation.sam_globals import inherits
from archcheck.deployables.documents import table_at
from archcheck.deployables.yaml_documents import Table
from archcheck.errors import InputError
from archcheck.inputs.parsing.messages import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.deployables.changes.lines import LineChange
    from archcheck.deployables.changes.yaml_places import Way
    from archcheck.deployables.model import Deployable, Stated
    from archcheck.platforms.architectures import Architecture

_KEY: Final = "Architectures"
_SYNTHESIZED: Final = "cdk.out is written by cdk synth"
_GENERATED: Final = {
    "function": "change the construct: architecture=Architecture.ARM_64",
    "layer": "change what builds it: bundling for linux/arm64",
    "container": "change the construct: its runtime platform's CpuArchitecture.ARM64",
}


def to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what declares arm64 for *deployable* in the *text* of its template, all else left as it is.

    With a function the layers change that have another name for arm64, with a layer its label.
    """
    reason = _hindrance(deployable)
    return _made(text, deployable, moves=True) if reason is None else NotChanged(reason=reason)


def layers_to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what gives *deployable*, which says arm64, the layers for it that have another name there."""
    if deployable.tool == "cdk":
        return NotChanged(reason=f"{_SYNTHESIZED}; take the layer for arm64 in the construct")
    return _made(text, deployable, moves=False)


def _made(text: str, deployable: Deployable, *, moves: bool) -> Change | NotChanged:
    path = deployable.location.path
    try:
        place = _place(documents_of(text, path), deployable)
    except (InputError, UnicodeError):
        return NotChanged(reason="the template cannot be read")
    if place is None:
        return NotChanged(reason="Fn::ForEach writes it out together with others; change it there")
    number, name = place
    found = _Changed(text, documents_of(text, path)[number], number, name, deployable).values(moves=moves)
    if isinstance(found, NotChanged):
        return found
    values, together = found
    if not values:
        return Change(lines=())
    lines = all_declared(text, path, number, values)
    if isinstance(lines, NotChanged):
        return lines
    others = tuple(dict.fromkeys(escaped(each) for each in together if each != name))
    parameter = next((str(way[1]) for way, _ in values if way[0] == "Parameters"), None)
    widened = any(isinstance(value, Added) for _, value in values)
    document = documents_of(text, path)[number]
    by_hand = _exported(document, name) if deployable.kind == "layer" else to_see_to(deployable)
    alone = moves and parameter is None and len(lines) == len(values)
    return Change(
        lines=lines,
        together=others,
        by_hand=by_hand,
        parameter=parameter,
        widened=widened,
        common=_at_globals(text, path, number, name, lines) if alone else None,
    )


def _exported(document: Table, name: str) -> str | None:
    """Return that others than the template's own functions may have the layer *name*; None where none can."""
    waiting: list[Any] = [document.get("Outputs")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Table) and value.get("Ref") == name:
            return (
                "it is an output of the template: functions of other stacks that have it have to move with it"
            )
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
    return None


def _at_globals(
    text: str, path: str, number: int, name: str, changes: tuple[LineChange, ...]
) -> CommonChange | None:
    """Return what changes Globals in place of the first of *changes*, for all who inherit from them.

    None where *name* does not: what is its own outranks them.
    """
    found, heirs = _globals(text, path, number)
    own, *others = changes
    if name not in heirs or not are_apart((*found, *others)):
        return None
    return CommonChange(own=own, lines=found, heirs=tuple(map(escaped, heirs)))


@lru_cache(maxsize=1)
def _globals(text: str, path: str, number: int) -> tuple[tuple[LineChange, ...], tuple[str, ...]]:
    """Return the change of Globals that declares arm64, and who inherits it; none where that cannot be."""
    document = documents_of(text, path)[number]
    if not table_at(document, "Globals", "Function"):
        return (), ()
    made = declared(text, path, number, ("Globals", "Function", _KEY), ["arm64"])
    return ((), ()) if isinstance(made, NotChanged) else (made, inherits(document, _KEY))


class _Changed:
    """What changes for one resource: the *name* in *document*, the *number*-th of its file."""

    def __init__(self, text: str, document: Table, number: int, name: str, deployable: Deployable) -> None:
        self._text, self._document, self._number, self._name = text, document, number, name
        self._deployable = deployable
        self._resource = table_at(document, "Resources", name)
        self._together: list[str] = []

    def values(self, *, moves: bool) -> tuple[list[tuple[Way, Any]], list[str]] | NotChanged:
        """Return what is put where, and the resources that this moves: the layers alone but for *moves*."""
        if not moves:
            layers = self._layers()
            return layers if isinstance(layers, NotChanged) else (layers, self._together)
        keys, value = _declaration(self._deployable)
        *above, key = keys
        stated = table_at(self._resource, *above).get(key)
        common = table_at(self._document, "Globals", "Function").get(key)
        inherited = stated is None and self._name in inherits(self._document, key)
        architecture = self._architecture(keys, common if inherited else stated, value)
        if isinstance(architecture, NotChanged):
            return architecture
        also = self._label() if self._deployable.kind == "layer" else self._layers()
        return also if isinstance(also, NotChanged) else ([*architecture, *also], self._together)

    def _architecture(self, keys: Way, stated: Any, value: Any) -> list[tuple[Way, Any]] | NotChanged:
        conditional = [each for each in self._deployable.architectures if each.when is not None]
        place = self._text, self._deployable.location.path, self._number
        default = default_for_arm64(*place, stated)
        if default is None:
            shut = shut_out(*place, stated)
            if shut is None and not conditional:
                return [(("Resources", self._name, *keys), value)]
            return NotChanged(reason=shut or _conditional(conditional, others_behind(*place, stated)))
        self._together += default.resources
        way = ("Parameters", default.name)
        allowed = [((*way, "AllowedValues"), Added(default.value))] if default.widens is not None else []
        return [((*way, "Default"), default.value), *allowed]

    def _label(self) -> list[tuple[Way, Any]]:
        label = table_at(self._resource, "Properties").get("CompatibleArchitectures")
        way = ("Resources", self._name, "Properties", "CompatibleArchitectures")
        return [(way, ["arm64"])] if label == ["x86_64"] else []

    def _layers(self) -> list[tuple[Way, Any]] | NotChanged:
        names = twins(self._deployable)
        if isinstance(names, NotChanged) or not names:
            return names if isinstance(names, NotChanged) else []
        own = table_at(self._resource, "Properties").get("Layers")
        values = list(renamed(own, ("Resources", self._name, "Properties", "Layers"), names))
        heirs = inherits(self._document, "Layers")
        if self._name in heirs:
            common = table_at(self._document, "Globals", "Function").get("Layers")
            shared = list(renamed(common, ("Globals", "Function", "Layers"), names))
            self._together += heirs if shared else ()
            values += shared
        return missing(self._deployable, names, values) or values


def _hindrance(deployable: Deployable) -> str | None:
    """Return why no edit of the template would declare *deployable* for arm64; None where one may."""
    if deployable.tool == "cdk":
        return f"{_SYNTHESIZED}; {_GENERATED[deployable.kind]}"
    stated = deployable.architectures
    if not stated:
        unclear = deployable.unknown[0] if deployable.unknown else "nothing says so"
        return f"what it is today is not told: {unclear}"
    if all(each.value == "aarch64" for each in stated):
        return "it is arm64 already"
    return "it is arm64 already, by default" if stated[0].value == "aarch64" else None


def _conditional(conditional: Sequence[Stated[Architecture]], others: Sequence[str]) -> str:
    """Return in words where the template decides what is *conditional*, by *others* than architectures."""
    x86 = [each for each in conditional if each.value == "x86_64"]
    if others and x86:
        decides = f"{escaped(others[0])[:60]} decides, which says no architecture"
        return f"{decides}; give arm64 where {x86[0].when} ({x86[0].location})"
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
    return ("Properties", _KEY), ["arm64"]


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
