"""Functions and layers in Terraform's own resources: what runs where, and what decides it."""

from __future__ import annotations

import pytest

from archcheck.deployables.model import Code, Layer
from archcheck.manifest.manifest import Location
from tests.deployables.terraform.reading import function, only, read, values

GRAVITON = 'variable "graviton" {\n  default = true\n}\n'


@pytest.mark.parametrize(
    ("text", "architectures", "is_default"),
    [
        (function(), ["x86_64"], True),
        (function("architectures = null"), ["x86_64"], True),
        (function('architectures = ["arm64"]'), ["aarch64"], False),
        (function('architectures = ["x86_64"] # arm64'), ["x86_64"], False),
        (function('architectures = [ # why\n    "arm64", # because\n  ]'), ["aarch64"], False),
        (function("architectures = [var.a]") + 'variable "a" {\n  default = "arm64"\n}', ["aarch64"], False),
        (function("architectures = var.a") + 'variable "a" {\n  default = ["arm64"]\n}', ["aarch64"], False),
        (function("architectures = var.a") + 'variable "a" {\n  default = null\n}', ["x86_64"], True),
        (function("architectures = [var.a]") + 'variable "a" {}', [], False),
        (function("architectures = [var.a]"), [], False),
        (
            function("architectures = local.a") + 'locals {\n  a = [local.b]\n  b = "arm64"\n}',
            ["aarch64"],
            False,
        ),
        (function("architectures = local.a") + "locals {\n  a = local.b\n  b = local.a\n}", [], False),
        (function('architectures = ["${local.b}64"]') + 'locals {\n  b = "arm"\n}', ["aarch64"], False),
        (
            function('architectures = [lookup(local.m, "a", "x86_64")]')
            + 'locals {\n  m = { a = "arm64" }\n}',
            ["aarch64"],
            False,
        ),
        (
            function("architectures = [local.m.a[0]]") + 'locals {\n  m = { a = ["arm64"] }\n}',
            ["aarch64"],
            False,
        ),
        (function('architectures = try(local.m.a, ["arm64"])') + "locals {\n  m = {}\n}", ["aarch64"], False),
        (function('architectures = ["riscv64"]'), [], False),
        (function("architectures = [for a in var.all : a]"), [], False),
        (function('architectures = concat(["arm64"], [])'), ["aarch64"], False),
        (
            function('architectures = [var.graviton ? "arm64" : "x86_64"]') + GRAVITON,
            ["aarch64 if var.graviton", "x86_64 if !var.graviton"],
            False,
        ),
        (
            function('architectures = var.graviton ? ["arm64"] : null') + GRAVITON.replace("true", "false"),
            ["x86_64 if !var.graviton", "aarch64 if var.graviton"],
            False,
        ),
        (
            function("architectures = [local.a]")
            + 'locals {\n  a = var.s == "prod" && !contains(x.y, 1) ? "arm64" : (var.t ? "arm64" : "x86_64")\n}',
            [
                'aarch64 if var.s == "prod" && !contains(x.y, 1)',
                'aarch64 if !(var.s == "prod" && !contains(x.y, 1)) && var.t',
                'x86_64 if !(var.s == "prod" && !contains(x.y, 1)) && !var.t',
            ],
            False,
        ),
        (function('architectures = [true ? "arm64" : "x86_64"]'), ["aarch64"], False),
        (
            function('architectures = [local.on ? "arm64" : "x86_64"]') + "locals {\n  on = !true\n}",
            ["x86_64"],
            False,
        ),
        (
            function('for_each = { a = "arm64", b = "x86_64" }', "architectures = [each.value]"),
            ['aarch64 if each.key == "a"', 'x86_64 if each.key == "b"'],
            False,
        ),
    ],
)
def test_architectures(text, architectures, is_default):
    found = only(text)
    assert values(found.architectures) == architectures
    assert found.is_default == is_default
    assert bool(found.unknown) == (not architectures or "for_each" in text)


