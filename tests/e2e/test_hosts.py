"""The same audit on machines that could not be less alike gives the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import CommandLine, validated
from tests.e2e.hosts import HOSTS

RUNNER = Path(__file__).with_name("hosts.py")
TARGETS = ("lambda:python3.9", "lambda:python3.13", "alpine3.22:python3.12", "glibc2.28:python3.13t")

# A requirement for each marker variable, true on the target or on one of the hosts that lie.
MARKERS = (
    "implementation_name == 'cpython'",
    "implementation_name == 'pypy'",
    "implementation_version >= '3.9'",
    "os_name == 'posix'",
    "os_name == 'nt'",
    "platform_machine == 'x86_64'",
    "platform_machine == 'aarch64'",
    "platform_machine == 'arm64' or platform_machine == 'AMD64'",
    "platform_python_implementation == 'CPython'",
    "platform_release == 'lie'",
    "platform_system == 'Linux'",
    "platform_system == 'Darwin'",
    "platform_version == 'lie'",
    "python_full_version >= '3.9.1'",
    "python_version < '3.9'",
    "python_version > '3.14'",
    "sys_platform == 'linux'",
    "sys_platform == 'win32' or sys_platform == 'darwin'",
)
WHEELS = (
    "cp313-cp313-manylinux_2_17_x86_64",
    "cp313-cp313t-manylinux_2_28_aarch64",
    "cp38-abi3-manylinux_2_27_aarch64",
    "cp312-cp312-musllinux_1_2_aarch64",
    "cp37-cp37m-macosx_11_0_arm64",
    "cp315-cp315-win32",
    "cp38-cp38-linux_armv7l",
)


@pytest.fixture
def line(tmp_path, store, index):
    """Return a folder with requirements, whose answers are in the cache already."""
    for number, _ in enumerate(MARKERS):
        store.add(f"marked-{number}", "1.0", wheels=["py3-none-any"])
    store.add("compiled", "1.0", wheels=WHEELS)
    store.add("mixed", "2.0", wheels=WHEELS, sdist=True, requires_python=">=3.9")
    store.add("mixed", "1.0", wheels=["py3-none-any"])
    store.add("parent", "1.0", sdist=True, requires_dist=[f"compiled ; {marker}" for marker in MARKERS])
    lines = [f"marked-{number} ; {marker}" for number, marker in enumerate(MARKERS)]
    command = CommandLine(folder=tmp_path, index_url=index.url)
    command.write("requirements.txt", "\n".join(["mixed", "parent", *lines]))
    assert command("--json", *targets()).code in {0, 1}
    return command


def targets() -> list[str]:
    return [argument for target in TARGETS for argument in ("--target", target)]


def on(host: str, line: CommandLine, **environ: str) -> tuple[str, str]:
    """Return what *host* is taken for, and the report there."""
    run = subprocess.run(
        [sys.executable, "-P", str(RUNNER), host, "--json", "--offline", *targets()],
        capture_output=True,
        check=False,
        cwd=line.folder,
        env={**line.surroundings(), **environ},
        text=True,
    )
    assert run.stderr == ""
    what, _, report = run.stdout.partition("\n")
    return what, report


def test_hosts_that_lie_give_the_same_bytes(line):
    truth, honest = on("honest", line)
    report = validated(honest)
    assert [audit["target"]["id"] for audit in report["audits"]] == list(TARGETS)
    assert {finding["rule"] for audit in report["audits"] for finding in audit["findings"]} >= {"AC009"}
    taken = {truth}
    for name, host in HOSTS.items():
        surroundings = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Chatham", "LANG": "tr_TR.UTF-8", "USER": name}
        what, found = on(name, line, **surroundings)
        environment, tag = json.loads(what)
        assert environment["platform_machine"] == host["machine"]
        assert environment["os_name"] == host["os_name"]
        assert "linux_x86_64" not in tag
        assert found == honest, name
        taken.add(what)
    assert len(taken) == 1 + len(HOSTS)
    assert os.name == "posix"  # nothing leaked into this process
