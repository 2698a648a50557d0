"""What an audit comes to."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Effort = Literal["none", "pin", "upgrade", "replace", "build"]
Answer = Literal[
    "ready", "no-worse", "ready-in-part", "after-changes", "undetermined", "blocked"
]  # best first
_ANSWERS: dict[str, Answer] = {
    "ready": "ready",
    "nothing-to-audit": "ready",
    "no-worse": "no-worse",
    "ready-in-part": "ready-in-part",
    "remedies-known": "after-changes",
    "no-remedy": "blocked",
}


class Recommendation(Struct, frozen=True, kw_only=True):
    """Which architecture to deploy on, and what that rests on; `reasons` are sentences for people.

    `code` says how the set stands, `worth` whether moving pays for the workload that was given; None where no
    price is known, or both cost the same. Where arm64 costs more, `architecture` is x86_64, whatever the set
    could do.
    """

    architecture: Literal["arm64", "x86_64", "undetermined"]
    when: Literal["now", "after-changes"] | None
    effort: Effort | None
    confidence: Literal["high", "medium", "low"]
    reasons: tuple[str, ...]
    code: Literal[
        "ready",
        "no-worse",
        "ready-in-part",
        "remedies-known",
        "no-remedy",
        "target-unusable",
        "unknowns",
        "incomplete",
        "nothing-to-audit",
    ]
    worth: Literal["saves", "costs-more"] | None = None

    @property
    def costs_more(self) -> bool:
        """Whether arm64 is advised against for its price alone."""
        return self.worth == "costs-more"

    @property
    def verdict(self) -> Answer:
        """How the set stands on arm64 (an artifact: on the architecture that was asked about), in a word.

        `ready`: as it is, with nothing to compile. `no-worse`: something has to be built, on x86_64 as well.
        `ready-in-part`: as far as it could be audited. `after-changes`: each obstacle has a remedy.
        `blocked`: one has none. `undetermined`: nobody can tell, or x86_64 cannot run it either.
        """
        return _ANSWERS.get(self.code, "undetermined")


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
