"""What one stage does: where files of the repository come to stand in it, and which it installs. No I/O."""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.data.base_images import BaseImage
from archcheck.deployables.dockerfile.commands import MAX_TEXT, Installed, commands_of, installed_by
from archcheck.deployables.dockerfile.image_files import (
    MAX_PLACED,
    Placed,
    Repository,
    in_image,
    placed_by_copy,
    placed_from_stage,
    sources_of,
)
from archcheck.deployables.dockerfile.instructions import Instruction, expanded
from archcheck.deployables.dockerfile.stages import Stage, declared, mounts, stage_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOCKS: Final = {
    "uv": ("uv.lock", "pyproject.toml"),
    "poetry": ("poetry.lock", "pyproject.toml"),
    "pdm": ("pdm.lock", "pyproject.toml"),
    "pipenv": ("Pipfile.lock", "Pipfile"),
    "pixi": ("pixi.lock", "pixi.toml", "pyproject.toml"),
    "rye": ("requirements.lock", "pyproject.toml"),
    "path": ("pyproject.toml", "setup.py", "setup.cfg"),
}
_BUILT = re.compile(r"(?:^|/)(?:\.?venv|site-packages|dist-packages|__pypackages__)(?:/|$)")
_ASSIGNMENT = re.compile(r"""([A-Za-z_]\w*)=("(?:\\.|[^"\\])*"|'[^']*'|(?:\\.|\S)*)""")
_FOR_A_MACHINE = re.compile(r"-(?!any\.)[^-/*$]+\.whl$")
_TOO_MUCH: Final = "more is copied or run than is followed here"
_RUNS_PYTHON = re.compile(r"python[\d.]*|gunicorn|uvicorn|hypercorn|celery|flask|fastapi|streamlit|daphne")


class Walked(Struct, frozen=True, kw_only=True):
    """A stage after its last instruction.

    `manifests` are the repository's files that it installs from itself, `pythons` the Pythons that it gets
    beside its image's own (empty: the distribution's), with those of what it begins from. `runs` tells
    whether it, or what it begins from, runs Python at all. `typed` are the requirements that its own lines
    name, and `unread` says what they install that is not read, each with its line.
    """

    variables: tuple[tuple[str, str], ...] = ()
    workdir: str = "/"
    placed: tuple[Placed, ...] = ()
    manifests: tuple[str, ...] = ()
    typed: tuple[tuple[str, int], ...] = ()
    pythons: tuple[str, ...] = ()
    runs: bool = False
    unread: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


def walk(
    stage: Stage,
    begin: Walked | BaseImage,
    *,
    walked: Mapping[int, Walked],
    stages: tuple[Stage, ...],
    context: str,
    arguments: Mapping[str, str],
    repository: Repository,
) -> Walked:
    """Return what is in *stage* at its end, which begins from *begin*; *walked* are the stages before it."""
    walker = _Walker(stage, begin, context=context, arguments=arguments, repository=repository)
    for instruction in stage.instructions:
        walker.take(instruction, walked, stages)
    return walker.result()


