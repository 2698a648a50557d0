"""The header fields of METADATA and PKG-INFO files, read into a `Metadata` and checked as pip checks them.

pip discards a candidate whose metadata names another project or version, or has a `Requires-Dist` that is
not PEP 508; so all of these are `Unavailable` here, with the reason. An impossible `Requires-Python` is kept
as it stands: pip ignores it, and that is for the resolver to decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.index.model import Metadata, Unavailable
from archcheck.manifest.dependency import read_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from archcheck.index.model import Origin

_MAX_REQUIREMENTS = 10_000
_MAX_LENGTH = 4_096  # of one requirement; the longest on the index are direct URLs of a few hundred
_HEADERS_END = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_HEADER = re.compile(r"([!-9;-~]+):(.*)", re.DOTALL)

Headers = dict[str, list[str]]


def read_headers(data: bytes) -> Headers:
    """Return the header fields of *data* (RFC 822, as email.parser sees them), names in lower case.

    A tenth of email.parser's time, which also reads the whole description below the headers.
    """
    end = _HEADERS_END.search(data)
    text = data[: end.start() if end else len(data)].decode("utf-8", "replace")
    headers: Headers = {}
    for name, parts in _fields(text.removeprefix("\ufeff")):
        headers.setdefault(name, []).append(" ".join(filter(None, parts)))
    return headers


def _fields(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each field, in lower case, and its lines; one of them may go on for a million."""
    name, parts = "", [""]
    for found in _LINE.finditer(text):
        line = found[1]
        if line[:1] in {" ", "\t"}:
            parts.append(line.strip())
            continue
        if name:
            yield name, parts
        header = _HEADER.match(line)
        if header is None:
            return
        name, parts = header[1].lower(), [header[2].strip()]
    if name:
        yield name, parts


def from_headers(
    headers: Headers,
    *,
    origin: Origin,
    name: NormalizedName | None = None,
    version: Version | None = None,
    approximate: bool = False,
) -> Metadata | Unavailable:
    """Return the metadata that *headers* state; a repeated single field counts once, the first, as in pip."""
    said_name, said_version = headers.get("name", [""])[0], headers.get("version", [""])[0]
    try:
        if name not in {None, canonicalize_name(said_name, validate=True)}:
            return _refused(f"lying metadata: it names the project {said_name!r}, not {name!r}")
        if version not in {None, Version(said_version)}:
            return _refused(f"lying metadata: it says version {said_version!r}, not {version}")
    except (InvalidName, InvalidVersion):
        return _refused(f"invalid metadata: name {said_name!r}, version {said_version!r}")
    requires = headers.get("requires-dist", [])
    if problem := requirement_problem(requires):
        return _refused(f"invalid metadata: {problem}")
    return Metadata(
        name=said_name,
        version=said_version,
        requires_dist=tuple(requires),
        requires_python=headers.get("requires-python", [""])[0] or None,
        origin=origin,
        approximate=approximate,
    )


def _refused(reason: str) -> Unavailable:
    return Unavailable(reason=reason, refused=True)


@lru_cache(maxsize=8192)
def parse_requirement(text: str) -> Requirement:
    """Return the PEP 508 requirement; shared, so never to be changed. Raises InvalidRequirement."""
    if len(text) > _MAX_LENGTH:
        raise InvalidRequirement(f"longer than {_MAX_LENGTH} characters")
    try:
        return Requirement(text)
    except RecursionError as error:  # packaging descends into the parentheses of a marker
        raise InvalidRequirement("nested too deeply") from error


def requirement_problem(requires: Iterable[str]) -> str | None:
    """Return why *requires* cannot be resolved, naming the first line that is not PEP 508, or None."""
    for count, text in enumerate(requires):
        if count == _MAX_REQUIREMENTS:
            return f"it has more than {_MAX_REQUIREMENTS} requirements"
        if len(text) > _MAX_LENGTH or read_dependency(text) is None:
            return f"{text[:200]!r} is not a requirement (PEP 508)"
    return None
