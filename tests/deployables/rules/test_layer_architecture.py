"""AC020: layers and extensions of the other architecture."""

from __future__ import annotations

import pytest

from tests.deployables.rules.judging import found_in, said

HEAD = "Transform: AWS::Serverless-2016-10-31\n"
PARAMETER = "Parameters:\n  Arm: {Type: String}\nConditions:\n  UseArm: !Equals [!Ref Arm, 'yes']\n"
FUNCTION = """\
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Runtime: python3.12
"""
PLACE = " in its place"


def arn(name, region="${AWS::Region}"):
    return f"!Sub arn:aws:lambda:{region}:336392948345:layer:{name}:7"


def on(architecture, *layers, before="", after=""):
    """What is found on one function with these layers."""
    stated = f"      Architectures: [{architecture}]\n" if architecture else ""
    listed = "      Layers:\n" + "".join(f"        - {each}\n" for each in layers)
    text = f"{HEAD}{before}{FUNCTION}{stated}{listed}{after}"
    return found_in({"template.yaml": text, "src/app.py": "", "layers/a.py": ""})


PANDAS = "the layer AWSSDKPandas-Python312 is for x86_64"
TWIN = f"take AWSSDKPandas-Python312-Arm64{PLACE}"


@pytest.mark.parametrize(
    ("architecture", "layer", "severity", "message"),
    [
        (
            None,
            "AWSSDKPandas-Python312",
            "warning",
            f"{PANDAS}; moving to arm64 {TWIN.replace('take', 'takes')}",
        ),
        (
            "x86_64",
            "AWSSDKPandas-Python312",
            "warning",
            f"{PANDAS}; moving to arm64 {TWIN.replace('take', 'takes')}",
        ),
        ("arm64", "AWSSDKPandas-Python312", "blocker", f"{PANDAS}, and the function is arm64; {TWIN}"),
        ("arm64", "AWSSDKPandas-Python312-Arm64", None, None),
        (
            "x86_64",
            "AWSSDKPandas-Python312-Arm64",
            "warning",
            (
                "the layer AWSSDKPandas-Python312-Arm64 is for arm64, and the function is x86_64; "
                f"take AWSSDKPandas-Python312{PLACE}"
            ),
        ),
        # Much of Klayers is pure Python.
        (
            "arm64",
            "Klayers-p312-requests",
            "warning",
            (
                "the layer Klayers-p312-requests is for x86_64, and the function is arm64; "
                f"take Klayers-p312-arm64-requests{PLACE}"
            ),
        ),
        (
            "arm64",
            "ours-amd64",
            "blocker",
            (
                "the layer ours-amd64 is for x86_64, and the function is arm64; "
                f"take ours-arm64{PLACE}, if there is one"
            ),
        ),
        ("arm64", "AWSOpenTelemetryDistroPython", None, None),
        ("arm64", "AWSLambdaPowertoolsPythonV3-python312-${Arm}", None, None),
    ],
)
def test_the_other_of_a_pair_is_named(architecture, layer, severity, message):
    found = on(architecture, arn(layer))["Api"]
    assert said(found) == ([("AC020", severity, message)] if severity else [])
    assert all(each.location.line == 10 - (architecture is None) for each in found)
    assert all(layer in each.evidence.detail[0] for each in found)


@pytest.mark.parametrize("region", ["eu-west-1", "${AWS::Region}", "cn-north-1"])
def test_region_and_account_may_be_anything(region):
    assert len(on("arm64", arn("AWSSDKPandas-Python312", region))["Api"]) == 1


def test_each_layer_is_told_once():
    names = ("LambdaInsightsExtension", "Datadog-Extension", "LambdaInsightsExtension")
    found = on("arm64", *map(arn, names))["Api"]
    assert [each.message.split()[2] for each in found] == ["LambdaInsightsExtension", "Datadog-Extension"]
    assert len({each.fingerprint for each in found}) == 2


def test_what_one_parameter_decides_is_chosen_together():
    names = ("AWSSDKPandas-Python312", "AWSSDKPandas-Python312-Arm64")
    x86, arm = (arn(name, "eu-west-1").removeprefix("!Sub ") for name in names)
    both = f"!If [UseArm, {arm}, {x86}]"
    either = "!If [UseArm, arm64, x86_64]"
    assert on(either, both, before=PARAMETER)["Api"] == ()
    (found,) = on(either, x86, before=PARAMETER)["Api"]
    assert (str(found.severity), found.message) == (
        "warning",
        f"{PANDAS}, and the function is arm64 where UseArm is true; {TWIN}",
    )


