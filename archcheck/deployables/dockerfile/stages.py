"""The stages of a Dockerfile: what each begins from, and which lead to the one that is wanted. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.deployables.dockerfile.instructions import Instruction, expanded
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_STAGES: Final = 200
_FROM = re.compile(r"(\S+)(?:\s+[Aa][Ss]\s+(\S+))?\s*")
_BUILDERS: Final = frozenset(
    f"{whose}{what}"
    for whose in ("BUILD", "TARGET")
    for what in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
)
"""What BuildKit fills in: the machine that builds, and the one that the image is for."""


class Stage(Struct, frozen=True, kw_only=True):
    """One stage: `FROM --platform=linux/amd64 python:3.12 AS build`, and what stands below it.

    `image` is its name with the variables filled in that have a value; `parent` is the number of the stage
    that it begins from instead. `arguments` are those from above the first FROM.
    """

    number: int
    name: str | None
    image: str
    parent: int | None
    platform: str | None
    first: Instruction
    instructions: tuple[Instruction, ...]
    arguments: tuple[tuple[str, str], ...] = ()


def read_stages(
    instructions: tuple[Instruction, ...], path: str, arguments: Mapping[str, str]
) -> tuple[Stage, ...]:
    """Return the stages, with the build arguments *arguments*; raises InputError where there is none."""
    before: dict[str, str] = {}
    starts = [at for at, each in enumerate(instructions) if each.keyword == "FROM"]
    if not starts:
        raise InputError("no FROM; expected a Dockerfile", path=path)
    if len(starts) > MAX_STAGES:
        raise InputError(f"{len(starts):,} stages; expected at most {MAX_STAGES}", path=path)
    for each in instructions[: starts[0]]:
        if each.keyword != "ARG":
            message = f"{each.keyword[:40]} before the first FROM; expected ARG or FROM"
            raise InputError(message, path=path, line=each.line)
        before |= declared(each, before, arguments)
    stages: list[Stage] = []
    for start, end in zip(starts, [*starts[1:], len(instructions)], strict=True):
        stages.append(_stage(instructions[start:end], stages, before, path))
    return tuple(stages)


def declared(
    instruction: Instruction, known: Mapping[str, str], arguments: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that an ARG declares, with their values, as far as they have any."""
    found: dict[str, str] = {}
    for word in instruction.value.split():
        name, equals, default = word.partition("=")
        if name in arguments:
            found[name] = arguments[name]
        elif equals:
            found[name] = expanded(default.strip("\"'"), {**known, **found})
        elif name in known:
            found[name] = known[name]
    return found


def _stage(
    instructions: tuple[Instruction, ...], earlier: list[Stage], before: Mapping[str, str], path: str
) -> Stage:
    first = instructions[0]
    found = _FROM.fullmatch(first.value)
    if found is None:
        message = f"FROM {first.value[:60]!r}: expected one image, and AS with a name at most"
        raise InputError(message, path=path, line=first.line)
    image = expanded(found[1], before).strip("\"'")
    platform = first.flag("platform")
    return Stage(
        number=len(earlier),
        name=found[2] and expanded(found[2], before).lower(),
        image=image,
        parent=_named(image, earlier, numbers=False),
        platform=None if platform is None else expanded(platform, before),
        first=first,
        instructions=instructions[1:],
        arguments=tuple(before.items()),
    )


def _named(name: str, stages: list[Stage] | tuple[Stage, ...], *, numbers: bool) -> int | None:
    for stage in reversed(stages):
        if stage.name is not None and stage.name == name.lower():
            return stage.number
    return int(name) if numbers and re.fullmatch(r"\d{1,4}", name) and int(name) < len(stages) else None


def stage_named(name: str, stages: tuple[Stage, ...], before: int | None = None) -> int | None:
    """Return the number of the stage *name*, which may be a number; of those before *before*, where given."""
    return _named(name, stages[:before], numbers=True)


def copied_from(instruction: Instruction) -> Iterator[str]:
    """Yield the stages or images that *instruction* takes files from, by the names it has for them."""
    if instruction.keyword in {"COPY", "ADD"} and (source := instruction.flag("from")):
        yield source
    if instruction.keyword == "RUN":
        yield from (mount["from"] for mount in mounts(instruction) if mount.get("from"))


def mounts(instruction: Instruction) -> Iterator[dict[str, str]]:
    """Yield the mounts of a RUN that bring files in: those of the kind `bind`, which is the default."""
    for flag, value in instruction.flags:
        if flag == "mount":
            mount = dict(part.partition("=")[::2] for part in value.split(","))
            if mount.get("type", "bind") == "bind":
                yield mount


def leading_to(number: int, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages that have a part in the stage *number*, and that stage itself, in their order."""
    wanted, left = {number}, [number]
    while left:
        stage = stages[left.pop()]
        sources = {stage.parent, *_sources(stage, stages)} - {None} - wanted
        wanted |= {each for each in sources if each is not None}
        left += [each for each in sources if each is not None]
    return tuple(stages[each] for each in sorted(wanted))


def _sources(stage: Stage, stages: tuple[Stage, ...]) -> Iterator[int | None]:
    variables = dict(stage.arguments)
    for instruction in stage.instructions:
        for name in copied_from(instruction):
            yield stage_named(expanded(name, variables), stages, stage.number)


def chain(number: int, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stage *number* and those that it begins from, the first of all first."""
    found = [stages[number]]
    while (parent := found[-1].parent) is not None:
        found.append(stages[parent])
    return tuple(reversed(found))


def left_to_builder(text: str) -> bool:
    """Return whether the only variables in *text* are those that BuildKit fills in."""
    names = re.findall(r"\$\{?(\w+)", text)
    return bool(names) and set(names) <= _BUILDERS
