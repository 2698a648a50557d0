"""The `# via` comments of pip-compile and uv: for whose sake a compiled requirements file lists a package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

_VIA = r"(?:^|\s)#\s*via\b(?P<first>.*)$"
_MORE = r"\s*#\s{2,}(?P<name>\S.*)$"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


def via_comments(text: str) -> dict[int, tuple[NormalizedName, ...]]:
    """Return, by the line where a requirement begins, the packages for whose sake alone it is there.

    A requirement that an input file states itself (`# via -r requirements.in`, `# via shop (pyproject.toml)`)
    is left out, and so is one without a comment.
    """
    if "# via" not in text:
        return {}
    stated: dict[int, list[str]] = {}
    first, continued, open_list = 0, False, False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            if line.strip() and not continued:
                first = number
            continued, open_list = line.endswith("\\"), False
        if found := re.search(_VIA, line):
            named = found["first"].strip()
            stated.setdefault(first, []).extend(part.strip() for part in named.split(",") if part.strip())
            open_list = not named
        elif open_list and (more := re.match(_MORE, line)):
            stated[first].append(more["name"].strip())
        elif line.lstrip().startswith("#"):
            open_list = False
    found_names = ((line, _packages(words)) for line, words in stated.items())
    return {line: names for line, names in found_names if names}


def _packages(words: list[str]) -> tuple[NormalizedName, ...]:
    """Return the packages in *words*, none where one of them is an input file; constraints say nothing."""
    wanted = [word for word in words if not word.startswith("-c ")]
    if not all(re.fullmatch(_NAME, word) for word in wanted):
        return ()
    return tuple(canonicalize_name(word) for word in wanted)
