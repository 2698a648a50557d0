"""The note on GitLab: 20 a page, system notes aside, and a role that is too low."""

from __future__ import annotations

import pytest

from archcheck.bot.forges import gitlab as api
from archcheck.bot.forges.forge import ForgeError
from archcheck.bot.forges.http import Api
from archcheck.bot.plan import Draft, marked
from archcheck.bot.publish import publish
from archcheck.errors import UsageError
from tests.bot.gitlab import BOT, GUEST, HEAD, REPORTER

NEWS = Draft(key="default", news=True, text="### news", resolved="### resolved")
CALM = Draft(key="default", news=False, text="", resolved="### resolved")


@pytest.fixture
def run(gitlab, clock):
    """Return a function that publishes a draft on merge request 3."""

    def publish_it(draft=NEWS, *, token=REPORTER, commit=HEAD, project="42"):
        client = Api(gitlab.url, token, explain=api.explain, clock=clock)
        try:
            return publish(api.GitLab(client, project, 3), draft, commit=commit)
        finally:
            client.close()

    return publish_it


def test_a_note_lives(gitlab, run):
    assert [run(CALM), run(), run(), run(CALM), run(CALM)] == [
        "nothing to say", "created", "unchanged", "resolved", "unchanged",
    ]  # fmt: skip
    assert gitlab.bodies() == [marked("### resolved", "default")]


def test_the_project_may_be_a_path(gitlab, run):
    assert run(project="group/service") == "created"


def test_our_note_is_found_on_later_pages_and_system_notes_are_none(gitlab, run):
    gitlab.add(BOT, marked("by the system", "default"), system=True)
    for number in range(120):
        gitlab.add("octocat", f"note {number}")
    gitlab.add(BOT, marked("old", "default"))
    assert run() == "updated"
    assert [r.query.get("page") for r in gitlab.log if r.path.endswith("/notes")] == [None, "2"]


def test_an_older_pipeline_does_not_write(gitlab, run):
    gitlab.sha = "f" * 40
    assert run() == "outdated"
    gitlab.sha, gitlab.state = HEAD, "merged"
    assert run() == "closed"
    assert gitlab.writes == []


@pytest.mark.parametrize(
    ("status", "token", "said"),
    [
        (None, GUEST, "role is too low"),
        (None, "glpat-old", r"\(401\)"),
        (403, REPORTER, "discussion is locked"),
        (400, REPORTER, "400"),
        (409, REPORTER, "409"),
    ],
)
def test_each_refusal_says_what_to_do(gitlab, run, status, token, said):
    if status:
        gitlab.fail("POST", "/notes", status, "no")
    with pytest.raises(ForgeError, match=said) as error:
        run(token=token)
    assert token not in str(error.value)


def test_its_rate_limit_is_waited_for(gitlab, run, clock):
    gitlab.fail("POST", "/notes", 429, headers={"RateLimit-Remaining": 0, "RateLimit-Reset": 1_790_000_009})
    assert run() == "created"
    assert clock.slept == [10.0]


def test_a_race_leaves_one_note(gitlab, run):
    def other(_request):
        gitlab.before_write = None
        gitlab.add(BOT, marked("other", "default"))

    gitlab.before_write = other
    assert run() == "created"
    assert gitlab.bodies() == [marked("### news", "default")]


@pytest.mark.parametrize("lag", range(4))
def test_a_list_that_is_behind_does_not_hide_what_was_just_written(gitlab, run, lag):
    mine = gitlab.add("octocat", marked("somebody else's", "default"))
    gitlab.behind(gitlab.notes)
    gitlab.lag = lag
    assert run() == "created"
    assert gitlab.bodies() == [mine["body"], marked(NEWS.text, "default")]
    assert len(gitlab.writes) == 1


@pytest.mark.parametrize("lag", range(4))
def test_two_runs_at_once_and_a_list_that_is_behind_never_leave_nothing(gitlab, run, monkeypatch, lag):
    """What is too much goes with the first run that sees it."""
    create = api.GitLab.create

    def after_the_other_run(forge, body):
        monkeypatch.setattr(api.GitLab, "create", create)
        assert run() == "created"
        return create(forge, body)

    gitlab.behind([])
    gitlab.lag = lag
    monkeypatch.setattr(api.GitLab, "create", after_the_other_run)
    assert run() == "created"
    assert set(gitlab.bodies()) == {marked(NEWS.text, "default")}
    newest = gitlab.notes[-1]
    assert newest["id"] == gitlab._next
    gitlab.lag = 0
    assert run() in {"tidied", "unchanged"}
    assert gitlab.notes == [newest]


@pytest.mark.parametrize(
    "text", ["", "gitlab.example", "http://gitlab.example/api/v4", "https://[", "https://a@b"]
)
def test_an_address_that_is_none(text):
    with pytest.raises(UsageError, match="CI_API_V4_URL"):
        api.api_base(text)


def test_an_address_that_is_one():
    assert api.api_base("https://gitlab.example/api/v4/") == "https://gitlab.example/api/v4"
