"""What a log says failed: which package, why, on which target as far as it tells, and what to do next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import Version

from archcheck.data.base_images import BaseImage, base_image
from archcheck.data.build_logs import build_logs
from archcheck.data.building import install, needed
from archcheck.data.images import package_manager
from archcheck.errors import TargetError
from archcheck.inputs.parsing.messages import escaped, redacted
from archcheck.logs.text import around, discreet, joined, lines_of
from archcheck.platforms.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.data.build_logs import Pattern

MAX_FAILURES: Final = 200
_WINDOW: Final = 6  # lines; uv's longest sentence at 80 columns, and its hint
_SHOWN: Final = 160
_PLATFORM: Final = re.compile(r"(?:(many|musl)linux(?:_(\d+)_(\d+)|1|2010|2014)|linux)_(x86_64|aarch64)")
_MAX_IMAGES: Final = 50
_MANAGERS: Final = ("apt-get", "apk", "dnf", "yum")
_IN_PACKAGE: Final = re.compile(r"/(?:site|dist)-packages/(?P<name>[A-Za-z0-9][\w-]*?)(?:\.libs)?/")


class Where(Struct, frozen=True, kw_only=True):
    """What a log tells of the machine: `target` is as `--target` takes it, None where too little is told."""

    python: str | None = None
    architecture: str | None = None
    target: str | None = None


class Failure(Struct, frozen=True, kw_only=True):
    """One thing that failed. `missing` is what was not there, `install` what brings it, by package manager.

    `evidence` is what the log says on `line`, without what may be a secret. `command` is the audit to run,
    `advice` what else to do.
    """

    reason: str
    message: str
    tool: str
    line: int
    evidence: str
    package: str | None = None
    version: str | None = None
    what: str | None = None
    missing: str | None = None
    install: dict[str, str] = field(default_factory=dict)
    command: str | None = None
    advice: str | None = None


class Told(Struct, frozen=True, kw_only=True):
    """All that a log tells."""

    where: Where
    failures: tuple[Failure, ...]


def read_log(data: bytes) -> Told:
    """Return what the log *data* tells; no failures where nothing in it is known."""
    lines = lines_of(data)
    reading = _Reading(lines, before=data.count(b"\n") + 1 - len(lines))
    for number, line in enumerate(lines):
        reading.look(number, line)
        if len(reading.found) >= MAX_FAILURES:
            break
    where = _where(lines, reading.hints)
    return Told(
        where=where, failures=tuple(_final(each, where) for each in _merged(reading.found[:MAX_FAILURES]))
    )


class _Reading:
    """One run over the lines: what has failed so far, and which package is being worked on."""

    def __init__(self, lines: list[str], *, before: int) -> None:
        self._lines = lines
        self._before = before  # lines that were left out at the log's beginning
        self._current: tuple[str, str | None] | None = None
        self._reasons = {each.name: each for each in build_logs().reason}
        self.found: list[Failure] = []
        self.hints: list[str] = []

    def look(self, number: int, line: str) -> None:
        """Take in one line."""
        for pattern in build_logs().pattern:
            at = line.find(pattern.word)
            if at < 0:
                continue
            text = around(line, at)
            if pattern.joined:
                text = joined(text, self._lines[number + 1 : number + _WINDOW])
            matches = pattern.search(discreet(redacted(text)))
            for match in matches:
                self._take(pattern, match, self._before + number + 1)
            if matches and pattern.tool == "compiler":  # whose first pattern that fits says the most
                return

    def _take(self, pattern: Pattern, match: re.Match[str], line: int) -> None:
        told = match.groupdict()
        self.hints += [told[key] for key in ("platform", "python") if told.get(key)]
        name = _name(told.get("package")) or _name_in(told.get("what") or "")
        if pattern.opens:
            self._current = (name, _version(told.get("version"))) if name else None
            return
        package, version = name, _version(told.get("version"))
        if name is None and pattern.tool == "compiler" and self._current is not None:
            package, version = self._current
        elif name is not None:
            if pattern.reason == "build-failed":
                self._name_the_unnamed(name, version)
            if self._current is not None and self._current[0] == name:
                version = version or self._current[1]
            self._current = (name, version)
        self.found.append(
            Failure(
                reason=pattern.reason,
                message=self._reasons[pattern.reason].says,
                tool=pattern.tool,
                line=line,
                evidence=_quoted(match[0]),
                package=package,
                version=version,
                what=_quoted(told["what"]) if told.get("what") else None,
                missing=pattern.needs or told.get("missing") or None,
            )
        )

    def _name_the_unnamed(self, name: str, version: str | None) -> None:
        """Give what compilers said just before to the package whose build is said to have failed."""
        for place in range(len(self.found) - 1, -1, -1):
            each = self.found[place]
            if each.tool != "compiler" or each.package is not None:
                return
            self.found[place] = replace(each, package=name, version=version)


def _name(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return canonicalize_name(text.rstrip("._-"), validate=True)
    except InvalidName:
        return None


def _version(text: str | None) -> str | None:
    try:
        return str(Version(text)) if text else None
    except ValueError:
        return None


def _name_in(path: str) -> str | None:
    """Return the package whose file is at *path*, as far as the folder's name tells."""
    found = _IN_PACKAGE.search(path)
    return _name(found["name"]) if found else None


