"""Fill `benchmarks/data/` with full-size pages: `python -m benchmarks.record`.

What `tests.record` has kept ($ARCHCHECK_RECORD_DIR, or `.recorded/`) is taken from there. Where there is
nothing, uv resolves the recorded sets against a loopback index that hands its questions on to the default
index, each once. The folder is not committed; delete it to record anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests.loopback.server import IndexServer
from tests.recording.cases import Case
from tests.recording.oracle import asked
from tests.recording.stores import RecordingStore
from tests.recording.upstream import Upstream

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks" / "data"
SETS = ("seed", "data", "web")


def main() -> int:
    """Copy what there is, or record; 1 where a set could not be resolved."""
    kept = Path(os.environ.get("ARCHCHECK_RECORD_DIR", ROOT / ".recorded"))
    if (kept / "pages").is_dir():
        for part in ("pages", "metadata"):
            shutil.copytree(kept / part, DATA / part, dirs_exist_ok=True)
        print(f"{len(list((DATA / 'pages').iterdir()))} pages from {kept}")
        return 0
    os.chdir(ROOT)
    upstream = Upstream(DATA)
    failed = []
    with IndexServer(RecordingStore(upstream=upstream)) as index:
        for name in SETS:
            for architecture in ("x86_64", "aarch64"):
                case = Case(requirements=name, line="3.13", architecture=architecture, mode="wheels")
                failed += [name] if asked(case, index)["exit"] else []
    print(f"{upstream.asked} requests; not resolved: {', '.join(failed) or 'none'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
