"""pip's options that admit some files of a package and not others, such as `--no-binary` and `--only-binary`.

Each takes `:all:`, `:none:` or names of packages, and may be given several times: a later one overrides.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from archcheck.errors import SettingsError
from archcheck.manifest.manifest import FormatControl, ReleaseControl


def restrict(formats: FormatControl, option: str, value: str) -> FormatControl:
    """Return *formats* after one more `no-binary` or `only-binary` with pip's comma-separated *value*.

    `:all:` overrides what both options said before it and the names next to it, `:none:` empties the option.
    """
    sides = (formats.no_binary, formats.only_binary)
    if option == "no-binary":
        no_binary, only_binary = _moved(option, value, *sides)
    else:
        only_binary, no_binary = _moved(option, value, *sides[::-1])
    return FormatControl(no_binary=no_binary, only_binary=only_binary)


def release(releases: ReleaseControl, option: str, value: str) -> ReleaseControl:
    """Return *releases* after one more `all-releases` or `only-final`, with values as in `restrict`."""
    sides = (releases.all_releases, releases.only_final)
    if option == "all-releases":
        every, final = _moved(option, value, *sides)
    else:
        final, every = _moved(option, value, *sides[::-1])
    return ReleaseControl(all_releases=every, only_final=final)


def _moved(
    option: str, value: str, target: frozenset[str], other: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return *target* and *other* after *option* has put the names of *value* into *target*."""
    if value.startswith("-"):
        raise SettingsError(f"{option}: expected :all:, :none: or package names, found {value!r}")
    words = value.split(",")
    named, opposite = set(target), set(other)
    if ":all:" in words:
        after = words[len(words) - words[::-1].index(":all:") :]
        named, opposite = {":all:"}, set()
        words = after if ":none:" in after else []
    for word in words:
        if word == ":none:":
            named.clear()
        else:
            named.add(canonicalize_name(word))
            opposite.discard(canonicalize_name(word))
    return frozenset(named), frozenset(opposite)
