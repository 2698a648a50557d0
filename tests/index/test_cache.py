"""The cache on disk: what is believed, what is thrown away, and who may write at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from archcheck.errors import CacheError
from archcheck.index.cache import prune as prune_module
from archcheck.index.cache import store as store_module
from archcheck.index.cache.location import LAYOUT, cache_folder
from archcheck.index.cache.prune import clear, prune
from archcheck.index.cache.store import Cache, Entry
from tests.patience import ended, eventually

URL = "https://index.example/simple/demo/"
NOW = 1_700_000_000.0  # in the past: what was written just now is older than nothing


@pytest.fixture(autouse=True)
def _a_clock_that_stands_still(monkeypatch):
    for module in (store_module, prune_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: NOW))


def put(cache, body=b"body", url=URL, **values):
    cache.put("page", url, body, **{"fresh_until": NOW + 60, "headers": {}, **values})


def entry_file(folder):
    (found,) = folder.glob(f"{LAYOUT}/?/*.entry")
    return found


def test_round_trip(tmp_path):
    cache = Cache(tmp_path)
    assert cache.get("page", URL) is None
    put(cache, headers={"etag": '"1"', "last-modified": "then"}, status=404)
    entry = cache.get("page", URL)
    assert entry is not None
    assert (entry.body, entry.header.status, entry.header.url) == (b"body", 404, URL)
    assert entry.header.validators == {"If-None-Match": '"1"', "If-Modified-Since": "then"}
    assert cache.get("release", URL) is None
    put(cache, b"newer")
    assert Cache(tmp_path).get("page", URL).body == b"newer"
    assert cache.warning is None


def test_files_are_the_users_own(tmp_path):
    put(Cache(tmp_path / "new" / "folder"))
    path = entry_file(tmp_path / "new" / "folder")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("mode", "fresh", "usable"),
    [
        ("normal", 60, True),
        ("normal", -1, False),
        ("normal", float("inf"), True),
        ("refresh", 60, False),
        ("refresh", float("inf"), True),
        ("offline", -1e9, True),
    ],
)
def test_usable_by_mode(tmp_path, mode, fresh, usable):
    put(Cache(tmp_path), fresh_until=NOW + fresh)
    cache = Cache(tmp_path, mode=mode)
    assert cache.usable(cache.get("page", URL).header, NOW) is usable


@pytest.mark.parametrize(("mode", "usable"), [("normal", True), ("refresh", False)])
def test_what_is_stale_and_young_enough_is_usable(tmp_path, mode, usable):
    put(Cache(tmp_path), fresh_until=NOW - 1)
    cache = Cache(tmp_path, mode=mode, max_stale=600)
    entry = cache.get("page", URL)
    assert cache.usable(entry.header, NOW) is usable
    assert not cache.usable(entry.header, NOW + 700)
    assert not cache.usable(entry.header, NOW - 3600)


def test_a_clock_set_back_makes_entries_stale(tmp_path):
    cache = Cache(tmp_path)
    put(cache, fresh_until=NOW + 1e6)
    entry = cache.get("page", URL)
    assert entry.header.is_fresh(NOW)
    assert not entry.header.is_fresh(NOW - 3600)


@pytest.mark.parametrize("mode", ["off", "offline"])
def test_modes_that_write_nothing(tmp_path, mode):
    cache = Cache(tmp_path / "cache", mode=mode)
    put(cache)
    assert not (tmp_path / "cache").exists()
    assert cache.warning is None


def test_off_reads_nothing(tmp_path):
    put(Cache(tmp_path))
    assert Cache(tmp_path, mode="off").get("page", URL) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data + b"more",
        lambda data: b"something else",
        lambda data: data[:11] + b"\xff\xff\xff\xff" + data[15:],
        lambda data: data[:11] + b"\0\0\0\0" + data[15:],
        lambda data: data[:20] + bytes(10) + data[30:],
    ],
)
def test_a_spoilt_entry_is_absent_and_replaced(tmp_path, spoil):
    cache = Cache(tmp_path)
    put(cache)
    path = entry_file(tmp_path)
    path.write_bytes(spoil(path.read_bytes()))
    assert cache.get("page", URL) is None
    put(cache)
    assert cache.get("page", URL).body == b"body"


def test_an_entry_in_another_ones_place_is_absent(tmp_path):
    cache = Cache(tmp_path)
    put(cache)
    data = entry_file(tmp_path).read_bytes()
    other = Path(cache._path("page", URL + "x"))
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(data)
    assert cache.get("page", URL + "x") is None


@given(position=st.integers(min_value=0, max_value=200), value=st.integers(0, 255))
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_no_changed_byte_changes_a_body(tmp_path, position, value):
    cache = Cache(tmp_path)
    put(cache, b"the body")
    path = entry_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[position % len(data)] = value
    path.write_bytes(bytes(data))
    entry = cache.get("page", URL)
    assert entry is None or entry.body == b"the body"


def test_a_folder_that_cannot_be_written_turns_it_off_once(tmp_path):
    (tmp_path / "cache").write_text("a file, not a folder")
    cache = Cache(tmp_path / "cache")
    put(cache)
    put(cache)
    assert cache.warning == f"the cache is off: {tmp_path / 'cache'} cannot be written (Not a directory)"
    assert cache.get("page", URL) is None


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    cache = Cache(tmp_path)
    put(cache)
    real = os.fdopen

    class Full:
        def __init__(self, stream):
            self._stream = stream

        def writelines(self, parts):
            raise OSError(28, "No space left on device")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._stream.close()

    monkeypatch.setattr(os, "fdopen", lambda descriptor, mode: Full(real(descriptor, mode)))
    put(cache, b"newer")
    assert "No space left" in cache.warning
    assert cache.get("page", URL).body == b"body"
    assert not list(tmp_path.rglob("*.tmp"))


WRITER = """
import signal, sys
from pathlib import Path
from archcheck.index.cache.store import Cache, Entry
told = []
signal.signal(signal.SIGTERM, lambda *_: told.append("to end"))
cache = Cache(Path(sys.argv[1]))
while not told:
    cache.put("page", "u", sys.argv[2].encode() * 200_000, fresh_until=1e12, headers={})
