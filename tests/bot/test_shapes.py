"""What we read, and what we test with, against what GitHub publishes of its answers and events."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from archcheck.bot import events
from archcheck.bot.forges import github
from tests.bot.shapes import PUBLISHED, answer, faults

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"
COMMENTS = "/repos/octo-org/service/issues/7/comments"


def parts(schema):
    """Yield a schema and those that it is made of."""
    yield schema
    for word in ("oneOf", "anyOf", "allOf"):
        for each in schema.get(word, ()):
            yield from parts(each)


def property_of(schema, name):
    """Return what a schema says of a field, and whether the field is always there."""
    for part in parts(schema):
        if name in part.get("properties", {}):
            return part["properties"][name], name in part["required"]
    raise AssertionError(f"{name} is not published")


def types(schema):
    return {kind for part in parts(schema) for kind in part.get("type", ())}


JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}


def check(struct, schema, where=""):
    """Fail where *struct* would refuse what *schema* allows."""
    for field in msgspec.structs.fields(struct):
        said, always = property_of(schema, field.encode_name)
        kinds = getattr(field.type, "__args__", (field.type,))
        assert always or not field.required, f"{where}.{field.name} may be left out"
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
        expected = {"null" if kind is type(None) else JSON_TYPES.get(kind, "object") for kind in kinds}
        assert types(said) <= expected, f"{where}.{field.name} may be {types(said)}"
        for kind in inner:
            check(kind, said, f"{where}.{field.name}")


@pytest.mark.parametrize(
    ("struct", "schema"),
    [
        (github._Comment, answer("GET", COMMENTS, 200)["items"]),
        (github._Comment, answer("POST", COMMENTS, 201)),
        (github._Pull, answer("GET", "/repos/octo-org/service/pulls", 200)["items"]),
        (github._Pull, answer("GET", "/repos/octo-org/service/pulls/7", 200)),
        (github._User, answer("GET", "/user", 200)["oneOf"][0]),
        (github._User, answer("GET", "/user", 200)["oneOf"][1]),
        (events._Pull, property_of(PUBLISHED["events"]["pull_request"], "pull_request")[0]),
        (events._WorkflowRun, property_of(PUBLISHED["events"]["workflow_run"], "workflow_run")[0]),
    ],
)
def test_we_take_whatever_is_published(struct, schema):
    check(struct, schema, struct.__name__)


def present(schema, document, where="$"):
    """Fail where *document* has a field that is not published, or one of another type."""
    if isinstance(document, dict) and any("properties" in part for part in parts(schema)):
        for name, value in document.items():
            said, _ = property_of(schema, name)
            kinds = types(said)
            assert not kinds or Draft202012Validator({"type": sorted(kinds)}).is_valid(value), (
                f"{where}.{name}"
            )
            present(said, value, f"{where}.{name}")


@pytest.mark.parametrize("name", PUBLISHED["events"])
def test_the_fixtures_of_events_have_published_fields_alone(name):
    present(PUBLISHED["events"][name], json.loads((EVENTS / f"{name}.json").read_text()))


def test_a_wrong_answer_of_the_loopback_forge_is_found(github):
    comment = github.add(7, "octocat", "hello")
    assert faults("POST", COMMENTS, 201, comment) == []
    assert faults("POST", COMMENTS, 201, comment | {"user": None}) == []
    [wrong] = faults("POST", COMMENTS, 201, comment | {"id": "1"})
    assert "$.id" in wrong
    del comment["html_url"]
    assert "html_url" in faults("POST", COMMENTS, 201, comment)[0]
    assert faults("POST", COMMENTS, 200, comment) == [f"POST {COMMENTS} 200: not described"]
    assert faults("GET", COMMENTS, 404, {"message": 1}) != []
