"""`python -m tests.loopback`: serve the recorded projects, for a look by hand with pip, uv or archcheck."""

from __future__ import annotations

import threading

from tests.loopback.fixtures import FixtureStore
from tests.loopback.server import IndexServer

if __name__ == "__main__":
    with IndexServer(FixtureStore()) as index:
        print(index.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
