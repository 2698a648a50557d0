"""One thing that a repository deploys, as the report has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.targeting import spelled
from archcheck.deployables.changes.arm64 import layers_to_arm64, to_arm64
from archcheck.deployables.changes.layer_names import with_layers
from archcheck.deployables.changes.lines import NotChanged, lines_of
from archcheck.deployables.cloudformation.samconfig import FILE, overrides_for
from archcheck.deployables.dockerfile.change import bases_to_arm64
from archcheck.deployables.model import BUILDERS
from archcheck.deployables.rules import NO_ARM64, findings_about, wheels_of
from archcheck.deployables.terraform.changes.block import layers_beside
from archcheck.deployables.terraform.changes.default import Default, default_for_arm64
from archcheck.deployables.tree import folder_of
from archcheck.files import absolute
from archcheck.judge.recommend import worst
from archcheck.model import Common, Deployable, Place, Recommendation, Replacement, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.app.repositories.outcomes import Outcome, Planned
    from archcheck.app.request import Request
    from archcheck.deployables import model as stated
    from archcheck.deployables.changes.lines import Change, CommonChange, LineChange
    from archcheck.manifest.manifest import Location
    from archcheck.model import Finding, RunsOn
    from archcheck.platforms.architectures import Architecture

_SPELLED: dict[Architecture, RunsOn] = {"x86_64": "x86_64", "aarch64": "arm64"}
_MOVES = frozenset({"ready", "no-worse", "ready-in-part", "remedies-known", "nothing-to-audit"})
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


class _Moved(Struct, frozen=True, kw_only=True):
    """The lines that declare arm64, what to do by hand, and what moves with it, as `Deployable` has them."""

    edits: tuple[Replacement, ...] = ()
    change: str | None = None
    together: tuple[str, ...] = ()
    common: Common | None = None


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
        today = runs_on(one)
        moved = self._change(one, today, recommendation)
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
            architecture=today,
            conditions=tuple(_conditions(one)),
            runtime=one.runtimes[0].value if one.runtimes else None,
            memory_mb=one.memory_mb,
            recommendation=recommendation,
            findings=findings,
            edits=moved.edits,
            change=moved.change,
            together=moved.together,
            common=moved.common,
            notes=(*notes, *one.unknown) or (() if recommendation else (_why_not(code),)),
        )

    def _code(self, one: stated.Deployable) -> str | None:
        path = one.code.path if one.code is not None else None
        return self._seen(path) if path is not None and self._outcome.unit.missing is None else None

    def _recommendation(self, findings: tuple[Finding, ...]) -> Recommendation | None:
        """Return what its audits come to, and what of *findings* nobody can tell, or nobody can change."""
        outcome = self._outcome
        if outcome.is_lost or outcome.unit.missing is not None:
            return None
        own = tuple(_of_findings(findings))
        if outcome.audits:
            return worst([*(audit.recommendation for audit in outcome.audits), *own])
        one = outcome.unit.deployable
        if own:
            return worst(own)
        return _NOTHING if one is not None and self._is_here(one.code) else None

    def _is_here(self, code: stated.Code | None) -> bool:
        """Return whether *code* is in the repository, as source: what is built, and was not read, is none."""
        if code is None or not code.is_here or code.path is None:
            return code is not None and code.is_here
        tree = self._plan.tree
        return tree.is_folder(code.path) or (code.path.endswith(".py") and tree.is_file(code.path))

    def _findings(self, one: stated.Deployable, targets: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return what is wrong with how it is built and deployed, with paths as the user sees them."""
        layers = {each.name: each for each in self._beside(one) if each.kind == "layer"}
        wheels = wheels_of(self._outcome.audits)
        unit = self._outcome.unit
        meant = targets or tuple(each.value for each in unit.targets)
        return tuple(
            replace(each, location=self._seen_place(each.location))
            for each in findings_about(
                one,
                meant,
                layers=layers,
                wheels=wheels,
                natives=unit.natives,
                imports=unit.imports,
                steps=unit.steps,
                installs=unit.installs,
            )
        )

    def _seen_place(self, place: Place | None) -> Place | None:
        return place and Place(path=self._seen(place.path), line=place.line)

    def _beside(self, one: stated.Deployable) -> Iterator[stated.Deployable]:
        """Yield what is declared where the names of layers hold that *one* may call them by."""
        for each in self._plan.repository.deployables:
            if _declared_with(each) == _declared_with(one):
                yield each

    def _change(
        self, one: stated.Deployable, runs_on: RunsOn, recommendation: Recommendation | None
    ) -> _Moved:
        """Return what declares arm64, and what moves with it.

        Nothing of these where it does not move. What is on arm64 already takes the layers for it.
        """
        there = runs_on == "arm64"
        stays = recommendation is None or recommendation.code not in _MOVES or recommendation.costs_more
        if (not one.layers) if there else stays:
            return _Moved()
        path = one.location.path
        together = () if there else with_layers(one, self._beside(one))
        try:
            text = self._plan.tree.read(path).decode()
        except (OSError, UnicodeDecodeError) as error:
            return _Moved(change=f"{self._seen(path)} cannot be changed: {error}", together=together)
        default = None if there else self._default(one)
        made = layers_to_arm64(text, one) if there else _made(text, one, default)
        if isinstance(made, NotChanged):
            return _Moved(change=made.reason, together=together)
        if (elsewhere := self._given_elsewhere(one, made.parameter)) is not None:
            allow = f", and allow arm64 in its AllowedValues ({path})" if made.widened else ""
            return _Moved(change=f"{elsewhere}{allow}", together=together)
        bases, sharing = ((), ()) if there else self._bases(one)
        return _Moved(
            edits=(*self._replaced(path, text, made.lines), *self._of_default(default), *bases),
            change=made.by_hand,
            together=tuple(sorted({*made.together, *together, *sharing})),
            common=self._common(path, text, made.common),
        )

    def _default(self, one: stated.Deployable) -> Default | NotChanged | None:
        repository = self._plan.repository
        return default_for_arm64(one, repository.deployables, repository.files, self._plan.tree)

    def _of_default(self, default: Default | NotChanged | None) -> tuple[Replacement, ...]:
        if not isinstance(default, Default):
            return ()
        return self._replaced(default.path, default.text, (default.change,))

    def _common(self, path: str, text: str, made: CommonChange | None) -> Common | None:
        if made is None:
            return None
        (own,) = self._replaced(path, text, (made.own,))
        return Common(own=own, lines=self._replaced(path, text, made.lines), heirs=made.heirs)

    def _bases(self, one: stated.Deployable) -> tuple[tuple[Replacement, ...], tuple[str, ...]]:
        """Return the FROM lines that state x86_64 of the image of *one*, and who else is built of them."""
        code = one.code
        if code is None or code.kind != "dockerfile" or code.path is None or one.tool in BUILDERS:
            return (), ()
        try:
            text = self._plan.tree.read(code.path).decode()
        except (OSError, UnicodeDecodeError):
            return (), ()
        changes = bases_to_arm64(text, code.path)
        if not changes:
            return (), ()
        others = (each for each in self._beside(one) if each.code is not None and each.code.path == code.path)
        sharing = tuple(each.name for each in others if each.name != one.name and runs_on(each) != "arm64")
        return self._replaced(code.path, text, changes), sharing

    def _replaced(self, path: str, text: str, changes: tuple[LineChange, ...]) -> tuple[Replacement, ...]:
        lines = lines_of(text)
        return tuple(
            Replacement(
                path=self._seen(path),
                first=each.first,
                last=each.last,
                old="".join(lines[each.first - 1 : max(each.last, each.first - 1)]),
                new=each.new,
            )
            for each in changes
        )

    def _given_elsewhere(self, one: stated.Deployable, parameter: str | None) -> str | None:
        """Return what else gives *parameter* a value, whose default then tells nothing; None for nothing."""
        if parameter is None:
            return None
        path = one.location.path
        if parameter in overrides_for(path, self._plan.tree):
            return f"{FILE} gives {parameter}; give what makes it arm64 there"
        if path in self._plan.repository.nested:
            return f"{parameter} decides it, which the stack that holds this one may give; see to it there"
        return None

    def _place(self, location: Location) -> Place:
        return Place(path=self._seen(location.path), line=location.line or None)

    def _seen(self, path: str) -> str:
        return spelled(absolute(self._plan.tree.root, path), self._request.cwd)


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


def _made(text: str, one: stated.Deployable, default: Default | NotChanged | None) -> Change | NotChanged:
    """Return what changes in the *text* of its file, besides the *default* of a variable of Terraform's."""
    if isinstance(default, NotChanged):
        return default
    if default is None:
        return to_arm64(text, one)
    made = layers_beside(text, one, default.name)
    others = tuple(each for each in default.moves if each != one.name)
    return made if isinstance(made, NotChanged) else replace(made, together=others)


def _declared_with(one: stated.Deployable) -> str:
    """Return where the names hold that it may be called by: a module of Terraform's is a folder."""
    path = one.location.path
    return folder_of(path) if one.tool == "terraform" else path


def runs_on(one: stated.Deployable) -> RunsOn:
    """Return what *one* runs on today, as its files say."""
    found = {each.value for each in one.architectures}
    if len(found) > 1:
        return "conditional"
    return _SPELLED[found.pop()] if found else "unknown"


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
            yield f"{_SPELLED[each.value]} where {each.when or 'nothing else is said'}"
    if one.when is not None:
        yield f"deployed where {one.when}"
