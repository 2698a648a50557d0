"""The full matrix: every package of an input, on every target and architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.model import Status
from archcheck.report.standing import standing

if TYPE_CHECKING:
    from archcheck.model import Architecture, Audit, Package, Report, Result
    from archcheck.report.standing import Standing

_RANKS = {status: rank for rank, status in enumerate(Status)}


class Cell(Struct, frozen=True, kw_only=True):
    """How a package stands in one place; several results where a lock has forks, none where it is absent."""

    standing: Standing | None
    rank: int
    results: tuple[Result, ...]


class Row(Struct, frozen=True, kw_only=True):
    """One package over all targets: two cells for each, x86_64 and aarch64."""

    name: str
    direct: bool
    ready: bool
    differs: bool
    cells: tuple[Cell, ...]


class Matrix(Struct, frozen=True, kw_only=True):
    """One input's packages over the targets it was audited against."""

    path: str
    audits: tuple[Audit, ...]
    rows: tuple[Row, ...]


def matrices(report: Report) -> tuple[Matrix, ...]:
    """Return a matrix for each input, in the order of the report."""
    inputs: dict[str, list[Audit]] = {}
    for audit in report.audits:
        inputs.setdefault(audit.input.path, []).append(audit)
    return tuple(
        Matrix(path=path, audits=tuple(audits), rows=tuple(_rows(audits))) for path, audits in inputs.items()
    )


def _rows(audits: list[Audit]) -> list[Row]:
    tables = [{package.name: package for package in audit.packages} for audit in audits]
    names = sorted({name for table in tables for name in table})
    return [_row(name, [table.get(name) for table in tables]) for name in names]


def _row(name: str, packages: list[Package | None]) -> Row:
    cells = [cell for package in packages for cell in (_cell(package, "x86_64"), _cell(package, "aarch64"))]
    pairs = list(zip(cells[::2], cells[1::2], strict=True))
    return Row(
        name=name,
        direct=any(package is not None and package.direct for package in packages),
        ready=all(arm.standing in {None, "ready"} for _, arm in pairs),
        differs=any(_stands(x86) != _stands(arm) for x86, arm in pairs),
        cells=tuple(cells),
    )


def _cell(package: Package | None, architecture: Architecture) -> Cell:
    if package is None:
        return Cell(standing=None, rank=-1, results=())
    return Cell(
        standing=standing(package, architecture),
        rank=_RANKS[package.on(architecture).status],
        results=tuple(result for result in package.results if result.architecture == architecture),
    )


def _stands(cell: Cell) -> set[tuple[str | None, Status]]:
    return {(result.version, result.status) for result in cell.results}
