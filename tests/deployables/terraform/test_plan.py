"""Plans as `terraform show -json` writes them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.changes.lines import changed
from archcheck.deployables.model import Code, Layer
from archcheck.deployables.repository import read_repository
from archcheck.deployables.terraform import is_plan, read_plan
from archcheck.deployables.terraform.changes.block import to_arm64
from archcheck.manifest.manifest import Location
from tests.deployables.terraform.reading import tree_of, values

PLAN = "app/plan.json"


def resource(kind, name="f", *, address=None, **attributes):
    return {
        "address": address or f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "values": attributes,
    }


def plan(*resources, children=(), configured=(), before=()):
    """Return a plan with these resources; *configured* are (address, names) that the files state."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": list(resources), "child_modules": list(children)}},
        "prior_state": {"values": {"root_module": {"resources": list(before)}}},
        "configuration": {
            "root_module": {
                "resources": [
                    {"address": address, "expressions": {name: {} for name in names}}
                    for address, names in configured
                ]
            }
        },
    }


def read(document, **others):
    text = document if isinstance(document, (str, bytes)) else json.dumps(document)
    return read_plan(PLAN, tree_of({PLAN: text, **others}))


def only(document, **others):
    (deployable,) = read(document, **others).deployables
    return deployable


def test_a_function():
    found = only(
        plan(
            resource(
                "aws_lambda_function",
                architectures=["arm64"],
                runtime="python3.13",
                memory_size=256,
                package_type="Zip",
                filename="./built.zip",
                layers=["arn:aws:lambda:us-east-1:1:layer:x:1"],
            )
        ),
        **{"app/built.zip": ""},
    )
    assert (found.name, found.tool, found.memory_mb) == ("aws_lambda_function.f", "terraform", 256)
    assert found.location == Location(path=PLAN)
    assert (values(found.architectures), found.is_default) == (["aarch64"], False)
    assert values(found.runtimes) == ["python3.13"]
    assert found.code == Code(kind="artifact", path="app/built.zip")
    assert found.layers == (Layer(location=Location(path=PLAN), arn="arn:aws:lambda:us-east-1:1:layer:x:1"),)
    assert found.unknown == ()


def test_what_the_files_leave_out_is_the_default_and_what_they_compute_is_not():
    """Both are missing among the values: the provider computes them when the plan is applied."""
    assert only(plan(resource("aws_lambda_function", runtime="python3.13"))).is_default
    stated = only(
        plan(
            resource("aws_lambda_function"),
            configured=[("aws_lambda_function.f", ["architectures", "runtime"])],
        )
    )
    assert (stated.architectures, stated.is_default) == ((), False)
    assert stated.unknown == (
        "architectures: it is known only when the plan is applied",
        "runtime: it is known only when the plan is applied",
    )


def test_modules_and_instances():
    address = 'module.a["x"].aws_lambda_function.f'
    below = resource(
        "aws_lambda_function",
        address='module.a["x"].module.b.aws_lambda_function.g',
        architectures=["x86_64"],
    )
    inner = {
        "resources": [resource("aws_lambda_function", address=f"{address}[{n}]") for n in (0, 1)],
        "child_modules": [{"resources": [below]}],
    }
    document = plan(children=[inner])
    called = [{"address": "aws_lambda_function.f", "expressions": {"architectures": {}}}]
    document["configuration"]["root_module"]["module_calls"] = {"a": {"module": {"resources": called}}}
    found = read(document).deployables
    assert [each.name for each in found] == [
        'module.a["x"].aws_lambda_function.f[0]',
        'module.a["x"].aws_lambda_function.f[1]',
        'module.a["x"].module.b.aws_lambda_function.g',
    ]
    assert [values(each.architectures) for each in found] == [[], [], ["x86_64"]]


ARCHIVE = resource("archive_file", source_dir="../src", output_path="./out.zip") | {"mode": "data"}


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"filename": "./out.zip"}, Code(kind="folder", path="src")),
        ({"filename": "gone.zip"}, Code(kind="elsewhere", reference="gone.zip")),
        ({"filename": "/abs/gone.zip"}, Code(kind="elsewhere", reference="/abs/gone.zip")),
        ({"s3_bucket": "b", "s3_key": "k"}, Code(kind="elsewhere", reference="s3://b/k")),
        ({"package_type": "Image", "image_uri": "r/x:1"}, Code(kind="image", reference="r/x:1")),
        ({"package_type": "Image"}, Code(kind="image")),
        ({}, None),
    ],
)
def test_code(attributes, code):
    assert only(plan(resource("aws_lambda_function", **attributes), before=[ARCHIVE])).code == code


