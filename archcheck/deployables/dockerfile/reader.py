"""From a Dockerfile to what it builds."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.data.base_images import BaseImage, base_image
from archcheck.deployables.dockerfile.image_files import Repository, sources_of
from archcheck.deployables.dockerfile.instructions import expanded, read_instructions
from archcheck.deployables.dockerfile.stages import (
    Stage,
    chain,
    leading_to,
    left_to_builder,
    read_stages,
    stage_named,
)
from archcheck.deployables.dockerfile.walk import Walked, walk
from archcheck.deployables.documents import is_target
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.tree import folder_of
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.deployables.dockerfile.instructions import Instruction
    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

_NO_NAMES = re.compile(r"\.|src|app|\.?docker|deploy(?:ment)?|build|ci|container|\.devcontainer")
_RUNS_PYTHON = re.compile(r"python|\b(?:pip3?|uv|poetry|pipenv|conda)\b", re.IGNORECASE)
_ENVIRONMENT = re.compile(
    r"venv|site-packages|dist-packages|python|/\.local|/install|/packages|/var/task|/deps"
)


def read_dockerfile(
    path: str,
    tree: Tree,
    *,
    context: str | None = None,
    stage: str | None = None,
    arguments: tuple[tuple[str, str], ...] = (),
    is_named: bool = False,
) -> Found:
    """Return what the Dockerfile at *path* builds, from the folder *context* and up to the stage *stage*.

    Without a context it is the folder of the Dockerfile, or the nearest above it from which more of what is
    copied is there. No deployable where nothing of it runs Python. A file that cannot be read is lost where
    another one names it (*is_named*); else it may be no Dockerfile, but a template of one.
    """
    try:
        stages = read_stages(read_instructions(tree.read(path), path), path, dict(arguments))
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=is_named),))
    wanted = stage_named(stage, stages) if stage else len(stages) - 1
    if wanted is None:
        return _without(stage or "", stages, path)
    image = _Image(path, tree, stages, wanted, context=context, arguments=arguments)
    if not image.runs_python():
        return Found()
    return Found(deployables=(image.deployable(name_of(path), stage),))


def _without(name: str, stages: tuple[Stage, ...], path: str) -> Found:
    """Return that none of *stages* is called *name*: what is built is lost, unless a variable names it.

    Nothing is where no stage runs Python, whichever is meant.
    """
    if not any(
        _RUNS_PYTHON.search(text) for each in stages for text in (each.image, *_values(each.instructions))
    ):
        return Found()
    if "$" in name:
        return Found(problems=(problem(f"which stage is built is not told: {name[:60]}", path),))
    lost = problem(f"no stage is named {name[:60]!r}", path)
    return Found(problems=(replace(lost, is_lost=True),))


def _values(instructions: tuple[Instruction, ...]) -> Iterator[str]:
    return (each.value for each in instructions)


def name_of(path: str) -> str:
    """Return what to call the image of the Dockerfile at *path*.

    That is `worker` for Dockerfile.worker, else the name of its folder.
    """
    file = posixpath.basename(path)
    said = re.fullmatch(
        r"(?:docker|container)file[._-](.+)|(.+)\.(?:docker|container)file", file, re.IGNORECASE
    )
    if said:
        return said[1] or said[2]
    parts = [part for part in folder_of(path).split("/") if not _NO_NAMES.fullmatch(part)]
    return parts[-1] if parts else file


class _Image:
    """One Dockerfile with all that its stages do."""

    def __init__(
        self,
        path: str,
        tree: Tree,
        stages: tuple[Stage, ...],
        wanted: int,
        *,
        context: str | None,
        arguments: tuple[tuple[str, str], ...],
    ) -> None:
        self._path = path
        self._arguments = arguments
        self._leading = leading_to(wanted, stages)
        self._chain = chain(wanted, stages)
        repository = Repository(tree)
        self._context = _context(path, repository, self._leading) if context is None else context
        self._bases: dict[int, BaseImage] = {}
        self._walked: dict[int, Walked] = {}
        for stage in self._leading:
            begin: Walked | BaseImage
            if stage.parent is None:
                begin = self._bases[stage.number] = base_image(_without_builders(stage.image))
            else:
                begin = self._walked[stage.parent]
            self._walked[stage.number] = walk(
                stage,
                begin,
                walked=self._walked,
                stages=stages,
                context=self._context,
                arguments=dict(arguments),
                repository=repository,
            )

    def runs_python(self) -> bool:
        """Return whether the image runs Python, as far as its file tells."""
        last = self._chain[-1]
        if self._has_python(self._chain[0]) or self._walked[last.number].runs:
            return True
        feeders = [stage for stage in self._leading if stage not in self._chain]
        if not any(stage.parent is None and self._has_python(stage) for stage in feeders):
            feeders = [stage for stage in feeders if self._walked[stage.number].runs]
        if not feeders:
            return False
        return bool(self._base.base) or any(
            _ENVIRONMENT.search(each.value)
            for stage in self._chain
            for each in stage.instructions
            if each.keyword == "COPY" and each.flag("from") is not None
        )

    def _has_python(self, stage: Stage) -> bool:
        known = self._bases.get(stage.number)
        return bool(known and known.python) or "python" in stage.image.lower()

    @property
    def _base(self) -> BaseImage:
        return self._bases[self._chain[0].number]

    def deployable(self, name: str, wanted: str | None) -> Deployable:
        """Return the image as a deployable."""
        target, why = self._target()
        stated, contradictions = self._architectures()
        manifests: dict[str, None] = {}
        typed: dict[tuple[str, int], None] = {}
        unread: dict[tuple[str, int], None] = {}
        said: list[str] = []
        for stage in self._leading:
            manifests |= dict.fromkeys(self._walked[stage.number].manifests)
            typed |= dict.fromkeys(self._walked[stage.number].typed)
            unread |= dict.fromkeys(self._walked[stage.number].unread)
            said += self._walked[stage.number].notes
        return Deployable(
            name=name,
            kind="container",
            tool="docker",
            platform="lambda" if self._base.base == "lambda" else "container",
            location=Location(path=self._path, line=self._chain[-1].first.line),
            architectures=stated,
            is_default=not stated and not contradictions,
            targets=target,
            code=Code(
                kind="dockerfile", path=self._path, context=self._context, stage=wanted, args=self._arguments
            ),
            manifests=tuple(manifests),
            typed=self._stated(typed),
            unread=self._stated(unread),
            unknown=notes([*why, *contradictions, *said]),
        )

    def _stated(self, texts: Iterable[tuple[str, int]]) -> tuple[Stated[str], ...]:
        return tuple(
            Stated(value=text, location=Location(path=self._path, line=line)) for text, line in texts
        )

    def _target(self) -> tuple[tuple[Stated[str], ...], tuple[str, ...]]:
        first = self._chain[0]
        shown = first.image[:200]
        base = self._base
        if base.base is None:
            return (), (f"line {first.first.line}: what {shown} stands on is not known here",)
        python = base.python or self._python(base)
        if python is None:
            return (), (f"line {first.first.line}: which Python is in {shown} cannot be told",)
        target = f"{base.base}:python{python}"
        if not is_target(target):
            return (), (f"line {first.first.line}: {target} is no target that is known here",)
        return (Stated(value=target, location=Location(path=self._path, line=first.first.line)),), ()

    def _python(self, base: BaseImage) -> str | None:
        """Return the Python that is put into an image without one.

        By the stages that it is made of, else by those that it takes files from.
        """
        last = self._walked[self._chain[-1].number]
        if named := [python for python in last.pythons if python]:
            return named[-1]
        if last.pythons:
            return base.system_python
        for stage in reversed(self._leading):
            if named := [python for python in self._walked[stage.number].pythons if python]:
                return named[-1]
            known = self._bases.get(stage.number)
            if known and known.python:
                return known.python
        return base.system_python if last.runs else None

    def _architectures(self) -> tuple[tuple[Stated[Architecture], ...], tuple[str, ...]]:
        """Return the architecture that is stated for the image, and what speaks against one."""
        found: dict[Architecture, Stated[Architecture]] = {}
        against: list[str] = []
        for stage in reversed(self._chain):
            location = Location(path=self._path, line=stage.first.line)
            for said in self._said(stage):
                if machine := architecture_named(said):
                    found.setdefault(machine, Stated(value=machine, location=location))
                elif not left_to_builder(said):
                    against.append(f"line {location.line}: the platform {said[:60]!r} is not known here")
        if len(found) > 1:
            against.append("the platform and the tag of the image state two architectures")
        for stage in self._leading:
            others = {architecture_named(said) for said in self._said(stage)} - {None, *found}
            if others and stage not in self._chain:
                machines = ", ".join(sorted(filter(None, others)))
                against.append(f"line {stage.first.line}: this stage is always for {machines}")
        return tuple(found.values()), tuple(against)

    def _said(self, stage: Stage) -> Iterator[str]:
        """Yield the platforms that *stage* states: by `--platform`, and by the tag of its image."""
        if stage.platform:
            yield stage.platform
        known = self._bases.get(stage.number)
        if known and known.architecture:
            yield known.architecture


def _without_builders(image: str) -> str:
    """Return the name *image* without what the builder fills in: `python:3.13-${TARGETARCH}`."""
    return re.sub(r"[-.]\$\{?(?:TARGET|BUILD)(?:ARCH|PLATFORM)\}?", "", image)


def _context(path: str, repository: Repository, stages: tuple[Stage, ...]) -> str:
    """Return the folder that the image is built from: that of its file, unless more is there of one above."""
    sources = [
        expanded(source, dict(stage.arguments))
        for stage in stages
        for each in stage.instructions
        if each.keyword in {"COPY", "ADD"} and each.flag("from") is None
        for source in (sources_of(each) or ((), ""))[0]
    ]
    wanted = sorted({source for source in sources if source.strip("./")})[:100]
    folder = folder_of(path)
    above = ["/".join(folder.split("/")[:count]) or "." for count in range(folder.count("/"), -1, -1)]
    candidates = dict.fromkeys([folder, *([] if folder == "." else [".", *above[:20]])])
    return max(candidates, key=lambda each: sum(bool(repository.matching(source, each)) for source in wanted))
