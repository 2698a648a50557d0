"""One thing that a repository deploys, as the report has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.repositories.changes import SPELLED, change_to_arm64, runs_on
from archcheck.app.repositories.layers import audited_in, layers_of
from archcheck.app.repositories.outcomes import seen_by
from archcheck.deployables.rules import NO_ARM64, findings_about, wheels_of
from archcheck.judge.recommend import worst
from archcheck.model import Deployable, Place, Recommendation, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.app.repositories.outcomes import Outcome, Planned
    from archcheck.app.request import Request
    from archcheck.deployables import model as stated
    from archcheck.manifest.manifest import Location
    from archcheck.model import Finding

_NOTHING = Recommendation(
    architecture="arm64",
    when="now",
    effort="none",
    confidence="medium",
    reasons=("it installs no packages",),
    code="nothing-to-audit",
)


def deployable_of(outcome: Outcome, plan: Planned, request: Request) -> Deployable:
    """Return what the report says of one unit."""
    return _Row(outcome, plan, request).deployable()


class _Row:
    def __init__(self, outcome: Outcome, plan: Planned, request: Request) -> None:
        self._outcome = outcome
        self._plan = plan
        self._request = request

    def deployable(self) -> Deployable:
        """Return it."""
        outcome, one = self._outcome, self._outcome.unit.deployable
        found = tuple(self._seen(each.path) for each in outcome.unit.inputs)
        inputs = tuple(dict.fromkeys(audit.input.path for audit in outcome.audits)) or found
        targets = tuple(dict.fromkeys(audit.target.id for audit in outcome.audits))
        findings = self._findings(one, targets) if one is not None else ()
        recommendation = self._recommendation(findings)
        notes = (*outcome.problems, *outcome.unit.notes)
        if one is None:
            (path,) = found
            return Deployable(
                name=path,
                kind="project",
                tool="",
                platform="",
                source=Place(path=path, line=None),
                inputs=inputs,
                package=outcome.audits[0].input.package if outcome.audits else None,
                targets=targets,
                recommendation=recommendation,
                notes=notes,
            )
        changed = change_to_arm64(one, recommendation, self._plan, self._request)
        code, missing = one.code, outcome.unit.missing
        return Deployable(
            name=one.name,
            kind=one.kind,
            tool=one.tool,
            platform=one.platform,
            source=self._place(one.location),
            code=self._code(one),
            missing=self._seen(missing) if missing is not None else None,
            inputs=inputs,
            targets=targets,
            architecture=runs_on(one),
            conditions=tuple(_conditions(one)),
            runtime=one.runtimes[0].value if one.runtimes else None,
            memory_mb=one.memory_mb,
            recommendation=recommendation,
            findings=findings,
            edits=changed.edits,
            change=changed.by_hand,
            together=changed.together,
            common=changed.common,
            notes=(*notes, *one.unknown) or (() if recommendation else (_why_not(code),)),
        )

    def _code(self, one: stated.Deployable) -> str | None:
        path = one.code.path if one.code is not None else None
        return self._seen(path) if path is not None and self._outcome.unit.missing is None else None

    def _recommendation(self, findings: tuple[Finding, ...]) -> Recommendation | None:
        """Return what its audits come to, and what of *findings* nobody can tell, or nobody can change."""
        outcome = self._outcome
        if outcome.is_lost or outcome.unit.missing is not None or self._is_in_part():
            return None
        own = tuple(_of_findings(findings))
        if outcome.audits:
            return worst([*(audit.recommendation for audit in outcome.audits), *own])
        one = outcome.unit.deployable
        if own:
            return worst(own)
        return _NOTHING if one is not None and self._is_here(one.code) else None

    def _is_in_part(self) -> bool:
        """Return whether it is several of which some are not in this repository, or are images."""
        one = self._outcome.unit.deployable
        codes = one.codes if one is not None else ()
        return len(codes) > 1 and any(not each.is_here for each in codes)

    def _is_here(self, code: stated.Code | None) -> bool:
        """Return whether *code* is in the repository, as source: what is built, and was not read, is none."""
        if code is None or not code.is_here or code.path is None:
            return code is not None and code.is_here
        tree = self._plan.tree
        return tree.is_folder(code.path) or (code.path.endswith(".py") and tree.is_file(code.path))

    def _findings(self, one: stated.Deployable, targets: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return what is wrong with how it is built and deployed, with paths as the user sees them."""
        layers = layers_of(one, self._plan)
        wheels = wheels_of(self._outcome.audits)
        unit = self._outcome.unit
        meant = targets or tuple(each.value for each in unit.targets)
        return tuple(
            replace(each, location=self._seen_place(each.location))
            for each in findings_about(
                one,
                meant,
                layers=layers,
                audited={name: audited_in(self._plan, each) for name, each in layers.items()},
                wheels=wheels,
                natives=unit.natives,
                imports=unit.imports,
                steps=unit.steps,
                installs=unit.installs,
            )
        )

    def _seen_place(self, place: Place | None) -> Place | None:
        return place and Place(path=self._seen(place.path), line=place.line)

    def _place(self, location: Location) -> Place:
        return Place(path=self._seen(location.path), line=location.line or None)

    def _seen(self, path: str) -> str:
        return seen_by(self._request, self._plan, path)


def _of_findings(findings: tuple[Finding, ...]) -> Iterator[Recommendation]:
    """Yield what findings about how it is deployed leave open."""
    if doubts := tuple(each.message for each in findings if each.severity is Severity.UNKNOWN):
        yield Recommendation(
            architecture="undetermined",
            when=None,
            effort=None,
            confidence="low",
            reasons=doubts,
            code="unknowns",
        )

    if stays := tuple(each.message for each in findings if each.rule == NO_ARM64):
        yield Recommendation(
            architecture="x86_64",
            when="now",
            effort=None,
            confidence="high",
            reasons=stays,
            code="no-remedy",
        )


def _why_not(code: stated.Code | None) -> str:
    """Return why nothing of a deployable could be audited, where nothing went wrong."""
    match code and code.kind:
        case "image":
            return f"what is installed in its image is not known: {code and code.reference} is not built here"
        case "dockerfile":
            return f"{code and code.path} installs from no file of requirements that is here"
        case "elsewhere":
            return f"its code is not in this repository: {code and code.reference}"
        case "folder" | "artifact":
            return f"what it installs is not told: {code and code.path} is no folder of this repository"
        case _:
            return "nothing says where its code is"


def _conditions(one: stated.Deployable) -> Iterator[str]:
    if len({each.value for each in one.architectures}) > 1:
        for each in one.architectures:
            yield f"{SPELLED[each.value]} where {each.when or 'nothing else is said'}"
    if one.when is not None:
        yield f"deployed where {one.when}"
