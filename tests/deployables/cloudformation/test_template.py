"""Whole templates: what is one, what is wrong with one, which others it leads to."""

from __future__ import annotations

import pytest

from archcheck.deployables.cloudformation.template import is_template
from archcheck.deployables.yaml_documents import MAX_BYTES, read_documents
from tests.deployables.cloudformation.reading import found, found_among


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resources: {A: {Type: AWS::SNS::Topic}}", True),
        ("Resources: {A: {Type: Custom::Thing}, B: {Type: AWS::SNS::Topic}}", True),
        ("{Transform: AWS::Serverless-2016-10-31, Resources: {}}", True),
        ("{AWSTemplateFormatVersion: 2010-09-09, Resources: {'Fn::ForEach::A': [X, [a], {}]}}", True),
        ("Resources: {A: {Type: Microsoft.Storage/account}}", False),
        ("Resources: [{Type: AWS::SNS::Topic}]", False),
        ("Resources: {A: {Type: 5}, B: 6}", False),
        ("Resources:", False),
        ("[Resources]", False),
        ("Resources", False),
        # serverless.yml holds resources of CloudFormation in one of its own.
        ("{service: x, resources: {Resources: {A: {Type: AWS::SNS::Topic}}}}", False),
    ],
)
def test_what_is_a_template(text, expected):
    (document,) = read_documents(text.encode(), "x")
    assert is_template(document) is expected


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("", "t.yaml", "not a template: expected Resources with types that begin with AWS::"),
        ("a: 1", "t.yaml", "not a template: expected Resources with types that begin with AWS::"),
        ("x" * (MAX_BYTES + 1), "t.yaml", f"{MAX_BYTES + 1:,} bytes; expected at most {MAX_BYTES:,}"),
        # As hyp3 keeps its own.
        (
            "Resources:\n  {% for a in b %}\n  A: 1\n",
            "t.yaml:2",
            "not a template, but a template of one ({{ … }})",
        ),
        (
            "Resources: {A: {Type: AWS::X}, B: 5, C: [x]}",
            "t.yaml:1",
            "B: expected a mapping with a Type",
        ),
        (
            "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: [x]\n",
            "t.yaml:4",
            "F: Properties: expected a mapping",
        ),
        (
            "Transform: [AWS::Serverless-2016-10-31, Mine]\nResources: {A: {Type: AWS::X}}",
            "t.yaml:1",
            "the macro Mine may change what is deployed",
        ),
        (
            "Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://x'}}\nResources: {A: {Type: AWS::X}}",
            "t.yaml:1",
            "AWS::Include puts in what is not written here",
        ),
        (
            "Resources:\n  A: {Type: AWS::X}\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://x}}",
            "t.yaml:3",
            "AWS::Include puts in what is not written here",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, where, said):
    problem = found_among({"t.yaml": text}, "t.yaml").problems[0]
    assert (str(problem.location), problem.message) == (where, said)


@pytest.mark.parametrize(
    "text", ["a: [1", "a: ['{{resolve:ssm:x}}'", "\x00", "a: &a [*a]", "[" * 5_000, b"\xff"]
)
def test_what_is_no_yaml_is_said(text):
    (problem,) = found_among({"t.yaml": text}, "t.yaml").problems
    said = ("not YAML: ", "not text in UTF-8", "nested ", "an alias leads to what holds it")
    assert problem.message.startswith(said)  # PyYAML's own words depend on how it was built


def test_a_file_that_cannot_be_read_is_said():
    (problem,) = found_among({}, "gone.yaml").problems
    assert (str(problem.location), problem.message) == (
        "gone.yaml",
        "cannot be read: no such file or directory",
    )


def test_every_document_of_a_file_is_read():
    text = "a: 1\n---\nResources: {A: {Type: AWS::Lambda::Function}}\n---\nResources: {B: {Type: AWS::Lambda::Function}}\n"
    assert [each.name for each in found(text).deployables] == ["A", "B"]


@pytest.mark.parametrize(
    ("stack", "nested", "said"),
    [
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./n/api.yaml}}", ["a/n/api.yaml"], []),
        ("{Type: AWS::Serverless::Application, Properties: {Location: n/api.yaml}}", ["a/n/api.yaml"], []),
        (
            "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub './n/${W}.yaml'}}",
            ["a/n/api.yaml"],
            [],
        ),
        (
            "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b/.aws-sam/packaged.yaml}}",
            ["a/b/template.yml"],
            [],
        ),
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: gone.yaml}}", [], ["'gone.yaml'"]),
        (
            "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../../x.yaml}}",
            [],
            ["'../../x.yaml'"],
        ),
        (
            "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub 'https://b.s3.${AWS::Region}/t.yaml'}}",
            [],
            ["'https://b.s3.${AWS::Region}/t.yaml'"],
        ),
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Ref Url}}", [], ["'${Url}'"]),
        (
            "{Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: x, SemanticVersion: 1}}}",
            [],
            ["an application that is offered"],
        ),
    ],
)
def test_nested_stacks(stack, nested, said):
    template = f"Parameters: {{Url: {{Type: String}}, W: {{Default: api}}}}\nResources:\n  N: {stack}\n"
    files = {"a/t.yaml": template, "a/n/api.yaml": "", "a/b/template.yml": ""}
    result = found_among(files, "a/t.yaml")
    assert list(result.nested) == nested
    assert [each.message for each in result.problems] == [
        f"N: its template is not in this repository: {each}" for each in said
    ]


def test_of_very_many_functions_so_many_are_read():
    rows = "".join(f"  F{number}: {{Type: AWS::Lambda::Function}}\n" for number in range(5_001))
    result = found(f"Resources:\n{rows}")
    assert len(result.deployables) == 5_000
    assert result.problems[-1].message == "more than 5,000 functions and containers; no more is read"
