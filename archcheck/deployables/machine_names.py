"""What infrastructure files call the two architectures: arm64, linux/amd64, X86_64. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archcheck.platforms.architectures import Architecture

_NAMES: Final[dict[str, Architecture]] = {
    "arm64": "aarch64",
    "aarch64": "aarch64",
    "arm64v8": "aarch64",
    "amd64": "x86_64",
    "x86_64": "x86_64",
    "x86-64": "x86_64",
    "x64": "x86_64",
}
_PLATFORM = re.compile(r"(?:linux/)?([\w-]+)(?:/v\d)?")


def architecture_named(text: object) -> Architecture | None:
    """Return the architecture that *text* names, as in `ARM64` or `linux/amd64/v2`; None for any other."""
    found = _PLATFORM.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    return _NAMES.get(found[1]) if found else None
