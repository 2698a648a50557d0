"""Which pull request and which commit a CI run is about, by its environment and the event behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from archcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Owner(msgspec.Struct, frozen=True):
    login: str


class _Repository(msgspec.Struct, frozen=True):
    owner: _Owner


class _Commit(msgspec.Struct, frozen=True):
    sha: str


class _Pull(msgspec.Struct, frozen=True):
    number: int
    head: _Commit


class _WorkflowRun(msgspec.Struct, frozen=True):
    event: str
    head_sha: str
    head_branch: str | None = None
    head_repository: _Repository | None = None


class _Event(msgspec.Struct, frozen=True):
    pull_request: _Pull | None = None
    workflow_run: _WorkflowRun | None = None


class Numbered(Struct, frozen=True, kw_only=True):
    """The pull request *number*, audited at *commit*."""

    number: int
    commit: str


class Headed(Struct, frozen=True, kw_only=True):
    """The pull request that brings *branch* of *owner*, audited at *commit*; to be asked for its number."""

    owner: str
    branch: str
    commit: str


class NoPullRequest(Struct, frozen=True, kw_only=True):
    """The run is about no pull request, for this reason."""

    reason: str


Trigger = Numbered | Headed | NoPullRequest


def github_trigger(name: str, event: bytes) -> Trigger:
    """Return what the GitHub event *name*, with the document *event*, is about; raises `UsageError`.

    A `pull_request` run checks out the merge of head and base: the audited commit is named by its head, which
    is what the pull request shows. A `workflow_run` is about the pull request whose run it follows.
    """
    try:
        found = msgspec.json.decode(event, type=_Event)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UsageError(f"GITHUB_EVENT_PATH: not the event of a workflow run: {error}") from None
    if found.pull_request is not None:
        return Numbered(number=found.pull_request.number, commit=found.pull_request.head.sha)
    run = found.workflow_run
    if run is None:
        return NoPullRequest(reason=f"the event {name or 'of this run'} is about no pull request")
    if run.event != "pull_request":
        return NoPullRequest(reason=f"the workflow run was started by {run.event}, not by a pull request")
    if run.head_repository is None or not run.head_branch:
        return NoPullRequest(reason="the fork or the branch of the pull request is gone")
    return Headed(owner=run.head_repository.owner.login, branch=run.head_branch, commit=run.head_sha)


def gitlab_trigger(environ: Mapping[str, str]) -> Trigger:
    """Return what a GitLab pipeline is about, by its predefined variables.

    Where it runs on the merge of source and target, the commit is the source branch's, which has a variable
    of its own there.
    """
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    commit = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", "")
    if not number:
        return NoPullRequest(
            reason="the pipeline is about no merge request (CI_MERGE_REQUEST_IID is not set)"
        )
    if not (number.isascii() and number.isdigit()) or not commit:
        raise UsageError("CI_MERGE_REQUEST_IID and CI_COMMIT_SHA: expected a number and a commit")
    return Numbered(number=int(number), commit=commit)
