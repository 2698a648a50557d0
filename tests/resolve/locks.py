"""Locks for Python 3.13 on Lambda, made in a line, and what is on either machine of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.version import Version

from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import Location
from archcheck.platforms.targets import parse_target
from archcheck.resolve.lockfile import read_lock
from archcheck.resolve.model import Options
from tests.resolve.fake import FakeIndex

if TYPE_CHECKING:
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Chosen

TARGET = parse_target("lambda:python3.13")
ARM, X86 = TARGET.on("aarch64"), TARGET.on("x86_64")
HERE = Location(path="some.lock")


def file(name: str, tag: str, version: str = "1.0") -> IndexFile:
    filename = f"{name}-{version}.tar.gz" if tag == "sdist" else f"{name}-{version}-{tag}.whl"
    return IndexFile(filename=filename, url=f"https://index.example/{filename}")


ANY, ARM_TAG, X86_TAG = (
    "py3-none-any",
    "cp313-cp313-manylinux_2_17_aarch64",
    "cp313-cp313-manylinux_2_17_x86_64",
)


def package(name: str, *tags: str, version: str = "1.0", needs=(), **rest) -> LockedPackage:
    return LockedPackage(
        name=name,
        version=Version(version),
        files=tuple(file(name, tag, version) for tag in tags),
        dependencies=tuple(needs),
        location=HERE,
        **rest,
    )


def needs(name: str, marker: str | None = None, **rest) -> LockedDependency:
    return LockedDependency(name=name, marker=Marker(marker) if marker else None, **rest)


def lock(*packages: LockedPackage, roots=("root",), **rest) -> Lock:
    requirements = tuple(root if isinstance(root, LockedDependency) else needs(root) for root in roots)
    return Lock(path="some.lock", kind="uv", sha256="", requirements=requirements, packages=packages, **rest)


def read(a_lock: Lock, machine: Machine = ARM, index: FakeIndex | None = None) -> dict[str, Chosen]:
    """Return what *a_lock* puts on *machine*, by name."""
    (found,) = read_lock(a_lock, [machine], index or FakeIndex(), Options())
    return dict(found.packages)


def names(a_lock: Lock, machine: Machine = ARM, index: FakeIndex | None = None) -> set[str]:
    return set(read(a_lock, machine, index))
