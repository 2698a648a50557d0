"""`python -m benchmarks.index DATA`: the server in a process apart, told what to do on stdin, line by line.

It says `{"pages": …, "files": …}` first. Each line of JSON is answered by one: the counters so far, which
then begin anew, or what was asked for.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.index import generated
from benchmarks.index.fixtures import Fixtures
from benchmarks.index.lockfile import lock_files
from benchmarks.index.recorded import Recording
from benchmarks.index.server import Connection, Replay, State

if TYPE_CHECKING:
    from benchmarks.index.project import Project

_BACKLOG = 512


async def main(folder: Path) -> None:
    """Serve until stdin ends; full-size pages in *folder* go before the trimmed ones of the tests."""
    recording, fixtures = Recording(folder), Fixtures()

    def find(name: str) -> Project | None:
        return recording.project(name) or fixtures.project(name) or generated.project(name)

    state = State()
    replay = Replay(find, state)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(lambda: Connection(replay), "127.0.0.1", 0, backlog=_BACKLOG)
        for _ in range(2)
    ]
    pages, files = (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers)
    replay.files = files
    _say({"pages": pages, "files": files})
    reader = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        _say(told(json.loads(line), replay))


def told(order: dict[str, Any], replay: Replay) -> dict[str, Any]:
    """Do what the harness says and return the counters, or what it asks for."""
    state = replay.state
    for key in ("latency", "max_age", "full"):
        if key in order:
            setattr(state, key, order[key])
    if "change" in order:
        state.change = tuple(order["change"]) if order["change"] else None
    if "requirements" in order:
        return {"lines": _requirements(*order["requirements"])}
    if "lock" in order:
        return dict(lock_files(replay.files, replay.release))
    if "prepare" in order:
        return {"bytes": _prepare(order["prepare"], replay)}
    counted = dict(state.counters)
    state.counters.clear()
    return counted


def _requirements(kind: str, count: int) -> list[str]:
    match kind:
        case "pinned":
            return generated.pinned_requirements()
        case "hard":
            return generated.hard_requirements()
    return generated.grown_requirements(count)


def _prepare(names: list[str], replay: Replay) -> int:
    """Render the pages of *names* as they will be asked for; return their size."""
    total = 0
    for name in names:
        project = replay.project(name)
        for full in (True, False):
            if project is not None:
                total += len(project.page(replay.files, beside=full, change=None).plain) * full
    gc.collect()
    gc.freeze()  # a collection over a million strings would be heard in the measurements
    return total


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
