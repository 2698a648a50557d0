"""The machines that native files name by number, in the words of wheels' tags (PEP 425, PEP 600)."""

from __future__ import annotations

_ELF = {
    0: "none",
    2: "sparc",
    3: "i686",
    8: "mips",
    22: "s390x",
    40: "armv7l",
    43: "sparc64",
    62: "x86_64",
    183: "aarch64",
    243: "riscv64",
    247: "bpf",
    258: "loongarch64",
}
_MACH_O = {7: "i386", 0x01000007: "x86_64", 12: "arm", 0x0100000C: "arm64", 0x0200000C: "arm64_32", 18: "ppc"}
_PE = {0x014C: "win32", 0x8664: "amd64", 0xAA64: "arm64", 0x01C4: "arm32"}


def elf_machine(number: int, *, little: bool) -> str:
    """Return the name of ELF's e_machine *number*; only PowerPC is named apart by the order of its bytes."""
    if number == 21:  # noqa: PLR2004 - EM_PPC64
        return "ppc64le" if little else "ppc64"
    return _ELF.get(number, f"ELF machine {number}")


def mach_o_machine(number: int) -> str:
    """Return the name of Mach-O's cputype *number*."""
    return _MACH_O.get(number, f"Mach-O machine {number}")


def pe_machine(number: int) -> str:
    """Return the name of PE's machine *number*."""
    return _PE.get(number, f"PE machine {number}")
