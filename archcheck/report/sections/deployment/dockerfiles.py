"""A Dockerfile as values, each an instruction; the text comes last."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct

from archcheck.data import building, images
from archcheck.formats import row_of
from archcheck.report.layout import clean
from archcheck.report.sections.deployment.wanted import around, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.model import Audit
    from archcheck.report.sections.deployment.wanted import Wanted

_WORKDIR = "/app"
_TASK_ROOT = "${LAMBDA_TASK_ROOT}"  # where Lambda's image is at work already
_PACKAGES = "/packages"


class From(Struct, frozen=True, kw_only=True):
    """Begins a stage."""

    image: str
    name: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """Runs a shell's line."""

    command: str


class Copy(Struct, frozen=True, kw_only=True):
    """Copies *sources* to the folder `to`; what ends in `/` is a folder, of which what it holds is copied."""

    sources: tuple[str, ...]
    to: str
    stage: str = ""


class Workdir(Struct, frozen=True, kw_only=True):
    """Says where everything after it happens."""

    path: str


class Command(Struct, frozen=True, kw_only=True):
    """Says what is started."""

    words: tuple[str, ...]


class Comment(Struct, frozen=True, kw_only=True):
    """A line for whoever reads it."""

    text: str


Instruction = From | Run | Copy | Workdir | Command | Comment


def dockerfile(audit: Audit, image: str, needs: building.Needed | None) -> tuple[Instruction, ...]:
    """Return the instructions that install the packages of *audit* on *image*, and its project's own code.

    What is to be compiled with what it *needs* is so in a stage that has it; python:3.11-slim has no gcc, and
    what runs needs none.
    """
    what, on_lambda = wanted(audit), images.lambda_python(audit.target.id) is not None
    here: tuple[Instruction, ...] = () if on_lambda else (Workdir(path=_WORKDIR),)
    if needs is None:
        return (
            From(image=image),
            *here,
            *_installed(what, ""),
            *_code(audit, what, on_lambda=on_lambda),
        )
    manager = images.package_manager(audit.target.id)
    option, to = ("--target", f"{_TASK_ROOT}/") if on_lambda else ("--prefix", "/usr/local/")
    running = (Run(command=building.install(needs.run, manager)),) if needs.run else ()
    return (
        From(image=image, name="build"),
        Run(command=building.install(needs.build, manager)),
        *here,
        *_installed(what, f"{option} {_PACKAGES} "),
        From(image=image),
        *running,
        *here,
        Copy(sources=(f"{_PACKAGES}/",), to=to, stage="build"),
        *_code(audit, what, on_lambda=on_lambda),
    )


def own_image(audit: Audit) -> tuple[Instruction, ...]:
    """Return the instructions by which the input's own tool installs it; none where pip and uv can."""
    row, here = row_of(audit.input.kind), around(audit)
    if not row.image:
        return ()
    command = row.installs.replace("{path}", shlex.quote(clean(here.input)))
    return (
        From(image=row.image),
        Workdir(path=_WORKDIR),
        Copy(sources=("./",), to="./"),
        Run(command=command),
        *_started(on_lambda=False),
    )


def _installed(what: Wanted, where: str) -> Iterator[Instruction]:
    yield from _copies(what.reads)
    yield Run(command=f"{_installer(what)} {where}{spelled(what.words)}")
    if what.projects:
        yield Copy(sources=("./",), to="./")
        yield Run(command=f"pip install --no-cache-dir --no-deps {where}{spelled(what.projects)}")


def _installer(what: Wanted) -> str:
    """Return pip's `install`; uv's where pip could not: of a lock, or of folders beside hashes."""
    if what.tool == "pip" or (what.first and len(what.reads) == 1):
        return "pip install --no-cache-dir"
    return "pip install --no-cache-dir uv && uv pip install --system --no-cache"


def _copies(paths: Iterable[str]) -> Iterator[Copy]:
    """Yield the copies that put *paths* where they are seen from the folder, each folder at once."""
    files: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        if path.endswith("/"):
            yield Copy(sources=(path,), to=path)
        else:
            files.setdefault(path.rpartition("/")[0], []).append(path)
    for folder, those in files.items():
        yield Copy(sources=tuple(those), to=f"{folder or '.'}/")


def _code(audit: Audit, what: Wanted, *, on_lambda: bool) -> Iterator[Instruction]:
    here, found = around(audit), code(audit, what)
    if here.layer:
        return
    if found:
        modules = tuple(each for each in found if each.endswith(".py"))
        if modules:
            yield Copy(sources=modules, to="./")
        for each in found:
            if each not in modules:
                to = "./" if each.endswith("/") else f"./{each.rpartition('/')[2]}/"
                yield Copy(sources=(f"{each.removesuffix('/')}/",), to=to)
    elif not is_installed(audit, what):
        yield Comment(text=where_it_is(audit))
        yield Copy(sources=("<folder-of-your-code>/",), to="./")
    yield from _started(on_lambda=on_lambda)


def code(audit: Audit, what: Wanted) -> tuple[str, ...]:
    """Return the project's own code that is not installed with it: of a package, modules beside it alone."""
    found = around(audit).code
    return tuple(each for each in found if each.endswith(".py")) if is_installed(audit, what) else found


def is_installed(audit: Audit, what: Wanted) -> bool:
    """Return whether the project itself is installed with what it depends on."""
    return what.words[0] != "-r" or (around(audit).packaged and bool(what.projects))


def where_it_is(audit: Audit) -> str:
    """Return that the code has to be named, and why."""
    choices = around(audit).choices
    if choices:
        return f"Each function has code of its own: {', '.join(map(clean, choices))}. Name its folder here."
    return "Where your code is was not found: name its folder here."


def _started(*, on_lambda: bool) -> Iterator[Instruction]:
    yield Comment(text="What is started is not known: name it here.")
    yield Command(words=("<module>.<function>",) if on_lambda else ("python", "-m", "<module>"))


def spelled(words: Iterable[str]) -> str:
    """Return *words* as a shell takes them, cleaned."""
    return " ".join(shlex.quote(clean(word)) for word in words)


def text(instructions: Iterable[Instruction]) -> str:
    """Return *instructions* as the lines of a Dockerfile."""
    return "\n".join(map(_line, instructions))


def _line(one: Instruction) -> str:
    match one:
        case From():
            return f"FROM {one.image}{f' AS {one.name}' if one.name else ''}"
        case Run():
            return f"RUN {one.command}"
        case Copy():
            return f"COPY {f'--from={one.stage} ' if one.stage else ''}{_paths((*one.sources, one.to))}"
        case Workdir():
            return f"WORKDIR {one.path}"
        case Command():
            return f"CMD {json.dumps(one.words)}"
        case Comment():
            return f"# {one.text}"
        case _:
            assert_never(one)


def _paths(paths: tuple[str, ...]) -> str:
    """Return *paths* as COPY takes them: as JSON where there is more than plain names in one of them."""
    cleaned = [clean(path) for path in paths]
    if all(shlex.quote(path) == path or path.startswith("${LAMBDA") for path in cleaned):
        return " ".join(cleaned)
    return json.dumps(cleaned, ensure_ascii=False)