def test_an_unknown_says_what_and_why():
    found = only(
        function("architectures = [var.a]", "runtime = data.x.y.z", "memory_size = var.m") + 'variable "a" {}'
    )
    assert found.unknown == (
        "architectures: var.a is not told here; it has no default",
        "runtime: data.x.y.z is not told here; it is known only where Terraform runs",
        "memory_size: var.m is not told here; it is not declared",
    )


def test_every_value_has_the_line_that_states_it():
    found = only(
        {
            "main.tf": function('runtime = "python3.12"', "architectures = [var.a]"),
            "variables.tf": 'variable "a" {\n  type = string\n\n  default = "arm64"\n}\n',
        }
    )
    assert found.name == "aws_lambda_function.f"
    assert found.location == Location(path="main.tf", line=1)
    assert found.runtimes[0].location == Location(path="main.tf", line=2)
    assert found.architectures[0].location == Location(path="variables.tf", line=4)


def test_tfvars_win_over_defaults_and_are_certain():
    files = {
        "a/main.tf": GRAVITON + function('architectures = [var.graviton ? "arm64" : "x86_64"]'),
        "a/terraform.tfvars": "graviton = false\n",
        "a/prod.tfvars": "graviton = true\n",
    }
    assert values(only(files, "a").architectures) == ["x86_64"]
    del files["a/terraform.tfvars"]
    files["a/z.auto.tfvars"] = "graviton = true\n"
    found = only(files, "a")
    assert values(found.architectures) == ["aarch64"]


def test_memory_layers_and_runtimes():
    found = only(
        function(
            'runtime = var.new ? "python3.13" : "python3.9"',
            "memory_size = 1024",
            "layers = [",
            "  aws_lambda_layer_version.deps.arn,",
            '  "arn:aws:lambda:${data.aws_region.now.region}:017000801446:layer:Powertools-x86_64:1",',
            '  "arn:aws:lambda:us-east-1:1:layer:x:1",',
            "  module.shared.lambda_layer_arn,",
            "  aws_lambda_layer_version.many[0].arn,",
            '  "${aws_lambda_layer_version.v.layer_arn}:${aws_lambda_layer_version.v.version}",',
            "]",
        )
    )
    assert values(found.runtimes) == ["python3.13 if var.new", "python3.9 if !var.new"]
    assert found.memory_mb == 1024
    assert [each.name or each.arn for each in found.layers] == [
        "aws_lambda_layer_version.deps",
        "arn:aws:lambda:${data.aws_region.now.region}:017000801446:layer:Powertools-x86_64:1",
        "arn:aws:lambda:us-east-1:1:layer:x:1",
        "module.shared",
        "aws_lambda_layer_version.many",
        "aws_lambda_layer_version.v",
    ]
    assert found.layers[0] == Layer(
        location=Location(path="main.tf", line=5), name="aws_lambda_layer_version.deps"
    )
    assert found.unknown == ()


def test_a_layer_has_labels_and_no_architecture():
    found = only(
        'resource "aws_lambda_layer_version" "deps" {\n'
        '  filename                 = "layer.zip"\n'
        '  compatible_architectures = ["arm64", "x86_64"]\n'
        '  compatible_runtimes      = ["python3.12", "python3.13"]\n'
        "}\n"
    )
    assert (found.kind, found.name) == ("layer", "aws_lambda_layer_version.deps")
    assert values(found.labels) == ["aarch64", "x86_64"]
    assert found.architectures == ()
    assert values(found.runtimes) == ["python3.12", "python3.13"]


