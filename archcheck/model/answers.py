"""What an audit comes to."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

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
        "no-worse",
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