def test_a_layer_on_a_condition_alone_and_an_architecture_on_one():
    x86 = arn("AWSSDKPandas-Python312", "eu-west-1").removeprefix("!Sub ")
    perhaps = f"!If [UseArm, {x86}, !Ref AWS::NoValue]"
    (found,) = on("arm64", perhaps, before=PARAMETER)["Api"]
    assert (str(found.severity), found.message) == (
        "warning",
        f"{PANDAS} where UseArm is true, and the function is arm64; {TWIN}",
    )
    (found,) = on("x86_64", perhaps, before=PARAMETER)["Api"]
    assert found.message.startswith(f"{PANDAS} where UseArm is true; moving to arm64 takes ")
    (found,) = on("!If [UseArm, arm64, arm64]", x86, before=PARAMETER)["Api"]
    assert str(found.severity) == "blocker"  # whatever the parameter is


SHARED = """\
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layers
{labels}    Metadata:
      BuildMethod: python3.12
{build}"""


@pytest.mark.parametrize(
    ("architecture", "labels", "build", "severity", "message"),
    [
        ("arm64", "", "", "blocker", "built for x86_64, and the function is arm64; make one for arm64"),
        ("x86_64", "", "", "warning", "built for x86_64; moving to arm64 takes one that is for it"),
        ("arm64", "", "arm64", None, None),
        (
            "x86_64",
            "",
            "arm64",
            "warning",
            "built for arm64, and the function is x86_64; make one for x86_64",
        ),
        # AC019 says it of the layer.
        ("arm64", "arm64", "", None, None),
    ],
)
def test_a_layer_of_the_same_template(architecture, labels, build, severity, message):
    shared = SHARED.format(
        labels=f"      CompatibleArchitectures: [{labels}]\n" if labels else "",
        build=f"      BuildArchitecture: {build}\n" if build else "",
    )
    found = on(architecture, "!Ref Shared", after=shared)["Api"]
    told = f"the layer Shared is {message}"
    assert said(found) == ([("AC020", severity, told)] if severity else [])


@pytest.mark.parametrize(("labels", "severity"), [("", None), ("x86_64", "warning"), ("arm64, x86_64", None)])
def test_what_a_makefile_puts_there_is_told_by_a_label_alone(labels, severity):
    shared = SHARED.format(
        labels=f"      CompatibleArchitectures: [{labels}]\n" if labels else "", build=""
    ).replace("python3.12", "makefile")
    found = on("arm64", "!Ref Shared", after=shared)["Api"]
    assert [str(each.severity) for each in found] == ([severity] if severity else [])


TERRAFORM = """\
resource "aws_lambda_layer_version" "shared" {
  layer_name               = "shared"
  filename                 = "layer.zip"
  compatible_architectures = [%s]
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  runtime       = "python3.12"
  architectures = ["arm64"]
  filename      = "api.zip"
  layers        = [aws_lambda_layer_version.shared.arn, "arn:aws:lambda:eu-west-1:1:layer:Datadog-Python312:9"]
}
"""


@pytest.mark.parametrize(
    ("labels", "is_told"), [('"x86_64"', True), ('"x86_64", "arm64"', False), ("", False)]
)
def test_a_layer_that_nothing_builds_is_what_its_label_says(labels, is_told):
    pytest.importorskip("hcl2")
    found = found_in({"main.tf": TERRAFORM % labels})["aws_lambda_function.api"]
    told = [each.message for each in found if "is labelled for x86_64" in each.message]
    assert len(told) == is_told
    assert [str(each.severity) for each in found] == ["blocker"] + ["warning"] * is_told


OURS = "arn:aws:lambda:eu-west-1:123456789012:layer:{}:3"


@pytest.mark.parametrize(
    ("architecture", "name", "rules"),
    [
        (None, "mylibs", ["AC009"]),
        ("arm64", "mylibs", []),
        (None, "mylibs-x86", ["AC020"]),
        (None, "mylibs_x86", ["AC020"]),
        (None, "mylibs-arm64", ["AC020"]),
        (None, "SentryPythonServerlessSDK", []),
        (None, "AWSOpenTelemetryDistroPython", []),
    ],
)
def test_a_layer_of_which_nobody_knows_what_it_is_for(architecture, name, rules):
    found = on(architecture, OURS.format(name))["Api"]
    assert [each.rule for each in found] == rules
    if rules == ["AC009"]:
        assert said(found) == [("AC009", "unknown", f"a layer that was not read: {OURS.format(name)}")]


def test_a_layer_that_is_named_when_it_is_deployed():
    (found,) = on(None, "!ImportValue layer")["Api"]
    assert (found.rule, str(found.severity)) == ("AC009", "unknown")
    assert found.message.startswith("a layer that was not read: ")