assert cache.warning is None
"""


def writer(folder, letter):
    """Start a process that writes the same entry again and again, until it is told to end."""
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), letter], stderr=subprocess.PIPE)


def kept(folder):
    """Return what was written last."""
    entry = Cache(folder).get("page", "u")
    return entry.body if entry else b""


def test_two_processes_write_at_once(tmp_path):
    seen = [b""]

    def have_taken_turns():
        body = kept(tmp_path)
        assert set(body) in (set(), {ord("a")}, {ord("b")})
        if body[:1] != seen[-1]:
            seen.append(body[:1])
        return len(seen) > 20

    with writer(tmp_path, "a") as first, writer(tmp_path, "b") as second:
        try:
            eventually(have_taken_turns, "each is seen to have written, ten times after the other")
        finally:
            for each in (first, second):
                each.terminate()
        assert [ended(each)[1] for each in (first, second)] == [b"", b""]
    assert (first.returncode, second.returncode) == (0, 0)


@pytest.mark.parametrize("time", range(5))
def test_killed_in_the_middle(tmp_path, time):
    with writer(tmp_path, "k") as process:
        eventually(lambda: kept(tmp_path), "it has written")
        process.kill()
    assert kept(tmp_path) == b"k" * 200_000


def test_info_clear_and_what_is_not_ours(tmp_path):
    cache = Cache(tmp_path)
    for number in range(3):
        put(cache, b"x" * 1000, url=f"{URL}{number}")
    shelf = next((tmp_path / LAYOUT).iterdir())
    strangers = [
        tmp_path / "notes.txt",
        tmp_path / LAYOUT / "notes.txt",
        shelf / "notes.entry",
        tmp_path / LAYOUT / "zz" / ("0" * 64 + ".entry"),
        tmp_path / "other" / "ab" / ("0" * 64 + ".entry"),
    ]
    for stranger in strangers:
        stranger.parent.mkdir(parents=True, exist_ok=True)
        stranger.write_text("mine")
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / ("0" * 64 + ".entry")).write_text("mine")
    (tmp_path / LAYOUT / "00").symlink_to(outside)
    (shelf / ("1" * 64 + ".entry")).symlink_to(strangers[0])
    old = tmp_path / "v0" / "ab" / ("0" * 64 + ".entry")
    old.parent.mkdir(parents=True)
    old.write_text("an entry of an older layout")

    assert 3000 < clear(tmp_path) < 6000
    assert clear(tmp_path) == 0
    assert not old.exists()
    assert all(stranger.read_text() == "mine" for stranger in strangers)
    assert (outside / ("0" * 64 + ".entry")).exists()


@pytest.mark.parametrize("tidy", [clear, prune])
def test_nothing_is_left_of_an_older_layout(tmp_path, tidy):
    put(Cache(tmp_path))
    for shelf in ("ab", "runs"):
        old = tmp_path / "v2" / shelf / ("0" * 64 + ".entry")
        old.parent.mkdir(parents=True)
        old.write_bytes(b"old")
    assert tidy(tmp_path) >= 6
    assert not (tmp_path / "v2").exists()
    assert (tmp_path / LAYOUT).exists() == (tidy is prune)


def test_entries_lie_in_few_folders(tmp_path):
    """A cold run writes hundreds of them into a cache without any."""
    cache = Cache(tmp_path)
    for number in range(200):
        put(cache, url=f"{URL}{number}")
    assert len(list((tmp_path / LAYOUT).iterdir())) == 16


def test_prune_by_age_and_size(tmp_path):
    cache = Cache(tmp_path)
    for number in range(4):
        put(cache, b"x" * 1000, url=f"{URL}{number}")
        path = Path(cache._path("page", f"{URL}{number}"))
        os.utime(path, (NOW - 100 * number,) * 2)
    size = path.stat().st_size
    assert prune(tmp_path) == 0
    assert prune(tmp_path, max_age=250) == size
    assert prune(tmp_path, max_bytes=2 * size) == size
    assert [cache.get("page", f"{URL}{number}") is not None for number in range(4)] == [
        True,
        True,
        False,
        False,
    ]


def test_prune_takes_what_a_killed_writer_left(tmp_path):
    cache = Cache(tmp_path)
    put(cache)
    shelf = entry_file(tmp_path).parent
    fresh, abandoned = (shelf / f"{digit * 64}.12-0.tmp" for digit in "12")
    for path in (fresh, abandoned):
        path.write_bytes(b"half")
    os.utime(abandoned, (NOW - 7200,) * 2)
    assert prune(tmp_path) == 4
    assert fresh.exists()
    assert not abandoned.exists()


def test_prune_takes_what_earlier_releases_remembered_of_whole_runs(tmp_path):
    cache = Cache(tmp_path)
    put(cache)
    run = tmp_path / LAYOUT / "runs" / ("0" * 64 + ".run")
    run.parent.mkdir()
    run.write_bytes(b"whole")
    assert prune(tmp_path) == 5
    assert not run.exists()
    assert entry_file(tmp_path).exists()


def test_a_process_of_the_same_number_in_another_container(tmp_path):
    """What it left half written when it was killed is in nobody's way."""
    script = (
        "import os; os.getpid = lambda: 1\n"
        "from pathlib import Path; from archcheck.index.cache.store import Cache\n"
        f"cache = Cache(Path({str(tmp_path)!r}))\n"
    )
    kill = "os.replace = Path.replace = lambda *_: os._exit(9)\n"
    put = f"cache.put('page', {URL!r}, b'body', fresh_until=9e9, headers={{}}); print(cache.warning)"
    killed = subprocess.run([sys.executable, "-c", script + kill + put], check=False)
    assert killed.returncode == 9
    assert len(list(tmp_path.rglob("*.tmp"))) == 1
    done = subprocess.run([sys.executable, "-c", script + put], check=True, capture_output=True, text=True)
    assert done.stdout == "None\n"


