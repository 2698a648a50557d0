"""Who looks into wheels reads METADATA at the end of one, and need not ask for the file beside it."""

from __future__ import annotations

import random
from contextlib import contextmanager

import pytest
from packaging.version import Version

from archcheck.binaries.model import ArchiveContents
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from archcheck.index.model import Metadata, Unavailable
from tests.loopback import Failure, Features
from tests.loopback.store import Store
from tests.patience import PATIENCE, answer

WHEEL = "/files/demo-1.0-py3-none-any.whl"
NOISE = random.Random(3).randbytes(200_000)  # does not compress


@pytest.fixture
def ask(index, tmp_path, monkeypatch):
    """Open an `IndexClient` for somebody who looks into wheels, with one cache for the whole test."""
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    @contextmanager
    def opened(*, looked_into=True, mode="normal"):
        settings = IndexSettings(index_url=index.url.rstrip("/"), timeout=PATIENCE, retries=0)
        cache = Cache(tmp_path / "cache", mode=mode)
        with IndexClient(settings, cache, looked_into=looked_into) as found:
            yield found

    return opened


def add(store, version="1.0", *, requires=("other>=2",), payload=None, tags=("py3-none-any",)) -> None:
    store.add("demo", version, wheels=tags, requires_dist=requires, payload=payload)


def told(found, version="1.0", *, pin=None):
    """Return the first file of *version*, and what is said of its dependencies."""
    siblings = answer(found.project("demo", pin=pin)).releases[Version(version)]
    return siblings[0], answer(found.metadata(siblings[0], siblings))


def files(index) -> list[tuple[str, bool]]:
    """Which files were asked for, and whether a part of it."""
    return [(each.path, "range" in each.headers) for each in index.log if each.path.startswith("/files/")]


@pytest.mark.parametrize("pin", [None, Version("1.0")])
@pytest.mark.parametrize("payload", [None, {"demo/data.json": NOISE}])
def test_a_wheel_that_is_looked_into_costs_one_request(ask, index, store, payload, pin):
    add(store, payload=payload)
    with ask() as found:
        file, metadata = told(found, pin=pin)
        assert metadata.requires_dist == ("other>=2",)
        assert isinstance(answer(found.wheel(file)), ArchiveContents)
    assert files(index) == [(WHEEL, True)]


@pytest.mark.parametrize("pin", [None, Version("1.0")])
def test_who_looks_into_nothing_asks_for_the_metadata_file(ask, index, store, pin):
    add(store, payload={"demo/data.json": NOISE})
    with ask(looked_into=False) as found:
        assert told(found, pin=pin)[1].requires_dist == ("other>=2",)
    assert files(index) == [(f"{WHEEL}.metadata", False)]


def test_it_says_the_same_as_the_metadata_file(ask, store):
    add(store)
    with ask(mode="off") as one, ask(mode="off", looked_into=False) as other:
        assert told(one) == told(other)


@pytest.mark.parametrize("where", ["many files behind it", "a large wheel"])
def test_where_the_end_does_not_reach_it_the_metadata_file_is_asked_for(ask, index, store, where):
    many = {f"demo/{number:05}": b"" for number in range(2_000)}
    add(store, payload=many if where == "many files behind it" else {"demo/data.json": bytes(NOISE) * 100})
    with ask() as found:
        file, metadata = told(found)
        assert metadata.requires_dist == ("other>=2",)
        assert isinstance(answer(found.wheel(file)), ArchiveContents)
    assert (f"{WHEEL}.metadata", False) in files(index)


def test_a_search_that_goes_back_asks_for_small_files(ask, index, store):
    """A project's first version is likely to stay; of hundreds that are tried after it one is."""
    for version in ("3.0", "2.0", "1.0"):
        add(store, version, payload={"demo/data.json": NOISE})
    with ask() as found:
        for version in ("3.0", "2.0", "1.0"):
            assert told(found, version)[1].requires_dist == ("other>=2",)
    assert [path.removeprefix("/files/demo-") for path, _ in files(index)] == [
        "3.0-py3-none-any.whl",
        "2.0-py3-none-any.whl.metadata",
        "1.0-py3-none-any.whl.metadata",
    ]


def test_both_wheels_of_the_first_version_are_read_at_their_ends(ask, index, store):
    tags = ("cp313-cp313-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_aarch64")
    add(store, tags=tags)
    with ask() as found:
        siblings = answer(found.project("demo")).releases[Version("1.0")]
        for file in siblings:
            assert isinstance(answer(found.metadata(file, siblings)), Metadata)
    assert [part for _, part in files(index)] == [True, True]


def test_another_metadata_than_the_page_promises_is_not_taken(ask, index, store):
    """The wheel's own differs from the one that the page has the hash of: whoever promised it is asked."""
    add(store)
    other = Store()
    other.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["evil"])
    whole = other._files["demo-1.0-py3-none-any.whl"].build()
    index.fail(Failure(pattern="*.whl", body=whole))
    with ask() as found:
        assert told(found)[1].requires_dist == ("other>=2",)
    with ask(mode="off", looked_into=False) as found:
        assert told(found)[1].requires_dist == ("other>=2",)


@pytest.mark.parametrize(
    "failure",
    [
        Failure(pattern="*.whl", status=500),
        Failure(pattern="*.whl", status=404),
        Failure(pattern="*.whl", status=416),
        Failure(pattern="*.whl", body=b"no zip" * 50),
        Failure(pattern="*.whl", body=b""),
    ],
)
def test_where_the_wheel_cannot_be_had_the_metadata_file_tells(ask, index, store, failure):
    add(store)
    index.fail(failure)
    with ask() as found:
        assert told(found)[1].requires_dist == ("other>=2",)
    with ask(mode="off", looked_into=False) as found:
        assert told(found)[1].requires_dist == ("other>=2",)


def test_where_neither_can_be_had_it_is_unknown(ask, index, store):
    add(store)
    index.fail(Failure(pattern="*.whl*", status=500))
    with ask() as found:
        metadata = told(found)[1]
    assert isinstance(metadata, Unavailable)
    assert metadata.incomplete


def test_a_host_that_gives_no_parts_is_not_asked_for_ends(ask, index, store):
    index.features = Features(ranges=False)
    for version in ("1.0", "2.0"):
        add(store, version, payload={"demo/data.json": NOISE})
    store.add("other", "1", wheels=["py3-none-any"], payload={"other/data.json": NOISE})
    with ask() as found:
        assert told(found)[1].requires_dist == ("other>=2",)
        siblings = answer(found.project("other")).releases[Version("1")]
        assert isinstance(answer(found.metadata(siblings[0], siblings)), Metadata)
    assert [path.endswith(".metadata") for path, _ in files(index)] == [False, True, True]


def test_what_the_end_told_is_kept(ask, index, store):
    add(store)
    with ask() as found:
        before = told(found)
    asked = len(files(index))
    with ask() as found:
        assert told(found) == before
    assert len(files(index)) == asked
