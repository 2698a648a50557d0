"""`python -m archcheck`, and the `archcheck` command."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line and leave with its exit code."""
    from archcheck.cli.main import main  # noqa: PLC0415 - the import is part of what is guarded there

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
