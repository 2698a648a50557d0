"""The whole set, seen from both architectures: what the rules that concern no single package look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.manifest.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.specifiers import SpecifierSet

    from archcheck.manifest.manifest import Manifest
    from archcheck.model import Sizes
    from archcheck.platforms.targets import Target
    from archcheck.resolve.model import Outcome


class WholeSet(Struct, frozen=True, kw_only=True):
    """One input on one target, with what resolving it came to on each architecture.

    `other_pythons` are those that the project is for, where the target's is none of them and the installers
    of that kind of input refuse it; None where they do not. `sizes` is what it comes to, None where that was
    not added up.
    """

    manifest: Manifest | Lock
    target: Target
    x86: Outcome
    arm: Outcome
    other_pythons: SpecifierSet | None = None
    sizes: Sizes | None = None

    @property
    def extras(self) -> tuple[str, ...]:
        """Of the extras that exclude each other, those that this set has."""
        return self.manifest.extras if isinstance(self.manifest, Lock) else ()

    @property
    def member(self) -> str | None:
        """The member of a workspace that it is for, None where it is for all of the input."""
        return self.manifest.member if isinstance(self.manifest, Lock) else None

    @property
    def identity(self) -> str:
        """What tells it from other sets over time: its path, the member, and the choice among its extras."""
        return identity_of(self.manifest.path, self.extras, self.member)


def identity_of(path: str, extras: Sequence[str], member: str | None) -> str:
    """Return what tells the set of the input at *path* from others over time: `uv.lock#api[cpu,dev]`."""
    chosen = f"[{','.join(extras)}]" if extras else ""
    return f"{path}{f'#{member}' if member else ''}{chosen}"
