"""The machines that installers are asked about, in the installers' own words; nothing here is archcheck's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.recording.cases import LEGACY_ALIASES, OLDEST_GLIBC

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHITECTURES = tuple(OLDEST_GLIBC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One target: the name that archcheck has for it, its full Python version, its ABI tag, its libc.

    `uv` is what uv calls the platform, after the architecture; None where it has no such platform or Python.
    """

    target: str
    python: str
    abi: str
    libc: tuple[str, int, int]
    uv: str | None = None

    def pip_arguments(self, architecture: str) -> list[str]:
        """Return the options that tell pip of this machine."""
        platforms = [part for each in self.platforms(architecture) for part in ("--platform", each)]
        abis = ["--abi", self.abi, "--abi", "abi3", "--abi", "none"]
        return [*platforms, "--python-version", self.python, "--implementation", "cp", *abis]

    def uv_arguments(self, architecture: str) -> list[str] | None:
        """Return the options that tell uv of this machine."""
        if self.uv is None:
            return None
        return ["--python-version", self.python, "--python-platform", f"{architecture}-{self.uv}"]

    def platforms(self, architecture: str) -> Iterator[str]:
        """Give the platform tags of the machine, newest first; pip derives no older ones from one of them."""
        family, major, newest = self.libc
        if family == "musl":
            yield from (f"musllinux_{major}_{minor}_{architecture}" for minor in range(newest, -1, -1))
        else:
            for minor in range(newest, OLDEST_GLIBC[architecture] - 1, -1):
                yield f"manylinux_{major}_{minor}_{architecture}"
                if minor in LEGACY_ALIASES:
                    yield f"{LEGACY_ALIASES[minor]}_{architecture}"
        yield f"linux_{architecture}"


AL2, AL2023 = ("glibc", 2, 26), ("glibc", 2, 34)
HOSTS = (
    Host(target="lambda:python3.8", python="3.8.20", abi="cp38", libc=AL2),
    Host(target="lambda:python3.9", python="3.9.25", abi="cp39", libc=AL2),
    Host(target="lambda:python3.10", python="3.10.22", abi="cp310", libc=AL2),
    Host(target="lambda:python3.11", python="3.11.18", abi="cp311", libc=AL2),
    Host(target="lambda:python3.12", python="3.12.16", abi="cp312", libc=AL2023, uv="manylinux_2_34"),
    Host(target="lambda:python3.13", python="3.13.18", abi="cp313", libc=AL2023, uv="manylinux_2_34"),
    Host(target="lambda:python3.14", python="3.14.10", abi="cp314", libc=AL2023, uv="manylinux_2_34"),
    Host(
        target="glibc2.17:python3.10",
        python="3.10.22",
        abi="cp310",
        libc=("glibc", 2, 17),
        uv="manylinux_2_17",
    ),
    Host(
        target="glibc2.28:python3.11",
        python="3.11.18",
        abi="cp311",
        libc=("glibc", 2, 28),
        uv="manylinux_2_28",
    ),
    Host(
        target="musl1.2:python3.13",
        python="3.13.18",
        abi="cp313",
        libc=("musl", 1, 2),
        uv="unknown-linux-musl",
    ),
    Host(target="debian12:python3.14t", python="3.14.10", abi="cp314t", libc=("glibc", 2, 36)),
)
