"""Whether building an sdist needs a compiler, judged from its names and texts; nothing is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from archcheck.index.model import SdistContents

SdistKind = Literal["pure-sdist", "fallback-sdist", "native-sdist", "sdist"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistVerdict:
    """What building the sdist takes, and the sign that it was told by."""

    kind: SdistKind
    reason: str


def classify(contents: SdistContents) -> SdistVerdict:
    """Return what building *contents* takes; "sdist" where that cannot be told."""
    raise NotImplementedError
