"""GitLab's REST API for the notes of one merge request."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from archcheck.bot.forges.forge import Comment, PullRequest
from archcheck.bot.forges.http import api_address
from archcheck.bot.forges.response import decoded

if TYPE_CHECKING:
    from archcheck.bot.forges.http import Api
    from archcheck.bot.forges.response import Response


class _User(msgspec.Struct, frozen=True):
    username: str


class _Note(msgspec.Struct, frozen=True):
    id: int
    author: _User | None = None
    body: str = ""
    system: bool = False


class _MergeRequest(msgspec.Struct, frozen=True):
    sha: str | None = None
    state: str = "opened"


class GitLab:
    """One merge request, by its number within the *project* (an id, or its full path)."""

    def __init__(self, api: Api, project: str, number: int, *, author: str | None = None) -> None:
        self._api = api
        self._root = f"projects/{quote(project, safe='')}/merge_requests/{number}"
        self._author = author

    def author(self) -> str:
        """Return the token's user name; project and group tokens have a bot user of their own."""
        return self._author or self._api.get("user", _User).username

    def pull_request(self) -> PullRequest:
        """Return the merge request as it stands now."""
        found = self._api.get(self._root, _MergeRequest)
        return PullRequest(head=found.sha or "", is_open=found.state == "opened")

    def comments(self) -> tuple[Comment, ...]:
        """Return its notes, without those that GitLab itself writes."""
        path = f"{self._root}/notes?per_page=100&sort=asc&order_by=created_at"
        return tuple(_comment(note) for note in self._api.items(path, list[_Note]) if not note.system)

    def create(self, body: str) -> Comment:
        """Write a new note."""
        return _comment(decoded(self._api.write("POST", f"{self._root}/notes", {"body": body}), _Note))

    def update(self, comment: int, body: str) -> None:
        """Replace the text of a note."""
        self._api.write("PUT", f"{self._root}/notes/{comment}", {"body": body})

    def remove(self, comment: int) -> None:
        """Delete a note."""
        self._api.write("DELETE", f"{self._root}/notes/{comment}", gone=True)


def api_base(text: str) -> str:
    """Return the API's address out of `CI_API_V4_URL`; raises `UsageError`."""
    return api_address(text, variable="CI_API_V4_URL", example="https://HOST/api/v4").geturl().rstrip("/")


def explain(response: Response) -> str:
    """Return in one line why GitLab refused, and what to do."""
    said = f": {response.message}" if response.message else ""
    token = "a project access token with the role Reporter or above and the scope `api`"  # noqa: S105 - words
    match response.status:
        case HTTPStatus.UNAUTHORIZED:
            return f"GitLab does not take the token (401): it has expired, or was revoked; make {token}"
        case HTTPStatus.FORBIDDEN:
            why = "the discussion is locked, or the token needs the scope `api`"
            return f"the token may not comment (403{said}): {why}"
        case HTTPStatus.NOT_FOUND:
            why = "no such merge request, or the token's role is too low to see it"
            return f"GitLab answers 404: {why}; use {token}"
        case HTTPStatus.BAD_REQUEST | HTTPStatus.UNPROCESSABLE_ENTITY:
            return f"GitLab does not take the note ({response.status}{said}); please report this to archcheck"
        case _:
            return f"GitLab answers {response.status}{said}; run the job again later"


def _comment(note: _Note) -> Comment:
    return Comment(id=note.id, author=note.author.username if note.author else "", body=note.body)
