"""The loopback index behaves as the real one: its answers, its faults, and pip's and uv's view of it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests.loopback import Features, IndexServer, Sdist, Store
from tests.loopback import failures as fail
from tests.loopback.pages import JSON_TYPE
from tests.patience import IMPATIENCE, PATIENCE, answer, eventually

WHEEL = "demo-1.0-py3-none-any.whl"


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add("Demo", "1.0", wheels=["py3-none-any"], sdist=True, requires_dist=["dep>=1; extra == 'x'"])
    store.add("demo", "2.0", wheels=["cp313-cp313-manylinux_2_28_aarch64"], yanked="broken <it>")
    return store


@pytest.fixture
def client(index):
    with httpx.Client(base_url=index.base, headers={"Accept": JSON_TYPE}, timeout=PATIENCE) as client:
        yield client


def test_project_page_says_what_the_store_has(client, store):
    page = client.get("/simple/demo/").json()
    by_name = {file["filename"]: file for file in page["files"]}
    assert page["versions"] == ["1.0", "2.0"]
    assert by_name[WHEEL]["hashes"] == {"sha256": store.digest_of(WHEEL).removeprefix("sha256:")}
    assert by_name["demo-2.0-cp313-cp313-manylinux_2_28_aarch64.whl"]["yanked"] == "broken <it>"
    assert by_name["demo-1.0.tar.gz"]["core-metadata"] is False


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/html"),
        (JSON_TYPE, JSON_TYPE),
        (f"{JSON_TYPE};q=0.1, text/html;q=0.2", "text/html"),
        (f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", JSON_TYPE),
        ("image/png", None),
    ],
)
def test_content_negotiation(client, accept, kind):
    answer = client.get("/simple/demo/", headers={"Accept": accept})
    assert (answer.status_code, answer.headers.get("content-type")) == ((200, kind) if kind else (406, None))


def test_html_only_mode(client, index):
    index.features = Features(json_pages=False)
    assert (
        client.get("/simple/demo/", headers={"Accept": f"{JSON_TYPE}, text/html;q=0.1"}).text.count("<a ")
        == 3
    )
    assert client.get("/simple/demo/").status_code == 406


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/simple/De_Mo/", "/simple/de-mo/"),
        ("/simple/demo", "/simple/demo/"),
        ("/pypi/DEMO/1.0/json", "/pypi/demo/1.0/json"),
    ],
)
def test_other_spellings_are_redirected(client, path, location):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, location)


def test_pages_can_be_revalidated_until_they_change(client, store):
    first = client.get("/simple/demo/")
    assert first.headers["cache-control"] == "max-age=600, public"
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("/simple/demo/", headers=known).status_code == 304
    store.add("demo", "3.0", wheels=["py3-none-any"])
    assert client.get("/simple/demo/", headers=known).status_code == 200


def test_version_document(client):
    document = client.get("/pypi/demo/1.0/json").json()
    assert document["info"]["requires_dist"] == ["dep>=1; extra == 'x'"]
    assert [upload["packagetype"] for upload in document["urls"]] == ["bdist_wheel", "sdist"]
    assert httpx.get(document["urls"][0]["url"]).status_code == 200
    assert client.get("/pypi/demo/9/json").status_code == 404
    assert client.get("/pypi/demo/json").json()["info"]["version"] == "2.0"


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=-999999", 206, slice(None)),
        ("bytes=999999-", 416, slice(0)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
def test_ranges(client, wanted, status, part):
    whole = client.get(f"/files/{WHEEL}").content
    answer = client.get(f"/files/{WHEEL}", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (status, whole[part])


def test_head_has_the_length_and_no_body(client):
    answer = client.head(f"/files/{WHEEL}")
    assert (int(answer.headers["content-length"]), answer.content) == (
        len(client.get(f"/files/{WHEEL}").content),
        b"",
    )


@pytest.mark.parametrize(
    ("feature", "path", "header"),
    [
        ("metadata_files", f"/files/{WHEEL}.metadata", None),
        ("version_json", "/pypi/demo/1.0/json", None),
        ("ranges", f"/files/{WHEEL}", "accept-ranges"),
        ("caching_headers", "/simple/demo/", "etag"),
        ("gzip", "/simple/demo/", "content-encoding"),
    ],
)
def test_features_can_be_switched_off(client, index, feature, path, header):
    def has() -> bool:
        answer = client.get(path)
        return answer.status_code == 200 and (header is None or header in answer.headers)

    assert has()
    index.features = Features(**{feature: False})
    assert not has()


def test_failures_come_and_go(client, index):
    index.fail(fail.too_many_requests("/simple/*", retry_after="3"), fail.server_error("/simple/*", times=2))
    answers = [client.get("/simple/demo/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 500, 500, 200]
    assert answers[0].headers["retry-after"] == "3"
    assert [request.status for request in index.log] == [429, 500, 500, 200]


def test_spoiled_bodies(client, index):
    index.fail(fail.cut_off("/simple/demo/", times=1), fail.bad_body("/simple/demo/", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/simple/demo/")
    with pytest.raises(ValueError, match="Expecting"):
        client.get("/simple/demo/").json()
    index.fail(fail.wrong_type("/simple/demo/"))
    assert client.get("/simple/demo/").headers["content-type"] == "text/plain"


def test_redirect_loop_and_silence(client, index):
    index.fail(fail.redirect("/simple/loop/"), fail.hang("/simple/demo/"))
    with pytest.raises(httpx.TooManyRedirects):
        client.get("/simple/loop/", follow_redirects=True)
    with pytest.raises(httpx.TimeoutException):
        client.get("/simple/demo/", timeout=IMPATIENCE)


def test_answers_are_held_back_until_they_are_released(client, index):
    with ThreadPoolExecutor() as pool:
        with index.holding():
            asked = [pool.submit(client.get, "/simple/demo/") for _ in range(2)]
            eventually(lambda: len(index.log) == 2, "both questions are heard")
            assert not any(each.done() for each in asked)
        assert [answer(each).status_code for each in asked] == [200, 200]


def test_the_same_store_gives_the_same_bytes(store):
    again = Store()
    again.add("Demo", "1.0", wheels=["py3-none-any"], requires_dist=["dep>=1; extra == 'x'"])
    assert again.digest_of(WHEEL) == store.digest_of(WHEEL)
    # written down, so that another Python or zlib that gives other bytes is noticed
    assert (
        store.digest_of("demo-1.0.tar.gz")
        == "sha256:5126f0c59fdf4591869d0a91a48614cfdb94e60b09181e87ad7c61a9b08ad405"
    )


def pip_install(index, folder, requirement):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", str(folder)]
    return subprocess.run(
        [*command, "--index-url", index.url, requirement], check=False, capture_output=True, timeout=PATIENCE
    )


@pytest.mark.parametrize("features", [Features(), Features(metadata_files=False, json_pages=False)])
def test_pip_installs_from_it(tmp_path, store, features):
    store.add("app", "1", wheels=["py3-none-any"], sdist=Sdist(suffix=".zip"), requires_dist=["demo[x]<2"])
    store.add("dep", "1.5", wheels=["py3-none-any"])
    with IndexServer(store, features) as index:
        assert pip_install(index, tmp_path, "app").returncode == 0
    assert {"app", "demo", "dep"} <= {path.name for path in tmp_path.iterdir()}
    assert (f"/files/{WHEEL}.metadata" in index.paths) == features.metadata_files


def test_pip_refuses_what_has_another_hash_than_its_page_states(tmp_path, store):
    real = Store(real_hashes=True)
    real.insert("demo", [replace(file, stated="0" * 64) for file in store.projects["demo"].files])
    with IndexServer(real) as index:
        refused = pip_install(index, tmp_path, "demo==1.0")
    assert b"DO NOT MATCH THE HASHES" in refused.stderr
