"""`archcheck fix` where a variable of Terraform's decides: its default changes for all that it reaches, or none."""

from __future__ import annotations

import pytest

from tests.cli.running import agrees

ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
POWERTOOLS = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313"
VARIABLE = 'variable "arch" {\n  type    = string\n  default = "x86_64" # of all\n}\n'


def function(name, *lines, code="ready", architectures="[var.arch]"):
    body = "".join(f"  {line}\n" for line in lines)
    return (
        f'resource "aws_lambda_function" "{name}" {{\n  filename      = "{code}.zip"\n'
        f'  runtime       = "python3.13"\n  architectures = {architectures}\n{body}}}\n'
        f'data "archive_file" "{name}" {{\n  source_dir  = "${{path.root}}/{code}"\n'
        f'  output_path = "{code}.zip"\n}}\n'
    )


@pytest.fixture
def stack(archcheck, store):
    """A folder with the code of a function that can move (`ready`), and of one that cannot (`stuck`)."""
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    for name in ("ready", "stuck"):
        (archcheck.folder / name).mkdir()
        archcheck.write(f"{name}/requirements.txt", f"{name}\n")

    def write(files):
        for path, text in files.items():
            (archcheck.folder / path).parent.mkdir(parents=True, exist_ok=True)
            archcheck.write(path, text)
        return archcheck

    yield write
    agrees(archcheck)


def checked(condition):
    """Return the variable with a validation."""
    return VARIABLE.replace(
        "}", f'  validation {{\n    condition = {condition}\n    error_message = "no"\n  }}\n}}'
    )


def diff(done):
    return [line for line in done.out.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


CHANGED = ['-  default = "x86_64" # of all', '+  default = "arm64" # of all']
LISTED = 'variable "arch" {\n  default = [\n    "x86_64",\n  ]\n}\n'
CALLED = 'module "api" {\n  source = "./api"\n  arch   = var.arch\n}\n'
PACKAGED = (
    'module "f" {\n  source        = "terraform-aws-modules/lambda/aws"\n  source_path   = "ready"\n'
    '  runtime       = "python3.13"\n  architectures = [var.arch]\n}\n'
)
LAYER = 'resource "aws_lambda_layer_version" "l" {\n  filename = "ready.zip"\n  compatible_architectures = [var.arch]\n}\n'


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        ({"main.tf": function("f") + function("g"), "variables.tf": VARIABLE}, CHANGED),
        ({"main.tf": function("f") + VARIABLE}, CHANGED),
        ({"main.tf": function("f", architectures="var.arch") + LISTED}, ['-    "x86_64",', '+    "arm64",']),
        (
            {"main.tf": function("f", architectures="[local.a]") + "locals {\n  a = lower(var.arch)\n}\n" + VARIABLE},
            CHANGED,
        ),
        ({"main.tf": PACKAGED + VARIABLE}, CHANGED),
        ({"main.tf": CALLED + function("g") + VARIABLE, "api/main.tf": function("f") + 'variable "arch" {}\n'}, CHANGED),
        ({"main.tf": CALLED.replace("  arch   = var.arch\n", ""), "api/main.tf": function("f") + VARIABLE}, CHANGED),
        ({"main.tf": function("f") + LAYER + VARIABLE}, CHANGED),
        ({"main.tf": function("f", f'layers = ["{POWERTOOLS}-${{var.arch}}:7"]') + VARIABLE}, CHANGED),
        (
            {"main.tf": function("f", "layers = [local.l]") + VARIABLE
             + f'locals {{\n  l = "{POWERTOOLS}-${{var.arch}}:7"\n}}\n'},
            CHANGED,
        ),
        (
            {"main.tf": function("f", f'layers = ["{POWERTOOLS}-x86_64:7"]') + VARIABLE},
            [f'-  layers = ["{POWERTOOLS}-x86_64:7"]', f'+  layers = ["{POWERTOOLS}-arm64:7"]', *CHANGED],
        ),
        ({"main.tf": function("f") + checked('contains(["arm64", "x86_64"], var.arch)')}, CHANGED),
        ({"main.tf": function("f") + VARIABLE, "terraform.tfvars": 'stage = "x"\n'}, CHANGED),
        ({"a/main.tf": function("f", code="../ready") + VARIABLE, "b/terraform.tfvars": 'arch = "x"\n', "b/main.tf": ""}, CHANGED),
    ],
)  # fmt: skip
def test_its_default_changes_once_and_then_nothing_is_left(stack, files, lines):
    archcheck = stack(files)
    assert diff(archcheck("fix", ".")) == lines
    archcheck("fix", ".", "--write")
    deployed = archcheck(".", "--json").report["deployables"]
    functions = [each["architecture"] for each in deployed if each["kind"] == "function"]
    assert functions
    assert set(functions) == {"arm64"}
    assert archcheck("fix", ".").out == ""


