"""What a run would audit, and on which targets, before any of it is asked of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.repositories.changes import runs_on
from archcheck.app.repositories.outcomes import seen_by
from archcheck.app.repositories.perform import in_share, notes_of, planned
from archcheck.app.session import Networks, Session
from archcheck.app.shares import requests_of
from archcheck.app.targeting import aimed, targets_for
from archcheck.errors import ArchcheckError
from archcheck.manifest.lock import Lock
from archcheck.model import Place, RunsOn, TargetSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.app.repositories.outcomes import Planned
    from archcheck.app.repositories.perform import Settle
    from archcheck.app.request import Request
    from archcheck.app.shares import Share
    from archcheck.deployables.joined import Unit
    from archcheck.deployables.model import Stated
    from archcheck.inputs.discovery import Discovered


class PlannedTarget(Struct, frozen=True, kw_only=True):
    """A target, and what says that the input runs there."""

    id: str
    source: TargetSource


class PlannedInput(Struct, frozen=True, kw_only=True):
    """An input, as an audit would have it, and its targets; or why it cannot be read (`problem`)."""

    path: str
    kind: str | None = None
    package: str | None = None
    extras: tuple[str, ...] = ()
    targets: tuple[PlannedTarget, ...] = ()
    problem: str | None = None


class PlannedDeployable(Struct, frozen=True, kw_only=True):
    """A deployable, the paths of its inputs, and the ids of the targets that each of these is audited on."""

    name: str
    kind: str
    tool: str
    source: Place
    architecture: RunsOn = "unknown"
    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """What would be audited. `left_out` are inputs that nothing deploys, of tests and documents.

    `others` counts deployables of other languages, `images` those of images that are built elsewhere.
    """

    deployables: tuple[PlannedDeployable, ...] = ()
    inputs: tuple[PlannedInput, ...] = ()
    left_out: tuple[str, ...] = ()
    others: int = 0
    images: int = 0
    notes: tuple[str, ...] = ()


def plan_inputs(requests: Sequence[Request], share: Share | None = None) -> Plan:
    """Return what *requests* would audit, or a *share* of them.

    Raises `ArchcheckError` for an input that cannot be read.
    """
    mine = requests_of(requests, share)
    with Networks(requests[0]) as networks:
        return Plan(inputs=tuple(each for _, request in mine for each in _inputs(request, networks)))


def plan_repository(request: Request, folder: str, settle: Settle, share: Share | None = None) -> Plan:
    """Return what `perform_repository` would audit; what cannot be read is said of its input."""
    found, _ = in_share(planned(request, folder), share)
    deployables: list[PlannedDeployable] = []
    inputs: dict[tuple[str, str | None, tuple[str, ...]], PlannedInput] = {}
    with Networks(request) as networks:
        networks.trees[found.tree.root] = found.tree
        for unit in found.units.units:
            mine = [each for one in unit.inputs for each in _found(one, unit, found, settle, networks)]
            deployables.append(_deployable(unit, mine, found, request))
            for each in mine:
                key = each.path, each.package, each.extras
                inputs[key] = _together(inputs[key], each) if key in inputs else each
    return Plan(
        deployables=tuple(deployables),
        inputs=tuple(inputs.values()),
        left_out=tuple(seen_by(request, found, path) for path in found.units.left_out),
        others=found.units.others,
        images=found.units.images,
        notes=notes_of(found, request),
    )


def _found(
    one: Discovered, unit: Unit, plan: Planned, settle: Settle, networks: Networks
) -> tuple[PlannedInput, ...]:
    seen = seen_by(settle("."), plan, one.path)
    try:
        request = replace(settle(seen), paths=(seen,), environments=(), kind=one.kind, lines=one.lines)
        if unit.is_aimless and not request.targets:
            return (PlannedInput(path=seen, kind=one.kind),)
        return tuple(_inputs(request, networks, unit.targets))
    except ArchcheckError as error:
        return (PlannedInput(path=seen, kind=one.kind, problem=str(error)),)


def _inputs(
    request: Request, networks: Networks, stated: Iterable[Stated[str]] = ()
) -> Iterator[PlannedInput]:
    """Yield the inputs of *request*, on the targets *stated*, else on those that each says itself."""
    aims = () if request.targets else aimed(stated, request)
    session = Session(request, networks)
    for opened in session.inputs:
        manifest = opened.manifest
        targets = aims or targets_for(manifest, request, session.trees)
        yield PlannedInput(
            path=manifest.path,
            kind=manifest.kind,
            package=manifest.member if isinstance(manifest, Lock) else None,
            extras=tuple(manifest.extras) if isinstance(manifest, Lock) else (),
            targets=tuple(PlannedTarget(id=aim.target.id, source=aim.source) for aim in targets),
        )


def _together(one: PlannedInput, other: PlannedInput) -> PlannedInput:
    targets = {each.id: each for each in (*other.targets, *one.targets)}
    ids = dict.fromkeys(each.id for each in (*one.targets, *other.targets))
    return replace(one, targets=tuple(targets[each] for each in ids))


def _deployable(
    unit: Unit, inputs: Sequence[PlannedInput], plan: Planned, request: Request
) -> PlannedDeployable:
    paths = tuple(dict.fromkeys(each.path for each in inputs))
    targets = tuple(dict.fromkeys(target.id for each in inputs for target in each.targets))
    one = unit.deployable
    if one is None:
        path = seen_by(request, plan, unit.inputs[0].path)
        source = Place(path=path, line=None)
        return PlannedDeployable(
            name=path, kind="project", tool="", source=source, inputs=paths, targets=targets, notes=unit.notes
        )
    place = Place(path=seen_by(request, plan, one.location.path), line=one.location.line or None)
    return PlannedDeployable(
        name=one.name,
        kind=one.kind,
        tool=one.tool,
        source=place,
        architecture=runs_on(one),
        inputs=paths,
        targets=targets,
        notes=(*unit.notes, *one.unknown, *(f"{each.location} {each.value}" for each in one.unread)),
    )
