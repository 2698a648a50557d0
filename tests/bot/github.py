"""GitHub's REST API as far as comments on pull requests go; every answer is held to its published description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.bot import shapes
from tests.bot.server import Answer, ForgeServer, Request

WORKFLOW, PERSONAL, READ_ONLY = "ghs_workflowtoken", "ghp_personaltoken", "ghs_readonlytoken"
LOGINS = {WORKFLOW: "github-actions[bot]", PERSONAL: "release-bot", READ_ONLY: "github-actions[bot]"}
MOMENT = "2026-11-23T14:00:00Z"
HEAD = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
USER_LINKS = (
    "avatar", "events", "followers", "following", "gists", "html", "organizations", "received_events", "repos",
    "starred", "subscriptions",
)  # fmt: skip
PULL_LINKS = (
    "comments", "commits", "diff", "html", "issue", "patch", "review_comment", "review_comments", "statuses",
)  # fmt: skip
# What an account says of itself, and a pull request that is asked for alone.
ACCOUNT = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name")) | {
    "blog": "", "followers": 0, "following": 0, "public_gists": 0, "public_repos": 0, "created_at": MOMENT,
    "updated_at": MOMENT,
}  # fmt: skip
SINGLE = {
    "additions": 1, "changed_files": 1, "comments": 0, "commits": 1, "deletions": 1, "maintainer_can_modify": False,
    "mergeable": None, "mergeable_state": "unknown", "merged": False, "merged_by": None, "review_comments": 0,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request of the server; `source` is OWNER:BRANCH."""

    number: int
    sha: str = HEAD
    state: str = "open"
    locked: bool = False
    source: str = "octo-org:feature"


