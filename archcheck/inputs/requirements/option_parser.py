"""pip's grammar for the options of one line of a requirements file."""

from __future__ import annotations

import optparse
import re
import shlex
from functools import cache
from typing import Any, NoReturn

_LISTS = {
    "requirements": ("-r", "--requirement"),
    "constraints": ("-c", "--constraint"),
    "editables": ("-e", "--editable"),
    "find_links": ("-f", "--find-links"),
    "extra_index_urls": ("--extra-index-url",),
    "hashes": ("--hash",),
    # Known, and without a say in what would be installed.
    "trusted_hosts": ("--trusted-host",),
    "features": ("--use-feature",),
    "config_settings": ("-C", "--config-settings", "--config-setting"),
    "global_options": ("--global-option",),
}
_FLAGS = {
    "no_index": ("--no-index",),
    "pre": ("--pre",),
    "prefer_binary": ("--prefer-binary",),
    "require_hashes": ("--require-hashes",),
    "no_require_hashes": ("--no-require-hashes",),
}
_CONTROLS = ("--no-binary", "--only-binary", "--all-releases", "--only-final")
_NEEDS_SHLEX = re.compile(r"[^!#-&(-\[\]-~ ]")


def parsed(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what the options in *text* say, by the fields of `LineOptions`, and the words that are none.

    Raises ValueError with pip's own kind of message ("no such option: --foo").
    """
    # shlex takes a microsecond a character, which a hashed lock file of some megabytes would feel.
    words = shlex.split(text) if _NEEDS_SHLEX.search(text) else text.split()
    said, ignored = _parser().parse_args(words, optparse.Values())
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in vars(said).items()}
    return found, tuple(ignored)


class _Parser(optparse.OptionParser):
    """optparse, so that abbreviations, `-iURL` and `--index-url=URL` are read as pip reads them."""

    def error(self, msg: str) -> NoReturn:
        raise ValueError(msg)


def _remember(_: optparse.Option, option: str, value: str, parser: optparse.OptionParser) -> None:
    parser.values.ensure_value("controls", []).append((option, value))  # type: ignore[union-attr]


@cache
def _parser() -> _Parser:
    parser = _Parser(add_help_option=False, usage=optparse.SUPPRESS_USAGE)
    parser.add_option("-i", "--index-url", "--pypi-url", dest="index_url")
    for name, flags in _LISTS.items():
        parser.add_option(*flags, dest=name, action="append")
    for name, flags in _FLAGS.items():
        parser.add_option(*flags, dest=name, action="store_true")
    for option in _CONTROLS:
        parser.add_option(option, type="str", action="callback", callback=_remember)
    return parser
