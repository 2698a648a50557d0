"""What people wrote themselves: a Dockerfile or a Makefile names x86_64 (AC019), or installs by name (AC009)."""

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
    return said(
        findings_about(unit.deployable, (), layers={}, steps=unit.steps, installs=unit.installs)
    ), unit.notes


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
        ("RUN curl -O https://u:pw@example.org/x86_64.gz", "https://****@example.org/x86_64.gz"),
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
        "build-F:\n\tpip install --platform manylinux_2_28_x86_64 -r requirements.txt # amd64\n"
    )
    files = {"template.yaml": MADE, "m/app.py": "", "m/Makefile": text, "m/requirements.txt": ""}
    found, notes = on(files)
    says = "its Makefile says manylinux_2_28_x86_64, which is for x86_64; take that for arm64, or choose by uname -m"
    assert (found, notes) == ([("AC019", "blocker", says)], ())


def test_what_else_a_makefile_does_is_said_to_be_its_own():
    text = "build-F:\n\tcp app.py $(ARTIFACTS_DIR)\n"
    found, notes = on({"template.yaml": MADE, "m/app.py": "", "m/Makefile": text})
    assert (found, notes) == (
        [],
        ("it is built by its own Makefile (m/Makefile), which was read, and not run",),
    )


@pytest.mark.parametrize(
    ("text", "files", "runs"),
    [
        (
            'build-F:\n\t@pip install numpy -t "$(ARTIFACTS_DIR)"\n',
            (),
            'pip install numpy -t "$(ARTIFACTS_DIR)"',
        ),
        # What a requirements file says beside it is not all that is installed.
        ("build-F:\n\tpip install numpy\n", ("m/requirements.txt",), "pip install numpy"),
        ("build-F:\n\tpip install -r m.txt\n", ("m/requirements.txt", "m/m.txt"), "pip install -r m.txt"),
        (
            "build-F:\n\tpip install -t $(ARTIFACTS_DIR) \\\n\t numpy\n",
            (),
            "pip install -t $(ARTIFACTS_DIR) numpy",
        ),
        ("P := python3 -m pip\nbuild-F:\n\t${P} install a\n", (), "${P} install a"),
        ("build-F: deps\ndeps:\n\tuv pip install a\n", (), "uv pip install a"),
        ("build-%:\n\tpip install a\n", (), "pip install a"),
        ("build-F:\n\tcd x && poetry install\n", (), "cd x && poetry install"),
        (
            "build-F:\n\tpip install -i https://u:pw@h.example/ a\n",
            (),
            "pip install -i https://****@h.example/ a",
        ),
    ],
)
def test_what_a_makefile_installs_that_no_requirements_name(text, files, runs):
    more = dict.fromkeys(files, "")
    found, _ = on({"template.yaml": MADE, "m/app.py": "", "m/Makefile": text, **more})
    assert found == [("AC009", "unknown", f"its Makefile runs {runs!r}, and what that installs was not read")]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("build-F:\n\tpip install -r requirements.txt -t x\n", ("m/requirements.txt",)),
        ("build-F:\n\tpip install .\n", ("m/requirements.txt",)),
        ("build-F:\n\tpip install --upgrade pip\n\t# pip install a\n", ()),
        ("build-F:\n\tcp a b\nlint:\n\tpip install ruff\nbuild-G: build-F\n\tpip install a\n", ()),
        ("build-F: build-F a\na: build-F\n", ()),
    ],
)
def test_what_a_makefile_installs_is_read_or_for_others(text, files):
    more = dict.fromkeys(files, "")
    assert on({"template.yaml": MADE, "m/app.py": "", "m/Makefile": text, **more})[0] == []


@pytest.mark.parametrize(
    "files",
    [{}, {"m/Makefile": "#" * 300_000}, {"m/Makefile": "build-F:\n" + "\techo\n" * 1_001}],
)
def test_a_makefile_that_cannot_be_read_tells_nothing(files):
    says = "its Makefile could not be read, and nothing else says what it installs"
    found, _ = on({"template.yaml": MADE, "m/app.py": "", **files})
    assert found == [("AC009", "unknown", says)]
    assert on({"template.yaml": MADE, "m/app.py": "", **files, "m/requirements.txt": ""})[0] == []
