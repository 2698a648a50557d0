"""GitHub's REST API for the comments of one pull request; GitHub Enterprise Server has the same."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from archcheck.bot.forges.forge import Comment, ForgeError, PullRequest
from archcheck.bot.forges.http import api_address
from archcheck.bot.forges.response import decoded
from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.bot.forges.http import Api
    from archcheck.bot.forges.response import Response

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
ACTIONS = "github-actions[bot]"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_INSTEAD = (
    "give the job `permissions: pull-requests: write`; for forks and Dependabot comment from a "
    "`workflow_run` workflow (examples/github/)"
)

_REFUSALS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "GitHub does not take the token (401): it has expired, or was revoked; "
    "give the step a new one",
    HTTPStatus.NOT_FOUND: "GitHub answers 404: no such pull request, or the token may not see it; "
    "check its access to the repository",
    HTTPStatus.GONE: "GitHub answers 410: the pull request has no conversation any more",
    HTTPStatus.UNPROCESSABLE_ENTITY: "GitHub does not take the comment (422): its text is refused, or this "
    "account is limited; try again later, and report it to archcheck where it stays so",
}


class _User(msgspec.Struct, frozen=True):
    login: str


class _Comment(msgspec.Struct, frozen=True):
    id: int
    user: _User | None = None
    body: str | None = None


class _Commit(msgspec.Struct, frozen=True):
    sha: str


class _Pull(msgspec.Struct, frozen=True):
    number: int
    head: _Commit
    state: str = "open"


class GitHub:
    """One pull request of the repository `OWNER/NAME`; *author* where the token cannot tell its own login."""

    def __init__(self, api: Api, repository: str, number: int, *, author: str | None = None) -> None:
        self._api = api
        self._root = f"repos/{checked_repository(repository)}"
        self._number = number
        self._author = author

    def author(self) -> str:
        """Return the token's login; the workflow's own token may not ask, and is `github-actions[bot]`."""
        if self._author:
            return self._author
        response = self._api.status("user")
        if response.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            return ACTIONS
        if not response.ok:
            raise ForgeError(explain(response))
        return decoded(response.body, _User).login

    def pull_request(self) -> PullRequest:
        """Return the pull request as it stands now."""
        found = self._api.get(f"{self._root}/pulls/{self._number}", _Pull)
        return PullRequest(head=found.head.sha, is_open=found.state == "open")

    def comments(self) -> tuple[Comment, ...]:
        """Return its conversation, which GitHub keeps as that of an issue."""
        path = f"{self._root}/issues/{self._number}/comments?per_page=100"
        return tuple(_comment(each) for each in self._api.items(path, list[_Comment]))

    def create(self, body: str) -> Comment:
        """Write a new comment."""
        path = f"{self._root}/issues/{self._number}/comments"
        return _comment(decoded(self._api.write("POST", path, {"body": body}), _Comment))

    def update(self, comment: int, body: str) -> None:
        """Replace the text of a comment."""
        self._api.write("PATCH", f"{self._root}/issues/comments/{comment}", {"body": body})

    def remove(self, comment: int) -> None:
        """Delete a comment."""
        self._api.write("DELETE", f"{self._root}/issues/comments/{comment}", gone=True)


def find_pull_request(api: Api, repository: str, *, owner: str, branch: str, commit: str) -> int:
    """Return the number of the open pull request that brings *branch* of *owner* at *commit*.

    The way from a `workflow_run` to its pull request: the event lists none for a fork, and what the audited
    workflow left behind was in the hands of whoever wrote the pull request.
    """
    head = quote(f"{owner}:{branch}", safe=":")
    path = f"repos/{checked_repository(repository)}/pulls?state=open&head={head}&per_page=100"
    found = [pull for pull in api.items(path, list[_Pull]) if pull.head.sha == commit]
    if not found:
        raise ForgeError(
            "no open pull request has the audited commit as its head: it is closed or has moved on"
        )
    if len(found) > 1:
        numbers = ", ".join(f"#{pull.number}" for pull in found)
        raise ForgeError(
            f"several pull requests have the audited commit as their head ({numbers}): say --number"
        )
    return found[0].number


def api_base(text: str) -> str:
    """Return the API's address for what `GITHUB_API_URL` says.

    GitHub Enterprise Server has it under `/api/v3`; people also set the bare host. Raises `UsageError`.
    """
    parts = api_address(text, variable="GITHUB_API_URL", example="https://HOST/api/v3")
    path = parts.path.rstrip("/")
    if not path and not parts.netloc.lower().startswith("api."):
        path = "/api/v3"
    return f"{parts.scheme}://{parts.netloc}{path}"


def checked_repository(text: str) -> str:
    """Return `OWNER/NAME`; raises `UsageError` for anything else, since it becomes part of an address."""
    if not _REPOSITORY.fullmatch(text) or {".", ".."} & set(text.split("/")):
        raise UsageError(f"GITHUB_REPOSITORY: expected OWNER/NAME, found {text[:100]!r}")
    return text


def explain(response: Response) -> str:
    """Return in one line why GitHub refused, and what to do."""
    status, said = response.status, f": {response.message}" if response.message else ""
    if status == HTTPStatus.FORBIDDEN and "locked" in response.message.lower():
        return "the conversation is locked (403): unlock it, or let a token comment that has write access"
    if status == HTTPStatus.FORBIDDEN:
        return f"the token may not do this (403{said}); {_INSTEAD}"
    return (
        _REFUSALS.get(response.status) or f"GitHub answers {response.status}{said}; run the job again later"
    )


def _comment(found: _Comment) -> Comment:
    # The user is null where the account is deleted.
    return Comment(id=found.id, author=found.user.login if found.user else "", body=found.body or "")
