"""What a report on a repository says of how each thing is built and deployed."""

from __future__ import annotations

import pytest

from tests.cli.running import validated

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Runtime: python3.11
      Architectures: [arm64]
      Layers:
        - arn:aws:lambda:eu-west-1:464622532012:layer:Datadog-Extension:9
    Metadata:
      BuildMethod: python-uv
"""
LAYER = 'resource "aws_lambda_layer_version" "shared" {\n  layer_name = "s"\n  compatible_architectures = ["x86_64"]\n}\n'
FUNCTION = """\
resource "aws_lambda_function" "api" {
  function_name = "api"
  runtime       = "python3.12"
  architectures = ["arm64"]
  filename      = "api.zip"
  layers        = [aws_lambda_layer_version.shared.arn]
}
"""


@pytest.fixture
def findings(archcheck):
    """What is found on each thing that the folder deploys, by its name; the report is valid."""

    def run():
        report = validated(archcheck(".", "--json").out)
        return {each["name"]: each["findings"] for each in report["deployables"]}

    return run


def test_the_wheels_of_the_audit_decide_between_a_warning_and_a_blocker(archcheck, store, findings):
    (archcheck.folder / "src").mkdir()
    archcheck.write("src/requirements.txt", "demo\n")
    archcheck.write("template.yaml", TEMPLATE)
    store.add(
        "demo", "2.1", wheels=["cp311-cp311-manylinux2014_x86_64", "cp311-cp311-manylinux_2_28_aarch64"]
    )
    uv, layer = sorted(findings()["Api"], key=lambda each: each["rule"])
    assert (uv["rule"], uv["severity"], uv["target"]) == ("AC019", "blocker", "lambda:python3.11")
    assert uv["location"] == {"path": "template.yaml", "line": 12}
    assert uv["evidence"]["detail"] == ["demo-2.1-cp311-cp311-manylinux_2_28_aarch64.whl"]
    assert (layer["rule"], layer["severity"]) == ("AC020", "blocker")
    assert "Datadog-Extension-ARM" in layer["message"]


def test_layers_of_terraform_are_known_in_every_file_of_their_folder(archcheck, findings):
    pytest.importorskip("hcl2")
    archcheck.write("layers.tf", LAYER)
    archcheck.write("main.tf", FUNCTION)
    (archcheck.folder / "src").mkdir()
    archcheck.write("src/requirements.txt", "")
    (layer,) = findings()["aws_lambda_function.api"]
    assert (layer["rule"], layer["severity"]) == ("AC020", "warning")
    assert layer["location"] == {"path": "main.tf", "line": 6}
