"""`archcheck fix` on a repository: arm64 is declared for what can move, and nothing else is touched."""

from __future__ import annotations

import pytest

from tests.cli.running import agrees

ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
LAYER = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313"
TEMPLATE = """\
# The shop\r
Transform: AWS::Serverless-2016-10-31\r
Resources:\r
  Ready:\r
    Type: AWS::Serverless::Function\r
    Properties:\r
      Runtime: python3.13\r
      CodeUri: ready\r
      Handler: app.handler   # kept\r
  Stuck:\r
    Type: AWS::Serverless::Function\r
    Properties:\r
      Runtime: python3.13\r
      CodeUri: stuck\r
  Layered:\r
    Type: AWS::Serverless::Function\r
    Properties:\r
      Runtime: python3.13\r
      CodeUri: ready\r
      Layers: ["arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-x86_64:7"]\r
  Insights:\r
    Type: AWS::Serverless::Function\r
    Properties:\r
      Runtime: python3.13\r
      CodeUri: ready\r
      Layers: ["arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"]\r
"""


@pytest.fixture
def shop(archcheck, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    store.add("stuck", "1.1", wheels=[X86, ARM])
    archcheck.write("template.yaml", TEMPLATE)
    for name in ("ready", "stuck"):
        (archcheck.folder / name).mkdir()
    archcheck.write("ready/requirements.txt", "ready\n")
    archcheck.write("stuck/requirements.txt", "stuck==1.0\n")
    yield archcheck
    agrees(archcheck)


def test_what_can_move_is_declared_and_the_rest_is_said(shop):
    done = shop("fix", ".")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line[:1] in "+-"] == [
        "--- a/template.yaml",
        "+++ b/template.yaml",
        "+      Architectures: [arm64]",
        "+      Architectures: [arm64]",
        f'-      Layers: ["{LAYER}-x86_64:7"]',
        f'+      Layers: ["{LAYER}-arm64:7"]',
    ]
    assert "Ready (template.yaml:4) moves to arm64" in done.err
    assert "first its packages: archcheck fix stuck/requirements.txt" in done.err
    assert "Layered (template.yaml:15) moves to arm64" in done.err
    assert "first: Insights (AC020):" in done.err
    assert (shop.folder / "template.yaml").read_bytes() == TEMPLATE.encode()


def test_written_it_moves_and_a_second_time_there_is_nothing(shop):
    shop("fix", ".", "--write")
    after = (shop.folder / "template.yaml").read_bytes().decode()
    line = "      Architectures: [arm64]\r\n"
    assert after.replace(line, "").replace(f"{LAYER}-arm64", f"{LAYER}-x86_64") == TEMPLATE
    report = shop(".", "--json").report
    stands = {each["name"]: each["architecture"] for each in report["deployables"]}
    assert stands == {"Ready": "arm64", "Stuck": "x86_64", "Layered": "arm64", "Insights": "x86_64"}
    assert not any(each["findings"] for each in report["deployables"] if each["architecture"] == "arm64")
    again = shop("fix", ".", "--write")
    assert "nothing moves to arm64 by a change of lines today" in again.err
    assert (shop.folder / "template.yaml").read_bytes().decode() == after


SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: ready
      Architectures: [arm64]
      Layers: ["LAYER-x86_64:7"]
""".replace("LAYER", LAYER)
ON_SERVERLESS = """\
service: s
provider: {name: aws, runtime: python3.13, architecture: arm64}
plugins: [serverless-python-requirements]
package: {individually: true}
functions:
  F:
    handler: app.main
    module: ready
    layers:
      - LAYER-x86_64:7
