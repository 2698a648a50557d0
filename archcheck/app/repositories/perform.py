"""From a repository to a report: what it deploys, and whether each of it can move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.perform import assemble, audited, now, numbered, with_what_is_open
from archcheck.app.repositories.deployed import deployable_of
from archcheck.app.repositories.layers import audited_layers, layers_besides
from archcheck.app.repositories.moving import planned_moves
from archcheck.app.repositories.outcomes import Outcome, Planned, seen_by
from archcheck.app.session import Networks, Session
from archcheck.app.shares import key_of, of_nothing, places_of, shard_of
from archcheck.app.targeting import aimed, spelled
from archcheck.app.trust_scope import files_of
from archcheck.deployables.joined import Unit, join
from archcheck.deployables.repository import read_repository
from archcheck.deployables.tree import Tree
from archcheck.deployables.walk import MAX_ENTRIES
from archcheck.errors import ArchcheckError
from archcheck.files import absolute
from archcheck.inputs.access.confined import Checkout, Confined
from archcheck.inputs.discovery import discover
from archcheck.inputs.surroundings import Told
from archcheck.judge.recommend import recommend
from archcheck.model import Audit, Fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.app.shares import Share
    from archcheck.app.targeting import Aimed
    from archcheck.inputs.discovery import Discovered
    from archcheck.model import Deployable, Input, Recommendation, Report

    Settle = Callable[[str], Request]
    """Returns the request for one input, with the settings nearest to it."""


def tree_of(request: Request, place: str) -> tuple[Tree, str]:
    """Return the repository around the absolute folder *place*, and where in it that is."""
    checkout = Checkout(place)
    chosen = request.revision is not None or request.within
    files = files_of(request) if chosen else Confined(checkout)
    tree = Tree(str(checkout.root), files)
    return tree, spelled(place, tree.root)


def planned(request: Request, folder: str) -> Planned:
    """Return what there is to audit in *folder* and below it, as the user spells it.

    Raises UsageError where nothing is there to be read.
    """
    tree, start = tree_of(request, absolute(request.cwd, folder))
    repository = read_repository(tree, start)
    plan = Planned(tree=tree, folder=folder, repository=repository, units=join(repository, tree))
    if plan.is_empty:
        discover(folder, files=files_of(request), cwd=request.cwd)  # which says what it looked for
    return plan


def in_share(plan: Planned, share: Share | None) -> tuple[Planned, tuple[int, ...]]:
    """Return *plan* with the units of *share* alone, and their places among all; all where there is none."""
    units = plan.units.units
    places = places_of([key_of(unit) for unit in units], share)
    return replace(plan, units=replace(plan.units, units=tuple(units[place] for place in places))), places


def perform_repository(
    request: Request, folder: str, settle: Settle, watch: Watch | None = None, share: Share | None = None
) -> Report:
    """Return the report on what *folder* deploys; each input has the request that *settle* returns for it.

    What cannot be read of one thing is said of it, and stops nothing else. Of a *share* alone, what
    falls to it is audited. Raises as `planned`.
    """
    plan, moment = planned(request, folder), now(request)
    mine, places = in_share(plan, share)
    besides = layers_besides(mine, plan)
    with Networks(request) as networks:
        networks.trees[mine.tree.root] = mine.tree
        units = replace(mine.units, units=(*mine.units.units, *besides))
        runs = _Runs(replace(mine, units=units), networks, _without_use(settle), moment, watch)
        outcomes = [runs.outcome(unit) for unit in mine.units.units]
        others = [runs.outcome(unit) for unit in besides]
    known = audited_layers((*outcomes, *others), lambda each: deployable_of(each, plan, request))
    plan = replace(plan, layers=known)
    audits: dict[tuple[Input, str], tuple[int, Audit]] = {}
    for place, each in zip(places, outcomes, strict=True):
        for audit in each.audits:
            audits.setdefault((audit.input, audit.target.id), (place, audit))
    deployables = tuple(deployable_of(each, plan, request) for each in outcomes)
    if share is None:  # of shares it is known only when they are put together
        deployables = planned_moves(deployables)
    without = _without_audits(deployables) if places or share is None else of_nothing()
    found = tuple(audit for _, audit in audits.values())
    report, fleet = assemble(found, generated_at=moment, otherwise=without), _fleet(plan, request)
    whole = replace(
        report,
        complete=report.complete and not fleet.unread and not any(each.is_lost for each in outcomes),
        deployables=deployables,
        fleet=fleet,
        shard=shard_of(share, len(plan.units.units), places, (place for place, _ in audits.values())),
    )
    return with_what_is_open(whole)


def _without_audits(deployables: Iterable[Deployable]) -> Recommendation:
    """Return the recommendation where nothing was audited: for good, or for want of what could be."""
    answers = [each.recommendation for each in deployables]
    if all(each is not None and each.code != "unknowns" for each in answers):
        found = recommend((), complete=True, empty=True)
        return replace(found, reasons=("nothing here installs packages",))
    return replace(
        recommend((), complete=False, empty=True), reasons=("nothing could be audited",), code="unknowns"
    )


def notes_of(plan: Planned, request: Request) -> tuple[str, ...]:
    """Return what could not be read of the repository, a line each."""
    problems = plan.repository.problems
    notes = [f"{seen_by(request, plan, each.location.path)}: {each.message}" for each in problems]
    if plan.repository.cut:
        notes.append(f"more than {MAX_ENTRIES:,} files and folders: the rest was not looked at")
    return tuple(notes)


def _fleet(plan: Planned, request: Request) -> Fleet:
    return Fleet(
        folder=plan.folder,
        others=plan.units.others,
        images=plan.units.images,
        left_out=tuple(seen_by(request, plan, path) for path in plan.units.left_out),
        unread=tuple(
            seen_by(request, plan, each.location.path) for each in plan.repository.problems if each.is_lost
        ),
        notes=(*notes_of(plan, request), *_notes_on_use(request)),
    )


def _without_use(settle: Settle) -> Settle:
    """Return what settles each input like *settle*, but for a month's use, which cannot be that of all."""

    def settled(path: str) -> Request:
        request = settle(path)
        said = request.workload
        return request if said is None else replace(request, workload=said.without_use())

    return settled


