"""A uv.lock whose extras exclude each other, from the command line: an audit for each choice, told apart."""

from __future__ import annotations

import json

LOCK = """\
version = 1
revision = 3
requires-python = ">=3.9"
conflicts = [[{{ package = "app", extra = "cpu" }}, {{ package = "app", extra = "gpu" }}]]

[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "{both}" }}]

[package.optional-dependencies]
cpu = [{{ name = "pure" }}]
gpu = [{{ name = "{gpu}" }}]
"""
PACKAGE = """
[[package]]
name = "{name}"
version = "1.0"
source = {{ registry = "https://index.example/simple" }}
wheels = [{{ url = "https://index.example/{name}-1.0-{tag}.whl", hash = "sha256:{hash}" }}]
"""
TAGS = {
    "pure": "py3-none-any",
    "both": "cp39-cp39-manylinux_2_17_x86_64",
    "only": "py3-none-manylinux_2_17_x86_64",
}


def lock(*, both="pure", gpu="pure"):
    names = dict.fromkeys(("pure", both, gpu))
    packages = (PACKAGE.format(name=name, tag=TAGS[name], hash="0" * 64) for name in names)
    return LOCK.format(both=both, gpu=gpu) + "".join(packages)


FLAGS = ("uv.lock", "--all-extras", "--target", "debian12:python3.9", "--offline", "--no-inspect")


def test_an_audit_for_each_choice(archcheck):
    archcheck.write("uv.lock", lock(gpu="only"))
    done = archcheck(*FLAGS, "--json")
    audits = done.report["audits"]
    assert [audit["input"]["extras"] for audit in audits] == [["cpu"], ["gpu"]]
    assert [[package["name"] for package in audit["packages"]] for audit in audits] == [
        ["pure"],
        ["only", "pure"],
    ]
    assert [[finding["package"] for finding in audit["findings"]] for audit in audits] == [[], ["only"]]


def test_the_same_finding_of_two_choices_is_two_findings(archcheck):
    archcheck.write("uv.lock", lock(both="only"))
    report = archcheck(*FLAGS, "--json").report
    prints = [finding["fingerprint"] for audit in report["audits"] for finding in audit["findings"]]
    assert len(prints) == 2
    assert len(set(prints)) == 2


def test_what_one_choice_gains_is_new_there_alone(archcheck):
    archcheck.write("uv.lock", lock())
    archcheck(*FLAGS, "-o", "old.json")
    archcheck.write("uv.lock", lock(gpu="only"))
    archcheck(*FLAGS, "-o", "new.json")
    done = archcheck("diff", "old.json", "new.json", "--json")
    changed = json.loads(done.out)["audits"]
    assert [[finding["package"] for finding in audit["findings"]["new"]] for audit in changed] == [
        [],
        ["only"],
    ]


def test_the_extras_are_named(archcheck):
    archcheck.write("uv.lock", lock(gpu="only"))
    done = archcheck(*FLAGS)
    assert "uv.lock (extra cpu)" in done.out
    assert "uv.lock (extra gpu)" in done.out
    assert archcheck("uv.lock", *FLAGS[2:]).out.count("(extra") == 0
