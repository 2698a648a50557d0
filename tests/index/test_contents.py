"""What wheels hold, asked of the loopback index: which parts of them, how often, and what comes of it."""

from __future__ import annotations

import random
from contextlib import contextmanager
from functools import partial

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, Wanted
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from archcheck.index.contents import wheels
from archcheck.index.contents.bytes import SMALL
from archcheck.index.model import IndexFile, Unavailable
from tests.binaries.elves import elf, zipped
from tests.binaries.real_wheels import recorded, said, with_zeros
from tests.loopback import Failure, Features
from tests.loopback.store import StoredFile
from tests.patience import PATIENCE, answer

FILENAME = "demo-1.0-cp313-cp313-manylinux_2_17_aarch64.whl"
NOISE = random.Random(2).randbytes(6_000_000)  # does not compress
VERSIONS = {"libc.so.6": ("GLIBC_2.17", "GLIBC_2.28")}
SMALL_ONE = elf(versions=VERSIONS, needed=("libGL.so.1", "libc.so.6"), filling=NOISE[:300_000])
LATE_ONE = elf(versions={}, needed=("libpq.so.5",), filling=NOISE[:200_000])


@pytest.fixture(autouse=True)
def _no_netrc(monkeypatch, tmp_path):
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


def offer(store, files, *, filename=FILENAME) -> bytes:
    """Put a wheel with *files* on the index, and return its bytes."""
    data = zipped({**files, "demo-1.0.dist-info/METADATA": b"Name: demo\nVersion: 1.0\n"})
    store.insert("demo", [StoredFile(filename=filename, version="1.0", build=lambda: data)])
    return data


@pytest.fixture
def large(store) -> bytes:
    """A wheel of 6.5 MB with two libraries at its beginning and its end."""
    return offer(store, {"demo/a.so": SMALL_ONE, "demo/model.bin": NOISE, "demo/b.so": LATE_ONE})


@pytest.fixture
def ask(index, tmp_path):
    """Open an `IndexClient` over the loopback index, with one cache for the whole test."""

    @contextmanager
    def opened(*, mode="normal", **settings):
        chosen = IndexSettings(
            **{"index_url": index.url.rstrip("/"), "timeout": PATIENCE, "retries": 0, **settings}
        )
        with IndexClient(chosen, Cache(tmp_path / "cache", mode=mode)) as found:
            yield found

    return opened


def file_of(found) -> IndexFile:
    return answer(found.project("demo")).files[0]


def ranges(index) -> list[str]:
    return [
        request.headers.get("range", "all") for request in index.log if request.path.startswith("/files/")
    ]


def wanted(**whole: bool) -> tuple[Wanted, ...]:
    return tuple(Wanted(path=f"demo/{name}.so", whole=whole) for name, whole in whole.items())


def needs(contents) -> dict[str, tuple[str | None, tuple[str, ...]] | str | None]:
    assert isinstance(contents, ArchiveContents)
    return {
        each.path: (each.needs.glibc, each.needs.libraries) if each.needs else each.unread
        for each in contents.natives
    }


def test_a_wheel_costs_its_table_of_contents_and_some_heads(ask, index, large):
    with ask() as found:
        contents = answer(found.wheel(file_of(found)))
        assert found.stats.inspected < 30_000
    assert [(each.path, each.machine) for each in contents.natives] == [
        ("demo/a.so", "aarch64"),
        ("demo/b.so", "aarch64"),
    ]
    assert contents.packed == len(large)
    assert {each.unread for each in contents.natives} == {"its first bytes alone were read"}
    assert len(ranges(index)) == 3
    assert sum(len(request.path) > 0 for request in index.log) == 4


@pytest.mark.parametrize("files", [{"demo/model.bin": NOISE}, {}, {f"demo/{n}": b"" for n in range(9000)}])
def test_what_was_read_for_its_metadata_is_not_read_again(ask, index, store, files):
    """Where no metadata files stand beside the wheels, the table of contents is known by then."""
    index.features = Features(metadata_files=False)
    offer(store, {"demo/a.so": SMALL_ONE, **files})
    with ask() as found:
        file = file_of(found)
        answer(found.metadata(file, (file,)))
        asked = len(ranges(index))
        contents = answer(found.wheel(file))
        assert len(ranges(index)) == asked + 1  # the head
    with ask(mode="off") as found:
        assert answer(found.wheel(file)) == contents


