"""How arm64 is declared in a template's own text: what comes out, and what is left alone."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from archcheck.deployables.changes.lines import NotChanged, changed
from archcheck.deployables.cloudformation.change import to_arm64
from tests.deployables.cloudformation.reading import architectures, found_among


def arm64(text, name="F", path="t.yaml"):
    """Return why there is no change for the one deployable called *name*, and the text with what there is."""
    (deployable,) = [each for each in found_among({path: text}, path).deployables if each.name == name]
    change = to_arm64(text, deployable)
    return (change.reason, text) if isinstance(change, NotChanged) else (None, changed(text, change))


SHORT = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("      Architectures: [x86_64]\n", "      Architectures: [arm64]\n"),
        ("      Architectures: [ 'x86_64' ]  # why\n", "      Architectures: [ 'arm64' ]  # why\n"),
        ("      Architectures:\n        - x86_64  # why\n", "      Architectures:\n        - arm64  # why\n"),
        ('      Architectures:\n      - "x86_64"\n', '      Architectures:\n      - "arm64"\n'),
        ("      Architectures: []\n", "      Architectures: [arm64]\n"),
        ("      Architectures: x86_64\n", "      Architectures: [arm64]\n"),
        ("      Architectures:\n", "      Architectures: [arm64]\n"),
        (
            "      Handler: a.b\n      Runtime: python3.12  # as CI\n      # Where it is.\n      CodeUri: src\n",
            """\
      Handler: a.b
      Runtime: python3.12  # as CI
      Architectures: [arm64]
      # Where it is.
      CodeUri: src
