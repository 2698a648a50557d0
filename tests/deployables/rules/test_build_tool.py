"""AC019: what the build tools of projects would really put there."""

from __future__ import annotations

import subprocess
from shutil import which

import pytest
from msgspec.structs import replace

from archcheck.deployables.joined import runs_on
from archcheck.deployables.repository import read_repository
from archcheck.deployables.rules import findings_about
from tests.deployables.rules.judging import PURE, found_in, said, wheels
from tests.deployables.trees import tree_of
from tests.patience import PATIENCE

OLD, NEW = "lambda:python3.11", "lambda:python3.12"


def tagged(tag, python="cp311", name="demo"):
    return f"{name}-2.1-{python}-{python}-{tag}.whl"


def sam(runtime="python3.11", method="python-uv"):
    return {
        "template.yaml": (
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n"
            f"    Properties:\n      CodeUri: src\n      Runtime: {runtime}\n"
            f"    Metadata:\n      BuildMethod: {method}\n"
        ),
        "src/requirements.txt": "demo\n",
    }


ON_OLD = "sam build (python-uv) has uv install for glibc 2.28, and lambda:python3.11 has glibc 2.26: "
ON_NEW = "sam build (python-uv) has uv install for glibc 2.28, and lambda:python3.12 has glibc 2.34: "
LEAVE = "; leave BuildMethod out"


@pytest.mark.parametrize(
    ("files", "severity", "what"),
    [
        ((), "warning", "a wheel that needs more does not load there"),
        ((tagged("manylinux_2_17_aarch64"),), "warning", "a wheel that needs more does not load there"),
        (
            (tagged("manylinux_2_28_aarch64"),),
            "blocker",
            "of demo 2.1 it takes wheels that do not load there",
        ),
        (
            (tagged("manylinux_2_27_aarch64.manylinux_2_28_aarch64"),),
            "blocker",
            "of demo 2.1 it takes wheels that do not load there",
        ),
        # What needs more than 2.28 is taken by neither, and so is what is for another Python.
        ((tagged("manylinux_2_34_aarch64"),), "warning", "a wheel that needs more does not load there"),
        (
            (tagged("manylinux_2_28_aarch64", "cp312"),),
            "warning",
            "a wheel that needs more does not load there",
        ),
    ],
)
def test_uv_takes_what_amazon_linux_2_cannot_load(files, severity, what):
    known = wheels(OLD, *files) if files else ()
    (finding,) = found_in(sam(), known)["Api"]
    assert said((finding,)) == [("AC019", severity, f"{ON_OLD}{what}{LEAVE}, or go to python3.12")]
    assert (finding.name, finding.package, finding.target) == ("build-tool", "Api", OLD)
    assert (finding.location.path, finding.location.line) == ("template.yaml", 9)
    assert finding.evidence.detail == (files if severity == "blocker" else ())


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ((), "wheels that need glibc 2.29 or more"),
        ((tagged("manylinux_2_34_aarch64", "cp312"),), "the wheels of demo 2.1"),
        ((tagged("manylinux_2_28_aarch64", "cp312"),), None),
        ((tagged("manylinux_2_17_aarch64", "cp312"),), None),
        ((tagged("manylinux_2_39_aarch64", "cp312"),), None),
    ],
)
def test_uv_hides_what_amazon_linux_2023_could_load(files, what):
    known = wheels(NEW, *files) if files else ()
    message = f"{ON_NEW}{what} are passed over for older versions or an sdist{LEAVE}"
    assert said(found_in(sam("python3.12"), known)["Api"]) == (
        [("AC019", "warning", message)] if what else []
    )


def test_what_is_no_runtime_of_lambda_has_no_part_in_it():
    (api,) = read_repository(tree_of(sam())).deployables
    for target in ("debian11:python3.11", "no:target", "lambda:python3.99"):
        assert findings_about(api, (target,), layers={}) == ()
    assert len(findings_about(api, (OLD, NEW), layers={})) == 2


def test_wheels_for_any_platform_are_packed_alike_by_every_tool():
    assert found_in(sam(), wheels(OLD, PURE))["Api"] == ()
    assert found_in(sam(method="python3.11"))["Api"] == ()
    # An sdist may come to anything.
    assert len(found_in(sam(), wheels(OLD, "demo-1.0.tar.gz"))["Api"]) == 1


