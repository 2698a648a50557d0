"""Every setting: its name in the file, its option on the command line, its environment variable, its type."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

Value = str | int | float | bool | list[str]
Kind = Literal["text", "texts", "flag", "number", "whole number", "date"]

PREFIX: Final = "ARCHCHECK_"
OWN: Final = "archcheck.toml"
PYPROJECT: Final = "pyproject.toml"
"""The files that hold settings; in the second, under `[tool.archcheck]`."""


class Key(Struct, frozen=True, kw_only=True):
    """One setting: `name` in the file, `option` as the parsed command line calls it.

    `path` marks those that name files, which are meant from the settings file's folder.
    """

    name: str
    option: str
    kind: Kind
    path: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that says the same: `ARCHCHECK_` and the option's name."""
        return PREFIX + self.option.upper()


def _key(kind: Kind, name: str, option: str = "", *, path: bool = False) -> Key:
    return Key(name=name, option=option or name.replace("-", "_"), kind=kind, path=path)


KEYS: Final = (
    _key("texts", "targets", "target"),
    _key("text", "fail-on"),
    _key("flag", "strict"),
    _key("text", "format"),
    _key("texts", "outputs", "output", path=True),
    _key("texts", "extras", "extra"),
    _key("flag", "all-extras"),
    _key("texts", "groups", "group"),
    _key("text", "package"),
    _key("text", "index-url"),
    _key("texts", "extra-index-urls", "extra_index_url"),
    _key("texts", "find-links", path=True),
    _key("flag", "no-index"),
    _key("flag", "no-deps"),
    _key("texts", "only-binary"),
    _key("texts", "no-binary"),
    _key("flag", "prefer-binary"),
    _key("flag", "pre"),
    _key("flag", "require-hashes"),
    _key("texts", "constraints", "constraint", path=True),
    _key("date", "exclude-newer"),
    _key("flag", "no-inspect"),
    _key("number", "inspect-budget"),
    _key("flag", "no-remedies"),
    _key("text", "ship"),
    _key("number", "timeout"),
    _key("whole number", "jobs"),
)
"""The keys at the top of the settings."""

WORKLOAD: Final = (
    _key("whole number", "memory"),
    _key("number", "duration-ms"),
    _key("whole number", "invocations"),
    _key("number", "gb-seconds"),
    _key("number", "arm-duration-ratio"),
    _key("number", "price-x86"),
    _key("number", "price-arm"),
    _key("text", "region"),
    _key("flag", "fargate"),
)
"""The keys of the table `workload`."""

VARIABLES: Final = (*KEYS, *WORKLOAD, _key("texts", "ignore"))
"""What the environment can say; `ignore` is a table of its own in the file."""

PATHS: Final = frozenset(key.option for key in KEYS if key.path)
"""The options whose values are files, or addresses."""

NAMES: Final = {key.option: key.name for key in KEYS} | {
    key.option: f"workload.{key.name}" for key in WORKLOAD
}
"""What a settings file calls each option."""
