"""The worker that asks the index: as a process it answers as in a thread, and it outlives nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from archcheck.index.cache.store import Cache
from archcheck.index.config.settings import IndexSettings
from archcheck.index.http.addresses import Credential
from archcheck.index.http.messages import Reply, Unavailable
from archcheck.index.model import Metadata, Project
from archcheck.index.network import NetworkIndex
from archcheck.index.worker import process
from archcheck.index.worker.messages import (
    Done,
    Errand,
    Frames,
    Part,
    Reading,
    Ready,
    decode_down,
    decode_up,
    framed,
)
from archcheck.index.worker.program import Worker
from archcheck.manifest.manifest import UrlSource
from tests.loopback import Failure, Features

X86 = "cp313-cp313-manylinux_2_17_x86_64"
POSIX = pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="this system has no posix_spawn")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and file names of any bytes")


@pytest.fixture
def demo(store):
    store.add("demo", "1.0", wheels=["py3-none-any", X86], requires_dist=["other>=2"])
    store.add("demo", "2.0", sdist=True, requires_dist=["other>=3"])
    store.add("big", "1.0", wheels=["py3-none-any"], requires_dist=["demo"])
    store.add("plain", "1.0", wheels=["py3-none-any"])
    return store


@pytest.fixture
def ask(index, tmp_path):
    """Open a `NetworkIndex` over the loopback index, with one cache for the whole test."""

    @contextmanager
    def opened(*, cache="cache", mode="normal", **settings):
        chosen = IndexSettings(
            **{"index_url": index.url.rstrip("/"), "timeout": 1.0, "retries": 0, **settings}
        )
        with NetworkIndex(chosen, Cache(tmp_path / cache, mode=mode)) as found:
            yield found

    return opened


@pytest.fixture
def started(monkeypatch):
    """The processes that are started while the test runs, also where there is one processor alone."""
    monkeypatch.setattr(process, "_possible", lambda: True)
    found = []
    start = process.Process.start.__func__

    def noted(cls):
        found.append(start(cls))
        return found[-1]

    monkeypatch.setattr(process.Process, "start", classmethod(noted))
    return found


def is_alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def ends(number, patience=5.0):
    """Return whether the process *number* ends within *patience* seconds."""
    until = time.monotonic() + patience
    while is_alive(number) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(number)


def pipes():
    """Return the pipes that this process has open."""

    def target(path):
        try:
            return str(path.readlink())
        except FileNotFoundError:  # the folder was being read through it
            return ""

    return {link for link in map(target, Path("/proc/self/fd").iterdir()) if link.startswith("pipe:")}


def everything(found):
    """Ask *found* for one of each kind of answer."""
    project = found.project("demo").result(10)
    wheels = [file for file in project.files if file.is_wheel]
    (sdist,) = project.releases[Version("2.0")]
    big = found.project("big", pin=Version("1.0")).result(10)
    return [
        list(project.files),
        [found.metadata(wheel, ()).result(10) for wheel in wheels],
        found.metadata(sdist, (sdist,)).result(10),
        found.sdist(sdist).result(10),
        list(big.files),
        big.hint,
        found.project("none").result(10),
        found.direct(UrlSource(url=wheels[0].url)).result(10),
    ]


# --- the same answers


@POSIX
@pytest.mark.parametrize("mode", ["normal", "off", "refresh"])
@pytest.mark.parametrize(
    "features",
    [
        Features(),
        Features(json_pages=False, gzip=False),
        Features(metadata_files=False, ranges=True),
        Features(metadata_files=False, ranges=False),
    ],
    ids=["full", "html", "ranges", "bare"],
)
def test_a_process_answers_as_a_thread_does(ask, demo, features, mode, request):
    index = request.getfixturevalue("index")
    index.features = features
    with ask(cache="thread", mode=mode) as found:
        expected = everything(found)
        requests = found.stats.requests
    processes = request.getfixturevalue("started")
    with ask(cache="process", mode=mode) as found:
        assert everything(found) == expected
        assert found.stats.requests == requests
        assert found.stats.received > 0
        assert found.warnings == ()
    assert len(processes) == 1


@POSIX
def test_documents_are_kept_by_the_process_and_fresh_for_the_next(ask, index, demo, started, tmp_path):
    index.features = Features(max_age=600)
    with ask() as found:
        first = found.project("demo").result(10)
    seen = len(index.log)
    with ask() as found:
        assert found.project("demo").result(10) == first
        assert found.stats.cache_hits == 1
    assert len(index.log) == seen
    assert len(started) == 1  # the second had nothing to ask


@POSIX
def test_a_cache_that_cannot_be_written_is_said_once(ask, index, demo, started, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with ask() as found:
        assert isinstance(found.project("demo").result(10), Project)
        (warning,) = found.warnings
    assert warning.startswith("the cache is off:")


@POSIX
def test_what_somebody_clears_meanwhile_is_asked_for_again(ask, index, demo, started, monkeypatch):
    with ask() as found:
        monkeypatch.setattr(found._documents.cache, "get", lambda *_, **__: None)
        assert isinstance(found.project("demo").result(10), Project)
    assert index.paths == ["/simple/demo/", "/simple/demo/"]


@POSIX
def test_a_password_that_comes_later_reaches_the_process(ask, index, demo, started):
    with ask() as found:
        wheel = found.project("demo").result(10).files[0]
        source = UrlSource(url=wheel.url.replace("://", "://user:secret@"))
        found.direct(source).result(10)
    given = [request.headers.get("authorization", "") for request in index.log]
    assert given[0] == ""
    assert given[-1].startswith("Basic ")


KEYRING = """
import time
def get_credential(service, username):
    print("unlock the keyring")
    time.sleep(60)
