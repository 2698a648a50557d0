"""Parameters, conditions, mappings and loops: what a template may come to, by truth written by hand."""

from __future__ import annotations

import pytest

from tests.deployables.cloudformation.reading import architectures, found, only

TEMPLATE = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Parameters:
  Arch: {{Type: String, Default: x86_64, AllowedValues: [x86_64, arm64]}}
  Free: {{Type: String, Default: arm64}}
  Asked: {{Type: String}}
  Chosen: {{Type: String, AllowedValues: [arm64, x86_64]}}
  Kept: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /my/architecture}}
  Several: {{Type: CommaDelimitedList, Default: 'arm64, x86_64'}}
  Stage: {{Type: String, Default: dev}}
Mappings:
  ByStage:
    dev: {{Arch: x86_64, Same: arm64}}
    prod: {{Arch: arm64, Same: arm64}}
  ByRegion:
    eu-west-1: {{Arch: arm64}}
    us-east-1: {{Arch: x86_64}}
Conditions:
  UseArm: !Equals [!Ref Stage, prod]
  UseX86: !Not [!Condition UseArm]
  Both: !And [!Condition UseX86, !Equals [!Ref Stage, dev]]
  Either: !Or [!Condition UseArm, !Equals [!Ref 'AWS::Region', eu-west-1]]
  InEurope: !Equals [!Ref 'AWS::Region', eu-west-1]
  Round: !Not [!Condition Round]
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      InlineCode: x
      Architectures: {value}
"""
X86, ARM = "x86_64", "aarch64"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[arm64]", [(ARM, None)]),
        ("[!Ref Free]", [(ARM, "parameter Free is arm64 (by default)")]),
        (
            "[!Ref Arch]",
            [(X86, "parameter Arch is x86_64 (by default)"), (ARM, "parameter Arch is arm64")],
        ),
        (
            "[!Sub '${{Arch}}']",
            [(X86, "parameter Arch is x86_64 (by default)"), (ARM, "parameter Arch is arm64")],
        ),
        ("[!Ref Chosen]", [(ARM, "parameter Chosen is arm64"), (X86, "parameter Chosen is x86_64")]),
        ("[!Ref Asked]", []),
        ("[!Ref Kept]", []),
        ("[!Ref Nowhere]", []),
        ("[!Ref 'AWS::Region']", []),
        ("[!ImportValue other]", []),
        ("[arm]", []),
        ("[[arm64]]", []),
        ("[!If [UseArm, arm64, x86_64]]", [(X86, "UseArm is false (by default)"), (ARM, "UseArm is true")]),
        ("!If [UseX86, [x86_64], [arm64]]", [(X86, "UseX86 is true (by default)"), (ARM, "UseX86 is false")]),
        ("!If [Both, [x86_64], [arm64]]", [(X86, "Both is true (by default)"), (ARM, "Both is false")]),
        (
            "!If [InEurope, [arm64], !Ref 'AWS::NoValue']",
            [(ARM, "InEurope is true"), (X86, "InEurope is false")],
        ),
        ("!If [Either, [arm64], [x86_64]]", [(ARM, "Either is true"), (X86, "Either is false")]),
        ("!If [Round, [arm64], [x86_64]]", [(ARM, "Round is true"), (X86, "Round is false")]),
        ("!If [UseArm, [arm64], [arm64]]", [(ARM, None)]),
        # Of one condition within itself, what contradicts it is left away.
        ("!If [UseArm, !If [UseArm, [arm64], [x86_64]], [arm64]]", [(ARM, None)]),
        (
            "!If [InEurope, !If [UseArm, [arm64], [x86_64]], [x86_64]]",
            [
                (X86, "InEurope is true and UseArm is false (by default) or InEurope is false"),
                (ARM, "InEurope is true and UseArm is true"),
            ],
        ),
        ("[!FindInMap [ByStage, !Ref Stage, Arch]]", [(X86, "parameter Stage is dev (by default)")]),
        ("[!FindInMap [ByStage, prod, Arch]]", [(ARM, None)]),
        (
            "[!FindInMap [ByRegion, !Ref 'AWS::Region', Arch]]",
            [(ARM, "AWS::Region is eu-west-1"), (X86, "AWS::Region is us-east-1")],
        ),
        ("[!FindInMap [ByRegion, nowhere, Arch]]", []),
        ("[!FindInMap [ByRegion, nowhere, Arch, {{DefaultValue: arm64}}]]", [(ARM, None)]),
        ("[!Join ['', [arm, '64']]]", [(ARM, None)]),
        ("[!Select [1, [x86_64, arm64]]]", [(ARM, None)]),
        ("[!Select ['0', !Ref Several]]", [(ARM, "parameter Several is arm64, x86_64 (by default)")]),
        ("[!Select [1, !Split ['|', 'x86_64|arm64']]]", [(ARM, None)]),
        ("!Ref 'AWS::NoValue'", [(X86, None)]),
        ("[]", [(X86, None)]),
    ],
)
def test_what_it_may_be(value, expected):
    text = TEMPLATE.format(value=value.replace("{{", "{").replace("}}", "}"))
    function = only(text)
    assert architectures(function) == expected
    assert bool(function.unknown) is (not expected)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("[!Ref Asked]", "Architectures: parameter Asked has no default"),
        ("[!Ref Kept]", "Architectures: parameter Kept names a value in the SSM parameter store"),
        ("[!ImportValue x]", "Architectures: Fn::ImportValue is worked out when it is deployed"),
        ("[arm]", "Architectures: not expected: 'arm'"),
        ("[x86_64, arm64]", "Architectures: 2 are stated; a function has one"),
        (
            "[!If [UseArm, !Ref Asked, x86_64]]",
            "Architectures: parameter Asked has no default, where UseArm is true",
        ),
    ],
)
def test_what_is_not_told_is_said(value, said):
    assert only(TEMPLATE.format(value=value)).unknown == (said,)


def test_a_condition_of_the_whole_resource_is_kept_apart():
    template = """\
        Parameters:
          Stage: {Type: String, Default: dev}
        Conditions:
          Here: !Equals [!Ref 'AWS::Region', eu-west-1]
          InDev: !Equals [!Ref Stage, dev]
          InProd: !Equals [!Ref Stage, prod]
        Resources:
          A: {Type: 'AWS::Lambda::Function', Condition: Here, Properties: {Runtime: nodejs20.x, Code: {ZipFile: x}}}
          B: {Type: 'AWS::Lambda::Function', Condition: InDev, Properties: {Runtime: nodejs20.x, Code: {ZipFile: x}}}
          C: {Type: 'AWS::Lambda::Function', Condition: InProd, Properties: {Runtime: nodejs20.x, Code: {ZipFile: x}}}
        """
    result = found(template)
    assert [each.when for each in result.deployables] == [
        "Here is true",
        "InDev is true (by default)",
        "InProd is true, which it is not by default",
    ]
    assert {tuple(architectures(each)) for each in result.deployables} == {((X86, None),)}


LOOP = """\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'a, b-c'}
  Asked: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Functions:
    - Name
    - COLLECTION
    - Do&{Name}:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.12
          CodeUri: ./${Name}
          Architectures: [arm64]
