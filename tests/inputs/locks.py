"""Lock files for tests: recorded ones, small ones in memory, and what of them is installed on a machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

from archcheck.errors import InputError
from archcheck.inputs import read_input
from archcheck.manifest.manifest import Selection
from archcheck.platforms.targets import parse_target
from archcheck.resolve.lockfile import _Walk

from .reading import FakeFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.manifest.lock import Lock
    from archcheck.platforms.targets import Machine

LOCKS = Path(__file__).parents[2] / "fixtures" / "locks"


def machine(python: str, architecture: str) -> Machine:
    return parse_target(f"debian13:python{python}").on(architecture)


def read(text: str | bytes, name: str, selection: Selection | None = None, **beside: str) -> Lock:
    files = FakeFiles({f"/project/{name}": text, **{f"/project/{file}": t for file, t in beside.items()}})
    return read_input(name, environ={}, cwd="/project", files=files, selection=selection)


def refused(text: str | bytes, name: str, selection: Selection | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(text, name, selection)
    assert str(caught.value).isprintable()
    return str(caught.value)


def outcome(text: str | bytes, name: str, selection: Selection | None = None) -> Lock | InputError:
    try:
        return read(text, name, selection)
    except InputError as error:
        return error


def installed(lock: Lock, on: Machine) -> dict[str, str | None]:
    walk = _Walk(lock, on)
    walk.run()
    return {
        str(name): None if package.version is None else str(package.version)
        for name, package in sorted(walk.selected.items())
    }


def lacking(lock: Lock, on: Machine) -> set[str]:
    walk = _Walk(lock, on)
    walk.run()
    return set(walk.lacking)


def answers(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def selected(said: dict[str, Any]) -> Selection:
    return Selection(
        extras=frozenset(said["extras"]), groups=frozenset(said["groups"]), all_extras=said["all_extras"]
    )


def holding(lines: Iterable[str], on: Machine) -> dict[str, str]:
    """Return the pins of an exported requirements file whose markers hold, as packaging evaluates them."""
    found = {}
    for line in lines:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({**on.environment, "extra": ""}):
            (pin,) = requirement.specifier
            found[requirement.name] = pin.version
    return found
