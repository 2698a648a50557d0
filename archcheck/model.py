"""What an audit says: the typed report that every renderer, the bot and the Python API share.

Field names are the names in the JSON (schema_version "1.0", `report/schema.json`); the order is stable.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from archcheck.manifest.distribution import Size  # noqa: TC001 - msgspec reads the annotations
from archcheck.platforms.architectures import Architecture
from archcheck.savings.workload import CostAt, Savings, Workload

__all__ = [
    "SCHEMA_VERSION",
    "Architecture",
    "Audit",
    "Baseline",
    "Change",
    "ChangeKind",
    "Contents",
    "CostAt",
    "Effort",
    "Evidence",
    "Finding",
    "Ignored",
    "Input",
    "Limits",
    "Load",
    "Moved",
    "Outlook",
    "Package",
    "Place",
    "Plan",
    "Recommendation",
    "Remedy",
    "RemedyKind",
    "Replacement",
    "Report",
    "Result",
    "Savings",
    "Severity",
    "Ship",
    "Sizes",
    "Status",
    "Summary",
    "TargetInfo",
    "Tool",
    "Trouble",
    "Way",
    "Workload",
]

SCHEMA_VERSION = "1.0"


class Status(StrEnum):
    """What a package would install as on one machine, best first."""

    NOT_REQUIRED = "not-required"
    WHEEL = "wheel"
    PURE_WHEEL = "pure-wheel"
    PURE_SDIST = "pure-sdist"
    FALLBACK_SDIST = "fallback-sdist"
    NATIVE_SDIST = "native-sdist"
    SDIST = "sdist"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def builds(self) -> bool:
        """Whether installing needs, or may need, a compiler."""
        return self in {Status.NATIVE_SDIST, Status.SDIST}

    @property
    def ready(self) -> bool:
        """Whether it installs without a compiler (or need not install)."""
        return self in READY

    @property
    def installs(self) -> bool:
        """Whether pip would get through, with or without building."""
        return self.ready or self.builds


READY = frozenset(
    {Status.NOT_REQUIRED, Status.WHEEL, Status.PURE_WHEEL, Status.PURE_SDIST, Status.FALLBACK_SDIST}
)


class Severity(StrEnum):
    """What a finding means for arm64, worst first."""

    BLOCKER = "blocker"
    BUILD = "build"
    UNKNOWN = "unknown"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """Position in the order of sorting; 0 is worst."""
        return list(Severity).index(self)


class Place(Struct, frozen=True, kw_only=True):
    """Where in an input a package is asked for; `line` is None where the format has no lines."""

    path: str
    line: int | None


class Contents(Struct, frozen=True, kw_only=True):
    """What was read inside a file, and what was not.

    `unpacked` is what it takes when installed, in bytes, without bytecode. Of the `natives` (ELF, Mach-O and
    PE files in it) the `machines` are known, and `glibc` is the highest version of it that those name which
    were read that far; `unread` counts the others, and what may be native and was not looked at: of x86_64's
    wheels all, where no answer depends on them. `reason` says why nothing was read: all else is empty
    then.
    """

    files: int = 0
    unpacked: int = 0
    natives: int = 0
    machines: tuple[str, ...] = ()
    glibc: str | None = None
    unread: int = 0
    reason: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What one package is on one architecture; `file` is a file name, `reason` the why in a few words.

    `size` is that file's in bytes, as it is downloaded; None where neither the index nor the lock says, and
    it was not looked into. `contents` is None where nothing was to be looked into: no wheel, or
    `--no-inspect`. `takes` is what building an sdist takes (compilers, programs, libraries), as far as it
    says so.
    """

    architecture: Architecture
    version: str | None
    status: Status
    file: str | None = None
    reason: str | None = None
    size: Size | None = None
    contents: Contents | None = None
    takes: tuple[str, ...] = ()


RemedyKind = Literal["version", "replace", "build", "relock", "rebuild", "target"]


