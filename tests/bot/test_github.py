"""The comment on GitHub: found again, written once, never over newer news; and every refusal, in words."""

from __future__ import annotations

import threading

import pytest

from archcheck.bot.forges import github as api
from archcheck.bot.forges.forge import ForgeError, UnsureError
from archcheck.bot.forges.http import MAX_WAIT, TRIES, Api
from archcheck.bot.forges.response import decoded
from archcheck.bot.plan import Draft, marked
from archcheck.bot.publish import publish
from archcheck.errors import UsageError
from tests.bot.github import HEAD, PERSONAL, READ_ONLY, WORKFLOW, Pull
from tests.patience import IMPATIENCE, PATIENCE

ME = "github-actions[bot]"
NEWS = Draft(key="default", news=True, text="### two blockers", resolved="### resolved")
CALM = Draft(key="default", news=False, text="### nothing", resolved="### resolved")
OTHER = Draft(key="other", news=True, text="### two blockers", resolved="### resolved")


@pytest.fixture
def run(github, clock):
    """Return a function that publishes a draft on pull request 7."""

    def publish_it(draft=NEWS, *, token=WORKFLOW, commit=HEAD, author=None, number=7, timeout=PATIENCE):
        client = Api(
            github.url, token, explain=api.explain, headers=api.HEADERS, clock=clock, timeout=timeout
        )
        try:
            return publish(
                api.GitHub(client, "octo-org/service", number, author=author), draft, commit=commit
            )
        finally:
            client.close()

    return publish_it


def test_a_comment_is_written_once_and_then_left_alone(github, run):
    assert run() == "created"
    assert github.bodies() == [marked(NEWS.text, "default")]
    assert run() == "unchanged"
    assert github.writes == ["POST /api/v3/repos/octo-org/service/issues/7/comments"]


def test_other_news_go_into_the_same_comment(github, run):
    run()
    newer = Draft(key="default", news=True, text="### one blocker", resolved="")
    assert run(newer) == "updated"
    assert github.bodies() == [marked("### one blocker", "default")]


def test_what_is_settled_is_said_rather_than_removed(github, run):
    run()
    assert run(CALM) == "resolved"
    assert github.bodies() == [marked("### resolved", "default")]
    assert run(CALM) == "unchanged"
    assert run() == "updated"


def test_nothing_is_created_where_there_is_nothing_to_say(github, run):
    assert run(CALM) == "nothing to say"
    assert github.writes == []


def test_keys_keep_comments_apart(github, run):
    assert [run(), run(OTHER), run(), run(OTHER)] == ["created", "created", "unchanged", "unchanged"]
    assert len(github.bodies()) == 2


def test_the_marker_alone_does_not_make_a_comment_ours(github, run):
    stranger = github.add(7, "mallory", marked("### all is well", "default"))
    assert run() == "created"
    assert stranger["body"] == marked("### all is well", "default")
    assert len(github.bodies()) == 2


def test_a_quoted_marker_is_none(github, run):
    github.add(7, ME, "\n".join(f"> {line}" for line in marked("old", "default").splitlines()))
    assert run() == "created"


def test_our_comment_is_found_on_the_last_page(github, run):
    for number in range(230):
        github.add(7, "octocat", f"comment {number}")
    github.add(7, ME, marked("old", "default"))
    assert run() == "updated"
    pages = [r.query.get("page") for r in github.log if r.path.endswith("/issues/7/comments")]
    assert pages == [None, "2", "3"]


def test_a_personal_token_says_who_it_is(github, run):
    github.add(7, ME, marked("the workflow's own", "default"))
    assert run(token=PERSONAL) == "created"
    assert github.comments[7][-1]["user"]["login"] == "release-bot"


def test_an_app_that_cannot_tell_its_name_learns_it_from_what_it_wrote(github, run):
    github.tokens["ghs_apptoken"] = "archcheck-app[bot]"
    old = github.add(7, "archcheck-app[bot]", marked("old", "default"))
    assert run(token="ghs_apptoken") == "created"
    assert github.bodies() == [marked(NEWS.text, "default")]
    assert old not in github.comments[7]
    assert run(token="ghs_apptoken", author="archcheck-app[bot]") == "unchanged"


