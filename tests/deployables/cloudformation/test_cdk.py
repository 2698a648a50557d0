"""What `cdk synth` writes: templates with assets, named by the paths of their constructs."""

from __future__ import annotations

import json

import pytest

from archcheck.deployables.cloudformation.assembly import read_assembly
from archcheck.deployables.model import Code
from archcheck.deployables.repository import read_repository
from tests.deployables import trees
from tests.deployables.cloudformation.reading import found_among, tree_of

ONE, TWO = "a" * 64, "b" * 64


def template(kind="AWS::Lambda::Function", properties=None, **metadata):
    resource = {
        "Type": kind,
        "Properties": {"Runtime": "python3.12", "Architectures": ["arm64"]} | (properties or {}),
        "Metadata": {"aws:cdk:path": "Stack/Fn/Resource"} | metadata,
    }
    return json.dumps({"Resources": {"Fn9270CBC0": resource}}, indent=1)


def read(text, *there, **others):
    files = {f"cdk.out/{name}": "" for name in there} | {"cdk.out/S.template.json": text}
    files |= {f"cdk.out/{name.replace('_', '.')}": content for name, content in others.items()}
    (deployable,) = found_among(files, "cdk.out/S.template.json").deployables
    return deployable


@pytest.mark.parametrize(
    ("metadata", "there", "code"),
    [
        (
            {"aws:asset:path": f"asset.{ONE}", "aws:asset:is-bundled": True, "aws:asset:property": "Code"},
            f"asset.{ONE}/app.py",
            Code(kind="artifact", path=f"cdk.out/asset.{ONE}"),
        ),
        (
            {"aws:asset:path": f"asset.{ONE}", "aws:asset:is-bundled": False, "aws:asset:property": "Code"},
            f"asset.{ONE}/app.py",
            Code(kind="folder", path=f"cdk.out/asset.{ONE}"),
        ),
        (
            {"aws:asset:path": "../src", "aws:asset:property": "Code"},
            "../src/app.py",
            Code(kind="folder", path="src"),
        ),
        (
            {"aws:asset:path": f"asset.{ONE}.zip", "aws:asset:property": "Code"},
            f"asset.{ONE}.zip",
            Code(kind="artifact", path=f"cdk.out/asset.{ONE}.zip"),
        ),
        (
            {
                "aws:asset:path": f"asset.{ONE}",
                "aws:asset:dockerfile-path": "fn/Dockerfile",
                "aws:asset:docker-build-args": {"BASE": "3.12"},
                "aws:asset:docker-build-target": "prod",
                "aws:asset:property": "Code.ImageUri",
            },
            f"asset.{ONE}/fn/Dockerfile",
            Code(
                kind="dockerfile",
                path=f"cdk.out/asset.{ONE}/fn/Dockerfile",
                context=f"cdk.out/asset.{ONE}",
                stage="prod",
                args=(("BASE", "3.12"),),
            ),
        ),
        (
            {"aws:asset:path": f"asset.{ONE}", "aws:asset:property": "Code.ImageUri"},
            f"asset.{ONE}/Dockerfile",
            Code(kind="dockerfile", path=f"cdk.out/asset.{ONE}/Dockerfile", context=f"cdk.out/asset.{ONE}"),
        ),
    ],
)
def test_assets_that_the_metadata_name(metadata, there, code):
    files = {"cdk.out/S.template.json": template(**metadata)}
    files[f"cdk.out/{there}".replace("cdk.out/../", "")] = ""
    (function,) = found_among(files, "cdk.out/S.template.json").deployables
    assert (function.name, function.tool, function.code) == ("Stack/Fn", "cdk", code)
    assert [each.value for each in function.architectures] == ["aarch64"]
    assert function.unknown == ()


ASSETS = json.dumps(
    {
        "version": "36.0.0",
        "files": {ONE: {"source": {"path": f"asset.{ONE}", "packaging": "zip"}, "destinations": {}}},
        "dockerImages": {
            TWO: {
                "source": {"directory": f"asset.{TWO}", "dockerFile": "D", "dockerBuildArgs": {"A": "1"}},
                "destinations": {},
            }
        },
    }
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            {"S3Bucket": {"Fn::Sub": "cdk-x-${AWS::AccountId}"}, "S3Key": f"{ONE}.zip"},
            Code(kind="artifact", path=f"cdk.out/asset.{ONE}"),
        ),
        (
            {"ImageUri": {"Fn::Sub": f"${{AWS::AccountId}}.dkr.ecr.${{AWS::Region}}/cdk:{TWO}"}},
            Code(
                kind="dockerfile",
                path=f"cdk.out/asset.{TWO}/D",
                context=f"cdk.out/asset.{TWO}",
                args=(("A", "1"),),
            ),
        ),
        (
            {"S3Bucket": "b", "S3Key": f"{'c' * 64}.zip"},
            Code(kind="elsewhere", reference=f"s3://b/{'c' * 64}.zip"),
        ),
    ],
)
def test_assets_that_stand_in_their_own_file(code, expected):
    """As where `cdk synth` was told to write no metadata of assets."""
    function = read(template(properties={"Code": code}), S_assets_json=ASSETS)
    assert function.code == expected


@pytest.mark.parametrize(
    "text", ["", "[", "{}", '{"files": {"a": 5}}', '{"files": 5, "dockerImages": {"b": {"source": 1}}}']
)
def test_a_list_of_assets_that_is_none_tells_nothing(text):
    code = {"S3Bucket": "b", "S3Key": f"{ONE}.zip"}
    function = read(template(properties={"Code": code}), S_assets_json=text)
    assert function.code == Code(kind="elsewhere", reference=f"s3://b/{ONE}.zip")


