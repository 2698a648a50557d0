"""The recorded projects: what is in the files, and what the loopback index makes of them."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from packaging.metadata import Metadata
from packaging.version import Version

from tests.loopback import FixtureStore
from tests.loopback.fixtures import FIXTURES
from tests.loopback.pages import JSON_TYPE

PAGES = sorted((FIXTURES / "index").glob("*.json"))
ORACLES = sorted((FIXTURES / "oracle").glob("*.json"))
MEGABYTES_AT_MOST = 6


def test_there_are_fixtures_and_they_stay_small():
    assert len(PAGES) > 50
    assert sum(path.stat().st_size for path in [*PAGES, *ORACLES]) < MEGABYTES_AT_MOST * 2**20


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_dated_and_sorted_and_its_metadata_can_be_read(path):
    document = json.loads(path.read_text())
    assert document["name"] == path.stem
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", document["recorded-at"])
    versions = [Version(version) for version in document["releases"]]
    assert versions == sorted(versions, reverse=True)
    texts = {file.metadata_text for file in FixtureStore().project(path.stem).files} - {None}
    assert texts
    for text in texts:
        Metadata.from_email(text, validate=False)


def test_every_pin_of_an_oracle_can_be_had():
    store = FixtureStore()
    pins = {
        (name, Version(version))
        for path in ORACLES
        for case in json.loads(path.read_text()).get("cases", ())  # those of single files have none
        for name, version in case["pins"].items()
    }
    for name, version in pins:
        found = [file for file in store.project(name).files if Version(file.version) == version]
        assert any(file.metadata_text for file in found), (name, version)


def test_pages_state_what_is_served_or_what_the_real_index_did(recorded):
    filename = "psycopg2_binary-2.9.1-cp39-cp39-manylinux_2_24_aarch64.whl"

    def stated() -> str:
        page = httpx.get(recorded.url + "psycopg2-binary/", headers={"Accept": JSON_TYPE}).json()
        return next(file["hashes"]["sha256"] for file in page["files"] if file["filename"] == filename)

    served = stated()
    assert f"sha256:{served}" == recorded.store.digest_of(filename)
    recorded.store.real_hashes = True
    release = json.loads((FIXTURES / "index" / "psycopg2-binary.json").read_text())["releases"]["2.9.1"]
    assert stated() == release["files"][filename]["sha256"] != served


def test_a_file_can_be_asked_for_before_its_page(recorded):
    assert httpx.get(f"{recorded.base}/files/PyYAML-5.3.1.tar.gz").status_code == 200
    assert httpx.get(f"{recorded.base}/files/aiofiles-0.2.1-py3-none-any.whl").status_code == 404
