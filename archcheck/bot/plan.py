"""What to write or remove so that one comment says how things stand now. No I/O.

The bot recognises its own comments by a hidden line in them, the marker.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.bot.forges.forge import Comment

When = Literal["changes", "findings", "always"]
WHENS: tuple[When, ...] = get_args(When)
# As a line of its own: a quoted one, behind "> ", is not a marker.
_MARKER = re.compile(
    r"^<!-- archcheck key=([\w./-]{1,100}) digest=([0-9a-f]{16}) -->\r?$", re.ASCII | re.MULTILINE
)
_KEY = re.compile(r"[\w./-]{1,100}", re.ASCII)


class Draft(Struct, frozen=True, kw_only=True):
    """What there is to say. `resolved` is said instead where a comment stands and `news` is False."""

    key: str
    news: bool
    text: str
    resolved: str


class Create(Struct, frozen=True, kw_only=True):
    """Write a new comment."""

    body: str


class Update(Struct, frozen=True, kw_only=True):
    """Replace the text of the comment that stands."""

    comment: int
    body: str


class Resolve(Struct, frozen=True, kw_only=True):
    """Let the comment that stands say that its matter is settled, rather than vanish."""

    comment: int
    body: str


class Nothing(Struct, frozen=True, kw_only=True):
    """Leave things as they are."""

    reason: Literal["nothing to say", "the comment says so already"]


class Plan(Struct, frozen=True, kw_only=True):
    """One write at most, and the duplicates to remove: older ones, which a race of two runs left."""

    write: Create | Update | Resolve | Nothing
    duplicates: tuple[int, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing has to be written at all."""
        return isinstance(self.write, Nothing) and not self.duplicates


def plan(draft: Draft, comments: Sequence[Comment], *, author: str, created: Sequence[Comment] = ()) -> Plan:
    """Return what makes *comments* say *draft* once.

    A comment is ours by its marker's key *and* its author: anybody can copy a marker. *created* are those of
    this run, which a forge that is behind does not list yet. The newest is kept, and none but older ones are
    removed: whatever each of several runs sees, the last one that was written stays. One whose digest fits
    is left alone, also where a person has written into it since.
    """
    known = {comment.id: comment for comment in created}
    known |= {comment.id: comment for comment in comments if _is_own(comment, draft.key, author)}
    own = sorted(known.values(), reverse=True)
    if not own:
        return Plan(
            write=Create(body=marked(draft.text, draft.key))
            if draft.news
            else Nothing(reason="nothing to say")
        )
    kept, duplicates = own[0], tuple(comment.id for comment in own[1:])
    body = marked(draft.text if draft.news else draft.resolved, draft.key)
    if read_marker(kept.body) == read_marker(body):
        return Plan(write=Nothing(reason="the comment says so already"), duplicates=duplicates)
    write = Update if draft.news else Resolve
    return Plan(write=write(comment=kept.id, body=body), duplicates=duplicates)


def _is_own(comment: Comment, key: str, author: str) -> bool:
    marker = read_marker(comment.body)
    return marker is not None and marker.key == key and comment.author.lower() == author.lower()


class Marker(Struct, frozen=True, kw_only=True):
    """Which of several comments this is (`key`), and what it says (`digest`, of the visible text)."""

    key: str
    digest: str


def checked_key(text: str) -> str:
    """Return *text* where it can be a key; raises `UsageError` where it cannot."""
    if not _KEY.fullmatch(text):
        raise UsageError(f"--key: expected up to 100 letters, digits and . _ / -, found {text[:120]!r}")
    return text


def marked(visible: str, key: str) -> str:
    """Return the comment that shows *visible*, with its marker as the last line.

    The last and not the first, since the text part of a notification mail shows it.
    """
    return f"{visible.rstrip()}\n\n<!-- archcheck key={key} digest={digest(visible)} -->\n"


def digest(visible: str) -> str:
    """Return what stands for the visible text; forges may change line ends and blanks at the end."""
    lines = [line.rstrip() for line in visible.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def read_marker(body: str) -> Marker | None:
    """Return the marker of a comment, the last where there are several; None for other people's comments."""
    found = _MARKER.findall(body)
    return Marker(key=found[-1][0], digest=found[-1][1]) if found else None
