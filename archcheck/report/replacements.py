"""Lines of the user's own files with other lines in their place, for formats that can show or apply them.

They are made elsewhere and handed in, since a report reads no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from archcheck.model import Audit


class Replacement(Struct, frozen=True, kw_only=True):
    """The lines `first` to `last` of the file at `path`, counted from 1, give way to the text `new`, or go.

    With `last` before `first`, `new` goes in before the line `first`. `old` is what the lines hold now; both
    texts end their lines as the file does.
    """

    path: str
    first: int
    last: int
    old: str
    new: str


Replacements = Mapping[tuple[str, str], Sequence[Replacement]]
"""What carries out the best plan of each audit, by the path of its input and the name of its target."""

NONE: Replacements = {}


def of_audit(replacements: Replacements, audit: Audit) -> Sequence[Replacement]:
    """Return what is to be replaced for *audit*."""
    return replacements.get((audit.input.path, audit.target.id), ())


def diff_lines(replacement: Replacement) -> list[str]:
    """Return *replacement* as the lines of a diff without context."""
    old, new = replacement.old.splitlines(), replacement.new.splitlines()
    head = f"@@ -{replacement.first},{len(old)} +{replacement.first},{len(new)} @@"
    return [head, *(f"-{line}" for line in old), *(f"+{line}" for line in new)]
