"""From a workflow of GitHub to the images that it builds."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.dockerfile.reader import name_of
from archcheck.deployables.documents import table_at, tables_at, text_at
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.tree import seen_from
from archcheck.deployables.workflows.builds import Build, builds_of, may_build
from archcheck.deployables.workflows.expressions import answered, combinations, environment
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

MAX_BUILDS: Final = 200
MAX_STEPS: Final = 500
"""Steps of a workflow, each as often as its job has combinations."""
_ARM = re.compile(r"ubuntu-\d\d\.\d\d-arm|.*(?:^|[-_])(?:arm64|aarch64)(?:$|[-_]).*", re.IGNORECASE)
_X86 = re.compile(
    r"ubuntu-(?:latest|\d\d\.\d\d)|x64|.*(?:^|[-_])(?:amd64|x64|x86_64)(?:$|[-_]).*", re.IGNORECASE
)
_SHELL = re.compile(r"[$`]")
_PLATFORMS: Final[dict[Architecture, str]] = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}


def read_workflow(path: str, tree: Tree) -> Found:
    """Return the images that the workflow at *path* builds, each with what it is built for."""
    try:
        document = next(read_documents(tree.read(path), path), None)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path),))
    workflow = table_at(document)
    found: dict[Code, _Image] = {}
    steps = list(islice(_steps(workflow), MAX_STEPS))
    for job, step, matrix in steps:
        env = environment(workflow, job, step)
        runner = _runner(job.get("runs-on"), matrix, env)
        answer = partial(answered, matrix=matrix, env=env)
        for build in islice(builds_of(step, answer, env, _folder(job, workflow)), MAX_BUILDS):
            code, missing = _code(build, tree)
            if code in found or len(found) < MAX_BUILDS:
                line = job.line_of("runs-on")
                found.setdefault(code, _Image(path, build.line)).add(build, runner, line, missing)
    return Found(
        deployables=tuple(image.deployable(code) for code, image in found.items()),
        problems=(problem(f"only {MAX_STEPS:,} steps are read", path),) if len(steps) == MAX_STEPS else (),
    )


def _steps(workflow: Table) -> Iterator[tuple[Table, Table, dict[str, Any]]]:
    """Yield the steps that may build images, each with its job and with each combination of its matrix."""
    for job in table_at(workflow, "jobs").values():
        steps = [step for step in tables_at(job, "steps") if may_build(step)]
        for matrix in combinations(job) if steps else ():
            yield from ((job, step, matrix) for step in steps)


def _folder(*levels: Table) -> str:
    """Return the folder that lines run in where their step names none: that of the first of *levels*."""
    named = (text_at(table_at(level, "defaults", "run"), "working-directory") for level in levels)
    return next(filter(None, named), ".")


def _runner(labels: Any, matrix: dict[str, Any], env: dict[str, str]) -> Architecture | None:
    """Return the architecture of the machine with *labels*; None where they tell none."""
    if isinstance(labels, Table):
        labels = labels.get("labels") or labels.get("group")
    for label in labels if isinstance(labels, list) else [labels]:
        text = answered(label, matrix, env) if isinstance(label, str) else ""
        if _ARM.fullmatch(text):
            return "aarch64"
        if _X86.fullmatch(text):
            return "x86_64"
    return None


def _code(build: Build, tree: Tree) -> tuple[Code, str | None]:
    """Return the Dockerfile of *build*; `elsewhere` where nothing tells that it should be in this repository.

    A folder that is not here is what another step brings, a checkout of another repository for one.
    """
    context = None if "${{" in build.context else seen_from(".", build.context)
    path = None if build.file is None or _SHELL.search(build.file) else seen_from(".", build.file)
    is_here = path is not None and (tree.is_file(path) or (build.is_told and tree.is_folder(context or "")))
    if context is None or path is None or not is_here:
        shown = (build.file or build.context)[:100]
        return Code(kind="elsewhere", reference=shown), f"{shown} is no Dockerfile of this repository"
    return Code(kind="dockerfile", path=path, context=context, stage=build.stage, args=build.arguments), None


class _Image:
    """One image that a workflow builds, by one step or by several of a matrix."""

    def __init__(self, path: str, line: int) -> None:
        self._path = path
        self._location = Location(path=path, line=line)
        self._stated: dict[Architecture, Location] = {}
        self._is_stated = False
        self._is_known = True
        self._notes: list[str] = []

    def add(self, build: Build, runner: Architecture | None, line: int, missing: str | None) -> None:
        """Take *build* in, which runs on a machine of the architecture *runner* that *line* states."""
        if missing:
            self._notes.append(missing)
        for platform in build.platforms:
            self._is_stated = True
            machine = architecture_named(platform)
            if machine:
                self._stated.setdefault(machine, Location(path=self._path, line=build.line))
            elif "$" in platform:
                self._notes.append(
                    f"its platform: {platform[:80]}, which the workflow's own file does not tell"
                )
        if not build.platforms:
            self._is_known &= runner is not None
            if runner:
                self._stated.setdefault(runner, Location(path=self._path, line=line))

    def deployable(self, code: Code) -> Deployable:
        """Return the image with the Dockerfile in *code*."""
        several = len(self._stated) > 1
        stated: tuple[Stated[Architecture], ...] = tuple(
            Stated(
                value=machine, location=where, when=f"pulled for {_PLATFORMS[machine]}" if several else None
            )
            for machine, where in self._stated.items()
        )
        return Deployable(
            name=name_of(code.path) if code.path else "image",
            kind="container",
            tool="github-actions",
            platform="container",
            location=self._location,
            architectures=stated if self._is_known else (),
            is_default=not self._is_stated,
            code=code,
            unknown=notes(self._notes),
        )
