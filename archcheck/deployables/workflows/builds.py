"""The images that one step builds: by docker/build-push-action, or by `docker build` in its lines. No I/O."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck.deployables.dockerfile.commands import commands_of
from archcheck.deployables.dockerfile.instructions import expanded
from archcheck.deployables.documents import table_at, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archcheck.deployables.yaml_documents import Table

_ACTION = re.compile(
    r"(?:docker/build-push-action|depot/build-push-action|useblacksmith/build-push-action)@.*"
)
_BUILDERS: Final = (
    ("docker", "build"),
    ("docker", "buildx", "build"),
    ("docker", "image", "build"),
    ("podman", "build"),
    ("buildah", "bud"),
    ("buildah", "build"),
    ("nerdctl", "build"),
)
_WITHOUT_VALUE = re.compile(
    r"-[qD]|--(?:push|load|no-cache|pull|quiet|rm|force-rm|squash|compress|check|debug)"
)

_MOVING: Final = frozenset({"cd", "pushd"})

MAX_LINES: Final = 10_000
"""Characters of a step's lines that are looked at."""


class Build(Struct, frozen=True, kw_only=True):
    """One build: paths as the step has them, seen from the folder that it runs in; `line` counts from 1.

    It `is_told` where its Dockerfile should be, unless a shell goes to another folder before (`cd`), or gives
    it as input (`-f -`).
    """

    line: int
    platforms: tuple[str, ...] = ()
    context: str = "."
    file: str | None = None
    stage: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    is_told: bool = True


def may_build(step: Table) -> bool:
    """Return whether *step* looks as if it built an image."""
    lines = step.get("run")
    return bool(_ACTION.fullmatch(text_at(step, "uses") or "")) or (
        isinstance(lines, str) and any(each in lines for each in ("docker", "podman", "buildah", "nerdctl"))
    )


def builds_of(
    step: Table, answer: Callable[[str], str], variables: Mapping[str, str], folder: str = "."
) -> Iterator[Build]:
    """Yield what *step* builds; *answer* fills in expressions.

    Its shell knows *variables*, and runs in *folder* where the step names no other.
    """
    action, lines = text_at(step, "uses"), step.get("run")
    if action and _ACTION.fullmatch(action):
        yield _by_action(step, answer)
    if isinstance(lines, str):
        # A block's lines begin below its key; a line that is continued counts as its first.
        text = answer_lines(lines[:MAX_LINES], answer)
        folder = answer(text_at(step, "working-directory") or folder)
        has_moved = False
        for words in commands_of(text):
            has_moved |= not _MOVING.isdisjoint(words)
            if (rest := _after_builder(words)) is not None:
                filled = [expanded(word, variables) for word in rest]
                build = _by_command(filled, step.line_of("run"), folder)
                yield replace(build, is_told=False) if has_moved else build


def answer_lines(text: str, answer: Callable[[str], str]) -> str:
    """Return the lines of *text* with their expressions filled in, continued lines joined."""
    return "\n".join(answer(line) for line in re.sub(r"\\[ \t]*\n", " ", text).split("\n"))


def _by_action(step: Table, answer: Callable[[str], str]) -> Build:
    given = table_at(step, "with")

    def value(name: str) -> str | None:
        found = text_at(given, name)
        return answer(found).strip() if found else None

    context = value("context") or "."
    arguments = (line.partition("=") for line in (value("build-args") or "").splitlines())
    return Build(
        line=given.line_of("platforms") if "platforms" in given else step.line_of("uses"),
        platforms=_platforms(value("platforms")),
        context=context,
        file=value("file") or posixpath.join(context, "Dockerfile"),
        stage=value("target"),
        arguments=tuple((name.strip(), text.strip()) for name, equals, text in arguments if equals),
    )


def _platforms(text: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r"(?:\$\{\{.*?\}\}|[^,\s])+", text or ""))


def _after_builder(words: list[str]) -> list[str] | None:
    """Return the words after `docker buildx build`; None where *words* build nothing."""
    words = [word for at, word in enumerate(words) if not (at == 0 and word == "sudo")]
    while words and re.match(r"[A-Za-z_]\w*=", words[0]):
        words = words[1:]
    for builder in _BUILDERS:
        if tuple(words[: len(builder)]) == builder:
            return words[len(builder) :]
    return None


def _by_command(words: list[str], line: int, folder: str) -> Build:
    options: dict[str, list[str]] = {}
    context = "."
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            context = word
        elif equals and word.startswith("--"):
            options.setdefault(name, []).append(value)
        elif re.match(r"-[^-].", word):
            options.setdefault(word[:2], []).append(word[2:].removeprefix("="))
        elif not _WITHOUT_VALUE.fullmatch(word):
            options.setdefault(word, []).append(next(left, ""))
    platforms = [platform for text in options.get("--platform", []) for platform in _platforms(text)]
    files = [*options.get("-f", []), *options.get("--file", [])]
    context = posixpath.join(folder, context)
    arguments = (each.partition("=") for each in options.get("--build-arg", []))
    return Build(
        line=line,
        platforms=tuple(platforms),
        context=context,
        file=posixpath.join(folder, files[-1]) if files else posixpath.join(context, "Dockerfile"),
        stage=options["--target"][-1] if "--target" in options else None,
        is_told=files[-1:] != ["-"],
        arguments=tuple((name, text) for name, equals, text in arguments if equals),
    )
