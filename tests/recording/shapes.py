"""Writes `fixtures/forges/github.json`: the fields and types that GitHub publishes for what the bot reads.

`python -m tests.recording.shapes api.github.com.json payload-schemas/api.github.com` takes the OpenAPI
description of its REST API (github/rest-api-description) and the folder of the schemas that octokit publishes
for its events (octokit/webhooks). No text of either is kept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

OUT = Path(__file__).parents[2] / "fixtures" / "forges" / "github.json"
ANSWERS = (
    ("get", "/repos/{owner}/{repo}/issues/{issue_number}/comments", "200"),
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", "201"),
    ("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", "200"),
    ("get", "/repos/{owner}/{repo}/pulls", "200"),
    ("get", "/repos/{owner}/{repo}/pulls/{pull_number}", "200"),
    ("get", "/user", "200"),
)
EVENTS = {
    "pull_request": "pull_request/synchronize",
    "workflow_run": "workflow_run/completed",
    "push": "push/event",
    "merge_group": "merge_group/checks_requested",
}
# What is followed; of every other object only that it is one.
FOLLOWED = {
    "issue-comment",
    "nullable-simple-user",
    "private-user",
    "public-user",
    "pull-request",
    "pull-request-simple",
    "repository-lite",
    "simple-user",
    "user",
    "workflow-run",
}

Schema = dict[str, Any]


def trimmed(schema: Schema, look_up: Callable[[str], Schema]) -> Schema:
    """Return types, required fields and what they hold, of *schema*; *look_up* gives what a `$ref` names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2].removesuffix(".schema.json")
        found = look_up(schema["$ref"])
        return trimmed(found, look_up) if name in FOLLOWED else _typed(found)
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return {word: [trimmed(each, look_up) for each in schema[word]]}
    kept = _typed(schema)
    if "properties" in schema:
        kept["properties"] = {name: trimmed(part, look_up) for name, part in schema["properties"].items()}
        kept["required"] = sorted(schema.get("required", ()))
    if "items" in schema:
        kept["items"] = trimmed(schema["items"], look_up)
    return kept


def _typed(schema: Schema) -> Schema:
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    null = ["null"] if schema.get("nullable") else []  # as OpenAPI 3.0 has it
    return {"type": [*kinds, *null]} if kinds else {}


def main(description: Path, events: Path) -> None:
    """Write the file anew."""
    document = json.loads(description.read_text(encoding="utf-8"))

    def component(ref: str) -> Schema:
        found: Any = document
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def event(file: str) -> Schema:
        return dict(json.loads((events / file).read_text(encoding="utf-8")))

    def common(ref: str) -> Schema:
        return event(f"common/{ref.removeprefix('common/')}")

    shapes = {
        "answers": {
            f"{method.upper()} {path} {status}": trimmed(
                document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"],
                component,
            )
            for method, path, status in ANSWERS
        },
        "error": trimmed(component("#/components/schemas/basic-error"), component),
        "events": {name: trimmed(event(f"{file}.schema.json"), common) for name, file in EVENTS.items()},
    }
    OUT.write_text(json.dumps(shapes, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
