"""What a repository deploys, as values: each with what is known of it, and where that is said. No I/O."""

from __future__ import annotations

import re
from typing import Final, Generic, Literal, TypeVar

from msgspec import Struct

from archcheck.manifest.manifest import Location  # noqa: TC001 - msgspec reads the annotations
from archcheck.platforms.architectures import Architecture  # noqa: TC001 - as above

__all__ = [
    "BUILDERS",
    "MAKEFILE",
    "Code",
    "CodeKind",
    "Deployable",
    "Found",
    "Kind",
    "Layer",
    "Platform",
    "Problem",
    "Stated",
    "Tool",
]

T = TypeVar("T")

_RUNTIME = re.compile(r"(?:its )?runtime:", re.IGNORECASE)
_OTHERS: Final = ("nodejs", "java", "dotnet", "go", "ruby", "provided")

Tool = Literal[
    "sam",
    "cloudformation",
    "cdk",
    "serverless",
    "terraform",
    "zappa",
    "chalice",
    "docker",
    "compose",
    "ecs",
    "kubernetes",
    "github-actions",
]
"""What reads the file that the deployable stands in."""
BUILDERS: Final[frozenset[Tool]] = frozenset({"docker", "compose", "github-actions"})
"""Tools whose files say how an image is built, and nothing of where it runs."""
MAKEFILE: Final = "makefile"
"""The method by which SAM leaves it to a Makefile what a function or a layer holds."""
Platform = Literal["lambda", "ecs", "fargate", "agentcore", "kubernetes", "container"]
Kind = Literal["function", "layer", "container"]
CodeKind = Literal["folder", "artifact", "dockerfile", "image", "inline", "elsewhere"]


class Stated(Struct, Generic[T], frozen=True, kw_only=True):
    """One value, and where a file states it.

    `when` is the condition under which it holds, in the file's own words (`UseArm is true`); None where it
    always does. Several values of one thing are what it may be.
    """

    value: T
    location: Location
    when: str | None = None


class Code(Struct, frozen=True, kw_only=True):
    """Where the code of a deployable is.

    `folder`: its source is in the folder `path`. `artifact`: what is deployed is built already, at `path` (a
    zip, or a folder). `dockerfile`: an image is built by the Dockerfile at `path` from the folder `context`,
    with the build arguments `args` up to the stage `stage`. `image`: an image named `reference`. `inline`: it
    stands in the template as `text`, "" where that is not known, and brings no dependencies. `elsewhere`: not
    in this repository, or not to be told from its files; `reference` says what it is (`s3://…`, a variable).

    Paths are as those of the infrastructure file are: seen from the repository's root, with `/` between
    folders, and never outside of it.
    """

    kind: CodeKind
    path: str | None = None
    reference: str | None = None
    context: str | None = None
    stage: str | None = None
    args: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def folder(self) -> str | None:
        """The folder of its source; None where it is no folder, is built already, or is not here."""
        return self.path if self.kind == "folder" else None

    @property
    def is_here(self) -> bool:
        """Whether the code itself is in this repository, whatever installs beside it."""
        return self.kind in {"folder", "inline", "artifact"}


class Layer(Struct, frozen=True, kw_only=True):
    """A layer that a function has: `arn` of one that is offered, `name` of one that is declared here.

    `when` is the condition under which the function has it; None where it always does.
    """

    location: Location
    arn: str | None = None
    name: str | None = None
    when: str | None = None


class Deployable(Struct, frozen=True, kw_only=True):
    """One thing that is deployed by itself: a function, a layer, a container.

    `architectures` are those that it may have today: one, or several on conditions; empty where they cannot
    be told. With `is_default`, nobody states one, and it is the platform's own: of an image that of whoever
    builds it, of a pod that of whatever node it comes to, and then `architectures` are empty. `runtimes` are
    as the file has them (`python3.12`, `nodejs20.x`); empty where an image or an unknown value decides.
    `targets` are archcheck's names of what it runs on, where the file tells more than a runtime does (a
    Dockerfile's base).

    `others` are the code of those that a `for_each` of Terraform's makes beside the first, whose is `code`.
    `manifests` are files of requirements that the build is told to install, seen from the repository's root,
    and `typed` the requirements that it names itself (`RUN pip install boto3`); `unread` says in words what
    its Dockerfile installs besides, which was not read.
    `build` is the method by which the tool builds it, where the file states one (SAM's `python-uv`), and
    `builds_for` the architecture that this builds for, which the deployable's own ought to be. `labels` are
    architectures that are stated and build nothing (SAM's `CompatibleArchitectures`). `kept_for` is the one
    under which the tool keeps what it built, to take it again for the same requirements. `memory_mb` is the
    memory in MiB. `when` is the condition under which it is deployed at all; None where it always is.
    `edge` is where a distribution of CloudFront takes it, which runs it at its edges (Lambda@Edge).
    `unknown` says in words what could not be told, and why. It `is_lost` where its Dockerfile cannot be read,
    is not there, or has not the stage that it is built up to: nothing is known of it.
    """

    name: str
    kind: Kind
    tool: Tool
    platform: Platform
    location: Location
    architectures: tuple[Stated[Architecture], ...] = ()
    is_default: bool = False
    runtimes: tuple[Stated[str], ...] = ()
    targets: tuple[Stated[str], ...] = ()
    code: Code | None = None
    others: tuple[Code, ...] = ()
    manifests: tuple[str, ...] = ()
    typed: tuple[Stated[str], ...] = ()
    unread: tuple[Stated[str], ...] = ()
    layers: tuple[Layer, ...] = ()
    memory_mb: int | None = None
    build: Stated[str] | None = None
    builds_for: Stated[Architecture] | None = None
    kept_for: Stated[Architecture] | None = None
    labels: tuple[Stated[Architecture], ...] = ()
    when: str | None = None
    edge: Location | None = None
    unknown: tuple[str, ...] = ()
    is_lost: bool = False

    @property
    def codes(self) -> tuple[Code, ...]:
        """All the code that it stands for, as far as that is told."""
        return (self.code, *self.others) if self.code is not None else self.others

    @property
    def is_by_dockerfile(self) -> bool:
        """Whether its own Dockerfile states its architecture, in a FROM line."""
        path = self.code.path if self.code is not None else None
        return any(each.location.path == path for each in self.architectures)

    @property
    def has_runtime(self) -> bool:
        """Whether Lambda's runtimes say what it runs on: it is a function, and no image."""
        is_image = self.code is not None and self.code.kind in {"image", "dockerfile"}
        return self.kind == "function" and self.platform == "lambda" and not is_image and not self.targets

    @property
    def untold_runtime(self) -> str | None:
        """Why its runtime is not told: what of `unknown` begins with that key; None where nothing does.

        Zappa and Chalice take that of the Python that they are run with, where their settings name none.
        """
        if self.tool in {"zappa", "chalice"}:
            return None
        return next((each for each in self.unknown if _RUNTIME.match(each)), None)

    @staticmethod
    def is_maybe_python(runtime: str) -> bool:
        """Return whether *runtime* is none of another language: Python's, or a misspelt one."""
        return not runtime.startswith(_OTHERS)


class Problem(Struct, frozen=True, kw_only=True):
    """A file, or a part of it, that could not be read: in one line, for people.

    `is_lost` where the whole file was not read, and names what it deploys.
    """

    location: Location
    message: str
    is_lost: bool = False


class Found(Struct, frozen=True, kw_only=True):
    """What one infrastructure file says. `nested` are files of the same kind that it leads to."""

    deployables: tuple[Deployable, ...] = ()
    problems: tuple[Problem, ...] = ()
    nested: tuple[str, ...] = ()
