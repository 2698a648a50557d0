"""Runs in a root, on its Python alone: import what distributions bring, and load every shared library of theirs.

`python importing.py SITE DISTRIBUTION…` prints a JSON object a line: the distribution, what its modules said (null
where one imported), how many libraries loaded, and what the loader said of the others. Each distribution has a process
of its own; what ends that process, or takes longer than PATIENCE seconds, is told of the module or library it was at.
"""

import ctypes
import importlib
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import sys

PATIENCE = 300
MOST = 300  # characters of an error
SHARED = re.compile(r"\.so(\.[0-9.]+)?$")
EXTENSION = re.compile(r"\.(cpython-3\d+[^/]*|abi3)\.so$")
MODULE = re.compile(r"^([A-Za-z_]\w*)(/__init__\.py|\.py|\.(cpython-3\d+[^/]*\.|abi3\.)?so)$")
NOT_TO_IMPORT = {"tests", "test", "docs", "examples", "setup"}


def main() -> None:
    if sys.argv[1] == "--one":
        one(*sys.argv[2:])
        return
    site, *distributions = sys.argv[1:]
    for name in distributions:
        print(json.dumps({"distribution": name} | tried(site, name)), flush=True)


def tried(site: str, name: str) -> dict:
    """Return what a process made of a distribution; its lines are [kind, what, error], before each one without error."""
    command = [sys.executable, __file__, "--one", site, name]
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        said, end = run.stdout, f"ended with {run.returncode}" if run.returncode else ""
    except subprocess.TimeoutExpired as late:
        said, end = late.stdout or b"", f"took longer than {PATIENCE} s"
    found = {"modules": {}, "loaded": 0, "unloaded": {}}
    at = None
    for line in said.decode(errors="replace").splitlines():
        if not line.startswith("@"):
            continue
        kind, what, *error = json.loads(line[1:])
        at = None if error else (kind, what)
        if kind == "module" and error:
            found["modules"][what] = error[0]
        elif error and error[0] is None:
            found["loaded"] += 1
        elif error:
            found["unloaded"][what] = error[0]
    if end and at is None:
        found["modules"][name] = end
    elif end:
        found["modules" if at[0] == "module" else "unloaded"][at[1]] = end
    return found


def one(site: str, name: str) -> None:
    """Import the modules of one distribution and load its libraries."""
    sys.path.insert(0, site)
    out, sys.stdout = sys.stdout, sys.stderr
    paths = [str(path) for path in importlib.metadata.distribution(name).files or ()]
    for module in modules(paths):
        attempt(out, "module", module, lambda module=module: importlib.import_module(module))
    for path in paths:
        place = str(pathlib.Path(site, path))
        if SHARED.search(path) and is_elf(place):
            mode = os.RTLD_NOW if EXTENSION.search(path) else os.RTLD_LAZY
            attempt(out, "library", path, lambda place=place, mode=mode: ctypes.CDLL(place, mode=mode))
    out.flush()
    os._exit(0)  # without the exit handlers of strangers


def attempt(out, kind: str, what: str, action) -> None:
    """Say what is tried, then what came of it."""
    print("@" + json.dumps([kind, what]), file=out, flush=True)
    error = None
    try:
        action()
    except BaseException as failed:  # noqa: BLE001 - pytest's Skipped and SystemExit are such errors
        error = f"{type(failed).__name__}: {failed}".replace(sys.argv[2] + "/", "")[:MOST]
    print("@" + json.dumps([kind, what, error]), file=out, flush=True)


def modules(paths: list) -> list:
    """Return the top-level modules among *paths*; of a namespace package the shallowest package."""
    found = {match[1] for match in map(MODULE.match, paths) if match} - NOT_TO_IMPORT
    if found:
        return sorted(found)
    inside = sorted((path.count("/"), path) for path in paths if path.endswith("/__init__.py"))
    return [inside[0][1].removesuffix("/__init__.py").replace("/", ".")] if inside else []


def is_elf(place: str) -> bool:
    with pathlib.Path(place).open("rb") as file:
        return file.read(4) == b"\x7fELF"


if __name__ == "__main__":
    main()
