"""Several requests in one run: they ask by the same networks, and come to one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.perform import assemble, audited, now, numbered
from archcheck.app.session import Networks, Session
from archcheck.app.shares import of_nothing, requests_of, shard_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.app.perform import Watch
    from archcheck.app.request import Request
    from archcheck.app.shares import Share
    from archcheck.model import Report


def perform_all(
    requests: Sequence[Request], watch: Watch | None = None, share: Share | None = None
) -> Report:
    """Return one report on all *requests*, which ask by the same networks; else as `perform`.

    Of a *share* alone, on those that fall to it.
    """
    first = requests[0]
    moment = now(first)
    mine = requests_of(requests, share)
    with Networks(first) as networks:
        sessions = [(place, Session(request, networks)) for place, request in mine]
        for _, session in sessions:
            session.ask_ahead()
        audits = [
            (place, audit)
            for number, (place, session) in enumerate(sessions, 1)
            for audit in audited(session, numbered(watch, number, len(sessions)), moment)
        ]
    report = assemble([audit for _, audit in audits], generated_at=moment, otherwise=of_nothing())
    return replace(
        report,
        shard=shard_of(share, len(requests), (place for place, _ in mine), (place for place, _ in audits)),
    )
