"""The two architectures that are compared, by the names that Linux and wheel tags have for them."""

from __future__ import annotations

from typing import Literal

Architecture = Literal["x86_64", "aarch64"]
ARCHITECTURES: tuple[Architecture, ...] = ("x86_64", "aarch64")
