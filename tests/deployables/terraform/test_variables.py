"""What variables are given, as their types have it. Each expected value is what `terraform plan` (1.11) shows."""

from __future__ import annotations

import pytest

from tests.deployables.terraform.reading import function, only, read, values

OPTIONAL = """\
variable "c" {
  type = object({
    arch = optional(string, "arm64")
    name = optional(string)
    must = any
    nest = optional(object({ arch = optional(string, "arm64") }), {})
  })
  default = { must = 1 }
}
"""


def called(variable, expression, *given):
    """Return the architectures of a function in a module that is called with *given*."""
    call = "\n".join(('source = "./m"', *given))
    files = {
        "main.tf": f'module "m" {{\n{call}\n}}\n',
        "m/main.tf": variable + function(f"architectures = [{expression}]"),
    }
    return values(only(files).architectures)


@pytest.mark.parametrize(
    ("given", "arch", "nested"),
    [
        ("", "aarch64", "aarch64"),
        ("c = { must = 1 }", "aarch64", "aarch64"),
        ('c = { must = 1, arch = "x86_64" }', "x86_64", "aarch64"),
        ("c = { must = 1, arch = null }", "aarch64", "aarch64"),
        ('c = { must = 1, nest = { arch = "x86_64" } }', "aarch64", "x86_64"),
        ("c = { must = 1, nest = {} }", "aarch64", "aarch64"),
    ],
)
def test_what_an_object_leaves_away_its_type_tells(given, arch, nested):
    assert called(OPTIONAL, "var.c.arch", given) == [arch]
    assert called(OPTIONAL, 'try(var.c.arch, "x86_64")', given) == [arch]
    assert called(OPTIONAL, 'lookup(var.c, "arch", "x86_64")', given) == [arch]
    assert called(OPTIONAL, "var.c.nest.arch", given) == [nested]
    assert called(OPTIONAL, 'try(var.c.nest.arch, "x86_64")', given) == [nested]
    assert called(OPTIONAL, 'coalesce(var.c.name, "arm64")', given) == ["aarch64"]


@pytest.mark.parametrize(
    ("wanted", "given", "expression"),
    [
        ("map(%s)", "{ a = {} }", 'try(var.fs["a"].arch, "x86_64")'),
        ("list(%s)", "[{}]", 'try(var.fs[0].arch, "x86_64")'),
        ("tuple([%s])", "[{}]", 'lookup(var.fs[0], "arch", "x86_64")'),
        # An object of a type has nothing else.
        ("%s", '{ other = "x86_64" }', 'try(var.fs.other, "arm64")'),
    ],
)
def test_objects_in_lists_and_maps(wanted, given, expression):
    type_ = wanted % 'object({ arch = optional(string, "arm64") })'
    assert called(f'variable "fs" {{\n  type = {type_}\n}}\n', expression, f"fs = {given}") == ["aarch64"]


def test_what_each_of_several_is():
    text = (
        'variable "fs" {\n  type = map(object({ arch = optional(string, "arm64") }))\n'
        '  default = { a = {}, b = { arch = "x86_64" } }\n}\n'
    )
    found = only(text + function("for_each = var.fs", "architectures = [each.value.arch]"))
    assert values(found.architectures) == ['aarch64 if each.key == "a"', 'x86_64 if each.key == "b"']


def test_the_default_of_a_root_may_be_given_otherwise():
    found = only(OPTIONAL + function('architectures = [var.c.arch == "arm64" ? "arm64" : "x86_64"]'))
    assert values(found.architectures) == [
        'aarch64 if var.c.arch == "arm64"',
        'x86_64 if !(var.c.arch == "arm64")',
    ]
    text = 'variable "c" {\n  default = {}\n}\n'
    found = only(text + function('architectures = [lookup(var.c, "on", false) == true ? "arm64" : "x86_64"]'))
    assert [each.value for each in found.architectures] == ["x86_64", "aarch64"]


