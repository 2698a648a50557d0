"""Templates by strangers: any value in any place, damaged text, and what would take for ever."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.deployables.changes.lines import NotChanged, changed
from archcheck.deployables.cloudformation.change import to_arm64
from archcheck.deployables.cloudformation.intrinsics.scope import MOST, Scope
from archcheck.deployables.model import Found
from archcheck.deployables.yaml_documents import read_documents
from tests.deployables.cloudformation.reading import found, found_among
from tests.fuzzing.damage import damaged

WHOLE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
    "Parameters": {
        "A": {"Type": "String", "Default": "arm64", "AllowedValues": ["arm64", "x86_64"]},
        "L": {"Type": "CommaDelimitedList", "Default": "a,b"},
    },
    "Mappings": {"M": {"k": {"x": "arm64"}, "l": {"x": "x86_64"}}},
    "Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, "arm64"]}, "D": {"Fn::Not": [{"Condition": "C"}]}},
    "Globals": {
        "Function": {
            "Runtime": "python3.12",
            "Layers": ["arn:x:layer:AWSLambdaPowertoolsPythonV2:7"],
            "Architectures": ["x86_64"],
        }
    },
    "Resources": {
        "F": {
            "Type": "AWS::Serverless::Function",
            "Condition": "C",
            "IgnoreGlobals": ["Layers"],
            "Properties": {
                "Architectures": {"Fn::If": ["C", [{"Ref": "A"}], {"Ref": "AWS::NoValue"}]},
                "Runtime": {
                    "Fn::Sub": ["python${V}", {"V": {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "x"]}}]
                },
                "MemorySize": {"Fn::Select": [0, {"Fn::Split": [",", "512,1"]}]},
                "CodeUri": {"Fn::Join": ["/", ["src", {"Ref": "A"}]]},
                "Layers": [{"Ref": "L1"}, {"Fn::GetAtt": ["L1", "Arn"]}],
            },
            "Metadata": {"BuildMethod": "python-uv", "Dockerfile": "D", "DockerBuildArgs": {"a": 1}},
        },
        "G": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"PackageType": "Image", "Code": {"ImageUri": "i"}},
            "Metadata": {"aws:asset:path": "asset.x", "aws:asset:docker-build-args": {"a": "b"}},
        },
        "L1": {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": {"Bucket": "b", "Key": "k"}, "CompatibleArchitectures": ["arm64"]},
            "Metadata": {"BuildMethod": "python3.12", "BuildArchitecture": "arm64"},
        },
        "T": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "RuntimePlatform": {"CpuArchitecture": "ARM64"},
                "RequiresCompatibilities": ["FARGATE"],
                "Memory": "2 GB",
                "ContainerDefinitions": [{"Name": "a", "Image": "i"}, {"Name": "b", "Image": {"Ref": "A"}}],
            },
        },
        "R": {
            "Type": "AWS::BedrockAgentCore::Runtime",
            "Properties": {
                "AgentRuntimeArtifact": {"CodeConfiguration": {"Runtime": "PYTHON_3_13", "Code": {}}}
            },
        },
        "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x.yaml"}},
        "Fn::ForEach::E": ["X", {"Ref": "L"}, {"F${X}": {"Type": "AWS::Lambda::Function", "Properties": {}}}],
        "Fn::Transform": {"Name": "AWS::Include"},
    },
}
FUNCTIONS = (
    "Ref",
    "Fn::If",
    "Fn::Sub",
    "Fn::Join",
    "Fn::FindInMap",
    "Fn::Select",
    "Fn::Split",
    "Fn::GetAtt",
    "Condition",
)
NAMES = (
    "A",
    "L",
    "M",
    "C",
    "D",
    "F",
    "L1",
    "AWS::Region",
    "AWS::NoValue",
    "${A}",
    "x",
    "../..",
    "/etc",
    "a\0b",
    "",
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(NAMES),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
        st.builds(lambda name, value: {name: value}, st.sampled_from(FUNCTIONS), inner),
    ),
    max_leaves=10,
)


def places(value, path=()):
    """Return the path of everything in *value*."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


PLACES = sorted(places(WHOLE), key=str)


def put(document, path, value):
    """Put *value* at *path* of *document*, which is changed."""
    if not path:
        return value
    document[path[0]] = put(document[path[0]], path[1:], value)
    return document


