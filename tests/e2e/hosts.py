"""Runs archcheck while all that it could ask of the machine under it gives another machine's answers.

`python -P tests/e2e/hosts.py HOST ARGUMENT…`: HOST is a name in `HOSTS`, or `honest`. First it prints what packaging
takes the host for. What archcheck and packaging hold of `os`, `sys` and the like is replaced in their own modules:
pathlib would not work on the wrong system.
"""

import importlib
import json
import os
import pkgutil
import platform
import sys
import sysconfig
from types import ModuleType, SimpleNamespace

import packaging

import archcheck

HOSTS = {
    "mac": {
        "system": "Darwin",
        "platform": "darwin",
        "os_name": "posix",
        "machine": "arm64",
        "implementation": "pypy",
        "python": (3, 7, 1),
        "sysconfig": "macosx-11.0-arm64",
        "libc": None,
        "maxsize": 2**63 - 1,
    },
    "windows": {
        "system": "Windows",
        "platform": "win32",
        "os_name": "nt",
        "machine": "AMD64",
        "implementation": "cpython",
        "python": (3, 15, 0),
        "sysconfig": "win32",
        "libc": None,
        "maxsize": 2**31 - 1,
    },
    "old-linux": {
        "system": "Linux",
        "platform": "linux2",
        "os_name": "java",
        "machine": "armv7l",
        "implementation": "graalpy",
        "python": (3, 8, 20),
        "sysconfig": "linux-armv7l",
        "libc": "glibc 2.5",
        "maxsize": 2**31 - 1,
    },
}


CONFIGURATION = {
    "EXT_SUFFIX": ".lie-37-lying.so",
    "Py_DEBUG": 1,
    "Py_GIL_DISABLED": 1,
    "py_version_nodot": "00",
}


class Liar(ModuleType):
    """A module with some of its attributes replaced."""

    def __init__(self, truth, **lies):
        super().__init__(truth.__name__)
        self.__dict__.update(lies)
        self._truth = truth

    def __getattr__(self, name):
        return getattr(self._truth, name)


def lie(host):
    """Make everything that archcheck and packaging can ask give the answers of *host*."""
    text = ".".join(map(str, host["python"]))
    version = SimpleNamespace(
        **dict(zip(("major", "minor", "micro"), host["python"], strict=True)), releaselevel="final", serial=0
    )
    platform.system = lambda: host["system"]
    platform.machine = platform.processor = lambda: host["machine"]
    platform.release = platform.version = lambda: "lie"
    platform.python_implementation = host["implementation"].title
    platform.python_version = lambda: text
    platform.python_version_tuple = lambda: tuple(text.split("."))
    platform.libc_ver = lambda *_: ("", "")
    platform.mac_ver = lambda *_: ("11.0", ("", "", ""), host["machine"])
    sysconfig.get_config_var = CONFIGURATION.get
    sysconfig.get_platform = lambda: host["sysconfig"]
    os.confstr = lambda _name: host["libc"]
    lies = {
        "os": Liar(os, name=host["os_name"]),
        "sys": Liar(
            sys,
            platform=host["platform"],
            implementation=SimpleNamespace(name=host["implementation"], version=version),
            version_info=(*host["python"], "final", 0),
            version=text,
            maxsize=host["maxsize"],
        ),
    }
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"archcheck", "packaging"}:
            for held in lies.keys() & vars(module).keys():
                setattr(module, held, lies[held])


def load_all(package):
    """Import every module of *package*: what is imported later would hold the truth."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def main(host, arguments):
    """Run archcheck on *host*."""
    load_all(packaging)
    load_all(archcheck)
    import pip._internal.configuration  # noqa: F401 - it asks for the system while it is imported
    from packaging import markers, tags

    if host != "honest":
        lie(HOSTS[host])
    print(json.dumps([markers.default_environment(), str(next(tags.sys_tags()))]), flush=True)
    from archcheck.cli.main import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
