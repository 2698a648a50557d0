"""What a way out costs its user, in the order in which one matters more than the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packaging.version import Version


class Cost(NamedTuple):
    """Compared from the left: a smaller count is better whatever stands behind it.

    `left`: obstacles that stay. `shared`: what stays in the way on both architectures alike. `lines`:
    requirements of the user's own that change or are added. `bounds`: those of them that bound a package
    which the input does not name, and good packages of the input's own that go back: a parent that admits a
    good version goes before both. `moved`: packages that get another version. `majors`: first
    numbers crossed, and going back counts as one more. `minors`: second numbers crossed within one first
    number. `steps`: versions in between.
    """

    left: int = 0
    shared: int = 0
    lines: int = 0
    bounds: int = 0
    moved: int = 0
    majors: int = 0
    minors: int = 0
    steps: int = 0

    def plus(self, other: Cost) -> Cost:
        """Return what both come to."""
        return Cost(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def less(self, other: Cost) -> Cost:
        """Return what is left once *other*, which is part of it, is taken away."""
        return Cost(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


FREE = Cost()


def crossing(now: Version | None, then: Version, steps: int = 0) -> Cost:
    """Return what it costs to move a package from *now* to *then*, with *steps* versions in between.

    A version that is published without its local part (PEP 440) is the same one, and what was not there has
    not moved.
    """
    if now is None:
        return Cost(steps=steps)
    if now.public == then.public:
        return Cost(moved=int(now != then))
    release, other = (*now.release, 0), (*then.release, 0)
    majors = abs(other[0] - release[0]) + abs(then.epoch - now.epoch)
    minors = 0 if majors else abs(other[1] - release[1])
    return Cost(moved=1, majors=majors + int(then < now), minors=minors, steps=steps)
