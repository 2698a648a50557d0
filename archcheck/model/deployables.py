"""What a repository deploys, and what moving it comes to."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from archcheck.model.answers import Recommendation
from archcheck.model.findings import Finding
from archcheck.model.packages import Place
from archcheck.model.plans import Replacement
from archcheck.model.standing import Standing, standing_for
from archcheck.model.status import Severity

DeployableKind = Literal["function", "layer", "container", "project"]
RunsOn = Literal["x86_64", "arm64", "conditional", "unknown"]


_LAYER = "AC020"


class Common(Struct, frozen=True, kw_only=True):
    """The `lines` that declare arm64 for all of `heirs` at once, where each has the edit `own` else.

    They are those of SAM's Globals, and of the provider of serverless.yml. `heirs_group` is in JSON alone, as
    the groups of `Deployable`.
    """

    own: Replacement
    lines: tuple[Replacement, ...]
    heirs: tuple[str, ...]
    heirs_group: int | None = None


class Deployable(Struct, frozen=True, kw_only=True):
    """One thing that is deployed by itself: a function, a layer, a container, or a project that nobody names.

    `source` is where a file says so, `tool` what that file is for (`sam`, `terraform`, `docker` …; "" for a
    project) and `platform` what it runs on there. `code` is the folder or file of its code, where that is in
    the repository, and `missing` the folder that it should be in, where that is not. `inputs` are what was
    audited for it, each on every one of `targets`: the audits with these paths and ids, and for a project
    with its `package`, which names a member of a workspace.
    `architecture` is what it runs on today: `conditional` where that hangs on a condition, of which
    `conditions` names every outcome. `memory_mb` is in MiB.

    `recommendation` is the worst of its audits'; None where nothing could be audited, of which `notes` say
    why. `standing` is what that comes to with all else that is known of it, as the table has it (`now` is
    "can move now"); None in a share of a run. `findings` are about how it is built and deployed, not about a
    package. `edits` are the lines that declare arm64, of its own file but for an image's Dockerfile and a
    variable of Terraform's, with the layers that have another name there: all of them or none. They are empty
    where it is declared, or cannot be by a change of lines. `change` says what to do then, and what to look
    at besides the edits. `together` names the deployables of the same file, of Terraform's modules as well,
    that have to move with it: its lines are theirs as well, or it is a layer that they have, or one of their
    functions. `waits` are those of them that do not move today: then there are no edits. `together_group` and
    `waits_group` are in JSON alone, where names of many are told once: see `Fleet.groups`.
    `common` is what a share of a run says of lines that declare it for several, which `archcheck merge`
    weighs.
    """

    name: str
    kind: DeployableKind
    tool: str
    platform: str
    source: Place
    code: str | None = None
    missing: str | None = None
    inputs: tuple[str, ...] = ()
    package: str | None = None
    targets: tuple[str, ...] = ()
    architecture: RunsOn = "unknown"
    conditions: tuple[str, ...] = ()
    runtime: str | None = None
    memory_mb: int | None = None
    recommendation: Recommendation | None = None
    standing: Standing | None = None
    findings: tuple[Finding, ...] = ()
    edits: tuple[Replacement, ...] = ()
    change: str | None = None
    together: tuple[str, ...] = ()
    together_group: int | None = None
    waits: tuple[str, ...] = ()
    waits_group: int | None = None
    common: Common | None = None
    notes: tuple[str, ...] = ()

    @property
    def stands(self) -> Standing:
        """How it stands with arm64: what `standing` says of a whole run."""
        there = self.architecture == "arm64"
        return standing_for(self.recommendation, there=there, hindered=self.is_hindered)

    @property
    def is_hindered(self) -> bool:
        """Whether how it is built or deployed has to change, or it would not run on arm64.

        A layer for x86_64 (AC020) is none that a function on arm64 loads: its own edits may take another in
        its place, but for one that is built here, of which no evidence names an ARN.
        """
        built = any(each.rule == _LAYER and not each.evidence.detail for each in self.findings)
        return self.is_blocked or built or bool(self.waits)

    @property
    def is_blocked(self) -> bool:
        """Whether it would not run on arm64 even if all that moves together with it did."""
        blockers = any(finding.severity is Severity.BLOCKER for finding in self.findings)
        changes = bool(self.edits) and self.architecture != "arm64"
        return blockers or (self._has_other_layers and not changes)

    @property
    def _has_other_layers(self) -> bool:
        return any(finding.rule == _LAYER for finding in self.findings)


class Fleet(Struct, frozen=True, kw_only=True):
    """What a report on a whole repository says of it as a whole.

    `others` counts deployables of other languages, `images` those of images that are built elsewhere;
    `left_out` are inputs that nothing deploys, of tests and documents. `unread` are templates that could not
    be read, and name what they deploy: the report is not of the whole. `notes` say what could not be read.
    `groups` are in JSON alone: where a deployable has more than 20 names of others, all of them.
    """

    folder: str
    others: int = 0
    images: int = 0
    left_out: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