def _notes_on_use(request: Request) -> tuple[str, ...]:
    used = request.workload is not None and request.workload.gb_seconds is not None
    return (
        ("the month's use that was given is that of one function: a repository has shares, and no dollars",)
        if used
        else ()
    )


class _Runs:
    """Audits inputs, each once for each target; all are read before the first of them is resolved."""

    def __init__(
        self, plan: Planned, networks: Networks, settle: Settle, moment: str, watch: Watch | None
    ) -> None:
        self._plan = plan
        self._networks = networks
        self._settle = settle
        self._moment = moment
        self._watch = watch
        self._opened: dict[Discovered, Session | str] = {}
        self._to_do: set[tuple[Discovered, tuple[str, ...]]] = set()
        self._units: dict[str, list[Unit]] = {}
        self._done: dict[tuple[Discovered, tuple[str, ...]], tuple[Audit, ...] | str] = {}
        for unit in plan.units.units:
            for found in unit.inputs:
                self._units.setdefault(found.path, []).append(unit)
                session = self._session(found)
                if isinstance(session, Session) and _is_audited(session, unit):
                    session.ask_ahead()
                    self._to_do.add(_key(found, _aims(session, unit)))

    def outcome(self, unit: Unit) -> Outcome:
        """Return what becomes of *unit*."""
        audits: list[Audit] = []
        problems: list[str] = []
        for found in unit.inputs:
            answer = self._audits(found, unit)
            if isinstance(answer, str):
                problems.append(answer)
            else:
                audits += answer
        return Outcome(unit=unit, audits=tuple(audits), problems=tuple(problems))

    def _session(self, found: Discovered) -> Session | str:
        """Return the session of one input, read with the settings nearest to it; or why it cannot be read."""
        key = found
        if key not in self._opened:
            seen = seen_by(self._settle("."), self._plan, found.path)
            try:
                request = replace(
                    self._settle(seen), paths=(seen,), environments=(), kind=found.kind, lines=found.lines
                )
                self._opened[key] = Session(request, self._networks)
            except ArchcheckError as error:
                self._opened[key] = str(error)
        return self._opened[key]

    def _audits(self, found: Discovered, unit: Unit) -> tuple[Audit, ...] | str:
        """Return the audits of one input on the targets of *unit*, or why it has none."""
        session = self._session(found)
        if isinstance(session, str):
            return session
        if not _is_audited(session, unit):
            return ()
        aims = _aims(session, unit)
        key = _key(found, aims)
        if key not in self._done:
            try:
                watch = numbered(self._watch, len(self._done) + 1, len(self._to_do))
                self._done[key] = audited(session, watch, self._moment, aims, self._told(found.path))
            except ArchcheckError as error:
                self._done[key] = str(error)
        return self._done[key]

    def _told(self, path: str) -> Told:
        """Return what those that deploy the input at *path* say of where its code is."""
        deployed = [unit.deployable for unit in self._units[path] if unit.deployable is not None]
        folders = (code.folder for each in deployed for code in each.codes)
        code = dict.fromkeys(absolute(self._plan.tree.root, folder) for folder in folders if folder)
        return Told(code=tuple(code), layer={each.kind for each in deployed} == {"layer"})


def _is_audited(session: Session, unit: Unit) -> bool:
    """Return whether it is known what *unit* runs on, be it by the request."""
    return bool(session.request.targets) or not unit.is_aimless


def _aims(session: Session, unit: Unit) -> tuple[Aimed, ...]:
    return () if session.request.targets else aimed(unit.targets, session.request)


def _key(found: Discovered, aims: tuple[Aimed, ...]) -> tuple[Discovered, tuple[str, ...]]:
    """Return what an audit is done once for: functions that share their code are stated on several lines."""
    return found, tuple(aim.target.id for aim in aims)
