"""What a file is made for, by its first bytes: ELF, Mach-O or PE. No I/O."""

from __future__ import annotations

import struct

from msgspec import Struct

from archcheck.binaries.machines import elf_machine, mach_o_machine, pe_machine
from archcheck.binaries.model import Format, Unreadable

HEAD = 64
"""Bytes from which an ELF or Mach-O file can be told; a PE file says itself where its own words stand."""
_ELF_MACHINE = 20
_BITS = {1: 32, 2: 64}
_MACH_O = {
    b"\xfe\xed\xfa\xce": (">", 32),
    b"\xce\xfa\xed\xfe": ("<", 32),
    b"\xfe\xed\xfa\xcf": (">", 64),
    b"\xcf\xfa\xed\xfe": ("<", 64),
}
_FAT = {b"\xca\xfe\xba\xbe": 20, b"\xca\xfe\xba\xbf": 32}
_MOST_ARCHITECTURES = 16  # Java's class files begin as fat Mach-O files do, and then state 45 and more
_PE_POINTER = 0x3C
_PE_MAGIC = {0x10B: 32, 0x20B: 64}


class Head(Struct, frozen=True, kw_only=True):
    """What the first bytes of a native file tell; the fields are those of `model.NativeFile`."""

    format: Format
    machine: str
    bits: int
    os_abi: int = 0


def read_head(data: bytes) -> Head | Unreadable | None:
    """Return what the file that begins with *data* was made for; None where it is no native file.

    *data* may be cut off anywhere after the first kilobyte; a shorter file is the whole of it.
    """
    if data[:4] == b"\x7fELF":
        return _elf(data)
    if data[:4] in _MACH_O:
        return _mach_o(data)
    if data[:4] in _FAT:
        return _fat(data)
    return _pe(data) if data[:2] == b"MZ" else None


def _elf(data: bytes) -> Head | Unreadable:
    if len(data) < _ELF_MACHINE:
        return Unreadable(reason="an ELF file that is cut off in its header")
    bits, order = _BITS.get(data[4]), data[5]
    if bits is None or order not in _BITS:
        return Unreadable(reason="an ELF file whose header states no class and order of bytes that there is")
    (machine,) = struct.unpack_from("<H" if order == 1 else ">H", data, 18)
    return Head(format="elf", machine=elf_machine(machine, little=order == 1), bits=bits, os_abi=data[7])


def _mach_o(data: bytes) -> Head | Unreadable:
    order, bits = _MACH_O[data[:4]]
    if len(data) < 8:  # noqa: PLR2004 - magic and cputype
        return Unreadable(reason="a Mach-O file that is cut off in its header")
    (machine,) = struct.unpack_from(f"{order}I", data, 4)
    return Head(format="mach-o", machine=mach_o_machine(machine), bits=bits)


def _fat(data: bytes) -> Head | Unreadable | None:
    """Return all machines of a fat file as one: "arm64, x86_64"."""
    step = _FAT[data[:4]]
    count = int.from_bytes(data[4:8], "big")
    if not 0 < count <= _MOST_ARCHITECTURES:
        return None
    if len(data) < 8 + count * step:
        return Unreadable(reason="a fat Mach-O file that is cut off in its header")
    numbers = [struct.unpack_from(">I", data, 8 + each * step)[0] for each in range(count)]
    bits = 64 if any(number >> 24 for number in numbers) else 32
    machines = sorted({mach_o_machine(each) for each in numbers})
    return Head(format="mach-o", machine=", ".join(machines), bits=bits)


def _pe(data: bytes) -> Head | Unreadable | None:
    """Return what a PE file is made for; None for what begins with MZ and is a program of DOS, or a text."""
    if len(data) < HEAD:
        return None
    (at,) = struct.unpack_from("<I", data, _PE_POINTER)
    if data[at : at + 4] != b"PE\0\0" or len(data) < at + 26:
        return None
    (machine,) = struct.unpack_from("<H", data, at + 4)
    (magic,) = struct.unpack_from("<H", data, at + 24)
    return Head(format="pe", machine=pe_machine(machine), bits=_PE_MAGIC.get(magic, 32))