@pytest.mark.parametrize(
    ("line", "count", "words"),
    [
        ("count = 0", 0, ()),
        ("count = false ? 1 : 0", 0, ()),
        ("count = 1", 1, ()),
        ("count = 3", 1, ("count = 3 decides how many there are",)),
        ("count = var.n", 1, ("count = var.n decides how many there are",)),
        ("count = var.on ? 2 : 0", 1, ("count = var.on ? 2 : 0 decides how many there are",)),
        ("for_each = toset([])", 0, ()),
        ('for_each = toset(["a", "b"])', 1, ('for_each = toset(["a", "b"]) decides how many there are',)),
        ("for_each = var.all", 1, ("for_each = var.all decides how many there are",)),
    ],
)
def test_repeated_ones_are_one_with_a_word(line, count, words):
    found = read(function(line)).deployables
    assert len(found) == count
    assert [each.unknown for each in found] == [words] * count


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("count = var.on ? 1 : 0", "var.on"),
        ("count = var.off ? 0 : 1", "!var.off"),
        ("count = var.on ? 1 : (var.two ? 1 : 0)", "var.on || !var.on && var.two"),
        ("count = 1", None),
    ],
)
def test_what_is_there_on_a_condition(line, when):
    found = only(function(line, "layers = var.on ? [aws_lambda_layer_version.l.arn] : []"))
    assert (found.when, found.unknown) == (when, ())
    assert [each.when for each in found.layers] == ["var.on"]


ARCHIVE = 'data "archive_file" "z" {\n  type = "zip"\n  %s\n  output_path = "${path.module}/out/z.zip"\n}\n'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (function("filename = data.archive_file.z.output_path") + ARCHIVE % 'source_dir = "${path.module}/src/"', Code(kind="folder", path="app/src")),
        (function("filename = data.archive_file.z.output_path") + ARCHIVE % 'source_file = "src/handler.py"', Code(kind="folder", path="app/src")),
        (function("filename = local.f") + "locals {\n  f = data.archive_file.z.output_path\n}\n" + ARCHIVE % 'source_dir = "../lib"', Code(kind="folder", path="lib")),
        (function("filename = data.archive_file.z.output_path") + ARCHIVE % 'source_dir = "../../lib"', Code(kind="elsewhere", reference="../../lib")),
        (function("filename = data.archive_file.z.output_path") + ARCHIVE % "source_dir = var.x", Code(kind="elsewhere", reference="var.x")),
        (function("filename = data.archive_file.z[0].output_path") + ARCHIVE % 'source {\n    content = "x"\n    filename = "f.py"\n  }', Code(kind="inline")),
        (function('filename = "./out/z.zip"') + ARCHIVE % 'source_dir = "src"', Code(kind="folder", path="app/src")),
        (function('filename = "${path.module}/built.zip"'), Code(kind="artifact", path="app/built.zip")),
        (function('filename = "gone.zip"'), Code(kind="elsewhere", reference="gone.zip")),
        (function("filename = var.zip"), Code(kind="elsewhere", reference="${var.zip}")),
        (function('s3_bucket = "b"', 's3_key = "k.zip"'), Code(kind="elsewhere", reference="s3://b/k.zip")),
        (
            function("s3_key = aws_s3_object.o.key")
            + 'resource "aws_s3_object" "o" {\n  key = "k"\n  source = data.archive_file.z.output_path\n}\n'
            + ARCHIVE % 'source_dir = "src"',
            Code(kind="folder", path="app/src"),
        ),
        (function('image_uri = "1.dkr.ecr.us-east-1.amazonaws.com/a:1"', 'package_type = "Image"'), Code(kind="image", reference="1.dkr.ecr.us-east-1.amazonaws.com/a:1")),
        (function('image_uri = "${aws_ecr_repository.r.repository_url}:v1"'), Code(kind="image", reference="${aws_ecr_repository.r.repository_url}:v1")),
        (
            function("image_uri = module.image.image_uri")
            + 'module "image" {\n  source = "terraform-aws-modules/lambda/aws//modules/docker-build"\n'
            + '  source_path = "img"\n  docker_file_path = "Dockerfile.arm"\n  build_args = { A = "b" }\n}\n',
            Code(kind="dockerfile", path="app/img/Dockerfile.arm", context="app/img", args=(("A", "b"),)),
        ),
        (
            function('image_uri = "${docker_registry_image.r.name}@${docker_registry_image.r.sha256_digest}"')
            + 'resource "docker_registry_image" "r" {\n  name = docker_image.i.name\n}\n'
            + 'resource "docker_image" "i" {\n  name = "${x.y.z}:1"\n  build {\n    context = "${path.module}/img"\n    target = "prod"\n  }\n}\n',
            Code(kind="dockerfile", path="app/img/Dockerfile", context="app/img", stage="prod"),
        ),
        (
            function("image_uri = docker_image.i.name")
            + 'resource "docker_image" "i" {\n  name = "x"\n  build {\n    context = var.x\n  }\n}\n',
            Code(kind="elsewhere", reference="${var.x}"),
        ),
        (
            function('image_uri = var.t == "Image" ? "r/x:1" : null', 'filename = "built.zip"') + 'variable "t" {\n  default = "Zip"\n}\n',
            Code(kind="artifact", path="app/built.zip"),
        ),
        (
            function('image_uri = var.t == "Image" ? "r/x:1" : null', 'filename = "built.zip"') + 'variable "t" {\n  default = "Image"\n}\n',
            Code(kind="image", reference="r/x:1"),
        ),
        (function('filename = "out/${data.archive_file.z.id}.zip"') + ARCHIVE % 'source_dir = "src"', Code(kind="elsewhere", reference="out/${data.archive_file.z.id}.zip")),
        (function(), None),
    ],
)  # fmt: skip
def test_code(text, code):
    assert only({"app/main.tf": text, "app/built.zip": "", "lib/x.py": ""}, "app").code == code


