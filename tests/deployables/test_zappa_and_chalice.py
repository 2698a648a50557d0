"""What Zappa and Chalice deploy: by small files with the truth written beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.chalice import read_chalice
from archcheck.deployables.model import Code, Layer, Stated
from archcheck.deployables.zappa import read_zappa
from archcheck.manifest.manifest import Location
from tests.deployables.trees import tree_of

PACKED = "its dependencies: Zappa packs the virtual environment that it is run in"

JSON = """{
    "base": {"runtime": "python3.11", "memory_size": 1024, "project_name": "shop"},
    "dev": {
        "extends": "base",
        "layers": ["arn:aws:lambda:eu-west-1:1:layer:x:1"]
    },
    "prod": {
        "extends": "base",
        "architecture": "arm64",
        "runtime": "python3.13"
    }
}
"""
YAML = "dev:\n  app_function: app.app\n  architecture: arm64\n"
TOML = 'x = 1\n[dev]\napp_function = "app.app"\n\n["prod"]\narchitecture = "x86_64"\nruntime = "python3.12"\n'


def zappa(text, name="api/zappa_settings.json"):
    found = read_zappa(name, tree_of({name: text}))
    assert found.problems == ()
    return {each.name: each for each in found.deployables}


def test_each_stage_of_zappa_with_what_it_extends():
    found = zappa(JSON)
    assert list(found) == ["shop-base", "shop-dev", "shop-prod"]
    at = "api/zappa_settings.json"
    dev, prod = found["shop-dev"], found["shop-prod"]
    assert dev.architectures == (Stated(value="x86_64", location=Location(path=at, line=3)),)
    assert dev.is_default
    assert dev.runtimes == (Stated(value="python3.11", location=Location(path=at, line=2)),)
    assert (dev.memory_mb, dev.code) == (1024, Code(kind="folder", path="api"))
    assert dev.layers == (
        Layer(location=Location(path=at, line=5), arn="arn:aws:lambda:eu-west-1:1:layer:x:1"),
    )
    assert prod.architectures == (Stated(value="aarch64", location=Location(path=at, line=9)),)
    assert not prod.is_default
    assert [each.value for each in prod.runtimes] == ["python3.13"]
    assert prod.unknown == (PACKED,)
    assert (prod.kind, prod.tool, prod.platform) == ("function", "zappa", "lambda")


def test_zappa_in_yaml_and_toml():
    (dev,) = zappa(YAML, "zappa_settings.yml").values()
    assert [(each.value, each.location.line) for each in dev.architectures] == [("aarch64", 3)]
    assert dev.unknown == ("its runtime: Zappa takes the Python that it is run with", PACKED)
    assert (dev.memory_mb, dev.code) == (512, Code(kind="folder", path="."))
    found = zappa(TOML, "zappa_settings.toml")
    assert [(each.name, each.location.line) for each in found.values()] == [("dev", 2), ("prod", 5)]
    assert [each.value for each in found["prod"].runtimes] == ["python3.12"]


def test_what_zappa_extends_in_a_circle_ends():
    found = zappa('{"a": {"extends": "b"}, "b": {"extends": "a"}}')
    assert [each.is_default for each in found.values()] == [True, True]


def test_an_architecture_that_zappa_does_not_know():
    (found,) = zappa('{"a": {"architecture": "riscv"}}').values()
    assert found.architectures == ()
    assert found.unknown[0] == "its architecture: expected arm64 or x86_64, found 'riscv'"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "zappa_settings.py",
            "x = 1",
            "a program, which is not run; expected zappa_settings.json, .toml or .yml",
        ),
        ("zappa_settings.json", "[1]", "expected a mapping of stages, found none"),
        ("zappa_settings.json", "{", "not YAML: "),
        ("zappa_settings.toml", "=", "not TOML: "),
        ("zappa_settings.toml", "x = 1", "expected a mapping of stages, found none"),
    ],
)
def test_bad_settings_of_zappa(name, text, said):
    (problem,) = read_zappa(name, tree_of({name: text})).problems
    assert problem.message.startswith(said)
    assert "\n" not in problem.message


CONFIG = """{
  "version": "2.0",
  "app_name": "shop",
  "lambda_memory_size": 256,
  "stages": {
    "dev": {"api_gateway_stage": "api"},
    "prod": {"lambda_memory_size": 2048, "layers": ["arn:x"]}
  }
}
"""
RUNTIME = "its runtime: Chalice takes the Python that it is run with"


def test_each_stage_of_chalice():
    path = "svc/.chalice/config.json"
    tree = tree_of({path: CONFIG, "svc/requirements.txt": "", "svc/vendor/x.whl": ""})
    dev, prod = read_chalice(path, tree).deployables
    assert (dev.name, prod.name) == ("shop-dev", "shop-prod")
    assert dev.architectures == (Stated(value="x86_64", location=Location(path=path, line=6)),)
    assert dev.is_default
    assert (dev.memory_mb, prod.memory_mb) == (256, 2048)
    assert [each.arn for each in prod.layers] == ["arn:x"]
    assert dev.code == Code(kind="folder", path="svc")
    assert dev.manifests == ("svc/requirements.txt",)
    assert dev.unknown == (RUNTIME, "vendor is packed too, and was built elsewhere")
    assert (dev.kind, dev.tool, dev.platform) == ("function", "chalice", "lambda")


def test_chalice_at_the_root_without_stages():
    (found,) = read_chalice(
        ".chalice/config.json", tree_of({".chalice/config.json": '{"app_name": "x"}'})
    ).deployables
    assert (found.name, found.code, found.manifests) == ("x-dev", Code(kind="folder", path="."), ())
    assert (found.memory_mb, found.unknown) == (128, (RUNTIME,))


def test_the_architecture_of_a_stage_of_chalice():
    """As Chalice 1.34 looks it up: the stage's own, else the application's, else x86_64."""
    text = """{
  "lambda_architecture": "arm64",
  "stages": {
    "dev": {},
    "prod": {
      "lambda_architecture": "x86_64"
    },
    "other": {"lambda_architecture": "aarch64"}
  }
}
"""
    path = ".chalice/config.json"
    dev, prod, other = read_chalice(path, tree_of({path: text})).deployables
    assert dev.architectures == (Stated(value="aarch64", location=Location(path=path, line=2)),)
    assert prod.architectures == (Stated(value="x86_64", location=Location(path=path, line=6)),)
    assert not dev.is_default
    assert (other.architectures, other.is_default) == ((), False)
    assert "lambda_architecture: expected arm64 or x86_64, found 'aarch64'" in other.unknown


def test_bad_configurations_of_chalice():
    (problem,) = read_chalice("c.json", tree_of({"c.json": "[]"})).problems
    assert problem.message == "expected a mapping with app_name and stages"
    assert len(read_chalice("c.json", tree_of({"c.json": "{"})).problems) == 1
    assert len(read_chalice("c.json", tree_of({})).problems) == 1


KEYS = st.sampled_from(
    [
        "stages",
        "dev",
        "extends",
        "architecture",
        "lambda_architecture",
        "runtime",
        "layers",
        "memory_size",
        "lambda_memory_size",
        "app_name",
        "project_name",
    ]
)
VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["dev", "arm64", "python3.12", "..", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_document_is_read(document):
    tree = tree_of(
        {".chalice/config.json": json.dumps(document), "zappa_settings.json": json.dumps(document)}
    )
    for found in (read_chalice(".chalice/config.json", tree), read_zappa("zappa_settings.json", tree)):
        assert found.deployables or found.problems
        for each in found.deployables:
            assert all("\n" not in reason for reason in each.unknown)
