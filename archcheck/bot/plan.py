"""What has to be done so that exactly one comment says what is true: a decision, without any I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from archcheck.bot.marker import marked, read_marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.bot.forges.forge import Comment

When = Literal["changes", "findings", "always"]
WHENS: tuple[When, ...] = get_args(When)


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
    """One write at most, and the duplicates to remove: those that a race of two runs left."""

    write: Create | Update | Resolve | Nothing
    duplicates: tuple[int, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing has to be written at all."""
        return isinstance(self.write, Nothing) and not self.duplicates


def plan(draft: Draft, comments: Sequence[Comment], *, author: str) -> Plan:
    """Return what makes *comments* say *draft* once.

    A comment is ours by its marker's key *and* its author: anybody can copy a marker. The oldest is kept,
    since it is where people look and answer. One whose digest fits is left alone, also where a person has
    written into it since.
    """
    own = sorted(comment for comment in comments if _is_own(comment, draft.key, author))
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
