"""What serverless.yml deploys: by small files with the truth written beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.model import Code, Deployable, Layer, Stated
from archcheck.deployables.serverless import read_serverless
from archcheck.deployables.serverless.variables import MAX_FILES
from archcheck.manifest.manifest import Location
from tests.deployables.trees import tree_of

PATH = "svc/serverless.yml"


def read(text, files=()):
    return read_serverless(PATH, tree_of({**dict(files), PATH: text}))


def functions(text, files=()):
    found = read(text, files)
    assert found.problems == ()
    return {each.name: each for each in found.deployables if each.kind == "function"}


def only(text, files=()):
    (function,) = functions(text, files).values()
    return function


def at(line, path=PATH):
    return Location(path=path, line=line)


PROVIDER = "provider:\n  name: aws\n  runtime: python3.12\n"
HELLO = "functions:\n  hello:\n    handler: app.hello\n"


def test_a_function_of_the_provider():
    assert only("service: s\n" + PROVIDER + HELLO) == Deployable(
        name="hello",
        kind="function",
        tool="serverless",
        platform="lambda",
        location=at(6),
        architectures=(Stated(value="x86_64", location=at(6)),),
        is_default=True,
        runtimes=(Stated(value="python3.12", location=at(4)),),
        code=Code(kind="folder", path="svc"),
        memory_mb=1024,
    )


@pytest.mark.parametrize(
    ("provider", "function", "architecture", "line", "is_default"),
    [
        ("", "", "x86_64", 5, True),
        ("  architecture: arm64\n", "", "aarch64", 4, False),
        ("  architecture: x86_64\n", "", "x86_64", 4, False),
        ("", "    architecture: arm64\n", "aarch64", 7, False),
        ("  architecture: arm64\n", "    architecture: x86_64\n", "x86_64", 8, False),
    ],
)
def test_the_function_comes_before_the_provider(provider, function, architecture, line, is_default):
    found = only(PROVIDER + provider + HELLO + function)
    assert found.architectures == (Stated(value=architecture, location=at(line)),)
    assert found.is_default is is_default


def test_runtime_memory_and_layers_of_the_function_come_first():
    text = PROVIDER + "  memorySize: 512\n  layers: [arn:a]\n" + HELLO
    found = only(text)
    assert (found.memory_mb, found.layers) == (512, (Layer(location=at(5), arn="arn:a"),))
    own = "    runtime: python3.13\n    memorySize: 2048\n    layers:\n      - arn:b\n      - !Ref XLambdaLayer\n"
    found = only(text + own)
    assert [each.value for each in found.runtimes] == ["python3.13"]
    assert found.memory_mb == 2048
    assert [(each.arn, each.name) for each in found.layers] == [("arn:b", None), (None, "XLambdaLayer")]


@pytest.mark.parametrize(
    ("value", "more", "architecture", "when"),
    [
        ("${self:custom.arch}", "custom:\n  arch: arm64\n", "aarch64", None),
        ("${self:custom.${self:custom.which}}", "custom:\n  which: b\n  b: arm64\n", "aarch64", None),
        ("${self:custom.list.1}", "custom:\n  list: [x86_64, arm64]\n", "aarch64", None),
        ("${self:custom.a}", "custom:\n  a: ${self:custom.b}\n  b: arm64\n", "aarch64", None),
        ("${opt:arch, 'arm64'}", "", "aarch64", "${opt:arch} has no value"),
        ("${env:ARCH, self:custom.arch}", "custom:\n  arch: arm64\n", "aarch64", "${env:ARCH} has no value"),
        ('${env:ARCH, "arm64"}', "", "aarch64", "${env:ARCH} has no value"),
        ("${self:custom.gone, 'arm64'}", "", "aarch64", None),
        ("${self:custom.of.${sls:stage}}", "custom:\n  of:\n    dev: arm64\n", "aarch64", None),
        ("${self:custom.of.${opt:stage, self:provider.stage, 'dev'}}", "custom:\n  of:\n    dev: arm64\n", "aarch64", None),
        ("${param:arch}", "params:\n  default:\n    arch: arm64\n", "aarch64", None),
        ("${param:arch}", "params:\n  default:\n    arch: x86_64\n  dev:\n    arch: arm64\n", "aarch64", None),
        ("${file(arch.yml):arch}", "", "aarch64", None),
        ("${file(./arch.json):deep.arch}", "", "aarch64", None),
        ("${file(arch.txt)}", "", "aarch64", None),
        ("${file(../shared.yml):arch}", "", "aarch64", None),
        ("${file(gone.yml):arch, 'arm64'}", "", "aarch64", None),
        ("arm${self:custom.bits}", "custom:\n  bits: 64\n", "aarch64", None),
    ],
)  # fmt: skip
def test_variables(value, more, architecture, when):
    files = {
        "svc/arch.yml": "arch: ${self:custom.none, 'arm64'}\n",
        "svc/arch.json": '{"deep": {"arch": "arm64"}}',
        "svc/arch.txt": "arm64\n",
        "shared.yml": "arch: arm64\n",
    }
    found = only(PROVIDER + f"  architecture: {value}\n" + HELLO + more, files)
    assert [(each.value, each.when) for each in found.architectures] == [(architecture, when)]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("${ssm:/arch}", "${ssm:/arch}: not in this repository"),
        ("${cf:stack.Arch}", "${cf:stack.Arch}: not in this repository"),
        ("${s3:bucket/key}", "${s3:bucket/key}: not in this repository"),
        ("${opt:arch}", "${opt:arch}: the command line states it"),
        ("${env:ARCH}", "${env:ARCH}: the environment states it"),
        ("${param:arch}", "${param:arch}: the command line or the dashboard states it"),
        ("${self:custom.gone}", "${self:custom.gone}: nobody states it"),
        ("${file(arch.js):x}", "${file(svc/arch.js)}: a program, which is not run"),
        ("${file(../../etc/passwd)}", "${file(../../etc/passwd)}: outside of this repository"),
        ("${file(/etc/passwd)}", "${file(/etc/passwd)}: outside of this repository"),
        ("${file(~/x.yml):a}", "${file(~/x.yml)}: outside of this repository"),
        ("${file(bad.yml):a}", "${file(svc/bad.yml)}: not YAML: "),
        ("${self:provider.architecture}", "its variables lead too far"),
        ("${self:custom.loop}", "its variables lead too far"),
        ("${file(loop.yml):a}", "its variables lead too far"),
        ("${self:custom.map}x", "a part of it is no text"),
        ("mips", "'mips' is neither arm64 nor x86_64"),
        ("[arm64]", "is neither arm64 nor x86_64"),
    ],
)
def test_what_cannot_be_told_is_said(value, said):
    more = "custom:\n  loop: ${self:custom.pool}\n  pool: ${self:custom.loop}\n  map: {a: b}\n"
    files = {"svc/arch.js": "", "svc/bad.yml": "a: [", "svc/loop.yml": "a: ${file(loop.yml):a}\n"}
    found = only(PROVIDER + f"  architecture: {value}\n" + HELLO + more, files)
    assert (found.architectures, found.is_default) == ((), False)
    (reason,) = found.unknown
    assert reason.startswith("its architecture: ")
    assert said in reason


def test_variables_that_double_are_given_up():
    doubling = "".join(f"  v{n}: ${{self:custom.v{n + 1}}}${{self:custom.v{n + 1}}}\n" for n in range(25))
    text = PROVIDER + "  architecture: ${self:custom.v0}\n" + HELLO + "custom:\n" + doubling + "  v25: a\n"
    assert "lead too far" in only(text).unknown[0]


def test_so_many_files_are_read():
    text = (
        PROVIDER
        + "functions:\n"
        + "".join(f"  f{n}:\n    handler: a.b\n    architecture: ${{file(f{n}.yml):x}}\n" for n in range(60))
    )
    found = read(text, {f"svc/f{n}.yml": "x: arm64" for n in range(60)}).deployables
    assert sum(bool(each.architectures) for each in found) == MAX_FILES


def test_functions_come_from_other_files():
    files = {
        "svc/more.yml": "two:\n  handler: a.b\n  architecture: arm64\n",
        "svc/one.yml": "handler: a.b\nmemorySize: 256\n",
    }
    text = PROVIDER + "functions:\n  - ${file(more.yml)}\n  - one: ${file(one.yml)}\n"
    found = functions(text, files)
    assert list(found) == ["two", "one"]
    assert found["two"].location == at(1, "svc/more.yml")
    assert found["two"].architectures == (Stated(value="aarch64", location=at(3, "svc/more.yml")),)
    assert found["one"].memory_mb == 256


def test_a_function_that_cannot_be_had_is_a_problem():
    (problem,) = read(PROVIDER + "functions:\n  x: ${file(x.js)}\n").problems
    assert str(problem.location) == f"{PATH}:5"
    assert problem.message.startswith("function x: ${file(x.js)}")
    (problem,) = read(PROVIDER + "functions: ${ssm:/x}\n").problems
    assert problem.message == "function ?: ${ssm:/x}: not in this repository"


PLUGIN = "plugins:\n  - serverless-python-requirements\n"
POETRY = '[build-system]\nrequires = ["poetry-core"]\n'


@pytest.mark.parametrize(
    ("settings", "files", "manifests"),
    [
        ("", ["requirements.txt"], ["svc/requirements.txt"]),
        ("fileName: deps/prod.txt", ["requirements.txt", "deps/prod.txt"], ["svc/deps/prod.txt"]),
        ("fileName: ${self:custom.file}", ["requirements.txt", "prod.txt"], ["svc/prod.txt"]),
        ("fileName: ../requirements.txt", ["../requirements.txt"], ["requirements.txt"]),
        ("", ["pyproject.toml", "poetry.lock", "requirements.txt"], ["svc/poetry.lock"]),
        ("", ["pyproject.toml", "requirements.txt"], ["svc/pyproject.toml"]),
        ("usePoetry: false", ["pyproject.toml", "requirements.txt"], ["svc/requirements.txt"]),
        ("", ["Pipfile", "Pipfile.lock", "requirements.txt"], ["svc/Pipfile.lock"]),
        ("", ["Pipfile"], ["svc/Pipfile"]),
        ("usePipenv: false", ["Pipfile", "requirements.txt"], ["svc/requirements.txt"]),
    ],
)
def test_what_the_plugin_installs(settings, files, manifests):
    custom = f"custom:\n  file: prod.txt\n  pythonRequirements:\n    {settings or 'slim: true'}\n"
    contents = {"pyproject.toml": POETRY}
    told = {("svc/" + name).replace("svc/../", ""): contents.get(name, "") for name in files}
    found = only(PROVIDER + HELLO + custom + PLUGIN, told)
    assert list(found.manifests) == manifests
    assert found.build == Stated(value="serverless-python-requirements", location=found.build.location)
    assert found.unknown == ()


def test_a_module_has_its_own_requirements_only_where_it_is_packed_by_itself():
    files = {"svc/requirements.txt": "", "svc/a/requirements.txt": ""}
    text = PROVIDER + HELLO + "    module: a\n" + PLUGIN
    assert only(text, files).manifests == ("svc/requirements.txt",)
    found = only(text + "package:\n  individually: true\n", files)
    assert (found.manifests, found.code) == (("svc/a/requirements.txt",), Code(kind="folder", path="svc/a"))
    found = only(PROVIDER + HELLO + "    module: a\n    package: {individually: true}\n" + PLUGIN, files)
    assert found.manifests == ("svc/a/requirements.txt",)


def test_requirements_that_are_not_there():
    assert only(PROVIDER + HELLO + PLUGIN).unknown == (
        "requirements.txt, which serverless-python-requirements installs, is no file of this repository",
    )


@pytest.mark.parametrize(
    ("more", "builds_for"),
    [
        ("", None),
        ("    dockerizePip: false\n", None),
        ("    dockerizePip: true\n", "x86_64"),
        ("    dockerizePip: non-linux\n", "x86_64"),
        (
            "    dockerizePip: true\n    dockerImage: public.ecr.aws/sam/build-python3.12:latest-arm64\n",
            "aarch64",
        ),
        ("    dockerizePip: true\n    dockerImage: example/build\n", None),
        ("    dockerizePip: true\npackage:\n  individually: true\n", "aarch64"),
    ],
)
def test_what_the_plugin_builds_for(more, builds_for):
    """Without `individually` it builds once, for the provider's architecture, whatever a function states."""
    text = PROVIDER + HELLO + "    architecture: arm64\n" + PLUGIN
    found = only(
        text + "custom:\n  pythonRequirements:\n    slim: true\n" + more, {"svc/requirements.txt": ""}
    )
    assert (found.builds_for and found.builds_for.value) == builds_for


