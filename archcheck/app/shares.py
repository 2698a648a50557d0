"""A run in shares, each on a machine of its own: which inputs fall to which."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.targeting import spelled
from archcheck.errors import UsageError
from archcheck.files import absolute
from archcheck.inputs.access.confined import Checkout
from archcheck.judge.recommend import recommend
from archcheck.model import Shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.app.request import Request
    from archcheck.deployables.joined import Unit
    from archcheck.model import Recommendation

MOST = 10_000


class Share(Struct, frozen=True, kw_only=True):
    """The `number`-th of so many shares, from 1."""

    number: int
    of: int

    def has(self, key: str) -> bool:
        """Return whether what bears the *key* falls to this share, whatever there is beside it."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8]) % self.of == self.number - 1


def parse_share(text: str) -> Share:
    """Return the share that `2/5` names; raises UsageError for what names none."""
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of <= MOST:
        expected = f"--shard: expected I/N, as in 2/5, with I from 1 to N and N at most {MOST:,}"
        raise UsageError(f"{expected}; found {text[:40]!r}")
    return Share(number=number, of=of)


def places_of(keys: Sequence[str], share: Share | None) -> tuple[int, ...]:
    """Return at which places among *keys* those stand that fall to *share*; all where there is none."""
    return tuple(place for place, key in enumerate(keys) if share is None or share.has(key))


def key_of(unit: Unit) -> str:
    """Return by what a unit falls to a share: the path of its first input, else of the file that deploys it.

    What shares its requirements with others is with them.
    """
    if unit.inputs or unit.deployable is None:
        return unit.inputs[0].path
    return unit.deployable.location.path


def requests_of(requests: Sequence[Request], share: Share | None) -> tuple[tuple[int, Request], ...]:
    """Return those of *requests* that fall to *share*, beside their places; all where there is none."""
    keys = ["" if share is None else _key_of_request(each) for each in requests]
    return tuple((place, requests[place]) for place in places_of(keys, share))


def _key_of_request(request: Request) -> str:
    """Return by what named inputs fall to a share: their paths from the repository's root."""
    root = str(Checkout(request.cwd).root)
    return "\n".join(
        spelled(absolute(request.cwd, each), root) for each in (*request.paths, *request.environments)
    )


def of_nothing() -> Recommendation:
    """Return the recommendation of a share to which nothing falls."""
    return replace(recommend((), complete=True, empty=True), reasons=("nothing falls to this share",))


def shard_of(share: Share | None, total: int, places: Iterable[int], audits: Iterable[int]) -> Shard | None:
    """Return what a report says of its *share*; None where it is the whole."""
    if share is None:
        return None
    return Shard(number=share.number, of=share.of, total=total, places=tuple(places), audits=tuple(audits))
