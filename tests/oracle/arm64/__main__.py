"""`python -m tests.oracle.arm64 [FOLDER]`: record all of `fixtures/oracle/arm64/` again, in half an hour or so.

FOLDER keeps the roots, wheels and installed packages (some 12 GB); what is there already is not made again. Without
one, a new folder under the system's own for temporary files is taken and its name told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.oracle.arm64 import record_answers, record_imports, record_natives
from tests.oracle.arm64.roots import lacking_here


def main() -> int:
    """Record, or say what is lacking."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("folder", nargs="?", type=Path, help="what keeps the roots, wheels and packages")
    folder = parser.parse_args().folder
    if lacks := lacking_here():
        print(f"this needs root on Linux 6.7+ and these tools: {', '.join(lacks)}", file=sys.stderr)
        return 2
    home = (folder or Path(tempfile.mkdtemp(prefix="arm64-"))).resolve()
    print(f"roots and wheels are in {home}", file=sys.stderr)
    for record in (record_imports, record_natives, record_answers):
        record.main(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
