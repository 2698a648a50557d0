"""What `ARCHCHECK_*` says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcheck.errors import SettingsError
from archcheck.settings.keys import PREFIX, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.settings.keys import Key, Value

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_COMMAS: Final = frozenset({"target", "extra", "group", "ignore"})
_OTHERS: Final = {f"{PREFIX}{name}" for name in ("CONFIG", "CACHE_DIR", "TRACEBACK")}
_ALIKE = 0.85


def from_environment(environ: Mapping[str, str]) -> dict[str, Value]:
    """Return what the environment says, by option; an empty variable says nothing.

    Lists are separated by blanks; targets, extras, groups and ignores by commas too. Raises SettingsError.
    """
    return {
        key.option: _value(key, text)
        for key in VARIABLES
        if (text := environ.get(key.variable, "").strip(" \t\r\n,"))
    }


def _value(key: Key, text: str) -> Value:
    match key.kind:
        case "texts":
            return re.split(r"[\s,]+", text) if key.option in _COMMAS else text.split()
        case "flag" if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        case "flag":
            raise SettingsError(f"{key.variable}: expected true or false, found {text[:40]!r}")
        case _:
            return text


def misspelt(names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each of the environment's *names* that is nearly that of a setting."""
    known = {key.variable for key in VARIABLES} | _OTHERS
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in known)
    if not unknown:
        return ()
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is well

    near = ((name, get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)) for name in unknown)
    return tuple(f"{name} sets nothing; did you mean {match[0]}?" for name, match in near if match)
