"""A build up to a stage that its Dockerfile has not: it is named, undetermined, and the result is not complete."""

from __future__ import annotations

import pytest

ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
DOCKERFILE = """\
FROM public.ecr.aws/lambda/python:3.13 AS base
COPY requirements.txt .
RUN pip install -r requirements.txt
FROM base AS Final
"""
SAM = """\
Resources:
  f:
    Type: AWS::Serverless::Function
    Metadata: {{DockerContext: c, Dockerfile: Dockerfile, DockerBuildTarget: {}}}
    Properties: {{PackageType: Image}}
"""
TERRAFORM = """\
resource "docker_image" "i" {{
  name = "i"
  build {{
    context = "c"
    target  = "{}"
  }}
}}
resource "aws_lambda_function" "f" {{
  package_type = "Image"
  image_uri    = docker_image.i.name
}}
"""
COMPOSE = "services:\n  f:\n    platform: linux/amd64\n    build: {{context: c, target: '{}'}}\n"
WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - {}
"""
ACTION = WORKFLOW.format("uses: docker/build-push-action@v6\n        with: {{context: c, target: '{}'}}")
COMMAND = WORKFLOW.format("run: docker build --target '{}' c")
FILES = {
    "sam": ("template.yaml", SAM),
    "terraform": ("main.tf", TERRAFORM),
    "compose": ("compose.yaml", COMPOSE),
    "action": (".github/workflows/build.yml", ACTION),
    "command": (".github/workflows/build.yml", COMMAND),
}


@pytest.fixture
def built(archcheck, store):
    """Return what builds up to a stage, by one of `FILES`, of a Dockerfile."""
    store.add("ready", "1.0", wheels=[X86, ARM])
    (archcheck.folder / "c").mkdir()
    (archcheck.folder / ".github/workflows").mkdir(parents=True)
    archcheck.write("c/requirements.txt", "ready\n")

    def write(form, target, dockerfile=DOCKERFILE):
        path, text = FILES[form]
        archcheck.write(path, text.format(target))
        archcheck.write("c/Dockerfile", dockerfile)
        return archcheck, path

    return write


@pytest.mark.parametrize("form", FILES)
def test_what_is_lost_is_named_and_undetermined(built, form):
    archcheck, path = built(form, "gone")
    done = archcheck(".", "--json")
    assert done.code == 2
    assert done.report["complete"] is False
    (one,) = [each for each in done.report["deployables"] if each["source"]["path"] == path]
    assert (one["standing"], one["recommendation"]) == ("undetermined", None)
    assert "c/Dockerfile: no stage is named 'gone'" in one["notes"]
    assert done.report["fleet"]["others"] == 0
    for shown in ("text", "markdown", "html"):
        said = archcheck(".", "-f", shown).out.replace("&#x27;", "'").replace("&#39;", "'")
        assert "no stage is named 'gone'" in said


@pytest.mark.parametrize("target", ["base", "BASE", "final", "1"])
@pytest.mark.parametrize("form", FILES)
def test_a_stage_that_is_there_is_built(built, form, target):
    """Docker takes names of stages in any case, and their numbers."""
    archcheck, _ = built(form, target)
    done = archcheck(".", "--json")
    assert done.code == 0
    assert {each["standing"] for each in done.report["deployables"]} <= {"now", "already"}


@pytest.mark.parametrize(
    ("form", "target"),
    [("compose", "${STAGE:-final}"), ("compose", ""), ("compose", "${STAGE}"), ("action", "${{ inputs.stage }}")],
)  # fmt: skip
def test_what_a_variable_names_is_not_lost(built, form, target):
    archcheck, _ = built(form, "{}")
    path, text = FILES[form]
    archcheck.write(path, text.format(target))
    done = archcheck(".", "--json")
    assert done.code == 0
    standing = "undetermined" if target == "${STAGE}" else "now"
    assert [each["standing"] for each in done.report["deployables"] if each["kind"] != "project"] == [
        standing
    ]


@pytest.mark.parametrize("form", ["sam", "compose", "action"])
def test_of_another_language_nothing_is_lost(built, form):
    archcheck, _ = built(form, "gone", "FROM node:22\nRUN npm ci\n")
    done = archcheck(".", "--json")
    assert done.code == 0
    assert [each["kind"] for each in done.report["deployables"]] == ["project"]


def test_a_build_that_is_lost_says_nothing_of_the_image_of_another(built):
    """The workflow's own build fails: its platform is not that of the image that the Dockerfile makes."""
    archcheck, path = built("action", "gone")
    archcheck.write(path, ACTION.format("gone").replace("with: {", "with: {platforms: linux/arm64, "))
    deployed = {each["source"]["path"]: each for each in archcheck(".", "--json").report["deployables"]}
    assert (deployed["c/Dockerfile"]["architecture"], deployed["c/Dockerfile"]["standing"]) == (
        "unknown",
        "now",
    )
