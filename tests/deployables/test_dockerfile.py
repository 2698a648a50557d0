"""What a Dockerfile builds: by small files with the truth written beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.dockerfile import read_dockerfile
from archcheck.deployables.dockerfile.instructions import (
    MAX_BYTES,
    MAX_INSTRUCTIONS,
    expanded,
    read_instructions,
)
from archcheck.deployables.model import Found
from archcheck.platforms.targets import parse_target
from tests.deployables.trees import tree_of

FILES = {
    "requirements.txt": "numpy\n",
    "requirements-dev.txt": "pytest\n",
    "pyproject.toml": "",
    "uv.lock": "",
    "app.py": "",
    "services/api/requirements.txt": "",
    "services/api/src/main.py": "",
    "services/web/pyproject.toml": "",
    "services/web/poetry.lock": "",
    "services/old/Pipfile": "",
    "services/old/Pipfile.lock": "",
    "libs/common/setup.py": "",
    "environment.yml": "",
}


def read(text, path="Dockerfile", files=FILES, **asked):
    return read_dockerfile(path, tree_of({**files, path: text}), **asked)


def only(text, path="Dockerfile", files=FILES, **asked):
    found = read(text, path, files, **asked)
    assert found.problems == ()
    (deployable,) = found.deployables
    return deployable


INSTALL = "COPY requirements.txt .\nRUN pip install -r requirements.txt\n"


@pytest.mark.parametrize(
    ("text", "architectures", "target"),
    [
        ("FROM python:3.12-slim-bookworm\n", [], "debian12:python3.12"),
        ("FROM python:3.12.4-slim-bookworm@sha256:abc AS x\n", [], "debian12:python3.12.4"),
        ("FROM --platform=linux/arm64 python:3.11-alpine3.20\n", ["aarch64"], "alpine3.20:python3.11"),
        ("FROM --platform=linux/amd64 python:3.11-alpine3.20\n", ["x86_64"], "alpine3.20:python3.11"),
        ("FROM --platform=linux/arm64/v8 python:3.11-alpine3.20\n", ["aarch64"], "alpine3.20:python3.11"),
        ("FROM --platform=$TARGETPLATFORM python:3.11-alpine3.20\n", [], "alpine3.20:python3.11"),
        ("FROM --platform=${BUILDPLATFORM} python:3.11-alpine3.20\n", [], "alpine3.20:python3.11"),
        ("FROM public.ecr.aws/lambda/python:3.13\n", [], "lambda:python3.13"),
        ("FROM public.ecr.aws/lambda/python:3.13-arm64\n", ["aarch64"], "lambda:python3.13"),
        ("FROM public.ecr.aws/lambda/python:3.13-x86_64\n", ["x86_64"], "lambda:python3.13"),
        ("from amazon/aws-lambda-python:3.9 as base\nfrom base\n", [], "lambda:python3.9"),
        ("ARG V=3.12\nARG S=bookworm\nFROM python:${V}-slim-$S\n", [], "debian12:python3.12"),
        ("ARG V\nFROM python:${V:-3.12}-slim-bookworm\n", [], "debian12:python3.12"),
        ("ARG A=3 B=${A}.11\nFROM python:$B-alpine3.20\n", [], "alpine3.20:python3.11"),
        ("ARG P=linux/arm64\nFROM --platform=$P python:3.11-alpine3.20\n", ["aarch64"], "alpine3.20:python3.11"),
        ("FROM public.ecr.aws/lambda/python:3.13-${TARGETARCH}\n", [], "lambda:python3.13"),
        ("FROM registry.access.redhat.com/ubi9/python-311\n", [], "rhel9:python3.11"),
        ("FROM ghcr.io/astral-sh/uv:0.9-python3.12-bookworm-slim\n", [], "debian12:python3.12"),
        ("FROM gcr.io/distroless/python3-debian12:nonroot-arm64\n", ["aarch64"], "debian12:python3.11"),
        ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 python3-pip\n" + INSTALL, [], "ubuntu22.04:python3.10"),
        ("FROM ubuntu:jammy\nRUN apt-get install -y python3.11 python3.11-venv\n" + INSTALL, [], "ubuntu22.04:python3.11"),
        ("FROM amazonlinux:2023\nRUN dnf install -y python3.12\n" + INSTALL, [], "amazonlinux2023:python3.12"),
        ("FROM registry.access.redhat.com/ubi8/ubi:8.9\nRUN dnf install -y python39\n" + INSTALL, [], "rhel8:python3.9"),
        ("FROM debian:bookworm-slim\nRUN uv python install 3.13 && uv pip install -r requirements.txt\n", [], "debian12:python3.13"),
        ("FROM python:3.12-bookworm AS b\nRUN pip install x\nFROM debian:bookworm-slim\nCOPY --from=b /venv /venv\n", [], "debian12:python3.12"),
        ("FROM python:3.12-bookworm AS b\nFROM --platform=linux/arm64 b\n", ["aarch64"], "debian12:python3.12"),
        # uv's own example: what runs is the Python of the stage before.
        ('FROM ghcr.io/astral-sh/uv:bookworm-slim AS b\nRUN uv python install 3.12\nFROM debian:bookworm-slim\nCOPY --from=b /python /python\nCMD ["fastapi", "run"]\n', [], "debian12:python3.12"),
        ("FROM ubuntu:24.04\nENV UV_PYTHON=3.11\nRUN uv sync\n", [], "ubuntu24.04:python3.11"),
        ("FROM debian:bookworm-slim\nRUN curl x | sh\nRUN pip install x\n", [], "debian12:python3.11"),
        ("FROM --platform=linux/arm64 python:3.12-bookworm AS b\nFROM b AS c\nFROM c\n", ["aarch64"], "debian12:python3.12"),
    ],
)  # fmt: skip
def test_base_and_architecture(text, architectures, target):
    found = only(text)
    assert [each.value for each in found.architectures] == architectures
    assert [each.value for each in found.targets] == [target]
    assert parse_target(target)
    assert found.is_default is (not architectures)
    assert found.platform == ("lambda" if target.startswith("lambda:") else "container")
    assert (found.kind, found.tool) == ("container", "docker")


@pytest.mark.parametrize(
    ("text", "manifests"),
    [
        (INSTALL, ["requirements.txt"]),
        ("COPY . .\nRUN pip3 install --no-cache-dir -r ./requirements.txt\n", ["requirements.txt"]),
        ("COPY . /app\nWORKDIR /app\nRUN python3 -m pip install -q -rrequirements.txt\n", ["requirements.txt"]),
        ("WORKDIR /app\nCOPY requirements*.txt ./\nRUN pip install -r requirements.txt -r requirements-dev.txt\n",
         ["requirements.txt", "requirements-dev.txt"]),
        ("COPY requirements.txt /tmp/r.txt\nRUN pip install --requirement=/tmp/r.txt\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN pip install --no-cache-dir -qUr requirements.txt\n", ["requirements.txt"]),
        ("COPY requirements.txt /tmp\nRUN pip install -r /tmp/requirements.txt\n", ["requirements.txt"]),
        ('COPY ["requirements.txt", "/x/"]\nRUN ["pip", "install", "-r", "/x/requirements.txt"]\n', ["requirements.txt"]),
        ("COPY services/api/requirements.txt /app/\nRUN cd /app && pip install -r requirements.txt\n",
         ["services/api/requirements.txt"]),
        ("COPY services/api /app\nENV D=/app\nRUN pip install -r $D/requirements.txt\n", ["services/api/requirements.txt"]),
        ("ARG D=services/api\nCOPY ${D}/requirements.txt .\nRUN pip install -r requirements.txt\n",
         ["services/api/requirements.txt"]),
        ("COPY --parents services/api/requirements.txt /x/\nRUN pip install -r /x/services/api/requirements.txt\n",
         ["services/api/requirements.txt"]),
        ("COPY requirements.txt .\nRUN apt-get update \\\n # why\n\n && pip install \\\n  -r requirements.txt # done\n",
         ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN <<EOF\nset -e\npip install \\\n -r requirements.txt\nEOF\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN <<-'A' <<B\n\tpip install -r requirements.txt\n\tA\nB\nRUN true\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN if [ -f requirements.txt ]; then pip install -r requirements.txt; fi\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN sh -c 'pip install -r requirements.txt'\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt\n", ["requirements.txt"]),
        ("RUN --mount=type=bind,source=requirements.txt,target=/tmp/r.txt pip install -r /tmp/r.txt\n", ["requirements.txt"]),
        ("WORKDIR /app\nRUN --mount=type=bind,source=uv.lock,target=uv.lock --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync --locked --no-install-project\n",
         ["uv.lock"]),
        ("WORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen\n", ["uv.lock"]),
        ("COPY pyproject.toml ./\nRUN uv sync\n", ["pyproject.toml"]),
        ("COPY requirements.txt .\nRUN uv pip install --system -r requirements.txt\n", ["requirements.txt"]),
        ("COPY requirements.txt .\nRUN uv pip sync requirements.txt\n", ["requirements.txt"]),
        ("COPY pyproject.toml .\nRUN uv pip install -r pyproject.toml\n", ["pyproject.toml"]),
        ("COPY uv.lock pyproject.toml ./\nRUN uv export -o requirements.txt && uv pip install -r requirements.txt\n", ["uv.lock"]),
        ("COPY services/web/ /app\nWORKDIR /app\nRUN poetry config virtualenvs.create false && poetry install --only main\n",
         ["services/web/poetry.lock"]),
        ("COPY services/web/ /app\nRUN poetry -C /app install\n", ["services/web/poetry.lock"]),
        ("COPY services/old/ .\nRUN pipenv install --system --deploy\n", ["services/old/Pipfile.lock"]),
        ("COPY libs /libs\nRUN pip install -e /libs/common\n", ["libs/common/setup.py"]),
        ("COPY . .\nRUN pip install '.[prod]'\n", ["pyproject.toml"]),
        ("COPY . .\nRUN uv sync --no-install-project && uv pip install -e .\n", ["uv.lock"]),
        ("COPY environment.yml .\nRUN conda env create -f environment.yml\n", ["environment.yml"]),
    ],
)  # fmt: skip
def test_manifests(text, manifests):
    found = only("FROM python:3.12-bookworm\n" + text)
    assert list(found.manifests) == manifests
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("text", "manifests"),
    [
        # A stage that nothing is taken from has no part in the image.
        ("FROM python:3.12-bookworm AS test\nCOPY requirements-dev.txt .\nRUN pip install -r requirements-dev.txt\n"
         "FROM python:3.12-bookworm\n" + INSTALL, ["requirements.txt"]),
        ("FROM python:3.12-bookworm AS build\n" + INSTALL
         + "FROM python:3.12-slim-bookworm\nCOPY --from=build /venv /venv\n", ["requirements.txt"]),
        ("FROM python:3.12-bookworm AS build\n" + INSTALL
         + "FROM python:3.12-slim-bookworm\nCOPY --from=0 /venv /venv\n", ["requirements.txt"]),
        (("FROM scratch AS files\nCOPY requirements.txt /in/\n"
         "FROM python:3.12-bookworm\nCOPY --from=files /in /out\nRUN pip install -r /out/requirements.txt\n"),
         ["requirements.txt"]),
        (("FROM scratch AS files\nCOPY . /in/\n"
         "FROM python:3.12-bookworm\nRUN --mount=from=files,source=/in,target=/m pip install -r /m/requirements.txt\n"),
         ["requirements.txt"]),
        (("FROM python:3.12-bookworm AS base\nWORKDIR /app\nCOPY . .\n"
         "FROM base\nRUN pip install -r requirements.txt\n"), ["requirements.txt"]),
        (("FROM public.ecr.aws/lambda/python:3.13\nCOPY requirements.txt ${LAMBDA_TASK_ROOT}\n"
         "RUN pip install -r requirements.txt\n"), ["requirements.txt"]),
        ("# escape=`\nFROM python:3.12-bookworm\nCOPY requirements.txt .\nRUN pip install `\n -r requirements.txt\n",
         ["requirements.txt"]),
    ],
)  # fmt: skip
def test_stages(text, manifests):
    found = only(text)
    assert list(found.manifests) == manifests
    assert found.unknown == ()


def test_a_stage_that_is_asked_for():
    text = "FROM python:3.12-bookworm AS api\n" + INSTALL + "FROM node:20 AS web\nRUN npm ci\n"
    assert read(text).deployables == ()
    assert only(text, stage="API").manifests == ("requirements.txt",)
    assert only(text, stage="0").code.stage == "0"
    (problem,) = read(text, stage="other").problems
    assert problem.message == "no stage is named 'other'"


def test_build_arguments_come_from_outside():
    text = "ARG V=3.11\nARG A\nFROM --platform=linux/$A python:${V}-bookworm\nARG A\nRUN pip install x-$A\n"
    found = only(text, arguments=(("V", "3.13"), ("A", "arm64")))
    assert [each.value for each in found.targets] == ["debian12:python3.13"]
    assert [each.value for each in found.architectures] == ["aarch64"]
    assert [(each.value, each.location.line) for each in found.typed] == [("x-arm64", 5)]


@pytest.mark.parametrize(
    ("path", "text", "context", "manifests"),
    [
        ("services/api/Dockerfile", "COPY requirements.txt .\nRUN pip install -r requirements.txt\n",
         "services/api", ["services/api/requirements.txt"]),
        ("services/api/Dockerfile", "COPY services/api/requirements.txt .\nRUN pip install -r requirements.txt\n",
         ".", ["services/api/requirements.txt"]),
        ("services/api/docker/Dockerfile", "COPY src/ requirements.txt ./\nRUN pip install -r requirements.txt\n",
         "services/api", ["services/api/requirements.txt"]),
        ("services/api/Dockerfile", "COPY . .\nRUN pip install -r requirements.txt\n",
         "services/api", ["services/api/requirements.txt"]),
        # What leads out of the context is cut off at it.
        ("services/api/Dockerfile", "COPY ../../requirements.txt .\nRUN pip install -r requirements.txt\n",
         "services/api", ["services/api/requirements.txt"]),
    ],
)  # fmt: skip
def test_the_context(path, text, context, manifests):
    found = only("FROM python:3.12-bookworm\n" + text, path)
    assert found.code.context == context
    assert list(found.manifests) == manifests


def test_a_context_that_is_told_is_taken():
    found = only("FROM python:3.12-bookworm\n" + INSTALL, "services/api/Dockerfile", context=".")
    assert found.manifests == ("requirements.txt",)


@pytest.mark.parametrize(
    "text",
    [
        "FROM node:20\nRUN npm ci\n",
        "FROM node:20-alpine\nRUN apk add --no-cache python3 make g++ && npm ci\n",
        "FROM golang:1.23 AS b\nRUN go build\nFROM gcr.io/distroless/static-debian12\nCOPY --from=b /app /app\n",
        "FROM python:3.12 AS docs\nRUN pip install mkdocs && mkdocs build\nFROM nginx:1.27\nCOPY --from=docs /site /usr/share/nginx/html\n",
    ],
)
def test_no_python_is_no_deployable(text):
    assert read(text) == Found()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM python:3.12-bookworm\nCOPY .venv /app/.venv\n", ["line 2 copies .venv, which was built elsewhere"]),
        ("FROM python:3.12-bookworm\nCOPY build/site-packages/ /x/\n",
         ["line 2 copies build/site-packages/, which was built elsewhere"]),
        ("FROM python:3.12-bookworm\nRUN pip install /tmp/x-1-py3-none-any.whl\n",
         ["line 2 installs /tmp/x-1-py3-none-any.whl, which was built elsewhere"]),
        ("FROM python:3.12-bookworm\nRUN uv sync\n",
         ["line 2: uv installs a project, and no file of this repository that states it is copied to /"]),
        ("FROM public.ecr.aws/lambda/python:3.7\n", ["line 1: lambda:python3.7 is no target that is known here"]),
        ("FROM example.com/team/python:1\nRUN true\n", ["line 1: what example.com/team/python:1 stands on is not known here"]),
        ("ARG BASE\nFROM $BASE\nRUN pip install .\n",
         ["line 2: what $BASE stands on is not known here",
          "line 3: a project is installed from ., and no file of this repository that states it is copied to /"]),
        ("FROM ghcr.io/astral-sh/uv:bookworm-slim\nCOPY uv.lock .\nRUN uv sync\n",
         []),
        ("FROM --platform=linux/s390x python:3.12-bookworm\n", ["line 1: the platform 'linux/s390x' is not known here"]),
        ("FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13-arm64\n",
         ["the platform and the tag of the image state two architectures"]),
        ("FROM --platform=linux/amd64 python:3.12-bookworm AS b\nFROM python:3.12-bookworm\nCOPY --from=b /v /v\n",
         ["line 1: this stage is always for x86_64"]),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_said(text, said):
    found = only(text)
    assert list(found.unknown) == said
    if said and "not known here" in said[0] and "platform" not in said[0]:
        assert found.targets == ()


@pytest.mark.parametrize(
    ("command", "unread"),
    [
        ("pip install -U pip wheel && pip install 'numpy==1.26.4' boto3 --index-url https://index.example/",
         ["installs what no file names: numpy==1.26.4, boto3"]),
        ("pip install -r /gone/requirements.txt",
         ["installs from /gone/requirements.txt, which is no file of this repository"]),
        ("pip install /lib/x-1-cp312-cp312-linux_x86_64.whl",
         ["installs /lib/x-1-cp312-cp312-linux_x86_64.whl, which was built elsewhere"]),
        ("pip install /lib/x-1-py3-none-any.whl /my-wheels/*.whl six", []),
        ("cat requirements.txt | xargs -n 1 pip install", ["installs what no file names: what xargs is given"]),
        ("find . -name '*.pyc' | xargs rm", []),
        ("conda install -y -c conda-forge --name x python=3.12 numpy", ["installs what no file names: numpy"]),
        ("conda create --name x python=3.12 pip", []),
        ("pipx install poetry && uv tool install uv", []),
        ("pipx install awscli && uv tool install ruff", ["installs what no file names: awscli", "installs what no file names: ruff"]),
    ],
)  # fmt: skip
def test_what_is_installed_and_not_read_is_told_by_its_line(command, unread):
    found = only(f"FROM python:3.12-bookworm\nRUN {command}\n")
    assert [(each.value, each.location.line) for each in found.unread] == [(each, 2) for each in unread]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Dockerfile", "Dockerfile"),
        ("services/api/Dockerfile", "api"),
        ("services/api/docker/Dockerfile", "api"),
        ("Dockerfile.worker", "worker"),
        ("x/worker.Dockerfile", "worker"),
    ],
)
def test_names(path, name):
    assert only("FROM python:3.12\n", path).name == name


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"", 0, "no FROM; expected a Dockerfile"),
        (b"RUN x\nFROM python:3.12\n", 1, "RUN before the first FROM; expected ARG or FROM"),
        (b"FROM\n", 1, "FROM '': expected one image, and AS with a name at most"),
        (b"FROM a b c\n", 1, "FROM 'a b c': expected one image, and AS with a name at most"),
        (b"FROM x\n{}\n", 2, "expected an instruction, found '{}'"),
        (b"\xff\xfe", 0, "not text in UTF-8"),
        (b"FROM x\n\0", 0, "not text: a zero byte in it"),
        (b"F" * (MAX_BYTES + 1), 0, "1,048,577 bytes; expected at most 1,048,576"),
        (b"FROM x\n" * (MAX_INSTRUCTIONS + 1), 0, "more than 5,000 instructions"),
        (b"FROM x\n" * 201, 0, "201 stages; expected at most 200"),
    ],
)
def test_what_is_no_dockerfile(data, line, said):
    (problem,) = read_dockerfile("Dockerfile", tree_of({"Dockerfile": data})).problems
    assert (problem.location.line, problem.message) == (line, said)


def test_a_file_that_is_not_there():
    (problem,) = read_dockerfile("Dockerfile", tree_of({})).problems
    assert problem.message == "cannot be read: no such file or directory"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A", "1"),
        ("${A}b", "1b"),
        ("$AB", "$AB"),
        ("${B}", "${B}"),
        ("${B:-x}", "x"),
        ("${E:-x}", "x"),
        ("${E-x}", ""),
        ("${A:-x}", "1"),
        ("${A:+x}", "x"),
        ("${B:+x}", ""),
        ("${E+x}", "x"),
        ("${A:?no}", "1"),
        ("${B:?no}", "${B:?no}"),
        ("${B:-${A}-${C:-y}}", "1-y"),
        ("\\$A", "$A"),
        ("${A#x}", "${A#x}"),
        ("${A", "${A"),
        ("a$", "a$"),
        ("$" * 5_000, "$" * 5_000),
    ],
)
def test_variables(text, value):
    assert expanded(text, {"A": "1", "E": ""}) == value


def test_doubling_stays_bounded():
    text = "FROM python:3.12\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A\n" * 100 + "RUN pip install $A\n"
    assert len(only(text).unread[0].value) < 300


@pytest.mark.parametrize(
    "text",
    ["COPY */* /x/\nCOPY a* /y/\n" * 2_000, "COPY . /x\n" * 501, f"RUN {'x' * 50_001}\n"],
)
def test_what_is_too_much_is_said(text):
    files = {f"folder{n}/a": "" for n in range(50)}
    assert only("FROM python:3.12\n" + text, files=files).unknown == (
        "more is copied or run than is followed here",
    )


def test_lines_of_instructions():
    text = b"# c\nFROM x\n\nRUN a \\\n  b\nCOPY <<E /x\nFROM no\nE\nCMD x"
    assert [(each.keyword, each.line, each.last) for each in read_instructions(text, "D")] == [
        ("FROM", 2, 2),
        ("RUN", 4, 5),
        ("COPY", 6, 8),
        ("CMD", 9, 9),
    ]


PIECES = st.sampled_from(
    [
        "FROM ",
        "python:3.12",
        "RUN ",
        "pip install -r ",
        "COPY ",
        ". ",
        "--from=0 ",
        "--from=a ",
        "AS a",
        "\n",
        "\\\n",
        "<<E",
        "E\n",
        "$A",
        "${",
        "}",
        ":-",
        "ENV ",
        "ARG ",
        "A=",
        "'",
        '"',
        "[",
        "requirements*.txt",
        "/",
        "..",
        "# escape=`\n",
        "uv sync",
        "--mount=type=bind,source=",
        "[",
        "*",
        "WORKDIR ",
        "--platform=",
        "&&",
        ";",
        "-e ",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_anything_is_found_or_a_problem(text):
    found = read(text)
    assert len(found.deployables) + len(found.problems) <= 1
    for problem in found.problems:
        assert "\n" not in problem.message
    for deployable in found.deployables:
        for manifest in deployable.manifests:
            assert manifest in FILES or manifest == "Dockerfile"


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("pip install boto3==1.35.0 'numpy>=2'", ["boto3==1.35.0", "numpy>=2"]),
        (
            "pip install --no-cache-dir -U pip 'uvicorn[standard]' && pip3 install x",
            ["uvicorn[standard]", "x"],
        ),
        ("uv pip install --system httpx", ["httpx"]),
        ("python -m pip install --target /deps six", ["six"]),
        ("pip install numpy==$NUMPY", ["numpy==2.1.0"]),
        ("pip install numpy==$UNKNOWN", None),
        ("pip install --index-url https://index.example/ torch", None),
        ("pip install --no-deps torch", None),
        ("pip install -c constraints.txt torch", None),
        ("pip install --only-binary=:all: torch", None),
        ("pip install git+https://example.com/x.git six", None),
        ("uv add httpx", None),
    ],
)
def test_requirements_that_a_line_names_are_read_unless_an_option_changes_them(command, names):
    found = only(f"FROM python:3.12-bookworm\nENV NUMPY=2.1.0\nRUN {command}\n")
    assert [each.value for each in found.typed] == (names or [])
    assert {each.location.line for each in found.typed} == ({3} if names else set())
    assert bool(found.unread) == (names is None)
    assert found.unknown == ()
