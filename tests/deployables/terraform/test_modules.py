"""Modules: those of the repository with what they are called with, and terraform-aws-modules/lambda."""

from __future__ import annotations

import pytest

from archcheck.deployables.model import Code
from archcheck.deployables.repository import deployed
from archcheck.deployables.terraform import folders, read_module
from archcheck.deployables.terraform.language.files import read_blocks
from archcheck.deployables.tree import folder_of
from archcheck.manifest.manifest import Location
from tests.deployables.terraform.reading import function, only, read, tree_of, values

CHILD = (
    'variable "arm" {\n  default = false\n}\n'
    'variable "src" {}\n'
    'variable "layers" {\n  default = []\n}\n'
    + function(
        'architectures = [var.arm ? "arm64" : "x86_64"]',
        "filename = data.archive_file.z.output_path",
        "layers = var.layers",
    )
    + 'data "archive_file" "z" {\n  source_dir = var.src\n  output_path = "z.zip"\n}\n'
    + 'output "arn" {\n  value = aws_lambda_layer_version.l.arn\n}\n'
)


def test_a_local_module_is_read_with_what_it_is_called_with():
    files = {
        "env/prod/main.tf": 'module "one" {\n  source = "../../modules/fn"\n  arm = true\n'
        '  src = "${path.module}/src"\n  layers = [aws_lambda_layer_version.top.arn, module.two.arn]\n}\n'
        'module "two" {\n  source = "../../modules/fn"\n  src = "${path.root}/../lib"\n}\n',
        "modules/fn/main.tf": CHILD,
        "env/lib/x.py": "",
    }
    found = read(files, "env/prod")
    one, two = found.deployables
    assert found.nested == ("modules/fn",)
    assert found.problems == ()
    assert (one.name, one.location.path) == ("module.one.aws_lambda_function.f", "modules/fn/main.tf")
    # What the call leaves to the module's own default is certain: nobody can give it another value.
    assert values(one.architectures) == ["aarch64"]
    assert values(two.architectures) == ["x86_64"]
    assert one.code == Code(kind="folder", path="env/prod/src")
    assert two.code == Code(kind="folder", path="env/lib")
    assert [each.name for each in one.layers] == [
        "aws_lambda_layer_version.top",
        "module.two.aws_lambda_layer_version.l",
    ]
    alone = only(files, "modules/fn")
    assert values(alone.architectures) == ["x86_64 if !var.arm", "aarch64 if var.arm"]


def test_many_roots_read_each_file_once(monkeypatch):
    parsed = []
    monkeypatch.setattr(
        folders, "read_blocks", lambda data, path: parsed.append(path) or read_blocks(data, path)
    )
    files = {f"env/{n}/main.tf": 'module "m" {\n  source = "../../m"\n  src = "."\n}\n' for n in range(3)}
    tree = tree_of({**files, "m/main.tf": CHILD})
    found = [read_module(folder, tree) for folder in ("env/0", "env/1", "env/2", "m")]
    assert [len(each.deployables) for each in found] == [1, 1, 1, 1]
    assert sorted(parsed) == ["env/0/main.tf", "env/1/main.tf", "env/2/main.tf", "m/main.tf"]


def test_a_module_at_the_root_that_examples_call_is_part_of_them():
    """terraform-aws-modules keep their module at the root, and call it from `examples/`."""
    files = {"main.tf": function(), "examples/a/main.tf": 'module "m" {\n  source = "../../"\n}\n'}
    tree = tree_of(files)
    found = deployed([(path, read_module(folder_of(path), tree)) for path in files], tree)
    assert [each.name for each in found] == ["module.m.aws_lambda_function.f"]


def test_code_that_a_module_is_given_by_its_caller_is_the_callers():
    files = {
        "main.tf": 'module "one" {\n  source = "./fn"\n  zip = data.archive_file.mine.output_path\n}\n'
        'data "archive_file" "mine" {\n  source_dir = "src"\n  output_path = "a.zip"\n}\n',
        "fn/main.tf": 'variable "zip" {}\n' + function("filename = var.zip"),
    }
    assert only(files).code == Code(kind="folder", path="src")


