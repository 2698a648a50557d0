"""An image whose Dockerfile is not in the repository, or cannot be read: it is named, and undetermined."""

from __future__ import annotations

import json

import pytest

FUNCTION = """\
Resources:
  good:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: g, Handler: a.b, Runtime: python3.13}
"""
SAM = (
    FUNCTION
    + """\
  f:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: c, Dockerfile: Dockerfile}
    Properties: {PackageType: Image}
"""
)
AGENT = (
    FUNCTION
    + """\
  f:
    Type: AWS::BedrockAgentCore::Runtime
    Metadata: {DockerContext: c, Dockerfile: Dockerfile}
"""
)
CDK = (
    FUNCTION
    + """\
  f:
    Type: AWS::Lambda::Function
    Metadata: {'aws:asset:path': c, 'aws:asset:property': Code.ImageUri}
    Properties: {PackageType: Image, Code: {ImageUri: x}}
"""
)
TERRAFORM = """\
variable "v" {}
resource "docker_image" "i" {
  name = "i"
  build {
    context    = "c"
    dockerfile = "Dockerfile"
  }
}
resource "aws_lambda_function" "f" {
  package_type = "Image"
  image_uri    = docker_image.i.name
}
"""
TOLD_TO_SAM = """\
resource "aws_lambda_function" "f" {
  package_type = "Image"
  image_uri    = "x"
}
resource "null_resource" "sam_metadata_f" {
  triggers = {
    resource_name  = "aws_lambda_function.f"
    resource_type  = "IMAGE_LAMBDA_FUNCTION"
    docker_context = "c"
  }
}
"""
SERVERLESS = """\
service: s
provider:
  name: aws
  ecr:
    images:
      i: {path: c, file: Dockerfile}
functions:
  f: {image: i}
"""
COMPOSE = "services:\n  f:\n    build: {context: c}\n"
WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - %s
"""
ACTION = WORKFLOW % "uses: docker/build-push-action@v6\n        with: {context: c}"
COMMAND = WORKFLOW % "run: docker build c"
WORKFLOW_PATH = ".github/workflows/build.yml"
FILES = {
    "sam": ("template.yaml", SAM),
    "agent": ("template.yaml", AGENT),
    "cdk": ("template.yaml", CDK),
    "terraform": ("main.tf", TERRAFORM),
    "told to sam": ("main.tf", TOLD_TO_SAM),
    "serverless": ("serverless.yml", SERVERLESS),
    "compose": ("compose.yaml", COMPOSE),
    "action": (WORKFLOW_PATH, ACTION),
    "command": (WORKFLOW_PATH, COMMAND),
}
REASONS = {
    None: "c/Dockerfile: not in this repository",
    b"": "c/Dockerfile: no FROM; expected a Dockerfile",
    b"FROM python:3.13 and more\n": "c/Dockerfile: FROM 'python:3.13 and more': expected one image, and AS with a name at most",
    b"\xff\xfe\0FROM python:3.13\n": "c/Dockerfile: not text in UTF-8",
}


@pytest.fixture
def written(archcheck, store):
    """Return what writes one of `FILES` and its Dockerfile beside a function that can move."""
    store.add("ready", "1.0", wheels=["py3-none-any"])
    for folder in ("g", "c", ".github/workflows"):
        (archcheck.folder / folder).mkdir(parents=True)
    archcheck.write("g/a.py", "")
    archcheck.write("g/requirements.txt", "ready\n")
    archcheck.write("c/a.py", "")
    archcheck.write("template.yaml", FUNCTION)

    def write(path, text, dockerfile=None):
        archcheck.write(path, text)
        if dockerfile is not None:
            (archcheck.folder / "c/Dockerfile").write_bytes(dockerfile)
        return archcheck

    return write


def told(archcheck, path):
    """Return the report, and what of it *path* deploys besides the good function."""
    done = archcheck(".", "--json")
    return done, [
        each
        for each in done.report["deployables"]
        if each["name"] != "good" and each["source"]["path"] == path
    ]


@pytest.mark.parametrize("dockerfile", REASONS)
@pytest.mark.parametrize("form", FILES)
def test_what_is_lost_is_named_and_undetermined(written, form, dockerfile):
    path, text = FILES[form]
    archcheck = written(path, text, dockerfile)
    done, (one,) = told(archcheck, path)
    assert done.code == 2
    assert done.report["complete"] is False
    assert done.report["recommendation"]["architecture"] == "undetermined"
    assert (one["standing"], one["recommendation"]) == ("undetermined", None)
    assert one["notes"] == [REASONS[dockerfile]]
    assert (done.report["fleet"]["others"], done.report["fleet"]["images"]) == (0, 0)
    for shown in ("text", "markdown", "html"):
        out = archcheck(".", "-f", shown).out
        assert "1 undetermined" in out
        assert "c/Dockerfile" in out


@pytest.mark.parametrize("form", FILES)
def test_an_image_of_another_language_is_not_lost(written, form):
    path, text = FILES[form]
    done, found = told(written(path, text, b"FROM node:22\nRUN npm ci\n"), path)
    assert (done.code, found) == (0, [])


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("sam", "DockerContext: c", "DockerContext: ../../c"),
        ("sam", "DockerContext: c", "DockerContext: !Ref Where"),
        ("sam", "Dockerfile: Dockerfile", "Dockerfile: !Sub '${Which}.Dockerfile'"),
        ("agent", "DockerContext: c", "DockerContext: ../../c"),
        ("terraform", '"c"', "var.v"),
        ("terraform", '"c"', '"../../c"'),
        ("terraform", '"Dockerfile"', "var.v"),
        ("serverless", "path: c", "path: '${env:WHERE}'"),
        ("serverless", "path: c", "path: ../../c"),
        ("compose", "context: c", "context: '${WHERE}'"),
        ("compose", "context: c", "context: ../../c"),
        ("compose", "context: c", "context: 'https://example.com/a/b.git'"),
        ("compose", "context: c", "context: 'git@example.com:a/b.git'"),
        ("compose", "context: c", "dockerfile_inline: FROM x"),
    ],
)
def test_what_nobody_tells_is_undetermined_and_not_lost(written, form, old, new):
    path, text = FILES[form]
    done, (one,) = told(written(path, text.replace(old, new)), path)
    assert (done.code, done.report["complete"]) == (0, True)
    assert one["standing"] == "undetermined"
    assert one["notes"]
    assert "not in this repository" not in "".join(one["notes"])
    assert done.report["recommendation"]["architecture"] == "undetermined"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("template.yaml", SAM.replace("PackageType: Image", "PackageType: Image, ImageUri: x.example/y:1").replace("DockerContext: c, Dockerfile: Dockerfile", "")),
        (WORKFLOW_PATH, ACTION.replace("context: c", "context: '${{ inputs.where }}'")),
        (WORKFLOW_PATH, ACTION.replace("context: c", "context: 'https://example.com/a/b.git'")),
        (WORKFLOW_PATH, ACTION.replace("context: c", "context: another-checkout")),
        (WORKFLOW_PATH, COMMAND.replace("docker build", "cd g && docker build")),
    ],
)  # fmt: skip
def test_what_is_built_elsewhere_is_counted_as_that(written, path, text):
    """A workflow builds what another step brings as well; the Dockerfiles that are here speak for themselves."""
    done, found = told(written(path, text), path)
    assert (done.code, found) == (0, [])
    assert (done.report["fleet"]["others"], done.report["fleet"]["images"]) == (0, 1)


def test_one_dockerfile_is_said_once(written):
    archcheck = written("template.yaml", SAM)
    archcheck.write("compose.yaml", COMPOSE)
    archcheck.write(WORKFLOW_PATH, ACTION)
    names = [each["name"] for each in archcheck(".", "--json").report["deployables"]]
    assert sorted(names) == ["f", "good"]


@pytest.mark.parametrize("form", FILES)
def test_requirements_beside_it_do_not_answer_for_it(written, form):
    """`archcheck .` would else take the folder for that of a project that is deployed by nobody."""
    path, text = FILES[form]
    archcheck = written(path, text.replace(FUNCTION, "Resources:\n"))
    if path != "template.yaml":
        (archcheck.folder / "template.yaml").unlink()
    archcheck.write("requirements.txt", "ready\n")
    done = archcheck(".", "--json")
    assert (done.code, json.loads(done.out)["complete"]) == (2, False)