def test_the_layer_of_the_plugin():
    text = (
        PROVIDER
        + "  architecture: arm64\n"
        + HELLO
        + "    layers:\n      - {Ref: PythonRequirementsLambdaLayer}\n"
    )
    text += PLUGIN + "custom:\n  pythonRequirements:\n    layer:\n      compatibleArchitectures: [x86_64]\n"
    function, layer = read(text, {"svc/requirements.txt": ""}).deployables
    assert (function.manifests, [each.name for each in function.layers]) == ((), [layer.name])
    assert (layer.kind, layer.manifests) == ("layer", ("svc/requirements.txt",))
    assert [each.value for each in layer.architectures] == ["aarch64"]
    assert [each.value for each in layer.labels] == ["x86_64"]


def test_layers_of_the_service():
    text = (
        PROVIDER
        + HELLO
        + "layers:\n  my-tools:\n    path: layer\n    compatibleArchitectures: [arm64]\n  gone:\n    path: none\n"
    )
    _, tools, gone = read(text, {"svc/layer/x.py": ""}).deployables
    assert (tools.name, tools.code) == ("MyDashtoolsLambdaLayer", Code(kind="artifact", path="svc/layer"))
    assert [each.value for each in tools.labels] == ["aarch64"]
    assert gone.unknown == ("its files: none is nothing of this repository",)


