"""The index as a whole: what is asked, in what order, how often, and what comes of it."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from contextlib import contextmanager

import msgspec
import pytest
from packaging.version import Version

from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from archcheck.index.metadata.sources import identify
from archcheck.index.model import Direct, IndexFile, Metadata, NotFound, Project, SdistContents, Unavailable
from archcheck.manifest.manifest import PathSource, UrlSource
from tests.loopback import Failure, Features, IndexServer, Sdist, Store
from tests.loopback.failures import hang, server_error
from tests.patience import IMPATIENCE, PATIENCE, answer, ended, eventually

OLD_SDIST = Sdist(
    metadata_version="2.1", static_requires=False, texts={"setup.py": "import setuptools, os\nos.x()\n"}
)
X86 = "cp313-cp313-manylinux_2_17_x86_64"


@pytest.fixture(autouse=True)
def _no_netrc(monkeypatch, tmp_path):
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def demo(store):
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other>=2"])
    store.add("demo", "2.0", wheels=["py3-none-any", X86], sdist=True, requires_dist=["other>=3"])
    return store


@pytest.fixture
def ask(index, tmp_path):
    """Open a `IndexClient` over the loopback index, with one cache for the whole test."""

    @contextmanager
    def opened(*, mode="normal", **settings):
        chosen = IndexSettings(
            **{"index_url": index.url.rstrip("/"), "timeout": PATIENCE, "retries": 0, **settings}
        )
        with IndexClient(chosen, Cache(tmp_path / "cache", mode=mode)) as found:
            yield found

    return opened


def names(project):
    return [file.filename for file in project.files]


def release(project, version):
    return project.releases[Version(version)]


def wheel_and_siblings(index, name="demo", version="1.0"):
    siblings = release(answer(index.project(name)), version)
    return siblings[0], siblings


# --- projects


@pytest.mark.parametrize("features", [Features(), Features(json_pages=False), Features(gzip=False)])
def test_a_page_of_either_format(ask, index, demo, features):
    index.features = features
    with ask() as found:
        project = answer(found.project("demo"))
    assert isinstance(project, Project)
    assert sorted(map(str, project.releases)) == ["1.0", "2.0"]
    assert project.complete
    assert all(file.url.startswith(index.base) and file.hashes for file in project.files)
    assert index.paths == ["/simple/demo/"]


def test_a_question_is_asked_once(ask, index, demo):
    with ask() as found:
        with index.holding():
            first, second = found.project("demo"), found.project("demo")
            assert first is second
            pinned = found.project("demo", pin=Version("1.0"))
        assert answer(pinned) is answer(first)
        file, siblings = wheel_and_siblings(found)
        assert found.metadata(file, siblings) is found.metadata(file, siblings)
        answer(found.metadata(file, siblings))
    assert len(index.log) == 2
    assert (found.stats.requests, found.stats.cache_hits) == (2, 0)


def test_a_pin_takes_the_releases_own_document(ask, index, demo):
    with ask() as found:
        project = answer(found.project("demo", pin=Version("1.0")))
        assert names(project) == ["demo-1.0-py3-none-any.whl"]
        assert not project.complete
        assert len(answer(found.project("demo")).files) == 4
    assert index.paths == ["/pypi/demo/1.0/json", "/simple/demo/"]


def test_an_index_without_them_is_asked_for_them_once_a_day(ask, index, demo):
    index.features = Features(version_json=False)
    demo.add("more", "1.0", wheels=["py3-none-any"])
    with ask() as found:
        assert answer(found.project("demo", pin=Version("1.0"))).complete
        answer(found.project("more", pin=Version("1.0")))
    demo.add("third", "1.0", wheels=["py3-none-any"])
    with ask() as found:
        answer(found.project("third", pin=Version("1.0")))
    assert index.paths == ["/pypi/demo/1.0/json", "/simple/demo/", "/simple/more/", "/simple/third/"]


def test_a_version_that_is_not_there_says_nothing_about_the_index(ask, index, demo):
    with ask() as found:
        assert Version("9") not in answer(found.project("demo", pin=Version("9"))).releases
        answer(found.project("demo", pin=Version("1.0")))
        assert answer(found.project("none", pin=Version("1"))) == NotFound(
            name="none", asked=(index.base.removeprefix("http://"),)
        )
        assert not answer(found.project("demo", pin=Version("2.0"))).complete


def test_a_look_alike_document_is_not_believed(ask, index, demo):
    index.fail(Failure(pattern="/pypi/*", body=b'{"info": {"name": "demo", "version": "1.0"}}'))
    with ask() as found:
        assert answer(found.project("demo", pin=Version("1.0"))).complete


def test_not_found_only_where_every_index_says_so(ask, index, demo):
    with IndexServer(Store()) as other:
        with ask(extra_index_urls=(other.url,)) as found:
            assert isinstance(answer(found.project("demo")), Project)
            missing = answer(found.project("none"))
            assert isinstance(missing, NotFound)
            assert len(missing.asked) == 2
        other.fail(server_error("*", times=None))
        with ask(extra_index_urls=(other.url,), mode="refresh") as found:
            failed = answer(found.project("demo"))
            assert isinstance(failed, Unavailable)
            assert failed.incomplete
            assert "500" in failed.reason


def test_403_is_not_there_where_another_index_has_it(ask, index, demo):
    with IndexServer(Store()) as other:
        other.fail(Failure(pattern="*", status=403))
        with ask(extra_index_urls=(other.url,)) as found:
            assert isinstance(answer(found.project("demo")), Project)
            forbidden = answer(found.project("none"))
            assert forbidden == Unavailable(reason="access to none is forbidden (403)", incomplete=True)


def test_indexes_are_put_together_and_the_last_has_a_file(ask, index, demo):
    more = Store()
    more.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other>=2"])
    more.add("demo", "3.0", wheels=["py3-none-any"])
    with IndexServer(more) as other, ask(extra_index_urls=(other.url,)) as found:
        project = answer(found.project("demo"))
        assert sorted(map(str, project.releases)) == ["1.0", "2.0", "3.0"]
        (twice,) = release(project, "1.0")
        assert twice.url.startswith(other.base)


def test_one_name_may_stand_for_two_files(ask, index, demo):
    """Which of them is installed is a matter of hashes then, if any are given."""
    more = Store()
    more.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["something>=9"])
    with IndexServer(more) as other, ask(extra_index_urls=(other.url,)) as found:
        first, last = release(answer(found.project("demo")), "1.0")
        assert first.filename == last.filename
        assert (first.url.startswith(index.base), last.url.startswith(other.base)) == (True, True)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (server_error("*", times=None), "answered 500 Internal Server Error"),
        (Failure(pattern="*", body=b"{"), "answered with something else"),
        (
            Failure(pattern="*", body=b"[]", headers={"Content-Type": "application/json"}),
            "answered with something else",
        ),
        (Failure(pattern="*", cut_off=0.3), "broke off its answer"),
        (hang("*"), f"did not answer within {IMPATIENCE:g} s"),
        (Failure(pattern="*", status=401), "answered 401"),
    ],
)
def test_failures_are_values_and_are_not_kept(ask, index, demo, failure, reason):
    index.fail(failure)
    with ask(timeout=IMPATIENCE if failure.hang else PATIENCE) as found:
        failed = answer(found.project("demo"))
    assert isinstance(failed, Unavailable)
    assert failed.incomplete
    assert reason in failed.reason
    assert index.base.removeprefix("http://") in failed.reason
    index.failures.clear()
    with ask() as found:
        assert isinstance(answer(found.project("demo")), Project)


def test_no_credential_is_seen_anywhere(ask, index, demo, tmp_path):
    from archcheck.index.config.settings import merge
    from archcheck.manifest.manifest import IndexOptions

    secret = index.url.replace("http://", "http://user:hunter2@")
    settings = merge(IndexSettings(index_url=None, retries=0), IndexOptions(index_url=secret), IndexOptions())
    index.fail(server_error("/simple/broken/"))
    with IndexClient(settings, Cache(tmp_path / "cache")) as found:
        project = answer(found.project("demo"))
        file, siblings = wheel_and_siblings(found)
        direct = file.url.replace("http://", "http://user:hunter2@")
        shown = [project, answer(found.metadata(file, siblings)), answer(found.project("none"))]
        shown += [answer(found.project("broken")), answer(found.direct(UrlSource(url=direct))), settings]
    assert all(request.headers["authorization"] == "Basic dXNlcjpodW50ZXIy" for request in index.log)
    assert "hunter2" not in repr(shown)
    assert all(b"hunter2" not in path.read_bytes() for path in tmp_path.rglob("*.entry"))


# --- freshness


def test_fresh_pages_are_not_asked_for_again(ask, index, demo):
    with ask() as found:
        answer(found.project("demo"))
    with ask() as found:
        assert len(answer(found.project("demo")).files) == 4
        assert (found.stats.requests, found.stats.cache_hits) == (0, 1)
    assert len(index.log) == 1


def test_stale_pages_are_revalidated(ask, index, demo):
    index.features = Features(max_age=0)
    for _ in range(3):
        with ask() as found:
            assert len(answer(found.project("demo")).files) == 4
    assert [request.status for request in index.log] == [200, 304, 304]
    demo.add("demo", "2.0", wheels=["cp313-cp313-manylinux_2_17_aarch64"])
    with ask() as found:
        assert len(answer(found.project("demo")).files) == 5


def test_what_revalidation_renews_is_fresh_again(ask, index, demo):
    index.features = Features(max_age=0)
    with ask() as found:
        answer(found.project("demo"))
    index.features = Features(max_age=600)
    for _ in range(2):
        with ask() as found:
            answer(found.project("demo"))
    assert [request.status for request in index.log] == [200, 304]


def test_without_caching_headers_pages_are_asked_for_each_time(ask, index, demo):
    index.features = Features(caching_headers=False)
    for _ in range(2):
        with ask() as found:
            file, siblings = wheel_and_siblings(found)
            assert isinstance(answer(found.metadata(file, siblings)), Metadata)
    assert [path.partition("?")[0] for path in index.paths] == [
        "/simple/demo/",
        "/files/demo-1.0-py3-none-any.whl.metadata",
        "/simple/demo/",
    ]


def test_refresh_asks_again_but_for_what_cannot_change(ask, index, demo):
    for mode in ("normal", "refresh"):
        with ask(mode=mode) as found:
            file, siblings = wheel_and_siblings(found)
            answer(found.metadata(file, siblings))
    assert [request.status for request in index.log] == [200, 200, 304]


def test_no_cache_neither_reads_nor_writes(ask, index, demo, tmp_path):
    for _ in range(2):
        with ask(mode="off") as found:
            answer(found.project("demo"))
    assert len(index.log) == 2
    assert not (tmp_path / "cache").exists()


def test_offline(ask, index, demo):
    index.features = Features(max_age=0)
    with ask() as found:
        answer(found.project("demo"))
        answer(found.project("none"))
    asked = len(index.log)
    with ask(mode="offline") as found:
        assert len(answer(found.project("demo")).files) == 4
        assert len(answer(found.project("demo", pin=Version("1.0"))).files) == 4
        assert isinstance(answer(found.project("none")), NotFound)
        assert answer(found.project("new")) == Unavailable(
            reason="not in the cache (--offline)", incomplete=True
        )
        file, siblings = wheel_and_siblings(found)
        assert answer(found.metadata(file, siblings)).reason == "not in the cache (--offline)"
        assert any("--offline" in warning and "days old" in warning for warning in found.warnings)
    assert len(index.log) == asked


def test_a_corrupt_cache_heals(ask, index, demo, tmp_path):
    with ask() as found:
        answer(found.project("demo"))
    for path in tmp_path.rglob("*.entry"):
        path.write_bytes(path.read_bytes()[:-3])
    for _ in range(2):
        with ask() as found:
            assert len(answer(found.project("demo")).files) == 4
    assert len(index.log) == 2


def test_a_cache_that_cannot_be_written_is_one_warning(ask, demo, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with ask() as found:
        answer(found.project("demo"))
        assert len(found.warnings) == 1
        assert "the cache is off" in found.warnings[0]


# --- metadata of wheels


@pytest.mark.parametrize(
    ("features", "origin", "asked"),
    [
        (Features(), "metadata-file", [("/files/demo-1.0-py3-none-any.whl.metadata", None)]),
        (Features(metadata_files=False), "wheel", [("/files/demo-1.0-py3-none-any.whl", "bytes=")]),
        (
            Features(metadata_files=False, ranges=False),
            "wheel",
            [("/files/demo-1.0-py3-none-any.whl", "bytes=")],
        ),
    ],
)
def test_metadata_by_the_best_way_offered(ask, index, demo, *, features, origin, asked):
    index.features = features
    with ask() as found:
        file, siblings = wheel_and_siblings(found)
        metadata = answer(found.metadata(file, siblings))
    assert (metadata.name, metadata.version, metadata.requires_dist) == ("demo", "1.0", ("other>=2",))
    assert (metadata.origin, metadata.approximate) == (origin, False)
    ranges = [(request.path, (request.headers.get("range") or "")[:6] or None) for request in index.log[1:]]
    assert ranges == asked


def test_a_large_wheel_is_read_in_part(ask, index, store):
    index.features = Features(metadata_files=False)
    store.add(
        "large", "1.0", wheels=["py3-none-any"], requires_dist=["x"], payload={"large/data": bytes(3_000_000)}
    )
    with ask() as found:
        file, siblings = wheel_and_siblings(found, "large")
        assert answer(found.metadata(file, siblings)).requires_dist == ("x",)
        assert found.stats.received < 300_000


def test_a_host_without_ranges_is_not_asked_for_them_again(ask, index, demo):
    index.features = Features(metadata_files=False, ranges=False)
    with ask() as found:
        project = answer(found.project("demo"))
        for file in release(project, "2.0")[:2]:
            assert isinstance(answer(found.metadata(file, ())), Metadata)
    assert ["range" in request.headers for request in index.log] == [False, True, False]


def test_metadata_after_a_pin_is_presumed_beside_the_wheel(ask, index, demo):
    with ask() as found:
        project = answer(found.project("demo", pin=Version("2.0")))
        assert answer(found.metadata(project.files[0], project.files)).origin == "metadata-file"
    index.features = Features(metadata_files=False)
    with ask(mode="off") as found:
        project = answer(found.project("demo", pin=Version("2.0")))
        wheels = [file for file in project.files if file.is_wheel]
        assert [answer(found.metadata(file, ())).origin for file in wheels] == ["wheel", "wheel"]
    assert sum(path.endswith(".metadata") for path in index.paths) == 2


@pytest.mark.parametrize("features", [Features(), Features(metadata_files=False, ranges=False)])
def test_another_hash_than_promised_is_refused(ask, index, demo, features):
    index.features = features
    other = Store()
    other.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["evil"])
    with ask() as found:
        file, siblings = wheel_and_siblings(found)
        demo._files |= other._files
        refused = answer(found.metadata(file, siblings))
    assert isinstance(refused, Unavailable)
    assert refused.reason.startswith("hash mismatch")


def test_metadata_of_another_project_is_refused(ask, index, demo):
    demo.add("liar", "1.0", wheels=["py3-none-any"])
    index.fail(
        Failure(pattern="*demo-1.0*.metadata", body=b"Metadata-Version: 2.1\nName: liar\nVersion: 1.0\n")
    )
    with ask() as found:
        project = answer(found.project("demo", pin=Version("1.0")))
        file = project.files[0]
        assert answer(found.metadata(file, ())).origin == "wheel"


def test_a_broken_wheel_is_that_packages_own_trouble(ask, index, demo):
    index.features = Features(metadata_files=False)
    index.fail(Failure(pattern="*.whl", body=b"no zip" * 100, status=200))
    with ask() as found:
        project = answer(found.project("demo"))
        file = release(project, "1.0")[0]
        refused = answer(found.metadata(file, ()))
    assert isinstance(refused, Unavailable)
    assert not refused.incomplete


# --- sdists


def sdist_of(index, name, version="1.0"):
    siblings = release(answer(index.project(name)), version)
    (file,) = [each for each in siblings if not each.is_wheel]
    return file, siblings


@pytest.mark.parametrize("way", ["static", "sibling", "guess", "document"])
def test_dependencies_of_an_sdist(ask, index, store, way):
    wheels = ["cp313-cp313-win_amd64", X86] if way == "sibling" else []
    sdist = {
        "static": Sdist(),
        "guess": Sdist(metadata_version="2.1"),
        "sibling": OLD_SDIST,
        "document": OLD_SDIST,
    }[way]
    store.add("pkg", "1.0", wheels=wheels, sdist=sdist, requires_dist=["dep"])
    with ask() as found:
        file, siblings = sdist_of(found, "pkg")
        metadata = answer(found.metadata(file, siblings))
        assert isinstance(answer(found.sdist(file)), SdistContents)
    assert metadata.requires_dist == ("dep",)
    origins = {
        "static": "pkg-info",
        "sibling": "sibling-wheel",
        "guess": "pkg-info",
        "document": "index-json",
    }
    assert metadata.origin == origins[way]
    assert metadata.approximate is (way != "static")
    assert sum(path.endswith(".tar.gz") for path in index.paths) == 1
    if way == "sibling":
        assert f"/files/pkg-1.0-{X86}.whl.metadata" in index.paths


def test_dependencies_that_nobody_tells_are_unknown(ask, index, store):
    index.features = Features(version_json=False)
    store.add("pkg", "1.0", sdist=OLD_SDIST, requires_dist=["dep"])
    with ask() as found:
        unknown = answer(found.metadata(*sdist_of(found, "pkg")))
    assert unknown == Unavailable(reason="pkg-1.0.tar.gz states its dependencies only when it is built")


def test_a_huge_sdist_is_not_downloaded_where_a_wheel_tells(ask, index, store):
    store.add("pkg", "1.0", wheels=["py3-none-any"], sdist=OLD_SDIST, requires_dist=["dep"])
    with ask() as found:
        file, siblings = sdist_of(found, "pkg")
        huge = msgspec.structs.replace(file, size=100 << 20)
        assert answer(found.metadata(huge, siblings)).origin == "sibling-wheel"
    assert not any(path.endswith(".tar.gz") for path in index.paths)


def test_an_sdist_is_downloaded_once_and_kept(ask, index, store):
    store.add("pkg", "1.0", sdist=True)
    for _ in range(2):
        with ask() as found:
            file, siblings = sdist_of(found, "pkg")
            assert isinstance(answer(found.metadata(file, siblings)), Metadata)
            assert isinstance(answer(found.sdist(file)), SdistContents)
    assert index.paths == ["/simple/pkg/", "/files/pkg-1.0.tar.gz"]


def test_an_sdist_that_cannot_be_had_makes_the_audit_incomplete(ask, index, store):
    store.add("pkg", "1.0", wheels=["py3-none-any"], sdist=True)
    index.fail(server_error("*.tar.gz", times=None))
    with ask() as found:
        assert answer(found.metadata(*sdist_of(found, "pkg"))).incomplete


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("a_b-1.0-py3-none-any.whl", ("a-b", "1.0")),
        ("a-b-1.0.tar.gz", ("a-b", "1.0")),
        ("a-2-1.0.zip", ("a-2", "1.0")),
        ("a-1.0-1.tar.gz", ("a", "1.0.post1")),
        ("backports.x-y-3.5.0.1.tar.bz2", ("backports-x-y", "3.5.0.1")),
        ("main.tar.gz", None),
        ("-1.0.tar.gz", None),
        ("a.whl", None),
        ("a-x-py3-none-any.whl", None),
        ("a-1.0.exe", None),
    ],
)
def test_project_and_version_out_of_a_file_name(filename, expected):
    found = identify(filename)
    assert (found and (found[0], str(found[1]))) == expected


def test_a_metadata_file_beside_an_sdist_counts_where_it_is_static(ask, index, store):
    store.add("pkg", "1.0", sdist=OLD_SDIST, requires_dist=["dep"])
    text = b"Metadata-Version: 2.2\nName: pkg\nVersion: 1.0\nRequires-Dist: dep\n"
    index.fail(Failure(pattern="*.metadata", status=200, body=text))
    with ask() as found:
        file, siblings = sdist_of(found, "pkg")
        file = msgspec.structs.replace(file, metadata=f"sha256:{hashlib.sha256(text).hexdigest()}")
        assert answer(found.metadata(file, siblings)).origin == "pkg-info"
    assert index.paths == ["/simple/pkg/", "/files/pkg-1.0.tar.gz.metadata"]


# --- folders


@pytest.fixture
def folder(tmp_path, demo):
    """A folder of distributions, with a page of links beside them."""
    place = tmp_path / "wheel house"
    place.mkdir()
    for file in demo.projects["demo"].files:
        (place / file.filename).write_bytes(file.content)
    (place / "notes.txt").write_text("no distribution")
    return place


@pytest.mark.parametrize("as_url", [False, True])
def test_find_links_in_a_folder(ask, index, folder, as_url):
    location = folder.as_uri() if as_url else str(folder)
    with ask(index_url=None, no_index=True, find_links=(location,)) as found:
        project = answer(found.project("demo"))
        assert sorted(map(str, project.releases)) == ["1.0", "2.0"]
        for file in project.files:
            assert answer(found.metadata(file, ())).requires_dist[0].startswith("other")
        assert isinstance(answer(found.sdist(sdist_of(found, "demo", "2.0")[0])), SdistContents)
        assert isinstance(answer(found.project("none")), NotFound)
    assert not index.log


def test_find_links_pages(ask, index, folder, tmp_path):
    (folder / "links.html").write_text('<a href="demo-1.0-py3-none-any.whl">x</a>')
    for location in (str(folder / "links.html"), (folder / "links.html").as_uri(), f"{index.url}demo/"):
        with ask(index_url=None, no_index=True, find_links=(location,)) as found:
            assert "demo-1.0-py3-none-any.whl" in names(answer(found.project("demo")))
            assert isinstance(answer(found.project("other")), NotFound)
    assert len(index.log) == 1


def test_an_indexs_own_file_goes_before_a_local_one(ask, index, folder):
    with ask(find_links=(str(folder),)) as found:
        project = answer(found.project("demo"))
        assert len(project.files) == 4
        assert all(file.url.startswith(index.base) for file in project.files)


def test_a_local_file_goes_before_the_indexes_own_where_uv_looks(ask, index, folder):
    with ask(find_links=(str(folder),), strategy="first") as found:
        for files in answer(found.project("demo")).releases.values():
            places = [file.url.partition(":")[0] for file in files]
            assert places == ["http"] * (len(places) // 2) + ["file"] * (len(places) // 2)


def test_an_index_in_a_folder(ask, index, folder, tmp_path):
    page = tmp_path / "simple" / "demo" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="../../wheel%20house/demo-1.0-py3-none-any.whl">x</a>')
    for location in (str(tmp_path / "simple"), (tmp_path / "simple").as_uri()):
        with ask(index_url=location) as found:
            project = answer(found.project("demo"))
            assert names(project) == ["demo-1.0-py3-none-any.whl"]
            assert answer(found.metadata(project.files[0], ())).requires_dist == ("other>=2",)
            assert isinstance(answer(found.project("none")), NotFound)


@pytest.mark.parametrize("name", ["..", "../secret", "a/b", "\udcff", "a\0b", "", "-a", "naïve"])
def test_names_that_no_project_has_are_not_looked_for(ask, index, folder, name):
    with ask(extra_index_urls=(str(folder),)) as found:
        assert answer(found.project(name)) == NotFound(name=name, asked=())
    assert not index.log


@pytest.mark.parametrize("link", ["a%00b/demo-1.0-py3-none-any.whl", "none/demo-1.0-py3-none-any.whl"])
def test_a_page_on_disk_that_links_to_nothing(ask, tmp_path, link):
    page = tmp_path / "simple" / "demo" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{link}">x</a>')
    with ask(index_url=str(tmp_path / "simple")) as found:
        file, siblings = wheel_and_siblings(found)
        assert "demo-1.0" in answer(found.metadata(file, siblings)).reason


@pytest.mark.parametrize("url", ["https://[x/demo-1.0-py3-none-any.whl", "http://h:port/demo-1.0.tar.gz"])
def test_files_at_addresses_that_are_none(ask, url):
    file = IndexFile(filename=url.rpartition("/")[2], url=url, metadata="")
    with ask() as found:
        assert isinstance(answer(found.metadata(file, (file,))), Unavailable)


def test_places_that_are_left_out_are_said(ask, demo):
    with ask(find_links=("/no/such/folder",), extra_index_urls=("http://index.example/simple",)) as found:
        assert isinstance(answer(found.project("demo")), Project)
        assert found.warnings == (
            "/no/such/folder is left out: no such file or folder",
            "index.example is left out, as pip does: neither https nor a trusted host",
        )


# --- direct


@pytest.mark.parametrize("kind", ["http", "file", "path"])
@pytest.mark.parametrize("filename", ["demo-1.0-py3-none-any.whl", "demo-2.0.tar.gz"])
def test_direct_archives(ask, index, folder, kind, filename):
    source = {
        "http": UrlSource(url=f"{index.base}/files/{filename}"),
        "file": UrlSource(url=(folder / filename).as_uri()),
        "path": PathSource(path=str(folder / filename)),
    }[kind]
    with ask() as found:
        direct = answer(found.direct(source))
    assert isinstance(direct, Direct)
    assert (direct.name, str(direct.version)) == ("demo", filename[5:8])
    assert direct.metadata.requires_dist[0].startswith("other")
    assert direct.file.filename == filename
    assert (direct.contents is None) is direct.file.is_wheel


def test_an_sdist_whose_name_tells_nothing(ask, folder):
    shutil.move(folder / "demo-2.0.tar.gz", folder / "main.tar.gz")
    with ask() as found:
        direct = answer(found.direct(PathSource(path=str(folder / "main.tar.gz"))))
    assert (direct.name, direct.version) == ("demo", Version("2.0"))


def test_a_project_folder(ask, tmp_path):
    project = tmp_path / "project" / "sub"
    project.mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[project]\nname = "My_App"\ndynamic = ["version"]\ndependencies = ["requests>=2"]\n'
    )
    with ask() as found:
        direct = answer(found.direct(PathSource(path=str(tmp_path / "project"), subdirectory="sub")))
    assert (direct.name, direct.version, direct.file) == ("my-app", None, None)
    assert direct.metadata.requires_dist == ("requests>=2",)


@pytest.mark.parametrize(
    "source",
    [
        UrlSource(url="https://[x/a-1.0.whl"),
        UrlSource(url="ftp://host/demo-1.0-py3-none-any.whl"),
        UrlSource(url="file://elsewhere/demo-1.0-py3-none-any.whl"),
        UrlSource(url="http://127.0.0.1:9/"),
        UrlSource(url="http://127.0.0.1:9/page.html"),
        UrlSource(url="http://127.0.0.1:9/odd.whl"),
        UrlSource(url="http://127.0.0.1:9/demo-1.0-py3-none-any.whl"),
        UrlSource(url="http://127.0.0.1:9/demo-1.0.tar.gz", subdirectory="x"),
        PathSource(path="/no/such/file-1.0.tar.gz"),
        PathSource(path="/no\0such"),
        PathSource(path="/"),
    ],
)
def test_direct_sources_that_lead_nowhere(ask, source, tmp_path):
    if source == PathSource(path="/"):
        source = PathSource(path=str(tmp_path))
    with ask() as found:
        nothing = answer(found.direct(source))
    assert isinstance(nothing, Unavailable)
    assert "\n" not in nothing.reason


# --- the loop


WARM = """
import json, os, sys
from pathlib import Path
from packaging.version import Version
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
settings = IndexSettings(index_url=sys.argv[1], find_links=(sys.argv[3],))
with IndexClient(settings, Cache(Path(sys.argv[2]))) as index:
    project = index.project("demo").result()
    wheels = [index.metadata(file, ()).result().version for file in project.files if file.is_wheel]
    pinned = index.project("pkg", pin=Version("1.0")).result()
    sdist = index.metadata(pinned.files[0], pinned.files).result().origin
    missing = type(index.project("none").result()).__name__
