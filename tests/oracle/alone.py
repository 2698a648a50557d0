"""A way to ask uv about thousands of releases at once: an index where each of them is a project of its own.

uv stops at the first requirement that nothing satisfies. So each project here also has an older release that fits
everywhere, and uv's answer, `==2` or `==1`, says whether it could take the one in question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.loopback.builders import core_metadata
from tests.loopback.store import Store, StoredFile, StoredProject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FITS, FALLS_BACK = "2", "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """What decides whether a wheel fits: what stands after the version in its name, and the Pythons it admits."""

    tail: str
    requires_python: str | None = None


@dataclass(kw_only=True)
class AloneStore(Store):
    """*Questions* by the name that uv shall know them by; each is whether one of some wheels fits."""

    questions: Mapping[str, Iterable[Wheel]]

    def project(self, name: str) -> StoredProject | None:
        """Return the project that puts one question."""
        if name not in self.projects and name in self.questions:
            everywhere = stored(name, FALLS_BACK, Wheel(tail="py3-none-any"))
            self.insert(name, [everywhere, *(stored(name, FITS, wheel) for wheel in self.questions[name])])
        return super().project(name)


def stored(name: str, version: str, wheel: Wheel) -> StoredFile:
    """Return the file of one wheel."""
    return StoredFile(
        filename=f"{name.replace('-', '_')}-{version}-{wheel.tail}.whl",
        version=version,
        requires_python=wheel.requires_python,
        metadata=core_metadata(name, version),
    )
