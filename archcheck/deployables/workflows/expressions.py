"""The expressions of GitHub's workflows, `${{ matrix.arch }}`, as far as their own file answers them."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.documents import table_at
from archcheck.deployables.yaml_documents import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_COMBINATIONS: Final = 64
"""Combinations of a matrix that are looked at; GitHub runs 256."""
_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]*)\s*\}\}")


def combinations(job: Table) -> list[dict[str, Any]]:
    """Return the combinations that the matrix of *job* has; one without values where there is none."""
    matrix = table_at(job, "strategy", "matrix")
    axes = {
        name: values
        for name, values in matrix.items()
        if name not in {"include", "exclude"} and isinstance(values, list) and values
    }
    found = [dict(zip(axes, values, strict=True)) for values in _first(product(*axes.values()))]
    excluded = [each for each in _listed(matrix, "exclude") if each]
    found = [each for each in found if not any(_within(other, each) for other in excluded)]
    if not axes:
        found = []
    for extra in _listed(matrix, "include"):
        known = {name: value for name, value in extra.items() if name in axes}
        fitting = [each for each in found if axes and _within(known, each)]
        for each in fitting:
            each.update(extra)
        if not fitting and len(found) < MAX_COMBINATIONS:
            found.append(dict(extra))
    return found or [{}]


def _first(combined: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for _, each in zip(range(MAX_COMBINATIONS), combined, strict=False):
        yield each


def _listed(matrix: Table, key: str) -> list[Table]:
    found = matrix.get(key)
    return (
        [each for each in found if isinstance(each, Table)][:MAX_COMBINATIONS]
        if isinstance(found, list)
        else []
    )


def _within(some: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    return all(name in whole and whole[name] == value for name, value in some.items())


def answered(text: str, matrix: Mapping[str, Any], env: Mapping[str, str]) -> str:
    """Return *text* with the expressions in it that *matrix* and *env* answer; the others stay."""

    def answer(found: re.Match[str]) -> str:
        value = _value(found[1], matrix, env)
        return found[0] if value is None else value

    return _EXPRESSION.sub(answer, text[:2_000])


def _value(name: str, matrix: Mapping[str, Any], env: Mapping[str, str]) -> str | None:
    kind, _, rest = name.partition(".")
    if kind == "env":
        return env.get(rest)
    if name in {"github.workspace", "runner.workspace"}:
        return "."
    if kind != "matrix":
        return None
    value: Any = matrix
    for key in rest.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def environment(*levels: Table) -> dict[str, str]:
    """Return the variables that *levels* set, a workflow's, a job's and a step's."""
    return {
        name: str(value)
        for level in levels
        for name, value in table_at(level, "env").items()
        if isinstance(value, str | int | float)
    }