class Remedy(Struct, frozen=True, kw_only=True):
    """The smallest known change that clears an obstacle.

    `range` tells whether `version` lies inside what the project declares ("within") or not ("beyond").
    `rebuild` is to make a built artifact again, with the same versions.
    `verified` is True only where the whole set was resolved again with the change.
    `first_version` is the first version that ever had a wheel for aarch64 that fits, where known.
    """

    kind: RemedyKind
    message: str
    version: str | None = None
    range: Literal["within", "beyond"] | None = None
    direction: Literal["newer", "older"] | None = None
    file: str | None = None
    first_version: str | None = None
    verified: bool = False


class Evidence(Struct, frozen=True, kw_only=True):
    """What a finding rests on: files as the index names them, what they need and what the target has.

    `has` says nothing without `needs`.
    """

    files: tuple[str, ...] = ()
    needs: str | None = None
    has: str | None = None
    detail: tuple[str, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that a rule found; `fingerprint` is stable over lines and versions."""

    rule: str
    name: str
    severity: Severity
    package: str
    version: str | None
    target: str
    message: str
    evidence: Evidence
    location: Place | None
    path: tuple[str, ...]
    fingerprint: str
    remedy: Remedy | None = None


class Ignored(Finding, frozen=True, kw_only=True):
    """A finding that somebody accepted: it leaves the exit code, never the recommendation.

    `until` is the last day on which that holds (ISO 8601); `until_available` says that it holds only while no
    version with a fitting aarch64 wheel is known. `source` is the settings file, or the command line.
    """

    reason: str = ""
    until: str | None = None
    until_available: bool = False
    source: str = ""


class Package(Struct, frozen=True, kw_only=True):
    """One distribution of the set, by normalised name.

    `paths` are the shortest ways in, from a direct requirement to the package; `required_by` names every
    package that asks for it, so that all ways can be found.
    """

    name: str
    direct: bool
    locations: tuple[Place, ...]
    paths: tuple[tuple[str, ...], ...]
    required_by: tuple[str, ...]
    results: tuple[Result, ...]
    remedy: Remedy | None = None

    def on(self, architecture: Architecture) -> Result:
        """Return the worst result for *architecture* (a lock with forks may hold several)."""
        mine = [result for result in self.results if result.architecture == architecture]
        return max(mine, key=lambda result: list(Status).index(result.status))


Effort = Literal["none", "pin", "upgrade", "replace", "build"]


class Recommendation(Struct, frozen=True, kw_only=True):
    """Which architecture to deploy on, and what that rests on; `reasons` are sentences for people."""

    architecture: Literal["arm64", "x86_64", "undetermined"]
    when: Literal["now", "after-changes"] | None
    effort: Effort | None
    confidence: Literal["high", "medium", "low"]
    reasons: tuple[str, ...]
    code: Literal[
        "ready",
        "ready-in-part",
        "remedies-known",
        "no-remedy",
        "target-unusable",
        "unknowns",
        "incomplete",
        "nothing-to-audit",
    ]


class Summary(Struct, frozen=True, kw_only=True):
    """Counts of packages as they stand on aarch64; `packages` is the sum of the four after it."""

    packages: int
    ready: int
    build: int
    blocked: int
    unknown: int
    ignored: int


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that kept the audit from being complete, or that was left out of it."""

    kind: Literal["index", "not-found", "input", "conflict", "skipped"]
    message: str
    package: str | None = None


class Input(Struct, frozen=True, kw_only=True):
    """The file that was audited.

    Of extras that exclude each other, each choice has an audit: `extras` are those of them that it takes.
    """

    path: str
    kind: str
    sha256: str
    extras: tuple[str, ...] = ()


class TargetInfo(Struct, frozen=True, kw_only=True):
    """The machine that was meant."""

    id: str
    title: str
    python: str
    libc: str


Ship = Literal["zip", "image"]
Way = Literal["zip", "zip-s3", "zip-layers", "image"]


class Load(Struct, frozen=True, kw_only=True):
    """What the packages come to on one architecture, in bytes, without bytecode and the user's own code.

    `packed` adds up wheels as they are downloaded, which is about what they take in a zip, `unpacked` what
    they hold. Both are without the packages that the target's runtime brings itself (`provided`, which come
    to `provided_packed` and `provided_unpacked`), and are the least that it can be where there are `unknown`
    packages, whose unzipped size nobody told.
    Of an artifact, `unpacked` is all of it, of an image all layers, and `packed` the zip file itself (0 where
    it is none): nothing in it is left out.
    `way` is the least way to ship it that what is known does not rule out; None where there is none, or where
    no limits are known. Of "zip-layers", `layer` names the packages that a layer takes, the largest first.
    """

    packed: int
    unpacked: int
    unknown: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    provided_packed: int = 0
    provided_unpacked: int = 0
    way: Way | None = None
    layer: tuple[str, ...] = ()


class Limits(Struct, frozen=True, kw_only=True):
    """How large it may be, in bytes: a zip that goes up directly, a zip and its layers unzipped, an image.

    `layers` is how many there may be.
    """

    upload: int
    unzipped: int
    layers: int
    image: int


class Sizes(Struct, frozen=True, kw_only=True):
    """What the set comes to on each architecture, and what the target takes; `ship` is the way asked for."""

    x86_64: Load
    aarch64: Load
    limits: Limits | None = None
    ship: Ship | None = None


ChangeKind = Literal["version", "constraint", "lock", "relock", "replace", "target", "build"]


class Change(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One thing to change, as a plan has it.

    `version`: the requirement on `package` that the input states gets the range `specifier`. `constraint`: so
    does a package that the input does not name, by the means of the input (a constraints file, uv's
    `constraint-dependencies`). `lock`: what the lock has of `package` moves, within what the input admits.
    `relock`: the lock is made again with the setting that `via` spells out. `replace`: another distribution
    takes the place of `package`. `target`: another Python or base. `build`: what has to be compiled, taking
    `via`.

    `from_` and `to` are versions, for a target its names, for a replacement requirements; `from_` is None
    where nothing was stated. `code` tells that the project's own code has to change with it.
    """

    kind: ChangeKind
    package: str
    from_: str | None
    to: str
    specifier: str = ""
    direct: bool = False
    via: str | None = None
    location: Place | None = None
    code: bool = False


class Moved(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A package that a plan leads to another version of; None for what comes in (`from_`) or goes (`to`)."""

    package: str
    from_: str | None
    to: str | None


class Outlook(Struct, frozen=True, kw_only=True):
    """What a plan leads to: the recommendation for the changed input, what it counts, and what moved."""

    target: str
    recommendation: Recommendation
    summary: Summary
    moved: tuple[Moved, ...] = ()


class Replacement(Struct, frozen=True, kw_only=True):
    """The lines `first` to `last` of the file at `path`, counted from 1, give way to the text `new`, or go.

    With `last` before `first`, `new` goes in before the line `first`. `old` is what the lines hold now; both
    texts end their lines as the file does.
    """

    path: str
    first: int
    last: int
    old: str
    new: str


class Plan(Struct, frozen=True, kw_only=True):
    """Changes that belong together, the first of a report's plans being the best.

    `verified` is True only where the changed input was resolved again on both architectures, and has on
    aarch64 no obstacle but those that it `leaves` and on x86_64 nothing that is worse. Both name packages, as
    `introduces` does for what is worse than before. `result` is None where nothing was resolved. `edits` are
    the lines of the user's own files that carry out the changes, as far as files are edited and may be
    quoted.
    """

    rank: int
    verified: bool
    changes: tuple[Change, ...]
    leaves: tuple[str, ...] = ()
    introduces: tuple[str, ...] = ()
    result: Outlook | None = None
    edits: tuple[Replacement, ...] = ()


class Audit(Struct, frozen=True, kw_only=True):
    """One input against one target, on both architectures.

    `obstacles` are the fingerprints of the findings, ignored ones included, that keep the set from arm64, in
    the order of the report. `sizes` is None where nothing was added up: of an artifact, and in older results.
    `plans` are the ways out, the best first; empty where there is nothing to change or no way was found, and
    None where none was looked for (`--no-remedies`).
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


class Report(Struct, frozen=True, kw_only=True):
    """Everything one run found; `recommendation` is the audits' worst, `generated_at` ISO 8601 in UTC.

    `baseline` is None where none was given.
    """

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    generated_at: str
    complete: bool
    recommendation: Recommendation
    summary: Summary
    audits: tuple[Audit, ...]
    baseline: Baseline | None = None
