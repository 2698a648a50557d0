"""Whether one native file loads on one machine, and what it is there for: told by its head, needs and name.

Pure checks that the audit of wheels and that of built artifacts share. What a file is there for decides what
a mismatch means: `import numpy` fails without its extension modules and the libraries that these load, but
selenium works without its selenium-manager, and PyInstaller carries a bootloader for each platform on
purpose (`has_twin`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from archcheck.data.stable_abi import absent_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.binaries.model import NativeFile
    from archcheck.data.libraries import Libstdcxx

MismatchKind = Literal["system", "machine", "libc", "python", "libstdc++", "abi3"]
Use = Literal["extension", "library", "program"]

_SYSTEMS = {"mach-o": "macOS", "pe": "Windows"}
_BITS = 64
_SHARED = r"(?i)\.(?:so(?:\.[0-9A-Za-z.]+)?|dylib|dll|pyd)$"
# `_core.cpython-312-x86_64-linux-gnu.so`, `.cpython-313t-darwin.so`, `.cp312-win_amd64.pyd`, `.abi3.so`.
_EXTENSION = (
    r"(?i)\.(?:cpython-(?P<posix>3[0-9]{1,2}t?)[a-z0-9_-]*\.so|cp(?P<windows>3[0-9]{1,2}t?)-[a-z0-9_]+\.pyd"
    r"|abi3t?\.so|pyd)$"
)
# What names call processors, systems and libcs, longest first: with these gone, twins have one name.
_PLATFORM_WORDS = (
    r"x86[_-]64|aarch64|amd64|arm64|x86|x64|i[36]86|intel|armv?[0-9a-z]*|ppc64(?:le)?|s390x|riscv64"
    r"|64[_-]?bit|32[_-]?bit|linux(?:64|32)?|macos|mac|darwin|osx|windows|win(?:64|32)?|(?:gnu|musl)(?:eabi(?:hf)?)?"
    r"|manylinux[0-9_]*|musllinux[0-9_]*|unknown|apple|pc|msvc"
)


class Libc(Protocol):
    """The C library of a target, as `platforms.machines.Libc` has it."""

    @property
    def family(self) -> Literal["glibc", "musl"]:
        """Which one."""
        ...

    @property
    def major(self) -> int:
        """The first number of its version."""
        ...

    @property
    def minor(self) -> int:
        """The second."""
        ...


class PythonVersion(Protocol):
    """The Python of a target, as `platforms.machines.PythonVersion` has it."""

    @property
    def minor(self) -> int:
        """The second number of its version."""
        ...

    @property
    def free_threaded(self) -> bool:
        """Whether it is the build without the lock, for which stable ABI there is none."""
        ...

    @property
    def short(self) -> str:
        """Its line, as in `3.13`."""
        ...


class Mismatch(Struct, frozen=True, kw_only=True):
    """Why a native file does not load on a machine: `needs` and `has` in short, `says` for a sentence.

    `says` goes after "it" or the file's name: "is for x86_64", "needs glibc 2.34".
    """

    kind: MismatchKind
    needs: str
    has: str
    says: str


def mismatch(native: NativeFile, architecture: str, libc: Libc) -> Mismatch | None:
    """Return why *native* does not load on Linux with *architecture* and *libc*; None where it may.

    What was not read of it is no reason.
    """
    if native.format != "elf":
        return _built_for(
            "system", f"{_SYSTEMS[native.format]} ({native.machine})", f"Linux ({architecture})"
        )
    if native.machine == "none":  # sdbus 0.14.1's _sdbus.so
        return Mismatch(
            kind="machine", needs="none", has=architecture, says="names no machine at all in its ELF header"
        )
    if native.machine != architecture:
        return _built_for("machine", native.machine, architecture)
    if native.bits != _BITS:
        return _built_for("machine", f"{native.machine} of {native.bits} bits", architecture)
    return _libc_mismatch(native, libc)


def _built_for(kind: MismatchKind, needs: str, has: str) -> Mismatch:
    return Mismatch(kind=kind, needs=needs, has=has, says=f"is for {needs}")


def _libc_mismatch(native: NativeFile, libc: Libc) -> Mismatch | None:
    if native.needs is None:
        return None
    own = f"{libc.family} {libc.major}.{libc.minor}"
    family = _family(native)
    if family is not None and family != libc.family:
        return Mismatch(kind="libc", needs=family, has=own, says=f"needs {family}")
    wanted = _version(native.needs.glibc)
    if libc.family == "glibc" and wanted > (libc.major, libc.minor):
        needs = f"glibc {native.needs.glibc}"
        return Mismatch(kind="libc", needs=needs, has=own, says=f"needs {needs}")
    return None


def _family(native: NativeFile) -> Literal["glibc", "musl"] | None:
    """Return the libc that a file was linked with; None where it names none (a static program)."""
    needs = native.needs
    if needs is None:
        return None
    # musl's own soname is libc.musl-ARCH.so.1; a cross compiler without it leaves libc.so behind.
    if any(name.startswith("libc.musl-") or name == "libc.so" for name in needs.libraries):
        return "musl"
    return "glibc" if needs.glibc is not None or "libc.so.6" in needs.libraries else None


def _version(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (text or "").split(".") if part.isdigit())


def libstdcxx_mismatch(native: NativeFile, base: Libstdcxx) -> Mismatch | None:
    """Return why *native* does not load with the libstdc++ of the *base*, where its wheel brings none."""
    if native.needs is None:
        return None
    for name, wanted, own in (
        ("GLIBCXX", native.needs.glibcxx, base.glibcxx),
        ("CXXABI", native.needs.cxxabi, base.cxxabi),
    ):
        if _version(wanted) > _version(own):
            needs = f"{name}_{wanted}"
            says = f"needs {needs} of libstdc++"
            return Mismatch(kind="libstdc++", needs=needs, has=f"{name}_{own}", says=says)
    return None


def brings_libstdcxx(natives: Iterable[NativeFile]) -> bool:
    """Return whether a libstdc++ is among *natives*, under its own name or one of auditwheel's."""
    return any(PurePosixPath(native.path).name.startswith("libstdc++") for native in natives)