@pytest.mark.parametrize(
    ("function", "code", "unknown"),
    [
        ("image: 1.dkr.ecr.example/x@sha256:a", Code(kind="image", reference="1.dkr.ecr.example/x@sha256:a"), ()),
        ("image:\n      uri: 1.example/x", Code(kind="image", reference="1.example/x"), ()),
        ("image: app", Code(kind="dockerfile", path="svc/img/Dockerfile", context="svc/img"), ()),
        ("image:\n      name: app\n      command: [x]", Code(kind="dockerfile", path="svc/img/Dockerfile", context="svc/img"), ()),
        ("image: other", Code(kind="dockerfile", path="svc/img/prod.Dockerfile", context="svc/img", args=(("V", "3.12"),)), ()),
        ("image: far", Code(kind="image", reference="1.example/far"), ()),
        ("image: gone", Code(kind="dockerfile", path="svc/no/Dockerfile", context="svc/no"), ()),
        ("image: {uri: !Ref X}", Code(kind="elsewhere", reference="a value that AWS fills in"), ("its image: a value that AWS fills in",)),
        ("image: ${ssm:/x}", Code(kind="elsewhere", reference="${ssm:/x}: not in this repository"), ("its image: ${ssm:/x}: not in this repository",)),
    ],
)  # fmt: skip
def test_images(function, code, unknown):
    images = "  ecr:\n    images:\n      app:\n        path: img\n      other:\n        path: img\n        file: prod.Dockerfile\n"
    images += "        buildArgs:\n          V: '3.12'\n      far:\n        uri: 1.example/far\n      gone:\n        path: ./no\n"
    text = PROVIDER + images + f"functions:\n  hello:\n    {function}\n"
    found = only(text, {"svc/img/Dockerfile": "", "svc/img/prod.Dockerfile": ""})
    assert (found.code, found.unknown, found.runtimes) == (code, unknown, ())


