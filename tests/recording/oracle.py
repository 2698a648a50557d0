"""Asking an installer, and what it said, as data."""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from tests.loopback.server import IndexServer
    from tests.recording.cases import Case

PATIENCE = 300
EXAMPLE = "https://index.example"
UV_LINE = re.compile(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")


def asked(case: Case, index: IndexServer) -> dict[str, Any]:
    """Run the installer of *case* against *index* and return what it was asked and what it answered.

    pip's report is cut to what it would install; the rest of it repeats the metadata. Addresses and times, which
    differ from run to run, are replaced.
    """
    run = finished([*case.command(), *case.arguments(index.url)])
    output, pins = pip_answer(run.stdout) if case.tool == "pip" else uv_answer(run.stdout)
    return {
        "python": case.python,
        "glibc": f"2.{case.glibc}",
        "architecture": case.architecture,
        "mode": case.mode,
        "tool": version_of_tool(*case.command()),
        "command": [case.tool, *case.arguments(f"{EXAMPLE}/simple/")],
        "exit": run.returncode,
        "pins": pins,
        "output": steady(output, index),
        "errors": steady(run.stderr, index),
    }


def finished(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run *command*; one that does not end (pip may search for hours) is given up, with the exit code of a timeout."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=clean_environment(), timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"given up after {PATIENCE} seconds\n")


def uv_answer(stdout: str) -> tuple[str, dict[str, str]]:
    """Return uv's output as it is, and the versions in it by normalised name."""
    return stdout, {canonicalize_name(name): version for name, version in UV_LINE.findall(stdout)}


def pip_answer(stdout: str) -> tuple[str, dict[str, str]]:
    """Return the file that pip would install for each distribution, a line each, and the versions by name."""
    if not stdout.strip():
        return stdout, {}
    found = json.loads(stdout)["install"]
    lines = sorted(
        f"{each['metadata']['name']} {each['download_info']['url'].rpartition('/')[2]}\n" for each in found
    )
    pins = {canonicalize_name(each["metadata"]["name"]): each["metadata"]["version"] for each in found}
    return "".join(lines), dict(sorted(pins.items()))


def steady(text: str, index: IndexServer) -> str:
    """Replace what differs from run to run."""
    return re.sub(r"\bin [0-9.]+m?s\b", "in TIME", text.replace(index.base, EXAMPLE))


def clean_environment() -> dict[str, str]:
    """Return this process's environment without pip's and uv's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "NO_COLOR": "1"}


@cache
def version_of_tool(*command: str) -> str:
    """Return the installer's version, and the Python that runs it, without places on this machine."""
    run = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    return re.sub(r" from \S+", "", run.stdout.strip())