""",
        ),
        (
            "      # All of it.\n      Layers:\n        - a\n",
            "      # All of it.\n      Architectures: [arm64]\n      Layers:\n        - a\n",
        ),
        (
            "      Runtime:\n        Ref: R\n      Handler: a.b",
            "      Runtime:\n        Ref: R\n      Handler: a.b\n      Architectures: [arm64]",
        ),
        ("      Runtime: x\r\n", "      Runtime: x\r\n      Architectures: [arm64]\r\n"),
        (
            "      Description: >\n        Architectures: [x86_64]\n      Runtime: x\n",
            "      Description: >\n        Architectures: [x86_64]\n      Runtime: x\n      Architectures: [arm64]\n",
        ),
        ("      CodeUri: 'é☃𐍈'\n", "      CodeUri: 'é☃𐍈'\n      Architectures: [arm64]\n"),
    ],
)
def test_properties_in_a_block(before, after):
    before = SHORT.replace("\n", "\r\n" if "\r\n" in before else "\n") + before
    reason, text = arm64(before)
    assert reason is None
    assert text == SHORT.replace("\n", "\r\n" if "\r\n" in before else "\n") + after
    (function,) = found_among({"t.yaml": text}, "t.yaml").deployables
    assert architectures(function) == [("aarch64", None)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Runtime: x}}\n",
            "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Architectures: [arm64], Runtime: x}}\n",
        ),
        (
            "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {}}\n",
            "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Architectures: [arm64]}}\n",
        ),
        (
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n",
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Architectures: [arm64]\n",
        ),
        (
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n",
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Architectures: [arm64]}\n",
        ),
        (
            "Globals: {Function: {Architectures: [x86_64]}}\n" + SHORT + "      Runtime: x\n",
            "Globals: {Function: {Architectures: [x86_64]}}\n"
            + SHORT
            + "      Runtime: x\n      Architectures: [arm64]\n",
        ),
        # The defaults of others are left alone: what is the function's own outranks what it merges.
        (
            "X: &d {Architectures: [x86_64]}\n" + SHORT + "      <<: *d\n      Runtime: x\n",
            "X: &d {Architectures: [x86_64]}\n"
            + SHORT
            + "      <<: *d\n      Runtime: x\n      Architectures: [arm64]\n",
        ),
        (
            "a: 1\n---\n" + SHORT + "      Runtime: x\n",
            "a: 1\n---\n" + SHORT + "      Runtime: x\n      Architectures: [arm64]\n",
        ),
    ],
)
def test_other_ways_to_write_it(before, after):
    assert arm64(before) == (None, after)


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize(
    "properties", [{"Runtime": "x"}, {}, {"Architectures": ["x86_64"]}, {"Tags": {"a": "b"}}]
)
def test_json_stays_json(indent, properties):
    other = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "y"}}
    document = {
        "Resources": {
            "E": other,
            "F": {"Type": "AWS::Lambda::Function", "Properties": properties},
            "G": other,
        }
    }
    before = json.dumps(document, indent=indent)
    reason, after = arm64(before, path="t.json")
    assert reason is None
    document["Resources"]["F"]["Properties"] = properties | {"Architectures": ["arm64"]}
    assert json.loads(after) == document
    added = after.count("\n") - before.count("\n")
    assert added == (indent is not None and bool(properties) and "Architectures" not in properties)


def test_a_layer_and_a_task():
    text = dedent("""\
        Resources:
          L:
            Type: AWS::Serverless::LayerVersion
            Metadata:
              BuildMethod: python3.12
          T:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: x
              ContainerDefinitions:
                - {Name: a, Image: i}
                - {Name: b, Image: j}
        """)
    assert arm64(text, "L")[1] == text.replace("python3.12\n", "python3.12\n      BuildArchitecture: arm64\n")
    assert arm64(text, "T/b")[1] == text.replace(
        "Family: x\n", "Family: x\n      RuntimePlatform:\n        CpuArchitecture: ARM64\n"
    )


HEAD = """\
Parameters: {A: {Type: String, Default: x86_64, AllowedValues: [x86_64, arm64]}, B: {Default: x86_64}, C: {Type: String}}
Conditions: {Arm: !Equals [!Ref A, arm64]}
X: &shared [x86_64]
"""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[arm64]", "it is arm64 already"),
        ("[!Ref A]", "it is arm64 where parameter A is arm64; see to that (t.yaml:8)"),
        ("[!If [Arm, arm64, x86_64]]", "it is arm64 where Arm is true; see to that (t.yaml:8)"),
        ("[!Ref B]", "it is x86_64 where parameter B is x86_64 (by default); give arm64 there (t.yaml:8)"),
        ("[!Ref C]", "what it is today is not told: Architectures: parameter C has no default"),
        ("!Split [',', x86_64]", "line 8: a function decides Architectures; change it there"),
        ("[!Select [0, [x86_64]]]", "line 8: a function decides Architectures; change it there"),
        ("*shared", "Architectures is an alias of line 3; change it there"),
        (
            "&mine [x86_64]\n      Other: *mine",
            "the file shares this part with others by an alias; change it by hand",
        ),
        ("[x86_64, x86_64]", "Architectures states 2; change it by hand"),
    ],
)
def test_why_there_is_no_edit(value, reason):
    assert arm64(f"{HEAD}{SHORT}      Architectures: {value}\n")[0] == reason


def test_what_is_written_elsewhere_is_changed_there():
    loop = "Resources:\n  Fn::ForEach::L:\n    - N\n    - [a]\n    - F${N}:\n        Type: AWS::Lambda::Function\nTransform: x\n"
    assert arm64(loop, "Fa")[0] == "Fn::ForEach writes it out together with others; change it there"
    layer = "Resources: {L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: x}}}\n"
    assert "BuildMethod: none is stated" in arm64(layer, "L")[0]
    cdk = "Resources: {F: {Type: AWS::Lambda::Function, Metadata: {'aws:cdk:path': S/F/Resource}}}\n"
    assert arm64(cdk, "S/F")[0] == (
        "cdk.out is written by cdk synth; change the construct: architecture=Architecture.ARM_64"
    )
    properties = "X: &p {Runtime: x}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: *p\n"
    assert arm64(properties)[0] == "Properties is an alias of line 1; change it there"
