"""The tool that owns a lock or a compiled list, run for what was changed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from typing import Final

from archcheck.formats import FORMATS

_TOOLS: Final = frozenset({"pip-compile", *(row.relock.partition(" ")[0] for row in FORMATS if row.relock)})


def run_tool(command: str, folder: str) -> str | None:
    """Run *command* in *folder*, without a shell; return why it did not do its work, or None where it did.

    What the tool says goes to stderr: standard output has the diff.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return f"not run: {command}"
    if not words or words[0] not in _TOOLS:
        return f"not run, as it is no locking tool's: {command}"
    program = shutil.which(words[0])
    if program is None:
        return f"{words[0]} is not on the path; run it where it is: {command}"
    try:
        done = subprocess.run([program, *words[1:]], cwd=folder, stdout=sys.stderr, check=False)
    except (OSError, ValueError) as error:
        return f"{command}: {error}"
    return f"{command}: exit code {done.returncode}" if done.returncode else None
