"""Projects that never were, shaped like those of the default index, from a seed.

`pin-NNN` have full-size pages and are meant to be pinned; `grow-NNNN` have pages of the median size;
`hard-*` are built so that whoever takes the newest version first has to go back, again and again.
Each set's requirements are here as well, since they are what the projects are generated for.
"""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.index.project import Project
from benchmarks.index.words import metadata_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEED = 20261123
PINS, GROWN, FAMILIES = 220, 2_000, 5

# Tenths of the distribution among 127 recorded projects: two thirds pure, a third with platform wheels.
_COMPILED_SHARE = 0.34
PURE_RELEASES = (3, 9, 17, 36, 42, 50, 64, 73, 109, 300)
_COMPILED_RELEASES = (13, 24, 31, 56, 69, 90, 108, 139, 157, 233)
_WHEELS_A_RELEASE = (4, 11, 19, 22, 27, 34, 39, 52, 70, 100)

_PLATFORMS = (
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64",
    "win_amd64",
    "macosx_11_0_arm64",
    "macosx_10_9_x86_64",
    "musllinux_1_2_x86_64",
    "musllinux_1_2_aarch64",
    "win32",
    "manylinux_2_5_i686.manylinux1_i686.manylinux_2_17_i686.manylinux2014_i686",
    "manylinux_2_17_ppc64le.manylinux2014_ppc64le",
    "manylinux_2_17_s390x.manylinux2014_s390x",
    "win_arm64",
    "musllinux_1_2_armv7l",
    "manylinux_2_31_riscv64.manylinux_2_39_riscv64",
)
_PYTHONS = ("cp311", "cp313", "cp312", "cp310", "cp314", "cp39", "cp314t", "cp38")
_HARD_RELEASES, _HARD_LAG = 160, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blueprint:
    """A project before its page is written; *requires* gives the requirements of a release."""

    versions: tuple[str, ...]
    tags: tuple[str, ...]
    requires: Callable[[str], list[str]]

    def metadata(self, name: str, version: str) -> str:
        """Return the METADATA of a release."""
        return metadata_text(name, version, requires_dist=self.requires(version), requires_python=">=3.8")


@dataclass(frozen=True, slots=True)
class _Facts:
    name: str
    blueprint: _Blueprint

    def metadata(self, version: str) -> str:
        return self.blueprint.metadata(self.name, version)


def project(name: str) -> Project | None:
    """Return the generated project of that name, None where there is none."""
    blueprint = _blueprint(name)
    if blueprint is None:
        return None
    entries = [
        entry for number in range(len(blueprint.versions)) for entry in _files(name, blueprint, number)
    ]
    return Project(name, entries, list(blueprint.versions), _Facts(name, blueprint))


@cache
def _blueprint(name: str) -> _Blueprint | None:
    match = re.fullmatch(r"(pin|grow|hard-app|hard-client|hard-core|hard-bridge)-(\d+)", name)
    if match is None:
        return None
    kind, number = match[1], int(match[2])
    if kind == "pin" and number < PINS:
        return _ordinary(name, number, width=3, share=_COMPILED_SHARE)
    if kind == "grow" and number < GROWN:
        return _ordinary(name, number, width=4, share=0.0)
    return _hard(kind, number) if number < FAMILIES else None


def _ordinary(name: str, number: int, *, width: int, share: float) -> _Blueprint:
    seeded = random.Random(f"{SEED} {name}")
    compiled = seeded.random() < share
    if share:
        count = tenth(_COMPILED_RELEASES if compiled else PURE_RELEASES, seeded)
    else:
        count = seeded.randrange(20, 60)
    below = [f"{name.partition('-')[0]}-{each:0{width}}" for each in _lower(number, seeded)]
    requires = [f"{each}>={_blueprint_floor(each)}" for each in below]
    requires += [f"{each}; extra == 'more'" for each in below[:1]] + ["colorama; sys_platform == 'win32'"]
    tags = _tags(tenth(_WHEELS_A_RELEASE, seeded)) if compiled else ("py3-none-any",)
    return _Blueprint(versions=_versions(count, seeded), tags=tags, requires=lambda _: requires)


def _lower(number: int, seeded: random.Random) -> list[int]:
    return sorted(seeded.sample(range(number), min(number, seeded.choice((0, 1, 2, 3, 5)))))


def _blueprint_floor(name: str) -> str:
    blueprint = _blueprint(name)
    return blueprint.versions[0] if blueprint else "0"


