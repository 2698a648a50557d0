"""AC022 and AC009: what a function runs on has no arm64, or is not known."""

from __future__ import annotations

import pytest

from tests.deployables.rules.judging import found_in, said

OLD = "Lambda runs {} on x86_64 alone; arm64 begins with python3.8: take a newer runtime first"


def on(runtime: str, more: str = ""):
    """What is found on one function of the *runtime*."""
    properties = f"{{CodeUri: src, Handler: a.b, Runtime: {runtime}}}"
    function = f"  F: {{Type: AWS::Serverless::Function, Properties: {properties}}}\n"
    template = f"Transform: AWS::Serverless-2016-10-31\n{more}Resources:\n{function}"
    return said(found_in({"template.yaml": template, "src/app.py": ""})["F"])


@pytest.mark.parametrize("runtime", ["python2.7", "python3.6", "python3.7"])
def test_an_old_runtime_stays(runtime):
    assert on(runtime) == [("AC022", "blocker", OLD.format(runtime))]


@pytest.mark.parametrize("runtime", ["python3.99", "pyhton3.12", "python312", "Python3.12"])
def test_a_runtime_that_nobody_knows(runtime):
    message = f"'{runtime}' is no Python runtime of Lambda that is known here"
    assert on(runtime) == [("AC009", "unknown", message)]


@pytest.mark.parametrize("runtime", ["python3.8", "python3.9", "python3.13", "nodejs22.x", "provided.al2023"])
def test_a_runtime_that_has_arm64_or_is_of_another_language(runtime):
    assert on(runtime) == []


def test_a_runtime_that_is_told_when_it_is_deployed():
    ((rule, severity, message),) = on("!Ref Rt")
    assert (rule, severity) == ("AC009", "unknown")
    assert message == "what it runs on is not told: Runtime: it is the resource Rt"
    assert on("!Ref Rt", "Parameters:\n  Rt: {Type: String, Default: python3.12}\n") == []


def test_one_of_two_runtimes_may_be_old():
    more = "Parameters:\n  New: {Type: String}\nConditions:\n  IsNew: !Equals [!Ref New, 'yes']\n"
    ((rule, _, message),) = on("!If [IsNew, python3.12, python3.7]", more)
    assert (rule, message.split(";")[0]) == (
        "AC022",
        "Lambda runs python3.7 on x86_64 alone where IsNew is false",
    )


EDGE = "CloudFront runs it at its edges ({}), and Lambda@Edge has no arm64; leave it on x86_64"
TEMPLATE = """\
Resources:
  At: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Runtime: python3.13}}
  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Runtime: python3.13}}
  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref At}}
  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref At, FunctionVersion: !GetAtt V.Version}}
  Dist:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: !Ref Other}]
        CacheBehaviors:
          - LambdaFunctionAssociations:
              - EventType: origin-request
                LambdaFunctionARN: %s
"""


@pytest.mark.parametrize(
    "reference",
    [
        "!Ref At.Version",
        "!Ref V",
        "!Ref A",
        "!GetAtt V.FunctionArn",
        '!Sub "${At.Arn}:3"',
        "!If [C, !Ref V, !Ref AWS::NoValue]",
    ],
)
def test_a_function_at_the_edge_stays(reference):
    found = found_in({"template.yaml": TEMPLATE % reference, "src/app.py": ""})
    assert said(found["At"]) == [("AC022", "blocker", EDGE.format("template.yaml:14"))]
    assert found["Other"] == ()


def test_an_event_of_cloud_front_makes_it_one_of_the_edge():
    text = """\
provider: {name: aws, runtime: python3.13}
functions:
  at:
    handler: app.h
    events:
      - cloudFront: {eventType: viewer-request, origin: s3://b}
  other: {handler: app.h, events: [{httpApi: "*"}]}
"""
    found = found_in({"serverless.yml": text, "app.py": ""})
    assert said(found["at"]) == [("AC022", "blocker", EDGE.format("serverless.yml:6"))]
    assert found["other"] == ()


@pytest.mark.parametrize(
    "reference",
    ["aws_lambda_function.at.qualified_arn", '"${aws_lambda_function.at.arn}:1"', "aws_lambda_alias.a.arn"],
)
def test_a_distribution_of_terraform_names_it(reference):
    text = """\
resource "aws_lambda_function" "at" {
  runtime  = "python3.13"
  filename = "at.zip"
}
resource "aws_lambda_function" "other" {
  runtime  = "python3.13"
  filename = "at.zip"
}
resource "aws_lambda_alias" "a" {
  function_name = aws_lambda_function.at.function_name
}
resource "aws_cloudfront_distribution" "d" {
  default_cache_behavior {
    lambda_function_association {
      event_type = "viewer-request"
      lambda_arn = %s
    }
  }
}
"""
    found = found_in({"main.tf": text % reference})
    assert said(found["aws_lambda_function.at"]) == [("AC022", "blocker", EDGE.format("main.tf:16"))]
    assert found["aws_lambda_function.other"] == ()