def test_a_small_wheel_costs_one_request(ask, index, store):
    offer(store, {"demo/a.so": elf(versions=VERSIONS)})
    with ask() as found:
        assert len(answer(found.wheel(file_of(found))).natives) == 1
    assert len(ranges(index)) == 1


def test_what_is_wanted_is_read_as_far_as_it_is_wanted(ask, index, large):
    with ask() as found:
        file = file_of(found)
        contents = answer(found.wheel(file, wanted(a=False, b=False)))
        assert needs(contents) == {"demo/a.so": ("2.28", ()), "demo/b.so": "its first 64 KiB do not tell"}
        assert found.stats.inspected < 130_000
        contents = answer(found.wheel(file, wanted(a=True, b=True)))
        assert needs(contents) == {
            "demo/a.so": ("2.28", ("libGL.so.1", "libc.so.6")),
            "demo/b.so": (None, ("libpq.so.5",)),
        }
        assert {each.unread for each in contents.natives} == {None}
        contents = answer(found.wheel(file, wanted(b=True)))
        assert needs(contents)["demo/a.so"] == "its first bytes alone were read"
        assert needs(contents)["demo/b.so"] == (None, ("libpq.so.5",))


def test_facts_are_kept_for_ever_and_each_by_what_was_asked(ask, index, large):
    """A run that may read little says the same after one that read all of it."""
    asked = (wanted(a=True, b=True), wanted(a=False), ())
    with ask() as found:
        file = file_of(found)
        first = [answer(found.wheel(file, each)) for each in asked]
    index.log.clear()
    with ask(mode="offline") as found:
        assert [answer(found.wheel(file, each)) for each in asked] == first
    with ask(mode="off") as found:
        assert [answer(found.wheel(file, each)) for each in reversed(asked)] == first[::-1]
    assert [each for each in ranges(index) if each == "all"] == []


def test_so_are_those_of_a_wheel_with_very_many_native_files(ask, index, store):
    paths = [f"demo/{'folder/' * 9}module_{n}.so" for n in range(300)]
    offer(store, {path: elf(versions=VERSIONS) for path in paths})
    everything = tuple(Wanted(path=path, whole=True) for path in paths)
    with ask() as found:
        file = file_of(found)
        first = answer(found.wheel(file, everything))
    assert needs(first)[paths[-1]] == ("2.28", ("libc.so.6",))
    index.log.clear()
    with ask() as found:
        assert answer(found.wheel(file, everything)) == first
    assert ranges(index) == []


def test_another_run_needs_no_table_of_contents_again(ask, index, large):
    with ask() as found:
        file = file_of(found)
        answer(found.wheel(file))
    index.log.clear()
    with ask() as found:
        assert needs(answer(found.wheel(file, wanted(a=False))))["demo/a.so"] == ("2.28", ())
    assert len(ranges(index)) == 1


def test_without_a_hash_nothing_is_kept(ask, index, large):
    with ask() as found:
        file = replace(file_of(found), hashes=())
        answer(found.wheel(file))
    before = len(index.log)
    with ask() as found:
        answer(found.wheel(file))
    assert len(index.log) > before


def test_openings_tell_of_most_files_what_they_need_in_one_round(ask, index, large):
    """Of a file as short as that they tell all; and what is asked for further builds on them."""
    with ask() as found:
        file = file_of(found)
        contents = answer(found.wheel(file, depth="openings"))
        assert needs(contents) == {"demo/a.so": ("2.28", ()), "demo/b.so": "its first bytes alone were read"}
        assert len(ranges(index)) == 3  # the end, and two openings
        contents = answer(found.wheel(file, wanted(b=True), depth="openings"))
        assert needs(contents) == {"demo/a.so": ("2.28", ()), "demo/b.so": (None, ("libpq.so.5",))}
        assert len(ranges(index)) == 4
        assert needs(answer(found.wheel(file)))["demo/a.so"] == "its first bytes alone were read"


@pytest.mark.parametrize(("count", "glibc"), [(256, "2.28"), (257, None)])
@pytest.mark.no_cover
def test_of_too_many_files_heads_alone_are_read(ask, store, count, glibc):
    offer(store, {f"demo/m{n}.so": elf(versions=VERSIONS, filling=NOISE[:9000]) for n in range(count)})
    with ask() as found:
        contents = answer(found.wheel(file_of(found), depth="openings"))
    assert {each.needs.glibc if each.needs else None for each in contents.natives} == {glibc}


