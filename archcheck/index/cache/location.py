"""Where the cache is: the folder, and in it the one of the present layout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LAYOUT = "v6"
"""The version of the cache's layout, and the folder in it that has all files of that version."""


def cache_folder(environ: Mapping[str, str], *, system: str = sys.platform) -> str:
    """Return `ARCHCHECK_CACHE_DIR`, or the place where this system keeps a user's caches."""
    chosen = environ.get("ARCHCHECK_CACHE_DIR")
    if chosen:
        return chosen
    if system == "linux":  # as platformdirs has it, which takes 18 ms to import
        base = environ.get("XDG_CACHE_HOME", "").strip()
        if not os.path.isabs(base):  # noqa: PTH117 - no pathlib, as below: it costs more than the answer
            base = os.path.expanduser("~/.cache")  # noqa: PTH111
        return os.path.join(base, "archcheck")  # noqa: PTH118
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return user_cache_dir("archcheck", appauthor=False)