def test_what_a_call_depends_on_its_functions_depend_on():
    call = 'module "m" {\n  source = "./m"\n  count = var.on ? 1 : 0\n}\n'
    found = only({"main.tf": call, "m/main.tf": 'variable "n" {}\n' + function("count = var.n ? 1 : 0")})
    assert found.when == "var.on && var.n"


def test_a_module_that_is_not_called_is_left_out():
    files = {"main.tf": 'module "m" {\n  source = "./m"\n  count = 0\n}\n', "m/main.tf": function()}
    assert read(files).deployables == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('module "m" {\n  source = "./gone"\n}\n', "module m: there is no folder ./gone in the repository"),
        (
            'module "m" {\n  source = "../../out"\n}\n',
            "module m: there is no folder ../../out in the repository",
        ),
        ('module "m" {\n  source = "./"\n}\n', "module m: ./ leads back to itself"),
        ('module "m" {\n  source = "./b"\n}\n', "module back: ../ leads back to itself"),
        (
            'module "v" {\n  source = "terraform-aws-modules/vpc/aws"\n}\nmodule "n" {\n}\n',
            "2 modules are not in this repository, and not read: v (terraform-aws-modules/vpc/aws), n (no source)",
        ),
        ('module {\n  source = "./b"\n}\n', None),
    ],
)
def test_modules_that_are_not_read_are_said(text, message):
    files = {"a/main.tf": text, "a/b/main.tf": 'module "back" {\n  source = "../"\n}\n'}
    problems = [each.message for each in read(files, "a").problems]
    assert problems == ([message] if message else [])


def package(*lines, name="m"):
    inner = "\n".join(f"  {line}" for line in lines)
    return f'module "{name}" {{\n  source = "terraform-aws-modules/lambda/aws"\n{inner}\n}}\n'


def test_the_lambda_module():
    found = only(
        {
            "main.tf": package(
                'runtime = "python3.12"',
                'architectures = ["arm64"]',
                'source_path = "${path.module}/src"',
                "build_in_docker = true",
                "memory_size = 512",
                "layers = [module.deps.lambda_layer_arn]",
            ),
            "src/requirements.txt": "",
        }
    )
    assert (found.name, found.kind, found.memory_mb) == ("module.m", "function", 512)
    assert values(found.architectures) == ["aarch64"]
    assert found.code == Code(kind="folder", path="src")
    assert found.manifests == ("src/requirements.txt",)
    assert (found.build.value, found.build.location) == ("build_in_docker", Location(path="main.tf", line=6))
    assert [each.name for each in found.layers] == ["module.deps"]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("source", "path", "manifests"),
    [
        ('"src"', "src", ("src/requirements.txt",)),
        ('"src/handler.py"', "src", ()),
        ('["src", "lib"]', "src", ("src/requirements.txt", "lib/uv.lock")),
        ('[{ path = "src" }]', "src", ()),
        ('{ path = "src", pip_requirements = true }', "src", ("src/requirements.txt",)),
        ('[{ path = "src", pip_requirements = "deps/all.txt" }]', "src", ("deps/all.txt",)),
        ('[{ path = "src", pip_requirements = false }]', "src", ()),
        ('[{ path = "po", poetry_install = true }]', "po", ("po/poetry.lock",)),
        ('["src/handler.py", { path = "po/pyproject.toml", poetry_install = true }]', "src", ("po/poetry.lock",)),
        ('[{ path = "lib", uv_install = true }]', "lib", ("lib/uv.lock",)),
        ('[{ pip_requirements = "deps/all.txt" }, { path = "src", patterns = ["!x"] }]', "src", ("deps/all.txt",)),
        ("[local.a]", "lib", ("lib/uv.lock",)),
    ],
)  # fmt: skip
def test_source_path(source, path, manifests):
    files = {
        "main.tf": package(f"source_path = {source}") + 'locals {\n  a = "./lib/"\n}\n',
        "src/requirements.txt": "",
        "src/handler.py": "",
        "lib/uv.lock": "",
        "lib/requirements.txt": "",
        "po/poetry.lock": "",
        "po/pyproject.toml": "",
        "deps/all.txt": "",
    }
    found = only(files)
    assert found.code == Code(kind="folder", path=path)
    assert found.manifests == manifests
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["create_package = false", 'local_existing_package = "a.zip"'], Code(kind="artifact", path="a.zip")),
        (["create_package = false", "local_existing_package = module.p.local_filename"], Code(kind="folder", path="p")),
        (
            ["create_package = false", 's3_existing_package = { bucket = "b", key = "k" }'],
            Code(kind="elsewhere", reference="s3://b/k"),
        ),
        (["create_package = false", 'package_type = "Image"', 'image_uri = "x:1"'], Code(kind="image", reference="x:1")),
        (["source_path = var.x"], Code(kind="elsewhere", reference="var.x")),
        ([], None),
    ],
)  # fmt: skip
def test_packages_that_are_not_made_here(lines, code):
    other = package('source_path = "p"', "create_function = false", name="p")
    assert only({"main.tf": package(*lines) + other, "a.zip": ""}).code == code


