"""Functions as SAM and CloudFormation declare them, held to truth that was written by hand."""

from __future__ import annotations

from archcheck.deployables.model import Code, Deployable, Layer, Stated
from archcheck.manifest.manifest import Location
from tests.deployables.cloudformation.reading import found_among

SAM = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    Architectures: [x86_64]
    Layers:
      - arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:2
Resources:
  Billing:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: services/billing/
      Handler: app.handler
      MemorySize: 512
      Architectures:
        - arm64
      Layers:
        - !Ref Shared
    Metadata:
      BuildMethod: python-uv
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layers/shared
      CompatibleArchitectures: [arm64]
    Metadata:
      BuildMethod: python3.12
"""


def at(line, path="template.yaml"):
    return Location(path=path, line=line)


def test_a_sam_template_says_all_of_its_function_and_its_layer():
    result = found_among({"template.yaml": SAM, "services/billing/app.py": "", "layers/shared/x": ""})
    arn = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:2"
    assert result.problems == ()
    assert result.deployables == (
        Deployable(
            name="Billing",
            kind="function",
            tool="sam",
            platform="lambda",
            location=at(10),
            architectures=(Stated(value="aarch64", location=at(16)),),
            runtimes=(Stated(value="python3.12", location=at(5)),),
            code=Code(kind="folder", path="services/billing"),
            layers=(Layer(location=at(18), arn=arn), Layer(location=at(19), name="Shared")),
            memory_mb=512,
            build=Stated(value="python-uv", location=at(21)),
        ),
        Deployable(
            name="Shared",
            kind="layer",
            tool="sam",
            platform="lambda",
            location=at(22),
            architectures=(Stated(value="x86_64", location=at(22)),),
            is_default=True,
            runtimes=(),
            code=Code(kind="folder", path="layers/shared"),
            build=Stated(value="python3.12", location=at(28)),
            labels=(Stated(value="aarch64", location=at(26)),),
        ),
    )
