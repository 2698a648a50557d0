"""pip's own settings, from its files and environment variables, in its order of precedence.

pip's module for this takes longer to import than a warm audit takes as a whole, so the documented rules
(pip's "Configuration" page) are followed here, and compared with pip itself in the tests.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.errors import SettingsError
from archcheck.files import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcheck.files import Files

    Reader = Callable[[str], str | None]

_SECTIONS = ("global", "install")
_NOT_SETTINGS = {"version", "help"}


def reading(files: Files) -> Reader:
    """Return what reads settings among *files*: the text at a path, or None where there is none."""

    def read(path: str) -> str | None:
        import locale  # noqa: PLC0415 - needed only where a file is looked for

        try:
            text = files.read(path).decode(locale.getpreferredencoding(do_setlocale=False))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}") from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    return read


read_file = reading(Disk())


def pip_values(
    environ: Mapping[str, str], read: Reader = read_file, *, system: str = sys.platform
) -> list[tuple[str, str]]:
    """Return pip's settings for `pip install` as (option, value), least important first.

    An option may come twice, once for each of the sections `[global]`, `[install]` and the environment: some
    (`no-binary`) add up. Empty values are left out. Raise `SettingsError` for a file that cannot be read.
    """
    sections: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for path in _files(environ, read, system):
        text = read(path)
        if text is not None:
            for section, option, value in _parse(text, path):
                if section in sections:
                    sections[section][_option(option)] = value
    sections["environment"] = {
        _option(variable[4:]): value
        for variable, value in environ.items()
        if variable.startswith("PIP_") and variable[4:].lower() not in _NOT_SETTINGS
    }
    return [(option, value) for values in sections.values() for option, value in values.items() if value]


def _option(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def _files(environ: Mapping[str, str], read: Reader, system: str) -> list[str]:
    """Return the settings files that pip would read, least important first."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    per_system = {"win32": _windows, "darwin": _macos}.get(system, _unix)
    name = "pip.ini" if system == "win32" else "pip.conf"
    shared, personal = per_system(environ, read)
    if chosen and read(chosen) is not None:
        personal = []  # pip leaves the user's files out where another file is chosen
    prefix = environ.get("VIRTUAL_ENV") or sys.prefix
    folders = [*shared, *personal, prefix]
    return [f"{folder}/{name}" for folder in folders] + ([chosen] if chosen else [])


def _unix(environ: Mapping[str, str], _read: Reader) -> tuple[list[str], list[str]]:
    home = environ.get("HOME") or str(Path.home())
    shared = (environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg").split(":")
    personal = environ.get("XDG_CONFIG_HOME", "").strip() or f"{home}/.config"
    return [*(f"{folder}/pip" for folder in shared), "/etc"], [f"{home}/.pip", f"{personal}/pip"]


def _macos(environ: Mapping[str, str], read: Reader) -> tuple[list[str], list[str]]:
    home = environ.get("HOME") or str(Path.home())
    support = "/Library/Application Support/pip"
    personal = f"{home}{support}" if read(f"{home}{support}/pip.conf") is not None else f"{home}/.config/pip"
    return [support], [f"{home}/.pip", personal]


def _windows(environ: Mapping[str, str], _read: Reader) -> tuple[list[str], list[str]]:
    home = environ.get("USERPROFILE") or str(Path.home())
    shared = environ.get("PROGRAMDATA", "C:/ProgramData")
    personal = environ.get("APPDATA", f"{home}/AppData/Roaming")
    return [f"{shared}/pip"], [f"{home}/pip", f"{personal}/pip"]


def _parse(text: str, path: str) -> list[tuple[str, str, str]]:
    import configparser  # noqa: PLC0415 - 7 ms, where there is a file at all

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text, source=path)
    except configparser.Error as error:
        first, *_ = str(error).splitlines()
        raise SettingsError(f"{path}: not a pip settings file: {first}") from error
    return [
        (section, option, value) for section in parser.sections() for option, value in parser.items(section)
    ]
