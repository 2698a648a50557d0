"""What is asked over HTTP, how, and what comes back; nothing here imports the client."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from archcheck.index.http.addresses import Credential  # noqa: TC001 - msgspec reads the annotations

Provider = Literal["auto", "disabled", "import", "subprocess"]
"""How the user's keyring is asked for a password, in pip's words."""

PAGE_LIMIT = 32 * 1024 * 1024


class HttpSettings(Struct, frozen=True, kw_only=True):
    """How places are asked over HTTP; `IndexSettings` adds which places these are.

    `timeout` is in seconds; `cert` is a file (or folder) of certificates, None for the system's own.
    """

    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 15.0
    retries: int = 5
    credentials: tuple[Credential, ...] = ()
    keyring: Provider = "disabled"

    @property
    def places(self) -> tuple[str, ...]:
        """The addresses that are configured; a later one outranks an earlier one of the same origin."""
        return ()


class Reply(Struct, frozen=True, kw_only=True):
    """An answer that is worth reading, whatever its status; header names are in lower case.

    `truncated` marks the whole of a file that came where a part of it was asked for, and is longer than what
    may come: nothing of it was read.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes = b""
    truncated: bool = False


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


class Asked(Struct, frozen=True, kw_only=True):
    """A request under way: whom and for what, and since when by the clock of the run's patience."""

    host: str
    what: str
    since: float


class Stats(Struct, kw_only=True):
    """What talking to the index has cost so far; `received` counts bytes of bodies after decoding.

    `inspected` are those of them that were read of the insides of wheels. `waiting` is what is owed now, or
    will be asked again after a pause. `found` are the projects that were asked about so far, `answered` those
    of them that it is known of which files they have.
    """

    requests: int = 0
    received: int = 0
    inspected: int = 0
    cache_hits: int = 0
    waiting: list[Asked] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