"""


@pytest.mark.parametrize("collection", ["[a, b-c]", "!Ref Names", "[a, !Sub 'b-c']"])
def test_loops_are_written_out(collection):
    result = found(LOOP.replace("COLLECTION", collection))
    assert [(each.name, each.code.path, each.location.line) for each in result.deployables] == [
        ("Doa", "a", 9),
        ("Dobc", "b-c", 9),
    ]
    assert result.problems == ()


@pytest.mark.parametrize("collection", ["!Ref Asked", "a", "{a: b}", "[!Ref 'AWS::Region']", "[{a: b}]"])
def test_a_loop_over_what_is_not_told_is_said(collection):
    result = found(LOOP.replace("COLLECTION", collection))
    assert result.deployables == ()
    assert [(str(each.location), each.message) for each in result.problems] == [
        (
            "template.yaml:6",
            "Fn::ForEach::Functions: what it goes over is not told here; its resources are not read",
        )
    ]


def test_loops_in_loops():
    result = found("""\
        Transform: AWS::LanguageExtensions
        Resources:
          Fn::ForEach::Outer:
            - Env
            - [dev, prod]
            - Fn::ForEach::Inner:
                - Name
                - [One, Two]
                - "${Env}${Name}":
                    Type: AWS::Lambda::Function
                    Properties: {Runtime: !Sub "${Name}", Code: {ZipFile: !Ref Env}}
        """)
    assert [(each.name, each.runtimes[0].value) for each in result.deployables] == [
        ("devOne", "One"),
        ("devTwo", "Two"),
        ("prodOne", "One"),
        ("prodTwo", "Two"),
    ]
