"""Targets by name: a Linux base with a Python, as in `lambda:python3.13` or `debian12:python3.12.4`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.data.base_images import base_image
from archcheck.data.runtimes import runtimes
from archcheck.errors import TargetError
from archcheck.platforms.architectures import ARCHITECTURES, Architecture
from archcheck.platforms.machines import (
    OLDEST_GLIBC,
    Libc,
    Machine,
    PythonVersion,
    Service,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.specifiers import SpecifierSet

__all__ = [
    "ARCHITECTURES",
    "SERVICES",
    "Architecture",
    "Libc",
    "Machine",
    "PythonVersion",
    "Target",
    "default_target",
    "parse_target",
]

SERVICES: dict[Service, str] = {"fargate": "AWS Fargate", "eks": "Amazon EKS"}
_FREE_THREADED_SINCE = 13  # the first minor version of CPython 3 with free-threaded builds (PEP 703)

_GLIBC_BASE = r"glibc2\.([1-9][0-9]?)"
_MUSL_BASE = r"musl1\.([0-9])"
_ALPINE_BASE = r"alpine3\.([1-9][0-9])"
_PYTHON = re.compile(r"python3\.(0|[1-9][0-9]?)(?:\.(0|[1-9][0-9]?))?(t?)")
_PYTHON_FILE_LINE = r"(?:cpython[-@]?|python)?(3\.[0-9]+)"


def parse_target(text: str) -> Target:
    """Return the target that *text* names; raises `TargetError` with what is known instead."""
    base, colon, python = text.strip().lower().partition(":")
    if not colon:
        raise _incomplete(text, base)
    if base == "lambda":
        return _lambda_target(python)
    if base == "agentcore":
        return _agentcore_target(python)
    if base in SERVICES:
        return _service_target(base, python)
    name, title, libc = _base(base)
    return Target(
        id=f"{name}:{python}",
        base=name,
        python=_python(python),
        libc=libc,
        title=f"{title}, {python}" if title == str(libc) else f"{title}, {python} ({libc})",
    )


def default_target(requires_python: SpecifierSet | None = None, python_version: str | None = None) -> Target:
    """Return the Lambda runtime of the project's Python, else the newest runtime known.

    *python_version* is the text of a `.python-version` file; where it names no Python that Lambda has, the
    newest runtime that *requires_python* admits is taken; one that AWS does not document only where there is
    no other.
    """
    lines = _lambda_lines()
    wanted = (
        *_lines_named(python_version or ""),
        *(line for line in lines if requires_python and _python(f"python{line}").full in requires_python),
    )
    return _lambda_target(f"python{next((line for line in wanted if line in lines), lines[0])}")


def _lambda_lines() -> tuple[str, ...]:
    """Return the lines that Lambda has, newest first, those that AWS does not document last."""
    known = runtimes().lambda_
    newest_first = tuple(reversed(known))
    return tuple(sorted(newest_first, key=lambda line: not known[line].documented))


def _lines_named(python_version: str) -> Iterator[str]:
    for line in python_version.splitlines():
        if found := re.match(_PYTHON_FILE_LINE, line.strip().lower()):
            yield found[1]


def _lambda_target(text: str) -> Target:
    python = _python(text)
    known = runtimes().lambda_
    newest_base = known[next(reversed(known))].base
    if python.free_threaded:
        raise TargetError(
            f"AWS Lambda offers no free-threaded Python; for a container image use '{newest_base}:{text}'"
        )
    if python.short not in known:
        raise TargetError(
            f"AWS Lambda has no python{python.short} runtime that is known here ({_range(known)} are); "
            f"for a container image use '{newest_base}:{text}'"
        )
    runtime = known[python.short]
    base = runtimes().bases[runtime.base]
    standing = f"{base.title}, {base.libc}"
    if not runtime.documented:
        standing = f"no document of AWS's yet; {standing} is a guess"
    return Target(
        id=f"lambda:{text}",
        base="lambda",
        python=python,
        libc=_libc(base.libc),
        title=f"AWS Lambda {text} ({standing})",
        service="lambda",
    )


def _agentcore_target(text: str) -> Target:
    python = _python(text)
    known = runtimes().agentcore
    if python.short not in known:
        raise TargetError(
            f"Bedrock AgentCore has no python{python.short} runtime that is known here ({_range(known)} are)"
        )
    base = runtimes().bases[known[python.short].base]
    return Target(
        id=f"agentcore:{text}",
        base=known[python.short].base,
        python=python,
        libc=_libc(base.libc),
        title=f"Bedrock AgentCore {text} ({base.title}, {base.libc}), arm64 alone",
        service="agentcore",
        arm_only=True,
    )


def _service_target(service: Service, text: str) -> Target:
    """Return the target for containers that *service* runs: on what Docker's image `python:3.N-slim` has."""
    python = _python(text)
    image = f"python:{python.major}.{python.minor}-slim"
    name = base_image(image).base or next(reversed(runtimes().bases))
    base = runtimes().bases[name]
    return Target(
        id=f"{service}:{text}",
        base=name,
        python=python,
        libc=_libc(base.libc),
        title=f"{SERVICES[service]}, {text} ({image}: {base.title}, {base.libc})",
        service=service,
    )


