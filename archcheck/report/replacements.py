"""The lines that carry out a plan, for formats that can show or apply them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Audit, Replacement


def of_best(audit: Audit) -> Sequence[Replacement]:
    """Return what is to be replaced for the best plan of *audit*."""
    return audit.plans[0].edits if audit.plans else ()


def diff_lines(replacement: Replacement) -> list[str]:
    """Return *replacement* as the lines of a diff without context."""
    old, new = replacement.old.splitlines(), replacement.new.splitlines()
    head = f"@@ -{replacement.first},{len(old)} +{replacement.first},{len(new)} @@"
    return [head, *(f"-{line}" for line in old), *(f"+{line}" for line in new)]