@pytest.mark.parametrize(
    ("nullable", "null_means"),
    [("", "x86_64"), ("nullable = true", "x86_64"), ("nullable = false", "aarch64")],
)
def test_null_is_the_default_only_where_it_is_refused(nullable, null_means):
    text = f'variable "a" {{\n  default = "arm64"\n  {nullable}\n}}\n'
    assert called(text, 'coalesce(var.a, "x86_64")', "a = null") == [null_means]
    assert called(text, 'var.a == null ? "x86_64" : "arm64"', "a = null") == [null_means]
    assert called(text, "var.a", 'a = true ? null : "x86_64"')[0] == null_means
    given = {
        "main.tf": text + function('architectures = [coalesce(var.a, "x86_64")]'),
        "terraform.tfvars": "a = null",
    }
    assert values(only(given).architectures) == [null_means]


@pytest.mark.parametrize(
    ("wanted", "given", "condition", "holds"),
    [
        ("bool", '"true"', "var.v", True),
        ("bool", '"true"', "var.v == true", True),
        ("bool", '"false"', "!var.v", True),
        ('"bool"', '"false"', "var.v == true", False),
        ("string", "true", 'var.v == "true"', True),
        ("string", "1", 'var.v == "1"', True),
        ("number", '"1"', "var.v == 1", True),
        ("any", '"1"', "var.v == 1", False),
    ],
)
def test_a_value_is_made_what_its_type_says(wanted, given, condition, holds):
    text = f'variable "v" {{\n  type = {wanted}\n}}\n'
    found = called(text, f'{condition} ? "arm64" : "x86_64"', f"v = {given}")
    assert found == ["aarch64" if holds else "x86_64"]


def test_a_type_for_too_many_values_is_said():
    keys = ", ".join(f"a{n} = optional(string)" for n in range(1000))
    text = f'variable "v" {{\n  type = list(object({{ {keys} }}))\n}}\n' + function("runtime = var.v[299].a0")
    items = ", ".join(["{}"] * 300)
    found = only({"main.tf": text, "terraform.tfvars": f"v = [{items}]"})
    assert "runtime: var.v[299].a0 is not told here; a type for too many values" in found.unknown


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"terraform.tfvars": 'a = "arm64"', "b.auto.tfvars": 'a = "x86_64"'}, "x86_64"),
        ({"a.auto.tfvars": 'a = "x86_64"', "b.auto.tfvars": 'a = "arm64"'}, "aarch64"),
        ({"terraform.tfvars": 'a = "x86_64"', "terraform.tfvars.json": '{"a": "arm64"}'}, "aarch64"),
        (
            {"terraform.tfvars": 'a = "x86_64"', "z.auto.tfvars.json": '{\n  "b": [1],\n  "a": "arm64"\n}'},
            "aarch64",
        ),
        ({"prod.tfvars.json": '{"a": "arm64"}'}, "x86_64"),
        # No object is no file of variables to Terraform, which ends there.
        ({"terraform.tfvars.json": '["a"]'}, "x86_64"),
        ({"terraform.tfvars.json": '"x"\na = "arm64"'}, "x86_64"),
    ],
)
def test_which_file_of_variables_wins(files, expected):
    text = 'variable "a" {\n  default = "x86_64"\n}\n' + function("architectures = [var.a]")
    assert values(only({"main.tf": text, **files}).architectures) == [expected]


@pytest.mark.parametrize("name", ["override.tf", "arm_override.tf"])
def test_a_file_that_overrides_others_is_said_not_to_be_read(name):
    found = read({"main.tf": function(), name: function('architectures = ["arm64"]')})
    (problem,) = found.problems
    assert (problem.location.path, problem.is_lost) == (name, True)
    assert problem.message == "what is in it overrides the files beside it, and is not read"
    assert [values(each.architectures) for each in found.deployables] == [["x86_64"]]