heavy = [name for name in ("asyncio", "ssl", "httpx", "httpcore", "anyio", "http.client", "email",
                           "tarfile", "zipfile", "tempfile", "urllib.request", "html.parser") if name in sys.modules]
print(json.dumps([wheels, sdist, missing, index.stats.requests, heavy]))
"""


def test_a_warm_run_needs_no_network_and_imports_none(index, demo, tmp_path):
    demo.add("pkg", "1.0", sdist=True)
    (tmp_path / "links").mkdir()
    index.features = Features(max_age=600)
    index.fail(Failure(pattern="/simple/none/", headers={"Cache-Control": "max-age=600"}))

    def run():
        done = subprocess.run(
            [sys.executable, "-c", WARM, index.url, str(tmp_path / "cache"), str(tmp_path / "links")],
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
            env={key: value for key, value in os.environ.items() if "COVERAGE" not in key.upper()},
        )
        return json.loads(done.stdout)

    cold, warm = run(), run()
    assert cold[:3] == warm[:3] == [["1.0", "2.0", "2.0"], "pkg-info", "NotFound"]
    assert cold[3] > 5
    assert "tarfile" in cold[4]  # it does see what is imported
    assert warm[3:] == [0, []]


def test_a_fault_of_ours_is_raised_where_the_answer_is_asked_for(ask, monkeypatch):
    async def faulty(*_):
        raise ZeroDivisionError

    with ask() as found:
        monkeypatch.setattr(found._read().files, "metadata", faulty)
        with pytest.raises(ZeroDivisionError):
            answer(found.metadata(IndexFile(filename="a-1.0.whl", url="https://index.example/a-1.0.whl"), ()))


def test_questions_that_wait_for_one_given_up_leave_nothing_behind(ask, index, demo, caplog):
    demo.add("pkg", "1.0", sdist=True)
    with ask() as found:
        (file,) = answer(found.project("pkg")).files
        index.fail(hang("*"))
        seen = len(index.log)
        future = found.metadata(file, (file,))
        eventually(lambda: len(index.log) > seen, "the index is asked")
    with pytest.raises(CancelledError):
        answer(future)
    del future, found
    gc.collect()
    assert caplog.text == ""


def test_close_gives_up_what_is_under_way(ask, index, demo):
    """Were the answers waited for, they would be failures: the index never gives them."""
    index.fail(hang("*"))
    with ask() as found:
        waiting = [found.project(name) for name in ("demo", "other", "third")]
        eventually(lambda: index.log, "the index is asked")
    for future in waiting:
        with pytest.raises(CancelledError):
            answer(future)
    assert not any(thread.name == "archcheck-index" for thread in threading.enumerate())
    found.close()


def test_a_question_after_the_end_is_given_up_too(ask, demo):
    with ask() as found:
        answer(found.project("demo"))
    with pytest.raises(CancelledError):
        answer(found.project("other"))
    assert isinstance(answer(found.project("demo")), Project)


INTERRUPTED = """
import sys
from pathlib import Path
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
with IndexClient(IndexSettings(index_url=sys.argv[1], timeout=1e6), Cache(Path(sys.argv[2]))) as index:
    index.project("demo").result()