def test_a_folder_that_does_not_exist_is_empty(tmp_path):
    none = tmp_path / "none"
    assert (clear(none), prune(none)) == (0, 0)


def test_what_cannot_be_deleted_is_an_error(tmp_path, monkeypatch):
    cache = Cache(tmp_path)
    put(cache)

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "unlink", refuse)
    with pytest.raises(CacheError, match="Permission denied"):
        clear(tmp_path)


def kept_header(cache):
    """Return the header of what is kept, without a look at the body."""
    found = cache.look("page", URL, float("-inf"))
    return found.header if isinstance(found, Entry) else found


def test_of_what_is_past_its_time_the_header_alone_is_read(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"body", fresh_until=NOW - 1, headers={"etag": '"1"'})
    assert cache.look("page", URL, NOW).validators == {"If-None-Match": '"1"'}
    put(cache, b"body", fresh_until=NOW + 60)
    assert cache.look("page", URL, NOW).body == b"body"


def test_what_a_304_renews_keeps_its_body(tmp_path):
    cache = Cache(tmp_path)
    body = b"page " * 500_000
    put(cache, body, fresh_until=NOW - 1, headers={"etag": '"1"', "last-modified": "then"})
    old = kept_header(cache)
    new = cache.renew(old, fresh_until=NOW + 60, headers={"last-modified": "later"})
    entry = cache.get("page", URL)
    assert (entry.header, entry.body) == (new, body)
    assert (new.etag, new.last_modified, new.is_fresh(NOW)) == ('"1"', "later", True)
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("etag", ['"1"', '"longer than the first"', ""])
def test_a_304_may_change_what_is_asked_with_the_next_time(tmp_path, etag):
    cache = Cache(tmp_path)
    put(cache, b"body", fresh_until=NOW - 1, headers={"etag": '"1"'})
    new = cache.renew(kept_header(cache), fresh_until=NOW + 60, headers={"etag": etag})
    assert (kept_header(cache), cache.get("page", URL).body) == (new, b"body")
    assert new.etag == etag