@pytest.mark.parametrize("author", [ME, "GitHub-Actions[bot]"])
def test_logins_are_compared_as_github_does(github, run, author):
    github.add(7, ME, marked(NEWS.text, "default"))
    assert run(author=author) == "unchanged"


def test_crlf_and_hand_edits_make_no_news(github, run):
    github.add(7, ME, marked(NEWS.text, "default").replace("\n", "\r\n"))
    assert run() == "unchanged"
    github.comments[7][0]["body"] = "~~struck out~~\n" + github.comments[7][0]["body"]
    assert run() == "unchanged"


def test_an_older_run_never_overwrites_a_newer_one(github, run):
    run()
    github.pulls[7].sha = "f" * 40
    assert run(Draft(key="default", news=True, text="stale", resolved="")) == "outdated"
    assert run(CALM) == "outdated"
    assert github.bodies() == [marked(NEWS.text, "default")]


def test_the_head_is_read_after_the_comments_right_before_the_write(github, run):
    run()
    calls = [f"{r.method} {r.path.rpartition('service')[2]}" for r in github.log]
    written = calls.index("POST /issues/7/comments")
    assert calls[written - 1] == "GET /pulls/7"


def test_a_closed_pull_request_gets_no_comment(github, run):
    github.pulls[7].state = "closed"
    assert run() == "closed"
    assert github.writes == []


def test_two_runs_at_once_leave_one_comment(github, run):
    """The other run writes between our look and our write."""

    def other(request):
        github.before_write = None
        github.add(7, ME, marked("### from the other run", "default"))

    github.before_write = other
    assert run() == "created"
    assert github.bodies() == [marked(NEWS.text, "default")]


@pytest.mark.parametrize("lag", range(4))
def test_a_list_that_is_behind_does_not_hide_what_was_just_written(github, run, lag):
    mine = github.add(7, "octocat", marked("somebody else's", "default"))
    github.behind(github.comments[7])
    github.lag = lag
    assert run() == "created"
    assert github.bodies() == [mine["body"], marked(NEWS.text, "default")]
    assert len(github.writes) == 1


@pytest.mark.parametrize("lag", range(4))
def test_two_runs_at_once_and_a_list_that_is_behind_never_leave_nothing(github, run, monkeypatch, lag):
    """What is too much goes with the first run that sees it."""
    create = api.GitHub.create

    def after_the_other_run(forge, body):
        monkeypatch.setattr(api.GitHub, "create", create)
        assert run() == "created"
        return create(forge, body)

    github.behind([])
    github.lag = lag
    monkeypatch.setattr(api.GitHub, "create", after_the_other_run)
    assert run() == "created"
    assert set(github.bodies()) == {marked(NEWS.text, "default")}
    newest = github.comments[7][-1]
    assert newest["id"] == github._next
    github.lag = 0
    assert run() in {"tidied", "unchanged"}
    assert github.comments[7] == [newest]


def test_an_author_that_the_forge_does_not_tell_makes_nobody_elses_comment_ours(github, run):
    stranger = github.add(7, "ghost", marked("mine", "default"))
    comment = github._comment

    def nameless(*arguments):
        return comment(*arguments) | {"user": None}

    stranger["user"] = None
    github._comment = nameless
    github.differences = lambda *_: []
    assert run() == "created"
    assert len(github.comments[7]) == 2


def test_duplicates_of_old_are_removed_and_one_gone_meanwhile_is_fine(github, run, clock):
    for _ in range(3):
        github.add(7, ME, marked(NEWS.text, "default"))
    github.fail("DELETE", "1002", 404, "Not Found")
    assert run() == "tidied"
    assert [comment["id"] for comment in github.comments[7]] == [1002, 1003]
    assert clock.slept == [1.0]


