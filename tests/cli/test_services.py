"""Targets that are services of AWS: arm64 alone, and containers with savings of their own."""

from __future__ import annotations

from tests.cli.conftest import NATIVE

ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"


def test_agentcore_has_no_x86_64_to_compare_with(archcheck, store):
    """What has to be built there stands in the way, though x86_64 elsewhere would have to build it as well."""
    store.add("ready", "1.0", wheels=[ARM])
    store.add("built", "1.0", sdist=NATIVE)
    done = archcheck("-", "--target", "agentcore:python3.13", "--json", stdin="ready\nbuilt\n")
    (audit,) = done.report["audits"]
    assert done.code == 1
    assert [(each["package"], each["rule"]) for each in audit["findings"]] == [("built", "AC002")]
    assert audit["savings"] is None
    results = {each["name"]: each["results"] for each in audit["packages"]}
    assert {
        each["status"] for both in results.values() for each in both if each["architecture"] == "x86_64"
    } == {"not-required"}
    assert audit["recommendation"]["code"] == "remedies-known"


def test_what_a_wheel_serves_is_ready_on_agentcore(archcheck, store):
    store.add("ready", "1.0", wheels=[ARM, X86])
    done = archcheck("-", "--target", "agentcore:python3.13", stdin="ready\n")
    assert done.code == 0
    assert "ready for arm64 now: its 1 package installs" in done.out
    assert "arm64 alone" in done.out


def test_fargate_has_its_own_savings_and_eks_none(archcheck, store):
    store.add("ready", "1.0", wheels=[ARM, X86])
    done = archcheck(
        "-", "--target", "fargate:python3.13", "--target", "eks:python3.13", "--json", stdin="ready\n"
    )
    fargate, eks = done.report["audits"]
    assert fargate["savings"]["basis"] == "AWS Fargate charge"
    assert eks["savings"] is None
