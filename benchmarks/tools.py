"""The tools under comparison: how each is asked, and what it said, as pins for each architecture."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARCHITECTURES = ("aarch64", "x86_64")
GLIBC = 34
_OLDEST_GLIBC = 17
_UV_LINE = re.compile(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_VOLATILE = ("generated_at",)

Pins = dict[str, dict[str, str]]
"""Version by normalised name, by architecture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a tool found out: the pins, and a digest of all that it said apart from times and addresses."""

    pins: Pins
    digest: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A program; *command* is how it is started."""

    name: str
    command: tuple[str, ...]


def found_tools(archcheck: str | None, uv: str | None, pip: str | None) -> tuple[Tool, Tool, Tool]:
    """Return the tools: as the arguments say, or those of the environment that runs this."""
    beside = Path(sys.executable).parent
    default_archcheck = str(beside / "archcheck")
    default_uv = str(beside / "uv") if (beside / "uv").exists() else shutil.which("uv") or "uv"
    return (
        Tool("archcheck", tuple(shlex.split(archcheck or default_archcheck))),
        Tool("uv", tuple(shlex.split(uv or default_uv))),
        Tool("pip", tuple(shlex.split(pip) if pip else (sys.executable, "-m", "pip"))),
    )


def commands(tool: Tool, requirements: str, bases: tuple[str, str], cache: str) -> list[list[str]]:
    """Return what *tool* is asked about a requirements file: one command, or one for each architecture.

    *bases* are the addresses of the pages and of the files.
    """
    index_url = f"{bases[0]}/simple/"
    match tool.name:
        case "archcheck":
            return [_archcheck(tool, requirements, cache, "--index-url", index_url, "--only-binary", ":all:")]
        case "uv":
            return [_uv(tool, requirements, index_url, cache, architecture) for architecture in ARCHITECTURES]
    return [_pip(tool, requirements, bases, cache, architecture) for architecture in ARCHITECTURES]


def lock_commands(tool: Tool, cache: str) -> list[list[str]]:
    """Return what *tool* is asked about the lock file in the current folder."""
    match tool.name:
        case "archcheck":
            return [_archcheck(tool, "uv.lock", cache)]
        case "uv":
            export = [
                "export",
                "--frozen",
                "--no-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-project",
            ]
            return [[*tool.command, *export, *_ALONE, "--python", sys.executable, "--cache-dir", cache]]
    return [[*tool.command, "-c", "import packaging.requirements, packaging.tags"]]


def _archcheck(tool: Tool, path: str, cache: str, *more: str) -> list[str]:
    target = f"glibc2.{GLIBC}:python{platform.python_version()}"
    return [
        *tool.command,
        "check",
        path,
        "--json",
        "--exit-zero",
        "--target",
        target,
        "--cache-dir",
        cache,
        *more,
    ]


_ALONE = ("--no-config", "--no-python-downloads")


def _uv(tool: Tool, path: str, index_url: str, cache: str, architecture: str) -> list[str]:
    return [
        *(*tool.command, "pip", "compile", path, *_ALONE, "--no-header", "--no-annotate"),
        *("--only-binary", ":all:", "--python-platform", f"{architecture}-manylinux_2_{GLIBC}"),
        *("--python", sys.executable, "--index-url", index_url, "--cache-dir", cache),
    ]


def _pip(tool: Tool, path: str, bases: tuple[str, str], cache: str, architecture: str) -> list[str]:
    tags = [f"manylinux_2_{minor}_{architecture}" for minor in range(GLIBC, _OLDEST_GLIBC - 1, -1)]
    tags += [f"manylinux2014_{architecture}", f"linux_{architecture}"]
    # pip derives nothing older from a tag that it is given; manylinux1 and 2010 had x86_64 alone
    tags += ["manylinux2010_x86_64", "manylinux1_x86_64"] if architecture == "x86_64" else []
    # pip keeps nothing of what it had over plain HTTP, unless the host is trusted
    hosts = [part for base in bases for part in ("--trusted-host", base.removeprefix("http://"))]
    line = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return [
        *(*tool.command, "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"),
        *("--disable-pip-version-check", "--no-input", "--only-binary", ":all:", "--target", "unused"),
        *(part for tag in tags for part in ("--platform", tag)),
        *("--python-version", line, "--implementation", "cp", "--abi", "cp" + line.replace(".", "")),
        *("--abi", "abi3", "--abi", "none", "--cache-dir", cache, "-r", path),
        *("--index-url", f"{bases[0]}/simple/", *hosts),
    ]


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment in which no tool finds settings of its own."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH") if key in os.environ}
    return kept | {
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "NO_COLOR": "1",
        "PYTHONHASHSEED": "random",
    }


def answered(tool: Tool, outputs: list[str], bases: tuple[str, ...]) -> Answer:
    """Return what *outputs*, one for each command, say; *bases* are addresses that differ from run to run."""
    match tool.name:
        case "archcheck":
            document = json.loads(outputs[0])
            steady = {key: value for key, value in document.items() if key not in _VOLATILE}
            return Answer(pins=_archcheck_pins(document), digest=_digest(steady, bases))
        case "uv":
            by_output = [
                {_name(name): version for name, version in _UV_LINE.findall(text)} for text in outputs
            ]
        case _:
            by_output = [_pip_pins(json.loads(text)) for text in outputs]
    # an export of a lock file is the same for all machines
    pins = dict(zip(ARCHITECTURES, by_output * (len(ARCHITECTURES) // len(by_output)), strict=True))
    return Answer(pins=pins, digest=_digest(pins, ()))


def _digest(value: object, bases: tuple[str, ...]) -> str:
    text = json.dumps(value, sort_keys=True)
    for base in bases:
        text = text.replace(base.removeprefix("http://"), "index.example")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _archcheck_pins(document: dict[str, Any]) -> Pins:
    pins: Pins = {architecture: {} for architecture in ARCHITECTURES}
    for package in document["audits"][0]["packages"]:
        for result in package["results"]:
            if result["status"] not in {"not-required", "missing"}:
                pins[result["architecture"]][package["name"]] = result["version"]
    return pins


def _pip_pins(report: dict[str, Any]) -> dict[str, str]:
    return {_name(each["metadata"]["name"]): each["metadata"]["version"] for each in report["install"]}


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def differences(one: Pins, other: Pins) -> list[str]:
    """Return what differs between two sets of pins, as `aarch64: numpy 2.4 / 2.3`."""
    found = []
    for architecture in ARCHITECTURES:
        left, right = one[architecture], other[architecture]
        found += [
            f"{architecture}: {name} {left.get(name, '–')} / {right.get(name, '–')}"
            for name in sorted(left.keys() | right.keys())
            if not _same(left.get(name), right.get(name))
        ]
    return found


def _same(one: str | None, other: str | None) -> bool:
    return one == other or (one is not None and other is not None and _release(one) == _release(other))


def _release(text: str) -> str:
    """Return a version without the zeros at its end: tools spell 1.0 and 1.0.0 as their source does."""
    return re.sub(r"(\.0)+$", "", text)
