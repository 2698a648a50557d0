"""Files written so that nothing is lost: whenever it stops, each is as it was or as it is to be."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.errors import OutputError
from archcheck.files import Disk, absolute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.app.fixes.fixing import FileChange


def write(changes: Sequence[FileChange], cwd: str) -> None:
    """Write *changes*, whose paths are seen from *cwd*: all beside their places first, and then into them.

    Modes stay, and links are followed; folders for new files are made. Raises OutputError where a file is no
    longer what was read, or cannot be written: then it says which of them are changed already, if any is.
    """
    ready: list[tuple[FileChange, Path, Path]] = []
    done: list[str] = []
    at = ""
    try:
        for change in changes:
            at = change.path
            real = Path(absolute(cwd, at)).resolve()
            ready.append((change, real, _beside(real, change)))
        for change, real, _ in ready:
            at = change.path
            if (None if _is_new(change, real) else Disk().read(str(real))) != change.before:
                raise OSError(0, "it was changed in the meantime")  # noqa: TRY301 - one way out
        for change, real, temporary in ready:
            at = change.path
            temporary.replace(real)
            done.append(at)
            _settle(real.parent)
    except OSError as error:
        written = f"; changed already: {', '.join(done)}" if done else "; nothing was changed"
        raise OutputError(f"{at} cannot be written: {error.strerror}{written}") from error
    finally:
        for _, _, temporary in ready:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _is_new(change: FileChange, real: Path) -> bool:
    return change.before is None and not real.exists()


def _beside(real: Path, change: FileChange) -> Path:
    """Return a new file beside *real*, with the new contents safely in it and the mode of *real*."""
    if change.before is None:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask  # mkstemp keeps a file to the user alone
        real.parent.mkdir(parents=True, exist_ok=True)
    else:
        mode = stat.S_IMODE(real.stat().st_mode)
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".archcheck")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _settle(folder: Path) -> None:
    """Have the folder itself on the disk, where the system lets one do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
