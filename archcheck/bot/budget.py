"""Fits a comment into what a forge takes: by section, the least important cut first."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESERVED = 600  # characters for what is said of the cuts
_MORE = len("- … and 1,000,000 more\n")


class Section(Struct, frozen=True, kw_only=True):
    """A titled list, the most important item first; `rank` 0 is cut last. `title` is our own words."""

    title: str
    items: tuple[str, ...]
    rank: int
    folded: bool = False

    def render(self, shown: int) -> str:
        """Return the section with the first *shown* items; "" for none."""
        if not shown:
            return ""
        title = f"{self.title} ({len(self.items)})"
        more = [f"- … and {len(self.items) - shown:,} more"] if shown < len(self.items) else []
        items = "\n".join([*self.items[:shown], *more])
        if self.folded:
            return f"<details><summary>{title}</summary>\n\n{items}\n\n</details>\n\n"
        return f"**{title}**\n\n{items}\n\n"


def fitted(head: Sequence[str], sections: Sequence[Section], footer: str, *, room: int, link: str) -> str:
    """Return all of it in at most *room* characters; what was cut is said, with the *link* to the rest."""
    start = "\n".join(head) + "\n"
    left = room - len(start) - len(footer) - _RESERVED
    shown: dict[str, int] = {}
    for section in sorted(sections, key=lambda section: section.rank):
        shown[section.title] = _fitting(section, left)
        left -= len(section.render(shown[section.title]))
    body = "".join(section.render(shown[section.title]) for section in sections)
    cut = [section.title.lower() for section in sections if shown[section.title] < len(section.items)]
    said = (
        f"Cut to fit into a comment: {', '.join(cut)}.{f' All of it: {link}' if link else ''}\n\n"
        if cut
        else ""
    )
    return f"{start}{body}{said}{footer}"


def _fitting(section: Section, room: int) -> int:
    """Return how many of the section's items fit into *room* characters."""
    frame = len(section.render(1)) - len(section.items[0]) + _MORE
    lengths = accumulate(len(item) + 1 for item in section.items)
    return sum(frame + length <= room for length in lengths)
