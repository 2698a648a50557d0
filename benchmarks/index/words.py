"""Core metadata as text, with as long a description as releases have."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = ("the", "a", "wheel", "of", "package", "and", "is", "to", "in", "for", "with", "index", "python")
_MEDIAN, _SPREAD, _LONGEST = 6_000, 0.8, 60_000  # bytes; most METADATA is 2–20 kB, little of it headers


def metadata_text(
    name: str,
    version: str,
    *,
    requires_dist: Iterable[str] = (),
    requires_python: str | None = None,
    extras: Iterable[str] = (),
) -> str:
    """Return a METADATA file."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {name}"]
    lines += ["License: MIT", "Classifier: Programming Language :: Python :: 3"]
    lines += [f"Requires-Python: {requires_python}"] * bool(requires_python)
    lines += ["Description-Content-Type: text/markdown"]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires_dist]
    return "\n".join(lines) + "\n\n" + _description(name)


def _description(name: str) -> str:
    seeded = random.Random(name)
    length = min(int(seeded.lognormvariate(0, _SPREAD) * _MEDIAN), _LONGEST)
    words = seeded.choices(_WORDS, k=400)
    paragraph = f"# {name}\n\n" + " ".join(words) + "\n\n"
    return (paragraph * (length // len(paragraph) + 1))[:length]