@pytest.mark.parametrize(
    ("named", "files", "path"),
    [
        ("img/Dockerfile", ["img/Dockerfile"], "app/img/Dockerfile"),
        ("img/Dockerfile", ["img/Dockerfile", "img/img/Dockerfile"], "app/img/img/Dockerfile"),
        ("img/Dockerfile", [], "app/img/img/Dockerfile"),
        ("../img/Dockerfile", ["../img/Dockerfile"], "img/Dockerfile"),
        ("../../Dockerfile", [], "Dockerfile"),
    ],
)
def test_a_dockerfile_may_be_named_from_where_terraform_runs(named, files, path):
    """As terraform-aws-modules' example container-image names it: `${local.source_path}/Dockerfile`."""
    text = function("image_uri = docker_image.i.name") + (
        f'resource "docker_image" "i" {{\n  name = "x"\n  build {{\n    context = "img"\n    dockerfile = "{named}"\n  }}\n}}\n'
    )
    here = {f"app/{each}".replace("app/../", ""): "" for each in files}
    code = only({"app/main.tf": text, **here}, "app").code
    assert (code.path, code.context) == (path, "app/img")


EACH = 'for_each = toset(["a", "b"])'
EACH_ARCHIVE = (
    f'data "archive_file" "z" {{\n  {EACH}\n  source_dir = "src/${{each.key}}"\n'
    '  output_path = "out/${each.key}.zip"\n}\n'
)
EACH_BUILT = (
    f'resource "docker_image" "i" {{\n  {EACH}\n  name = "r/${{each.key}}"\n'
    '  build {\n    context = "img/${each.key}"\n  }\n}\n'
)
EACH_CALLED = f'module "m" {{\n  source = "./m"\n  {EACH}\n  src = "src/${{each.key}}"\n}}\n'
IN_MODULE = (
    function("filename = data.archive_file.z.output_path")
    + 'variable "src" {}\n'
    + ARCHIVE % "source_dir = var.src"
)


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        (function(EACH, "filename = data.archive_file.z[each.key].output_path") + EACH_ARCHIVE, ["src/a", "src/b"]),
        (function(EACH, 'filename = "out/${each.key}.zip"') + EACH_ARCHIVE, ["src/a", "src/b"]),
        (function('filename = data.archive_file.z["b"].output_path') + EACH_ARCHIVE, ["src/b"]),
        (function('filename = "out/b.zip"') + EACH_ARCHIVE, ["src/b"]),
        (
            function(EACH, "s3_key = aws_s3_object.o[each.key].key")
            + f'resource "aws_s3_object" "o" {{\n  {EACH}\n  source = data.archive_file.z[each.key].output_path\n}}\n'
            + EACH_ARCHIVE,
            ["src/a", "src/b"],
        ),
        (function(EACH, "image_uri = docker_image.i[each.key].name") + EACH_BUILT, ["img/a/Dockerfile", "img/b/Dockerfile"]),
        (function('image_uri = docker_image.i["b"].name') + EACH_BUILT, ["img/b/Dockerfile"]),
        ({"main.tf": EACH_CALLED, "m/main.tf": IN_MODULE}, [None]),
        (function(EACH, 'filename = "${each.key}.zip"'), ["a.zip", None]),
        (
            f'module "m" {{\n  source = "terraform-aws-modules/lambda/aws"\n  {EACH}\n  source_path = "src/${{each.key}}"\n}}\n',
            ["src/a", "src/b"],
        ),
        (
            function("filename = data.archive_file.z.output_path")
            + ARCHIVE % 'dynamic "source" {\n    for_each = fileset("src", "**")\n    content {\n      filename = source.value\n    }\n  }',
            [None],
        ),
        # Of a condition one alone is deployed.
        (
            function("filename = data.archive_file.z.output_path")
            + ARCHIVE % 'source_dir = var.old ? "src/a" : "src/b"'
            + 'variable "old" {\n  default = false\n}\n',
            ["src/b"],
        ),
    ],
)  # fmt: skip
def test_the_code_of_each_key_is_told(files, codes):
    files = {"main.tf": files} if isinstance(files, str) else files
    assert [each.path for each in only({**files, "a.zip": ""}).codes] == codes