DECIDES = "[var.arch] decides; change what that is given"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"main.tf": function("f") + VARIABLE, "terraform.tfvars": 'arch = "x86_64"\n'}, "terraform.tfvars gives arch; "),
        ({"main.tf": function("f") + VARIABLE, "prod.tfvars": 'arch = "x86_64"\n'}, "prod.tfvars gives arch; "),
        ({"i/main.tf": function("f", code="../ready") + VARIABLE, "env/p.tfvars": 'arch="x86_64"\n'}, "env/p.tfvars gives arch; "),
        ({"main.tf": function("f") + VARIABLE, "x.tfvars.json": '{"arch": "x86_64"}'}, "x.tfvars.json gives arch; "),
        ({"main.tf": function("f") + checked('contains(["x86_64"], var.arch)')},
         "see that the validation of arch allows arm64 (main.tf:"),
        ({"main.tf": function("f") + checked('can(regex("86", var.arch))')},
         "see that the validation of arch allows arm64 (main.tf:"),
        ({"main.tf": function("f", 'description = "on ${var.arch}"') + VARIABLE}, DECIDES),
        ({"main.tf": function("f") + VARIABLE + 'output "o" {\n  value = var.arch\n}\n'}, DECIDES),
        ({"main.tf": function("f") + VARIABLE + "locals {\n  a = var.arch\n  b = local.a\n}\n"
          'data "x" "y" {\n  filter {\n    values = [local.b]\n  }\n}\n'}, DECIDES),
        ({"main.tf": function("f") + VARIABLE + 'module "m" {\n  source = "a/b/c"\n  arch = var.arch\n}\n'}, DECIDES),
        ({"main.tf": function("f") + VARIABLE + CALLED, "api/main.tf":
          'variable "arch" {}\nresource "x" "y" {\n  a = var.arch\n}\n'}, DECIDES),
        ({"main.tf": function("f") + VARIABLE + CALLED.replace("arch  ", "count "), "api/main.tf": ""}, DECIDES),
        ({"main.tf": function("f") + VARIABLE, "b.tf": "{"}, DECIDES),
        ({"main.tf": function("f", architectures="[var.arch.a]") + 'variable "arch" {\n  default = { a = "x86_64" }\n}\n'},
         "[var.arch.a] decides; change what that is given"),
        ({f"{each}/main.tf": f'module "m" {{\n  source = "../m"\n  arch = var.arch\n}}\n{VARIABLE}' for each in "ab"}
         | {"m/main.tf": function("f", code="../ready") + 'variable "arch" {}\n'}, DECIDES),
    ],
)  # fmt: skip
def test_where_that_would_not_do_it_is_said_why(stack, files, why):
    done = stack(files)("fix", ".")
    assert done.out == ""
    assert f"): {why}" in done.err


def test_it_stays_where_one_that_it_reaches_stays(stack):
    archcheck = stack({"main.tf": function("f") + function("g", code="stuck") + function("h", architectures='["x86_64"]') + VARIABLE})  # fmt: skip
    done = archcheck("fix", ".")
    assert diff(done) == ['-  architectures = ["x86_64"]', '+  architectures = ["arm64"]']
    deployed = {each["name"]: each for each in archcheck(".", "--json").report["deployables"]}
    assert deployed["aws_lambda_function.f"]["waits"] == ["aws_lambda_function.g"]
    assert "aws_lambda_function.f (main.tf:1) moves together with aws_lambda_function.g" in done.err


def test_it_stays_where_one_stays_in_a_module_that_is_given_it(stack):
    api = function("f", code="stuck") + 'variable "arch" {}\n'
    archcheck = stack({"main.tf": CALLED + function("g") + VARIABLE, "api/main.tf": api})
    assert archcheck("fix", ".").out == ""
    deployed = {each["name"]: each for each in archcheck(".", "--json").report["deployables"]}
    assert deployed["aws_lambda_function.g"]["waits"] == ["module.api.aws_lambda_function.f"]
