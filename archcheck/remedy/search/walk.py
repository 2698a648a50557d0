"""What a set comes to when some of its packages have other versions, and what is wrong with it first."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from packaging.utils import NormalizedName

    from archcheck.manifest.manifest import Location
    from archcheck.remedy.search.choices import Choice
    from archcheck.resolve.model import Ask


class Wrong(Struct, frozen=True, kw_only=True):
    """Something that no answer may have.

    The way out is another choice for `child`, or one for `parent` that asks for something else (None: the
    input does), which is the `ask` that it does not do for. `bad` tells that the child is in the way, and
    not only another than what is asked for.
    """

    child: NormalizedName
    parent: NormalizedName | None
    ask: Ask | None = None
    bad: bool = False


class Walked(Struct, kw_only=True):
    """Where the walk came: the choice for each package, who asks for it, and the lines that must change."""

    choices: dict[NormalizedName, Choice] = field(default_factory=dict)
    parents: dict[NormalizedName, set[NormalizedName | None]] = field(default_factory=dict)
    lines: set[tuple[NormalizedName, Location]] = field(default_factory=set)
    wrong: Wrong | None = None
    steps: int = 0


class World(Protocol):
    """The set as the walk asks for it."""

    roots: tuple[Ask, ...]

    def as_is(self, name: NormalizedName) -> Choice | None:
        """Return what the package is today; None where it is not there."""
        ...

    def coming_in(self, ask: Ask) -> Choice | None:
        """Return the first choice that does for *ask*, of a package that is not there today."""
        ...

    def asks(self, choice: Choice, extras: frozenset[str]) -> Iterable[Ask]:
        """Return what *choice* asks for when it is wanted with *extras*; with none, without them."""
        ...

    def admits(self, parent: Choice | None, ask: Ask, child: Choice) -> bool:
        """Return whether *child* will do for *ask*, which is the input's own where there is no *parent*."""
        ...

    def excluding(self, child: Choice) -> Location | None:
        """Return the line that keeps *child* out for everybody (a constraint), if any."""
        ...

    def sound(self, choice: Choice) -> bool:
        """Return whether nothing stands in the way of it, for all that its metadata says too."""
        ...


def walk(
    world: World, decided: Mapping[NormalizedName, Choice], accepted: AbstractSet[NormalizedName]
) -> Walked:
    """Follow all asks from the roots, with the choices that are *decided* and else those of today.

    It ends with the first thing that is wrong; what is *accepted* stays as it is, though it is in the way.
    """
    found = Walked()
    waiting: deque[tuple[Choice | None, Ask]] = deque((None, ask) for ask in world.roots)
    seen: set[tuple[NormalizedName, str]] = set()
    while waiting:
        parent, ask = waiting.popleft()
        found.steps += 1
        above = parent.name if parent is not None else None
        choice = decided.get(ask.name) or world.as_is(ask.name)
        if choice is None and ask.name in accepted:
            continue
        if choice is None and (choice := found.choices.get(ask.name) or world.coming_in(ask)) is None:
            found.wrong = Wrong(child=ask.name, parent=above, ask=ask)
            return found
        found.choices[ask.name] = choice
        found.parents.setdefault(ask.name, set()).add(above)
        if not world.admits(parent, ask, choice):
            if ask.location is None:
                found.wrong = Wrong(child=ask.name, parent=above, ask=ask)
                return found
            found.lines.add((ask.name, ask.location))
        if (line := world.excluding(choice)) is not None:
            found.lines.add((ask.name, line))
        if ask.name not in accepted and not world.sound(choice):
            found.wrong = Wrong(child=ask.name, parent=above, bad=True)
            return found
        for extra in ("", *sorted(ask.extras)):
            if (ask.name, extra) not in seen:
                seen.add((ask.name, extra))
                below = world.asks(choice, frozenset([extra]) if extra else frozenset())
                waiting.extend((choice, each) for each in below)
    return found