@pytest.mark.skipif(which("uv") is None, reason="uv is not installed")
@pytest.mark.parametrize(("tag", "is_taken"), [("2_28", True), ("2_29", False)])
def test_uv_takes_that_platform_for_glibc_2_28(store, index, tmp_path, tag, is_taken):
    store.add("demo", "2.1", wheels=[f"cp311-cp311-manylinux_{tag}_aarch64"])
    run = subprocess.run(
        ["uv", "pip", "install", "--dry-run", "--no-cache", "--index-url", index.url, "--target", "out",
         "--python-version", "3.11", "--python-platform", "aarch64-unknown-linux-gnu", "demo"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert (run.returncode == 0) is is_taken, run.stderr


def layer(labels, build=""):
    return {
        "template.yaml": (
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Shared:\n    Type: AWS::Serverless::LayerVersion\n"
            f"    Properties:\n      ContentUri: shared\n      CompatibleArchitectures: [{labels}]\n"
            f"    Metadata:\n      BuildMethod: python3.12\n{build}"
        ),
        "shared/requirements.txt": "demo\n",
    }


ARM, X86 = "      BuildArchitecture: arm64\n", "      BuildArchitecture: x86_64\n"
MISSING = ", since Metadata.BuildArchitecture is missing"


# Where SAM itself warns: aws-sam-cli pull request 6355.
@pytest.mark.parametrize(
    ("labels", "build", "message"),
    [
        (
            "arm64",
            "",
            (
                f"the layer is labelled arm64, and built for x86_64{MISSING}; "
                "write Metadata.BuildArchitecture: arm64"
            ),
        ),
        (
            "arm64",
            X86,
            "the layer is labelled arm64, and built for x86_64; write Metadata.BuildArchitecture: arm64",
        ),
        (
            "x86_64",
            ARM,
            "the layer is labelled x86_64, and built for arm64; write Metadata.BuildArchitecture: x86_64",
        ),
        (
            "x86_64, arm64",
            "",
            (
                f"the layer is labelled arm64 and x86_64, and built for x86_64{MISSING}; "
                "what is compiled in it loads there alone; make a layer for each"
            ),
        ),
        ("arm64", ARM, None),
        ("x86_64", "", None),
    ],
)
def test_a_layers_label_is_not_what_it_is_built_for(labels, build, message):
    found = found_in(layer(labels, build))["Shared"]
    assert said(found) == ([("AC019", "warning", message)] if message else [])
    assert all(each.location.line == 7 for each in found)


def test_what_a_makefile_puts_there_is_not_known():
    files = {"template.yaml": layer("arm64")["template.yaml"].replace("python3.12", "makefile")}
    compiled = wheels(NEW, tagged("manylinux_2_17_aarch64", "cp312"))
    (found,) = found_in(files, compiled)["Shared"]
    assert str(found.severity) == "warning"
    assert found.message.startswith("the layer is labelled arm64, and its Makefile is run for x86_64, since ")


def test_a_mislabelled_layer_is_a_blocker_where_something_compiled_is_in_it():
    compiled = wheels(NEW, tagged("manylinux_2_17_aarch64", "cp312"))
    assert [str(each.severity) for each in found_in(layer("arm64"), compiled)["Shared"]] == ["blocker"]
    assert [str(each.severity) for each in found_in(layer("x86_64, arm64"), compiled)["Shared"]] == [
        "warning"
    ]
    assert found_in(layer("arm64"), wheels(NEW, PURE))["Shared"] == ()


SERVERLESS = """\
service: shop
plugins: [serverless-python-requirements]
provider:
  name: aws
  runtime: python3.12
custom:
  pythonRequirements:
    dockerizePip: true
functions:
  api:
    handler: app.handler
    architecture: arm64
"""


def test_the_serverless_plugin_builds_once_for_the_provider():
    files = {"serverless.yml": SERVERLESS, "requirements.txt": "demo\n", "app.py": ""}
    message = (
        "serverless-python-requirements builds it for x86_64, and it runs on arm64; state "
        "provider.architecture: arm64, or package.individually: true, with no dockerImage for another one"
    )
    assert said(found_in(files)["api"]) == [("AC019", "warning", message)]
    compiled = wheels(NEW, tagged("manylinux_2_17_aarch64", "cp312"))
    assert said(found_in(files, compiled)["api"]) == [("AC019", "blocker", message)]
    assert found_in(files, wheels(NEW, PURE))["api"] == ()


def test_the_serverless_plugin_takes_again_what_it_kept_for_the_provider():
    """`getRequirementsWorkingPath` of serverless-python-requirements 6.1.2 has the provider's alone in it."""
    alone = SERVERLESS + "package:\n  individually: true\n"
    files = {"serverless.yml": alone, "requirements.txt": "demo\n", "app.py": ""}
    (found,) = found_in(files)["api"]
    assert (str(found.severity), found.location.line) == ("warning", 4)
    assert found.message == (
        "serverless-python-requirements keeps what it installs under provider.architecture, x86_64, and this "
        "runs on arm64: what was built before for the same requirements is packed again; state "
        "provider.architecture: arm64, or custom.pythonRequirements.useStaticCache: false"
    )
    assert found_in(files, wheels(NEW, PURE))["api"] == ()
    for text in (
        alone.replace("    dockerizePip", "    useStaticCache: false\n    dockerizePip"),
        alone.replace("  name: aws\n", "  name: aws\n  architecture: arm64\n"),
        alone.replace("    architecture: arm64\n", ""),
    ):
        assert found_in({**files, "serverless.yml": text})["api"] == ()


def test_the_layer_of_the_serverless_plugin_has_a_label_too():
    text = SERVERLESS.replace(
        "    dockerizePip: true\n",
        "    dockerizePip: true\n    layer:\n      compatibleArchitectures: [arm64]\n",
    )
    found = found_in({"serverless.yml": text, "requirements.txt": "demo\n"})["PythonRequirementsLambdaLayer"]
    message = (
        "the layer is labelled arm64, and built for x86_64, since provider.architecture is missing; "
        "state provider.architecture: arm64"
    )
    assert said(found) == [("AC019", "warning", message)]


AGENT = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Agent:
    Type: AWS::BedrockAgentCore::Runtime
    Properties:
      AgentRuntimeArtifact:
        ContainerConfiguration:
          ContainerUri: agent
    Metadata:
      Dockerfile: Dockerfile
      DockerContext: agent
"""


def test_an_image_for_the_other_architecture_starts_nowhere():
    files = {"template.yaml": AGENT, "agent/Dockerfile": "FROM python:3.12\n", "agent/requirements.txt": ""}
    message = "sam build builds it for x86_64, and it runs on arm64; write Metadata.Architecture: arm64"
    assert said(found_in(files, wheels("debian13:python3.12", PURE))["Agent"]) == [
        ("AC019", "blocker", message)
    ]
    assert found_in({**files, "template.yaml": AGENT + "      Architecture: arm64\n"})["Agent"] == ()


def zappa(runtime=None):
    text = "dev:\n  app_function: app.app\n" + (f"  runtime: {runtime}\n" if runtime else "")
    return {"zappa_settings.yml": text, "requirements.txt": "demo\n"}


TAKES = "Zappa takes wheels for any glibc, whatever the runtime has: "
PIN = "; pin versions whose wheels fit, or go to python3.12"


@pytest.mark.parametrize(
    ("runtime", "files", "severity", "message"),
    [
        (None, (), "warning", "one that needs glibc 2.27 does not load on python3.11 and older"),
        (
            "python3.11",
            (),
            "warning",
            "lambda:python3.11 has glibc 2.26, and one that needs more does not load there",
        ),
        (
            "python3.11",
            (tagged("manylinux_2_28_aarch64"),),
            "blocker",
            "lambda:python3.11 has glibc 2.26, and that of demo 2.1 does not load there",
        ),
        ("python3.12", (), None, None),
        ("python3.12", (tagged("manylinux_2_34_aarch64", "cp312"),), None, None),
        (
            "python3.12",
            (tagged("manylinux_2_35_aarch64", "cp312"),),
            "blocker",
            "lambda:python3.12 has glibc 2.34, and that of demo 2.1 does not load there",
        ),
        ("python3.11", (PURE,), None, None),
        # Nothing for the other libc is taken.
        (
            "python3.11",
            (tagged("musllinux_1_2_aarch64"),),
            "warning",
            "lambda:python3.11 has glibc 2.26, and one that needs more does not load there",
        ),
    ],
)
def test_zappa_looks_at_no_glibc(runtime, files, severity, message):
    known = wheels(f"lambda:{runtime}", *files) if files else ()
    expected = [("AC019", severity, f"{TAKES}{message}{PIN}")] if severity else []
    found = found_in(zappa(runtime), known)["dev"]
    assert said(found) == expected
    assert all(each.target == (f"lambda:{runtime}" if runtime else "") for each in found)


CHALICE = {".chalice/config.json": '{"app_name": "shop"}', "requirements.txt": "chalice\n", "app.py": ""}


@pytest.mark.parametrize(
    ("version", "severity", "begins"),
    [
        (None, "warning", "Chalice deploys to arm64 since 1.34"),
        (
            "1.33.0",
            "blocker",
            "chalice 1.33.0, which is installed here, cannot deploy to arm64; take chalice>=1.34",
        ),
        ("1.34.0", None, None),
        ("2.0", None, None),
    ],
)
def test_chalice_has_arm64_since_1_34(version, severity, begins):
    known = ()
    if version is not None:
        known = wheels(NEW, f"chalice-{version}-py3-none-any.whl", name="chalice")
    found = said(found_in(CHALICE, (*wheels(NEW, PURE), *known))["shop-dev"])
    assert [(rule, level) for rule, level, _ in found] == ([("AC019", severity)] if severity else [])
    assert all(message.startswith(begins) for _, _, message in found)


def test_a_finding_is_known_again_on_another_line_and_told_from_others():
    (api,) = read_repository(tree_of(sam())).deployables
    targets = tuple(each.value for each in runs_on(api))

    def fingerprints(one):
        return {each.fingerprint for each in findings_about(one, targets, layers={})}

    moved = replace(api, build=replace(api.build, location=api.location))
    assert fingerprints(api) == fingerprints(moved)
    assert fingerprints(api).isdisjoint(fingerprints(replace(api, name="Other")))
