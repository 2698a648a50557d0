"""A uv.lock with as many packages as large projects have, and the project that it belongs to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from benchmarks.index import generated

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.index.project import Release

LOCKED = 320
_PLATFORM_EVERY = 4
_VERSION = "1.2.3"
_SDIST_SIZE = 173_141  # bytes; nobody asks for it


def lock_files(base: str, release: Callable[[str, str], Release]) -> dict[str, str]:
    """Return `pyproject.toml` and `uv.lock`; its files are under *base*, as *release* has them."""
    names = [f"grow-{number:04}" for number in range(LOCKED)]
    roots = names[::8] + names[-20:]
    wanted = sorted(set(roots) | _everything(names, set(roots)))
    project = [
        "[project]",
        'name = "benchmark"',
        'version = "1"',
        'requires-python = ">=3.11"',
        "dependencies = [",
    ]
    project += [f'  "{name}",' for name in wanted] + ["]", ""]
    lock = ["version = 1", "revision = 3", 'requires-python = ">=3.11"', ""]
    lock += ["[[package]]", 'name = "benchmark"', 'version = "1"', 'source = { virtual = "." }']
    lock += ["dependencies = [", *(f'    {{ name = "{name}" }},' for name in wanted), "]", ""]
    lock += [
        "[package.metadata]",
        "requires-dist = [",
        *(f'    {{ name = "{name}" }},' for name in wanted),
        "]",
        "",
    ]
    for number, name in enumerate(names):
        lock += _package(name, base, release(name, _VERSION), compiled=number % _PLATFORM_EVERY == 0)
    return {"pyproject.toml": "\n".join(project), "uv.lock": "\n".join(lock)}


def _everything(names: list[str], roots: set[str]) -> set[str]:
    """Return the packages that no other one requires: as no roots they would not be in the lock."""
    required = {need for name in names for need in _needs(name)}
    return set(names) - required - roots


def _needs(name: str) -> list[str]:
    requires = generated.requires_of(name, "")
    return [each.partition(">=")[0] for each in requires if ";" not in each]


def _package(name: str, base: str, release: Release, *, compiled: bool) -> list[str]:
    tags = generated.TAGS if compiled else ("py3-none-any",)
    stem = f"{name.replace('-', '_')}-{_VERSION}"
    of_wheel = release.wheel_digest, release.wheel_size
    wheels = [f"    {_file(f'{stem}-{tag}.whl', base, *of_wheel)}," for tag in tags]
    lines = [
        "[[package]]",
        f'name = "{name}"',
        f'version = "{_VERSION}"',
        f'source = {{ registry = "{base}/simple" }}',
    ]
    if needs := _needs(name):
        lines += ["dependencies = [", *(f'    {{ name = "{need}" }},' for need in needs), "]"]
    of_sdist = hashlib.sha256(stem.encode()).hexdigest(), _SDIST_SIZE
    sdist = _file(f"{stem}.tar.gz", base, *of_sdist)
    return [*lines, f"sdist = {sdist}", "wheels = [", *wheels, "]", ""]


def _file(filename: str, base: str, digest: str, size: int) -> str:
    url = f"{base}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{filename}"
    rest = f'size = {size}, upload-time = "2026-10-24T20:40:08.058Z"'
    return f'{{ url = "{url}", hash = "sha256:{digest}", {rest} }}'
