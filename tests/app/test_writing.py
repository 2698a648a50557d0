"""Files that are written whole or not at all, wherever it stops."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archcheck.app.fixes.fixing import FileChange
from archcheck.app.fixes.writing import write
from archcheck.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("a.txt", "b.txt", "c.txt")
STEPS = ((os, "fsync"), (Path, "chmod"), (Path, "replace"), (os, "open"))


class Killed(BaseException):
    """What stops a program without asking it."""


def prepared(folder: Path) -> tuple[FileChange, ...]:
    for name in NAMES:
        (folder / name).write_bytes(b"before")
    return tuple(FileChange(path=name, before=b"before", after=b"after") for name in NAMES)


def failing(monkeypatch: pytest.MonkeyPatch, place: object, name: str, at: int, error: BaseException) -> None:
    """Let the call number *at* fail, and all after it, as for a program that is no more."""
    real: Callable[..., Any] = getattr(place, name)
    calls = 0

    def call(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls >= at:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(place, name, call)


@pytest.mark.parametrize("at", range(1, 8))
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
@pytest.mark.parametrize(
    "error", [Killed(), OSError(errno.ENOSPC, "No space left on device")], ids=["kill", "full"]
)
def test_each_file_is_as_it_was_or_as_it_is_to_be(tmp_path, monkeypatch, step, at, error):
    changes = prepared(tmp_path)
    with monkeypatch.context() as patched:
        failing(patched, *step, at, error)
        try:
            write(changes, str(tmp_path))
        except (Killed, OutputError) as stopped:
            told = str(stopped)
        else:
            told = ""
    found = [(tmp_path / name).read_bytes() for name in NAMES]
    assert set(found) <= {b"before", b"after"}
    changed = [name for name, data in zip(NAMES, found, strict=True) if data == b"after"]
    assert changed == list(NAMES[: len(changed)])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    if told:
        assert told.endswith(f"changed already: {', '.join(changed)}" if changed else "nothing was changed")


def test_what_was_changed_in_the_meantime_is_not_written_over(tmp_path):
    changes = prepared(tmp_path)
    (tmp_path / "b.txt").write_bytes(b"by somebody else")
    with pytest.raises(
        OutputError, match=r"b\.txt cannot be written: it was changed in the meantime; nothing"
    ):
        write(changes, str(tmp_path))
    assert [(tmp_path / name).read_bytes() for name in NAMES] == [b"before", b"by somebody else", b"before"]


def test_a_new_file_gets_its_folders_and_takes_no_other_place(tmp_path):
    new = FileChange(path="a/b/new.txt", before=None, after=b"new")
    write([new], str(tmp_path))
    assert (tmp_path / "a" / "b" / "new.txt").read_bytes() == b"new"
    with pytest.raises(OutputError, match="in the meantime"):
        write([new, FileChange(path="c.txt", before=None, after=b"c")], str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["new.txt"]


def test_a_file_that_is_gone_is_told(tmp_path):
    changes = prepared(tmp_path)
    (tmp_path / "c.txt").unlink()
    with pytest.raises(OutputError, match=r"c\.txt cannot be written: No such file"):
        write(changes, str(tmp_path))
    assert (tmp_path / "a.txt").read_bytes() == b"before"