def test_a_file_with_very_many_symbols_is_read_deeper(ask, index, store):
    """duckdb's needs stand behind 400 kB of names: so much is read of its 22 MB, and no more."""
    names = [NOISE[n : n + 12].hex() for n in range(0, 240_000, 12)]
    late = elf(versions=VERSIONS, symbols=names, symbols_first=True, filling=NOISE[:3_000_000])
    offer(store, {"demo/a.so": late})
    with ask() as found:
        file = file_of(found)
        assert (
            needs(answer(found.wheel(file, wanted(a=False))))["demo/a.so"] == "its first 64 KiB do not tell"
        )
        before = found.stats.inspected
        deep = Wanted(path="demo/a.so", whole=False, deep=True)
        assert needs(answer(found.wheel(file, (deep,))))["demo/a.so"] == ("2.28", ())
        assert found.stats.inspected - before < 540_000


@pytest.mark.no_cover
def test_two_hundred_heads_are_had_at_once(ask, index, store):
    files = {f"demo/m{n}.so": elf(filling=NOISE[n * 9000 :][:40_000]) for n in range(200)}
    offer(store, {"demo/model.bin": NOISE, **files})
    with ask() as found:
        file = file_of(found)
        index.log.clear()
        contents = answer(found.wheel(file))
        assert len(contents.natives) == 200
        assert found.stats.inspected < 300_000


@pytest.mark.parametrize("size", [True, False])
def test_a_host_without_ranges(ask, index, store, size):
    """A small wheel is downloaded as a whole, a large one is not; and then no other is asked for."""
    index.features = Features(ranges=False)
    offer(store, {"demo/a.so": SMALL_ONE})
    offer(store, {"demo/a.so": SMALL_ONE, "m.bin": NOISE}, filename=FILENAME.replace("aarch64", "x86_64"))
    with ask() as found:
        small, large = (
            replace(each, size=each.size if size else None) for each in answer(found.project("demo")).files
        )
        for file in (large, small, large):
            contents = answer(found.wheel(file, wanted(a=True) if file is small else ()))
            if file is small:
                assert needs(contents) == {"demo/a.so": ("2.28", ("libGL.so.1", "libc.so.6"))}
            else:
                assert isinstance(contents, Unavailable)
                assert not contents.incomplete
                assert "127.0.0.1" in contents.reason
                assert "gives no parts of files" in contents.reason
        assert found.stats.received < 2 * SMALL
    with ask() as found:  # and so it is where the first look is remembered
        assert needs(answer(found.wheel(small, wanted(a=False)))) == {"demo/a.so": ("2.28", ())}


def test_a_wheel_on_disk(ask, index, tmp_path, large):
    path = tmp_path / FILENAME
    path.write_bytes(large)
    with ask() as found:
        file = IndexFile(filename=FILENAME, url=path.as_uri(), size=len(large))
        contents = answer(found.wheel(file, wanted(a=True, b=False)))
    assert needs(contents) == {
        "demo/a.so": ("2.28", ("libGL.so.1", "libc.so.6")),
        "demo/b.so": "its first 64 KiB do not tell",
    }
    assert index.log == []


@pytest.mark.parametrize(
    ("failure", "words", "incomplete"),
    [
        (Failure(pattern="/files/*", status=404, body=b""), "answered 404", True),
        (Failure(pattern="/files/*", status=500, body=b""), "answered 500", True),
        (
            Failure(pattern="/files/*", headers={"Content-Range": "bytes 0-1/17"}),
            "no readable zip file",
            False,
        ),
        (Failure(pattern="/files/*", cut_off=0.5), "broke off", True),
        (Failure(pattern="/files/*", body=b"<h1>Welcome</h1>"), "other bytes came", True),
    ],
)
def test_what_cannot_be_had_is_said(ask, index, store, failure, words, incomplete):  # noqa: PLR0917
    offer(store, {"demo/a.so": SMALL_ONE, "demo/model.bin": NOISE})
    with ask() as found:
        file = file_of(found)
        index.fail(failure)
        contents = answer(found.wheel(file, wanted(a=True)))
    assert isinstance(contents, Unavailable)
    assert words in contents.reason
    assert contents.incomplete is incomplete


def test_a_file_that_has_changed_meanwhile(ask, index, store, large):
    with ask() as found:
        file = file_of(found)
        answer(found.wheel(file))
        store._files.clear()
        offer(store, {"demo/a.so": LATE_ONE, "demo/model.bin": NOISE[::2]})
        contents = answer(found.wheel(file, wanted(a=True)))
    assert isinstance(contents, Unavailable)
    assert "other bytes came" in contents.reason


