"""GitLab's REST API as far as notes on merge requests go; every note is held to what its documentation shows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.bot.server import Answer, ForgeServer, Request

REPORTER, GUEST = "glpat-reportertoken", "glpat-guesttoken"
HEAD = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
BOT = "project_42_bot"
# The fields of a merge request's note in GitLab's "Notes API", and the types of their values there.
NOTE: dict[str, type | tuple[type, ...]] = {
    "id": int, "body": str, "attachment": (str, type(None)), "author": dict, "created_at": str, "updated_at": str,
    "system": bool, "noteable_id": int, "noteable_type": str, "project_id": int, "noteable_iid": int,
    "resolvable": bool, "confidential": bool, "internal": bool,
}  # fmt: skip


class GitLabServer(ForgeServer):
    """The project 42 (group/service), with merge request 3 and its notes, 20 a page."""

    prefix = "/api/v4"
    page_size = 20

    def __init__(self) -> None:
        super().__init__({REPORTER: BOT, GUEST: "guest"})
        self.sha = HEAD
        self.state = "opened"
        self.notes: list[dict[str, Any]] = []
        self._next = 500

    @property
    def url(self) -> str:
        """What `CI_API_V4_URL` would say."""
        return self.base + self.prefix

    def add(self, username: str, body: str, *, system: bool = False) -> dict[str, Any]:
        """Put a note there, as somebody else would."""
        self._next += 1
        note = {
            "id": self._next,
            "type": None,
            "body": body,
            "attachment": None,
            "project_id": 42,
            "author": {"id": 1, "username": username, "name": username, "state": "active"},
            "created_at": "2026-11-23T14:00:00.000Z",
            "updated_at": "2026-11-23T14:00:00.000Z",
            "system": system,
            "noteable_id": 301,
            "noteable_type": "MergeRequest",
            "noteable_iid": 3,
            "resolvable": False,
            "confidential": False,
            "internal": False,
        }
        self.notes.append(note)
        return note

    def bodies(self) -> list[str]:
        """Return the texts of all notes."""
        return [note["body"] for note in self.notes]

    def differences(self, request: Request, answer: Answer) -> list[str]:
        """Return in what a note differs from the documented one."""
        if "/notes" not in request.path or answer.status not in {200, 201} or answer.drop:
            return []
        notes = answer.document if isinstance(answer.document, list) else [answer.document]
        return [
            f"{request.method} {request.path}: {name} is {note.get(name)!r}"
            for note in notes
            for name, kind in NOTE.items()
            if name not in note or not isinstance(note[name], kind)
        ]

    def answer(self, request: Request, login: str) -> Answer:
        """Return what GitLab answers."""
        path = unquote(request.path.removeprefix(self.prefix))
        if path == "/user":
            return Answer(document={"id": 9, "username": login, "name": login, "state": "active"})
        found = re.fullmatch(r"/projects/(?:42|group/service)/merge_requests/3(/notes(?:/(\d+))?)?", path)
        if not found or login == "guest":
            return Answer(status=404, document={"message": "404 Not found"})
        if not found[1]:
            return Answer(
                document={"id": 301, "iid": 3, "project_id": 42, "state": self.state, "sha": self.sha}
            )
        if not found[2]:
            if request.method == "GET":
                return self.page(request, self.behind(self.notes))
            return Answer(status=201, document=self.add(login or BOT, request.document["body"]))
        return self._one(request, int(found[2]), login)

    def _one(self, request: Request, wanted: int, login: str) -> Answer:
        for note in self.notes:
            if note["id"] == wanted and note["author"]["username"] == login:
                if request.method == "DELETE":
                    self.notes.remove(note)
                    return Answer(status=204)
                note["body"] = request.document["body"]
                return Answer(document=note)
        return Answer(status=404, document={"message": "404 Note Not Found"})