def test_writes_keep_a_second_apart(github, run, clock):
    for _ in range(4):
        github.add(7, ME, marked("old", "default"))
    run()
    assert len(github.writes) == 4
    assert clock.slept == [1.0, 1.0, 1.0]


def test_writes_keep_a_second_apart_also_where_the_forge_asks_for_none(github, run, clock):
    github.fail("POST", "/comments", 429, headers={"Retry-After": 0})
    assert run() == "created"
    assert clock.slept == [1.0]


def test_a_clock_that_is_set_back_stops_nothing(github, clock):
    client = Api(github.url, WORKFLOW, explain=api.explain, clock=clock)
    comments = api.GitHub(client, "octo-org/service", 7)
    comments.create("a")
    clock.time -= 3600
    comments.create("b")
    client.close()
    assert clock.slept == [1.0]


@pytest.mark.parametrize(
    ("status", "headers", "message", "slept"),
    [
        (403, {"Retry-After": 7}, "You have exceeded a secondary rate limit", [7.0]),
        (429, {"Retry-After": 2}, "", [2.0]),
        (
            403,
            {"X-RateLimit-Remaining": 0, "X-RateLimit-Reset": 1_790_000_030},
            "API rate limit exceeded",
            [31.0],
        ),
        (403, {}, "You have exceeded a secondary rate limit", [60.0]),
        (429, {}, "", [60.0]),
        (429, {"Retry-After": "Mon, 21 Sep 2026 14:13:25 GMT"}, "", [5.0]),
        (429, {"Retry-After": "soon"}, "", [60.0]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rate_limits_are_waited_for(github, run, clock, *, method, status, headers, message, slept):
    github.fail(method, "/comments", status, message, headers=headers)
    assert run() == "created"
    assert [each for each in clock.slept if each != 1.0] == slept
    assert len(github.bodies()) == 1


def test_a_secondary_limit_doubles_the_wait_and_ends(github, run, clock):
    github.fail("POST", "/comments", 403, "You have exceeded a secondary rate limit", times=9)
    with pytest.raises(ForgeError, match=r"rate limit is used up \(403\)"):
        run()
    assert clock.slept == [60.0, 120.0]
    assert sum(clock.slept) < MAX_WAIT


def test_an_hour_is_not_waited_for(github, run, clock):
    github.fail("GET", "/comments", 403, "", times=9, headers={"Retry-After": 3600})
    with pytest.raises(ForgeError, match="for 3600 more seconds"):
        run()
    assert clock.slept == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 0])
def test_failures_of_reading_pass(github, run, clock, status):
    github.fail("GET", "/comments", status, times=2)
    assert run() == "created"
    assert clock.slept[:2] == [1.0, 2.0]


@pytest.mark.parametrize("status", [502, 0])
def test_a_forge_that_is_down_is_given_up(github, run, clock, status):
    github.fail("GET", "/comments", status, times=99)
    with pytest.raises(ForgeError, match="run the job again"):
        run()
    assert clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [502, 0])
def test_a_creation_without_an_answer_is_looked_for_before_it_is_tried_again(github, run, status, done):
    github.fail("POST", "/comments", status, done=done)
    run()
    assert github.bodies() == [marked(NEWS.text, "default")]
    assert len(github.writes) == (1 if done else 2)


def test_creations_without_an_answer_end(github, run):
    github.fail("POST", "/comments", 502, times=9)
    with pytest.raises(UnsureError):
        run()
    assert len(github.writes) == 3


