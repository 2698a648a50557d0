"""The index under `--untrusted`: what a direct reference points at is read only where that is trusted."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from archcheck.index.delegating import DelegatingIndex
from archcheck.index.http.addresses import without_passwords
from archcheck.index.model import Unavailable
from archcheck.manifest.manifest import UrlSource

if TYPE_CHECKING:
    from archcheck.index.model import Direct, Index
    from archcheck.index.trust import Trust
    from archcheck.manifest.manifest import PathSource


class RestrictedIndex(DelegatingIndex):
    """The *index* (see `model.Index`), less what is not trusted of direct references.

    Those in the input itself are left out beforehand (see `trust.restricted`); a local project that the
    input names may have more of them among its own dependencies.
    """

    def __init__(self, index: Index, trusted: Trust) -> None:
        super().__init__(index)
        self._trusted = trusted

    def direct(
        self, source: UrlSource | PathSource, hashes: frozenset[str] = frozenset()
    ) -> Future[Direct | Unavailable]:
        """Return the distribution that *source* points at, where that is trusted."""
        if self._trusted.admits(source):
            return self._index.direct(source, hashes)
        place = without_passwords(source.url if isinstance(source, UrlSource) else source.path)
        refused: Future[Direct | Unavailable] = Future()
        refused.set_result(Unavailable(reason=f"{place}: {self._trusted.reason}", incomplete=True))
        return refused
