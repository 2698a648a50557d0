"""A run as a value: everything that a report depends on, and nothing read from the surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from archcheck.files import Disk, Files
from archcheck.inspect.budget import BUDGET
from archcheck.manifest.manifest import IndexOptions, Selection
from archcheck.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from packaging.utils import NormalizedName

    from archcheck.index.cache.store import Mode
    from archcheck.model import Severity, Ship, TargetSource
    from archcheck.platforms.architectures import Architecture
    from archcheck.savings.workload import Workload

JOBS = 50  # requests under way at once


class Request(Struct, frozen=True, kw_only=True):
    """What to audit, against what, and how to ask.

    `paths` are as the user typed them, relative to the absolute folder `cwd` on `disk`; `-` is standard
    input, and of a folder the first file in the order of search is taken. `environments` are installed ones.
    `kind` names the format where the file's name does not. `lines` are read in the place of the one path: a
    requirement each, and where it stands. `targets` empty means: those that the project
    says; `targets_source` is what names them, where it is not who asks. `timeout` is in seconds: for an
    answer, and for all that is waited for in vain in the run; None for the installer's own setting of the
    first, and 30 s of the second. `jobs` is how many requests may be under way.
    What an index has answered in the last `max_stale` seconds it is not asked again.
    With `inspect` the wheels are looked into, within `inspect_budget` bytes for what tags do not tell.
    With `remedies` a way out is looked for where something stands in the way; where `only` names packages,
    for those alone, and where there is `known`, for what is not: it has the findings of an earlier report by
    their fingerprints, and how severe each was. Of a `revision`, which cannot be changed any more, no way out
    is looked for.
    `architecture` is the one that built artifacts are asked about; None means both, side by side.
    `ship` is how the set has to be shipped to its target; None where any way will do.
    `policy` is what the users accept or assume; `notes` are for every audit's own. `revision` is the git
    commit whose files are read instead of the work tree's. `untrusted` inputs lead to nothing but what is
    configured, or there in the git commit `base`. `within` are the folders (absolute) that no input leads out
    of; none means: anywhere. `options` are the words of the command line that commands in the report repeat.
    """

    paths: tuple[str, ...]
    cwd: str
    environ: Mapping[str, str]
    disk: Files = field(default_factory=Disk)
    environments: tuple[str, ...] = ()
    kind: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    selection: Selection = field(default_factory=Selection)
    targets: tuple[str, ...] = ()
    targets_source: TargetSource | None = None
    flags: IndexOptions = field(default_factory=IndexOptions)
    constraints: tuple[str, ...] = ()
    no_deps: bool = False
    exclude_newer: datetime | None = None
    architecture: Architecture | None = None
    cache_mode: Mode = "normal"
    cache_dir: str | None = None
    max_stale: float = 0
    jobs: int = JOBS
    timeout: float | None = None
    inspect: bool = True
    inspect_budget: int = BUDGET
    remedies: bool = True
    only: frozenset[NormalizedName] | None = None
    known: Mapping[str, Severity] | None = None
    workload: Workload | None = None
    ship: Ship | None = None
    policy: Policy = field(default_factory=Policy)
    notes: tuple[str, ...] = ()
    revision: str | None = None
    untrusted: bool = False
    base: str | None = None
    within: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