TOLD = """\
resource "null_resource" "sam_metadata_f" {
  triggers = {
    resource_name = "aws_lambda_function.f%s"
    resource_type = "%s"
    %s
  }
}
"""


@pytest.mark.parametrize(
    ("index", "kind", "line", "code"),
    [
        ("", "ZIP_LAMBDA_FUNCTION", 'original_source_code = "${path.module}/src"', Code(kind="folder", path="app/src")),
        ("[0]", "ZIP_LAMBDA_FUNCTION", 'original_source_code = "../lib/x.py"', Code(kind="folder", path="lib")),
        (
            "",
            "ZIP_LAMBDA_FUNCTION",
            'original_source_code = jsonencode([{ path = "src" }])\n    source_code_property = "path"',
            Code(kind="folder", path="app/src"),
        ),
        (
            "",
            "IMAGE_LAMBDA_FUNCTION",
            'docker_context = "img"\n    docker_file = "Dockerfile.a"',
            Code(kind="dockerfile", path="app/img/Dockerfile.a", context="app/img"),
        ),
        ("", "ZIP_LAMBDA_FUNCTION", "original_source_code = var.x", Code(kind="elsewhere", reference="gone.zip")),
        ("", "ZIP_LAMBDA_FUNCTION", 'original_source_code = "{"', Code(kind="elsewhere", reference="gone.zip")),
        ("x", "ZIP_LAMBDA_FUNCTION", 'original_source_code = "src"', Code(kind="elsewhere", reference="gone.zip")),
    ],
)  # fmt: skip
def test_code_that_sam_is_told_of(index, kind, line, code):
    text = function('filename = "gone.zip"') + TOLD % (index, kind, line)
    assert only({"app/main.tf": text, "lib/x.py": ""}, "app").code == code


def test_code_that_cannot_be_told_is_said():
    assert only(function('filename = "gone.zip"')).unknown == (
        "filename: gone.zip is not in the repository; what makes it is not told here",
    )
    assert only(function('filename = "../gone.zip"')).unknown == (
        "filename: ../gone.zip is outside of the repository",
    )