def test_artifacts():
    files = {"svc/x.zip": b"PK"}
    assert only(PROVIDER + HELLO + "package:\n  artifact: x.zip\n", files).code == Code(
        kind="artifact", path="svc/x.zip"
    )
    found = only(PROVIDER + HELLO + "    package:\n      artifact: y.zip\n", files)
    assert found.code == Code(kind="elsewhere", reference="y.zip")
    assert found.unknown == ("the artifact y.zip is no file of this repository",)


@pytest.mark.parametrize("name", ["google", "azure", "openwhisk", "kubeless", "tencent"])
def test_other_clouds_are_not_ours(name):
    assert read(f"provider: {{name: {name}, runtime: python3.9}}\n" + HELLO).deployables == ()


def test_a_provider_that_is_a_word():
    assert only("provider: aws\n" + HELLO + "    runtime: python3.12\n").platform == "lambda"
    assert only("provider: aws\n" + HELLO).unknown == ("its runtime: nobody states one",)


def test_json():
    found = read_serverless(
        PATH,
        tree_of(
            {
                PATH: json.dumps(
                    {
                        "provider": {"name": "aws", "runtime": "python3.12"},
                        "functions": {"a": {"handler": "a.b"}},
                    }
                )
            }
        ),
    )
    assert [each.name for each in found.deployables] == ["a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]", "expected a mapping with a service, a provider and functions"),
        ("", "expected a mapping with a service, a provider and functions"),
        ("a: [", "not YAML: "),
    ],
)
def test_bad_files_are_one_line(text, said):
    (problem,) = read(text).problems
    assert said in problem.message
    (problem,) = read_serverless("gone.yml", tree_of({})).problems
    assert problem.message == "cannot be read: no such file or directory"


