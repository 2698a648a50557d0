"""Fill `benchmarks/data/` with full-size pages: `python -m benchmarks.record`.

What `tests.record` has kept ($ARCHCHECK_RECORD_DIR, or `.recorded/`) is taken from there. For what is not,
uv and pip resolve the recorded sets against a loopback index that hands their questions on to the default
index, each once. The folder is not committed; delete it to record anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.loopback.server import IndexServer
from tests.recording.cases import Case
from tests.recording.oracle import asked
from tests.recording.stores import RecordingStore
from tests.recording.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks" / "data"
SETS = {
    "data": "uv pip",
    "boto": "uv pip",
    "sphinx": "uv pip",
    "airflow": "uv pip",
}
"""By set, the installers that are asked: where they go back, each reads releases that the other does not."""


def _questions() -> Iterator[tuple[str, str, str]]:
    for name, tools in SETS.items():
        for tool in tools.split():
            for architecture in ("x86_64", "aarch64"):
                yield name, tool, architecture


def main() -> int:
    """Copy what there is, and record the rest; 1 where a set could not be resolved."""
    kept = Path(os.environ.get("ARCHCHECK_RECORD_DIR", ROOT / ".recorded"))
    if (kept / "pages").is_dir():
        for part in ("pages", "metadata"):
            shutil.copytree(kept / part, DATA / part, dirs_exist_ok=True)
    os.chdir(ROOT)
    upstream = Upstream(DATA)
    failed = []
    with IndexServer(RecordingStore(upstream=upstream)) as index:
        for name, tool, architecture in _questions():
            own = (ROOT / "benchmarks" / "sets" / f"{name}.txt").exists()
            case = Case(
                requirements=name,
                line="3.13",
                architecture=architecture,
                mode="wheels",
                tool=tool,
                folder="benchmarks/sets" if own else "fixtures/sets",
            )
            failed += [f"{name} ({tool})"] if asked(case, index)["exit"] else []
    print(f"{upstream.asked} requests; not resolved: {', '.join(failed) or 'none'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
