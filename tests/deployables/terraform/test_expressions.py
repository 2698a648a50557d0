"""What expressions come to, by the semantics of Terraform's own documents."""

from __future__ import annotations

import pytest

from tests.deployables.terraform.reading import function, only, values

LOCALS = """\
locals {
  list  = ["a", "b"]
  map   = { a = "x", "b" : "y", c = { d = "z" } }
  empty = null
  yes   = true
  deep  = [{ k = ["p"] }]
}
variable "on" {
  default = true
}
variable "name" {
  default = "n"
}
"""


def value_of(expression):
    found = only(LOCALS + function(f"runtime = {expression}"))
    return values(found.runtimes) if not found.unknown else None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("local.list[1]", "b"),
        ("local.list.0", "a"),
        ('local.map["a"]', "x"),
        ("local.map.c.d", "z"),
        ("local.deep[0].k[0]", "p"),
        ("local.map[local.list[0]]", "x"),
        ('"${local.map.b}-${1 == 1}-${3}"', "y-true-3"),
        ('"$${x} %%{y} \\\\ \\" \\t"', '${x} %{y} \\ " \t'),
        ('lookup(local.map, "b", "q")', "y"),
        ('lookup(local.map, "q", "q")', "q"),
        ('coalesce(null, "", "v")', "v"),
        ('contains(local.list, "b") ? "t" : "f"', "t"),
        ('contains(local.list, "q") ? "t" : "f"', "f"),
        ("try(local.map.q, local.list[7], local.map.a)", "x"),
        ("try(local.map.a.b, local.map.b)", "y"),
        ('lower("PYTHON")', "python"),
        ('upper("p")', "P"),
        ('trimspace(" p ")', "p"),
        ("tostring(3)", "3"),
        ('merge({ a = "1" }, { a = "2" }).a', None),  # a step behind a call is not taken
        ('nonsensitive(sensitive("s"))', "s"),
        ('true && !false ? "t" : "f"', "t"),
        ('false && var.on ? "t" : "f"', "f"),
        ('true || data.x.y.z ? "t" : "f"', "t"),
        ('1 != 2 ? "t" : "f"', "t"),
        ('-1 == -1 ? "t" : "f"', "t"),
        ('local.empty == null ? "t" : "f"', "t"),
        ('local.list != null ? "t" : "f"', "t"),
        ('null == local.map ? "t" : "f"', "f"),
        ('1.5 == 1.5 ? "t" : "f"', "t"),
        ('true == 1 ? "t" : "f"', "f"),
        ('0 != false ? "t" : "f"', "t"),
        ("local.list[2]", None),
        ("local.map.q", None),
        ("local.yes.a", None),
        ("local.gone", None),
        ("1 + 1", None),
        ('join("-", local.list)', None),
        ("lookup(local.list, 0)", None),
        ("coalesce(data.x.y.z, local.map.a)", None),
        ("concat(local.list, data.x.y.z)[0]", None),
        ("merge(local.map, data.x.y.z)", None),
        ("try()", None),
        ('"${local.list}"', None),
        ('"%{ if true }a%{ endif }"', None),
        ("[for each in local.list : each][0]", None),
        ("local.list[*]", None),
        ("concat(local.list...)", None),
        ("terraform.workspace", None),
    ],
)
def test_one_value(expression, expected):
    assert value_of(expression) == (None if expected is None else [expected])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('var.on ? "t" : "f"', ["t if var.on", "f if !var.on"]),
        ('!var.on ? "t" : "f"', ["f if var.on", "t if !var.on"]),
        ('var.name == "n" ? "t" : "f"', ['t if var.name == "n"', 'f if !(var.name == "n")']),
        ('var.on && data.x.y.z ? "t" : "f"', ["t if var.on && data.x.y.z", "f if !(var.on && data.x.y.z)"]),
        ('can(data.x) ? "t" : "f"', ["t if can(data.x)", "f if !can(data.x)"]),
        ('"p${var.on ? "1" : "2"}"', ["p1 if var.on", "p2 if !var.on"]),
        ('lower(var.on ? "A" : "B")', ["a if var.on", "b if !var.on"]),
        ('lookup(local.map, var.on ? "a" : "b", "q")', ["x if var.on", "y if !var.on"]),
        ('(var.on ? { k = "1" } : { k = "2" }).k', None),
        ('true ? (var.on ? "1" : "2") : "3"', ["1 if var.on", "2 if !var.on"]),
    ],
)
def test_several_values(expression, expected):
    assert value_of(expression) == expected


def test_a_step_into_what_has_conditions():
    text = 'locals {\n  m = var.on ? { k = "1" } : { k = "2" }\n}\nvariable "on" {}\n'
    assert values(only(text + function("runtime = local.m.k")).runtimes) == ["1 if var.on", "2 if !var.on"]


def test_a_map_with_a_key_that_is_not_known():
    found = only("locals {\n  m = { (data.x.y.z) = 1 }\n}\n" + function("runtime = local.m.k"))
    assert found.unknown == ("runtime: local.m.k is not told here; a map with a key that is not known",)


def test_each_of_a_set():
    found = only(function('for_each = toset(["python3.12", "python3.13"])', "runtime = each.key"))
    assert values(found.runtimes) == [
        'python3.12 if each.key == "python3.12"',
        'python3.13 if each.key == "python3.13"',
    ]
