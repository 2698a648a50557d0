"""From a request to a report: reads the inputs, opens the index, audits every input against every target."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck import __version__
from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.index.cache import Cache, default_folder
from archcheck.index.guarded import GuardedIndex
from archcheck.index.installers import settings_for
from archcheck.index.network import NetworkIndex
from archcheck.index.trust import restricted
from archcheck.inputs import Disk, read_constraints, read_input
from archcheck.judge.assumed import unused_assumptions
from archcheck.judge.ignored import set_aside
from archcheck.judge.recommend import worst
from archcheck.lock import Lock
from archcheck.model import Report, Summary, Tool
from archcheck.reach import files_of, trust_of
from archcheck.resolve.model import Options
from archcheck.run import audit_input
from archcheck.targets import default_target, parse_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from archcheck.index.settings import IndexSettings
    from archcheck.index.trust import Trust
    from archcheck.inputs import Files
    from archcheck.manifest import Manifest, Requirement
    from archcheck.model import Audit
    from archcheck.request import Request
    from archcheck.targets import Target


def perform(request: Request, watch: Callable[[str, NetworkIndex], None] | None = None) -> Report:
    """Return the report on everything that *request* names.

    *watch* is told of each audit as it begins. Raises `ArchcheckError` for what makes an answer impossible
    (an unreadable input, an unknown target); all else is a finding or an error in the report.
    """
    targets = [parse_target(text) for text in dict.fromkeys(request.targets)]
    named = [(path, request.kind) for path in request.paths]
    named += [(path, "environment") for path in request.environments]
    if not named:
        raise UsageError("nothing to audit: no input is named")
    manifests = [_read(path, kind, request) for path, kind in named]
    audits: list[Audit] = []
    with ExitStack() as stack:
        opened: dict[IndexSettings, NetworkIndex] = {}
        for manifest, settings, trusted in manifests:
            if settings not in opened:
                opened[settings] = stack.enter_context(_index(settings, request))
            index = GuardedIndex(opened[settings], trusted) if trusted else opened[settings]
            for target in targets or [_own_target(manifest, request)]:
                if watch is not None:
                    watch(f"{manifest.path} on {target.id}", opened[settings])
                options = _options(settings, request)
                audit = audit_input(
                    manifest,
                    target,
                    index,
                    options,
                    workload=request.workload,
                    assumptions=request.policy.assumptions,
                )
                notes = opened[settings].notes(package.name for package in audit.packages)
                audits.append(replace(audit, notes=(*audit.notes, *notes)))
        warnings = tuple(dict.fromkeys(text for each in opened.values() for text in each.warnings))
    moment = _now(request)
    policy = request.policy
    shared = (*warnings, *unused_assumptions(policy.assumptions, audits), *request.notes)
    noted = [replace(audit, notes=(*audit.notes, *shared)) for audit in audits]
    kept = set_aside(noted, policy.ignores, today=date.fromisoformat(moment[:10]))
    return assemble(kept, generated_at=moment)


def perform_again(report: Report, request: Request) -> Report:
    """Return a report on the inputs and targets of *report* as they are in the commit that *request* names.

    What that commit has not is left out.
    """
    files = files_of(request)
    targets: dict[tuple[str, str], list[str]] = {}
    for audit in report.audits:
        targets.setdefault((audit.input.path, audit.input.kind), []).append(audit.target.id)
    reports = [
        perform(replace(request, paths=(path,), kind=kind, targets=tuple(named)))
        for (path, kind), named in targets.items()
        if files.is_file(absolute(request.cwd, path))
    ]
    audits = tuple(audit for each in reports for audit in each.audits)
    if not audits:
        return replace(report, complete=True, audits=())
    return assemble(audits, generated_at=reports[0].generated_at)


def assemble(audits: Sequence[Audit], *, generated_at: str) -> Report:
    """Return *audits* as one report, whose recommendation is the worst of theirs."""
    return Report(
        tool=Tool(name="archcheck", version=__version__),
        generated_at=generated_at,
        complete=all(audit.complete for audit in audits),
        recommendation=worst([audit.recommendation for audit in audits]),
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


def _read(
    path: str, kind: str | None, request: Request
) -> tuple[Manifest | Lock, IndexSettings, Trust | None]:
    """Return the input at *path*, constrained as the settings say, and the settings of its installer.

    Where it may not lead anywhere, what it may lead to comes with it.
    """
    files, environ = files_of(request), {} if request.untrusted else request.environ
    manifest = read_input(
        path, kind, environ=environ, cwd=request.cwd, selection=request.selection, files=files
    )
    trusted = trust_of(manifest, kind, request) if request.revision or request.untrusted else None
    manifest = restricted(manifest, trusted) if trusted else manifest
    settings = settings_for(request.environ, flags=request.flags, options=manifest.options)
    if isinstance(manifest, Lock):
        return manifest, settings, trusted
    constraints = [
        *_constraints(settings.constraints, Disk(), request.environ, request.cwd),
        *_constraints(request.constraints, files, environ, request.cwd),
    ]
    return replace(manifest, constraints=(*constraints, *manifest.constraints)), settings, trusted


def _constraints(
    paths: Iterable[str], files: Files, environ: Mapping[str, str], cwd: str
) -> Iterator[Requirement]:
    for path in paths:
        yield from read_constraints(path, files=files, environ=environ, cwd=cwd)


def _own_target(manifest: Manifest | Lock, request: Request) -> Target:
    """Return the Lambda runtime of the Python that the project says, in `.python-version` or by itself.

    An installed environment has a Python already.
    """
    if manifest.kind == "environment":
        return default_target(manifest.requires_python)
    folder = Path(request.cwd, manifest.path).parent if manifest.path != "-" else Path(request.cwd)
    try:
        said = files_of(request).read(str(folder / ".python-version"))[:1000].decode()
    except (OSError, UnicodeDecodeError):
        said = None
    return default_target(manifest.requires_python, said)


def _index(settings: IndexSettings, request: Request) -> NetworkIndex:
    folder = Path(request.cache_dir) if request.cache_dir else default_folder(request.environ)
    return NetworkIndex(
        settings if request.timeout is None else replace(settings, timeout=request.timeout),
        Cache(folder, mode=request.cache_mode),
        jobs=request.jobs,
    )


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


def _now(request: Request) -> str:
    """Return the time in UTC; `SOURCE_DATE_EPOCH` fixes it where runs must be reproducible."""
    from datetime import UTC, datetime  # noqa: PLC0415

    fixed = request.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH: expected seconds since 1970, found {fixed!r}") from error
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
