"""What stands in a container image of a given name: its Linux, its Python, and where it works."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

from archcheck.data import load
from archcheck.data.runtimes import Source, runtimes

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIRRORS = (
    r"(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|public\.ecr\.aws/docker|mirror\.gcr\.io"
    r"|[^/]+(?:/[^/]+)+/dependency_proxy/containers|[^/]+\.azurecr\.io/docker\.io)/"
)
_BY_MACHINE = r"(arm64v8|amd64)/(?=\w)"
_MACHINE = r"(?:^|[-._])(arm64v8|arm64|aarch64|amd64|x86_64|x86-64)(?=$|[-.])"
_NAMES = {"arm64v8": "aarch64", "arm64": "aarch64", "aarch64": "aarch64"}
_RELEASE = r"(?:^|-)(?:(alpine3\.\d+)|(debian|ubuntu)-?(\d[\d.]*\d)|([a-z]+))(?=$|[-.])"
_BY_LIBC = r"alpine3\.[1-9]\d|glibc2\.\d+"
_LONGEST = 500
"""Characters of a name: the longest that a registry takes has 255, its tag 128."""


class SystemPython(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line of Python that each base calls python3."""

    source: str
    of: dict[str, str]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bases of Docker's images of one line of Python where their tag names none.

    By the first patch release that stands on each; what was last built on another stays there.
    """

    debian: tuple[tuple[int, str], ...]
    alpine: tuple[tuple[int, str], ...]


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tags of Docker's images of Python mean that do not say all."""

    source: str
    latest: str
    lines: dict[str, Line]


class Image(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table; `base_images.toml` says what its fields mean."""

    names: tuple[str, ...]
    source: str
    tag: str = ""
    base: str | None = None
    python: str | None = None
    python_in_all: bool = False
    otherwise: str | None = None
    workdir: str | None = None
    environment: dict[str, str] = {}


class BaseImages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"images": "image"}):
    """The whole file."""

    sources: dict[str, Source]
    suites: dict[str, str]
    system_python: SystemPython
    defaults: Defaults
    images: tuple[Image, ...]


class BaseImage(msgspec.Struct, frozen=True, kw_only=True):
    """What an image is: `base` and `python` as a target has them; None where nobody knows.

    `system_python` is what python3 of the distribution would be, were it installed. `architecture` is aarch64
    or x86_64 where the name or the tag states it. `workdir` and `environment` are what it begins with.
    """

    base: str | None = None
    python: str | None = None
    system_python: str | None = None
    architecture: str | None = None
    workdir: str | None = None
    environment: tuple[tuple[str, str], ...] = ()


@cache
def base_images() -> BaseImages:
    """Return what `base_images.toml` says, read once a process."""
    return load("base_images.toml", BaseImages)


@lru_cache(maxsize=256)
def base_image(reference: str) -> BaseImage:
    """Return what is known of the image *reference*, `python:3.12-slim@sha256:…`.

    `python:3.12-slim-bookworm` is Python 3.12 on debian12, `public.ecr.aws/lambda/python:3.13-arm64` Python
    3.13 on lambda, and aarch64 alone.
    """
    name, tag, machine = _parts(reference[:_LONGEST])
    for image in base_images().images:
        for pattern in image.names:
            if named := re.fullmatch(pattern, name):
                return _described(image, named.groupdict(), tag, machine)
    return BaseImage(architecture=machine)


def known_base(base: str) -> bool:
    """Return whether a target can stand on *base*."""
    return base == "lambda" or base in runtimes().bases or bool(re.fullmatch(_BY_LIBC, base))


def _parts(reference: str) -> tuple[str, str, str | None]:
    """Return the name without a mirror, the tag, and the architecture that either states."""
    name = reference.partition("@")[0].strip().lower()
    head, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    name = f"{head}/{last}" if head else last
    if mirror := re.match(_MIRRORS, name):
        name = name[mirror.end() :]
    name = name.removeprefix("library/")
    machine = re.match(_BY_MACHINE, name)
    if machine:
        name = name[machine.end() :]
    stated = machine or re.search(_MACHINE, tag)
    return name, tag, _NAMES.get(stated[1], "x86_64") if stated else None


def _described(image: Image, groups: dict[str, str | None], tag: str, machine: str | None) -> BaseImage:
    facts = base_images()
    if image.tag and (tagged := re.search(image.tag, tag)):
        groups = groups | tagged.groupdict()
    python = _filled(image.python, groups)
    if python is None and image.python_in_all and re.match(r"(?:$|3(?![.\d])|[a-z])", tag):
        python = facts.defaults.latest
    base = _filled(image.base, groups) or _released(tag) or _default(image, python, tag)
    if "windows" in tag or (base and not known_base(base)):
        base = None
    system = facts.system_python.of.get(base or "")
    return BaseImage(
        base=base,
        python=system if python == "system" else python,
        system_python=system,
        architecture=machine,
        workdir=image.workdir,
        environment=tuple(image.environment.items()),
    )


def _filled(template: str | None, groups: dict[str, str | None]) -> str | None:
    """Return *template* with *groups* in it; None where one of them was not found."""
    if template is None:
        return None
    wanted = set(re.findall(r"\{(\w+)\}", template))
    found = {name: value for name, value in groups.items() if name in wanted and value}
    return template.format(**found) if wanted <= set(found) else None


def _released(tag: str) -> str | None:
    """Return the base that a word of *tag* names: `bookworm`, `alpine3.20`, `debian-12`, `ubuntu22.04`."""
    return next(_releases(tag), None)


def _releases(tag: str) -> Iterator[str]:
    for alpine, family, number, word in re.findall(_RELEASE, tag):
        if alpine:
            yield alpine
        elif family:
            yield f"{family}{number}"
        elif word in base_images().suites:
            yield base_images().suites[word]


def _default(image: Image, python: str | None, tag: str) -> str | None:
    if image.otherwise:
        return image.otherwise
    line, _, patch = (
        (python or "").rpartition(".") if (python or "").count(".") > 1 else (python or "", "", "")
    )
    defaults = base_images().defaults.lines.get(line)
    if defaults is None or image.base is not None:
        return None
    bases = defaults.alpine if re.search(r"(?:^|-)alpine(?:$|-)", tag) else defaults.debian
    return [base for since, base in bases if not patch or since <= int(patch)][-1]
