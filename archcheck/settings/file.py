"""From the text of a settings file to `Settings`."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from packaging.utils import canonicalize_name

from archcheck.errors import TargetError
from archcheck.platforms.targets import parse_target
from archcheck.policy import Assumption, Policy
from archcheck.settings.ignores import read_ignore
from archcheck.settings.key_path import KeyPath
from archcheck.settings.keys import KEYS, PYPROJECT, WORKLOAD
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.settings.keys import Key, Value

_TOP: Final = (*(key.name for key in KEYS), "workload", "ignore", "assume")
_WORKLOAD: Final = tuple(key.name for key in WORKLOAD)
_EXPECTED: Final = {
    "texts": "a list of texts",
    "flag": "true or false",
    "date": "a date such as 2026-11-23",
}
_BITS: Final = 64
_TYPES: Final = {"flag": (bool,), "number": (int, float), "whole number": (int,)}


class Settings(Struct, frozen=True, kw_only=True):
    """What one file says: `options` by the command line's names, `said` are the keys as they stand there."""

    path: str
    options: Mapping[str, Value] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    said: tuple[str, ...] = ()


def read_settings(text: str, path: str) -> Settings | None:
    """Return what the settings file *path* says; None for a pyproject.toml without `[tool.archcheck]`.

    Raises SettingsError with the key, what was found there and what was expected.
    """
    at = KeyPath(path)
    try:
        document = parse_toml(text)
    except ValueError as error:
        at.refuse(f"{error}; expected archcheck's settings")
    if not is_pyproject(path):
        if "tool" in document:
            at["tool"].refuse(f"expected the settings at the top; [tool.archcheck] is for {PYPROJECT}")
        return _settings(document, at)
    tool = document.get("tool")
    if not isinstance(tool, dict) or "archcheck" not in tool:
        return None
    return _settings(tool["archcheck"], at["tool"]["archcheck"])


def is_pyproject(path: str) -> bool:
    """Return whether the settings in *path* stand under `[tool.archcheck]`."""
    return PurePath(path).name.lower() == PYPROJECT


def stays_inside(path: str) -> bool:
    """Return whether *path* leads into no folder but those below, read as POSIX and as Windows have it."""
    for pure in (PurePosixPath(path), PureWindowsPath(path)):
        if pure.anchor or any(part.lower() in {"..", ".git"} for part in pure.parts):
            return False
    return bool(path) and "\0" not in path


def _settings(value: Any, at: KeyPath) -> Settings:
    table = at.table(value, _TOP)
    workload = at["workload"].table(table.get("workload", {}), _WORKLOAD)
    ignores = table.get("ignore", [])
    if not isinstance(ignores, list):
        at["ignore"].expected(f"tables, each under [[{at['ignore'].key}]]", ignores)
    return Settings(
        path=at.path,
        options=_options(KEYS, table, at) | _options(WORKLOAD, workload, at["workload"]),
        policy=Policy(
            ignores=tuple(read_ignore(each, at["ignore"][place]) for place, each in enumerate(ignores)),
            assumptions=_assumptions(table.get("assume", {}), at["assume"]),
        ),
        said=tuple(table),
    )


def _options(keys: Iterable[Key], table: Mapping[str, Any], at: KeyPath) -> dict[str, Value]:
    return {key.option: _value(key, table[key.name], at[key.name]) for key in keys if key.name in table}


def _value(key: Key, value: Any, at: KeyPath) -> Value:
    match key.kind:
        case "texts" if isinstance(value, list):
            return [_text(key, each, at[place]) for place, each in enumerate(value)]
        case "text":
            return at.text(value)
        case "date" if isinstance(value, date | str):  # TOML has dates of its own; a datetime is one
            return value if isinstance(value, str) else value.isoformat()
    # `type` and not `isinstance`: true is no number.
    too_large = isinstance(value, int) and value.bit_length() > _BITS
    if type(value) not in _TYPES.get(key.kind, ()) or too_large:
        at.expected(_EXPECTED.get(key.kind, f"a {key.kind}"), value)
    found: Value = value
    return found


def _text(key: Key, value: Any, at: KeyPath) -> str:
    text = at.text(value)
    if key.name == "targets":
        try:
            parse_target(text)
        except TargetError as error:
            at.refuse(str(error))
    if key.name == "outputs" and not all(map(stays_inside, filter(None, [text, text.partition("=")[2]]))):
        at.expected(f"a file in the folder of {PurePath(at.path).name}, or in one below it", text)
    return text


def _assumptions(value: Any, at: KeyPath) -> dict[NormalizedName, Assumption]:
    found = {}
    for name, said in at.table(value).items():
        if said not in ("pure", "wheel", "native"):
            at[name].expected('"pure", "wheel" or "native"', said)
        found[canonicalize_name(name)] = Assumption(kind=said, source=at.path)
    return found
