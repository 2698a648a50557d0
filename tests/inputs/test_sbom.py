"""CycloneDX and SPDX as locks: which pins are read, and what is said of the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from archcheck.inputs.sbom.purl import parse_purl
from archcheck.manifest.manifest import VcsSource

from .locks import installed, machine, outcome, read, refused

NAMES = ("x.cdx.json", "x.json", "-")


def cyclonedx(*components: dict[str, Any], **more: Any) -> str:
    return json.dumps(
        {"specVersion": "1.5", "components": components, "bomFormat": "CycloneDX", **more}, indent=1
    )


def spdx(*purls: str, version: str = "SPDX-2.3", category: str = "PACKAGE-MANAGER") -> dict[str, Any]:
    refs = [
        [{"referenceCategory": category, "referenceType": "purl", "referenceLocator": each}] for each in purls
    ]
    packages = [{"name": "x", "SPDXID": "SPDXRef-1", "externalRefs": each} for each in refs]
    return {"spdxVersion": version, "packages": [{"name": "root", "SPDXID": "r"}, *packages]}


def pins(lock: Any) -> list[str]:
    return [f"{each.name}=={each.version}" for each in lock.packages]


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6"])
def test_cyclonedx(version):
    text = cyclonedx(
        {"purl": "pkg:pypi/NumPy@1.26.4?file_name=x#sub", "bom-ref": "n", "components": [{"purl": "pkg:pypi/six@1.0"}]},
        {"purl": "pkg:deb/debian/libc6@2.36?arch=arm64"},
        {"name": "file", "type": "file"},
        {"purl": "pkg:pypi/numpy@1.26.4", "scope": "excluded"},
        specVersion=version,
    )  # fmt: skip
    lock = read(text, "x.cdx.json")
    assert (lock.kind, pins(lock)) == ("sbom", ["numpy==1.26.4", "six==1.0"])
    assert lock.packages[0].location.line == text[: text.index("NumPy")].count("\n") + 1
    assert " ".join(lock.warnings) == (
        "x.cdx.json: 3 components that are no Python packages are not audited: deb (1), "
        "excluded by the SBOM itself (1), without a package URL (1)"
    )


@pytest.mark.parametrize("version", ["SPDX-2.2", "SPDX-2.3"])
@pytest.mark.parametrize("category", ["PACKAGE-MANAGER", "PACKAGE_MANAGER"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_spdx(version, category, wrapped):
    document = spdx("pkg:pypi/a@1.0", "pkg:npm/b@1", version=version, category=category)
    lock = read(json.dumps({"sbom": document} if wrapped else document), "x.spdx.json")
    assert (lock.kind, pins(lock)) == ("sbom", ["a==1.0"])


@pytest.mark.parametrize("name", ["x.json", "y.xml", "bom.json"])
def test_it_is_told_by_its_text(name):
    if name != "y.xml":
        assert read(cyclonedx(), name).kind == "sbom"
        assert read(json.dumps(spdx()), name).kind == "sbom"
    assert "x.json: read as 'json', which is not supported" in refused("{}", "x.json")


def test_the_graph_says_who_asks_for_whom():
    names = {each: {"purl": f"pkg:pypi/{each}@1", "bom-ref": f"r-{each}"} for each in "abc"}
    graph = [
        {"ref": "root", "dependsOn": ["r-a"]},
        {"ref": "r-a", "dependsOn": ["r-b", "gone"]},
        {"ref": "r-c"},
    ]
    text = cyclonedx(*names.values(), dependencies=graph, metadata={"component": {"bom-ref": "root"}})
    lock = read(text, "bom.json")
    assert [str(each.name) for each in lock.requirements] == ["a"]
    assert [[str(need.name) for need in each.dependencies] for each in lock.packages] == [["b"], [], []]
    assert set(installed(lock, machine("3.12", "aarch64"))) == {"a", "b", "c"}
    lock = read(cyclonedx(*names.values(), dependencies=graph), "bom.json")
    assert [str(each.name) for each in lock.requirements] == ["a", "c"], "whom nobody needs"


def test_of_two_versions_one_is_audited_and_the_other_is_said():
    lock = read(cyclonedx(*({"purl": f"pkg:pypi/a@{each}"} for each in ("1", "1", "2"))), "bom.json")
    assert pins(lock) == ["a==1"]
    assert [(each.text, each.reason) for each in lock.skipped] == [
        ("pkg:pypi/a@2", "another version of it is audited")
    ]


def test_own_properties_tell_the_machine():
    def component(version: str, **statuses: str) -> dict[str, Any]:
        properties = [
            {"name": f"archcheck:{each}:status", "value": status} for each, status in statuses.items()
        ]
        return {"purl": f"pkg:pypi/a@{version}", "properties": properties}

    lock = read(cyclonedx(component("2", x86_64="wheel"), component("1", aarch64="wheel")), "bom.json")
    assert installed(lock, machine("3.12", "x86_64")) == {"a": "2"}
    assert installed(lock, machine("3.12", "aarch64")) == {"a": "1"}
    lock = read(cyclonedx(component("2", x86_64="wheel", aarch64="not-required")), "bom.json")
    assert installed(lock, machine("3.12", "aarch64")) == {}


@pytest.mark.parametrize(
    ("purl", "reason"),
    [
        ("pkg:pypi/a", "it states no version"),
        ("pkg:pypi/a@soon", "invalid version: 'soon'"),
        ("pkg:pypi/a%20b@1", "name is invalid: 'a b'"),
    ],
)
def test_what_pins_nothing_is_said(purl, reason):
    (skipped,) = read(cyclonedx({"purl": purl}), "bom.json").skipped
    assert skipped.reason == reason


def test_a_checkout_stays_one():
    purl = "pkg:pypi/a@1?vcs_url=git%2Bhttps://me:secret@git.example/a@abc"
    assert read(cyclonedx({"purl": purl}), "bom.json").packages[0].source == VcsSource(
        url="git+https://git.example/a@abc"
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bom.xml", "<?xml version='1.0'?><bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>", "bom.xml: XML; expected JSON"),
        ("x.xml", "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>", "x.xml: XML; expected JSON"),
        ("x.spdx", "# made\nSPDXVersion: SPDX-2.3\n", "x.spdx: SPDX's tag-value text; expected JSON"),
        ("bom.json", "{", "bom.json: not JSON: "),
        ("bom.json", "[]", "bom.json: expected `object`, got `array`; expected an SBOM".replace("`", "")),
        ("bom.json", "{}", "bom.json: neither CycloneDX nor SPDX; expected bomFormat or spdxVersion"),
        ("bom.json", cyclonedx(specVersion="2.0"), "bom.json: specVersion: another major version is not supported"),
        ("bom.json", cyclonedx(specVersion=1.5), "bom.json: expected str, got float - at $.specVersion"),
        ("bom.json", cyclonedx({"purl": 1}), "bom.json: expected str | null, got int - at $.purl"),
        ("bom.json", json.dumps(spdx(version="SPDX-2.1")), "bom.json: spdxVersion: not supported; expected SPDX-2.2"),
        ("bom.json", '{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "bom.json: @context: SPDX 3 is not supported"),
        ("bom.json", b"\xff{}", "bom.json: not text in UTF-8"),
        ("bom.json", '{"a":' * 100_000, "bom.json: nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_none_is_told(name, text, message):
    assert refused(text, name).startswith(message)


NAME = st.from_regex(r"[a-zA-Z][a-zA-Z0-9.-]{0,8}", fullmatch=True)


@given(
    NAME,
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}(\+[a-z0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["", "ns"]),
)
def test_a_purl_is_read_as_the_reference_reads_it(name, version, namespace):
    theirs = PackageURL(type="pypi", namespace=namespace, name=name, version=version)
    ours = parse_purl(theirs.to_string())
    assert (ours.type, ours.name, ours.version) == ("pypi", theirs.name, version)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_sbom_is_read_or_refused(data):
    text = cyclonedx(
        {"purl": "pkg:pypi/a@1", "bom-ref": "a"}, dependencies=[{"ref": "a", "dependsOn": ["a"]}]
    )
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 40)))
    damaged = text[:start] + data.draw(st.text('"{}[]:,@/%? 1a\\', max_size=12)) + text[end:]
    assert outcome(damaged, "bom.json") is not None
