"""The thread that asks the index: it leaves nobody waiting, whatever becomes of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from contextlib import contextmanager

import pytest
from packaging.version import Version

from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from archcheck.index.http import worker as module
from archcheck.index.http.addresses import Credential
from archcheck.index.http.client import Client
from archcheck.index.http.messages import HttpSettings, Stats, Unavailable
from archcheck.index.http.worker import Worker
from archcheck.index.model import Metadata, Project
from archcheck.manifest.manifest import UrlSource
from tests.loopback import Failure, Features
from tests.loopback.failures import hang
from tests.patience import PATIENCE, answer, eventually


@pytest.fixture
def demo(store):
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other>=2"])
    store.add("demo", "2.0", sdist=True, requires_dist=["other>=3"])
    store.add("big", "1.0", wheels=["py3-none-any"], requires_dist=["demo"])
    return store


@pytest.fixture
def ask(index, tmp_path):
    """Open an `IndexClient` over the loopback index, with one cache for the whole test."""

    @contextmanager
    def opened(**settings):
        chosen = IndexSettings(
            **{"index_url": index.url.rstrip("/"), "timeout": PATIENCE, "retries": 0, **settings}
        )
        with IndexClient(chosen, Cache(tmp_path / "cache")) as found:
            yield found

    return opened


@pytest.fixture
def worker():
    """Return a worker that no address is told of."""
    made = Worker(HttpSettings(), Stats(), jobs=2)
    yield made
    made.close()


def threads():
    return {each.name for each in threading.enumerate() if each.name.startswith("archcheck-index")}


# --- one run


def test_nothing_is_started_before_the_first_question(ask, demo):
    with ask() as found:
        assert threads() == set()
        assert isinstance(answer(found.project("demo")), Project)
        assert threads() == {"archcheck-index", "archcheck-index-watch"}
    for each in threading.enumerate():
        if each.name == "archcheck-index-watch":
            each.join(PATIENCE)
    assert threads() == set()


def test_what_waits_goes_on_in_the_worker_s_thread(ask, demo):
    """Where pages are read: the run has its own work."""
    where = []
    with ask() as found:
        future = found.project("demo")
        future.add_done_callback(lambda _: where.append(threading.current_thread().name))
        answer(future)
    assert set(where) <= {"archcheck-index", "MainThread"}  # the run's own, where the answer was quicker


def test_a_password_that_comes_later_is_used(ask, index, demo):
    with ask() as found:
        wheel = answer(found.project("demo")).files[0]
        source = UrlSource(url=wheel.url.replace("://", "://user:secret@"))
        answer(found.direct(source))
    given = [request.headers.get("authorization", "") for request in index.log]
    assert given[0] == ""
    assert given[-1].startswith("Basic ")


def test_a_body_that_comes_again_is_not_mixed_with_the_first_attempt(ask, index, demo):
    index.features = Features(metadata_files=False, ranges=False)
    with ask(retries=2) as found:
        wheel = answer(found.project("big")).files[0]
        index.fail(Failure(pattern="*.whl", times=1, cut_off=0.5))
        said = answer(found.metadata(wheel, ()))
    assert isinstance(said, Metadata)
    assert said.requires_dist == ("demo",)


class Full:
    """A temporary file on a disk that is full."""

    def write(self, _):
        raise OSError(28, "No space left on device")

    def seek(self, *_):
        return 0

    def truncate(self):
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def close(self):
        return None


def test_a_download_for_which_there_is_no_room(ask, demo, monkeypatch):
    with ask() as found:
        (sdist,) = answer(found.project("demo")).releases[Version("2.0")]
        monkeypatch.setattr("archcheck.index.metadata.downloads.spool", Full)
        said = answer(found.sdist(sdist))
    assert said == Unavailable(
        reason="what was downloaded cannot be kept: No space left on device", incomplete=True
    )


def test_standard_streams_that_are_closed(index, demo, tmp_path):
    (tmp_path / "requirements.txt").write_text("big\n")
    demo.add("other", "3.0", wheels=["py3-none-any"])
    command = f"{sys.executable} -m archcheck requirements.txt --json --exit-zero --cache-dir c --index-url {index.url}"
    done = subprocess.run(["sh", "-c", f"{command} <&- 2>&-"], cwd=tmp_path, capture_output=True, check=False)
    assert json.loads(done.stdout)["complete"]


def test_passwords_are_not_shown():
    settings = IndexSettings(
        index_url="https://index.example/",
        proxy="http://user:secret@proxy.example",
        credentials=(Credential("https://index.example/", "user", "secret"),),
    )
    assert "secret" not in repr(settings)


# --- the end


def test_close_gives_up_what_is_under_way(ask, index, demo):
    index.fail(hang("*"))
    with ask() as found:
        waiting = [found.project(name) for name in ("demo", "other")]
        eventually(lambda: index.log, "a request came")
    for future in waiting:
        with pytest.raises(CancelledError):
            answer(future)


def test_after_the_end_nothing_is_asked(ask, index, demo):
    with ask() as found:
        answer(found.project("demo"))
    seen = len(index.log)
    with pytest.raises(CancelledError):
        answer(found.project("other"))
    assert len(index.log) == seen


def test_whoever_asks_while_it_is_closed_is_answered(ask, demo):
    """From several threads: each answer arrives, or is given up; none is left waiting."""
    asked = []
    with ask() as found:
        answer(found.project("demo"))
        askers = [
            threading.Thread(
                target=lambda part: asked.extend(found.project(f"name-{part}-{n}") for n in range(200)),
                args=(part,),
            )
            for part in range(4)
        ]
        for each in askers:
            each.start()
    for each in askers:
        each.join(PATIENCE)
    assert len(asked) == 800
    for future in asked:
        assert future.exception(PATIENCE) is None or isinstance(future.exception(), CancelledError)


def test_a_loop_that_does_not_turn_is_given_up(ask, demo, monkeypatch):
    """What blocks it neither answers nor dies, and no time-out of the loop's own can count."""
    blocked = threading.Event()

    async def block(*_, **__):
        blocked.wait(PATIENCE)

    monkeypatch.setattr(module, "BEAT", 0.001)
    monkeypatch.setattr(Client, "get", block)
    hangs = Unavailable(reason="the thread that asks the index hangs", incomplete=True)
    with ask() as found:
        assert answer(found.project("demo")) == hangs
        assert answer(found.project("other")) == hangs
        blocked.set()


