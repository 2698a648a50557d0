"""Ways out: what to change, and what that leads to."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from archcheck.model.answers import Recommendation, Summary
from archcheck.model.packages import Place, Result

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


class Then(Struct, frozen=True, kw_only=True):
    """What aarch64 installs of a package once a plan is carried out, where that is something else than today.

    `result` is without what was read of the file.
    """

    package: str
    result: Result


class Outlook(Struct, frozen=True, kw_only=True):
    """What a plan leads to: the recommendation for the changed input, what it counts, and what moved.

    `then` is what it installs; None in older results, which do not say.
    """

    target: str
    recommendation: Recommendation
    summary: Summary
    moved: tuple[Moved, ...] = ()
    then: tuple[Then, ...] | None = None


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
