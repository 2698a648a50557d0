"""Which pull request a run is about, by the events and variables that the forges give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archcheck.bot.events import Headed, NoPullRequest, Numbered, github_trigger, gitlab_trigger
from archcheck.errors import UsageError

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"


def event(name, **changes):
    document = json.loads((EVENTS / f"{name}.json").read_text())
    if changes:
        document[name] |= changes
    return github_trigger(name, json.dumps(document).encode())


def test_a_pull_request_is_named_by_its_head_not_by_the_merge():
    assert event("pull_request") == Numbered(number=7, commit="6dcb09b5b57875f334f61aebed695e2e4193db5e")


def test_a_workflow_run_is_about_the_branch_of_the_fork():
    expected = Headed(owner="mallory", branch="feature", commit="acb5820ced9479c074f688cc328bf03f341a511d")
    assert event("workflow_run") == expected


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("push", {}),
        ("merge_group", {}),
        ("schedule", {}),
        ("workflow_run", {"event": "push"}),
        ("workflow_run", {"head_repository": None}),
        ("workflow_run", {"head_branch": None}),
    ],
)
def test_runs_that_are_about_none(name, changes):
    assert isinstance(event(name, **changes), NoPullRequest)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\xff", b'{"pull_request": {"number": "7"}}', b"[" * 99_999]
)
def test_events_that_are_none(data):
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        github_trigger("pull_request", data)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"CI_MERGE_REQUEST_IID": "3", "CI_COMMIT_SHA": "a"}, Numbered(number=3, commit="a")),
        (
            {"CI_MERGE_REQUEST_IID": "3", "CI_COMMIT_SHA": "m", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "a"},
            Numbered(number=3, commit="a"),
        ),
    ],
)
def test_a_pipeline_of_a_merge_request(environ, expected):
    assert gitlab_trigger(environ) == expected


def test_a_pipeline_of_a_branch():
    assert isinstance(gitlab_trigger({"CI_COMMIT_SHA": "a"}), NoPullRequest)


@pytest.mark.parametrize("environ", [{"CI_MERGE_REQUEST_IID": "x"}, {"CI_MERGE_REQUEST_IID": "3"}])
def test_a_pipeline_that_is_none(environ):
    with pytest.raises(UsageError, match="CI_MERGE_REQUEST_IID"):
        gitlab_trigger(environ)