def test_a_task_of_an_asset():
    container = {"Name": "web", "Image": {"Fn::Sub": f"${{AWS::AccountId}}.dkr.ecr/x:{TWO}"}}
    task = read(
        template("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [container]}), S_assets_json=ASSETS
    )
    assert (task.kind, task.code.path) == ("container", f"cdk.out/asset.{TWO}/D")


def test_a_nested_stack_is_an_asset():
    text = template(
        "AWS::CloudFormation::Stack",
        {"TemplateURL": {"Fn::Join": ["", ["https://s3/", {"Fn::Sub": "x"}]]}},
        **{"aws:asset:path": "SNested.nested.template.json", "aws:asset:property": "TemplateURL"},
    )
    files = {"cdk.out/S.template.json": text, "cdk.out/SNested.nested.template.json": "{}"}
    assert found_among(files, "cdk.out/S.template.json").nested == ("cdk.out/SNested.nested.template.json",)


def test_a_layer_is_called_by_the_same_name_by_its_function():
    layer = {"Type": "AWS::Lambda::LayerVersion", "Metadata": {"aws:cdk:path": "Stack/Deps/Resource"}}
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Layers": [{"Ref": "Deps1"}]}}
    text = json.dumps({"Resources": {"Fn1": function, "Deps1": layer}})
    one, other = found_among({"cdk.out/S.template.json": text}, "cdk.out/S.template.json").deployables
    assert one.layers[0].name == other.name == "Stack/Deps"


def test_a_template_in_cdk_out_is_cdks_whatever_it_says():
    text = json.dumps({"Resources": {"F": {"Type": "AWS::Lambda::Function"}}})
    (function,) = found_among({"a/cdk.out/S.template.json": text}, "a/cdk.out/S.template.json").deployables
    assert function.tool == "cdk"


def assembly(**artifacts):
    return json.dumps({"version": "36.0.0", "artifacts": artifacts}, indent=1)


STACK = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}
STAGE = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
TREE = {"type": "cdk:tree", "properties": {"file": "tree.json"}}
GONE = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Gone.template.json"}}


@pytest.mark.parametrize(
    ("manifest", "nested", "said"),
    [
        (assembly(S=STACK, Tree=TREE), ["cdk.out/S.template.json"], []),
        (
            assembly(Prod=STAGE, S=STACK),
            ["cdk.out/assembly-Prod/manifest.json", "cdk.out/S.template.json"],
            [],
        ),
        (assembly(Gone=GONE), [], ["'Gone': 'Gone.template.json' is not in this repository"]),
        (assembly(Odd=STACK | {"properties": 5}), [], ["'Odd': templateFile is not in this repository"]),
        (assembly(Tree=TREE), [], ["not a cloud assembly: expected artifacts of CDK's"]),
        ('{"artifacts": [1]}', [], ["not a cloud assembly: expected artifacts of CDK's"]),
        ("", [], ["not a cloud assembly: expected artifacts of CDK's"]),
        ("[", [], None),
    ],
)
def test_the_manifest_of_an_assembly_leads_to_its_templates(manifest, nested, said):
    """And not to those of stacks that are no more, whose templates `cdk synth` leaves lying there."""
    files = dict.fromkeys(
        ("cdk.out/S.template.json", "cdk.out/Old.template.json", "cdk.out/assembly-Prod/manifest.json"), ""
    )
    result = read_assembly("cdk.out/manifest.json", tree_of(files | {"cdk.out/manifest.json": manifest}))
    assert list(result.nested) == nested
    assert said is None or [each.message for each in result.problems] == said
    assert result.problems or nested


NESTED = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "N.nested.template.json"}}


@pytest.mark.parametrize(
    ("manifest", "files", "problems"),
    [
        (assembly(S=STACK), ["S.template.json"], 0),
        (assembly(Prod=STAGE, S=STACK), ["S.template.json", "assembly-Prod/P.template.json"], 0),
        (assembly(Gone=GONE, S=STACK), ["S.template.json"], 1),
        (
            assembly(N=STACK | {"properties": {"templateFile": "Outer.template.json"}}),
            ["N.nested.template.json"],
            0,
        ),
        ("[", None, 1),
        (None, None, 0),
    ],
)
def test_a_repository_has_the_stacks_of_today_alone(manifest, files, problems):
    """A template without its manifest, or whose manifest cannot be read, may be of today."""
    templates = {
        f"app/cdk.out/{name}": template()
        for name in (
            "N.nested.template.json",
            "Old.template.json",
            "OldNested.nested.template.json",
            "S.template.json",
            "assembly-Gone/G.template.json",
            "assembly-Prod/P.template.json",
        )
    }
    others = {
        "app/cdk.out/Outer.template.json": json.dumps({"Resources": {"Nested": NESTED}}),
        "app/cdk.out/assembly-Prod/manifest.json": assembly(
            P=STACK | {"properties": {"templateFile": "P.template.json"}}
        ),
    }
    if manifest is not None:
        others["app/cdk.out/manifest.json"] = manifest
    found = read_repository(trees.tree_of(templates | others))
    expected = list(templates) if files is None else [f"app/cdk.out/{each}" for each in files]
    assert sorted(each.location.path for each in found.deployables) == sorted(expected)
    assert len(found.problems) == problems
