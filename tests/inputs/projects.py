"""Projects in memory: a few files in `/project`, and what is read of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.inputs import read_input
from archcheck.manifest.manifest import Selection

from .reading import FakeFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest


def project(
    files: dict[str, bytes | str],
    path: str,
    *,
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
    all_extras: bool = False,
    package: str = "",
    kind: str | None = None,
    cwd: str = "/project",
) -> Manifest | Lock:
    selection = Selection(
        extras=frozenset(map(canonicalize_name, extras)),
        groups=frozenset(map(canonicalize_name, groups)),
        all_extras=all_extras,
        package=package,
    )
    there = FakeFiles({f"/project/{name}": text for name, text in files.items()})
    return read_input(path, kind, environ={"TOKEN": "hidden"}, cwd=cwd, files=there, selection=selection)


def lines(manifest: Manifest | Lock) -> list[str]:
    """Return the requirements as `line name specifier; marker`."""
    found = []
    for each in manifest.requirements:
        extras = f"[{','.join(sorted(each.extras))}]" if each.extras else ""
        marker = f"; {each.marker}" if each.marker else ""
        found.append(f"{each.location.line} {each.name}{extras}{each.specifier}{marker}")
    return found


def refused(files: dict[str, bytes | str], path: str, **more: object) -> str:
    with pytest.raises(InputError) as caught:
        project(files, path, **more)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 700
    return message
