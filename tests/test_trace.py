"""A trace is read back as it was written or not at all, and holds only where all answers are the same."""

from __future__ import annotations

import sys
from contextlib import suppress

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.files import Disk
from archcheck.trace import Consulted, Noting, Trace, cache_folder

WORDS = st.text().filter(lambda text: "\0" not in text)
TIMES = st.floats(allow_nan=False)
TRACES = st.builds(
    Trace,
    code=st.integers(0, 1),
    moment=WORDS,
    stored_at=TIMES,
    fresh_until=TIMES,
    asked=st.lists(st.tuples(WORDS, WORDS, WORDS)).map(tuple),
    consulted=st.lists(st.builds(Consulted, *[WORDS] * 6)).map(tuple),
    text=st.text(),
)


@given(TRACES)
def test_read_as_written(trace):
    assert Trace.decode(trace.encode()) == trace


@given(TRACES, st.data())
def test_damaged_anywhere_it_is_no_trace(trace, data):
    whole = trace.encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    assert Trace.decode(whole[:place] + other + whole[place + 1 :]) is None
    assert Trace.decode(whole[:place]) is None


def trace_of(disk: Noting) -> Trace:
    return Trace(code=0, moment="", stored_at=0, fresh_until=0, asked=disk.asked, consulted=(), text="")


def looked(folder) -> Noting:
    """Return the notes of one look at everything in *folder*."""
    disk = Noting(Disk())
    for name in ("there", "empty", "absent", "folder", "folder/inner"):
        with suppress(OSError):
            disk.read(str(folder / name))
        disk.is_file(str(folder / name))
        disk.is_folder(str(folder / name))
        disk.entries(str(folder / name))
    return disk


CHANGES = {
    "another text of the same length": lambda folder: (folder / "there").write_text("tEXT"),
    "a longer text": lambda folder: (folder / "there").write_text("texts"),
    "an empty one is gone": lambda folder: (folder / "empty").unlink(),
    "an absent one is there": lambda folder: (folder / "absent").touch(),
    "a new name": lambda folder: (folder / "folder" / "new").touch(),
    "a folder in place of a file": lambda folder: ((folder / "there").unlink(), (folder / "there").mkdir()),
    "a link to the same text": None,
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_holds_until_something_changes(tmp_path, change):
    (tmp_path / "there").write_text("text")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner").touch()
    disk = looked(tmp_path)
    assert disk.repeatable
    trace = trace_of(disk)
    assert trace.holds(Disk())
    if CHANGES[change] is None:
        (tmp_path / "there").rename(tmp_path / "elsewhere")
        (tmp_path / "there").symlink_to("elsewhere")
        assert trace.holds(Disk())
    else:
        CHANGES[change](tmp_path)
        assert not trace.holds(Disk())


def test_what_changes_under_the_run_is_not_repeatable(tmp_path):
    file = tmp_path / "file"
    file.write_text("before")
    disk = Noting(Disk())
    disk.read(str(file))
    file.write_text("after!")
    disk.read(str(file))
    assert not disk.repeatable


@pytest.mark.parametrize("path", ["-", "/dev/fd/63", "/p/git+https:/user:secret@host/x"])
def test_what_can_be_read_once_or_holds_a_password_is_not_repeatable(path):
    disk = Noting(Disk())
    disk.is_file(path) if path.startswith("/p") else _ignoring_errors(disk.read, path)
    assert not disk.repeatable


def _ignoring_errors(read, path):
    with suppress(OSError, ValueError):
        read(path)


def test_the_cache_as_it_was(tmp_path):
    from archcheck.trace import stamp

    file = tmp_path / "file"
    file.write_text("x")
    consulted = Consulted("page", "https://index.example/x/", "", "", str(file), stamp(str(file)))
    trace = Trace(
        code=0, moment="", stored_at=100.0, fresh_until=200.0, asked=(), consulted=(consulted,), text=""
    )
    assert trace.is_fresh(150.0)
    assert not trace.is_fresh(200.0)
    assert not trace.is_fresh(20.0), "the clock was set back"
    other = tmp_path / "other"
    other.write_text("x")
    other.rename(file)
    assert not trace.is_fresh(150.0)
    file.unlink()
    assert not trace.is_fresh(150.0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("base", [None, "", "  ", "/base", "relative"])
def test_the_cache_folder_is_that_of_platformdirs(monkeypatch, tmp_path, base):
    monkeypatch.setenv("HOME", str(tmp_path))
    environ = {} if base is None else {"XDG_CACHE_HOME": base}
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cache_folder(environ) == platformdirs.user_cache_dir("archcheck", appauthor=False)
    assert cache_folder({**environ, "ARCHCHECK_CACHE_DIR": "/mine"}) == "/mine"
