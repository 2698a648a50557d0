"""Tasks of ECS and runtimes of Bedrock AgentCore."""

from __future__ import annotations

import pytest

from archcheck.deployables.model import Code
from tests.deployables.cloudformation.reading import architectures, found, only


@pytest.mark.parametrize(
    ("properties", "platform", "expected", "is_default"),
    [
        ("RequiresCompatibilities: [FARGATE]", "fargate", [("x86_64", None)], True),
        ("RequiresCompatibilities: [EC2]", "ecs", [("x86_64", None)], True),
        ("Cpu: 256", "ecs", [("x86_64", None)], True),
        ("RuntimePlatform: {CpuArchitecture: ARM64}", "ecs", [("aarch64", None)], False),
        ("RuntimePlatform: {CpuArchitecture: X86_64}", "ecs", [("x86_64", None)], False),
        ("RuntimePlatform: {OperatingSystemFamily: LINUX}", "ecs", [("x86_64", None)], True),
        (
            "RuntimePlatform: {CpuArchitecture: !Ref Cpu}",
            "ecs",
            [("aarch64", "parameter Cpu is ARM64 (by default)"), ("x86_64", "parameter Cpu is X86_64")],
            False,
        ),
        ("RuntimePlatform: {CpuArchitecture: arm64}", "ecs", [], False),
    ],
)
def test_a_task(properties, platform, expected, is_default):
    task = only(f"""\
        Parameters: {{Cpu: {{Type: String, Default: ARM64, AllowedValues: [ARM64, X86_64]}}}}
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Memory: 2 GB
              ContainerDefinitions: [{{Name: web, Image: 'r/web:1'}}]
              {properties}
        """)
    assert (task.name, task.kind, task.platform, task.memory_mb) == ("Task", "container", platform, 2048)
    assert (architectures(task), task.is_default) == (expected, is_default)
    assert task.code == Code(kind="image", reference="r/web:1")


def test_each_container_of_a_task_is_one():
    result = found("""\
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Memory: '512'
              ContainerDefinitions:
                - {Name: web, Image: !Sub '${AWS::AccountId}.dkr.ecr/web', Memory: 256}
                - {Name: side, Image: !Ref Missing}
        """)
    assert [(each.name, each.memory_mb, each.code.reference) for each in result.deployables] == [
        ("Task/web", 256, "${AWS::AccountId}.dkr.ecr/web"),
        ("Task/side", 512, "${Missing}"),
    ]


def test_an_agents_runtime_is_always_arm64():
    result = found("""\
        Resources:
          InImage:
            Type: AWS::BedrockAgentCore::Runtime
            Properties: {AgentRuntimeArtifact: {ContainerConfiguration: {ContainerUri: 'r/a:1'}}}
          Packed:
            Type: AWS::BedrockAgentCore::Runtime
            Properties:
              AgentRuntimeArtifact:
                CodeConfiguration: {Code: {S3: {Bucket: b, Prefix: p/a.zip}}, Runtime: PYTHON_3_13, EntryPoint: [a.py]}
        """)
    image, packed = result.deployables
    assert {each.platform for each in result.deployables} == {"agentcore"}
    assert architectures(image) == architectures(packed) == [("aarch64", None)]
    assert (image.kind, image.code) == ("container", Code(kind="image", reference="r/a:1"))
    assert (packed.kind, packed.code) == ("function", Code(kind="elsewhere", reference="s3://b/p/a.zip"))
    assert [each.value for each in packed.targets] == ["agentcore:python3.13"]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [("", "x86_64"), (", Architecture: arm64", "aarch64"), (", Architecture: x86_64", "x86_64")],
)
@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: i}]}",
        "{Type: AWS::BedrockAgentCore::Runtime, Properties: {}",
    ],
)
def test_images_that_sam_builds_are_built_for_what_the_metadata_say(resource, metadata, expected):
    """As sam-cli's ContainerBuildDefinition does it, for AgentCore too, which runs arm64 alone."""
    docker = f"Metadata: {{DockerContext: ./app, Dockerfile: D, DockerBuildTarget: prod{metadata}}}"
    container = only(f"Resources:\n  R: {resource}, {docker}}}\n")
    assert container.code == Code(kind="dockerfile", path="app/D", context="app", stage="prod")
    assert container.kind == "container"
    assert container.builds_for.value == expected


def test_what_the_name_of_an_image_tells():
    task = only("""\
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              RuntimePlatform: {OperatingSystemFamily: WINDOWS_SERVER_2022_CORE}
              ContainerDefinitions: [{Image: 'python:3.12-slim-bookworm'}]
        """)
    assert [each.value for each in task.targets] == ["debian12:python3.12"]
    assert task.unknown == ("it runs on WINDOWS_SERVER_2022_CORE, which is not Linux",)
