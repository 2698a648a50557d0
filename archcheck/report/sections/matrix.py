"""The full matrix: every package of an input, on every target and architecture."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.model import Status
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.report import phrases
from archcheck.report.sections.readiness import standing_by_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.model import Architecture, Audit, Package, Report, Result
    from archcheck.report.sections.readiness import Standing

# Eight columns beside the names are what paper and a wide screen hold.
_TARGETS = 4
_RANKS = {status: rank for rank, status in enumerate(Status)}


class Cell(Struct, frozen=True, kw_only=True):
    """How a package stands in one place; several results where a lock has forks, none where it is absent."""

    standing: Standing | None
    rank: int
    results: tuple[Result, ...]


class Row(Struct, frozen=True, kw_only=True):
    """One package over all targets of a matrix: two cells for each, x86_64 and aarch64."""

    name: str
    direct: bool
    ready: bool
    differs: bool
    cells: tuple[Cell, ...]


class Matrix(Struct, frozen=True, kw_only=True):
    """One input's packages over the targets it was audited against, at most four of them."""

    path: str
    audits: tuple[Audit, ...]
    rows: tuple[Row, ...]


def matrices(report: Report) -> tuple[Matrix, ...]:
    """Return a matrix for each input, in the order of the report; of many targets several."""
    inputs: dict[str, list[Audit]] = {}
    for audit in report.audits:
        inputs.setdefault(phrases.input_name(audit.input), []).append(audit)
    return tuple(
        Matrix(path=path, audits=tuple(few), rows=tuple(_rows(few)))
        for path, audits in inputs.items()
        for few in (audits[start : start + _TARGETS] for start in range(0, len(audits), _TARGETS))
    )


def _rows(audits: list[Audit]) -> Iterator[Row]:
    tables = [
        (
            {package.name: package for package in audit.packages},
            {each: standing_by_package(audit, each) for each in ARCHITECTURES},
        )
        for audit in audits
    ]
    for name in sorted({name for table, _ in tables for name in table}):
        packages = [table.get(name) for table, _ in tables]
        pairs = [
            (_cell(package, "x86_64", stands), _cell(package, "aarch64", stands))
            for package, (_, stands) in zip(packages, tables, strict=True)
        ]
        yield Row(
            name=name,
            direct=any(package is not None and package.direct for package in packages),
            ready=all(arm.standing in {None, "ready"} for _, arm in pairs),
            differs=any(_stands(x86) != _stands(arm) for x86, arm in pairs),
            cells=tuple(chain.from_iterable(pairs)),
        )


def _cell(
    package: Package | None,
    architecture: Architecture,
    stands: Mapping[Architecture, Mapping[str, Standing]],
) -> Cell:
    if package is None:
        return Cell(standing=None, rank=-1, results=())
    return Cell(
        standing=stands[architecture][package.name],
        rank=_RANKS[package.on(architecture).status],
        results=tuple(result for result in package.results if result.architecture == architecture),
    )


def _stands(cell: Cell) -> set[tuple[str | None, Status]]:
    return {(result.version, result.status) for result in cell.results}