def test_layers_and_tasks():
    layer, web = read(
        plan(
            resource(
                "aws_lambda_layer_version",
                compatible_architectures=["arm64"],
                compatible_runtimes=["python3.12"],
            ),
            resource(
                "aws_ecs_task_definition",
                "t",
                memory="1024",
                requires_compatibilities=["FARGATE"],
                runtime_platform=[{"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}],
                container_definitions='[{"name": "web", "image": "r/x"}]',
            ),
        )
    ).deployables
    assert (layer.kind, values(layer.labels), values(layer.runtimes)) == (
        "layer",
        ["aarch64"],
        ["python3.12"],
    )
    assert (web.name, web.platform, web.memory_mb) == ("aws_ecs_task_definition.t.web", "fargate", 1024)
    assert values(web.architectures) == ["aarch64"]
    assert web.code == Code(kind="image", reference="r/x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: "),
        (b"\xff\xfe{", "not JSON: "),
        ('{"a": "\\ud800"}', "surrogates not allowed"),
        ("[]", "not a plan of Terraform; expected planned_values"),
        ('{"format_version": "1.0"}', "not a plan of Terraform; expected planned_values"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_plan_is_one_line(text, message):
    found = read(text)
    assert found.deployables == ()
    (problem,) = found.problems
    assert message in problem.message
    assert "\n" not in problem.message


def test_a_plan_that_is_not_there_is_one_line():
    assert (
        read_plan("gone.json", tree_of({})).problems[0].message == "cannot be read: no such file or directory"
    )


def test_what_a_plan_is():
    assert is_plan(plan())
    assert is_plan({"format_version": "1.0", "terraform_version": "1", "values": {"root_module": {}}})
    assert not is_plan({"format_version": "1.0", "terraform_version": "1", "values": []})
    assert not is_plan({"Resources": {}})


SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["arm64", "ARM64"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("architectures", "runtime", "filename", "image_uri", "layers", "memory_size", "s3_key"),
                    *("container_definitions", "runtime_platform", "cpu_architecture", "memory", "name"),
                    "compatible_architectures",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    SHAPES,
    SHAPES,
    st.sampled_from(
        ["aws_lambda_function", "aws_lambda_layer_version", "aws_ecs_task_definition", "archive_file"]
    ),
)
def test_any_values_are_read(attributes, other, kind):
    document = plan({"type": kind, "values": attributes, "address": other}, {"type": kind, "values": other})
    document["configuration"] = {"root_module": other}
    document["prior_state"] = other
    found = read(document)
    for each in found.deployables:
        assert all("\n" not in word for word in each.unknown)


FILES = {
    "app/main.tf": 'resource "aws_lambda_function" "f" {\n  for_each = var.all\n  runtime  = each.value\n}\n'
    'resource "aws_lambda_function" "never" {\n  count   = var.on\n  runtime = "python3.12"\n}\n'
    'module "m" {\n  source = "../m"\n}\n',
    "m/main.tf": 'resource "aws_lambda_function" "g" {\n  runtime = "python3.12"\n}\n',
    "other/main.tf": 'resource "aws_lambda_function" "h" {\n  runtime = "python3.12"\n}\n',
}
MADE = plan(
    resource("aws_lambda_function", address='aws_lambda_function.f["a"]', runtime="python3.13"),
    resource("aws_lambda_function", address='aws_lambda_function.f["b"]', runtime="python3.11"),
    resource("aws_lambda_function", address="aws_lambda_function.imported", runtime="python3.11"),
    children=[
        {"resources": [resource("aws_lambda_function", "g", address="module.m.aws_lambda_function.g")]}
    ],
)


def test_a_plan_counts_before_the_files_that_it_was_made_of():
    found = read_repository(tree_of({PLAN: json.dumps(MADE), **FILES})).deployables
    assert {each.name: (str(each.location), values(each.runtimes)) for each in found} == {
        'aws_lambda_function.f["a"]': ("app/main.tf:1", ["python3.13"]),
        'aws_lambda_function.f["b"]': ("app/main.tf:1", ["python3.11"]),
        "aws_lambda_function.imported": (PLAN, ["python3.11"]),
        "module.m.aws_lambda_function.g": ("m/main.tf:1", []),
        "aws_lambda_function.h": ("other/main.tf:1", ["python3.12"]),
    }
    (first, *_) = [each for each in found if each.name.endswith('f["a"]')]
    change = to_arm64(FILES["app/main.tf"], first)
    assert 'architectures = ["arm64"]' in changed(FILES["app/main.tf"], change.lines)
