"""Prints what archcheck says of targets while the host claims to be a free-threaded debug PyPy on a Mac.

Reads a JSON list of target names from standard input. Run with `-P`, as `tags_oracle.py`.
"""

import json
import os
import platform
import sys
import sysconfig
from types import SimpleNamespace

from packaging.markers import Marker

from archcheck.platforms.targets import ARCHITECTURES, parse_target

MARKERS = (
    'extra == "x"',
    'implementation_name == "cpython"',
    'implementation_version < "3.12"',
    'os_name == "posix"',
    'platform_machine == "aarch64"',
    'platform_python_implementation == "CPython"',
    'platform_release == "lie"',
    'platform_system == "Linux"',
    'platform_version == "lie"',
    'python_full_version >= "3.9.22"',
    'python_version < "3.12"',
    'sys_platform == "linux"',
)


def answers(targets):
    machines = [target.on(architecture) for target in targets for architecture in ARCHITECTURES]
    return [
        [[str(tag) for tag in machine.tags], [machine.holds(Marker(text)) for text in MARKERS]]
        for machine in machines
    ]


def lie():
    version = SimpleNamespace(major=7, minor=3, micro=1, releaselevel="beta", serial=2)
    sys.version_info = (3, 7, 1, "beta", 2)
    sys.implementation = SimpleNamespace(name="pypy", version=version)
    sys.platform = "darwin"
    sysconfig.get_config_var = {"Py_GIL_DISABLED": 1, "Py_DEBUG": 1, "py_version_nodot": "37"}.get
    sysconfig.get_platform = lambda: "macosx-11.0-arm64"
    os.confstr = lambda _name: "glibc 2.3"
    os.name = "nt"
    platform.system = lambda: "Darwin"
    platform.machine = lambda: "arm64"
    platform.release = platform.version = lambda: "lie"
    platform.python_implementation = lambda: "PyPy"
    platform.python_version = lambda: "3.7.1b2"
    platform.python_version_tuple = lambda: ("3", "7", "1b2")


if __name__ == "__main__":
    targets = [parse_target(name) for name in json.load(sys.stdin)]
    lie()
    print(json.dumps(answers(targets)))