def _quoted(text: str) -> str:
    return escaped(text)[:_SHOWN]


def _merged(found: Iterable[Failure]) -> Iterator[Failure]:
    """Yield each failure once, and that a build failed only where nothing says why."""
    listed = list(found)
    explained = {each.package for each in listed if each.reason != "build-failed"}
    seen = set[tuple[str, str | None, str | None]]()
    for each in listed:
        key = (each.reason, each.package, each.missing or each.what)
        if key in seen or (each.reason == "build-failed" and each.package in explained):
            continue
        seen.add(key)
        yield each


def _final(failure: Failure, where: Where) -> Failure:
    """Return *failure* with what to do about it on *where*.

    Where the log tells the Python alone the audit is on Lambda's, as that of an input that says no more.
    """
    reason = next(each for each in build_logs().reason if each.name == failure.reason)
    command = None
    if failure.package is not None and reason.audit:
        pin = f"{failure.package}=={failure.version}" if failure.version else failure.package
        target = where.target or (where.python and _known(f"lambda:python{where.python}"))
        command = f"archcheck {pin}" + (f" --target {target}" if target else "")
    managers = (package_manager(where.target),) if where.target and _is_image(where.target) else _MANAGERS
    takes = [failure.missing] if failure.missing else []
    packages = {each: needed(takes, each).build for each in managers} if takes else {}
    return replace(
        failure,
        command=command,
        advice=reason.advice or None,
        install={manager: install(build, manager) for manager, build in packages.items() if build},
    )


def _is_image(target: str) -> bool:
    return not target.startswith(("glibc", "musl"))


def _where(lines: Iterable[str], hints: Iterable[str]) -> Where:
    """Return what the log tells of the machine: the tools' own words first, then the first that is told."""
    told: dict[str, str] = {}
    for hint in hints:
        if (tag := re.fullmatch(r"cp3(\d{1,2})t?", hint)) is not None:
            told.setdefault("line", f"3.{tag[1]}")
        else:
            told.setdefault("platform", hint)
    contexts = [re.compile(each.regex) for each in build_logs().context]
    images: dict[str, None] = {}
    for line in lines:
        for context in contexts:
            for key, value in (found.groupdict() if (found := context.search(line)) else {}).items():
                if key == "image" and len(images) < _MAX_IMAGES:
                    images.setdefault(value)
                elif value:
                    told.setdefault(key, value)
    return _placed(told, images)


def _placed(told: dict[str, str], images: Iterable[str]) -> Where:
    platform = _PLATFORM.fullmatch(told.get("platform", ""))
    known = sorted(map(base_image, images), key=lambda each: each.base is None or each.python is None)
    image = known[0] if known else BaseImage()
    python = image.python or told.get("lambda_") or _dotted(told.get("line", "")) or image.system_python
    sides = [each for each in ("aarch64", "x86_64") if each in told]
    architecture = platform[4] if platform else image.architecture or (sides[0] if sides else None)
    base = image.base or ("lambda" if "lambda_" in told else _level(platform))
    return Where(
        python=python, architecture=architecture, target=_known(f"{base}:python{python}") if base else None
    )


def _dotted(line: str) -> str | None:
    digits = line.replace("_", ".").replace("3.", "3", 1)
    return f"3.{digits[1:]}" if digits[:1] == "3" and digits[1:].isdigit() else None


def _level(platform: re.Match[str] | None) -> str | None:
    """Return the libc that the tools' own words for the *platform* tell."""
    if platform is None or not platform[1]:
        return None
    family = "glibc" if platform[1] == "many" else "musl"
    return f"{family}{platform[2]}.{platform[3]}" if platform[2] else f"{family}2.17"


def _known(target: str) -> str | None:
    """Return *target* where it is one."""
    try:
        return parse_target(target).id
    except TargetError:
        return None
