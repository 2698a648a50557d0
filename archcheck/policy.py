"""What the users have decided for themselves: findings that do not count, packages taken on trust."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

__all__ = ["COMMAND_LINE", "AssumedKind", "Assumption", "Ignore", "Policy", "name_glob"]

AssumedKind = Literal["pure", "wheel", "native"]
COMMAND_LINE = "the command line"
_SEPARATORS = r"[-_.]+"


def name_glob(text: str) -> str:
    """Return *text* as a glob for normalised names (PEP 503): `Acme_*` means `acme-*`."""
    return re.sub(_SEPARATORS, "-", text.strip()).lower()


class Ignore(Struct, frozen=True, kw_only=True):
    """Findings that are known and accepted: all that match every field that is said.

    `package` (`name_glob`) and `target` are globs, `rule` is a code. It counts through the day `until`; with
    `until_available` only while no version with a fitting aarch64 wheel is known. `source` says who decided.
    """

    package: str = "*"
    version: SpecifierSet | None = None
    rule: str | None = None
    target: str = "*"
    reason: str
    until: date | None = None
    until_available: bool = False
    source: str = "the caller"

    def __str__(self) -> str:
        about = f"{self.package}{self.version or ''}" if self.package != "*" or self.version else ""
        place = f"on {self.target}" if self.target != "*" else ""
        return " ".join(filter(None, [self.rule, about, place])) or "everything"


class Assumption(Struct, frozen=True, kw_only=True):
    """What a package that cannot be read is taken for.

    `pure` and `wheel` install on both architectures; `native` has a wheel for x86_64 and must be built for
    aarch64.
    """

    kind: AssumedKind
    source: str


class Policy(Struct, frozen=True, kw_only=True):
    """All of it for one run."""

    ignores: tuple[Ignore, ...] = ()
    assumptions: Mapping[NormalizedName, Assumption] = field(default_factory=dict)
