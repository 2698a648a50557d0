"""How arm64 is declared in the files themselves: what comes out, and what is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.chalice import read_chalice
from archcheck.deployables.changes.lines import Change, NotChanged, changed
from archcheck.deployables.changes.single_values import (
    chalice_to_arm64,
    stage_to_arm64,
    task_to_arm64,
    workload_to_arm64,
)
from archcheck.deployables.dockerfile import read_dockerfile
from archcheck.deployables.dockerfile.change import to_arm64 as dockerfile_to_arm64
from archcheck.deployables.ecs import read_ecs
from archcheck.deployables.kubernetes import read_kubernetes
from archcheck.deployables.serverless import read_serverless
from archcheck.deployables.serverless.change import to_arm64 as serverless_to_arm64
from archcheck.deployables.zappa import read_zappa
from tests.deployables.trees import tree_of


def after(read, change, path, text, name=None):
    """Return *text* with *change* made for the one deployable called *name*, or why there is none."""
    before = read(path, tree_of({path: text})).deployables
    (deployable,) = [each for each in before if name in {None, each.name}][:1]
    edits = change(text, deployable)
    if isinstance(edits, NotChanged):
        return edits.reason
    result = changed(text, edits.lines if isinstance(edits, Change) else edits)
    (again,) = [
        each for each in read(path, tree_of({path: result})).deployables if each.name == deployable.name
    ][:1]
    assert [each.value for each in again.architectures] == ["aarch64"]
    assert change(result, again) == NotChanged(reason="it is arm64 already")
    return result


def serverless(text, name="a"):
    return after(read_serverless, serverless_to_arm64, "serverless.yml", text, name)


PROVIDER = "provider:\n  name: aws\n  runtime: python3.12\n"


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("functions:\n  a:\n    handler: x.y\n    memorySize: 512\n  b:\n    handler: x.z\n",
         "functions:\n  a:\n    handler: x.y\n    architecture: arm64\n    memorySize: 512\n  b:\n    handler: x.z\n"),
        ("functions:\n  a:\n    architecture: x86_64  # why\n    handler: x.y\n",
         "functions:\n  a:\n    architecture: arm64  # why\n    handler: x.y\n"),
        ("functions:\n  a: {handler: x.y}\n", "functions:\n  a: {architecture: arm64, handler: x.y}\n"),
        ("functions:\n  - b:\n      handler: x.z\n  - a:\n      handler: x.y\n",
         "functions:\n  - b:\n      handler: x.z\n  - a:\n      handler: x.y\n      architecture: arm64\n"),
        ("functions:\n  a:\n    handler: x.y", "functions:\n  a:\n    handler: x.y\n    architecture: arm64"),
    ],
)  # fmt: skip
def test_a_function_of_serverless(before, result):
    assert serverless(PROVIDER + before) == PROVIDER + result


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PROVIDER + "  architecture: arm64\nfunctions:\n  a: {handler: x.y}\n", "it is arm64 already"),
        (PROVIDER + "functions:\n  a:\n    architecture: ${self:custom.x}\ncustom: {x: x86_64}\n",
         "${self:custom.x} decides it; change it there"),
        (PROVIDER + "  architecture: ${ssm:x}\nfunctions:\n  a: {handler: x.y}\n",
         "what it is today is not told: its architecture: ${ssm:x}: not in this repository"),
        (PROVIDER + "  architecture: ${opt:x, 'x86_64'}\nfunctions:\n  a: {handler: x.y}\n",
         "it is x86_64 where ${opt:x} has no value; see to that (serverless.yml:4)"),
        (PROVIDER + "functions:\n  a: ${self:custom.a}\ncustom: {a: {handler: x.y}}\n",
         "${self:custom.a} has it; change it there"),
        (PROVIDER + "functions:\n  a: &a\n    handler: x.y\n  b: *a\n",
         "the file shares this part with others by an alias; change it by hand"),
    ],
)  # fmt: skip
def test_why_a_function_of_serverless_is_not_changed(text, reason):
    assert serverless(text) == reason


POWERTOOLS = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV2"


def test_the_layers_of_a_function_of_serverless_change_with_it():
    before = f"functions:\n  a:\n    handler: x.y\n    layers:\n      - {POWERTOOLS}:7\n      - !Ref Ours\n"
    expected = before.replace("V2:7", "V2-Arm64:7").replace("x.y\n", "x.y\n    architecture: arm64\n")
    assert serverless(PROVIDER + before) == PROVIDER + expected


def test_the_layers_of_the_provider_move_all_functions_without_their_own():
    text = f"{PROVIDER}  layers: ['{POWERTOOLS}:7']\nfunctions:\n  a: {{handler: x}}\n  b: {{handler: y}}\n"
    text += "  c: {handler: z, layers: []}\n"
    first, *_ = read_serverless("serverless.yml", tree_of({"serverless.yml": text})).deployables
    change = serverless_to_arm64(text, first)
    assert change.together == ("b",)
    assert changed(text, change.lines) == text.replace("V2:7", "V2-Arm64:7").replace(
        "{handler: x", "{architecture: arm64, handler: x"
    )


@pytest.mark.parametrize(
    ("provider", "after"),
    [
        (PROVIDER, f"{PROVIDER}  architecture: arm64\n"),
        (f"{PROVIDER}  architecture: x86_64  # why\n", f"{PROVIDER}  architecture: arm64  # why\n"),
    ],
)
@pytest.mark.parametrize(
    ("functions", "heirs"),
    [
        (
            "functions:\n  a: {handler: x}\n  b: {handler: y}\n  c: {handler: z, architecture: x86_64}\n",
            ("a", "b"),
        ),
        ("functions:\n  - a: {handler: x}\n  - ${file(other.yml)}\n", ("a", "functions")),
    ],
    ids=["mapping", "list"],
)
def test_what_the_provider_says_for_all_who_state_none(provider, after, functions, heirs):
    text = provider + functions
    first, *_ = read_serverless("serverless.yml", tree_of({"serverless.yml": text})).deployables
    change = serverless_to_arm64(text, first)
    assert (change.common.own, change.common.heirs) == (change.lines[0], heirs)
    assert changed(text, change.common.lines) == after + functions


@pytest.mark.parametrize(
    "text",
    [
        PROVIDER + "functions:\n  a: {handler: x, architecture: x86_64}\n",
        PROVIDER + "  architecture: ${opt:x}\nfunctions:\n  a: {handler: x, architecture: x86_64}\n",
        "provider: aws\nfunctions:\n  a: {handler: x, runtime: python3.12}\n",
    ],
    ids=["own", "variable", "a-word"],
)
def test_a_provider_that_says_nothing_of_it_is_left_alone(text):
    (one,) = read_serverless("serverless.yml", tree_of({"serverless.yml": text})).deployables
    assert serverless_to_arm64(text, one).common is None


OF_PLUGIN = "PythonRequirementsLambdaLayer"
FOR_PLUGIN = "plugins: [serverless-python-requirements]\ncustom: {pythonRequirements: {layer: true}}\n"


def test_the_layer_of_the_plugin_moves_with_the_provider_for_which_it_is_built():
    functions = "functions:\n  a: {handler: x}\n  b: {handler: y, architecture: x86_64}\n"
    text = PROVIDER + FOR_PLUGIN + functions
    moved = f"{PROVIDER}  architecture: arm64\n" + FOR_PLUGIN + functions
    assert serverless(text, OF_PLUGIN) == moved
    layer = next(
        each
        for each in read_serverless("serverless.yml", tree_of({"serverless.yml": text})).deployables
        if each.name == OF_PLUGIN
    )
    assert serverless_to_arm64(text, layer).together == ("a",)


def test_a_layer_of_the_plugin_that_a_variable_decides_is_changed_there():
    text = f"{PROVIDER}  architecture: ${{file(x.yml):machine, 'x86_64'}}\n{FOR_PLUGIN}functions: {{a: {{handler: x}}}}\n"
    assert "change that where it is stated" in serverless(text, OF_PLUGIN)


def test_a_layer_that_a_variable_names_is_changed_there():
    text = f"{PROVIDER}functions:\n  a: {{handler: x, layers: ['${{self:custom.l}}']}}\ncustom: {{l: {POWERTOOLS}:7}}\n"
    assert serverless(text) == (
        "the layer AWSLambdaPowertoolsPythonV2 is named elsewhere; take AWSLambdaPowertoolsPythonV2-Arm64 there, "
        "and declare arm64 with it"
    )


def test_a_function_in_another_file_is_changed_there():
    files = {"serverless.yml": PROVIDER + "functions: ${file(f.yml)}\n", "f.yml": "a:\n  handler: x.y\n"}
    (deployable,) = read_serverless("serverless.yml", tree_of(files)).deployables
    assert deployable.location.path == "f.yml"
    assert (
        changed(files["f.yml"], serverless_to_arm64(files["f.yml"], deployable).lines)
        == "a:\n  handler: x.y\n  architecture: arm64\n"
    )


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ("FROM --platform=linux/amd64 python:3.12 AS b\n", "FROM --platform=linux/arm64 python:3.12 AS b\n"),
        ("FROM --platform=linux/amd64/v2 python:3.12\n", "FROM --platform=linux/arm64 python:3.12\n"),
        ("FROM public.ecr.aws/lambda/python:3.13-x86_64\n", "FROM public.ecr.aws/lambda/python:3.13-arm64\n"),
        ("FROM gcr.io/distroless/python3-debian12:nonroot-amd64 AS x\r\n", "FROM gcr.io/distroless/python3-debian12:nonroot-arm64 AS x\r\n"),
        ("FROM amd64/python:3.12\n", "FROM arm64v8/python:3.12\n"),
        ("FROM \\\n  --platform=linux/amd64 \\\n  python:3.12\n", "FROM \\\n  --platform=linux/arm64 \\\n  python:3.12\n"),
        ("FROM --platform=linux/amd64 python:3.12 AS b\nRUN x\nFROM --platform=linux/amd64 python:3.12\nCOPY --from=b /v /v\n",
         "FROM --platform=linux/arm64 python:3.12 AS b\nRUN x\nFROM --platform=linux/arm64 python:3.12\nCOPY --from=b /v /v\n"),
    ],
)  # fmt: skip
def test_a_dockerfile(before, result):
    assert after(read_dockerfile, dockerfile_to_arm64, "Dockerfile", before) == result


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM python:3.12\n", "nobody states an architecture; build it on arm64, or with docker build --platform linux/arm64"),
        ("FROM --platform=linux/arm64 python:3.12\n", "it is arm64 already"),
        ("ARG P=linux/amd64\nFROM --platform=$P python:3.12\n", "a variable decides it; change it where it is set"),
        ("FROM --platform=linux/s390x python:3.12\n",
         "what it is today is not told: line 1: the platform 'linux/s390x' is not known here"),
    ],
)  # fmt: skip
def test_why_a_dockerfile_is_not_changed(text, reason):
    assert after(read_dockerfile, dockerfile_to_arm64, "Dockerfile", text) == reason


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ('{\n  "family": "f",\n  "containerDefinitions": [{"image": "x"}]\n}\n',
         '{\n  "runtimePlatform": {"cpuArchitecture": "ARM64"},\n  "family": "f",\n  "containerDefinitions": [{"image": "x"}]\n}\n'),
        ('{"runtimePlatform": {"cpuArchitecture": "X86_64"}, "containerDefinitions": [{"image": "x"}]}',
         '{"runtimePlatform": {"cpuArchitecture": "ARM64"}, "containerDefinitions": [{"image": "x"}]}'),
        ('{"taskDefinition": {"runtimePlatform": {"operatingSystemFamily": "LINUX"}, "containerDefinitions": [{"image": "x"}]}}',
         '{"taskDefinition": {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, "containerDefinitions": [{"image": "x"}]}}'),
    ],
)  # fmt: skip
def test_a_task(before, result):
    assert after(read_ecs, task_to_arm64, "task.json", before) == result
    assert json.loads(result)


def test_a_task_whose_architecture_nobody_tells():
    text = '{"runtimePlatform": {"cpuArchitecture": "${A}"}, "containerDefinitions": [{"image": "x"}]}'
    assert after(read_ecs, task_to_arm64, "task.json", text).startswith("what it is today is not told: ")


POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n"
CONTAINERS = "  containers:\n    - image: x\n"


@pytest.mark.parametrize(
    ("before", "result"),
    [
        (POD + "  nodeSelector:\n    kubernetes.io/arch: amd64\n" + CONTAINERS,
         POD + "  nodeSelector:\n    kubernetes.io/arch: arm64\n" + CONTAINERS),
        (POD + "  nodeSelector:\n    beta.kubernetes.io/arch: 'amd64'\n" + CONTAINERS,
         POD + "  nodeSelector:\n    beta.kubernetes.io/arch: 'arm64'\n" + CONTAINERS),
        (POD + "  nodeSelector:\n    disk: ssd\n" + CONTAINERS,
         POD + "  nodeSelector:\n    disk: ssd\n    kubernetes.io/arch: arm64\n" + CONTAINERS),
        (POD + CONTAINERS, POD + "  nodeSelector:\n    kubernetes.io/arch: arm64\n" + CONTAINERS),
        ("a: b\n---\n" + POD + CONTAINERS, "a: b\n---\n" + POD + "  nodeSelector:\n    kubernetes.io/arch: arm64\n" + CONTAINERS),
        ("apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  spec:\n    containers:\n    - image: x\n",
         "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  spec:\n    nodeSelector:\n      kubernetes.io/arch: arm64\n    containers:\n    - image: x\n"),
    ],
)  # fmt: skip
def test_a_workload(before, result):
    assert after(read_kubernetes, workload_to_arm64, "p.yaml", before) == result


def test_what_an_affinity_decides_stays():
    affinity = (
        "  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
        "[{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [amd64]}]}]}}}\n"
    )
    assert after(read_kubernetes, workload_to_arm64, "p.yaml", POD + affinity + CONTAINERS) == (
        "nodeAffinity decides it; change it there"
    )


@pytest.mark.parametrize(
    ("path", "before", "result"),
    [
        ("zappa_settings.json", '{\n  "dev": {\n    "runtime": "python3.12"\n  }\n}\n',
         '{\n  "dev": {\n    "architecture": "arm64",\n    "runtime": "python3.12"\n  }\n}\n'),
        ("zappa_settings.yml", "dev:\n  runtime: python3.12\n", "dev:\n  runtime: python3.12\n  architecture: arm64\n"),
        ("zappa_settings.toml", '[dev]\nruntime = "python3.12"\n[prod]\n', '[dev]\narchitecture = "arm64"\nruntime = "python3.12"\n[prod]\n'),
        ("zappa_settings.toml", "[dev]\n architecture = 'x86_64' # why\n", "[dev]\n architecture = 'arm64' # why\n"),
        ("zappa_settings.toml", "[dev]", '[dev]\narchitecture = "arm64"\n'),
    ],
)  # fmt: skip
def test_a_stage_of_zappa(path, before, result):
    assert after(read_zappa, stage_to_arm64, path, before, "dev") == result


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ('{\n  "app_name": "shop"\n}\n', '{\n  "lambda_architecture": "arm64",\n  "app_name": "shop"\n}\n'),
        ('{\n  "stages": {\n    "dev": {\n      "api": "x"\n    }\n  }\n}\n',
         '{\n  "stages": {\n    "dev": {\n      "lambda_architecture": "arm64",\n      "api": "x"\n    }\n  }\n}\n'),
        ('{\n  "stages": {\n    "dev": {\n      "lambda_architecture": "x86_64"\n    }\n  }\n}\n',
         '{\n  "stages": {\n    "dev": {\n      "lambda_architecture": "arm64"\n    }\n  }\n}\n'),
        ('{\n  "lambda_architecture": "arm64"\n}\n', "it is arm64 already"),
    ],
)  # fmt: skip
def test_a_stage_of_chalice(before, result):
    assert after(read_chalice, chalice_to_arm64, ".chalice/config.json", before) == result


@given(st.text(max_size=60) | st.text("{}[]:- \n\"'a", max_size=60))
def test_other_text_than_the_readers_is_no_fault(text):
    """The file may have changed since it was read."""
    readers = [
        (
            read_serverless,
            serverless_to_arm64,
            "serverless.yml",
            PROVIDER + "functions:\n  a: {handler: x.y}\n",
        ),
        (read_ecs, task_to_arm64, "t.json", '{"containerDefinitions": [{"image": "x"}]}'),
        (read_kubernetes, workload_to_arm64, "p.yaml", POD + CONTAINERS),
        (read_zappa, stage_to_arm64, "zappa_settings.json", '{"dev": {}}'),
        (read_zappa, stage_to_arm64, "zappa_settings.toml", "[dev]\n"),
        (read_dockerfile, dockerfile_to_arm64, "Dockerfile", "FROM amd64/python:3.12\n"),
    ]
    for read, change, path, before in readers:
        deployable = read(path, tree_of({path: before})).deployables[0]
        answer = change(text, deployable)
        assert isinstance(answer, NotChanged | Change | tuple)


def test_eks_has_no_arm64_on_fargate():
    selector = "  nodeSelector: {eks.amazonaws.com/compute-type: fargate}\n"
    assert after(read_kubernetes, workload_to_arm64, "p.yaml", POD + selector + CONTAINERS) == (
        "EKS has no arm64 on Fargate; nodes of its own would have to run it"
    )
