"""setup.cfg: what setuptools reads there, in its own grammar."""

from __future__ import annotations

import configparser
import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations, Stated, by_extra, chosen
from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import escaped, failure
from archcheck.inputs.requirement_files import listed_in, open_home, or_unsaid, specifier, without_comment
from archcheck.manifest.manifest import Location, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.inputs.requirement_files import Home
    from archcheck.manifest.manifest import Selection

_EXTRAS = "options.extras_require"
_MAX_MISSES = 20  # what a form feed ends is not found; a file full of that is not worth the time


def read_setup_cfg(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what `install_requires` asks for, and `[options.extras_require]` as far as it is selected.

    Raises InputError.
    """
    _ = environ  # setuptools fills no variables in
    home, data = open_home(path, files=files, cwd=cwd, expected="a setup.cfg file")
    declared, requires_python = in_setup_cfg(home, decode(data, path), path)
    return of_setuptools(home, data, declared, selection, requires_python)


def of_setuptools(
    home: Home,
    data: bytes,
    declared: Declarations,
    selection: Selection,
    requires_python: SpecifierSet | None,
) -> Manifest:
    """Return what *selection* takes of what is *declared* in the main file of *home*, which holds *data*."""
    found = chosen(declared, selection, path=home.path, folder=home.folder)
    nothing = () if declared.main else (f"{escaped(home.path)} declares no install_requires",)
    return Manifest(
        path=home.path,
        sha256=hashlib.sha256(data).hexdigest(),
        requirements=found.requirements,
        requires_python=requires_python,
        skipped=found.skipped,
        warnings=(*nothing, *found.warnings),
    )


def in_setup_cfg(home: Home, text: str, path: str) -> tuple[Declarations, SpecifierSet | None]:
    """Return what the setup.cfg *text* declares; *path* is how to spell the file."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign] # extras keep their case
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or 0
        message = "not a configuration file; expected [sections] with keys such as install_requires"
        raise failure(Location(path=path, line=line), message) from None
    reading = _SetupCfg(home, text.split("\n"), path)
    # setuptools reads `install-requires` as well, and says that it should have an underscore.
    options = {key.replace("-", "_"): value for key, value in _section(parser, "options")}
    named = parser.get("metadata", "name", fallback="")
    extras, always = by_extra(
        (key, or_unsaid(partial(reading.requirements, _EXTRAS, key, value)))
        for key, value in _section(parser, _EXTRAS)
    )
    main = reading.requirements("options", "install_requires", options.get("install_requires", ""))
    version = parser.get("metadata", "version", fallback="")
    declared = Declarations(
        name=canonicalize_name(named) if named else None,
        version="" if version.startswith(("attr:", "file:")) else version,
        main=(*main, *always),
        extras=extras,
    )
    python = options.get("python_requires")
    place = reading.place("options", "python_requires")
    return declared, specifier(python, place, "python_requires") if python else None


def _section(parser: configparser.RawConfigParser, name: str) -> Iterable[tuple[str, str]]:
    return parser.items(name) if parser.has_section(name) else ()


class _SetupCfg:
    """The values of one setup.cfg, with their lines."""

    def __init__(self, home: Home, lines: Sequence[str], path: str) -> None:
        self._home = home
        self._lines = lines
        self._path = path
        self._keys: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(lines, start=1):
            if line.startswith("["):
                section = line.strip()
            elif named := re.match(r"([^\s=:#;][^=:]*?)\s*[=:]", line):
                self._keys.setdefault((section, named[1].replace("-", "_")), number)

    def place(self, section: str, key: str) -> Location:
        """Return where *key* of `[section]` stands."""
        return Location(path=self._path, line=self._keys.get((f"[{section}]", key.replace("-", "_")), 0))

    def requirements(self, section: str, key: str, value: str) -> tuple[Stated, ...]:
        """Return the items of a list: one a line, or several with semicolons between; or of `file:` names."""
        place = self.place(section, key) if value else Location(path=self._path)
        if value.startswith("file:"):
            names = [name.strip() for name in value.removeprefix("file:").replace("\n", ",").split(",")]
            return listed_in(self._home, filter(None, names), place)
        items = value.splitlines() if "\n" in value else value.split(";")
        found, at, misses = [], max(place.line - 1, 0), 0
        end = self._end(at) if "\n" in value else at
        for item in filter(without_comment, map(str.strip, items)):
            rest = range(at, end) if misses < _MAX_MISSES else ()
            line = next((n for n in rest if _states(self._lines[n], item)), None)
            misses += line is None
            at = at if line is None else line
            found.append(Stated(text=without_comment(item), location=Location(path=self._path, line=at + 1)))
        return tuple(found)

    def _end(self, start: int) -> int:
        """Return the line behind the value that begins at *start*: its lines are indented, or say nothing."""
        rest = range(start + 1, len(self._lines))
        return next((n for n in rest if self._lines[n][:1].strip(" \t#;\r")), len(self._lines))


def _states(line: str, item: str) -> bool:
    """Return whether *line* is that of *item*, alone or behind the key."""
    value = line if line[:1].isspace() else re.split("[=:]", line, maxsplit=1)[-1]
    return value.strip() == item
