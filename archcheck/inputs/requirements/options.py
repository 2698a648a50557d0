"""The options of a requirements file: what those of one line say, and what they add up to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.manifest.manifest import FormatControl, IndexOptions, ReleaseControl

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRONG_HASHES = frozenset({"sha256", "sha384", "sha512"})
_FIRST_OPTION = re.compile(r"(?:^| )(?=-)")


class LineOptions(Struct, frozen=True, kw_only=True):
    """What the options of one logical line say.

    `controls` are (option, value) in their order; `ignored` are the words that belong to no option, such as
    a marker behind `--hash`, which pip passes over in silence.
    """

    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    editables: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    extra_index_urls: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    config_settings: tuple[str, ...] = ()
    global_options: tuple[str, ...] = ()
    controls: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    index_url: str | None = None
    no_index: bool = False
    pre: bool = False
    prefer_binary: bool = False
    require_hashes: bool = False
    no_require_hashes: bool = False


NO_OPTIONS = LineOptions()


def split_line(line: str) -> tuple[str, str]:
    """Return the requirement and the options of a line: options begin at the first word with a dash."""
    found = _FIRST_OPTION.search(line)
    return (line[: found.start()], line[found.end() :]) if found else (line, "")


def parse_options(text: str) -> LineOptions:
    """Return what the options in *text* say.

    Raises ValueError with pip's own kind of message ("no such option: --foo").
    """
    if not text:
        return NO_OPTIONS
    from archcheck.inputs.requirements.option_parser import parsed  # noqa: PLC0415 - few files have any

    found, ignored = parsed(text)
    found["hashes"] = tuple(_hash(value) for value in found.get("hashes", ()))
    return LineOptions(**found, ignored=ignored)


def applied(options: IndexOptions, said: LineOptions) -> IndexOptions:
    """Return *options* after a line of options alone.

    An index URL takes the place of all that were named before it, extra ones too; once there is no index,
    there is none for the rest of the run. Of several `--find-links` in one line the first counts.
    """
    no_index = options.no_index or said.no_index
    index_url, extra = options.index_url, options.extra_index_urls
    if said.index_url:
        index_url, extra = said.index_url, ()
    extra += said.extra_index_urls
    releases = options.releases
    if said.pre:
        releases = replace(releases, all_releases=releases.all_releases | {":all:"})
    return replace(
        options,
        no_index=no_index,
        index_url=None if no_index else index_url,
        extra_index_urls=() if no_index else extra,
        find_links=options.find_links + said.find_links[:1],
        prefer_binary=options.prefer_binary or said.prefer_binary,
        require_hashes=options.require_hashes or said.require_hashes,
        pre=":all:" in releases.all_releases,
        releases=releases,
    )


def controlled(options: IndexOptions, controls: Iterable[tuple[str, str]]) -> IndexOptions:
    """Return *options* after `--no-binary` and its kin, which pip obeys on requirement lines as well.

    Raises ValueError for a value that is an option itself.
    """
    for option, value in controls:
        formats, releases = options.formats, options.releases
        match option:
            case "--no-binary":
                no, only = _moved(option, value, formats.no_binary, formats.only_binary)
                formats = FormatControl(no_binary=no, only_binary=only)
            case "--only-binary":
                only, no = _moved(option, value, formats.only_binary, formats.no_binary)
                formats = FormatControl(no_binary=no, only_binary=only)
            case "--all-releases":
                every, final = _moved(option, value, releases.all_releases, releases.only_final)
                releases = ReleaseControl(all_releases=every, only_final=final)
            case _:
                final, every = _moved(option, value, releases.only_final, releases.all_releases)
                releases = ReleaseControl(all_releases=every, only_final=final)
        options = replace(options, formats=formats, releases=releases, pre=":all:" in releases.all_releases)
    return options


def _moved(
    option: str, value: str, target: frozenset[str], other: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return *target* and *other* after `--option=value`: a name is in one of the two at most.

    `:all:` empties both first and makes what stands before it void; what stands after it counts only
    behind a `:none:`.
    """
    if value.startswith("-"):
        raise ValueError(f"{option} option requires 1 argument")
    names = value.split(",")
    if ":all:" in names:
        target, other = frozenset({":all:"}), frozenset()
        names = names[len(names) - names[::-1].index(":all:") :]
        if ":none:" not in names:
            return target, other
    if ":none:" in names:
        before = {canonicalize_name(name) for name in names if name != ":none:"}
        names = names[len(names) - names[::-1].index(":none:") :]
        target, other = frozenset(), other - before
    named = frozenset(canonicalize_name(name) for name in names)
    return target | named, other - named


def _hash(value: str) -> str:
    algorithm, separator, digest = value.partition(":")
    if not separator:
        raise ValueError("--hash takes an algorithm and a digest, as in --hash=sha256:abcd…")
    if algorithm not in _STRONG_HASHES:
        raise ValueError(f"--hash takes {', '.join(sorted(_STRONG_HASHES))}, not {algorithm}")
    return f"{algorithm}:{digest.lower()}"
