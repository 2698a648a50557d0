"""What was found of one thing."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Found(Struct, frozen=True, kw_only=True):
    """What there is to say of `about`; it is "bad" where archcheck does not work as it should for it."""

    about: str
    state: Literal["ok", "note", "bad"] = "ok"
    text: str