@pytest.mark.parametrize("line", ["create = false", "create_function = false", "count = 0"])
def test_a_call_that_makes_no_function(line):
    assert read(package(line)).deployables == ()


def test_a_layer_of_the_lambda_module():
    found = only(
        package(
            "create_layer = true",
            'compatible_architectures = ["arm64"]',
            'compatible_runtimes = ["python3.12"]',
        )
    )
    assert (found.kind, found.architectures, found.memory_mb) == ("layer", (), None)
    assert values(found.labels) == ["aarch64"]
    assert values(found.runtimes) == ["python3.12"]


@pytest.mark.parametrize(
    "source",
    [
        "registry.example/terraform-aws-modules/lambda/aws",
        "github.com/terraform-aws-modules/terraform-aws-lambda?ref=abc",
        "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v7.0.0",
        "./vendored",
    ],
)
def test_the_lambda_module_under_its_other_names(source):
    files = {
        "main.tf": package('source_path = "src"').replace("terraform-aws-modules/lambda/aws", source),
        "vendored/main.tf": 'variable "build_in_docker" {}\nvariable "source_path" {}\n' + function(),
    }
    assert only(files).code == Code(kind="folder", path="src")


TASK = """\
resource "aws_ecs_task_definition" "t" {
  requires_compatibilities = ["FARGATE"]
  memory                   = "2048"
  container_definitions    = %s
%s}
"""
PLATFORM = '  runtime_platform {\n    cpu_architecture = "ARM64"\n  }\n'
JSON = '[{"name": "web", "image": "${local.image}:1", "memory": 512}, {"name": "b", "image": "${x.y.url}"}]'


@pytest.mark.parametrize(
    "definitions",
    [
        f"<<EOF\n{JSON}\nEOF\n",
        f"<<-EOF\n    {JSON}\n    EOF\n",
        'jsonencode([{ name = "web", image = "${local.image}:1", memory = 512 }, { "name" : "b", image = x.y.url }])',
    ],
)
def test_the_containers_of_a_task(definitions):
    web, other = read(TASK % (definitions, PLATFORM) + 'locals {\n  image = "r/web"\n}\n').deployables
    assert (web.name, web.kind, web.platform, web.memory_mb) == (
        "aws_ecs_task_definition.t.web",
        "container",
        "fargate",
        512,
    )
    assert web.code == Code(kind="image", reference="r/web:1")
    assert other.code == Code(kind="image", reference="${x.y.url}")
    assert other.memory_mb == 2048
    assert values(web.architectures) == ["aarch64"]
    assert not web.is_default


@pytest.mark.parametrize(("platform", "architectures", "is_default"), [
    ("", ["x86_64"], True),
    (PLATFORM.replace('"ARM64"', '"X86_64"'), ["x86_64"], False),
    (PLATFORM.replace('"ARM64"', 'var.on ? "ARM64" : "X86_64"'), ["aarch64 if var.on", "x86_64 if !var.on"], False),
    (PLATFORM.replace('"ARM64"', "var.x"), [], False),
    (PLATFORM.replace('"ARM64"', '"arm"'), [], False),
])  # fmt: skip
def test_the_architecture_of_a_task(platform, architectures, is_default):
    found = only(TASK % ("file(var.x)", platform))
    assert values(found.architectures) == architectures
    assert found.is_default == is_default
    assert "container_definitions: they are not told here" in found.unknown
    assert bool(len(found.unknown) > 1) == (not architectures)