"""


def test_an_interrupt_ends_it(index, demo, tmp_path):
    """It waits for an answer that never comes."""
    index.fail(hang("*"))
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", INTERRUPTED, index.url, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        eventually(lambda: index.log or process.poll() is not None, "the index is asked")
        process.send_signal(signal.SIGINT)
        errors = ended(process)[1].decode()
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert "never awaited" not in errors


def test_many_questions_at_once(ask, index, store):
    for number in range(120):
        store.add(f"pkg-{number}", "1.0", wheels=["py3-none-any"])
    with ask() as found:
        with index.holding():
            asked = [found.project(f"pkg-{number}") for number in range(120)]
            eventually(lambda: len(index.log) == 50, "as many are asked at once as there are jobs")
        assert all(isinstance(answer(future), Project) for future in asked)
    assert len(index.log) == 120


def test_of_the_projects_that_were_asked_about_those_are_known_that_were_answered(demo, index, ask):
    with ask() as found:
        with index.holding():
            pending = [
                found.project("demo"),
                found.project("demo", pin=Version("1.0")),
                found.project("gone"),
            ]
            assert (found.stats.found, found.stats.answered) == ({"demo", "gone"}, set())
        for each in pending:
            answer(each)
        assert found.stats.found == found.stats.answered == {"demo", "gone"}
