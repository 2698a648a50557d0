"""One audit, and all that one run found."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from archcheck.manifest.surroundings import Surroundings
from archcheck.model.answers import Answer, Recommendation, Summary, Trouble
from archcheck.model.deployables import Deployable, Fleet
from archcheck.model.findings import Finding, Ignored
from archcheck.model.packages import Package
from archcheck.model.plans import Plan
from archcheck.model.sizes import Sizes
from archcheck.savings.workload import Savings

SCHEMA_VERSION = "1.0"


class Input(Struct, frozen=True, kw_only=True):
    """The file that was audited.

    Of extras that exclude each other, each choice has an audit: `extras` are those of them that it takes.
    `package` is the member of a workspace that is meant, None where it is all that the file is for.
    """

    path: str
    kind: str
    sha256: str
    extras: tuple[str, ...] = ()
    package: str | None = None


TargetKind = Literal[
    "option", "settings", "infrastructure", "python-version", "requires-python", "installed", "default"
]


class TargetSource(Struct, frozen=True, kw_only=True):
    """What says that the set runs on its target, in the order in which it is asked.

    `option` is the command line or its caller, `settings` archcheck's own (a file or the environment),
    `infrastructure` a file that says how the code is deployed, `python-version` one that says which Python
    the project is worked on with, `requires-python` the newest runtime that the project admits, and
    `installed` the Python of an installed environment. `default` is a guess: nothing says it. `path` and
    `line` say where.
    """

    kind: TargetKind
    path: str | None = None
    line: int | None = None


class TargetInfo(Struct, frozen=True, kw_only=True):
    """The machine that was meant; `source` is None in older results."""

    id: str
    title: str
    python: str
    libc: str
    source: TargetSource | None = None

    @property
    def is_guessed(self) -> bool:
        """Whether nothing says that it is this one."""
        return self.source is not None and self.source.kind == "default"


class Audit(Struct, frozen=True, kw_only=True):
    """One input against one target, on both architectures.

    `obstacles` are the fingerprints of the findings, ignored ones included, that keep the set from arm64, in
    the order of the report. `sizes` is None where nothing was added up: of an artifact, and in older results.
    `plans` are the ways out, the best first; empty where there is nothing to change or no way was found, and
    None where none was looked for (`--no-remedies`). `surroundings` are what recipes are made from; None
    where the input has no place (standard input, an environment), and in older results.
    """

    input: Input
    target: TargetInfo
    complete: bool
    recommendation: Recommendation
    savings: Savings | None
    summary: Summary
    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()
    obstacles: tuple[str, ...] = ()
    errors: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()
    sizes: Sizes | None = None
    plans: tuple[Plan, ...] | None = None
    surroundings: Surroundings | None = None
    options: tuple[str, ...] = ()

    @property
    def verdict(self) -> Answer:
        """How the set stands on arm64, in a word: see `Recommendation.verdict`."""
        return self.recommendation.verdict

    @property
    def ready(self) -> bool:
        """Whether all of it runs on arm64 as it is, with nothing to compile and nothing unknown."""
        return self.verdict == "ready"


class Tool(Struct, frozen=True, kw_only=True):
    """Who made the report."""

    name: str
    version: str


class Baseline(Struct, frozen=True, kw_only=True):
    """How the findings compare with those of an earlier report, made at `generated_at`.

    `new` and `unchanged` are the fingerprints of this report's findings, `fixed` the earlier report's
    findings that are gone.
    """

    generated_at: str
    complete: bool
    new: tuple[str, ...]
    fixed: tuple[Finding, ...]
    unchanged: tuple[str, ...]


class Shard(Struct, frozen=True, kw_only=True):
    """Which share of a run a report is: the `number`-th `of` so many (`--shard`).

    The whole run has `total` deployables, or named inputs; `places` are those of this share among them, from
    0, and `audits` for each audit the first of these that it is for.
    """

    number: int
    of: int
    total: int
    places: tuple[int, ...]
    audits: tuple[int, ...]


class Report(Struct, frozen=True, kw_only=True):
    """Everything one run found; `recommendation` is the audits' worst, `generated_at` ISO 8601 in UTC.

    `baseline` is None where none was given. Of a whole repository, `deployables` are what it deploys and
    `fleet` what there is to say of it as a whole; None where inputs were named. `shard` is which share of the
    run it is, None where it is the whole.
    """

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    generated_at: str
    complete: bool
    recommendation: Recommendation
    summary: Summary
    audits: tuple[Audit, ...]
    baseline: Baseline | None = None
    deployables: tuple[Deployable, ...] = ()
    fleet: Fleet | None = None
    shard: Shard | None = None

    @property
    def verdict(self) -> Answer:
        """The worst of its audits, and of what is deployed: what is ready and hindered takes a change."""
        whole: Answer = "ready" if self.complete else "undetermined"
        each = (whole, self.recommendation.verdict, *map(_verdict_of, self.deployables))
        return max(each, key=get_args(Answer).index)

    @property
    def ready(self) -> bool:
        """Whether all of it runs on arm64 as it is, with nothing to compile and nothing unknown."""
        return self.verdict == "ready"


def _verdict_of(deployable: Deployable) -> Answer:
    if deployable.recommendation is None:
        return "undetermined"
    answer = deployable.recommendation.verdict
    return "after-changes" if answer == "ready" and deployable.is_hindered else answer
