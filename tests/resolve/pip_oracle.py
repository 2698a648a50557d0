"""What pip itself resolves: the packages of a case, built and served on loopback, asked for with `--dry-run`.

pip crosses platforms with wheels only, evaluates markers for the machine it runs on, and knows a fixed Python;
a case that needs more says `pip = false`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from packaging.version import Version

from archcheck.platforms.targets import parse_target
from tests.loopback import IndexServer, Store
from tests.loopback.builders import core_metadata
from tests.loopback.store import wheel_file
from tests.patience import PATIENCE
from tests.resolve.cases import filenames, is_yanked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archcheck.platforms.targets import Architecture, Machine
    from tests.resolve.cases import Case

SINCE = Version("26.0")
"""pip before this orders what it decides otherwise, and takes pre-releases by older rules."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The files that pip would install, by project; None where it fails, with what it said."""

    found: dict[str, str] | None
    said: str


def pip_version() -> Version:
    """Return the version of the pip that is asked: of `ARCHCHECK_TEST_PIP`, a folder, or of this Python."""
    command = [sys.executable, "-c", "import pip; print(pip.__version__)"]
    return Version(subprocess.run(command, check=True, capture_output=True, text=True, env=_environ()).stdout)


def ask_pip(cases: Sequence[tuple[Case, Architecture]], folder: Path) -> tuple[Version, list[Answer]]:
    """Return pip's version and its answer to each case on each architecture."""
    stores = {}
    for case, _ in cases:
        stores.setdefault(case.name, case)
    store = Store()
    for case in stores.values():
        _fill(store, case)
    with IndexServer(store) as index:
        questions = [
            _question(number, case, architecture, index.url, folder)
            for number, (case, architecture) in enumerate(cases)
        ]
        version, answers = asked(questions)
    return version, [
        Answer(found=_files(answer["found"], case), said=answer["said"])
        for answer, (case, _) in zip(answers, cases, strict=True)
    ]


def asked(questions: Sequence[dict[str, Any]]) -> tuple[Version, list[dict[str, Any]]]:
    """Return pip's version and what it answers to *questions*, as `pip_many` has both."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.resolve.pip_many"],
        input=json.dumps(questions),
        check=True,
        capture_output=True,
        text=True,
        env=_environ(),
        timeout=PATIENCE,
    )
    said = json.loads(done.stdout)
    return Version(said["version"]), said["answers"]


def comparable(case: Case, architecture: Architecture) -> bool:
    """Return whether pip, run here, can be asked about *case* on *architecture*."""
    markers = repr((case.requirements, case.constraints, case.packages))
    if not case.pip or ("platform_machine" in markers and platform.machine() != architecture):
        return False
    return sys.platform == "linux"


def prefixed(case: Case, text: str) -> str:
    """Return the requirement or name *text*, with the case's own prefix: all cases share one index."""
    return f"{case.name}-{text}"


def _question(number: int, case: Case, architecture: Architecture, url: str, folder: Path) -> dict[str, Any]:
    machine = parse_target(case.target).on(architecture)
    report = folder / f"{number}.json"
    files = {}
    for kind, lines in (("r", case.requirements), ("c", case.constraints)):
        files[kind] = folder / f"{number}.{kind}.txt"
        files[kind].write_text("".join(f"{prefixed(case, line)}\n" for line in lines), encoding="utf-8")
    args = [
        *arguments(machine, folder, report),
        *("--index-url", url, *_flags(case), "-r", str(files["r"]), "-c", str(files["c"])),
    ]
    return {"args": args, "report": str(report)}


def arguments(machine: Machine, folder: Path, report: Path) -> list[str]:
    """Return what makes pip tell what it would install on *machine*, in *report*, and do nothing."""
    python = machine.target.python
    platforms = dict.fromkeys(tag.platform for tag in machine.tags if tag.platform != "any")
    return [
        *("install", "--dry-run", "--quiet", "--ignore-installed", "--only-binary", ":all:"),
        *("--disable-pip-version-check", "--no-input", "--no-cache-dir", "--retries", "0"),
        *("--target", str(folder / "target"), "--report", str(report)),
        *("--python-version", python.full, "--implementation", "cp", "--abi", python.abi),
        *(word for each in platforms for word in ("--platform", each)),
    ]


def _flags(case: Case) -> list[str]:
    flags = {"pre": "--pre", "prefer_binary": "--prefer-binary", "no_deps": "--no-deps"}
    found = [flag for key, flag in flags.items() if case.options.get(key)]
    for key, flag in (("all_releases", "--all-releases"), ("only_final", "--only-final")):
        names = case.options.get(key, [])
        found += [
            word for name in names for word in (flag, name if name == ":all:" else prefixed(case, name))
        ]
    return found


def _fill(store: Store, case: Case) -> None:
    """Add the wheels of *case*; requirements of its packages get the prefix as well."""
    for name, versions in case.packages.items():
        for version, facts in versions.items():
            full = prefixed(case, name)
            metadata = core_metadata(
                full,
                version,
                requires_dist=[prefixed(case, text) for text in facts.get("requires", ())],
                requires_python=facts.get("metadata_python", facts.get("python")),
            )
            about = {"version": version, "requires_python": facts.get("python")}
            wheels = [each for each in filenames(full, version, facts) if each.endswith(".whl")]
            store.insert(
                full,
                [wheel_file(each, metadata, yanked=is_yanked(each, facts), **about) for each in wheels],
            )


def _files(found: dict[str, str] | None, case: Case) -> dict[str, str] | None:
    """Return the names of the files that pip *found*, without the case's prefix, by project."""
    if found is None:
        return None
    stem = prefixed(case, "").replace("-", "_")
    return {
        name.removeprefix(prefixed(case, "")): unquote(url.rpartition("/")[2]).removeprefix(stem)
        for name, url in found.items()
    }


def _environ() -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    folder = os.environ.get("ARCHCHECK_TEST_PIP")
    return {**environ, "PIP_CONFIG_FILE": os.devnull, **({"PYTHONPATH": folder} if folder else {})}
