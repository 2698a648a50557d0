"""Record which releases have a wheel for which machine, as pip and uv say: `python -m tests.oracle.record_fits`.

Both ask the recorded pages of `fixtures/index/` on the loopback index; nothing else is asked. pip lists the versions of
each project (`pip index versions`). uv is shown each release, and each set of tags, as a project of its own (`alone`
says how) and resolves them all at once. Takes some minutes; run it again whenever `fixtures/index/` has changed.

`fixtures/oracle/fits/` gets a file for each target. What a tool printed is kept as marks, which lose nothing but its order:
for each project a mark for each of its releases, in the order of its page, `+` where the tool took it and `.` where it
did not; for tags a mark for each set of them in `tags.json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from packaging.version import Version

from tests.loopback import Features, IndexServer
from tests.oracle.alone import FITS, AloneStore, Wheel
from tests.oracle.hosts import ARCHITECTURES, HOSTS, Host
from tests.oracle.reading import Unyanked
from tests.recording.cases import FIXTURES
from tests.recording.oracle import EXAMPLE, clean_environment, steady, uv_answer, version_of_tool

FOLDER = FIXTURES / "oracle" / "fits"
PIP = [sys.executable, "-m", "pip"]
PIP_OPTIONS = ["--pre", "--json", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check"]
UV_OPTIONS = [
    "--no-config",
    "--no-cache",
    "--no-header",
    "--no-annotate",
    "--no-python-downloads",
    "--no-deps",
]
PLAIN = Features(gzip=False)


def main() -> None:
    """Ask both about all hosts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "tags.json").write_text(json.dumps(tag_sets(), indent=0) + "\n", encoding="utf-8")
    with IndexServer(Unyanked(), PLAIN) as pages, IndexServer(alone_store(), PLAIN) as alone:
        for host in HOSTS:
            answers = [by_pip(host, architecture, pages) for architecture in ARCHITECTURES]
            if host.uv:
                answers += [by_uv(host, architecture, alone) for architecture in ARCHITECTURES]
            write(host, answers)
            print(host.target, file=sys.stderr)


def write(host: Host, answers: list[dict[str, Any]]) -> None:
    """Write what was answered about *host*."""
    family, *libc = host.libc
    document = {
        "target": host.target,
        "python": host.python,
        "libc": f"{family} {'.'.join(map(str, libc))}",
        "recorded-at": datetime.now(UTC).date().isoformat(),
        "answers": answers,
    }
    text = json.dumps(document, indent=1)
    (FOLDER / f"{host.target.replace(':', '-')}.json").write_text(text + "\n", encoding="utf-8")


def by_pip(host: Host, architecture: str, index: IndexServer) -> dict[str, Any]:
    """Return which releases pip would take on *host*."""
    options = [*PIP_OPTIONS, *host.pip_arguments(architecture)]
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("pip_versions.py"))],
        input=json.dumps([list(releases()), [*options, "--index-url", index.url]]),
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(),
    )
    said = {each["name"]: each for each in map(json.loads, run.stdout.splitlines())}
    errors = {name: steady(each["errors"], index) for name, each in said.items() if each["errors"]}
    taken = {
        name: {Version(text) for text in json.loads(each["output"])["versions"]}
        if each["exit"] == 0
        else set()
        for name, each in said.items()
    }
    return {
        "architecture": architecture,
        "tool": version_of_tool(*PIP),
        "command": ["pip", "index", "versions", "NAME", *options, "--index-url", f"{EXAMPLE}/simple/"],
        "errors": "".join(sorted(set(errors.values()))),
        "releases": {
            name: marks(Version(version) in taken[name] for version in page)
            for name, page in releases().items()
        },
    }


def by_uv(host: Host, architecture: str, index: IndexServer) -> dict[str, Any]:
    """Return which releases, and which tags, uv would take on *host*."""
    machine = host.uv_arguments(architecture) or []
    options = [*UV_OPTIONS, "--only-binary", ":all:", *machine]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(questions()))
        file.flush()
        command = ["uv", "pip", "compile", *options, "--index-url", index.url, file.name]
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=clean_environment())
    pins = uv_answer(run.stdout)[1]
    taken = {name for name, version in pins.items() if version == FITS}
    return {
        "architecture": architecture,
        "tool": version_of_tool("uv"),
        "command": ["uv", "pip", "compile", *options, "--index-url", f"{EXAMPLE}/simple/", "ALL.txt"],
        "errors": steady(run.stderr, index),
        "releases": {
            name: marks(f"release-{place}-of-{name}" in taken for place in range(len(page)))
            for name, page in releases().items()
        },
        "tags": marks(f"tags-{place}" in taken for place in range(len(tag_sets()))),
    }


def marks(fits: Any) -> str:
    """Return an iterable of booleans as a string of marks."""
    return "".join("+" if each else "." for each in fits)


@cache
def releases() -> dict[str, dict[str, Any]]:
    """Return the releases of each recorded page by version."""
    pages = (
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / "index").glob("*.json"))
    )
    return {page["name"]: page["releases"] for page in pages}


@cache
def tag_sets() -> list[str]:
    """Return what stands after version and build in the names of all recorded wheels."""
    names = {name for page in releases().values() for release in page.values() for name in release["files"]}
    return sorted({"-".join(name[:-4].split("-")[-3:]) for name in names if name.endswith(".whl")})


@cache
def questions() -> dict[str, list[Wheel]]:
    """Return what uv is asked, by the name of the project that puts the question."""
    found = {f"tags-{place}": [Wheel(tail=tags)] for place, tags in enumerate(tag_sets())}
    for name, page in releases().items():
        for place, release in enumerate(page.values()):
            found[f"release-{place}-of-{name}"] = [
                Wheel(
                    tail=filename[:-4].split("-", 2)[2],
                    requires_python=(release | own).get("requires-python"),
                )
                for filename, own in release["files"].items()
                if filename.endswith(".whl")
            ]
    return found


def alone_store() -> AloneStore:
    """Return the index that puts the questions."""
    return AloneStore(questions=questions())


if __name__ == "__main__":
    main()