def test_a_renewal_writes_the_times_alone(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"body", fresh_until=NOW - 1)
    before = entry_file(tmp_path).stat().st_ino
    cache.renew(kept_header(cache), fresh_until=NOW + 60, headers={})
    assert entry_file(tmp_path).stat().st_ino == before


def test_nothing_is_renewed_in_a_cache_that_is_only_read(tmp_path):
    put(Cache(tmp_path), b"body", fresh_until=NOW - 1)
    cache = Cache(tmp_path, mode="offline")
    assert cache.renew(kept_header(cache), fresh_until=NOW + 60, headers={}) is None
    assert kept_header(cache).fresh_until == NOW - 1


def test_only_what_was_asked_about_is_renewed(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"older", fresh_until=NOW - 1)
    old = kept_header(cache)
    put(cache, b"newer", fresh_until=NOW + 60)  # by another process, meanwhile
    assert cache.renew(old, fresh_until=NOW + 600, headers={}) is None, "it speaks of the older one"
    assert cache.get("page", URL).body == b"newer"
    put(cache, b"older", fresh_until=NOW + 60)  # and by a third: the index has gone back
    assert cache.renew(old, fresh_until=NOW + 600, headers={}) == kept_header(cache) != old
    clear(tmp_path)
    assert cache.renew(old, fresh_until=NOW + 600, headers={}) is None
    assert cache.get("page", URL) is None


def test_a_page_that_is_damaged_is_not_mended_by_a_304(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"body", fresh_until=NOW - 1)
    file = entry_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-1] + b"X")
    cache.renew(kept_header(cache), fresh_until=NOW + 60, headers={})
    assert cache.get("page", URL) is None


@pytest.mark.parametrize("base", [None, "", "  ", "/base", "relative"])
def test_the_cache_folder_is_that_of_platformdirs(monkeypatch, tmp_path, base):
    monkeypatch.setenv("HOME", str(tmp_path))
    environ = {} if base is None else {"XDG_CACHE_HOME": base}
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cache_folder(environ) == platformdirs.user_cache_dir("archcheck", appauthor=False)
    assert cache_folder({**environ, "ARCHCHECK_CACHE_DIR": "/mine"}) == "/mine"
