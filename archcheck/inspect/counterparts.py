"""Whether more than the table of contents matters of x86_64's wheel beside that of aarch64.

What x86_64's native files are like decides nothing where aarch64's load: only one that does not raises the
question whether x86_64 fares any better, and only an extension module that aarch64's wheel lacks the one
whether it is any. So half of what there is to read in wheels need not be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.binaries.model import ArchiveContents
from archcheck.inspect.native_files import mismatch, role, use_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcheck.binaries.model import NativeFile
    from archcheck.index.model import Unavailable
    from archcheck.inspect.native_files import Libc


def matters(there: ArchiveContents | Unavailable, here: Sequence[NativeFile], libc: Libc) -> bool:
    """Return whether it matters what the native files are like that are *there*, in a wheel for x86_64.

    Of that the table of contents is known. *here* are those of aarch64's wheel, on a system with *libc*.
    """
    if not isinstance(there, ArchiveContents):
        return False
    if any(mismatch(native, "aarch64", libc) is not None for native in here):
        return True
    return not _modules(path for path, _ in there.suspects) <= _modules(native.path for native in here)


def _modules(paths: Iterable[str]) -> set[str]:
    return {role(path) for path in paths if use_of(path) == "extension"}
