"""The port to a forge (GitHub, GitLab): one pull request, its comments, and who writes them."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from archcheck.errors import ArchcheckError


class ForgeError(ArchcheckError):
    """The comment cannot be kept; says why, and what to do about it."""


class UnsureError(ForgeError):
    """No answer came to a comment's creation: it may be there or not."""


class PullRequest(Struct, frozen=True, kw_only=True):
    """A pull request (GitLab: merge request) as it stands now; `head` is the commit it would bring."""

    head: str
    is_open: bool = True


class Comment(Struct, frozen=True, kw_only=True, order=True):
    """One comment; ids grow with time. `author` is a login."""

    id: int
    author: str
    body: str


class Forge(Protocol):
    """One pull request of a forge. Every method may raise `ForgeError`."""

    def author(self) -> str:
        """Return the login that the token writes comments as, as far as it can be known beforehand."""
        ...

    def pull_request(self) -> PullRequest:
        """Return the pull request as it stands now."""
        ...

    def comments(self) -> tuple[Comment, ...]:
        """Return all its comments, from all pages."""
        ...

    def create(self, body: str) -> Comment:
        """Write a new comment; raises `UnsureError` where it may have been written all the same."""
        ...

    def update(self, comment: int, body: str) -> None:
        """Replace the text of a comment."""
        ...

    def remove(self, comment: int) -> None:
        """Delete a comment; one that is gone already is fine."""
        ...