def test_what_is_no_wheel_or_nowhere(ask, index, tmp_path):
    (tmp_path / FILENAME).write_bytes(b"no zip file")
    with ask() as found:
        broken = IndexFile(filename=FILENAME, url=(tmp_path / FILENAME).as_uri())
        nowhere = IndexFile(filename=FILENAME, url=FILENAME)
        absent = IndexFile(filename=FILENAME, url=(tmp_path / "absent.whl").as_uri())
        answers = [answer(found.wheel(each)) for each in (broken, nowhere, absent)]
    assert all(isinstance(each, Unavailable) for each in answers)
    reasons = [each.reason for each in answers]
    assert "no readable zip file" in reasons[0]
    assert "nothing tells where it is" in reasons[1]
    assert "cannot be read" in reasons[2]


def test_offline_says_that_it_was_not_looked_into(ask, index, large):
    with ask() as found:
        file = file_of(found)
    with ask(mode="offline") as found:
        contents = answer(found.wheel(file))
    assert isinstance(contents, Unavailable)
    assert "--offline" in contents.reason


@pytest.mark.parametrize(
    ("project", "most", "requests"),
    [("numpy", 120_000, 24), ("psycopg2_binary", 90_000, 16), ("pillow", 60_000, 28)],
)
@pytest.mark.no_cover
def test_what_real_wheels_cost(ask, index, store, project, most, requests):  # noqa: PLR0917
    """numpy's table of contents alone has 79 kB."""
    filenames = [each for each in said() if each.startswith(f"{project}-")]
    for filename in filenames:
        build = partial(with_zeros, recorded(filename))
        store.insert(
            "demo", [StoredFile(filename=filename.replace(project, "demo"), version="1", build=build)]
        )
    with ask() as found:
        files = answer(found.project("demo")).files
        assert len(files) == len(filenames) == 2
        for file in files:
            before, asked = found.stats.inspected, len(index.log)
            contents = answer(found.wheel(file))
            assert len(contents.natives) == len(said()[file.filename.replace("demo", project)]["elf"])
            assert found.stats.inspected - before <= most
            assert len(index.log) - asked <= requests


def test_what_the_libc_of_a_real_wheel_costs(ask, index, store):
    """cryptography's needs stand in the first 12 kB of its 4 MB."""
    (filename,) = [each for each in said() if each.startswith("cryptography-") and "aarch64" in each]
    build = partial(with_zeros, recorded(filename))
    store.insert("demo", [StoredFile(filename=FILENAME, version="1", build=build)])
    path = "cryptography/hazmat/bindings/_rust.abi3.so"
    with ask() as found:
        contents = answer(found.wheel(file_of(found), (Wanted(path=path, whole=False),)))
        assert needs(contents) == {path: ("2.28", ())}
        assert found.stats.inspected <= 40_000


def test_what_is_too_much_for_memory_is_read_in_portions(ask, index, large, monkeypatch):
    with ask(mode="off") as found:
        file = file_of(found)
        at_once = answer(found.wheel(file, wanted(a=True, b=True)))
    monkeypatch.setattr(wheels, "_AT_ONCE", 100_000)
    with ask(mode="off") as found:
        assert answer(found.wheel(file, wanted(a=True, b=True))) == at_once


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure(pattern="/files/*", status=403, body=b""), "answered 403"),
        (Failure(pattern="/files/*", status=502, body=b""), "answered 502"),
    ],
)
def test_what_fails_after_the_first_look(ask, index, large, failure, words):
    with ask() as found:
        file = file_of(found)
        answer(found.wheel(file))
        index.fail(failure)
        contents = answer(found.wheel(file, wanted(b=False)))
    assert isinstance(contents, Unavailable)
    assert words in contents.reason


def test_a_host_that_gives_parts_no_more(ask, index, store):
    """Of a small file it may send all; of a large one that is not taken."""
    offer(store, {"demo/a.so": SMALL_ONE[:60_000], "m.bin": NOISE[:1000]})
    offer(store, {"demo/a.so": SMALL_ONE, "m.bin": NOISE}, filename=FILENAME.replace("aarch64", "x86_64"))
    with ask() as found:
        files = sorted(answer(found.project("demo")).files, key=lambda each: each.size or 0)
        for file in files:
            answer(found.wheel(file))
        index.features = Features(ranges=False)
        small, large = (answer(found.wheel(file, wanted(a=False))) for file in files)
    assert needs(small) == {"demo/a.so": ("2.28", ())}
    assert isinstance(large, Unavailable)
    assert "gives no parts" in large.reason
