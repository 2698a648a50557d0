"""What is measured: sets of requirements, and the circumstances under which each is asked about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.index.project import Change
    from benchmarks.replay import Index

FIXTURES = Path(__file__).parents[1] / "fixtures"
SETS = FIXTURES / "sets"
OWN_SETS = Path(__file__).parent / "sets"

# Left alone, pip goes back to an s3fs of 2020 where uv goes back to an older boto3: with these both agree.
_DATA_PINS = ("aiobotocore", "boto3")

IN_FIXTURES = {"seed": "aiofiles", "data": "duckdb", "web": "orjson"}
"""The sets of the tests' pages, and a project of each that everybody takes the newest release of."""
RECORDED = {"data-loose": "duckdb", "boto": "attrs", "sphinx": "jinja2", "airflow": "uvicorn"}
"""Those that need pages recorded apart, since an installer goes back through releases that no test needs."""

State = Literal["cold", "warm", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set; *change* is what happens to the index between two runs, and must change the answer.

    *names* are the projects whose pages are rendered before anything is measured.
    """

    name: str
    lines: tuple[str, ...]
    change: Change
    names: tuple[str, ...]

    @property
    def filename(self) -> str:
        """What its requirements file is called."""
        return f"{self.name.replace(' ', '-')}.txt"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Scenario:
    """The circumstances: latency in milliseconds a request, and what the cache holds.

    `full`: the index has caching headers, gzip, `.metadata` files and per-version JSON; else none of them.
    """

    full: bool
    state: State
    latency: int

    def __str__(self) -> str:
        return f"{self.state} {self.latency} ms{'' if self.full else ', bare index'}"


# Fresh answers are asked again by pip alone, so that latency says little about a warm cache.
USUAL = (
    Scenario(full=True, state="cold", latency=0),
    Scenario(full=True, state="cold", latency=30),
    Scenario(full=True, state="cold", latency=100),
    Scenario(full=True, state="warm", latency=30),
    Scenario(full=True, state="expired", latency=30),
    Scenario(full=False, state="cold", latency=30),
    Scenario(full=False, state="warm", latency=30),
)
QUICK = (
    Scenario(full=True, state="cold", latency=30),
    Scenario(full=True, state="warm", latency=30),
    Scenario(full=True, state="expired", latency=30),
)


def every_scenario() -> tuple[Scenario, ...]:
    """Return all combinations."""
    states: tuple[State, ...] = ("cold", "warm", "expired")
    return tuple(
        Scenario(full=full, state=state, latency=latency)
        for full, state, latency in product((True, False), states, (0, 30, 100))
        # without caching headers nothing is ever fresh, and so nothing expires
        if full or state != "expired"
    )


def cases(wanted: Iterable[str], index: Index, recorded: Path) -> list[Case]:
    """Return the *wanted* sets; those of `RECORDED` only where *recorded* has any page."""
    pages = {path.stem for path in (recorded / "pages").glob("*.json")}
    names = tuple(sorted(pages | {path.stem for path in (FIXTURES / "index").glob("*.json")}))
    pins = index.tell(requirements=["pinned", 0])["lines"]
    found = {
        name: Case(
            name=name,
            lines=tuple(_set_lines(name)),
            change=("publish", moved),
            names=names,
        )
        for name, moved in (IN_FIXTURES | (RECORDED if pages else {})).items()
    }
    found["pinned"] = Case(
        name="pinned",
        lines=tuple(pins),
        change=("withdraw", "pin-003"),
        names=tuple(line.partition("==")[0] for line in pins),
    )
    hard = index.tell(requirements=["hard", 0])["lines"]
    parts = ("app", "client", "bridge", "core")
    found["hard"] = Case(
        name="hard",
        lines=tuple(hard),
        change=("withdraw", "hard-app-0"),
        names=tuple(f"hard-{part}-{number}" for part in parts for number in range(len(hard) // 2)),
    )
    return [found[name] for name in wanted if name in found]


def _set_lines(name: str) -> list[str]:
    """Return the requirements of a set: `data` has pins more, and `data-loose` is what it is without."""
    own = OWN_SETS / f"{name}.txt"
    path = own if own.exists() else SETS / f"{name.removesuffix('-loose')}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    if name != "data":
        return lines
    oracle = json.loads((FIXTURES / "oracle" / "data.json").read_bytes())
    pins = next(case["pins"] for case in oracle["cases"] if case["tool"].startswith("uv"))
    return [*lines, *(f"{each}=={pins[each]}" for each in _DATA_PINS)]


def grown(count: int, index: Index) -> Case:
    """Return the set of *count* generated packages that need one another alone."""
    lines = tuple(index.tell(requirements=["grown", count])["lines"])
    return Case(name=f"grow {count}", lines=lines, change=None, names=lines)
