"""Files that are no Terraform, or are made to be worked on for ever: each a problem in one line, and bounded."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archcheck.deployables.terraform import reader
from archcheck.deployables.terraform.folders import MAX_FILES
from archcheck.deployables.terraform.language.files import MAX_BYTES
from archcheck.deployables.terraform.modules import MAX_MODULES
from tests.deployables.terraform.reading import function, only, read

HEREDOC = "locals {\n  policy = <<%s\n{ %s }\n%s\n}\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"#" * (MAX_BYTES + 1), f"{MAX_BYTES + 1:,} bytes; expected at most {MAX_BYTES:,}"),
        (b"resource {", "not Terraform's language"),
        (b'{"resource": {}}', "not Terraform's language: unexpected '{'"),
        (b"\x00", "not Terraform's language: unexpected "),
        (b"a = <<EOF\nnever closed\n", "not Terraform's language"),
        (b"a = <<EOF\n" + b"\n" * 5_000, "1,000 blanks and line ends in a row; expected fewer"),
    ],
)
def test_a_bad_file_is_one_problem_and_the_others_are_read(data, message):
    found = read({"bad.tf": data, "main.tf": function()})
    assert len(found.deployables) == 1
    (problem,) = found.problems
    assert problem.location.path == "bad.tf"
    assert problem.message.startswith(message)
    assert "\n" not in problem.message


def test_terraform_in_json_is_said():
    (problem,) = read({"main.tf": function(), "a.tf.json": "{}"}).problems
    assert str(problem.location) == "a.tf.json"
    assert problem.message == "Terraform in JSON is not read; a plan is (terraform show -json)"


@pytest.mark.parametrize("end", ["EOF", "EOF  ", "  EOF\t"])
def test_blanks_behind_the_end_of_a_heredoc(end):
    """Terraform takes them; six files of serverless-patterns have them."""
    found = read(HEREDOC % ("EOF", '"a": "${b.c}"', end) + function("architectures = [local.policy]"))
    assert found.problems == ()
    assert found.deployables[0].location.line == 6


def test_without_the_extra_one_problem_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "hcl2", None)
    found = read({"a.tf": function(), "b.tf": function()})
    assert found.deployables == ()
    assert [each.message for each in found.problems] == [
        "reading Terraform takes python-hcl2; install archcheck's extra [terraform]"
    ]


def test_half_a_pair_is_no_character():
    found = only(function(r'runtime = "a\ud800"', r'image_uri = "\u00e9"'))
    assert (found.runtimes[0].value, found.code.reference) == (r"a\ud800", "é")


DOUBLING = "".join(f'  t{n} = "${{local.t{n - 1}}}${{local.t{n - 1}}}"\n' for n in range(1, 60))
LISTS = "".join(f"  l{n} = [local.l{n - 1}, local.l{n - 1}]\n" for n in range(1, 30))
CHAIN = "".join(f"  c{n} = local.c{n - 1}\n" for n in range(1, 200))
CHOICES = "".join(f'  o{n} = var.v{n} ? "arm64" : local.o{n - 1}\n' for n in range(1, 60))


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ('  t0 = "x"\n' + DOUBLING, "local.t59"),
        ("  t0 = var.x\n" + DOUBLING, "local.t59"),
        ('  l0 = "arm64"\n' + LISTS, "local.l29"),
        ('  c0 = "arm64"\n' + CHAIN, "local.c199"),
        ('  o0 = "arm64"\n' + CHOICES, "local.o59"),
        ("  o0 = 1\n", '"' + "".join(f'${{var.v{n} ? "a" : "b"}}' for n in range(30)) + '"'),
        ("  o0 = 1\n", "!(" * 3000 + "true" + ")" * 3000),
        ("  o0 = 1\n", "[" * 3000 + "]" * 3000),
        ("  o0 = 1\n", "f(" * 3000 + "1" + ")" * 3000),
        ("  o0 = 1\n", "9" * 5000),
        ("  o0 = 1\n", "a" + ".b" * 3000),
    ],
)
def test_what_grows_without_end_is_unknown(lines, value):
    found = only(f"locals {{\n{lines}}}\n" + function(f"architectures = [{value}]", f"runtime = {value}"))
    assert found.unknown
    assert all(len(each) < 500 and "\n" not in each for each in found.unknown)


def test_modules_are_bounded():
    calls = "".join(f'module "m{n}" {{\n  source = "../next"\n}}\n' for n in range(MAX_MODULES + 10))
    found = read({"a/main.tf": calls, "next/main.tf": function()}, "a")
    assert len(found.deployables) < MAX_MODULES
    assert len(found.deployables) + len(found.problems) == MAX_MODULES + 10
    assert found.problems[0].message.endswith("not read, too many modules")


def test_files_are_bounded():
    found = read({f"f{n:04}.tf": function(name=f"n{n}") for n in range(MAX_FILES + 1)})
    assert len(found.deployables) == MAX_FILES
    assert [each.message for each in found.problems] == [
        f"more than {MAX_FILES} files of Terraform in one folder"
    ]


def test_deployables_are_bounded(monkeypatch):
    monkeypatch.setattr(reader, "MAX_DEPLOYABLES", 3)
    calls = "".join(f'module "m{n}" {{\n  source = "./m"\n}}\n' for n in range(5))
    found = read({"main.tf": calls, "m/main.tf": function(name="a") + function(name="b")})
    assert len(found.deployables) == 3
    assert found.problems[0].message == "3 functions, layers and containers; what is beyond them is not read"


def test_a_file_of_one_line_is_not_copied_for_each_of_its_values():
    """Each value has its words, of which no more are kept than people read."""
    found = only(function("architectures = [" + '"arm64", ' * 3000 + "]"))
    assert len(found.architectures) == 24


WORDS = st.sampled_from(
    [
        *('resource "aws_lambda_function" "f" {', 'module "m" {', "locals {", 'variable "v" {', "}", "{", "]", "["),
        *("architectures =", "filename =", "source =", "count =", "for_each =", "default =", "layers =", "image_uri ="),
        *('"arm64"', "null", "var.v", "local.l", "l =", "module.m.x", "module", "data", "each.value", "path.module"),
        *("?", ":", "==", "&&", "!", "(", ")", ",", "try(", "lookup(", "${", "%{ if", '"', "<<EOF\n", "EOF\n", "[*]"),
        *('"./m"', "runtime_platform {", 'data "archive_file" "z" {', "data.archive_file.z.output_path", "source_dir ="),
        *('resource "aws_ecs_task_definition" "t" {', "container_definitions =", "jsonencode(", "0", "-1.5e3", "é", "\0"),
        *("\n", "\n", "\n", "\r\n", "#", "/*", "*/", " "),
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=60) | st.binary(max_size=60))
def test_anything_is_read_or_is_a_problem(text):
    found = read({"main.tf": text, "m/main.tf": text})
    for each in found.problems:
        assert "\n" not in each.message


ATTRIBUTES = st.sampled_from(
    [
        *("architectures", "runtime", "filename", "image_uri", "layers", "memory_size", "count", "for_each"),
        *("source_path", "create", "create_layer", "build_in_docker", "local_existing_package", "s3_key"),
        *("container_definitions", "requires_compatibilities", "source_dir", "output_path", "build_args"),
        *("s3_bucket", "compatible_runtimes"),
    ]
)
EXPRESSIONS = st.recursive(
    st.sampled_from(
        [
            *('"arm64"', "null", "true", "12", '"x.zip"', "var.v", "var.w", "local.l", "module.m.out", "module.n"),
            *("data.archive_file.z.output_path", "aws_s3_object.o.key", "path.module", "each.key", "each.value"),
            *("module", "data", "aws_s3_object", "count.index", '"${path.module}/src"', "{}", "[]"),
            *("aws_lambda_layer_version.l.arn", "docker_image.i.name", "docker_image"),
            '{ resource_name = "aws_lambda_function.f", original_source_code = local.l, docker_context = var.v }',
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner, inner).map(lambda each: f"({each[0]} ? {each[1]} : {each[2]})"),
        st.tuples(inner, st.sampled_from(["==", "!=", "&&", "||", "+", "<"]), inner).map(" ".join),
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.lists(inner, max_size=3).map(lambda each: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(each)) + "}"),
        st.tuples(st.sampled_from(["try", "merge", "concat", "coalesce", "lookup", "tostring", "toset"]), inner, inner).map(
            lambda each: f"{each[0]}({each[1]}, {each[2]})"
        ),
        inner.map(lambda each: f'"a${{{each}}}b"'),
        inner.map(lambda each: f"({each})[0]"),
    ),
    max_leaves=8,
)  # fmt: skip
KINDS = st.sampled_from(
    [
        'resource "aws_lambda_function" "f"',
        'resource "aws_lambda_layer_version" "l"',
        'resource "aws_ecs_task_definition" "t"',
        'resource "aws_s3_object" "o"',
        'resource "null_resource" "sam_metadata_f"',
        'resource "docker_image" "i"',
        'data "archive_file" "z"',
        'module "m"',
        'module "n"',
        'variable "v"',
        'output "out"',
        "locals",
        "resource",
        "module",
    ]
)
NAMES = ATTRIBUTES | st.sampled_from(["default", "value", "l", "w", "source", "triggers"])
BLOCKS = st.tuples(KINDS, st.dictionaries(NAMES, EXPRESSIONS, max_size=4)).map(
    lambda block: "\n".join(
        [f"{block[0]} {{", *(f"  {name} = {value}" for name, value in block[1].items()), "}"]
    )
)
SOURCES = {"m": "./m", "n": "terraform-aws-modules/lambda/aws"}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=4))
def test_any_expressions_come_to_something(top, below):
    calls = [
        f'module "{name}" {{\n  source = "{source}"\n  v = local.l\n}}' for name, source in SOURCES.items()
    ]
    found = read({"main.tf": "\n".join([*top, *calls]), "m/main.tf": "\n".join(below)})
    for each in found.deployables:
        assert each.name
        assert all("\n" not in word for word in each.unknown)
        assert len(each.architectures) <= 24
