"""The shape of `build_logs.toml`: what failed builds say, and what it means."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import Literal

import msgspec

from archcheck.data import load


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something failed, in words; `audit` where an audit of the package tells more, else `advice`."""

    name: str
    says: str
    audit: bool
    advice: str = ""


class Pattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one tool says: see the head of the file."""

    tool: Literal["pip", "uv", "poetry", "sam", "docker", "loader", "compiler"]
    word: str
    regex: str
    source: str
    reason: str = ""
    needs: str = ""
    joined: bool = False
    opens: bool = False
    many: bool = False

    def search(self, text: str) -> tuple[re.Match[str], ...]:
        """Return where *text* says it: the first place, or all of what is said of `many`."""
        found = re.finditer(self.regex, text)
        return tuple(found if self.many else islice(found, 1))


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What tells the target: the group that is found says which part."""

    regex: str


class BuildLogs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    reason: tuple[Reason, ...]
    pattern: tuple[Pattern, ...]
    context: tuple[Context, ...]


@cache
def build_logs() -> BuildLogs:
    """Return what `build_logs.toml` says, read once a process."""
    return load("build_logs.toml", BuildLogs)