def tenth(table: Sequence[int], seeded: random.Random) -> int:
    """Return a number drawn from a distribution that *table* has by tenths."""
    place = seeded.random() * (len(table) - 1)
    low = int(place)
    return round(table[low] + (table[low + 1] - table[low]) * (place - low))


def _versions(count: int, seeded: random.Random) -> tuple[str, ...]:
    major, minor, patch = 0, 1, 0
    found = []
    for _ in range(count):
        found.append(f"{major}.{minor}.{patch}")
        step = seeded.random()
        if step > 0.95:
            major, minor, patch = major + 1, 0, 0
        elif step > 0.5:
            minor, patch = minor + 1, 0
        else:
            patch += 1
    return tuple(found)


def _tags(count: int) -> tuple[str, ...]:
    platforms = _PLATFORMS[: max(2, min(len(_PLATFORMS), count // 4))]
    return tuple(f"{python}-{python}-{platform}" for python in _PYTHONS for platform in platforms)[
        : max(count, 2)
    ]


TAGS = _tags(28)


def _hard(kind: str, family: int) -> _Blueprint:
    """Return a part of a family like boto3, botocore and aiobotocore.

    Every client pins its very own core; the bridge takes a narrow range of cores that lies far behind; the
    app pins the bridge.
    """
    versions = tuple(f"1.{number}.0" for number in range(_HARD_RELEASES))

    def requires(version: str) -> list[str]:
        number = int(version.split(".")[1])
        match kind:
            case "hard-client":
                return [f"hard-core-{family}=={version}"]
            case "hard-bridge":
                top = max(number - _HARD_LAG, 1)
                return [f"hard-core-{family}>=1.{max(top - 3, 0)}.0,<1.{top}.0"]
            case "hard-app":
                return [f"hard-bridge-{family}=={version}", f"hard-client-{family}"]
        return []

    return _Blueprint(versions=versions, tags=("py3-none-any",), requires=requires)


def _files(name: str, blueprint: _Blueprint, number: int) -> list[dict[str, Any]]:
    version, stem = blueprint.versions[number], name.replace("-", "_")
    day = 1_500_000_000 + number * 3_000_000 % 400_000_000
    shared = {"requires-python": ">=3.8", "size": 40_000 + number, "yanked": False}
    early = number * 2 < len(blueprint.versions)  # the first releases of a project have fewer wheels
    tags = blueprint.tags[: max(1, len(blueprint.tags) // 3)] if early else blueprint.tags
    names = [f"{stem}-{version}-{tag}.whl" for tag in tags] + [f"{stem}-{version}.tar.gz"]
    return [
        {
            "filename": each,
            "hashes": {"sha256": hashlib.sha256(each.encode()).hexdigest()},
            "upload-time": f"20{16 + day % 10}-0{1 + day % 9}-{10 + place % 19}T12:34:56.123456Z",
            **shared,
        }
        for place, each in enumerate(names)
    ]


def pinned_requirements() -> list[str]:
    """Return pins for all `pin-NNN`: mostly the newest, some a few releases behind."""
    seeded = random.Random(SEED)
    lines = []
    for number in range(PINS):
        blueprint = _blueprint(name := f"pin-{number:03}")
        versions = blueprint.versions if blueprint else ()
        back = min(bisect((0.7, 0.8, 0.9), seeded.random()), len(versions) - 1)
        lines.append(f"{name}=={versions[-1 - back]}")
    return lines


def grown_requirements(count: int) -> list[str]:
    """Return the first *count* of `grow-NNNN`, which need one another alone."""
    return [f"grow-{number:04}" for number in range(count)]


def hard_requirements() -> list[str]:
    """Return the app of each family, and loose asks for the parts that have to give way."""
    newest = f"1.{_HARD_RELEASES - 1}.0"
    clients = [f"hard-client-{family}" for family in range(FAMILIES)]
    return clients + [f"hard-app-{family}=={newest}" for family in range(FAMILIES)]


def release(name: str, share: float) -> str:
    """Return the release of a generated project with *share* of its releases before it: 1 is the newest."""
    blueprint = _blueprint(name)
    return blueprint.versions[int(share * (len(blueprint.versions) - 1))] if blueprint else "0"


def requires_of(name: str, version: str) -> list[str]:
    """Return what a release of a generated project requires."""
    blueprint = _blueprint(name)
    return blueprint.requires(version) if blueprint else []
