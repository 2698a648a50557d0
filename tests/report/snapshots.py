"""Whole outputs kept as files; `SNAPSHOT_UPDATE=1 pytest tests/report` writes them anew, to be read in the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).with_name("snapshots")


def matches(name: str, text: str) -> None:
    """Fail unless *text* is what the file *name* holds, to the byte."""
    file = FOLDER / name
    if os.environ.get("SNAPSHOT_UPDATE"):
        file.write_bytes(text.encode())
    assert file.exists(), f"no snapshot {name}; make it with SNAPSHOT_UPDATE=1"
    assert text == file.read_bytes().decode()