"""


@POSIX
@pytest.mark.usefixtures("started")
def test_what_a_keyring_prints_is_shown_while_it_waits(ask, index, monkeypatch, tmp_path, capfd):
    (tmp_path / "keyring.py").write_text(KEYRING)
    monkeypatch.syspath_prepend(tmp_path)
    index.fail(Failure(pattern="*", status=401))
    shown = ""
    with ask(keyring="import", timeout=30) as found:
        found.project("demo")
        until = time.monotonic() + 10
        while not shown and time.monotonic() < until:
            time.sleep(0.02)
            shown += capfd.readouterr().err
    assert shown == "unlock the keyring\n"


# --- the end


@POSIX
def test_it_ends_with_the_index(ask, index, demo, started):
    with ask() as found:
        found.project("demo").result(10)
        (worker,) = started
        assert is_alive(worker._number)
    assert not is_alive(worker._number)


@POSIX
def test_close_gives_up_what_is_under_way(ask, index, demo, started):
    index.fail(Failure(pattern="*", hang=30))
    with ask(timeout=30) as found:
        waiting = [found.project(name) for name in ("demo", "other")]
        while not index.log:
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    for future in waiting:
        with pytest.raises(CancelledError):
            future.result(1)
    assert not is_alive(started[0]._number)


@POSIX
def test_one_that_is_killed_leaves_nobody_waiting(ask, index, demo, started):
    index.fail(Failure(pattern="/simple/demo/", hang=30))
    with ask(timeout=30) as found:
        future = found.project("demo")
        while not index.log:
            time.sleep(0.01)
        os.kill(started[0]._number, signal.SIGKILL)
        answers = [future.result(5), found.project("other").result(5)]
    for answer in answers:
        assert answer == Unavailable(
            reason="the process that asks the index ended before it had answered", incomplete=True
        )
    assert len(started) == 1


@POSIX
@pytest.mark.parametrize(
    "program",
    [
        "import no_such_module",
        "import os; os.close(1)",
        r"import os, time; os.write(1, b'\0\0\0\1\xc1'); time.sleep(60)",
    ],
)
def test_where_none_can_begin_a_thread_does_it(ask, demo, started, monkeypatch, program):
    monkeypatch.setattr(process, "_PROGRAM", program)
    with ask() as found:
        asked = [found.project(name) for name in ("demo", "big")]
        assert all(isinstance(future.result(10), Project) for future in asked)
    assert len(started) == 1
    assert ends(started[0]._number)


@POSIX
@LINUX
def test_one_that_cannot_begin_is_silent_and_leaves_no_pipes(ask, demo, started, monkeypatch, capfd):
    before = pipes()
    monkeypatch.setattr(process, "_PROGRAM", "import no_such_module")
    with ask() as found:
        found.project("demo").result(10)
        assert pipes() - before == set()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("executable", ["", "/no/such/python", "/usr/sbin/uwsgi"])
def test_where_nothing_can_be_started_a_thread_does_it(ask, index, demo, monkeypatch, executable):
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", executable)
    assert process.Process.start() is None
    with ask() as found:
        assert isinstance(found.project("demo").result(10), Project)


@LINUX
def test_a_path_that_is_no_text_goes_to_a_thread(ask, demo, started, tmp_path):
    with ask(cache="\udcff") as found:
        assert isinstance(found.project("demo").result(10), Project)
    assert list((tmp_path / "\udcff").rglob("*.entry"))
    assert started == []


@POSIX
def test_where_one_thread_more_is_all_that_there_may_be(ask, demo, started, monkeypatch):
    listen = process.Process.listen

    def refused(_):
        raise RuntimeError("can't start new thread")

    def without_threads(self, *told):
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refused)
            listen(self, *told)

    monkeypatch.setattr(process.Process, "listen", without_threads)
    with ask() as found:
        assert isinstance(found.project("demo").result(10), Project)
        assert not is_alive(started[0]._number)


@POSIX
def test_what_is_no_place_on_the_path_is_passed_over(ask, demo, started, monkeypatch):
    monkeypatch.setattr(sys, "path", [None, Path("no-such-folder"), *sys.path])
    with ask() as found:
        assert isinstance(found.project("demo").result(10), Project)
    assert None not in started


@pytest.mark.parametrize("mode", ["0", "1"])
def test_a_process_has_the_same_encoding_of_paths(mode):
    program = "from archcheck.index.worker import process; print(process._flags())"
    done = subprocess.run(
        [sys.executable, "-X", f"utf8={mode}", "-c", program], capture_output=True, check=True
    )
    assert f"'-X', 'utf8={mode}'".encode() in done.stdout


@POSIX
def test_one_that_hangs_is_ended_all_the_same(started, monkeypatch):
    monkeypatch.setattr(process, "_PROGRAM", "import time; time.sleep(60)")
    worker = process.Process.start()
    worker.listen(lambda _: None, lambda: None)
    began = time.monotonic()
    worker.close()
    assert time.monotonic() - began < 3
    assert not is_alive(worker._number)


@POSIX
def test_one_that_is_stopped_keeps_nobody_from_closing(ask, demo, started):
    with ask() as found:
        found.project("demo").result(10)
        os.kill(started[0]._number, signal.SIGSTOP)
        waiting = []
        asking = threading.Thread(
            target=lambda: waiting.extend(found.project(f"name-{number}") for number in range(3000))
        )
        asking.start()
        time.sleep(0.3)  # the pipe is full by then
        assert asking.is_alive()
        began = time.monotonic()
    assert time.monotonic() - began < 3
    asking.join(10)
    assert all(isinstance(future.exception(1), CancelledError) for future in waiting)
    assert not is_alive(started[0]._number)


@POSIX
def test_one_that_is_told_nonsense_ends(ask, index, demo, started):
    index.fail(Failure(pattern="*", hang=30))
    with ask(timeout=30) as found:
        future = found.project("demo")
        while not index.log:
            time.sleep(0.01)
        started[0].say(b"\0\0\0\1\xc1")
        answer = future.result(5)
    assert isinstance(answer, Unavailable)


@POSIX
def test_one_started_ahead_is_taken_or_dismissed(started):
    process.start_ahead()
    process.start_ahead()
    taken = process.take()
    assert taken in started
    process.dismiss()
    (other,) = set(started) - {taken}
    assert not is_alive(other._number)
    assert is_alive(taken._number)
    taken.close()


@POSIX
@LINUX
def test_no_pipes_are_left(ask, demo, started):
    before = pipes()
    for _ in range(2):
        with ask(mode="refresh") as found:
            found.project("demo").result(10)
            assert len(pipes() - before) == 2
    assert pipes() - before == set()
    assert len(started) == 2


LONG = """
import sys, time
from pathlib import Path
from archcheck.index.worker import process
from archcheck.index.cache.store import Cache
from archcheck.index.network import NetworkIndex
from archcheck.index.config.settings import IndexSettings
process._possible = lambda: True
start = process.Process.start
def noted():
    found = start()
    print(found._number, flush=True)
    return found
