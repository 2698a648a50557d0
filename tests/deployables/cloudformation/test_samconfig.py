"""What samconfig.toml gives to the parameters of the template beside it."""

from __future__ import annotations

import pytest

from archcheck.deployables.cloudformation.samconfig import overrides_for
from tests.deployables.cloudformation.reading import architectures, found_among, tree_of

TEMPLATE = """\
Parameters:
  Arch: {Type: String, Default: x86_64, AllowedValues: [x86_64, arm64]}
Conditions:
  UseArm: !Equals [!Ref Arch, arm64]
  Not: !Not [!Condition UseArm]
  Other: !Equals [!Ref AWS::Region, x]
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      InlineCode: x
      Architectures: %s
"""
ARM = """\
[default.deploy.parameters]
parameter_overrides = "Stage=prod Arch=arm64"
[prod.deploy.parameters]
parameter_overrides = "Arch=x86_64"
"""


def of(value, config=ARM, path="template.yaml"):
    (one,) = found_among({path: TEMPLATE % value, "samconfig.toml": config}, path).deployables
    return architectures(one)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("[!Ref Arch]", [("aarch64", "parameter Arch is arm64 (samconfig.toml)"), ("x86_64", "parameter Arch is x86_64")]),
        ("[!If [UseArm, arm64, x86_64]]", [("aarch64", "UseArm is true (samconfig.toml)"), ("x86_64", "UseArm is false")]),
        ("[!If [Not, x86_64, arm64]]", [("aarch64", "Not is false (samconfig.toml)"), ("x86_64", "Not is true")]),
        ("[!If [Other, arm64, x86_64]]", [("aarch64", "Other is true"), ("x86_64", "Other is false")]),
    ],
)  # fmt: skip
def test_it_counts_before_the_default_and_is_named(value, found):
    assert of(value) == found


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ("", "template.yaml"),
        ("[default.deploy", "template.yaml"),
        ("default = 1", "template.yaml"),
        ("[prod.deploy.parameters]\nparameter_overrides = 'Arch=arm64'", "template.yaml"),
        ("[default.deploy.parameters]\nparameter_overrides = 'Arch=\"arm64'", "template.yaml"),
        (ARM, "other.yaml"),
        (f"[default.global.parameters]\ntemplate_file = 'other.yaml'\n{ARM}", "template.yaml"),
    ],
)
def test_what_is_of_another_environment_or_template_does_not_count(config, path):
    assert of("[!Ref Arch]", config, path)[0] == ("x86_64", "parameter Arch is x86_64 (by default)")


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("'A=1 B=\"2 3\"'", {"A": "1", "B": "2 3"}),
        ("'ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue=x,y'", {"A": "1", "B": "x,y"}),
        ("['A=1', 'B = 2']", {"A": "1"}),
        ("{A = 1, B = 'x', C = [1]}", {"A": "1", "B": "x"}),
        ("7", {}),
    ],
)
def test_the_ways_to_write_it(stated, found):
    config = f"[default.global.parameters]\ntemplate = 'a.yml'\nparameter_overrides = {stated}\n"
    assert overrides_for("x/a.yml", tree_of({"x/samconfig.toml": config})) == found