""".replace("LAYER", LAYER)
ON_TERRAFORM = """\
data "archive_file" "f" {
  source_dir  = "ready"
  output_path = "f.zip"
}
resource "aws_lambda_function" "F" {
  runtime       = "python3.13"
  filename      = data.archive_file.f.output_path
  architectures = ["arm64"]
  layers        = ["LAYER-x86_64:7"]
}
""".replace("LAYER", LAYER)


@pytest.mark.parametrize(
    ("name", "text"),
    [("template.yaml", SAM), ("serverless.yml", ON_SERVERLESS), ("main.tf", ON_TERRAFORM)],
    ids=["sam", "serverless", "terraform"],
)
def test_what_is_on_arm64_with_a_layer_for_x86_64_is_not_called_ready_and_takes_the_other(shop, name, text):
    (shop.folder / "template.yaml").unlink()
    (shop.folder / "stuck" / "requirements.txt").unlink()
    shop.write(name, text)
    done = shop(".")
    assert (done.code, done.out.splitlines()[0]) == (
        1,
        "✗ 1 function: 1 on arm64 with a layer for x86_64",
    )
    assert "✗ runs on arm64, with a layer for x86_64" in done.out
    assert "AC020  the layer AWSLambdaPowertoolsPythonV3-python313-x86_64 is for x86_64" in done.out
    shop("fix", ".", "--write")
    assert (shop.folder / name).read_text() == text.replace(f"{LAYER}-x86_64", f"{LAYER}-arm64")
    assert shop(".").out.splitlines()[0].startswith("✓ ready for arm64 now")


def test_a_layer_whose_versions_differ_is_said_of_what_is_on_arm64(shop):
    (shop.folder / "stuck" / "requirements.txt").unlink()
    insights = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"
    shop.write("template.yaml", SAM.replace(f"{LAYER}-x86_64:7", insights))
    done = shop("fix", ".")
    said = (
        "by hand: F (template.yaml:3): take the layer LambdaInsightsExtension-Arm64 in place of "
        "LambdaInsightsExtension (template.yaml:9), whose versions have numbers of their own\n"
    )
    assert (done.out, said in done.err) == ("", True)


@pytest.mark.parametrize(("code", "moves"), [("ready", True), ("stuck", False)])
def test_a_layer_of_globals_is_taken_where_all_who_have_it_can(shop, code, moves):
    """One is on arm64 already, one is to move there with it, or cannot."""
    text = f"""\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    Layers: ["{LAYER}-x86_64:7"]
Resources:
  There:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: ready, Architectures: [arm64]}}
  Other:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: {code}, Architectures: [x86_64]}}
"""
    shop.write("template.yaml", text)
    done = shop("fix", ".", "--write")
    after = (shop.folder / "template.yaml").read_text()
    if moves:
        assert after == text.replace(f"{LAYER}-x86_64", f"{LAYER}-arm64").replace("[x86_64]", "[arm64]")
    else:
        assert after == text
        assert "not yet: There (template.yaml:7) moves together with Other" in done.err


SERVICE = """\
service: s
provider:
  name: aws
  runtime: python3.13
package: {{individually: true}}
functions:
  one: {{handler: app.main, module: ready}}
  two: {{handler: app.main, module: {two}}}
"""


@pytest.mark.parametrize("two", ["ready", "stuck"])
def test_the_provider_declares_it_once_where_all_functions_can_move(shop, two):
    (shop.folder / "template.yaml").unlink()
    text = SERVICE.format(two=two)
    shop.write("serverless.yml", text)
    shop("fix", ".", "--write")
    once = text.replace("python3.13\n", "python3.13\n  architecture: arm64\n")
    own = text.replace("one: {", "one: {architecture: arm64, ")
    assert (shop.folder / "serverless.yml").read_text() == (once if two == "ready" else own)


SHARED = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    Architectures: [x86_64]
Resources:
  Common:
    Type: AWS::Serverless::LayerVersion
    Metadata:
      BuildMethod: python3.13
    Properties:
      ContentUri: ready
  One:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ready
      Layers: [!Ref Common]
  Two:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {}
      Layers: [!Ref Common]
"""


