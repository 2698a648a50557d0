"""A project in a folder that another one depends on, as its own files say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from archcheck.manifest.dependency import read_dependency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName


class LocalProject(Struct, frozen=True, kw_only=True):
    """What a project says of itself: `requires` is written as `Requires-Dist` is.

    `unsaid` is why that is not all, and `unsaid_extras` the same of single extras: "" stands for those whose
    names are not known either. Where not `exact`, an index that it names for some packages is not followed.
    """

    name: NormalizedName | None = None
    version: str = ""
    requires: tuple[str, ...] = ()
    requires_python: str | None = None
    extras: frozenset[str] = frozenset()
    unsaid: str = ""
    unsaid_extras: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True

    def untold(self, extras: frozenset[str]) -> str:
        """Return why it is not known what it requires with *extras*; "" where it is."""
        unknown = self.unsaid_extras.get("", "") if extras - self.extras else ""
        asked = (self.unsaid_extras.get(extra, "") for extra in sorted(extras))
        return self.unsaid or next(filter(None, asked), unknown)

    @property
    def pointers(self) -> Iterator[tuple[str, frozenset[NormalizedName]]]:
        """Each URL that it requires something from, with the extras that it asks for there."""
        for line in self.requires:
            dependency = read_dependency(line)
            if dependency is not None and dependency.url is not None:
                yield dependency.url, dependency.extras