@pytest.mark.parametrize(
    ("arrange", "token", "said"),
    [
        (None, READ_ONLY, "pull-requests: write"),
        (None, "ghp_expired", r"\(401\)"),
        (lambda server: setattr(server.pulls[7], "locked", True), WORKFLOW, "conversation is locked"),
        (lambda server: server.pulls.pop(7), WORKFLOW, "404"),
        (lambda server: server.fail("POST", "/comments", 410), WORKFLOW, "410"),
        (lambda server: server.fail("POST", "/comments", 422, "Validation Failed"), WORKFLOW, "422"),
        (lambda server: server.fail("POST", "/comments", 301), WORKFLOW, "301"),
        (lambda server: server.fail("GET", "/comments", 451), WORKFLOW, "451"),
    ],
)
def test_each_refusal_says_what_to_do(github, run, arrange, token, said):
    if arrange:
        arrange(github)
    with pytest.raises(ForgeError, match=said) as error:
        run(token=token)
    assert token not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_token_that_the_forge_repeats_is_not_shown(github, run):
    github.fail("POST", "/comments", 403, f"the token {WORKFLOW} may not")
    with pytest.raises(ForgeError, match=r"the token \*\*\* may not"):
        run()


def test_the_token_goes_to_no_other_host(github, run):
    github.scripts.clear()
    page = github.page

    def elsewhere(request, items):
        answer = page(request, items)
        answer.headers["Link"] = '<https://evil.example/next>; rel="next"'
        return answer

    github.page = elsewhere
    with pytest.raises(ForgeError, match="another host"):
        run()


def test_a_silent_forge_is_a_timeout(github, run, clock):
    free = threading.Event()
    github.page = lambda *_: free.wait()
    with pytest.raises(ForgeError, match="did not answer within"):
        run(timeout=IMPATIENCE)
    assert len(clock.slept) >= TRIES - 1
    free.set()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"head": 1}', b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_answer(body):
    with pytest.raises(ForgeError, match="cannot be read"):
        decoded(body, api._Pull)


def test_an_unchanged_answer_costs_no_quota(github, run):
    for _ in range(3):
        github.add(7, ME, marked("old", "default"))
    run()
    assert github.statuses.count(304) == 2  # the pull request, before the second and the third write


def test_the_pull_request_of_a_workflow_run_is_the_one_with_the_audited_head(github, clock):
    github.pulls |= {
        8: Pull(number=8, source="mallory:feature", sha="a" * 40),
        9: Pull(number=9, source="mallory:feature", sha="b" * 40),
        10: Pull(number=10, source="mallory:feature", sha="c" * 40, state="closed"),
    }
    client = Api(github.url, WORKFLOW, explain=api.explain, clock=clock)

    def find(commit, branch="feature"):
        return api.find_pull_request(
            client, "octo-org/service", owner="mallory", branch=branch, commit=commit
        )

    assert find("b" * 40) == 9
    for commit, branch in [("c" * 40, "feature"), ("d" * 40, "feature"), ("a" * 40, "other")]:
        with pytest.raises(ForgeError, match="no open pull request"):
            find(commit, branch)
    github.pulls[11] = Pull(number=11, source="mallory:feature", sha="b" * 40)
    with pytest.raises(ForgeError, match="#9, #11"):
        find("b" * 40)
    client.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://api.forge.example", "https://api.forge.example"),
        ("https://ghe.example", "https://ghe.example/api/v3"),
        ("https://ghe.example/", "https://ghe.example/api/v3"),
        ("https://ghe.example/api/v3", "https://ghe.example/api/v3"),
        ("https://ghe.example/api/v3/", "https://ghe.example/api/v3"),
        ("https://ghe.example:8443/prefix/api/v3", "https://ghe.example:8443/prefix/api/v3"),
        ("http://127.0.0.1:8000/api/v3", "http://127.0.0.1:8000/api/v3"),
    ],
)
def test_the_api_is_found_with_and_without_its_path(text, expected):
    assert api.api_base(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "ghe.example", "http://ghe.example", "ftp://ghe.example", "https://", "https://[x", "https://a:b@c"],
)
def test_an_address_that_is_none_or_shows_the_token(text):
    with pytest.raises(UsageError, match="GITHUB_API_URL"):
        api.api_base(text)


@pytest.mark.parametrize("text", ["", "service", "a/b/c", "a/../b", "../b", "a b/c", "a/b?c", "a/.."])
def test_a_repository_is_owner_and_name(text):
    with pytest.raises(UsageError, match="OWNER/NAME"):
        api.checked_repository(text)
