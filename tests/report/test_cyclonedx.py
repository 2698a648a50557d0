from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from packageurl import PackageURL

from archcheck.report.formats.cyclonedx import to_cyclonedx
from tests.report.examples import EXAMPLES, HOSTILE, LEGACY, MATRIX, READY_NOW
from tests.report.strategies import REPORTS, drawn

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def bom_of(one):
    """Return the document, valid by the library's strict schema, its references whole."""
    text = to_cyclonedx(one)
    assert VALIDATOR.validate_str(text) is None
    return whole(json.loads(text))


def whole(bom):
    refs = [part["bom-ref"] for part in bom["components"]]
    assert len(set(refs)) == len(refs)
    known = {*refs, bom["metadata"]["component"]["bom-ref"]}
    assert {one["ref"] for one in bom["dependencies"]} == known
    assert {ref for one in bom["dependencies"] for ref in one["dependsOn"]} <= known
    return bom


def properties(bom, ref):
    (part,) = [part for part in bom["components"] if part["bom-ref"] == ref]
    return {one["name"]: one["value"] for one in part["properties"]}


def edges(bom):
    return {one["ref"]: one["dependsOn"] for one in bom["dependencies"]}


def test_the_validator_refuses_what_is_wrong():
    bom = json.loads(to_cyclonedx(LEGACY)) | {"components": [{"type": "wheel", "name": "x"}]}
    assert VALIDATOR.validate_str(json.dumps(bom)) is not None


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_validates(example):
    bom_of(EXAMPLES[example])


@drawn(40)
@given(REPORTS)
def test_any_report_has_whole_references_and_shows_nothing_that_a_terminal_would_obey(one):
    text = to_cyclonedx(one)
    whole(json.loads(text))
    assert text.replace("\n", "").isprintable()


def test_package_urls_are_read_back():
    for example in (LEGACY, READY_NOW, HOSTILE):
        for part in bom_of(example)["components"]:
            url = PackageURL.from_string(part["purl"])
            assert url.type == "pypi"
            assert (url.version or "") != "" or "version" not in part
    url = PackageURL.from_string(bom_of(HOSTILE)["components"][0]["purl"])
    assert url.version == "1.0\r\n::error::"


def test_the_verdict_stands_in_the_properties():
    bom = bom_of(LEGACY)
    found = {one["name"]: one["value"] for one in bom["metadata"]["properties"]}
    assert found["archcheck:recommendation"] == "arm64 after-changes"
    mine = properties(bom, "pkg:pypi/cryptography@3.0")
    assert mine["archcheck:x86_64:status"] == "wheel"
    assert mine["archcheck:aarch64:status"] == "native-sdist"
    assert mine["archcheck:aarch64:file"] == "cryptography-3.0.tar.gz"
    assert mine["archcheck:finding"].startswith("AC002 cryptography 3.0: needs a build; ")


def test_several_targets_have_properties_of_their_own():
    bom = bom_of(MATRIX)
    assert properties(bom, "pkg:pypi/numpy@2.2.6")["archcheck:lambda:python3.11:aarch64:status"] == "wheel"
    assert "archcheck:lambda:python3.11:aarch64:status" not in properties(bom, "pkg:pypi/numpy@2.3.5")
    assert properties(bom, "pkg:pypi/numpy@2.3.5")["archcheck:lambda:python3.11:x86_64:status"] == "wheel"


def test_the_graph_is_that_of_the_set():
    graph = edges(bom_of(READY_NOW))
    assert graph["archcheck:set"] == ["pkg:pypi/aioboto3@13.3.0", "pkg:pypi/aiofiles@24.1.0"]
    assert graph["pkg:pypi/aioboto3@13.3.0"] == ["pkg:pypi/aiobotocore@2.16.0"]
    # each architecture's pandas needs that architecture's numpy
    assert edges(bom_of(MATRIX))["pkg:pypi/pandas@2.3.3"] == ["pkg:pypi/numpy@2.2.6", "pkg:pypi/numpy@2.3.5"]


def test_what_is_not_required_anywhere_is_excluded():
    scopes = {part["name"]: part["scope"] for part in bom_of(READY_NOW)["components"]}
    assert scopes.pop("colorama") == "excluded"
    assert set(scopes.values()) == {"required"}


def test_the_same_report_is_the_same_document():
    assert to_cyclonedx(LEGACY) == to_cyclonedx(LEGACY)
    serials = {bom_of(one)["serialNumber"] for one in EXAMPLES.values()}
    assert len(serials) == len(EXAMPLES)
