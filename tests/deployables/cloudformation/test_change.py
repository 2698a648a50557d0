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
    return (change.reason, text) if isinstance(change, NotChanged) else (None, changed(text, change.lines))


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
Parameters: {A: {Type: String, Default: x86_64, AllowedValues: [x86_64, arm64]}, B: {Default: x86_64}, C: {Type: String}, D: {Default: arm64, AllowedValues: [x86_64, arm64]}}
Conditions: {Arm: !Equals [!Ref A, arm64]}
X: &shared [x86_64]
"""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[arm64]", "it is arm64 already"),
        (
            "[!Ref A]\n      Tags: {a: !Ref A}",
            "it is arm64 where parameter A is arm64; see to that (t.yaml:8)",
        ),
        (
            "[!If [Arm, arm64, x86_64]]\n    Condition: Arm",
            "it is arm64 where Arm is true; see to that (t.yaml:8)",
        ),
        (
            "[!Ref B]\n      FunctionName: !Sub 'x-${B}'",
            "it is x86_64 where parameter B is x86_64 (by default); give arm64 there (t.yaml:8)",
        ),
        ("[!Ref D]", "it is arm64 already, by default"),
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


POWERTOOLS = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV2"


@pytest.mark.parametrize(
    "layers",
    [
        "[{}:7]",
        "\n        - '{}:7'  # why",
        "\n        - !Sub {}:7",
        "\n        - Fn::Sub: {}:${{V}}",
        "\n        - !Join [':', [{}, '7']]",
        "!If [C, [{}:7], !Ref AWS::NoValue]",
        "[!Ref L, {}:7]",
    ],
)
def test_its_layers_change_with_it(layers):
    layers = layers.format(POWERTOOLS)
    before = f"{SHORT}      Runtime: x\n      Layers: {layers}\n"
    reason, after = arm64(before)
    assert reason is None
    assert after == before.replace("PythonV2", "PythonV2-Arm64").replace(
        "x\n", "x\n      Architectures: [arm64]\n", 1
    )


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        (
            "[arn:aws:lambda:x:580247275435:layer:LambdaInsightsExtension:53]",
            (
                "take the layer LambdaInsightsExtension-Arm64 in place of LambdaInsightsExtension (t.yaml:11), "
                "whose versions have numbers of their own, and declare arm64 with it"
            ),
        ),
        (
            "[arn:aws:lambda:x:1:layer:ours-amd64:1]",
            "take the layer ours-arm64 in place of ours-amd64 (t.yaml:11), if there is one, and declare arm64 with it",
        ),
        (
            "[!Ref Powertools]",
            (
                "the layer AWSLambdaPowertoolsPythonV2 is named elsewhere; take AWSLambdaPowertoolsPythonV2-Arm64 "
                "there, and declare arm64 with it"
            ),
        ),
        (
            "&mine [{}:7]\n      Other: *mine",
            "the file shares this part with others by an alias; change it by hand",
        ),
    ],
)
def test_a_layer_that_nobody_can_write_keeps_it(layers, reason):
    head = f"Parameters:\n  Powertools:\n    Type: String\n    Default: {POWERTOOLS}:7\n"
    before = f"{head}{SHORT}      Handler: a.b\n      Runtime: x\n      Layers: {layers.format(POWERTOOLS)}\n"
    assert arm64(before)[0] == reason


def made(text, name="F"):
    (deployable,) = [
        each for each in found_among({"t.yaml": text}, "t.yaml").deployables if each.name == name
    ]
    return to_arm64(text, deployable)


def test_layers_that_are_declared_elsewhere_are_to_be_seen_to():
    text = (
        f"{SHORT}      Layers: [!ImportValue Shared, !GetAtt Stack.Outputs.Layer, 'arn:a:layer:ours:1', !Ref L]\n"
        "  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: x}}\n"
    )
    assert made(text).by_hand == (
        "see that these layers are for arm64: ${Fn::ImportValue} (t.yaml:5), ${Stack.Outputs.Layer} (t.yaml:5), "
        "ours (t.yaml:5)"
    )


def test_layers_of_globals_move_all_who_have_them():
    function = "    Type: AWS::Serverless::Function\n    Properties: {Runtime: x}\n"
    text = (
        f"Globals:\n  Function:\n    Layers: ['{POWERTOOLS}:7']\nResources:\n"
        f"  F:\n{function}  G:\n{function}  H:\n    IgnoreGlobals: [Layers]\n{function}"
    )
    change = made(text)
    assert change.together == ("G",)
    assert changed(text, change.lines) == text.replace("V2", "V2-Arm64").replace(
        "{", "{Architectures: [arm64], ", 1
    )
    assert made(text, "H").together == ()


def test_the_label_of_a_layer_changes_with_what_it_is_built_for():
    text = (
        "Resources:\n  L:\n    Type: AWS::Serverless::LayerVersion\n    Metadata:\n      BuildMethod: python3.12\n"
        "      BuildArchitecture: x86_64\n    Properties:\n      CompatibleArchitectures: [x86_64]\n"
    )
    assert arm64(text, "L") == (None, text.replace("x86_64", "arm64"))


ON = "Parameters:\n  P:\n    Type: String\n    Default: 'no'  # why\n    AllowedValues: ['yes', 'no']\n"
IS_ARM = "Conditions: {Arm: !Equals [!Ref P, 'yes'], Intel: !Not [Condition: Arm]}\n"


@pytest.mark.parametrize(
    "value",
    [
        "[!If [Arm, arm64, x86_64]]",
        "!If [Intel, [x86_64], [arm64]]",
        "[!If [Intel, !Ref AWS::NoValue, arm64]]",
    ],
)
def test_a_default_that_decides_nothing_else_is_changed(value):
    layers = f"      Layers: !If [Arm, [{POWERTOOLS}-Arm64:7], [{POWERTOOLS}:7]]\n"
    text = f"{ON}{IS_ARM}{SHORT}      Architectures: {value}\n{layers}"
    other = "  G:\n    Type: AWS::Serverless::Function\n    Properties: {Architectures: [!If [Arm, arm64, x86_64]]}\n"
    change = made(text + other)
    assert changed(text + other, change.lines) == (text + other).replace("Default: 'no'", "Default: 'yes'")
    assert change.together == ("G",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "\n    Default: x86_64\n    AllowedValues: [x86_64]\n",
            "\n    Default: arm64\n    AllowedValues: [x86_64, arm64]\n",
        ),
        (
            '\n    AllowedValues:\n      - "x86_64"  # all that was tried\n    Default: x86_64\n',
            '\n    AllowedValues:\n      - "x86_64"  # all that was tried\n      - "arm64"\n    Default: arm64\n',
        ),
        (
            "\r\n    Default: x86_64\r\n    AllowedValues:\r\n    - x86_64\r\n",
            "\r\n    Default: arm64\r\n    AllowedValues:\r\n    - x86_64\r\n    - arm64\r\n",
        ),
        (
            " {Default: x86_64, AllowedValues: [x86_64]}\n",
            " {Default: arm64, AllowedValues: [x86_64, arm64]}\n",
        ),
        (
            "\n    Default: x86_64\n    AllowedValues: [\n      x86_64\n    ]\n",
            "\n    Default: arm64\n    AllowedValues: [\n      x86_64,\n      arm64\n    ]\n",
        ),
    ],
    ids=["flow", "quoted", "crlf", "one-line", "flow-of-lines"],
)
@pytest.mark.parametrize("value", ["!Ref P", "[!Ref P]", "!If [Arm, [arm64], [x86_64]]"])
def test_a_parameter_that_does_not_allow_arm64_is_made_to(before, after, value):
    rest = f"Conditions: {{Arm: !Equals [!Ref P, arm64]}}\n{SHORT}      Architectures: {value}\n"
    text = f"Parameters:\n  P:{before}{rest}"
    change = made(text)
    assert changed(text, change.lines) == f"Parameters:\n  P:{after}{rest}"
    assert (change.parameter, change.widened) == ("P", True)


@pytest.mark.parametrize(
    ("parameter", "other"),
    [
        ("{Default: x86_64, AllowedValues: [x86_64]}", "Outputs: {O: {Value: !Ref P}}\n"),
        ("{Type: String, AllowedValues: [x86_64]}", ""),
    ],
    ids=["decides-something-else", "no-default"],
)
def test_where_it_cannot_be_made_to_what_it_has_to_allow_is_said(parameter, other):
    text = f"Parameters:\n  P: {parameter}\n{SHORT}      Architectures: [!Ref P]\n{other}"
    said = "add arm64 to the AllowedValues of P (t.yaml:2) and give it that value"
    assert made(text) == NotChanged(reason=said)


def test_values_by_a_pattern_are_left_to_people():
    parameter = "{Default: x86_64, AllowedValues: [x86_64], AllowedPattern: 'x86_64'}"
    text = f"Parameters:\n  P: {parameter}\n{SHORT}      Architectures: [!Ref P]\n"
    assert made(text) == NotChanged(reason="line 7: a function decides Architectures; change it there")


@pytest.mark.parametrize(
    "other",
    [
        "Outputs: {O: {Value: !Ref P}}\n",
        "Outputs: {O: {Value: !Sub 'a-${P}'}}\n",
        "Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, 'no']}]}}\n",
        "  B: {Type: AWS::S3::Bucket, Condition: Intel}\n",
        "  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [Arm, a, b]}}\n",
        "  B: {Type: AWS::CloudFormation::Stack, Properties: {Parameters: {P: !Ref P}}}\n",
    ],
)
def test_a_default_that_decides_something_else_is_left_alone(other):
    text = f"{ON}{IS_ARM}{SHORT}      Architectures: [!If [Arm, arm64, x86_64]]\n{other}"
    assert made(text) == NotChanged(reason="it is arm64 where Arm is true; see to that (t.yaml:11)")


def test_a_choice_of_several_values_is_left_to_people():
    several = ON.replace("['yes', 'no']", "['yes', 'no', 'never']")
    text = f"{several}{IS_ARM}{SHORT}      Architectures: [!If [Arm, x86_64, arm64]]\n".replace(
        "'no'  #", "'yes'  #"
    )
    assert isinstance(made(text), NotChanged)


@pytest.mark.parametrize(
    "stage",
    [
        "{Default: prod}",
        "{Default: prod, AllowedValues: [prod, dev]}",
        "{Default: prod, AllowedValues: [prod]}",
        "{Default: prod, AllowedValues: [prod, arm64]}",
        "{Default: prod, AllowedValues: [prod, 'false']}",
    ],
)
@pytest.mark.parametrize("value", ["!If [IsProd, [x86_64], [arm64]]", "[!If [IsProd, x86_64, arm64]]"])
def test_a_parameter_that_says_no_architecture_keeps_its_default(stage, value):
    """Another stage would be deployed, though nothing else in the template hangs on it."""
    condition = "Conditions: {IsProd: !Equals [!Ref Stage, prod]}\n"
    text = f"Parameters:\n  Stage: {stage}\n{condition}{SHORT}      Architectures: {value}\n"
    said = (
        "Stage decides, which says no architecture; give arm64 where IsProd is true (by default) (t.yaml:8)"
    )
    assert made(text) == NotChanged(reason=said)


def test_of_a_stage_and_an_architecture_the_architecture_changes():
    text = (
        "Parameters:\n  Stage: {Default: prod}\n  Arch: {Default: amd64, AllowedValues: [amd64, aarch64, auto]}\n"
        "Conditions: {IsProd: !Equals [!Ref Stage, prod], Intel: !Equals [!Ref Arch, amd64]}\n"
        f"{SHORT}      Architectures: !If [IsProd, !If [Intel, [x86_64], [arm64]], [arm64]]\n"
    )
    change = made(text)
    assert changed(text, change.lines) == text.replace("Default: amd64", "Default: aarch64")


def test_yes_or_no_takes_no_other_word():
    text = (
        "Parameters:\n  P: {Default: 'false'}\nConditions: {Intel: !Equals [!Ref P, 'false']}\n"
        f"{SHORT}      Architectures: !If [Intel, [x86_64], [arm64]]\n"
    )
    assert made(text) == NotChanged(reason="it is arm64 where Intel is false; see to that (t.yaml:8)")


GLOBALS = "Globals: {Function: {Architectures: [x86_64]}}\nResources:\n"
HEIR = "  %s:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: x\n%s"
OWN = "      Architectures: [arm64]\n"


@pytest.mark.parametrize(
    ("others", "heirs"),
    [
        ("", ("F", "G")),
        (HEIR % ("N", OWN), ("F", "G")),
        (
            "  Fn::ForEach::L: [X, [a], {'F${X}': {Type: AWS::Serverless::Function}}]\n",
            ("F", "G", "Fn::ForEach::L"),
        ),
        ("  I: {Type: AWS::Serverless::Function, IgnoreGlobals: '*'}\n", ("F", "G")),
        ("  C: {Type: AWS::Lambda::Function}\n", ("F", "G")),
    ],
    ids=["all", "own", "loop", "ignoring", "cloudformation"],
)
def test_what_globals_say_for_all_who_inherit(others, heirs):
    text = GLOBALS + HEIR % ("F", "") + HEIR % ("G", "") + others
    change = made(text)
    assert changed(text, change.lines) == GLOBALS + HEIR % ("F", OWN) + HEIR % ("G", "") + others
    assert changed(text, change.common.lines) == text.replace("[x86_64]", "[arm64]", 1)
    assert (change.common.heirs, change.common.own) == (heirs, change.lines[0])


@pytest.mark.parametrize(
    "text",
    [
        SHORT + "      Runtime: x\n",
        "Globals: {Api: {}}\n" + SHORT + "      Runtime: x\n",
        "Globals: {Function: {Architectures: [!Ref P]}}\n" + SHORT + "      Architectures: [x86_64]\n",
        GLOBALS + HEIR % ("F", "      Architectures: [x86_64]\n"),
    ],
    ids=["none", "of-others", "decided", "own"],
)
def test_globals_that_say_nothing_of_it_are_left_alone(text):
    assert made(text).common is None


@pytest.mark.parametrize(("outputs", "is_said"), [("", False), ("Outputs: {L: {Value: !Ref L}}\n", True)])
def test_who_else_may_have_a_layer_is_said(outputs, is_said):
    layer = (
        "Resources:\n  L:\n    Type: AWS::Serverless::LayerVersion\n    Metadata: {BuildMethod: python3.12}\n"
    )
    change = made(layer + outputs, "L")
    assert (change.by_hand is not None) is is_said
