"""Record whether real wheels import on both architectures: `fixtures/oracle/arm64/imports.json`.

pip downloads them with what they depend on, each architecture's by the native pip (see `told/`), and installs them into
a folder. Then the Python of each architecture imports them: see `importing.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name, parse_wheel_filename

from tests.oracle.arm64.roots import DEBIAN, Root, emulator_version
from tests.oracle.reading import ORACLE

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
IMPORTS = ORACLE / "arm64" / "imports.json"
LIBRARIES = ORACLE / "arm64" / "libraries.json"
SUITES = ("bullseye", "bookworm", "trixie")
LISTS = {"trixie": "wheels.txt", "bookworm": "wheels-3.11.txt"}


def main(home: Path) -> None:
    """Make the roots, download, install, import, and write both recordings."""
    record_libraries(home)
    for suite, listed in LISTS.items():
        record_imports(home, suite, (HERE / listed).read_text(encoding="utf-8"))


def record_libraries(home: Path) -> None:
    """Write which shared libraries each root has; such a root is what wheels are imported on."""
    found: dict[str, dict[str, list[str]]] = {}
    for suite in SUITES:
        for architecture in DEBIAN:
            root = Root(suite=suite, architecture=architecture, home=home)
            root.make()
            found.setdefault(root.target, {})[architecture] = root.libraries()
    write(LIBRARIES, found)


def record_imports(home: Path, suite: str, listed: str) -> None:
    """Write what became of the distributions *listed* (a requirements file) on both architectures of *suite*."""
    pins = [line for line in listed.splitlines() if "==" in line]
    names = [canonicalize_name(line.partition("==")[0]) for line in pins]
    roots = {each: Root(suite=suite, architecture=each, home=home) for each in DEBIAN}
    found: dict[str, Any] = {name: {} for name in names}
    for architecture, root in roots.items():
        files = download(home, roots["x86_64"], architecture, listed)
        site = install(home, roots["x86_64"], architecture, files)
        folders = {site: "/site", HERE: "/here"}
        run = root.run(root.python, "-B", "/here/importing.py", "/site", *names, folders=folders)
        for line in run.stdout.splitlines():
            said = json.loads(line)
            name = said.pop("distribution")
            found[name][architecture] = {"file": files[name].name} | said
    known = json.loads(IMPORTS.read_text(encoding="utf-8"))["imports"] if IMPORTS.exists() else {}
    known[roots["x86_64"].target] = dict(sorted(found.items()))
    write(IMPORTS, {"emulator": emulator_version(), "imports": known})


def download(home: Path, native: Root, architecture: str, listed: str) -> Mapping[str, Path]:
    """Return the wheels of what is *listed* and all that it depends on, by name."""
    wheels = home / "wheels" / f"{native.suite}-{architecture}"
    if not wheels.exists():
        wheels.mkdir(parents=True)
        (wheels / "listed.txt").write_text(listed, encoding="utf-8")
        wanted = ["--dest", "/wheels", "--requirement", "/wheels/listed.txt"]
        run_pip(native, architecture, wheels, "download", *wanted)
    return {parse_wheel_filename(path.name)[0]: path for path in sorted(wheels.glob("*.whl"))}


def install(home: Path, native: Root, architecture: str, files: Mapping[str, Path]) -> Path:
    """Return the folder that the wheels are installed into, with the byte code of the native Python."""
    site = home / "sites" / f"{native.suite}-{architecture}"
    if not site.exists():
        wheels = next(iter(files.values())).parent
        inside = [f"/wheels/{path.name}" for path in files.values()]
        run_pip(native, architecture, wheels, "install", "--no-deps", "--target", "/wheels/site", *inside)
        site.parent.mkdir(exist_ok=True)
        (wheels / "site").rename(site)
    return site


def run_pip(native: Root, architecture: str, wheels: Path, command: str, *arguments: str) -> None:
    """Run the native pip as if on *architecture*; *wheels* is its `/wheels`."""
    told = ["env", "PYTHONPATH=/here/told"] if architecture == "aarch64" else ["env"]
    folders = {native.pip(): "/pip", HERE: "/here", wheels: "/wheels"}
    kept = ["PIP_CACHE_DIR=/wheels/.cache", "TMPDIR=/wheels", "PIP_DISABLE_PIP_VERSION_CHECK=1"]
    options = ["--quiet", "--only-binary", ":all:"]
    run = native.run(*told, *kept, native.python, "/pip/pip", command, *options, *arguments, folders=folders)
    if run.returncode:
        raise SystemExit(f"pip {command} for {architecture}: {run.stderr.strip()}")


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Write a recording that people can read and compare."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
