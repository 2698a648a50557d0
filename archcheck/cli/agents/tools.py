"""The tools that agents are offered: their arguments, and the command line that each call comes to."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

from archcheck.errors import UsageError
from archcheck.inputs.parsing.messages import shown
from archcheck.manifest.specifiers import parse_dependency

_Text = Annotated[str, Meta(min_length=1, max_length=1000)]
_Texts = Annotated[list[_Text], Meta(max_length=100)]


class _Inputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is audited, against what: as on the command line."""

    targets: Annotated[
        _Texts,
        Meta(
            description="where it will run, as in lambda:python3.13, debian12:python3.12 or "
            "alpine3.22:python3.13; several make a matrix (default: what the project says)"
        ),
    ] = field(default_factory=list)
    extras: Annotated[_Texts, Meta(description="extras of the project to include")] = field(
        default_factory=list
    )
    all_extras: Annotated[bool, Meta(description="include every extra")] = False
    groups: Annotated[_Texts, Meta(description="dependency groups to include")] = field(default_factory=list)
    package: Annotated[_Text | None, Meta(description="this member of a workspace alone")] = None
    only_binary: Annotated[
        _Texts, Meta(description="no sdists of these packages; :all: means of none, as for pip")
    ] = field(default_factory=list)
    offline: Annotated[bool, Meta(description="use what the cache holds, and ask no index")] = False

    def options(self) -> list[str]:
        """Return these as options of a command."""
        several = {
            "target": self.targets,
            "extra": self.extras,
            "group": self.groups,
            "only-binary": self.only_binary,
            "package": [self.package] if self.package else [],
        }
        flags = {"all-extras": self.all_extras, "offline": self.offline}
        return [
            *(f"--{name}={value}" for name, values in several.items() for value in values),
            *(f"--{name}" for name, wanted in flags.items() if wanted),
            "--no-progress",
        ]


_Paths = Annotated[
    _Texts,
    Meta(
        description="files or folders of the project, seen from its root: a requirements file, "
        "pyproject.toml, a lock, a built zip or wheel, or a folder with one (default: the root itself; a "
        "whole repository where it says what it deploys)"
    ),
]


class Audit(_Inputs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arguments of `audit`."""

    paths: _Paths = field(default_factory=list)
    requirements: Annotated[
        Annotated[list[_Text], Meta(max_length=1000)],
        Meta(description="requirements in place of a file, as in numpy==1.26.4 or pandas>=2; no addresses"),
    ] = field(default_factory=list)
    architecture: Annotated[
        Literal["arm64", "x86_64"] | None,
        Meta(description="of a built artifact: whether it runs on this one alone"),
    ] = None
    remedies: Annotated[bool, Meta(description="look for changes that help (false is quicker)")] = True

    def options(self) -> list[str]:
        """Return these as options of `check`."""
        chosen = [f"--architecture={self.architecture}"] if self.architecture else []
        return [*super().options(), *chosen, *([] if self.remedies else ["--no-remedies"])]


class Why(_Inputs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arguments of `why`."""

    name: Annotated[_Text, Meta(description="the package that gets in")]
    paths: _Paths = field(default_factory=list)


class Plan(_Inputs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arguments of `plan`."""

    path: Annotated[
        _Text | None, Meta(description="the one file or folder whose plan it is (default: the root)")
    ] = None
    number: Annotated[int, Meta(description="which plan is shown as a diff", ge=1, le=100)] = 1
    only: Annotated[_Texts, Meta(description="only what helps these packages")] = field(default_factory=list)

    def options(self) -> list[str]:
        """Return these as options of `fix`."""
        only = (f"--only={each}" for each in self.only)
        return [*super().options(), f"--plan={self.number}", *only]


class Explain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arguments of `explain`."""

    code: Annotated[_Text | None, Meta(description="a rule, as in AC003 (default: list all)")] = None


Arguments = Audit | Why | Plan | Explain


class Tool(NamedTuple):
    """One tool, as agents see it; `asks` tells whether it may ask an index."""

    name: str
    title: str
    arguments: type[Arguments]
    description: str
    asks: bool = True

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the arguments."""
        _, components = msgspec.json.schema_components([self.arguments])
        (schema,) = components.values()
        return {key: value for key, value in schema.items() if key not in {"title", "description"}}


TOOLS: Final = (
    Tool(
        "audit",
        "Does it install on arm64?",
        Audit,
        "Tell whether every dependency of a Python project, direct and transitive, installs on arm64 "
        "(aarch64; AWS Graviton) as it does on x86_64: which do not, why, who brings them in, what helps. "
        "Resolves as pip would for both architectures; builds and runs nothing.",
    ),
    Tool("why", "Why is a package in it?", Why, "Every way by which a package gets into the dependencies."),
    Tool(
        "plan",
        "What is to be changed?",
        Plan,
        "The smallest changes after which the whole set installs on arm64, each resolved again with it, and "
        "one of them as a diff of the project's own files. Nothing is written.",
    ),
    Tool(
        "explain",
        "What does a rule mean?",
        Explain,
        "What a rule (AC001 to AC022) means, why it happens, and what people do about it.",
        asks=False,
    ),
)


def read(tool: Tool, given: dict[str, Any]) -> Arguments:
    """Return what *given* says to *tool*; raises `UsageError` for what it cannot mean."""
    try:
        found: Arguments = msgspec.convert(given, tool.arguments)
    except msgspec.ValidationError as error:
        said = str(error).replace("Object contains unknown field", "there is no argument")
        raise UsageError(f"{tool.name}: {shown(said)[1:-1]}") from None
    for text in _texts(msgspec.to_builtins(found)):
        if not text.isprintable():
            raise UsageError(f"{tool.name}: expected text without control characters, found {shown(text)}")
    return found


def typed(requirements: list[str]) -> list[str]:
    """Return *requirements* as they may stand on a command line.

    Raises `UsageError` for options and for addresses: an agent may have been told of them by a stranger.
    """
    for text in requirements:
        try:
            stated = parse_dependency(text)
        except ValueError:
            raise UsageError(f"expected a requirement such as numpy==1.26.4, found {shown(text)}") from None
        if stated.url:
            raise UsageError(f"a requirement with an address has to stand in a file: {shown(text)}")
    return requirements


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for each in value for text in _texts(each)]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
    return []
