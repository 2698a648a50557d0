"""The version of a lock file's format: which ones are read, and what is said of newer ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.version import Version

from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.inputs.parsing.toml_documents import unknown_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.inputs.parsing.toml_documents import Document

_SHOWN = 9


def format_version(document: Document, *keys: str, oldest: Version, newest: Version) -> Version:
    """Return the version at *keys*; raises InputError for none, and for a major one that is not known."""
    stated: Any = document.table
    for key in keys:
        stated = stated.get(key) if isinstance(stated, dict) else None
    try:
        version = Version(stated) if isinstance(stated, str) else None
    except ValueError:  # InvalidVersion, and a number of more digits than int() reads
        version = None
    if version is None or not oldest.major <= version.major <= newest.major:
        found = shown(str(stated)) if stated is not None else "none"
        known = f"{newest}, the version" if oldest == newest else f"{oldest} to {newest}, the versions"
        document.refuse(f"{found} is not supported; expected {known} known", key=".".join(keys))
    return version


def newer(
    document: Document, key: str, found: Version | int, newest: Version | int, kind: Any
) -> Iterator[str]:
    """Yield a warning where *found*, the version at *key*, is above *newest*; *kind* is the Struct known."""
    if found > newest:  # type: ignore[operator] # both are of one type
        unknown = [escaped(name) for name in sorted(set(unknown_keys(document.table, kind)))]
        passed_over = f"; not read: {', '.join(unknown[:_SHOWN])}" if unknown else ""
        yield f"{escaped(document.path)}: {key} {found} is newer than {newest}, the newest known{passed_over}"
