"""The version of a lock file's format: which ones are read, what is said of newer ones; and its bounds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from packaging.version import Version

from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.inputs.parsing.toml_documents import unknown_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.inputs.parsing.toml_documents import Document

MAX_VERSIONS: Final = 100  # of one package in one lock
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


def check_versions(document: Document, key: str, names: Iterable[str]) -> None:
    """Raise InputError where one of *names*, those of the packages at *key*, is there too often.

    Each edge is compared with all versions of its name: one with conflicting extras holds a handful of torch.
    """
    name, count = next(iter(Counter(names).most_common(1)), ("", 0))
    if count > MAX_VERSIONS:
        document.refuse(f"{shown(name)} is there {count:,} times; expected at most {MAX_VERSIONS}", key=key)


def newer(
    document: Document, key: str, found: Version | int, newest: Version | int, kind: Any
) -> Iterator[str]:
    """Yield a warning where *found*, the version at *key*, is above *newest*; *kind* is the Struct known."""
    if found > newest:  # type: ignore[operator] # both are of one type
        unknown = [escaped(name) for name in sorted(set(unknown_keys(document.table, kind)))]
        passed_over = f"; not read: {', '.join(unknown[:_SHOWN])}" if unknown else ""
        yield f"{escaped(document.path)}: {key} {found} is newer than {newest}, the newest known{passed_over}"
