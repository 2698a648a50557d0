"""Functions as SAM and CloudFormation declare them, held to truth that was written by hand."""

from __future__ import annotations

import pytest

from archcheck.deployables.model import Code, Deployable, Layer, Stated
from archcheck.manifest.manifest import Location
from tests.deployables.cloudformation.reading import architectures, found_among, only

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
            architectures=(Stated(value="aarch64", location=at(17)),),
            runtimes=(Stated(value="python3.12", location=at(5)),),
            code=Code(kind="folder", path="services/billing"),
            layers=(Layer(location=at(8), arn=arn), Layer(location=at(19), name="Shared")),
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


@pytest.mark.parametrize(
    ("common", "own", "expected"),
    [
        # What aws-sam-translator 1.115 made of each.
        ("Architectures: [x86_64]", "Architectures: [arm64]", [("aarch64", None)]),
        ("Architectures: [arm64]", "MemorySize: 128", [("aarch64", None)]),
        ("MemorySize: 128", "Architectures: [arm64]", [("aarch64", None)]),
        ("Architectures: !Ref A", "Architectures: [arm64]", [("aarch64", None)]),
        ("MemorySize: 128", "Timeout: 3", [("x86_64", None)]),
    ],
)
def test_globals_and_architectures(common, own, expected):
    function = only(f"""\
        Parameters: {{A: {{Type: String, Default: x86_64}}}}
        Globals: {{Function: {{{common}, Runtime: python3.12}}}}
        Resources:
          F: {{Type: AWS::Serverless::Function, Properties: {{{own}, CodeUri: s3://b/k}}}}
        """)
    assert architectures(function) == expected


@pytest.mark.parametrize(
    ("ignored", "runtime", "layers"),
    [
        ("[]", "python3.12", ["common", "own"]),
        ("[Layers]", "python3.12", ["own"]),
        ("'*'", None, ["own"]),
        ("[Runtime, Nothing]", None, ["common", "own"]),
        ("5", "python3.12", ["common", "own"]),
    ],
)
def test_ignored_globals(ignored, runtime, layers):
    function = only(f"""\
        Globals: {{Function: {{Layers: [common], Runtime: python3.12}}}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            IgnoreGlobals: {ignored}
            Properties: {{Layers: [own], CodeUri: s3://b/k}}
        """)
    assert [each.arn for each in function.layers] == layers
    assert [each.value for each in function.runtimes] == ([runtime] if runtime else [])


def test_globals_are_sams_alone():
    function = only("""\
        Transform: AWS::Serverless-2016-10-31
        Globals: {Function: {Architectures: [arm64]}}
        Resources:
          F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Code: {ZipFile: x}}}
        """)
    assert (function.tool, architectures(function), function.is_default) == ("sam", [("x86_64", None)], True)


FILES = {"a/src/app.py": "", "a/dist/built.zip": "", "a/one.py": "", "a/docker/Dockerfile": "", "x": ""}


@pytest.mark.parametrize(
    ("properties", "code", "unclear"),
    [
        ("CodeUri: src/", Code(kind="folder", path="a/src"), ()),
        ("Handler: x", Code(kind="folder", path="a"), ()),
        ("CodeUri: ../", Code(kind="folder", path="."), ()),
        ("CodeUri: dist/built.zip", Code(kind="artifact", path="a/dist/built.zip"), ()),
        ("CodeUri: one.py", Code(kind="artifact", path="a/one.py"), ()),
        ("CodeUri: out", Code(kind="folder", path="a/out"), ()),
        ("CodeUri: o.jar", Code(kind="artifact", path="a/o.jar"), ("a/o.jar: not in this repository",)),
        (
            "CodeUri: ../../x",
            Code(kind="elsewhere", reference="../../x"),
            ("../../x: outside of this repository",),
        ),
        ("CodeUri: s3://b/k", Code(kind="elsewhere", reference="s3://b/k"), ()),
        ("CodeUri: {Bucket: b, Key: k}", Code(kind="elsewhere", reference="s3://b/k"), ()),
        (
            "CodeUri: {Bucket: !Ref B, Key: !Sub '${B}/k'}",
            Code(kind="elsewhere", reference="s3://${B}/${B}/k"),
            (),
        ),
        (
            "CodeUri: !Ref B",
            Code(kind="elsewhere", reference="${B}"),
            ("CodeUri: parameter B has no default",),
        ),
        ("CodeUri: !Sub '${Where}/'", Code(kind="folder", path="a/src"), ()),
        (
            "CodeUri: !If [C, src, dist]",
            Code(kind="folder", path="a/src"),
            ("CodeUri: looked at where C is true; it is another one elsewhere",),
        ),
        ("InlineCode: 'def x(): pass'", Code(kind="inline", text="def x(): pass"), ()),
        ("CodeUri: [src]", None, ("CodeUri: not expected",)),
        ("CodeUri: {Nothing: b}", None, ("CodeUri: expected a path or a bucket with a key",)),
        ("PackageType: Image, ImageUri: 'r/i:1'", Code(kind="image", reference="r/i:1"), ()),
        ("ImageUri: !Sub '${AWS::AccountId}/i:1'", Code(kind="image", reference="${AWS::AccountId}/i:1"), ()),
        ("PackageType: Image", None, ("ImageUri: none is stated",)),
    ],
)
def test_where_the_code_of_a_serverless_function_is(properties, code, unclear):
    template = f"""\
Parameters: {{B: {{Type: String}}, Where: {{Type: String, Default: src}}}}
Conditions: {{C: !Equals [!Ref B, x]}}
Resources:
  F: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.12, {properties}}}}}
"""
    (function,) = found_among(FILES | {"a/t.yaml": template}, "a/t.yaml").deployables
    assert (function.code, function.unknown) == (code, unclear)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("{ZipFile: x}", Code(kind="inline", text="x")),
        ("{S3Bucket: b, S3Key: k}", Code(kind="elsewhere", reference="s3://b/k")),
        ("{ImageUri: 'r/i:1'}", Code(kind="image", reference="r/i:1")),
        ("src", Code(kind="folder", path="a/src")),
        ("!If [C, {ZipFile: x}, {ImageUri: i}]", Code(kind="inline", text="x")),
    ],
)
def test_where_the_code_of_a_lambda_function_is(code, expected):
    template = f"""\
Resources:
  F: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Code: {code}}}}}
"""
    (function,) = found_among(FILES | {"a/t.yaml": template}, "a/t.yaml").deployables
    assert (function.code, function.tool) == (expected, "cloudformation")


