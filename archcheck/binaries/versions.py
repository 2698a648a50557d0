"""The versions of glibc and of GCC's C++ library that ELF files name, and which of them is the highest."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VERSION = re.compile(r"(GLIBC|GLIBCXX|CXXABI)_([0-9]{1,4}(?:\.[0-9]{1,4}){1,3})")
_RELR = "GLIBC_ABI_DT_RELR"  # glibc 2.36 has it, which first understands packed relocations
_PATCHES = {"2.1": range(1, 4), "2.2": range(1, 7), "2.3": range(2, 5)}


def highest(names: Iterable[str]) -> dict[str, str]:
    """Return the highest version of each family among version *names*: {"GLIBC": "2.34"} of GLIBC_2.34."""
    found: dict[str, tuple[tuple[int, ...], str]] = {}
    for name in names:
        match = _VERSION.fullmatch("GLIBC_2.36" if name == _RELR else name)
        if match is not None:
            numbers = tuple(map(int, match[2].split(".")))
            if match[1] not in found or numbers > found[match[1]][0]:
                found[match[1]] = (numbers, match[2])
    return {family: text for family, (_, text) in found.items()}


def elf_hash(name: str) -> int:
    """Return the hash by which the loader compares version names (System V ABI, `vna_hash`)."""
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ high >> 24) & ~high
    return value & 0xFFFFFFFF


@cache
def known_names() -> Mapping[int, str]:
    """Return the version names that there are, and will be for long, by their hash; no two have the same."""
    numbers = [f"2.{minor}" for minor in range(100)]
    numbers += [f"{minor}.{patch}" for minor, patches in _PATCHES.items() for patch in patches]
    names = [_RELR, *(f"GLIBC_{number}" for number in numbers)]
    names += ["GLIBCXX_3.4", *(f"GLIBCXX_3.4.{patch}" for patch in range(1, 80))]
    names += ["CXXABI_1.3", *(f"CXXABI_1.3.{patch}" for patch in range(1, 60))]
    return {elf_hash(name): name for name in names}


@cache
def glibc_hashes() -> frozenset[int]:
    """Return the hashes of all versions of glibc that there are, and will be for long."""
    return frozenset(value for value, name in known_names().items() if name.startswith("GLIBC_"))