KEYS = st.sampled_from(
    [
        "provider",
        "functions",
        "custom",
        "plugins",
        "package",
        "layers",
        "name",
        "runtime",
        "architecture",
        "image",
        "handler",
        "module",
        "path",
        "file",
        "uri",
        "ecr",
        "images",
        "memorySize",
        "individually",
        "artifact",
        "pythonRequirements",
        "fileName",
        "layer",
        "dockerizePip",
        "dockerImage",
        "modules",
        "params",
        "default",
        "stage",
        "compatibleArchitectures",
        "buildArgs",
        "usePoetry",
        "f",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 5000) | st.sampled_from([
    "aws", "python3.12", "arm64", "f", "..", "../..", "/", "${self:}", "${self:custom}", "${self:functions.f}", "${opt:x, 'y'}",
    "${file(serverless.yml):custom}", "${file(serverless.yml)}", "${", "${a", "${self:${self:custom.name}}", "${param:f}",
    "serverless-python-requirements", "${sls:stage}x", "${file()}", "${AWS::Region}", "${strToBool(x)}",
])  # fmt: skip
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, DOCUMENTS, max_size=6))
def test_any_document_is_read_in_bounded_steps(document):
    document.setdefault("provider", {"name": "aws"})
    found = read(json.dumps(document), {"svc/requirements.txt": ""})
    for problem in found.problems:
        assert "\n" not in problem.message
    for each in found.deployables:
        assert each.code is not None
        assert not (each.code.path or "").startswith(("/", ".."))