def test_an_image_that_sam_builds():
    template = """\
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, Architectures: [arm64]}
    Metadata:
      DockerContext: ./docker
      Dockerfile: Dockerfile
      DockerTag: v1
      DockerBuildTarget: prod
      DockerBuildArgs: {PYTHON: 3.12, DEBUG: true}
"""
    (function,) = found_among(FILES | {"a/t.yaml": template}, "a/t.yaml").deployables
    assert function.code == Code(
        kind="dockerfile",
        path="a/docker/Dockerfile",
        context="a/docker",
        stage="prod",
        args=(("PYTHON", "3.12"), ("DEBUG", "true")),
    )
    assert (function.runtimes, function.unknown) == ((), ())


def test_layers_of_a_function():
    function = only(
        """\
        Parameters: {Arn: {Type: String}, Version: {Type: Number, Default: 7}}
        Conditions: {Insights: !Equals [!Ref 'AWS::Region', x]}
        Resources:
          F:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: python3.12
              Code: {ZipFile: x}
              Layers:
                - arn:aws:lambda:eu-west-1:1:layer:A:1
                - !Sub arn:aws:lambda:${AWS::Region}:2:layer:B-x86_64:${Version}
                - !If [Insights, 'arn:aws:lambda:eu-west-1:3:layer:C:3', !Ref AWS::NoValue]
                - !Ref Local
                - !GetAtt Other.Outputs.LayerArn
                - !Ref Arn
        """.replace("Resources:", "Resources:\n          Local: {Type: 'AWS::Nothing::LayerVersion'}")
    )
    assert [(each.arn, each.name, each.when) for each in function.layers] == [
        ("arn:aws:lambda:eu-west-1:1:layer:A:1", None, None),
        (
            "arn:aws:lambda:${AWS::Region}:2:layer:B-x86_64:7",
            None,
            "parameter Version is 7 (by default)",
        ),
        ("arn:aws:lambda:eu-west-1:3:layer:C:3", None, "Insights is true"),
        ("${Local}", None, None),
        ("${Other.Outputs.LayerArn}", None, None),
        ("${Arn}", None, None),
    ]
    assert function.unknown == (
        "Layers: ${Local}: it is the resource Local",
        "Layers: ${Other.Outputs.LayerArn}: it is of the resource Other",
        "Layers: ${Arn}: parameter Arn has no default",
    )


@pytest.mark.parametrize(
    ("metadata", "built_for", "is_default"),
    [
        # sam-cli builds a layer for x86_64 whatever its label says, unless BuildArchitecture does.
        ("{BuildMethod: python3.12}", ["x86_64"], True),
        ("{BuildMethod: python3.12, BuildArchitecture: arm64}", ["aarch64"], False),
        ("{BuildMethod: python3.12, BuildArchitecture: x86_64}", ["x86_64"], False),
        ("{}", [], False),
        ("5", [], False),
    ],
)
@pytest.mark.parametrize("kind", ["AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"])
def test_what_a_layer_is_built_for(kind, metadata, built_for, is_default):
    layer = only(f"""\
        Resources:
          L:
            Type: {kind}
            Properties: {{ContentUri: s3://b/k, CompatibleArchitectures: [arm64], CompatibleRuntimes: [python3.12]}}
            Metadata: {metadata}
        """)
    assert ([each.value for each in layer.architectures], layer.is_default) == (built_for, is_default)
    assert [each.value for each in layer.labels] == ["aarch64"]
    assert [each.value for each in layer.runtimes] == ["python3.12"]
    assert bool(layer.unknown) is (not built_for)