def test_a_layer_moves_with_all_who_have_it_and_globals_for_all_who_inherit(shop):
    shop.write("template.yaml", SHARED.format("ready"))
    done = shop("fix", ".")
    assert [line for line in done.out.splitlines() if line[:1] in "+-"][2:] == [
        "-    Architectures: [x86_64]",
        "+    Architectures: [arm64]",
        "+      BuildArchitecture: arm64",
    ]
    assert "3 can move" not in shop(".").out  # each alone would break the others
    shop("fix", ".", "--write")
    deployed = [each for each in shop(".", "--json").report["deployables"] if each["kind"] != "project"]
    assert [each["architecture"] for each in deployed] == ["arm64"] * 3
    assert not any(each["findings"] for each in deployed)


@pytest.mark.parametrize("code", ["stuck", "elsewhere"])
def test_a_layer_stays_where_one_who_has_it_stays(shop, code):
    shop.write("template.yaml", SHARED.format(code))
    done = shop("fix", ".")
    assert (done.code, done.out) == (0, "")
    assert "not yet: Common (template.yaml:7) moves together with One, Two" in done.err
    assert "not yet: One (template.yaml:13) moves together with Common" in done.err
    assert "nothing moves to arm64 by a change of lines today" in done.err


@pytest.mark.parametrize(
    ("files", "moves"),
    [
        ({"wheels": ["py3-none-any"]}, True),
        ({"wheels": ["cp313-abi3-manylinux2014_x86_64", ARM]}, False),
        ({"sdist": True}, False),
        ({}, False),
    ],
    ids=["pure", "compiled", "sdist", "not-known"],
)
def test_a_layer_in_which_nothing_is_compiled_waits_for_nobody(shop, store, files, moves):
    """It is built for x86_64 by default, and loads on both; who cannot move keeps nobody else."""
    if files:
        store.add("brought", "1.0", **files)
    (shop.folder / "layer").mkdir()
    shop.write("layer/requirements.txt", "brought\n")
    template = SHARED.format("stuck").replace("ContentUri: ready", "ContentUri: layer")
    shop.write("template.yaml", f"{template}{ON_ARM64}")
    stands = {each["name"]: each for each in shop(".", "--json").report["deployables"]}
    assert (stands["One"]["standing"], stands["There"]["standing"]) == (
        ("now", "already") if moves else ("after-changes", "failing")
    )
    rules = {each["rule"] for name in ("One", "Two", "There") for each in stands[name]["findings"]}
    assert rules == (set() if moves else {"AC020"})
    assert ("Architectures: [arm64]" in shop("fix", ".").out) is moves


ON_ARM64 = """\
  There:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ready
      Architectures: [arm64]
      Layers: [!Ref Common]
"""


def test_a_parameter_that_samconfig_gives_has_to_allow_arm64_too(shop):
    template = (
        TEMPLATE.split("  Stuck:", maxsplit=1)[0].replace("\r", "") + "      Architectures: [!Ref Arch]\n"
    )
    shop.write(
        "template.yaml", f"{template}Parameters:\n  Arch: {{Default: x86_64, AllowedValues: [x86_64]}}\n"
    )
    assert "Default: arm64, AllowedValues: [x86_64, arm64]" in shop("fix", ".").out
    shop.write("samconfig.toml", '[default.deploy.parameters]\nparameter_overrides = "Arch=x86_64"\n')
    said = "samconfig.toml gives Arch; give what makes it arm64 there, and allow arm64 in its AllowedValues"
    assert f"{said} (template.yaml)" in shop("fix", ".").err


