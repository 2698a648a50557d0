"""The options that shaped an answer, to stand in the commands that a report names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_VALUES: Final = (
    "extra",
    "group",
    "index_url",
    "extra_index_url",
    "find_links",
    "only_binary",
    "no_binary",
    "constraint",
)
_FLAGS: Final = ("all_extras", "no_index", "no_deps", "prefer_binary", "pre", "require_hashes")


def repeated(typed: argparse.Namespace) -> tuple[str, ...]:
    """Return the words of *typed*, the command line before any settings, that say what is resolved and how.

    The input and its targets are left out, which each command names itself, and so is an address with a
    password in it.
    """
    return tuple(_words(typed))


def _words(typed: argparse.Namespace) -> Iterator[str]:
    for name in _FLAGS:
        if getattr(typed, name):
            yield _option(name)
    for name in _VALUES:
        said = getattr(typed, name)
        for value in said if isinstance(said, list) else filter(None, [said]):
            if "@" not in value or "://" not in value:
                yield from (_option(name), value)
    if typed.exclude_newer is not None:
        yield from (_option("exclude_newer"), typed.exclude_newer.isoformat())


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
