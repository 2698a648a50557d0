"""Record of real wheels what readelf, unzip and auditwheel say, and the parts that archcheck reads of them.

`python -m tests.recording.wheels FOLDER` takes every wheel in FOLDER and below, as `pip download` left them, and
writes `fixtures/oracle/wheels.json` and `fixtures/wheels/`. The three tools must be on the path. The projects
and versions are those that the record names; pip is asked with `--only-binary :all: --no-deps --platform …`.
"""

from __future__ import annotations

import json
import lzma
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import msgspec

from archcheck.binaries.archive import heads, joined, look, reach
from archcheck.binaries.directory import read_directory
from archcheck.binaries.members import FRONT, Directory
from archcheck.binaries.sparse import NeedRange

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORD = FIXTURES / "oracle" / "wheels.json"
PARTS = FIXTURES / "wheels"
FRONTS = (
    "cryptography-",
    "grpcio-1.76.0-cp312-cp312-manylinux2014_aarch64",
    "msgpack-",
    "numpy-2.3.5-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl/numpy/_core/_multiarray_umath",
    "psutil-",
    "psycopg2_binary-2.9.10-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl/psycopg2/",
    "pydantic_core-",
    "pyyaml-",
    "z3_solver-4.13.0.0-py2.py3-none-manylinux2014_aarch64.whl/z3/lib/libz3.so",
)
"""Of which members the beginning is recorded too; what a wheel's name and the path in it begin with."""
WHOLE = ("markupsafe-", "ujson-")
_FIRST = 12 * 1024


def main() -> None:
    wheels = {path.name: path for path in sorted(Path(sys.argv[1]).rglob("*.whl"))}
    said = {name: asked(path) for name, path in wheels.items()}
    tools = {tool: version_of(tool) for tool in ("auditwheel", "readelf", "unzip")}
    text = json.dumps({"tools": tools, "wheels": said}, indent=1, sort_keys=True)
    RECORD.write_text(f"{text}\n")
    PARTS.mkdir(exist_ok=True)
    for name, path in wheels.items():
        packed = msgspec.msgpack.encode(parts(path))
        (PARTS / f"{name}.parts").write_bytes(lzma.compress(packed, preset=9))


def version_of(tool: str) -> str:
    flag = "-v" if tool == "unzip" else "--version"
    return run(tool, flag).splitlines()[0].partition(", by")[0].partition(" installed at")[0]


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def asked(path: Path) -> dict[str, Any]:
    """Return what the tools say of the wheel at *path*."""
    lines = run("unzip", "-l", str(path)).splitlines()
    sizes = {}
    for line in lines[3:-2]:
        size, _, _, name = line.split(maxsplit=3)
        sizes[name] = int(size)
    total, count = lines[-1].split()[:2]
    audit = json.loads(run("auditwheel", "show", "--json", str(path)))
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(path).extractall(folder)
        natives = {
            name: {"size": size, **read_elf(Path(folder) / name)}
            for name, size in sizes.items()
            if size and (Path(folder) / name).open("rb").read(4) == b"\x7fELF"
        }
    return {
        "bytes": path.stat().st_size,
        "unzip": {"files": int(count), "bytes": int(total)},
        "directories": sum(name.endswith("/") for name in sizes),
        "bytecode": sum(size for name, size in sizes.items() if name.endswith(".pyc")),
        "auditwheel": audit["error"] if "error" in audit else audit["versioned_symbols"],
        "elf": natives,
    }


def read_elf(path: Path) -> dict[str, Any]:
    """Return what readelf says of the ELF file at *path*, in its own words."""
    header = run("readelf", "-hW", str(path))
    dynamic = run("readelf", "-dW", str(path))
    needs = run("readelf", "-VW", str(path)).partition("Version needs section")[2]
    said = {
        name: re.search(rf"{name}:\s+(.+)", header)[1].strip()  # type: ignore[index]
        for name in ("Class", "Machine", "OS/ABI")
    }
    loaded = re.findall(r"^  LOAD .* (0x[0-9a-f]+)$", run("readelf", "-lW", str(path)), re.MULTILINE)
    names = set(re.findall(r"Name: (\S+)  Flags", needs))
    found: dict[str, Any] = {**said, "aligned": min((int(each, 16) for each in loaded), default=0)}
    found["needed"] = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    found["versions"] = sorted(names)
    found["static_tls"] = "STATIC_TLS" in dynamic
    found["soname"] = next(iter(re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)), None)
    return found


def parts(path: Path) -> dict[str, Any]:
    """Return the size of the wheel at *path*, and those bytes of it that archcheck looks at, by their offset."""
    data = path.read_bytes()
    directory: Any = read_directory(len(data), {0: data})
    assert isinstance(directory, Directory)
    wanted = [NeedRange(start=directory.end, end=len(data)), *heads(directory)]
    natives = {each.path for each in look(directory, {0: data}).natives if each.format == "elf"}
    for member in directory.members:
        where = f"{path.name}/{member.path}"
        if member.path in natives and where.startswith(WHOLE):
            wanted.append(reach(member, member.packed, directory.end))
        if member.path in natives and where.startswith(FRONTS):
            wanted.append(
                reach(member, FRONT if "grpcio" in where or "z3" in where else _FIRST, directory.end)
            )
    spans = joined(wanted, 0)
    return {"size": len(data), "parts": {each.start: data[each.start : each.end] for each in spans}}


if __name__ == "__main__":
    main()
