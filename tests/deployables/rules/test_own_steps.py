"""AC019: what people wrote themselves into a Dockerfile or a Makefile names x86_64."""

from __future__ import annotations

import pytest

from archcheck.deployables.joined import join
from archcheck.deployables.repository import read_repository
from archcheck.deployables.rules import findings_about
from tests.deployables.rules.judging import said
from tests.deployables.trees import tree_of

IMAGE = """\
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: c, Dockerfile: Dockerfile}
    Properties: {PackageType: Image%s}
"""
MADE = """\
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: m, Runtime: python3.13}
"""
BASE = "FROM public.ecr.aws/lambda/python:3.13\n"


def on(files):
    """What is found on the one function of *files*, and its notes."""
    tree = tree_of(files)
    (unit,) = join(read_repository(tree), tree).units
    return said(findings_about(unit.deployable, (), layers={}, steps=unit.steps)), unit.notes


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (
            "RUN curl -LO https://example.org/tool-linux-amd64 && chmod +x tool",
            "https://example.org/tool-linux-amd64",
        ),
        ("RUN wget -q \\\n  https://example.org/x86_64/tool.tgz", "https://example.org/x86_64/tool.tgz"),
        ("ADD https://example.org/tool-x64.zip /opt/", "https://example.org/tool-x64.zip"),
        ("RUN curl -LO https://example.org/tool-$(uname -m) || echo amd64", None),
        ("RUN curl -LO https://example.org/tool-${TARGETARCH:-amd64}", None),
        ("RUN echo amd64", None),
        ("RUN curl -LO https://example.org/tool-arm64", None),
    ],
)
def test_what_an_image_downloads_for_x86_64(line, word):
    found, _ = on({"template.yaml": IMAGE % "", "c/Dockerfile": f"{BASE}{line}\n"})
    message = f"its image downloads {word}, which is for x86_64; take that for arm64, or choose by uname -m"
    assert found == ([("AC019", "blocker", message)] if word else [])


DOWNLOAD = "RUN curl -LO https://example.org/{}-linux-amd64\n"
STAGES = (
    f"{BASE.strip()} AS base\n{DOWNLOAD.format('base')}"
    f"FROM base AS lint\n{DOWNLOAD.format('lint')}"
    f"FROM debian:12 AS tools\n{DOWNLOAD.format('tools')}"
    f"FROM debian:12 AS mounted\n{DOWNLOAD.format('mounted')}"
    f"FROM base AS debug\n{DOWNLOAD.format('debug')}COPY --from=lint /a /a\n"
    f"FROM base\nCOPY --from=tools /a /a\nRUN --mount=from=mounted,target=/m true\n{DOWNLOAD.format('last')}"
)


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("", ["base", "tools", "mounted", "last"]),
        (", DockerBuildTarget: debug", ["base", "lint", "debug"]),
        (", DockerBuildTarget: '1'", ["base", "lint"]),
    ],
)
def test_only_the_stages_that_the_wanted_one_is_built_from_count(target, wanted):
    template = (IMAGE % "").replace("Dockerfile: Dockerfile", f"Dockerfile: Dockerfile{target}")
    found, _ = on({"template.yaml": template, "c/Dockerfile": STAGES})
    assert [message.split("/")[3].split("-")[0] for rule, _, message in found if rule == "AC019"] == wanted


@pytest.mark.parametrize(
    ("name", "count"), [("--from=${TOOLS}", 6), ("--from=to$X", 6), ("--from=example.org/$X", 3)]
)
def test_where_a_variable_may_name_a_stage_all_count(name, count):
    stages = STAGES.replace("--from=tools", name)
    found, _ = on({"template.yaml": IMAGE % "", "c/Dockerfile": stages})
    assert len(found) == count


def test_a_base_for_x86_64_of_a_stage_that_is_not_built_does_not_count():
    last = f"FROM --platform=linux/amd64 debian:12 AS lint\n{BASE}"
    files = {"template.yaml": IMAGE % ", Architectures: [arm64]", "c/Dockerfile": last}
    assert on(files)[0] == []
    files["c/Dockerfile"] = f"{last}COPY --from=lint /a /a\n"
    assert [rule for rule, *_ in on(files)[0]] == ["AC019"]


def test_a_function_on_arm64_whose_image_is_built_for_x86_64():
    base = "FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13"
    message = f"it runs on arm64, and its image is built for x86_64: {base}"
    files = {"template.yaml": IMAGE % ", Architectures: [arm64]", "c/Dockerfile": f"{base}\n"}
    assert on(files)[0] == [("AC019", "blocker", message)]
    files["template.yaml"] = IMAGE % ""
    assert on(files)[0] == []  # the line changes with the template


def test_what_a_makefile_says_of_x86_64():
    text = (
        "build-Other:\n\tpip install --platform manylinux2014_x86_64 a\n"
        "build-F:\n\tpip install --platform manylinux_2_28_x86_64 a # amd64\n"
    )
    found, notes = on({"template.yaml": MADE, "m/app.py": "", "m/Makefile": text})
    says = "its Makefile says manylinux_2_28_x86_64, which is for x86_64; take that for arm64, or choose by uname -m"
    assert (found, notes) == ([("AC019", "blocker", says)], ())


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"m/Makefile": "build-F:\n\tcp app.py $(ARTIFACTS_DIR)\n"}, "which was read, and not run"),
        ({}, "which is not here"),
    ],
)
def test_what_else_a_makefile_does_is_said_to_be_its_own(files, what):
    found, notes = on({"template.yaml": MADE, "m/app.py": "", **files})
    assert (found, notes) == ([], (f"it is built by its own Makefile (m/Makefile), {what}",))
