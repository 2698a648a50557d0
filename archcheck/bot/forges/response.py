"""What a forge answers, and its document as a typed value."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from archcheck.bot.forges.forge import ForgeError
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Reply(Struct, frozen=True, kw_only=True):
    """An answer; header names are in lower case, `message` is what the forge says of an error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether the request was done."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def decoded(body: bytes, kind: type[T]) -> T:
    """Return what the forge answers; raises `ForgeError` for what is no such document."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        reason = f"the forge's answer cannot be read ({error})"
        raise ForgeError(f"{reason}; is the API's address right?") from None


def message_of(body: bytes) -> str:
    """Return what an error's document says: GitHub's `message`, GitLab's `message` or `error`."""
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""
    found = (document.get("message") or document.get("error")) if isinstance(document, dict) else None
    return clean(str(found))[:200] if found else ""