def test_a_loop_that_turns_is_waited_for(ask, index, demo, monkeypatch):
    """However slow the index is: how long that may take is the client's to say."""
    beats = threading.Semaphore(0)
    turn = Worker._turn

    def counted(self):
        beats.release()
        turn(self)

    monkeypatch.setattr(Worker, "_turn", counted)
    monkeypatch.setattr(module, "BEAT", 0.01)
    monkeypatch.setattr(module, "MISSED_BEATS", 10**9)
    with ask() as found:
        with index.holding():
            future = found.project("demo")
            for _ in range(20):
                assert beats.acquire(timeout=PATIENCE)
            assert not future.done()
        assert isinstance(answer(future), Project)


def test_missed_beats_are_counted_one_after_the_other(worker, monkeypatch):
    """A loop that turns now and then is not given up, however long it goes on like this."""
    monkeypatch.setattr(module, "MISSED_BEATS", 3)
    looks = iter([False] * 6 + [True])  # two looks in vain, then a turn, three times over; then it is closed
    seen = []

    def look(_):
        seen.append(worker._turns)
        worker._turns += len(seen) % 3 == 0
        return next(looks)

    monkeypatch.setattr(worker._closed, "wait", look)
    worker._watch()
    assert worker._ended is None
    assert len(seen) == 7


# --- faults of ours


def test_a_fault_of_ours_is_raised_where_the_answer_is_looked_at(ask, demo, monkeypatch):
    async def faulty(*_, **__):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(Client, "get", faulty)
    with ask() as found, pytest.raises(ZeroDivisionError, match="of all things"):
        answer(found.project("demo"))


def test_a_thread_that_cannot_begin_leaves_nobody_waiting(ask, demo, monkeypatch):
    monkeypatch.setitem(sys.modules, "archcheck.index.http.client", None)
    with ask() as found:
        with pytest.raises(ModuleNotFoundError):
            answer(found.project("demo"))
        assert isinstance(answer(found.project("other")), Unavailable)


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_the_system_lets_no_thread_be_started(ask, demo, monkeypatch, allowed):
    start = threading.Thread.start
    left = iter(range(allowed))

    def refused(self):
        if self.name.startswith("archcheck") and next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refused)
    with ask() as found:
        said = answer(found.project("demo"))
    if allowed:
        assert isinstance(said, Project)
    else:
        assert said == Unavailable(
            reason="the index cannot be asked: can't start new thread", incomplete=True
        )
