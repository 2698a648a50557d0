"""Requirements files, with the grammar of pip."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from archcheck.files import STDIN, absolute, beside
from archcheck.inputs.parsing.input_file import read_named
from archcheck.inputs.parsing.logical_lines import decode, logical_lines
from archcheck.inputs.parsing.messages import escaped, failure, redacted, shown, words
from archcheck.inputs.parsing.pep508 import parse_requirement
from archcheck.inputs.requirements.local_paths import Places
from archcheck.inputs.requirements.options import applied, controlled, parse_options, split_line
from archcheck.inputs.requirements.pip_compile_comments import via_comments
from archcheck.manifest.manifest import IndexOptions, Location, Manifest, Requirement, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.logical_lines import Line
    from archcheck.inputs.requirements.options import LineOptions
    from archcheck.manifest.manifest import Selection

# Files that include each other twice over grow as 2^depth; these stop them early.
MAX_DEPTH = 50
MAX_INCLUDED = 1_000
MAX_REQUIREMENTS = 100_000
MAX_OPTIONS = 1_000  # lines with options beside hashes; each is added to all that stand before it

_URL = re.compile(r"(?:https?|file):", re.IGNORECASE)


def read_requirements(
    path: str,
    *,
    files: Files,
    environ: Mapping[str, str],
    cwd: str,
    selection: Selection | None = None,  # noqa: ARG001 - the format has neither extras nor groups of its own
) -> Manifest:
    """Return what the requirements file at *path* asks for, with all files that it includes.

    *path* may be relative to the absolute folder *cwd*; locations are spelled as *path* is. `${NAME}` is
    filled in from *environ*: pass an empty mapping for input that is not trusted. A file included by its
    URL is not fetched but `Skipped`. Raises InputError for the first thing that pip would refuse.
    """
    reading = _RequirementsFiles(files, environ, cwd)
    data = reading.main(path, constraint=False)
    return reading.manifest(path, data)


def read_embedded(
    path: str,
    data: bytes,
    entries: Iterable[tuple[int, str]],
    *,
    files: Files,
    environ: Mapping[str, str],
    cwd: str,
    folder: str,
) -> Manifest:
    """Return what the lines of a requirements file ask for that are kept in another file, *path* of *data*.

    *entries* are the lines with their numbers there; local paths in them begin in *folder*.
    """
    reading = _RequirementsFiles(files, environ, cwd, folder)
    for number, text in entries:
        for line in logical_lines(text, path=path, environ=environ):
            place = Location(path=path, line=number)
            reading.line(replace(line, location=place), constraint=False, parents=(path,))
    return reading.manifest(path, data)


def read_constraints(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str
) -> tuple[Requirement, ...]:
    """Return the constraints in the file at *path*, as `-c` on a command line means them; else as above."""
    reading = _RequirementsFiles(files, environ, cwd)
    reading.main(path, constraint=True)
    return tuple(reading.constraints)


class _RequirementsFiles:
    """One run over a requirements file and those it includes: what has been found so far."""

    def __init__(self, files: Files, environ: Mapping[str, str], cwd: str, folder: str = "") -> None:
        self._files = files
        self._environ = environ
        self._cwd = cwd
        self._folder = folder or cwd  # pip's own current folder, where local paths begin
        self._places = Places(files, cwd)
        self._via: dict[str, dict[int, tuple[NormalizedName, ...]]] = {}
        self.requirements: list[Requirement] = []
        self.constraints: list[Requirement] = []
        self.skipped: list[Skipped] = []
        self.warnings: list[str] = []
        self._options = IndexOptions()
        self._has_hashes = False
        self._refuses_hashes = False
        self._included = 0
        self._optioned = 0

    def main(self, path: str, *, constraint: bool) -> bytes:
        """Read the file that the user named and all that it includes; return its bytes."""
        expected = f"a {_kind(constraint=constraint)} file"
        data = read_named(path, files=self._files, cwd=self._cwd, expected=expected)
        self.file(path, data, constraint=constraint, parents=())
        return data

    def file(self, path: str, data: bytes, *, constraint: bool, parents: tuple[str, ...]) -> None:
        """Read one file; *parents* are the files that led to it, outermost first."""
        text = decode(data, path)
        self._via[path] = via_comments(text)
        for line in logical_lines(text, path=path, environ=self._environ):
            self.line(line, constraint=constraint, parents=(*parents, path))

    def line(self, line: Line, *, constraint: bool, parents: tuple[str, ...]) -> None:
        """Take in one line; *parents* are the files that led to it, its own last."""
        text, options = split_line(line.text)
        try:
            said = parse_options(options)
            self._options = controlled(self._options, said.controls)
        except ValueError as error:
            reason = escaped(redacted(str(error)))[:200]
            message = f"{shown(line.stated)}: {reason}; expected options that pip knows"
            raise failure(line.location, message) from None
        if said.ignored:
            place = escaped(str(line.location))
            self.warnings.append(f"{place}: pip ignores {shown(' '.join(said.ignored))}, behind the options")
        is_include = said.requirements or said.constraints
        self._optioned += bool(said.controls) or not (text or said.editables or is_include)
        if self._optioned > MAX_OPTIONS:
            raise failure(line.location, f"more than {MAX_OPTIONS:,} lines of options; expected fewer")
        if text or said.editables:
            self._require(text, line, said, constraint=constraint)
        elif is_include:
            self._include(said, line, parents)
        else:
            self._set(said, line.location.path)

    def manifest(self, path: str, data: bytes) -> Manifest:
        """Return all that was read of *path*."""
        return Manifest(
            path=path,
            sha256=hashlib.sha256(data).hexdigest(),
            requirements=tuple(self.requirements),
            constraints=tuple(self.constraints),
            options=self.final_options(path),
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
        )

    def final_options(self, path: str) -> IndexOptions:
        """Return the options in the end; one hash anywhere means that every package needs one."""
        if self._refuses_hashes and self._options.require_hashes:
            message = "--require-hashes and --no-require-hashes are both there; expected one of them"
            raise failure(Location(path=path), message)
        implied = self._has_hashes and not self._refuses_hashes
        return replace(self._options, require_hashes=self._options.require_hashes or implied)

    def _require(self, text: str, line: Line, said: LineOptions, *, constraint: bool) -> None:
        editable = not text
        stated, _ = split_line(line.stated)
        hashes = () if editable else said.hashes
        body = said.editables[0] if editable else text
        parse = partial(
            parse_requirement,
            body,
            editable=editable,
            stated=stated.strip() or line.stated,
            hashes=hashes,
            location=line.location,
            files=self._files,
        )
        requirement, note = self._places.found(
            body, line.location.path, lambda folder: parse(cwd=folder), self._folder
        )
        self.warnings += [note] if note else []
        via = self._via.get(line.location.path, {}).get(line.location.line)
        if via:
            requirement = replace(requirement, via=via)
        self._has_hashes |= bool(hashes)
        if len(self.requirements) + len(self.constraints) >= MAX_REQUIREMENTS:
            raise failure(line.location, f"more than {MAX_REQUIREMENTS:,} requirements; expected fewer")
        if constraint:
            _check_constraint(requirement, editable=editable)
            self.constraints.append(requirement)
        else:
            self.requirements.append(requirement)

    def _include(self, said: LineOptions, line: Line, parents: tuple[str, ...]) -> None:
        constraint = not said.requirements
        target = (said.requirements or said.constraints)[0]
        if _URL.match(target) and urlsplit(target).scheme != "file":
            reason = "a file at a URL is not fetched"
            self.skipped.append(Skipped(text=redacted(line.stated), reason=reason, location=line.location))
            return
        path = self._nested_path(target, line.location)
        self._check_nesting(path, line.location, parents)
        try:
            data = self._files.read(absolute(self._cwd, path))
        except (OSError, ValueError) as error:
            message = f"{shown(line.stated)}: {words(error)}; expected a {_kind(constraint=constraint)} file"
            raise failure(line.location, message) from None
        self.file(path, data, constraint=constraint, parents=parents)

    def _nested_path(self, target: str, location: Location) -> str:
        """Return where *target* leads: relative to the file that names it, unlike a requirement's path."""
        if _URL.match(target):
            target = unquote(urlsplit(target).path)
        return absolute(self._cwd, target) if location.path == STDIN else beside(location.path, target)

    def _check_nesting(self, path: str, location: Location, parents: tuple[str, ...]) -> None:
        here = absolute(self._cwd, path)
        opened = [absolute(self._cwd, parent) for parent in parents]
        if here in opened:
            cycle = " → ".join(escaped(name) for name in (*parents[opened.index(here) :], path))
            raise failure(location, f"{shown(path)} includes itself: {cycle}; expected files without a cycle")
        self._included += 1
        if len(parents) > MAX_DEPTH or self._included > MAX_INCLUDED:
            limits = f"{MAX_DEPTH} deep and {MAX_INCLUDED:,} in all"
            raise failure(location, f"too many files included; expected at most {limits}")

    def _set(self, said: LineOptions, path: str) -> None:
        """Take in a line of options alone."""
        self._refuses_hashes |= said.no_require_hashes
        links = tuple(self._find_links(link, path) for link in said.find_links)
        self._options = applied(self._options, replace(said, find_links=links))

    def _find_links(self, link: str, path: str) -> str:
        """Return *link*, absolute where it is a path: beside the file if it is there, else in the cwd."""
        if urlsplit(link).scheme:
            return link
        here = absolute(self._cwd, link if path == STDIN else beside(path, link))
        is_there = self._files.is_file(here) or self._files.is_folder(here)
        return here if is_there else absolute(self._cwd, link)


def _check_constraint(requirement: Requirement, *, editable: bool) -> None:
    """Raise InputError for what pip does not take as a constraint."""
    if requirement.name is None:
        problem = "has no name"
    elif editable:
        problem = "is editable"
    elif requirement.extras:
        problem = "has extras"
    else:
        return
    message = f"the constraint {shown(requirement.text)} {problem}; expected a name and versions"
    raise failure(requirement.location, message)


def _kind(*, constraint: bool) -> str:
    return "constraints" if constraint else "requirements"
