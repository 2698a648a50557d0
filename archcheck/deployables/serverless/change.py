"""How a function of serverless.yml is declared for arm64: `architecture: arm64`, its own or all's. No I/O."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.changes.hindrance import hindrance
from archcheck.deployables.changes.layer_names import missing, renamed, to_see_to, twins
from archcheck.deployables.changes.lines import Change, CommonChange, NotChanged, are_apart
from archcheck.deployables.changes.yaml_places import all_declared, declared, documents_of
from archcheck.deployables.documents import table_at
from archcheck.deployables.yaml_documents import Table
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.changes.lines import LineChange
    from archcheck.deployables.model import Deployable

_KEY: Final = "architecture"
_LAYERS: Final = "layers"
_LAYER: Final = "a layer of the Serverless Framework is for whatever its files are for"
_PROVIDER: Final = "it is built for the provider's architecture; change that where it is stated"


def to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what declares arm64 for the function *deployable* in *text*, the file that it stands in.

    With it the layers change that have another name for arm64; those of the provider are those of all
    functions that name none of their own.
    """
    if deployable.kind == "layer" and deployable.build is None:
        return NotChanged(reason=_LAYER)
    if reason := hindrance(deployable):
        return NotChanged(reason=reason)
    if deployable.kind == "layer":
        return _layer_of_plugin(text, deployable)
    return _made(text, deployable, moves=True)


def _layer_of_plugin(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return the change of the provider: for its architecture the plugin installs what the layer holds."""
    try:
        lines, heirs = _provider(text, deployable.location.path)
    except (InputError, UnicodeError):
        return NotChanged(reason="the file cannot be read")
    return Change(lines=lines, together=heirs) if lines else NotChanged(reason=_PROVIDER)


def layers_to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what gives *deployable*, which says arm64, the layers for it that have another name there."""
    return _made(text, deployable, moves=False)


def _made(text: str, deployable: Deployable, *, moves: bool) -> Change | NotChanged:
    try:
        document = next(iter(documents_of(text, deployable.location.path)), None)
    except (InputError, UnicodeError):
        return NotChanged(reason="the file cannot be read")
    way, function = next(_ways(document, deployable.name, deployable.location.line), ((), None))
    reason = _decided(function) if moves else None
    names = twins(deployable) if reason is None else NotChanged(reason=reason)
    if isinstance(names, NotChanged):
        return names
    own = _LAYERS in table_at(function)
    owner, above = (table_at(function), way) if own else (table_at(document, "provider"), ("provider",))
    layers = list(renamed(owner.get(_LAYERS), (*above, _LAYERS), names))
    values = [*([((*way, _KEY), "arm64")] if moves else []), *layers]
    lines = missing(deployable, names, layers) or all_declared(text, deployable.location.path, 0, values)
    if isinstance(lines, NotChanged):
        return lines
    heirs = (each for each in _heirs(document, _LAYERS) if each != deployable.name)
    inherits = moves and len(lines) == len(values) and _KEY not in table_at(function)
    return Change(
        lines=lines,
        together=() if own or not layers else tuple(heirs),
        by_hand=to_see_to(deployable),
        common=_at_provider(text, deployable.location.path, lines) if inherits else None,
    )


def _at_provider(text: str, path: str, changes: tuple[LineChange, ...]) -> CommonChange | None:
    """Return what changes the provider in place of the first of *changes*, for all who state none."""
    found, heirs = _provider(text, path)
    own, *others = changes
    return CommonChange(own=own, lines=found, heirs=heirs) if found and are_apart((*found, *others)) else None


@lru_cache(maxsize=1)
def _provider(text: str, path: str) -> tuple[tuple[LineChange, ...], tuple[str, ...]]:
    """Return the change of the provider that declares arm64, and for whom.

    Nothing where it is not in this file, or a variable decides.
    """
    document = documents_of(text, path)[0]
    provider = table_at(document, "provider")
    if not provider or "${" in str(provider.get(_KEY)):
        return (), ()
    made = declared(text, path, 0, ("provider", _KEY), "arm64")
    return ((), ()) if isinstance(made, NotChanged) else (made, _heirs(document, _KEY))


def _heirs(document: Any, key: str) -> tuple[str, ...]:
    """Return the functions that have the provider's *key*; those of another file as `functions`."""
    functions = table_at(document).get("functions")
    parts = functions if isinstance(functions, list) else [functions]
    found: list[str] = []
    for part in parts:
        if not isinstance(part, Table):
            found.append("functions")
        else:
            found += (
                each
                for each, function in part.items()
                if not (isinstance(function, Table) and key in function)
            )
    return tuple(found)


def _decided(function: Any) -> str | None:
    """Return why the architecture of *function* is not to be changed here; None where it is."""
    if function is None:
        return "its function was not found in the text; change it by hand"
    if not isinstance(function, Table):
        return f"{str(function)[:60]} has it; change it there"
    stated = function.get(_KEY)
    return (
        f"{stated[:60]} decides it; change it there" if isinstance(stated, str) and "${" in stated else None
    )


def _ways(value: Any, name: str, line: int) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield where *value* has the key *name* on *line*, and what stands there.

    Functions stand under `functions`, in a mapping or a list of such, or are all that a file holds.
    """
    functions = value.get("functions") if isinstance(value, Table) else None
    places: list[tuple[tuple[str | int, ...], Any]] = [((), value), (("functions",), functions)]
    if isinstance(functions, list):
        places += [(("functions", number), each) for number, each in enumerate(functions)]
    for way, table in places:
        if isinstance(table, Table) and table.lines.get(name) == line:
            yield (*way, name), table[name]
