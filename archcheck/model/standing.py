"""How something stands with arm64, in a word: by what its packages come to, and how it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from archcheck.model.answers import Recommendation

Standing = Literal[
    "already", "now", "no-worse", "costs-more", "after-changes", "stays", "failing", "undetermined"
]

_STANDS: dict[str, Standing] = {"remedies-known": "after-changes", "no-remedy": "stays"}
# How it stands where it runs on arm64 already.
_ONCE_THERE: dict[Standing, Standing] = {
    "now": "already",
    "no-worse": "already",
    "costs-more": "already",
    "after-changes": "failing",
    "stays": "failing",
    "undetermined": "undetermined",
}


def standing_for(
    recommendation: Recommendation | None, *, there: bool = False, hindered: bool = False
) -> Standing:
    """Return how it stands: *there* if it runs on arm64 already, *hindered* by how it is deployed."""
    if recommendation is None:
        return "undetermined"
    standing = _standing(recommendation, hindered=hindered)
    return _ONCE_THERE[standing] if there else standing


def _standing(recommendation: Recommendation, *, hindered: bool) -> Standing:
    """Return how it stands as long as it does not run on arm64."""
    match recommendation.code:
        case "ready" | "no-worse" | "nothing-to-audit" if hindered:
            return "after-changes"
        case "ready" | "no-worse" | "nothing-to-audit" if recommendation.costs_more:
            return "costs-more"
        case "ready" | "nothing-to-audit":
            return "now"
        case "no-worse":
            return "no-worse"
        case code:
            return _STANDS.get(code, "undetermined")
