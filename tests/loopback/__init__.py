"""A package index on the loopback interface that behaves as the real one, and fails on demand.

    store = Store()
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other>=2"])
    with IndexServer(store) as index:
        ...  # ask index.url, then look at index.log

`python -m tests.loopback` serves the recorded projects of `fixtures/` until it is interrupted.
"""

from tests.loopback.builders import Sdist
from tests.loopback.failures import Failure
from tests.loopback.fixtures import FixtureStore
from tests.loopback.server import Features, IndexServer, Request
from tests.loopback.store import Store

__all__ = ["Failure", "Features", "FixtureStore", "IndexServer", "Request", "Sdist", "Store"]