def test_a_default_that_samconfig_gives_is_changed_there(shop):
    template = (
        TEMPLATE.split("  Stuck:", maxsplit=1)[0].replace("\r", "") + "      Architectures: [!Ref Arch]\n"
    )
    parameter = "Parameters:\n  Arch: {Type: String, Default: x86_64}\n"
    shop.write("template.yaml", template + parameter)
    assert "Default: arm64" in shop("fix", ".").out
    shop.write("samconfig.toml", '[default.deploy.parameters]\nparameter_overrides = "Arch=x86_64"\n')
    done = shop("fix", ".")
    assert done.out == ""
    assert (
        "by hand: Ready (template.yaml:4): samconfig.toml gives Arch; give what makes it arm64 there"
        in done.err
    )


def test_a_default_of_a_nested_stack_is_seen_to_where_it_is_held(shop):
    template = (
        TEMPLATE.split("  Stuck:", maxsplit=1)[0].replace("\r", "") + "      Architectures: [!Ref Arch]\n"
    )
    parameter = "Parameters:\n  Arch: {Type: String, Default: x86_64}\n"
    shop.write("inner.yaml", template + parameter)
    shop.write(
        "template.yaml",
        "Resources:\n  S: {Type: AWS::Serverless::Application, Properties: {Location: inner.yaml}}\n",
    )
    done = shop("fix", ".")
    assert done.out == ""
    assert (
        "by hand: Ready (inner.yaml:4): Arch decides it, which the stack that holds this one may give"
        in done.err
    )


def test_a_layer_by_its_name_is_no_change_of_how_it_is_built(shop):
    """The lines that are shown change it: nothing has to be done before."""
    lines = shop(".", environ={"COLUMNS": "120"}).out.splitlines()
    stands = {line.split()[0]: line for line in lines if ":" in line and "lambda:python3.13" in line}
    assert "can move now" in stands["Layered"]
    assert "after changes" in stands["Insights"]


def test_a_layer_that_is_built_here_is_to_be_built_first(shop):
    shop.write("template.yaml", SHARED.format("ready"))
    deployed = {each["name"]: each for each in shop(".", "--json").report["deployables"]}
    assert deployed["One"]["together"] == ["Common", "Two"]
    assert deployed["Common"]["together"] == ["One", "Two"]
    assert "2 functions after changes" in shop(".").out.splitlines()[0]
    for form in ("text", "markdown", "html"):
        assert "t moves together with One, Two" in shop(".", "-f", form).out


IMAGES = """\
Resources:
  One:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: c, Dockerfile: Dockerfile}
    Properties: {PackageType: Image}
  Two:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: c, Dockerfile: Dockerfile}
    Properties: {PackageType: Image}
"""


