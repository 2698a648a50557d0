"""What passes between a question and the HTTP client; nothing here imports the client."""

from __future__ import annotations

from msgspec import Struct

from archcheck.index.cache.store import Header  # noqa: TC001
from archcheck.index.http.addresses import Credential  # noqa: TC001 - msgspec reads the annotations
from archcheck.index.http.keyring import Provider  # noqa: TC001

PAGE_LIMIT = 64 * 1024 * 1024


class Access(Struct, frozen=True, kw_only=True):
    """How places are asked over HTTP (see `IndexSettings`): what the client needs of the settings.

    `places` are the addresses of all of them; a later one outranks an earlier one of the same origin.
    """

    places: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 15.0
    retries: int = 5
    keyring: Provider = "disabled"
    credentials: tuple[Credential, ...] = ()

    def __repr__(self) -> str:  # a proxy's address may hold a password
        return f"Access(places={self.places!r})"


class Reading(Struct, frozen=True, array_like=True):
    """Which document the answer is to be read as, and kept in the cache as (see `readers`)."""

    kind: str
    url: str
    name: str = ""
    version: str = ""


class Reply(Struct, frozen=True, kw_only=True):
    """An answer that is worth reading, whatever its status; header names are in lower case.

    Where the body was read as a document already, `document` is that, packed; or it is `kept` in the cache
    under this header.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes = b""
    document: bytes | None = None
    kept: Header | None = None


class Unavailable(Struct, frozen=True, kw_only=True):
    """An answer that could not be had, with the reason in words for the report.

    `incomplete` marks failures that make the whole audit incomplete (the index did not answer, or the cache
    lacks it offline); the others (an sdist that does not tell its dependencies) concern one package alone.
    `refused` marks metadata that pip itself refuses, and with it the file; `mismatch` a file that has none
    of the hashes that are promised for it.
    """

    reason: str
    incomplete: bool = False
    refused: bool = False
    mismatch: bool = False


class Stats(Struct, kw_only=True):
    """What talking to the index has cost so far; `received` counts bytes of bodies after decoding."""

    requests: int = 0
    received: int = 0
    cache_hits: int = 0