class _Walker:
    def __init__(
        self,
        stage: Stage,
        begin: Walked | BaseImage,
        *,
        context: str,
        arguments: Mapping[str, str],
        repository: Repository,
    ) -> None:
        self._stage, self._context, self._arguments, self._repository = stage, context, arguments, repository
        if isinstance(begin, BaseImage):
            self._env = dict(begin.environment)
            begin = Walked(workdir=begin.workdir or "/")
        else:
            self._env = dict(begin.variables)
        self._args: dict[str, str] = {}
        self._workdir = begin.workdir
        self._placed = list(begin.placed)
        self._pythons = list(begin.pythons)
        self._runs = begin.runs
        self._manifests: dict[str, None] = {}
        self._typed: dict[tuple[str, int], None] = {}
        self._unread: dict[tuple[str, int], None] = {}
        self._notes: dict[str, None] = {}

    def result(self) -> Walked:
        return Walked(
            variables=tuple(self._env.items()),
            workdir=self._workdir,
            placed=tuple(self._placed[:MAX_PLACED]),
            manifests=tuple(self._manifests),
            typed=tuple(self._typed),
            pythons=tuple(self._pythons),
            runs=self._runs,
            unread=tuple(self._unread),
            notes=tuple(self._notes),
        )

    def take(self, instruction: Instruction, walked: Mapping[int, Walked], stages: tuple[Stage, ...]) -> None:
        """Do what *instruction* does."""
        match instruction.keyword:
            case "ARG":
                known = {**dict(self._stage.arguments), **self._variables()}
                self._args |= declared(instruction, known, self._arguments)
            case "ENV":
                assigned = self._assigned(instruction.value)
                self._env |= assigned
                self._pythons += re.findall(r"^3\.\d+(?:\.\d+)?$", assigned.get("UV_PYTHON", ""))
            case "WORKDIR":
                self._workdir = in_image(self._workdir, self._filled(instruction.value.strip("\"'")))
            case "COPY" | "ADD":
                self._copy(instruction, walked, stages)
            case "RUN":
                self._run(instruction, walked, stages)
            case "CMD" | "ENTRYPOINT":
                words = instruction.listed() or tuple(instruction.value.split())
                program = posixpath.basename(words[0]) if words else ""
                self._runs |= bool(_RUNS_PYTHON.fullmatch(program))

    def _variables(self) -> dict[str, str]:
        return {**self._args, **self._env}

    def _filled(self, text: str) -> str:
        return expanded(text, self._variables())

    def _assigned(self, text: str) -> dict[str, str]:
        """Return what ENV sets: `A=1 B="2 3"`, or the old `A 1`."""
        if not _ASSIGNMENT.match(text):
            name, _, value = text.partition(" ")
            return {name: self._filled(value.strip())} if value else {}
        return {name: self._filled(value.strip("\"'")) for name, value in _ASSIGNMENT.findall(text)}

    def _copy(
        self, instruction: Instruction, walked: Mapping[int, Walked], stages: tuple[Stage, ...]
    ) -> None:
        words = sources_of(instruction)
        if words is None:
            return
        if len(self._placed) >= MAX_PLACED or self._repository.is_exhausted:
            self._note(_TOO_MUCH)
            return
        sources = [self._filled(word) for word in words[0]]
        destination = self._filled(words[1])
        if (name := instruction.flag("from")) is not None:
            other = self._other(name, walked, stages)
            for source in sources:
                left = MAX_PLACED - len(self._placed)
                self._placed += islice(
                    placed_from_stage(other, source, destination, self._workdir), max(left, 0)
                )
            return
        for source in sources:
            if _BUILT.search(source):
                self._note(f"line {instruction.line} copies {source[:100]}, which was built elsewhere")
        placed = placed_by_copy(
            sources,
            destination,
            context=self._context,
            workdir=self._workdir,
            parents=instruction.flag("parents") is not None,
            repository=self._repository,
        )
        self._placed += islice(placed, MAX_PLACED)

    def _other(
        self, name: str, walked: Mapping[int, Walked], stages: tuple[Stage, ...]
    ) -> tuple[Placed, ...]:
        """Return what the stage *name* has placed; nothing where it is an image from elsewhere."""
        number = stage_named(name, stages, self._stage.number)
        return walked[number].placed if number is not None and number in walked else ()

    def _note(self, text: str) -> None:
        self._notes[text] = None

    def _run(self, instruction: Instruction, walked: Mapping[int, Walked], stages: tuple[Stage, ...]) -> None:
        placed = [*self._placed, *islice(self._mounted(instruction, walked, stages), MAX_PLACED)]
        folder = self._workdir
        words = instruction.listed()
        if len(instruction.value) > MAX_TEXT or self._repository.is_exhausted:
            self._note(_TOO_MUCH)
        commands = (
            [list(words)]
            if words
            else [
                command
                for text in (
                    instruction.value,
                    *(each.body.replace("\\\n", " ") for each in instruction.heredocs),
                )
                for command in commands_of(text)
            ]
        )
        for command in commands:
            filled = [self._filled(word) for word in command]
            if filled[0] in {"cd", "pushd"} and len(filled) > 1:
                folder = in_image(folder, filled[1])
                continue
            for each in installed_by(filled):
                self._install(each, instruction.line, folder, placed)

    def _mounted(
        self, instruction: Instruction, walked: Mapping[int, Walked], stages: tuple[Stage, ...]
    ) -> Iterator[Placed]:
        for mount in mounts(instruction):
            source = self._filled(mount.get("source") or mount.get("src") or ".")
            target = self._filled(mount.get("target") or mount.get("dst") or mount.get("destination") or ".")
            if name := mount.get("from"):
                other = self._other(name, walked, stages)
                yield from placed_from_stage(other, source, target, self._workdir)
            else:
                for each in placed_by_copy(
                    [source],
                    target,
                    context=self._context,
                    workdir=self._workdir,
                    parents=False,
                    repository=self._repository,
                ):
                    if each.at == in_image(self._workdir, target):
                        yield each

    def _install(self, each: Installed, line: int, folder: str, placed: list[Placed]) -> None:
        match each.kind:
            case "runs":
                self._runs = True
            case "python":
                self._pythons.append(each.value)
            case "names" if each.is_plain:
                self._typed |= dict.fromkeys((name, line) for name in each.names)
            case "names":
                self._unread[f"installs what no file names: {each.value[:200]}", line] = None
            case "file":
                self._install_file(each.value, line, folder, placed)
            case "path" | "project":
                self._install_project(each, line, folder, placed)

    def _install_file(self, value: str, line: int, folder: str, placed: list[Placed]) -> None:
        if value in {"", "-", "/dev/stdin"}:
            return  # what is piped in is what `uv export` and its like write, and these are seen themselves
        found = self._repository.path_of(in_image(folder, value), placed)
        if found is not None:
            self._manifests[found] = None
        elif not self._exported(value):
            what = f"installs from {value[:100]}, which is no file of this repository"
            self._unread[what, line] = None

    def _exported(self, value: str) -> bool:
        """Return whether a file that is not in the repository can be what a lock was exported to."""
        return posixpath.basename(value).startswith("requirements") and any(
            each.endswith((".lock", "Pipfile", "pyproject.toml")) for each in self._manifests
        )

    def _locked(self, path: str) -> bool:
        """Return whether a lock beside *path* is installed already: `uv sync`, then `uv pip install -e .`."""
        folder = posixpath.dirname(path)
        return any(
            posixpath.dirname(each) == folder and each.endswith((".lock", "requirements.txt"))
            for each in self._manifests
        )

    def _install_project(self, each: Installed, line: int, folder: str, placed: list[Placed]) -> None:
        if each.value.endswith((".whl", ".tar.gz", ".zip")):
            what = f"installs {each.value[:100]}, which was built elsewhere"
            if _FOR_A_MACHINE.search(each.value):
                self._unread[what, line] = None
            else:
                self._note(f"line {line} {what}")
            return
        at = in_image(folder, each.value)
        for name in _LOCKS[each.tool or "path"]:
            found = self._repository.path_of(posixpath.join(at, name), placed)
            if found is not None:
                if each.tool or not self._locked(found):
                    self._manifests[found] = None
                return
        what = (
            f"{each.tool} installs a project"
            if each.tool
            else f"a project is installed from {each.value[:100]}"
        )
        self._note(
            f"line {line}: {what}, and no file of this repository that states it is copied to {at[:100]}"
        )