def test_the_lines_of_an_image_change_with_its_functions(archcheck, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    archcheck.write("template.yaml", IMAGES)
    (archcheck.folder / "c").mkdir()
    base = "FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13"
    archcheck.write("c/requirements.txt", "ready\n")
    archcheck.write("c/Dockerfile", f"{base}\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n")
    done = archcheck("fix", ".")
    assert [line for line in done.out.splitlines() if line[:1] in "+-"] == [
        "--- a/c/Dockerfile",
        "+++ b/c/Dockerfile",
        f"-{base}",
        f"+{base.replace('amd64', 'arm64')}",
        "--- a/template.yaml",
        "+++ b/template.yaml",
        "-    Properties: {PackageType: Image}",
        "+    Properties: {Architectures: [arm64], PackageType: Image}",
        "-    Properties: {PackageType: Image}",
        "+    Properties: {Architectures: [arm64], PackageType: Image}",
    ]
    archcheck.write("template.yaml", IMAGES.replace("Image}", "Image, Architectures: [arm64]}", 1))
    assert archcheck("fix", ".").out.count(f"+{base.replace('amd64', 'arm64')}") == 1


UNTOLD = {
    "template.yaml": """\
Transform: AWS::Serverless-2016-10-31
Resources:
  L:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer, CompatibleRuntimes: [python3.13]}
  F:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.main, CodeUri: f, Layers: [!Ref L]}
""",
    "main.tf": """\
resource "aws_lambda_function" "f" {
  runtime  = "python3.13"
  filename = data.archive_file.f.output_path
  layers   = [aws_lambda_layer_version.l.arn]
}
data "archive_file" "f" {
  source_dir  = "f"
  output_path = "f.zip"
}
resource "aws_lambda_layer_version" "l" {
  compatible_runtimes = ["python3.13"]
  filename            = data.archive_file.l.output_path
}
data "archive_file" "l" {
  source_dir  = "layer"
  output_path = "l.zip"
}
""",
}


@pytest.mark.parametrize("file", UNTOLD)
@pytest.mark.parametrize(("holds", "standing"), [("ready", "now"), ("stuck", "after-changes")])
def test_a_function_waits_for_a_layer_that_says_nothing_where_it_cannot_move(
    archcheck, store, file, holds, standing
):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    archcheck.write(file, UNTOLD[file])
    for folder, name in (("f", "ready"), ("layer", holds)):
        (archcheck.folder / folder).mkdir()
        archcheck.write(f"{folder}/requirements.txt", f"{name}\n")
    found = {each["kind"]: each for each in archcheck(".", "--json").report["deployables"]}
    function, layer = found["function"], found["layer"]
    assert function["standing"] == standing
    assert function["waits"] == function["together"] == ([layer["name"]] if holds == "stuck" else [])
    assert bool(archcheck("fix", ".").out) == (holds == "ready")
    agrees(archcheck)


ON_ARM = {
    "template.yaml": ("Handler:", "Architectures: [arm64], Handler:"),
    "main.tf": ("  layers", '  architectures = ["arm64"]\n  layers'),
}
"""Where the function says arm64: what is written in place of what."""


@pytest.mark.parametrize("file", UNTOLD)
@pytest.mark.parametrize(
    ("holds", "standing"), [("ready", "already"), ("stuck", "failing"), ("nothing-of-it", "already")]
)
def test_what_is_on_arm64_fails_with_a_layer_that_cannot_be_there(archcheck, store, file, holds, standing):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    archcheck.write(file, UNTOLD[file].replace(*ON_ARM[file]))
    for folder, name in (("f", "ready"), ("layer", holds)):
        (archcheck.folder / folder).mkdir()
        archcheck.write(f"{folder}/requirements.txt", f"{name}\n")
    found = {each["kind"]: each for each in archcheck(".", "--json").report["deployables"]}
    function, layer = found["function"], found["layer"]
    assert function["standing"] == standing
    said = [(each["rule"], each["severity"], each["message"]) for each in function["findings"]]
    why = layer["recommendation"]["reasons"][0]
    message = f"the layer {layer['name']} cannot be on arm64, and the function is: {why}"
    assert said == ([("AC020", "blocker", message)] if holds == "stuck" else [])
    assert ("with a layer for x86_64" in archcheck(".").out.splitlines()[0]) is (holds == "stuck")
    assert archcheck("fix", ".").out == ""
    agrees(archcheck)


MODULES = {
    "{root}/main.tf": """\
module "layer" {
  source = "../modules/layer"
}
module "function" {
  source = "../modules/function"
  layers = [module.layer.arn]
}
""",
    "modules/function/main.tf": """\
variable "layers" {}
resource "aws_lambda_function" "f" {
  runtime  = "python3.13"
  filename = data.archive_file.f.output_path
  layers   = var.layers
}
data "archive_file" "f" {
  source_dir  = "${path.module}/../../f"
  output_path = "f.zip"
}
""",
    "modules/layer/main.tf": """\
resource "aws_lambda_layer_version" "l" {
  filename            = data.archive_file.l.output_path
  compatible_runtimes = ["python3.13"]
}
data "archive_file" "l" {
  source_dir  = "${path.module}/../../layer"
  output_path = "l.zip"
}
output "arn" {
  value = aws_lambda_layer_version.l.arn
}
""",
}


@pytest.mark.parametrize("roots", [("dev",), ("dev", "prod")])
@pytest.mark.parametrize(
    ("holds", "there", "standing"),
    [
        ("ready", False, "now"),
        ("stuck", False, "after-changes"),
        ("ready", True, "already"),
        ("stuck", True, "failing"),
    ],
)
def test_so_it_is_with_a_layer_that_another_module_gives(archcheck, store, *, roots, holds, there, standing):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    for folder in (*roots, "modules", "modules/layer", "modules/function", "f", "layer"):
        (archcheck.folder / folder).mkdir()
    for path, text in MODULES.items():
        for root in roots:
            archcheck.write(path.format(root=root), text.replace(*ON_ARM["main.tf"]) if there else text)
    archcheck.write("f/requirements.txt", "ready\n")
    archcheck.write("layer/requirements.txt", f"{holds}\n")
    deployed = archcheck(".", "--json").report["deployables"]
    functions = [each for each in deployed if each["kind"] == "function"]
    assert {each["standing"] for each in functions} == {standing}
    waits = ["module.layer.aws_lambda_layer_version.l"] if standing == "after-changes" else []
    assert all(each["waits"] == each["together"] == waits for each in functions)
    agrees(archcheck)


def test_a_layer_of_a_module_that_is_elsewhere_leaves_it_open(archcheck, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    (archcheck.folder / "f").mkdir()
    archcheck.write("f/requirements.txt", "ready\n")
    own, _, _ = UNTOLD["main.tf"].partition('resource "aws_lambda_layer_version"')
    text = own.replace("aws_lambda_layer_version.l.arn", "module.far.arn")
    archcheck.write("main.tf", f'{text}module "far" {{\n  source = "git::https://git.example/far.git"\n}}\n')
    (function,) = archcheck(".", "--json").report["deployables"]
    assert function["standing"] == "undetermined"
    assert [each["message"] for each in function["findings"]] == ["a layer that was not read: module.far"]


@pytest.mark.parametrize("stage", ["", ", target: last"])
def test_the_lines_of_an_image_change_with_its_service(archcheck, store, stage):
    store.add("ready", "1.0", wheels=[X86, ARM])
    compose = f"services:\n  web:\n    build: {{context: c{stage}}}\n    platform: linux/%s\n"
    archcheck.write("compose.yaml", compose % "amd64")
    (archcheck.folder / "c").mkdir()
    archcheck.write("c/requirements.txt", "ready\n")
    base = "FROM --platform=linux/amd64 python:3.13-slim AS last"
    archcheck.write("c/Dockerfile", f"{base}\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n")
    done = archcheck("fix", ".")
    assert [
        line for line in done.out.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}
    ] == [
        f"-{base}",
        f"+{base.replace('amd64', 'arm64')}",
        "-    platform: linux/amd64",
        "+    platform: linux/arm64",
    ]
    archcheck.write("compose.yaml", compose % "arm64")
    (web,) = archcheck(".", "--json").report["deployables"]
    assert (web["standing"], web["findings"][0]["rule"]) == ("failing", "AC019"), "the FROM line outranks it"


def test_what_could_not_be_read_is_named_and_the_exit_code_says_so(shop):
    shop.write(
        "broken.yaml",
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.13\n",
    )
    done = shop("fix", ".")
    assert done.code == 2
    assert "not read, so left as it is: broken.yaml" in done.err.splitlines()
    assert "+      Architectures: [arm64]" in done.out, "all else is offered as before"


def test_a_folder_with_a_broken_template_alone(archcheck):
    (archcheck.folder / ".git").mkdir()
    archcheck.write("template.yaml", "Resources:\n  F: {Type: AWS::Serverless::Function\n")
    checked, fixed = archcheck("."), archcheck("fix", ".")
    assert (checked.code, fixed.code) == (2, 2)
    assert checked.out.startswith("? 1 template could not be read;")
    assert "template.yaml: not YAML" in checked.out
    assert "not read, so left as it is: template.yaml" in fixed.err
