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
    declared = Declarations(
        name=canonicalize_name(named) if named else None, main=(*main, *always), extras=extras
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

    def place(self, section: str, key: str) -> Location:
        """Return where *key* of `[section]` stands."""
        inside = False
        named = re.compile(rf"{re.escape(key).replace('_', '[-_]')}\s*[=:]")
        for number, line in enumerate(self._lines, start=1):
            if line.startswith("["):
                inside = line.strip() == f"[{section}]"
            elif inside and named.match(line):
                return Location(path=self._path, line=number)
        return Location(path=self._path)

    def requirements(self, section: str, key: str, value: str) -> tuple[Stated, ...]:
        """Return the items of a list: one a line, or several with semicolons between; or of `file:` names."""
        place = self.place(section, key) if value else Location(path=self._path)
        if value.startswith("file:"):
            names = [name.strip() for name in value.removeprefix("file:").replace("\n", ",").split(",")]
            return listed_in(self._home, filter(None, names), place)
        items = value.splitlines() if "\n" in value else value.split(";")
        found, at = [], max(place.line - 1, 0)
        for item in filter(without_comment, map(str.strip, items)):
            at = next((n for n in range(at, len(self._lines)) if _states(self._lines[n], item)), at)
            location = Location(path=self._path, line=at + 1)
            found.append(Stated(text=without_comment(item), location=location))
        return tuple(found)


def _states(line: str, item: str) -> bool:
    """Return whether *line* is that of *item*, alone or behind the key."""
    value = line if line[:1].isspace() else line.partition("=")[2]
    return value.strip() == item or item in map(str.strip, value.split(";"))