process.Process.start = noted
with NetworkIndex(IndexSettings(index_url=sys.argv[1], timeout=60), Cache(Path(sys.argv[2]))) as index:
    index.project("demo").result(60)
"""


@POSIX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_when_the_run_is_ended(index, demo, tmp_path, how):
    index.fail(Failure(pattern="*", hang=60))
    with subprocess.Popen(
        [sys.executable, "-c", LONG, index.url, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        worker = int(run.stdout.readline())
        while not index.log:
            time.sleep(0.01)
        os.killpg(run.pid, how) if how == signal.SIGINT else run.kill()  # Ctrl-C goes to all in the terminal
        errors = run.communicate(timeout=10)[1]
    assert ends(worker)
    assert errors.count("Traceback") == (how == signal.SIGINT)  # the run's own; the worker says nothing


@POSIX
def test_standard_streams_that_are_closed(index, demo, tmp_path):
    (tmp_path / "requirements.txt").write_text("plain\n")
    command = f"{sys.executable} -m archcheck requirements.txt --json --exit-zero --cache-dir c --index-url {index.url}"
    done = subprocess.run(["sh", "-c", f"{command} <&- 2>&-"], cwd=tmp_path, capture_output=True, check=False)
    assert json.loads(done.stdout)["complete"]


# --- one at a time


def test_a_fault_of_ours_in_the_worker_is_raised_where_the_answer_is_asked_for(ask, demo, monkeypatch):
    async def faulty(*_):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(Worker, "_ask", faulty)
    with ask() as found, pytest.raises(RuntimeError) as caught:
        found.project("demo").result(5)
    assert str(caught.value) == "ZeroDivisionError: of all things"
    assert "in faulty" in "".join(caught.value.__notes__)


def test_a_thread_that_cannot_begin_leaves_nobody_waiting(ask, demo, monkeypatch):
    monkeypatch.setitem(sys.modules, "archcheck.index.worker.program", None)
    with ask() as found:
        with pytest.raises(RuntimeError, match="ModuleNotFoundError"):
            found.project("demo").result(5)
        assert isinstance(found.project("other").result(5), Unavailable)


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


def test_a_download_for_which_there_is_no_room(ask, index, demo, monkeypatch):
    with ask() as found:
        (sdist,) = found.project("demo").result(5).releases[Version("2.0")]
        monkeypatch.setattr("archcheck.index.metadata.downloads.spool", Full)
        answer = found.sdist(sdist).result(5)
    assert answer == Unavailable(
        reason="what was downloaded cannot be kept: No space left on device", incomplete=True
    )


@POSIX
@pytest.mark.parametrize("part", [True, False])
def test_a_body_that_comes_again_is_not_mixed_with_the_first_attempt(ask, index, demo, started, part):
    index.features = Features(metadata_files=False, ranges=False)
    with ask(retries=2) as found:
        wheel = found.project("big").result(10).files[0]
        index.fail(Failure(pattern="*.whl", times=1, cut_off=0.5 if part else 0.0))
        answer = found.metadata(wheel, ()).result(20)
    assert isinstance(answer, Metadata)
    assert answer.requires_dist == ("demo",)


# --- messages


MESSAGES = [
    Ready(),
    Part(3, b"abc", again=True),
    Done(7, 1, 2, reply=Reply(status=200, url="https://index.example/", headers={"a": "b"}, body=b"x" * 300)),
    Done(8, 1, 2, failure=Unavailable(reason="no", incomplete=True)),
    Done(9, 1, 2, fault="Traceback"),
]


@given(st.lists(st.sampled_from(MESSAGES)), st.lists(st.integers(1, 40)))
def test_messages_survive_however_the_pipe_cuts_them(messages, cuts):
    stream = b"".join(map(framed, messages))
    frames, found = Frames(), []
    for length in [*cuts, len(stream)]:
        found += [decode_up(frame) for frame in frames.feed(stream[:length])]
        stream = stream[length:]
    assert found == messages


def test_an_errand_arrives_as_it_was_given():
    errand = Errand(
        1, "https://index.example/", {"Accept": "*/*"}, 5, reading=Reading("page", "u", name="demo")
    )
    (frame,) = Frames().feed(framed(errand))
    assert decode_down(frame) == errand


def test_passwords_are_not_shown():
    access = IndexSettings(
        index_url="https://index.example/",
        proxy="http://user:secret@proxy.example",
        credentials=(Credential("https://index.example/", "user", "secret"),),
    ).access
    assert "secret" not in repr(access)
