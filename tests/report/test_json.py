from __future__ import annotations

import json
import types
import typing
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from archcheck import model
from archcheck.errors import InputError
from archcheck.model import Severity
from archcheck.report.json import from_json, to_json
from archcheck.savings import workload
from tests.report.examples import EXAMPLES, LEGACY, audit, report
from tests.report.examples import READY as READY_RECOMMENDATION
from tests.report.strategies import REPORTS, drawn
from tests.strict_schema import SCHEMA, strict

STRICT = strict()
CLASSES = {
    name: kind
    for name, kind in {**vars(model), **vars(workload)}.items()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct
}


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert STRICT["$defs"]["Finding"]["additionalProperties"] is False


def test_fields_of_a_later_version_are_no_error():
    document = json.loads(to_json(LEGACY))
    document["audits"][0]["recommendation"]["added_later"] = {"by": 1}
    document["added_later"] = True
    Draft202012Validator(SCHEMA).validate(document)
    assert from_json(json.dumps(document)) == LEGACY


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_output_validates(example):
    Draft202012Validator(STRICT).validate(json.loads(to_json(EXAMPLES[example])))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("recommendation", "code"), "maybe"),
        (("audits", 0, "packages", 0, "results", 0, "status"), "fine"),
        (("audits", 0, "findings", 0, "rule"), "X1"),
        (("audits", 0, "findings", 0, "extra"), 1),
        (("audits", 0, "findings", 0, "location", "line"), 0),
        (("audits", 0, "input", "sha256"), "abc"),
        (("generated_at",), "yesterday"),
        (("schema_version",), "2.0"),
    ],
)
def test_the_schema_refuses(path, value):
    document = json.loads(to_json(LEGACY))
    *way, last = path
    inner = document
    for step in way:
        inner = inner[step]
    inner[last] = value
    assert not Draft202012Validator(STRICT).is_valid(document)


def allowed(kind):  # noqa: PLR0911 one for each sort of annotation
    """What the schema must say for the annotation *kind*: a set of type names, enum values and class names."""
    if kind is type(None):
        return {"null"}
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return set().union(*map(allowed, typing.get_args(kind)))
    if typing.get_origin(kind) is typing.Literal:
        return set(typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        return {("array", frozenset(allowed(typing.get_args(kind)[0])))}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return set(map(str, kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {kind.__name__}
    return {{str: "string", int: "integer", float: "number", bool: "boolean"}[kind]}


def said(node):
    """The same of a piece of the schema."""
    if "$ref" in node:
        return {node["$ref"].removeprefix("#/$defs/")}
    if "anyOf" in node:
        return set().union(*map(said, node["anyOf"]))
    if "enum" in node:
        return {"null" if value is None else value for value in node["enum"]}
    names = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return {("array", frozenset(said(node["items"]))) if name == "array" else name for name in names}


def test_schema_and_model_name_the_same_things():
    assert set(SCHEMA["$defs"]) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_schema_and_model_agree_field_by_field(name):
    definition = SCHEMA["$defs"][name]
    by_field = typing.get_type_hints(CLASSES[name])
    hints = {field.encode_name: by_field[field.name] for field in msgspec.structs.fields(CLASSES[name])}
    assert list(definition["properties"]) == list(hints)
    assert definition["required"] == list(definition["properties"])
    assert "additionalProperties" not in definition
    for field, node in definition["properties"].items():
        assert said(node) == allowed(hints[field]), field
        assert node.get("description") or "$ref" in node, field


@drawn(100)
@given(REPORTS)
def test_round_trip(one):
    text = to_json(one)
    assert from_json(text) == one
    assert to_json(from_json(text)) == text


def test_form():
    text = to_json(LEGACY)
    assert text.startswith('{\n  "schema_version": "1.0",\n  "tool": {\n')
    assert text.endswith("\n}\n")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_a_file_name_that_is_no_utf8_is_written_readably():
    odd = report(audit(READY_RECOMMENDATION, path="caf\udce9.txt"))
    document = json.loads(to_json(odd))
    assert document["audits"][0]["input"]["path"] == r"caf\udce9.txt"
    assert from_json(to_json(odd))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_obstacles_of_an_older_result_are_worked_out(example):
    document = json.loads(to_json(EXAMPLES[example]))
    for one in document["audits"]:
        del one["obstacles"]
    read = from_json(json.dumps(document))
    assert [set(one.obstacles) for one in read.audits] == [
        set(one.obstacles) for one in EXAMPLES[example].audits
    ]
    for one in read.audits:  # in the order of reports: worst first, then by name
        found = [each for each in one.findings if each.fingerprint in one.obstacles]
        ranked = sorted(found, key=lambda each: (list(Severity).index(each.severity), each.package))
        assert one.obstacles == tuple(each.fingerprint for each in ranked)


def test_the_obstacles_that_a_result_names_are_taken_as_they_are():
    document = json.loads(to_json(LEGACY))
    document["audits"][0]["obstacles"] = document["audits"][0]["obstacles"][2:4]
    (one,) = from_json(json.dumps(document)).audits
    assert one.obstacles == LEGACY.audits[0].obstacles[2:4]


def test_fields_of_a_newer_minor_version_are_passed_over():
    document = json.loads(to_json(LEGACY)) | {"schema_version": "1.7", "new": {"a": [1]}}
    document["audits"][0]["newer"] = True
    assert msgspec.structs.replace(from_json(json.dumps(document)), schema_version="1.0") == LEGACY


def changed(*path, value):
    document = json.loads(to_json(LEGACY))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[1]", "not a result of archcheck"),
        ("{}", "schema_version"),
        ('{"schema_version": 1}', "$.schema_version"),
        ('{"schema_version": "2.0"}', "'2.0', and this archcheck reads 1.0"),
        ("[" * 100_000, "not"),
        ('{"schema_version": "1.0", "x": ' + "[" * 100_000, "nested too deeply"),
        ("\udc80", "not JSON"),
        (changed("audits", 0, "findings", 2, "severity", value="bad"), "$.audits[0].findings[2].severity"),
        (changed("audits", 0, "packages", 3, "results", value=[]), "$.audits[0].packages[3].results"),
        (changed("audits", 0, "summary", "ready", value="2"), "$.audits[0].summary.ready"),
        (changed("audits", 0, "summary", "ready", value=None), "$.audits[0].summary.ready"),
        (changed("tool", "name", value=7), "$.tool.name"),
    ],
)
def test_what_is_no_result_is_refused_with_its_place(text, words):
    with pytest.raises(InputError) as caught:
        from_json(text, path="result.json")
    assert str(caught.value).startswith("result.json: ")
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "hidden",
        '{"schema_version": "hidden"}',
        '{"schema_version": "1.0", "recommendation": {"architecture": "hidden"}}',
        '{"schema_version": "1.0", "tool": "hidden"}',
    ],
)
def test_a_file_that_is_no_result_is_not_quoted(text):
    """It may be any file that `--baseline` or `render` was pointed at."""
    with pytest.raises(InputError) as caught:
        from_json(text, path="result.json")
    assert "hidden" not in str(caught.value)


def test_an_error_repeats_no_escape_sequence():
    with pytest.raises(InputError) as caught:
        from_json(changed("recommendation", "code", value="\x1b[2J\u202e"))
    assert str(caught.value).isprintable()
