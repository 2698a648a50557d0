"""Compose files: which containers they name, and that each Dockerfile is deployed once."""

from __future__ import annotations

import pytest

from archcheck.deployables.changes.lines import NotChanged, changed
from archcheck.deployables.compose import read_compose, to_arm64
from archcheck.deployables.joined import join
from archcheck.deployables.repository import read_repository
from tests.deployables.trees import tree_of

DOCKERFILE = "FROM python:3.12-slim AS base\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
FILES = {"api/Dockerfile": DOCKERFILE, "api/requirements.txt": "a\n"}


def deployables(compose, **more):
    return read_repository(tree_of({"compose.yaml": compose, **FILES, **more})).deployables


def service(text):
    (one,) = read_compose(
        "compose.yaml", tree_of({"compose.yaml": f"services:\n  web:\n{text}", **FILES})
    ).deployables
    return one


@pytest.mark.parametrize(
    "build",
    [
        "    build: ./api\n",
        "    build: {context: api}\n",
        "    build: {context: ., dockerfile: api/Dockerfile}\n",
    ],
)
def test_a_dockerfile_that_a_service_names_is_one_deployable(build):
    for file in ("compose.yaml", "docker-compose.yml", "docker-compose.prod.yml"):
        compose = f"services:\n  web:\n{build}    platform: linux/amd64\n  db: {{image: 'postgres:17'}}\n"
        (web,) = [each for each in deployables("", **{file: compose}) if each.code.kind == "dockerfile"]
        assert (web.name, web.tool, str(web.location)) == ("web", "compose", f"{file}:2")
        assert [(each.value, str(each.location)) for each in web.architectures] == [("x86_64", f"{file}:4")]


def test_what_it_installs_comes_from_the_folder_that_it_is_built_from():
    files = {"api/Dockerfile": DOCKERFILE, "requirements.txt": "a\n", "api/requirements.txt": "b\n"}
    compose = "services:\n  web:\n    build:\n      context: .\n      dockerfile: api/Dockerfile\n"
    repository = read_repository(tree_of({"compose.yaml": compose, **files}))
    units = [each for each in join(repository, tree_of(files)).units if each.deployable is not None]
    assert [(each.deployable.name, [one.path for one in each.inputs]) for each in units] == [
        ("web", ["requirements.txt"])
    ]


def test_services_of_one_image_are_one_and_stages_are_several():
    text = "services:\n  web: {build: api}\n  worker: {build: api, command: work}\n  dev: {build: {context: api, target: base}}\n"
    assert [each.name for each in deployables(text)] == ["web", "dev"]


def test_what_is_deployed_is_deployed_as_that():
    template = """\
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: api}
    Properties: {PackageType: Image}
"""
    found = deployables(
        "services:\n  web: {build: api, platform: linux/amd64}\n", **{"template.yaml": template}
    )
    assert [(each.name, each.tool) for each in found] == [("F", "sam")]


def test_another_language_is_not_audited():
    tree = tree_of({"compose.yaml": "services:\n  web: {build: .}\n", "Dockerfile": "FROM node:22\n"})
    assert read_repository(tree).deployables == ()


@pytest.mark.parametrize(
    ("text", "architectures", "unknown"),
    [
        ("    image: postgres:17\n", [], ()),
        ("    image: x\n    platform: ${P:-linux/arm64}\n", [("aarch64", "${P:-linux/arm64} has its default")], ()),
        ("    image: x\n    platform: ${P}\n", [], ("its platform: ${P}, which the file does not tell",)),
        ("    build: {context: api, platforms: [linux/arm64]}\n", [("aarch64", None)], ()),
        ("    build: {context: api, platforms: [linux/arm64, linux/amd64]}\n", [], ()),
        ("    build: https://example.com/x.git\n", [],
         ("https://example.com/x.git/Dockerfile is no Dockerfile of this repository",)),
        ("    build: {dockerfile_inline: FROM x}\n", [], ("its Dockerfile stands in the file itself",)),
        ("    build: git@example.com:a/x.git\n", [],
         ("git@example.com:a/x.git/Dockerfile is no Dockerfile of this repository",)),
        ("    build: ../other\n", [], ("../other/Dockerfile is no Dockerfile of this repository",)),
    ],
)  # fmt: skip
def test_a_service(text, architectures, unknown):
    found = service(text)
    assert [(each.value, each.when) for each in found.architectures] == architectures
    assert found.unknown == unknown


def test_what_another_file_says_from_where_it_is_built_is_no_service():
    """An override that changes a build's target or file; the context is the other file's."""
    text = "services:\n  web: {build: {target: base}}\n  api: {build: {dockerfile: Dockerfile.dev}}\n"
    assert read_compose("compose.override.yaml", tree_of({"compose.override.yaml": text})).deployables == ()


@pytest.mark.parametrize(
    "text", ["services: [a]", "services: {a: b}", "a: 1", "services: {a: {}}", "[services"]
)
def test_what_is_none_names_nothing(text):
    assert read_compose("compose.yaml", tree_of({"compose.yaml": text})).deployables == ()


def test_its_platform_is_changed_where_it_states_one():
    text = "services:\n  web:\n    build: api\n    platform: linux/amd64  # why\n"
    (web,) = deployables(text)
    assert changed(text, to_arm64(text, web)) == text.replace("amd64", "arm64")
    (web,) = deployables("services:\n  web:\n    build: api\n")
    assert to_arm64("", web).reason.startswith("nobody states a platform")
    amd = {"api/Dockerfile": DOCKERFILE.replace("FROM", "FROM --platform=linux/amd64")}
    (web,) = deployables("services:\n  web:\n    build: api\n", **amd)
    assert to_arm64("", web) == NotChanged(reason="api/Dockerfile:1 states it; change it there")


@pytest.mark.parametrize("args", ["{BASE: slim, V: $X}", "[BASE=slim, ALONE, 'V=${X}']"])
def test_arguments_of_a_build(args):
    found = service(f"    build: {{context: api, args: {args}}}\n")
    assert found.code.args == (("BASE", "slim"),)