class GitHubServer(ForgeServer):
    """The repository octo-org/service, with pull requests and their comments."""

    prefix = "/api/v3"
    repository = "octo-org/service"

    def __init__(self) -> None:
        super().__init__(dict(LOGINS))
        self.pulls = {7: Pull(number=7)}
        self.comments: dict[int, list[dict[str, Any]]] = {7: []}
        self._next = 1000

    @property
    def url(self) -> str:
        """What `GITHUB_API_URL` would say."""
        return self.base + self.prefix

    def add(self, number: int, login: str, body: str) -> dict[str, Any]:
        """Put a comment there, as somebody else would."""
        self._next += 1
        comment = self._comment(self._next, login, body, number)
        self.comments[number].append(comment)
        return comment

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of all comments."""
        return [comment["body"] for comment in self.comments[number]]

    def differences(self, request: Request, answer: Answer) -> list[str]:
        """Return in what an answer differs from GitHub's published description; there are none such without."""
        path = request.path.removeprefix(self.prefix)
        return [] if answer.drop else shapes.faults(request.method, path, answer.status, answer.document)

    def answer(self, request: Request, login: str) -> Answer:
        """Return what GitHub answers."""
        path = request.path.removeprefix(self.prefix)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        root = f"/repos/{self.repository}"
        if path == "/user" and not token.startswith("ghs_"):
            return Answer(document=_user(login) | ACCOUNT)
        if path == "/user" or (request.method != "GET" and token == READ_ONLY):
            return _error(403, "Resource not accessible by integration")
        return (
            self._in_repository(request, path.removeprefix(root), login)
            if path.startswith(root)
            else NOT_FOUND
        )

    def _in_repository(self, request: Request, path: str, login: str) -> Answer:
        if path == "/pulls" and request.method == "GET":
            return self.page(request, self._pulls(request))
        found = re.fullmatch(r"/(pulls|issues|issues/comments)/(\d+)(/comments)?", path)
        match found and found.groups():
            case ("pulls", number, None) if int(number) in self.pulls:
                return Answer(document=self._pull(self.pulls[int(number)]) | SINGLE)
            case ("issues", number, "/comments"):
                return self._conversation(request, int(number), login)
            case ("issues/comments", number, None):
                return self._one(request, int(number), login)
        return NOT_FOUND

    def _conversation(self, request: Request, number: int, login: str) -> Answer:
        if number not in self.pulls:
            return NOT_FOUND
        if request.method == "GET":
            return self.page(request, self.behind(self.comments[number]))
        if self.pulls[number].locked:
            return _error(403, "Unable to create comment because issue is locked.")
        if not isinstance(request.document.get("body"), str) or len(request.document["body"]) > 65536:
            return _error(422, "Validation Failed")
        return Answer(
            status=201, document=self.add(number, login or "github-actions[bot]", request.document["body"])
        )

    def _one(self, request: Request, wanted: int, login: str) -> Answer:
        for comments in self.comments.values():
            for comment in comments:
                if comment["id"] == wanted and comment["user"]["login"] != login:
                    return _error(403, "Must have admin rights to Repository.")
                if comment["id"] == wanted and request.method == "PATCH":
                    comment["body"] = request.document["body"]
                    return Answer(document=comment)
                if comment["id"] == wanted and request.method == "DELETE":
                    comments.remove(comment)
                    return Answer(status=204)
        return NOT_FOUND

    def _pulls(self, request: Request) -> list[dict[str, Any]]:
        state, head = request.query.get("state", "open"), request.query.get("head")
        return [
            self._pull(pull)
            for pull in self.pulls.values()
            if state in {"all", pull.state} and head in {None, pull.source}
        ]

    def _pull(self, pull: Pull) -> dict[str, Any]:
        url = f"{self.url}/repos/{self.repository}/pulls/{pull.number}"
        return {
            "url": url,
            **{f"{name}_url": f"{url}/{name}" for name in PULL_LINKS},
            "_links": {name: {"href": f"{url}/{name}"} for name in ("self", *PULL_LINKS)},
            "id": pull.number * 100,
            "node_id": f"PR_{pull.number}",
            "number": pull.number,
            "state": pull.state,
            "locked": pull.locked,
            "title": "Move to numpy 2.3",
            "body": None,
            "user": _user("octocat"),
            "author_association": "CONTRIBUTOR",
            "labels": [],
            "milestone": None,
            "assignee": None,
            "auto_merge": None,
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "closed_at": None,
            "merged_at": None,
            "merge_commit_sha": None,
            "head": self._side(pull.source, pull.sha),
            "base": self._side("octo-org:main", "0" * 40),
        }

    def _side(self, label: str, sha: str) -> dict[str, Any]:
        owner, _, branch = label.partition(":")
        repository = {"id": 1296269, "full_name": f"{owner}/{self.repository.partition('/')[2]}"}
        return {"label": label, "ref": branch, "sha": sha, "user": _user(owner), "repo": repository}

    def _comment(self, number: int, login: str, body: str, issue: int) -> dict[str, Any]:
        root = f"{self.url}/repos/{self.repository}/issues"
        return {
            "id": number,
            "node_id": f"IC_{number}",
            "url": f"{root}/comments/{number}",
            "html_url": f"{self.base}/{self.repository}/pull/{issue}#issuecomment-{number}",
            "issue_url": f"{root}/{issue}",
            "author_association": "CONTRIBUTOR",
            "user": _user(login),
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "body": body,
        }


def _user(login: str) -> dict[str, Any]:
    kind = "Bot" if login.endswith("[bot]") else "User"
    url = f"https://forge.example/users/{login}"
    return {
        "login": login,
        "id": sum(map(ord, login)),
        "node_id": "U_1",
        "type": kind,
        "site_admin": False,
        "gravatar_id": "",
        "url": url,
        **{f"{name}_url": f"{url}/{name}" for name in USER_LINKS},
    }


def _error(status: int, message: str) -> Answer:
    document = {"message": message, "documentation_url": "https://docs.example/rest", "status": str(status)}
    return Answer(status=status, document=document)


NOT_FOUND = _error(404, "Not Found")