def abi3_mismatch(native: NativeFile, python: PythonVersion) -> Mismatch | None:
    """Return why *native*, an extension module for the stable ABI, does not load in *python*.

    A wheel is tagged for the oldest Python that its names exist in, and nothing checks that (abi3audit does).
    """
    if native.needs is None or python.free_threaded:
        return None
    absent = absent_from(native.needs.python_symbols, python.minor)
    if not absent:
        return None
    others = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
    says = f"needs {absent[0]}{others} of CPython, which {python.short} does not have"
    return Mismatch(kind="abi3", needs=", ".join(absent), has=f"Python {python.short}", says=says)


def use_of(path: str) -> Use:
    """Return what the native file at *path* is there for, by its name: extension module, library, program."""
    if re.search(_EXTENSION, path):
        return "extension"
    return "library" if re.search(_SHARED, path) else "program"


def python_of(path: str) -> str | None:
    """Return the ABI that an extension module's name is for, as in `cp312`; None where it names none.

    Only that Python's import finds a file so named (`importlib.machinery.EXTENSION_SUFFIXES`).
    """
    found = re.search(_EXTENSION, path)
    version = (found["posix"] or found["windows"]) if found else None
    return f"cp{version}".lower() if version else None


def has_twin(native: NativeFile, fitting: Iterable[NativeFile]) -> bool:
    """Return whether one of *fitting*, which load on the machine, stands in for *native*.

    An extension module's twin has its module name and its folder; a library or program only the same name,
    the words for platforms left out (`linux-arm64/run` of `linux-intel/run`).
    """
    mine = role(native.path)
    return any(role(other.path) == mine for other in fitting)


def role(path: str) -> str:
    """Return what the file at *path* is, whichever platform it is for: twins have the same role."""
    place = PurePosixPath(path)
    if re.search(_EXTENSION, path):
        return f"{place.parent}/{place.name.partition('.')[0]}"
    name = re.sub(r"\.(?:exe|dll|dylib|so(?:\.[0-9.]+)?)$", "", place.name.lower())
    return re.sub(r"[^a-z]+", "", re.sub(_PLATFORM_WORDS, "", name))