def _python(text: str) -> PythonVersion:
    found = _PYTHON.fullmatch(text)
    known = runtimes().python
    if found is None or f"3.{found[1]}" not in known:
        raise TargetError(
            f"{_quote(text)} is no Python that is known here: {_range(known)}, as in 'python3.13'"
        )
    minor, free_threaded = int(found[1]), bool(found[3])
    if free_threaded and minor < _FREE_THREADED_SINCE:
        raise TargetError(f"{_quote(text)}: free-threaded builds exist since python3.{_FREE_THREADED_SINCE}")
    patch = known[f"3.{minor}"].newest if found[2] is None else int(found[2])
    return PythonVersion(major=3, minor=minor, patch=patch, free_threaded=free_threaded)


def _base(text: str) -> tuple[str, str, Libc]:
    """Return the name, the title and the libc of the base *text*."""
    facts = runtimes()
    for name, base in facts.bases.items():
        if text == name or text in base.aliases:
            return name, base.title, _libc(base.libc)
    if found := re.fullmatch(_GLIBC_BASE, text):
        if int(found[1]) < OLDEST_GLIBC["aarch64"]:
            raise TargetError(f"{_quote(text)}: wheels for aarch64 begin at glibc 2.17 (PEP 599)")
        return text, f"glibc 2.{found[1]}", Libc(family="glibc", major=2, minor=int(found[1]))
    if found := re.fullmatch(_MUSL_BASE, text):
        return text, f"musl 1.{found[1]}", Libc(family="musl", major=1, minor=int(found[1]))
    if found := re.fullmatch(_ALPINE_BASE, text):
        for musl in reversed(facts.alpine):
            if int(found[1]) >= musl.since:
                return text, f"Alpine 3.{found[1]}", _libc(musl.libc)
    names = ", ".join(_base_names())
    raise TargetError(f"{_quote(text)} is no base that is known here{_did_you_mean(text)}: {names}")


def _base_names() -> Iterator[str]:
    yield from ("lambda", "agentcore", *SERVICES)
    for name, base in runtimes().bases.items():
        yield name
        yield from base.aliases
    yield from ("alpine3.N", "glibc2.N", "musl1.N")


def _incomplete(text: str, word: str) -> TargetError:
    """Return what to write for *word*, which is a base or a Python alone; raises where it is neither."""
    known = _lambda_lines()
    if word.startswith("python"):
        base = "lambda" if _python(word).short in known else "debian12"
        return TargetError(f"{_quote(text)} names no base: write '{base}:{word}', as in 'lambda:python3.13'")
    if word != "lambda":
        _base(word)
    return TargetError(f"{_quote(text)} names no Python: write '{word}:python{known[0]}'")


def _did_you_mean(text: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - costs time that only a mistake should pay

    close = get_close_matches(text, list(_base_names()), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _range(lines: Iterable[str]) -> str:
    first, *_, last = lines
    return f"python{first} to python{last}"


def _quote(text: str, limit: int = 60) -> str:
    return repr(text if len(text) <= limit else text[:limit] + "…")


def _libc(text: str) -> Libc:
    family, _, version = text.partition(" ")
    major, _, minor = version.partition(".")
    return Libc(family="musl" if family == "musl" else "glibc", major=int(major), minor=int(minor))
