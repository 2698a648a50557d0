"""Builds a printed Dockerfile as far as files go: what it copies has to be there, and what it installs from as well."""

from __future__ import annotations

import json
import shlex
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

from archcheck.inputs import Disk, read_input

if TYPE_CHECKING:
    from pathlib import Path


def build(dockerfile: str, context: Path, image: Path) -> list[str]:
    """Carry out every COPY of *dockerfile* from the folder *context* to *image*, whose stages are folders below it.

    Return the commands that are run. Each source has to be in *context*, and what is installed from where it is run.
    """
    stages: dict[str, Path] = {}
    commands: list[str] = []
    here = image
    for line in dockerfile.splitlines():
        instruction, _, rest = line.partition(" ")
        match instruction:
            case "FROM":
                name = rest.partition(" AS ")[2] or f"stage-{len(stages)}"
                here = stages[name] = image / name
                here.mkdir(parents=True)
            case "WORKDIR":
                assert rest.startswith("/")
            case "COPY" if rest.startswith("--from="):
                assert rest.partition(" ")[0].removeprefix("--from=") in stages
            case "COPY":
                *sources, to = json.loads(rest) if rest.startswith("[") else rest.split()
                for source in sources:
                    _copy(context, source, here / to, several=len(sources) > 1 or to.endswith("/"))
            case "RUN":
                commands.append(rest)
                _check_install(rest, here)
            case _:
                assert instruction in {"CMD", "#"}, line
    return commands


def _copy(context: Path, source: str, to: Path, *, several: bool) -> None:
    found = (context / source).resolve()
    assert found.is_relative_to(context.resolve()), f"{source} is outside of the build's context"
    assert found.exists(), f"{source} is not there"
    if found.is_dir():
        shutil.copytree(found, to, dirs_exist_ok=True)
    else:
        assert several
        to.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, to)


def _check_install(command: str, here: Path) -> None:
    words = shlex.split(command)
    for option, name in pairwise(words):
        if option in {"-r", "-c"}:
            read_input(name, environ={}, cwd=str(here), files=Disk())  # with all that it includes
    for name in words:
        if name == "." or name.startswith("./"):
            assert (here / name / "pyproject.toml").is_file() or (here / name / "setup.cfg").is_file()