def check(text):
    """Read and change *text*; only answers may come, and each change is what it says it is."""
    result = found_among({"t.yaml": text}, "t.yaml")
    assert isinstance(msgspec.convert(msgspec.to_builtins(result), Found), Found)
    for each in (*result.problems, *(one for one in result.deployables if one.code is None)):
        assert str(each.location).isprintable()
    assert all(each.message.isprintable() for each in result.problems)
    for deployable in result.deployables:
        code = deployable.code
        for path in (code.path, code.context) if code else ():
            assert path is None or not path.startswith(("/", ".."))
        change = to_arm64(text, deployable) if isinstance(text, str) else None
        if change and not isinstance(change, NotChanged):
            (after,) = [
                each
                for each in found_among({"t.yaml": changed(text, change.lines)}, "t.yaml").deployables
                if each.name == deployable.name
            ]
            values = [each.value for each in after.architectures]
            # A default moves it where something decides: the others of its outcomes stay.
            assert values[0] == "aarch64"
            assert len(values) == 1 or deployable.architectures[0].when is not None


@settings(max_examples=300)
@given(st.sampled_from(PLACES), values)
def test_any_value_in_any_place(path, value):
    document = put(json.loads(json.dumps(WHOLE)), path, value)
    check(json.dumps(document, indent=1))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=2, max_size=5))
def test_any_values_in_several_places(changes):
    document = json.loads(json.dumps(WHOLE))
    for path, value in changes:
        try:
            document = put(document, path, value)
        except (KeyError, IndexError, TypeError):  # the place is no more
            continue
    check(json.dumps(document))


@pytest.mark.parametrize("seed", range(150))
def test_damaged_text(seed):
    check(damaged(json.dumps(WHOLE, indent=1).encode(), seed))


def scope(text):
    (document,) = read_documents(text.encode(), "t")
    return Scope(document), document


def test_a_value_that_doubles_with_each_step_stays_short():
    value = "a"
    for _ in range(25):
        value = {"Fn::Sub": ["${x}${x}${x}", {"x": value}]}
    made, document = scope(json.dumps({"V": value}))
    (outcome,) = made.outcomes(document["V"], 1)
    assert isinstance(outcome.value, str)
    assert len(outcome.value) <= 4096


def test_of_many_possibilities_so_many_are_followed():
    parameters = {
        f"P{n}": {"Type": "String", "Default": "a", "AllowedValues": list("abcdefgh")} for n in range(40)
    }
    value = {"Fn::Join": ["", [{"Ref": name} for name in parameters]]}
    made, document = scope(json.dumps({"Parameters": parameters, "V": value}))
    assert len(made.outcomes(document["V"], 1)) <= MOST + 1


def test_what_hangs_on_one_another_without_an_end_is_given_up():
    conditions = {
        f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}, {"Condition": f"C{n + 2}"}]} for n in range(3_000)
    }
    value = {"Fn::If": ["C0", "arm64", "x86_64"]}
    made, document = scope(json.dumps({"Conditions": conditions, "V": value}))
    assert [each.value for each in made.outcomes(document["V"], 1)] == ["arm64", "x86_64"]
    assert made.truth("C0") is None


@pytest.mark.no_cover
def test_the_work_for_one_template_is_bounded():
    """Each of 100 functions has three lists of 1,000 layers behind conditions: each is followed once."""
    layers = [f"arn:{number}" for number in range(1_000)]
    rows = "".join(
        f"  F{n}: {{Type: AWS::Lambda::Function, Properties: {{Layers: !If [C, *l, !If [D, *l, *l]]}}}}\n"
        for n in range(100)
    )
    result = found(f"X: &l {json.dumps(layers)}\nResources:\n{rows}")
    assert sum(len(each.layers) for each in result.deployables) <= 100 * 3 * 1_000


def test_loops_that_come_to_too_much_are_said():
    names = json.dumps([f"a{number}" for number in range(500)])
    loop = f"Fn::ForEach::A: [A, {names}, {{'Fn::ForEach::B': [B, {names}, {{'F${{A}}${{B}}': {{Type: 'AWS::X::Y'}}}}]}}]"
    result = found(f"AWSTemplateFormatVersion: x\nResources:\n  {loop}\n")
    assert {each.message for each in result.problems} == {
        "Fn::ForEach::A: comes to more than 100,000 values",
        "Fn::ForEach::B: comes to more than 100,000 values",
    }


@pytest.mark.parametrize(
    "number", ["0x" + "f" * 6_000, "9" * 6_000, ".inf", ".nan", "-1", "1e400", "2026-13-45"]
)
def test_odd_numbers(number):
    check(
        f"Resources: {{F: {{Type: AWS::Lambda::Function, Properties: {{MemorySize: {number}, Runtime: {number}}}}}}}"
    )
