"""A uv.lock with as many packages as large projects have, and the project that it belongs to."""

from __future__ import annotations

import hashlib

from benchmarks.index import generated

LOCKED = 320
_PLATFORM_EVERY = 4


def lock_files(base: str) -> dict[str, str]:
    """Return `pyproject.toml` and `uv.lock`; the files in the lock are under *base*."""
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
        lock += _package(name, base, compiled=number % _PLATFORM_EVERY == 0)
    return {"pyproject.toml": "\n".join(project), "uv.lock": "\n".join(lock)}


def _everything(names: list[str], roots: set[str]) -> set[str]:
    """Return the packages that no other one requires: as no roots they would not be in the lock."""
    required = {need for name in names for need in _needs(name)}
    return set(names) - required - roots


def _needs(name: str) -> list[str]:
    requires = generated.requires_of(name, "")
    return [each.partition(">=")[0] for each in requires if ";" not in each]


def _package(name: str, base: str, *, compiled: bool) -> list[str]:
    version = "1.2.3"
    tags = generated.TAGS if compiled else ("py3-none-any",)
    stem = f"{name.replace('-', '_')}-{version}"
    wheels = [f"    {_file(f'{stem}-{tag}.whl', base)}," for tag in tags]
    lines = [
        "[[package]]",
        f'name = "{name}"',
        f'version = "{version}"',
        f'source = {{ registry = "{base}/simple" }}',
    ]
    if needs := _needs(name):
        lines += ["dependencies = [", *(f'    {{ name = "{need}" }},' for need in needs), "]"]
    return [*lines, f"sdist = {_file(f'{stem}.tar.gz', base)}", "wheels = [", *wheels, "]", ""]


def _file(filename: str, base: str) -> str:
    digest = hashlib.sha256(filename.encode()).hexdigest()
    url = f"{base}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{filename}"
    rest = 'size = 173141, upload-time = "2026-10-24T20:40:08.058Z"'
    return f'{{ url = "{url}", hash = "sha256:{digest}", {rest} }}'
