"""From a request to a report: reads the inputs, opens the index, audits every input against every target."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck._version import __version__
from archcheck.app.audit import audit_input
from archcheck.app.session import Session
from archcheck.app.targeting import Aimed, targets_for
from archcheck.app.trust_scope import files_of
from archcheck.errors import UsageError
from archcheck.files import absolute, is_nameless
from archcheck.formats import row_of
from archcheck.inputs.surroundings import Told, surroundings_of
from archcheck.judge.assumptions import unused_assumptions
from archcheck.judge.end_of_support import with_end_of_support
from archcheck.judge.ignored import set_aside
from archcheck.judge.recommend import left_open, worst
from archcheck.judge.shipping.words import listed
from archcheck.manifest.lock import Lock
from archcheck.model import Report, Summary, Tool
from archcheck.resolve.model import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archcheck.app.request import Request
    from archcheck.app.session import Opened
    from archcheck.index.client import IndexClient
    from archcheck.index.config.settings import IndexSettings
    from archcheck.manifest.manifest import Manifest
    from archcheck.manifest.surroundings import Surroundings
    from archcheck.model import Audit, Recommendation, TargetSource

    Watch = Callable[["Step", IndexClient], None]


class Step(Struct, frozen=True):
    """What a run is at, and of several inputs which one that is, counted from 1; 0 of 0 for the only one."""

    what: str
    number: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.number} of {self.total}: {self.what}" if self.total else self.what


def perform(request: Request, watch: Watch | None = None) -> Report:
    """Return the report on everything that *request* names.

    *watch* is told of each audit as it begins. Raises `ArchcheckError` for what makes an answer impossible
    (an unreadable input, an unknown target); all else is a finding or an error in the report.
    """
    with Session(request) as session:
        return report_of(session, watch)


def report_of(session: Session, watch: Watch | None) -> Report:
    """Return the report on the inputs of *session*; else as `perform`."""
    moment = now(session.request)
    return assemble(audited(session, watch, moment), generated_at=moment)


def audited(
    session: Session, watch: Watch | None, moment: str, aims: Sequence[Aimed] = (), told: Told | None = None
) -> tuple[Audit, ...]:
    """Return the audits of the inputs of *session*: on *aims*, else on the targets that they say themselves.

    What is ignored is so on the day of the *moment* (ISO 8601). *told* is what is known of who deploys them.
    """
    request, policy = session.request, session.request.policy
    today = date.fromisoformat(moment[:10])
    audits: list[Audit] = []
    for opened in session.inputs:
        manifest = opened.manifest
        mine: list[Audit] = []
        around = _around(manifest, request, told or Told())
        for aim in aims or targets_for(manifest, request, session.trees):
            if watch is not None:
                watch(Step(f"{_named(manifest)} on {aim.target.id}"), opened.network)
            made = _audit(opened, aim, request, watch)
            audit = aimed_at(aim.source, _with_edits(made, opened, request))
            audit = with_end_of_support(audit, aim.target, today)
            unread = (f"not read: {aim.unread}",) if aim.unread else ()
            notes = (*unread, *audit.notes, *opened.network.notes)
            mine.append(replace(audit, notes=notes, surroundings=around, options=request.options))
        own = () if isinstance(manifest, Lock) else manifest.ignores
        audits += set_aside(mine, own, today=today)
    shared = (*session.warnings, *unused_assumptions(policy.assumptions, audits), *request.notes)
    noted = [replace(audit, notes=(*audit.notes, *shared)) for audit in audits]
    return tuple(set_aside(noted, policy.ignores, today=today))


def _around(manifest: Manifest | Lock, request: Request, told: Told) -> Surroundings | None:
    constraints = tuple(absolute(request.cwd, path) for path in request.constraints)
    known = replace(told, constraints=constraints, selection=request.selection)
    return surroundings_of(manifest, files=files_of(request), cwd=request.cwd, told=known)


def _audit(opened: Opened, aim: Aimed, request: Request, watch: Watch | None) -> Audit:
    """Return one audit: of what an input asks for, or of what is built already."""
    target = aim.target

    def say(what: str) -> None:
        if watch is not None:
            watch(Step(f"{_named(opened.manifest)}: {what}"), opened.network)

    manifest, options = opened.manifest, _options(opened.settings, request)
    if isinstance(manifest, Lock) and manifest.built is not None and row_of(manifest.kind).built:
        from archcheck.app.built_audit import audit_built  # noqa: PLC0415 - where something is built

        asked = request.architecture or "aarch64"
        return audit_built(
            manifest,
            manifest.built,
            target,
            opened.index,
            options,
            asked=asked,
            workload=request.workload,
            ship=request.ship,
        )
    return audit_input(
        manifest,
        target,
        opened.index,
        options,
        workload=request.workload,
        assumptions=request.policy.assumptions,
        budget=request.inspect_budget if request.inspect else None,
        ship=request.ship,
        remedies=request.remedies,
        only=request.only if request.revision is None else frozenset(),
        known=request.known,
        guessed=aim.source.kind == "default",
        named=aim.source.kind in {"option", "settings"},
        say=say,
    )


def _with_edits(audit: Audit, opened: Opened, request: Request) -> Audit:
    """Return *audit* with the lines that carry out its plans.

    What an input that is not trusted leads to is not quoted, and what a commit holds is not to be changed.
    """
    if not audit.plans or request.untrusted or request.revision or is_nameless(audit.input.path):
        return audit
    from archcheck.app.fixes.fixing import Fixing  # noqa: PLC0415 - most sets need no plan

    plans = (replace(plan, edits=Fixing(request, opened, audit).edits(plan)) for plan in audit.plans)
    return replace(audit, plans=tuple(plans))


def perform_again(report: Report, request: Request) -> Report:
    """Return a report on the inputs and targets of *report* as they are in the commit that *request* names.

    What that commit has not is left out.
    """
    files = files_of(request)
    targets: dict[tuple[str, str, str], list[str]] = {}
    for audit in report.audits:
        named = audit.input.path, audit.input.kind, audit.input.package or ""
        targets.setdefault(named, []).append(audit.target.id)
    reports = [
        perform(
            replace(
                request,
                paths=(path,),
                kind=kind,
                targets=tuple(ids),
                selection=replace(request.selection, package=package),
            )
        )
        for (path, kind, package), ids in targets.items()
        if files.is_file(absolute(request.cwd, path))
    ]
    audits = tuple(audit for each in reports for audit in each.audits)
    if not audits:
        return replace(report, complete=True, audits=())
    return assemble(audits, generated_at=reports[0].generated_at)


def assemble(
    audits: Sequence[Audit], *, generated_at: str, otherwise: Recommendation | None = None
) -> Report:
    """Return *audits* as one report, whose recommendation is the worst of theirs; *otherwise* without any."""
    return Report(
        tool=Tool(name="archcheck", version=__version__),
        generated_at=generated_at,
        complete=all(audit.complete for audit in audits),
        recommendation=worst([audit.recommendation for audit in audits] or [*filter(None, [otherwise])]),
        summary=Summary(
            packages=sum(audit.summary.packages for audit in audits),
            ready=sum(audit.summary.ready for audit in audits),
            build=sum(audit.summary.build for audit in audits),
            blocked=sum(audit.summary.blocked for audit in audits),
            unknown=sum(audit.summary.unknown for audit in audits),
            ignored=sum(audit.summary.ignored for audit in audits),
        ),
        audits=tuple(audits),
    )


def with_what_is_open(report: Report) -> Report:
    """Return *report*, of a repository, with what could not be told of it in its recommendation.

    A template that was not read may name functions that cannot move; what has no answer is none that can.
    """
    unread = [f"{path} could not be read" for path in (report.fleet.unread if report.fleet else ())]
    lacking = [each.name for each in report.deployables if each.recommendation is None]
    reasons = (*unread, *([f"nothing could be told of {listed(lacking)}"] if lacking else []))
    if not reasons:
        return report
    return replace(
        report, recommendation=worst([report.recommendation, left_open(reasons, complete=report.complete)])
    )


def numbered(watch: Watch | None, number: int, total: int) -> Watch | None:
    """Return what tells *watch* that this is the one of that *number* of a *total* of inputs."""
    if watch is None or total == 1:
        return watch
    tell = watch
    return lambda step, index: tell(replace(step, number=number, total=total), index)


def _named(manifest: Manifest | Lock) -> str:
    if not isinstance(manifest, Lock):
        return manifest.path
    member = f" ({manifest.member})" if manifest.member else ""
    extras = f"[{','.join(manifest.extras)}]" if manifest.extras else ""
    return f"{manifest.path}{member}{extras}"


def aimed_at(source: TargetSource, audit: Audit) -> Audit:
    """Return *audit* with what says its target; an answer about a guessed one is less sure."""
    audit = replace(audit, target=replace(audit.target, source=source))
    if not audit.target.is_guessed:
        return audit
    recommendation = audit.recommendation
    less = "medium" if recommendation.confidence == "high" else "low"
    reason = f"nothing says where it runs: {audit.target.id} is a guess (--target)"
    reasons = (*recommendation.reasons, reason)
    return replace(audit, recommendation=replace(recommendation, confidence=less, reasons=reasons))


def _options(settings: IndexSettings, request: Request) -> Options:
    return Options(
        pre=settings.pre,
        prefer_binary=settings.prefer_binary,
        no_deps=request.no_deps,
        require_hashes=settings.require_hashes,
        exclude_newer=request.exclude_newer,
        formats=settings.formats,
        releases=settings.releases,
    )


def now(request: Request) -> str:
    """Return the time in UTC; `SOURCE_DATE_EPOCH` fixes it where runs must be reproducible."""
    from datetime import UTC, datetime  # noqa: PLC0415

    fixed = request.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        where, found = (
            ("SOURCE_DATE_EPOCH", repr(fixed[:40])) if fixed else ("the clock of this machine", "a later one")
        )
        expected = "seconds since 1970, up to the year 9999" if fixed else "a time up to the year 9999"
        raise UsageError(f"{where}: expected {expected}, found {found}") from error
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
