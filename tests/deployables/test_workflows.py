"""Which images workflows build, and for what: by small files with the truth written beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.model import Code, Found
from archcheck.deployables.workflows import read_workflow
from archcheck.deployables.workflows.expressions import MAX_COMBINATIONS
from tests.deployables.trees import tree_of

PATH = ".github/workflows/build.yml"
FILES = {"Dockerfile": "", "api/Dockerfile": "", "api/prod.Dockerfile": "", "web/Dockerfile": ""}


def read(text):
    found = read_workflow(PATH, tree_of({**FILES, PATH: text}))
    assert found.problems == ()
    return found.deployables


def job(steps, runs_on="ubuntu-latest", more=""):
    return f"on: push\njobs:\n  build:\n    runs-on: {runs_on}\n{more}    steps:\n{steps}"


def action(given):
    lines = "".join(f"          {line}\n" for line in given.splitlines())
    return "      - uses: docker/build-push-action@v6\n" + ("        with:\n" + lines if given else "")


BOTH = [("x86_64", "pulled for linux/amd64"), ("aarch64", "pulled for linux/arm64")]


@pytest.mark.parametrize(
    ("given", "runs_on", "architectures", "is_default"),
    [
        ("", "ubuntu-latest", [("x86_64", None)], True),
        ("", "ubuntu-24.04", [("x86_64", None)], True),
        ("", "ubuntu-24.04-arm", [("aarch64", None)], True),
        ("", "[self-hosted, linux, ARM64]", [("aarch64", None)], True),
        ("", "[self-hosted, linux, X64]", [("x86_64", None)], True),
        ("", "{group: big, labels: ubuntu-22.04-arm}", [("aarch64", None)], True),
        ("", "self-hosted", [], True),
        ("", "${{ inputs.runner }}", [], True),
        ("platforms: linux/arm64", "ubuntu-latest", [("aarch64", None)], False),
        ("platforms: linux/amd64", "ubuntu-24.04-arm", [("x86_64", None)], False),
        ("platforms: linux/amd64,linux/arm64", "ubuntu-latest", BOTH, False),
        ("platforms: |\n  linux/amd64\n  linux/arm64/v8\n  linux/arm/v7", "ubuntu-latest", BOTH, False),
    ],
)
def test_what_an_action_builds_for(given, runs_on, architectures, is_default):
    (found,) = read(job(action(given), runs_on))
    assert [(each.value, each.when) for each in found.architectures] == architectures
    assert (found.is_default, found.unknown) == (is_default, ())
    assert found.code == Code(kind="dockerfile", path="Dockerfile", context=".")
    assert (found.kind, found.tool, found.platform) == ("container", "github-actions", "container")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("context: .", Code(kind="dockerfile", path="Dockerfile", context=".")),
        ("context: ./api", Code(kind="dockerfile", path="api/Dockerfile", context="api")),
        ("context: ${{ github.workspace }}/api", Code(kind="dockerfile", path="api/Dockerfile", context="api")),
        ("file: ./api/prod.Dockerfile", Code(kind="dockerfile", path="api/prod.Dockerfile", context=".")),
        ("context: api\nfile: api/prod.Dockerfile\ntarget: run\nbuild-args: |\n  V=3.12\n  W",
         Code(kind="dockerfile", path="api/prod.Dockerfile", context="api", stage="run", args=(("V", "3.12"),))),
        ("context: '{{defaultContext}}:api'", Code(kind="elsewhere", reference="{{defaultContext}}:api/Dockerfile")),
        ("file: gone/Dockerfile", Code(kind="dockerfile", path="gone/Dockerfile", context=".")),
        ("context: gone", Code(kind="elsewhere", reference="gone/Dockerfile")),
        ("context: ../../x", Code(kind="elsewhere", reference="../../x/Dockerfile")),
    ],
)  # fmt: skip
def test_which_dockerfile_an_action_builds(given, code):
    (found,) = read(job(action(given)))
    assert found.code == code
    assert bool(found.unknown) is (code.kind == "elsewhere")


@pytest.mark.parametrize(
    ("line", "architectures", "code"),
    [
        ("docker build .", ["x86_64"], Code(kind="dockerfile", path="Dockerfile", context=".")),
        ("docker build -t x:1 --push api", ["x86_64"], Code(kind="dockerfile", path="api/Dockerfile", context="api")),
        ("docker buildx build --platform linux/arm64 -t x .", ["aarch64"], Code(kind="dockerfile", path="Dockerfile", context=".")),
        ("docker buildx build --platform=linux/amd64,linux/arm64 --load .", ["x86_64", "aarch64"],
         Code(kind="dockerfile", path="Dockerfile", context=".")),
        ("cd x && sudo docker image build -f api/prod.Dockerfile --target run --build-arg V=1 .", ["x86_64"],
         Code(kind="dockerfile", path="api/prod.Dockerfile", context=".", stage="run", args=(("V", "1"),))),
        ("DOCKER_BUILDKIT=1 docker build \\\n            --platform linux/arm64 \\\n            web", ["aarch64"],
         Code(kind="dockerfile", path="web/Dockerfile", context="web")),
        ("podman build --platform linux/arm64 .", ["aarch64"], Code(kind="dockerfile", path="Dockerfile", context=".")),
    ],
)  # fmt: skip
def test_lines_that_build(line, architectures, code):
    (found,) = read(job(f"      - run: |\n          echo x\n          {line}\n"))
    assert [each.value for each in found.architectures] == architectures
    assert found.code == code


def test_a_line_runs_in_its_folder():
    (found,) = read(job("      - run: docker build -f prod.Dockerfile .\n        working-directory: ./api\n"))
    assert found.code == Code(kind="dockerfile", path="api/prod.Dockerfile", context="api")


@pytest.mark.parametrize("level", ["{}", "    {}"])
def test_a_line_runs_in_the_folder_of_its_job_or_workflow(level):
    defaults = level.format("defaults: {run: {working-directory: api}}") + "\n"
    text = job("      - run: docker build .\n", more=defaults if level[0] == " " else "")
    (found,) = read(text if level[0] == " " else defaults + text)
    assert found.code == Code(kind="dockerfile", path="api/Dockerfile", context="api")


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("docker build -f gone/Dockerfile api", True),
        ("cd web && docker build -f gone/Dockerfile api", False),
        ("docker build -f gone/Dockerfile gone", False),
        ("docker build -f $WHERE/Dockerfile api", False),
        ("docker build -f `pwd`/Dockerfile api", False),
        ("docker build -f - api", False),
        ("docker build -f- -tx:1 api", False),
        ("docker build -fgone/Dockerfile -t=x:1 api", True),
        ("docker build - < Dockerfile", False),
    ],
)
def test_a_dockerfile_is_missing_where_it_is_told_where_it_should_be(line, is_told):
    """A folder that is not in the repository is another step's, and `-` is the shell's input."""
    (found,) = read(job(f"      - run: |\n          {line}\n"))
    assert (found.code.kind == "dockerfile") is is_told


MATRIX = "    strategy:\n      matrix:\n"


@pytest.mark.parametrize(
    ("matrix", "given", "runs_on", "expected"),
    [
        ("        platform: [linux/amd64, linux/arm64]\n", "platforms: ${{ matrix.platform }}", "ubuntu-latest",
         {"Dockerfile": ["x86_64", "aarch64"]}),
        ("        runner: [ubuntu-24.04, ubuntu-24.04-arm]\n", "context: .", "${{ matrix.runner }}",
         {"Dockerfile": ["x86_64", "aarch64"]}),
        ("        include:\n          - {dir: api, p: linux/amd64}\n          - {dir: web, p: linux/arm64}\n",
         "context: ${{ matrix.dir }}\nplatforms: ${{matrix.p}}", "ubuntu-latest",
         {"api/Dockerfile": ["x86_64"], "web/Dockerfile": ["aarch64"]}),
        ("        dir: [api, web]\n        arch: [amd64, arm64]\n        exclude:\n          - {dir: web, arch: arm64}\n",
         "context: ${{ matrix.dir }}\nplatforms: linux/${{ matrix.arch }}", "ubuntu-latest",
         {"api/Dockerfile": ["x86_64", "aarch64"], "web/Dockerfile": ["x86_64"]}),
        ("        dir: [api, web]\n        include:\n          - {dir: web, p: linux/arm64}\n",
         "context: ${{ matrix.dir }}\nplatforms: ${{ matrix.p }}", "ubuntu-latest",
         {"api/Dockerfile": [], "web/Dockerfile": ["aarch64"]}),
        ("        b:\n          - {p: linux/arm64}\n", "platforms: ${{ matrix.b.p }}", "ubuntu-latest",
         {"Dockerfile": ["aarch64"]}),
    ],
)  # fmt: skip
def test_a_matrix(matrix, given, runs_on, expected):
    found = read(job(action(given), runs_on, MATRIX + matrix))
    assert {each.code.path: [stated.value for stated in each.architectures] for each in found} == expected


def test_the_environment_is_filled_in():
    text = "env:\n  DIR: api\n" + job(
        action("context: ${{ env.DIR }}\nplatforms: ${{ env.P }}"), more="    env:\n      P: linux/arm64\n"
    )
    (found,) = read(text)
    assert (found.code.path, [each.value for each in found.architectures]) == ("api/Dockerfile", ["aarch64"])


def test_the_shell_knows_the_environment_too():
    text = "env:\n  P: linux/arm64\n" + job(
        "      - run: docker build --platform $P ${D}\n        env: {D: api}\n"
    )
    (found,) = read(text)
    assert (found.code.path, [each.value for each in found.architectures]) == ("api/Dockerfile", ["aarch64"])


def test_a_platform_that_nobody_tells():
    (found,) = read(job(action("platforms: ${{ inputs.platforms }}")))
    assert found.architectures == ()
    assert not found.is_default
    assert "${{ inputs.platforms }}" in "".join(found.unknown)


def test_lines_of_what_is_stated():
    (found,) = read(job(action("context: .\nplatforms: linux/arm64")))
    assert (found.location.line, found.architectures[0].location.line) == (9, 9)
    (found,) = read(job(action("context: .")))
    assert (found.location.line, found.architectures[0].location.line) == (6, 4)


def test_a_matrix_is_bounded():
    axes = "".join(f"        a{n}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" for n in range(9))
    text = job(action("build-args: A=${{ matrix.a7 }}${{ matrix.a8 }}"), more=MATRIX + axes)
    assert len(read(text)) == MAX_COMBINATIONS


@pytest.mark.parametrize(
    "text", ["", "a: 1\n", "jobs: {a: {steps: [{run: pytest}, {uses: actions/checkout@v4}, x]}}\n"]
)
def test_workflows_that_build_nothing(text):
    assert read(text) == ()


def test_bad_workflows_are_one_line():
    (problem,) = read_workflow(PATH, tree_of({PATH: "a: ["})).problems
    assert problem.message.startswith("not YAML: ")
    assert read_workflow("x", tree_of({})) != Found()


KEYS = st.sampled_from(
    [
        "jobs",
        "steps",
        "uses",
        "with",
        "run",
        "env",
        "strategy",
        "matrix",
        "include",
        "exclude",
        "runs-on",
        "platforms",
        "context",
        "file",
        "target",
        "p",
        "b",
        "working-directory",
        "build-args",
        "labels",
        "group",
    ]
)
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from([
        "docker/build-push-action@v6", "docker build", "docker buildx build --platform", "linux/arm64", "${{ matrix.p }}",
        "${{ matrix.b.p }}", "${{", "..", "/", "'", "ubuntu-latest",
    ]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@given(VALUES, VALUES, VALUES)
def test_any_document_is_read(strategy, given, run):
    steps = [{"uses": "docker/build-push-action@v6", "with": given}, {"run": run}, given]
    document = {
        "env": given,
        "jobs": {"a": {"strategy": {"matrix": strategy}, "runs-on": given, "steps": steps}, "b": run},
    }
    for each in read(json.dumps(document)):
        assert not (each.code.path or "").startswith(("/", ".."))
