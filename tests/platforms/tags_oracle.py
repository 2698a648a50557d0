"""Asks `packaging` itself, in a process whose Python, machine and libc are patched to be a target's.

Reads a JSON list of hosts from standard input; prints, for each, `sys_tags()` and `default_environment()`.
Run with `-P`: this folder must not be on the path.
"""

import json
import os
import platform
import sys
import sysconfig
from types import SimpleNamespace

from packaging import _manylinux, _musllinux, markers, tags


def main():
    print(json.dumps([describe(**host) for host in json.load(sys.stdin)]))


def describe(*, python, free_threaded, architecture, family, libc):
    become(python, free_threaded, architecture)
    link(family, libc)
    return {
        "tags": [str(tag) for tag in tags.sys_tags()],
        "environment": markers.default_environment(),
    }


def become(python, free_threaded, architecture):
    major, minor, patch = python
    info = SimpleNamespace(major=major, minor=minor, micro=patch, releaselevel="final", serial=0)
    variables = {
        "py_version_nodot": f"{major}{minor}",
        "Py_GIL_DISABLED": int(free_threaded),
        "Py_DEBUG": 0,
        "WITH_PYMALLOC": 1,
    }
    sys.version_info = (major, minor, patch, "final", 0)
    sys.implementation = SimpleNamespace(name="cpython", version=info)
    sys.platform = "linux"
    os.name = "posix"
    sysconfig.get_config_var = variables.get
    sysconfig.get_platform = lambda: f"linux-{architecture}"
    platform.system = lambda: "Linux"
    platform.machine = lambda: architecture
    platform.release = platform.version = str  # a kernel that says nothing, as targets have it
    platform.python_implementation = lambda: "CPython"
    platform.python_version = lambda: f"{major}.{minor}.{patch}"
    platform.python_version_tuple = lambda: (str(major), str(minor), str(patch))
    if hasattr(markers, "_cached_default_environment"):
        markers._cached_default_environment.cache_clear()


def link(family, libc):
    musl = _musllinux._MuslVersion(*libc) if family == "musl" else None
    _musllinux._get_musl_version = lambda _executable: musl
    os.confstr = lambda _name: None if musl else f"glibc {libc[0]}.{libc[1]}"
    _manylinux._glibc_version_string_ctypes = lambda: None
    _manylinux._get_glibc_version.cache_clear()
    if hasattr(_manylinux._get_manylinux_module, "cache_clear"):
        _manylinux._get_manylinux_module.cache_clear()
    sys.modules["_manylinux"] = None  # importing it fails, as where no distributor overrides the policies


if __name__ == "__main__":
    main()
