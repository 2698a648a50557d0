"""What is read of an archive of native files, as values; what was not read is said, never guessed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Depth = Literal["table", "heads", "openings"]
"""How far an archive is looked into at once: its table of contents, and what of files that may be native.

Heads tell for what a file is, openings of most what they need, in part.
"""
Format = Literal["elf", "mach-o", "pe"]


class Unreadable(Struct, frozen=True, kw_only=True):
    """What cannot be read of an archive or of a file in it, with the reason in words."""

    reason: str


class Needs(Struct, frozen=True, kw_only=True):
    """What an ELF file asks of the system that loads it, from its dynamic section and version needs.

    `glibc`, `glibcxx` and `cxxabi` are the highest versions that it names ("2.34" of GLIBC_2.34), None
    where it names none. `libraries` are its DT_NEEDED in their order, `runpath` where it looks for them
    beside itself. `alignment` is the least of its PT_LOAD segments, in bytes: a kernel with larger
    pages refuses the file. `thread_data` is what each thread gets for the file's thread-local variables,
    in bytes. `static_tls` says that room for it must be left when the file is loaded; linkers for x86_64
    note that, those for aarch64 do not (libgomp of GCC 14). `python_symbols` are the names of CPython's C
    API that it leaves to the interpreter and cannot do without; they are kept of an abi3 file alone.
    `glibcxx` and `cxxabi` concern the system only where `libraries` has libstdc++.so.6 and the archive
    does not bring one of that name.

    With `partial` the beginning of the file alone was read: the three versions, `alignment` and
    `thread_data` are known, while `libraries`, `soname`, `runpath`, `static_tls` and `python_symbols` are
    not. `at_most` are then the names among which its libraries and its soname are, or end some of them
    (linkers keep one string for libGL.so.1 and mylibGL.so.1); None where the beginning does not tell.
    """

    partial: bool = False
    at_most: tuple[str, ...] | None = None

    glibc: str | None = None
    glibcxx: str | None = None
    cxxabi: str | None = None
    libraries: tuple[str, ...] = ()
    soname: str | None = None
    runpath: tuple[str, ...] = ()
    static_tls: bool = False
    alignment: int = 0
    thread_data: int = 0
    python_symbols: tuple[str, ...] = ()


class NativeFile(Struct, frozen=True, kw_only=True):
    """One native file of an archive: its path there, what it was made for, and what it needs.

    `machine` is "aarch64", "x86_64" and so on as wheels' tags name it, "none" for ELF machine 0 (a stub),
    else "ELF machine N"; of Mach-O and PE files it is Apple's or Windows' name ("arm64, x86_64" for a fat
    one, "amd64"). `os_abi` is ELF's EI_OSABI: 0 (System V) and 3 (GNU) on Linux. `size` is in bytes,
    uncompressed, `packed` what it takes in the archive. `needs` is None where it was not read, or partial,
    and `unread` then says why; of Mach-O and PE files it is never read.
    """

    path: str
    format: Format
    machine: str
    bits: int
    size: int
    packed: int = 0
    os_abi: int = 0
    executable: bool = False
    needs: Needs | None = None
    unread: str | None = None


class ArchiveContents(Struct, frozen=True, kw_only=True):
    """What an archive (a wheel, a zip file) or a folder holds, by its table of contents and its native files.

    Sizes are in bytes: `packed` as it is downloaded or stored, `unpacked` as it is installed without
    bytecode. `bytecode` is what *.pyc files in it add to that. `suspects` are files that should be looked at,
    by their names or modes, and could not be, or that are not what their names say (an empty `.so`), with the
    reason. What looking cost is no fact of the archive: it is counted where it is read.
    """

    files: int
    packed: int
    unpacked: int
    bytecode: int = 0
    natives: tuple[NativeFile, ...] = ()
    suspects: tuple[tuple[str, str], ...] = ()


class Wanted(Struct, frozen=True, kw_only=True):
    """The file at `path` in an archive, of which more is to be read than its first bytes.

    All of it with `whole`; else its beginning, which tells `Needs` in part where nobody moved them: a longer
    one with `deep`, for libraries with as many symbols as libarrow.
    """

    path: str
    whole: bool
    deep: bool = False
