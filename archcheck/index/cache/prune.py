"""Deletes files of the cache: all of them, or those that are too old or too many.

Only files that the cache itself wrote are touched: no links, and nothing else that lies in its folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.errors import CacheError
from archcheck.index.cache.location import LAYOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LAYOUTS = r"v[0-9]{1,4}"
_SHELF = r"[0-9a-f]{1,2}|runs"  # two digits up to v2; `runs` held what an earlier release remembered
_ENTRY = r"[0-9a-f]{64}\.(?:entry|run)"
_UNFINISHED = r"[0-9a-f]{64}\.[0-9]+-[0-9]+\.tmp"
_ABANDONED = 3600.0


def clear(folder: Path) -> int:
    """Delete every file of the cache in *folder*, of any version of its layout; return the bytes freed.

    Raises `CacheError` for what cannot be read or deleted, as does `prune`.
    """
    return _delete([path for path, _ in _files(folder)])


def prune(folder: Path, *, max_bytes: int | None = None, max_age: float | None = None) -> int:
    """Delete what is older than *max_age* seconds and the oldest beyond *max_bytes*; return bytes freed."""
    return _delete(_excess(_files(folder), max_bytes=max_bytes, max_age=max_age))


def size(folder: Path) -> int:
    """Return how many bytes the files of the cache in *folder* are; raises `CacheError`."""
    return sum(stat.st_size for _, stat in _files(folder))


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for version in _folders(folder):
        if re.fullmatch(_LAYOUTS, version.name):
            for shelf in _folders(Path(version.path)):
                if re.fullmatch(_SHELF, shelf.name):
                    yield from _own_files(Path(shelf.path))


def _folders(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise CacheError(f"{folder}: cannot be read: {error.strerror or error}") from error


def _own_files(shelf: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(shelf) as entries:
        for entry in entries:
            own = re.fullmatch(_ENTRY, entry.name) or re.fullmatch(_UNFINISHED, entry.name)
            if own and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _excess(
    files: Iterable[tuple[Path, os.stat_result]], *, max_bytes: int | None, max_age: float | None
) -> list[Path]:
    """Return which of *files* to delete: of other layouts, abandoned, too old, or more than there may be."""
    now = time.time()
    left = 0
    doomed: list[Path] = []
    for path, stat in sorted(files, key=lambda each: -each[1].st_mtime):
        age = now - stat.st_mtime
        foreign = path.parent.parent.name != LAYOUT or path.suffix == ".run"
        foreign = foreign or (path.suffix == ".tmp" and age > _ABANDONED)
        left += stat.st_size
        if foreign or (max_age is not None and age > max_age) or (max_bytes is not None and left > max_bytes):
            doomed.append(path)
    return doomed


def _delete(paths: list[Path]) -> int:
    freed = 0
    for path in paths:
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            continue  # another process was quicker
        except OSError as error:
            raise CacheError(f"{path}: cannot be deleted: {error.strerror or error}") from error
        freed += size
    shelves = {path.parent for path in paths}
    for folder in (*shelves, *{shelf.parent for shelf in shelves}):
        with contextlib.suppress(OSError):
            folder.rmdir()  # fails, as it should, where something is left in it
    return freed
