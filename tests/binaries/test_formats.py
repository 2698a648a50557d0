"""What a file is made for, by its first bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.binaries.formats import Head, read_head
from archcheck.binaries.model import Unreadable
from tests.binaries.elves import elf


def mach_o(machine: int, magic: bytes = b"\xcf\xfa\xed\xfe") -> bytes:
    return magic + struct.pack("<I", machine) + bytes(56)


def fat(*machines: int) -> bytes:
    slices = b"".join(struct.pack(">IIIII", each, 0, 4096, 100, 12) for each in machines)
    return b"\xca\xfe\xba\xbe" + struct.pack(">I", len(machines)) + slices


def pe(machine: int, at: int = 0x80, magic: int = 0x20B) -> bytes:
    dos = b"MZ" + bytes(58) + struct.pack("<I", at)
    return (
        dos.ljust(at, b"\0")
        + b"PE\0\0"
        + struct.pack("<H", machine)
        + bytes(18)
        + struct.pack("<H", magic)
        + bytes(20)
    )


@pytest.mark.parametrize(
    ("data", "head"),
    [
        (elf(), Head(format="elf", machine="aarch64", bits=64)),
        (elf(machine=62, os_abi=3), Head(format="elf", machine="x86_64", bits=64, os_abi=3)),
        (elf(machine=62, bits=32), Head(format="elf", machine="x86_64", bits=32)),
        (elf(machine=0), Head(format="elf", machine="none", bits=64)),
        (elf(machine=21), Head(format="elf", machine="ppc64le", bits=64)),
        (elf(machine=21, order=">"), Head(format="elf", machine="ppc64", bits=64)),
        (elf(machine=22, order=">"), Head(format="elf", machine="s390x", bits=64)),
        (elf(machine=40, bits=32), Head(format="elf", machine="armv7l", bits=32)),
        (elf(machine=3, bits=32), Head(format="elf", machine="i686", bits=32)),
        (elf(machine=4711), Head(format="elf", machine="ELF machine 4711", bits=64)),
        (mach_o(0x0100000C), Head(format="mach-o", machine="arm64", bits=64)),
        (mach_o(7, b"\xce\xfa\xed\xfe"), Head(format="mach-o", machine="i386", bits=32)),
        (fat(0x01000007, 0x0100000C), Head(format="mach-o", machine="arm64, x86_64", bits=64)),
        (pe(0x8664), Head(format="pe", machine="amd64", bits=64)),
        (pe(0xAA64, 0x110), Head(format="pe", machine="arm64", bits=64)),
        (pe(0x14C, magic=0x10B), Head(format="pe", machine="win32", bits=32)),
        (b"MZ" + bytes(100), None),
        (b"MZ is how this text begins", None),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(100), None),  # Java 8
        (b"#!/bin/sh\n", None),
        (b"INPUT(libdemo.so.1)", None),
        (b"", None),
    ],
)
def test_heads(data: bytes, head: Head | None) -> None:
    assert read_head(data) == head
    assert read_head(data[:1024]) == head


@pytest.mark.parametrize("data", [elf()[:19], b"\x7fELF" + bytes(100), mach_o(7)[:7], fat(7, 12)[:30]])
def test_what_is_cut_or_broken(data: bytes) -> None:
    assert isinstance(read_head(data), Unreadable)


@given(
    st.sampled_from([b"", b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xce\xfa\xed\xfe"]),
    st.binary(max_size=200),
)
def test_noise_raises_nothing(magic: bytes, noise: bytes) -> None:
    read_head(magic + noise)
