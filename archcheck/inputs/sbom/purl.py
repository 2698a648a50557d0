"""Package URLs (ECMA-427): `pkg:pypi/numpy@1.26.4?vcs_url=…`."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, unquote

from msgspec import Struct

_PURL: Final = re.compile(
    r"pkg:/*(?P<type>[A-Za-z0-9.+-]+)/(?P<path>[^?#]+?)(?:\?(?P<qualifiers>[^#]*))?(?:#.*)?", re.DOTALL
)


class Purl(Struct, frozen=True, kw_only=True):
    """The parts of one that matter here: `vcs` is the checkout that it names, "" where it names none."""

    type: str
    name: str
    version: str = ""
    vcs: str = ""


def parse_purl(text: str) -> Purl:
    """Return the parts of *text*; raises ValueError for what is none."""
    found = _PURL.fullmatch(text)
    if found is None:
        raise ValueError("expected a package URL, such as pkg:pypi/numpy@1.26.4")
    path, _, version = found["path"].rpartition("@") if "@" in found["path"] else (found["path"], "", "")
    named = [unquote(part) for part in path.split("/") if part]
    if not named:
        raise ValueError("expected a package URL with a name")
    stated = parse_qs(found["qualifiers"] or "", max_num_fields=100)
    return Purl(
        type=found["type"].lower(),
        name=named[-1],
        version=unquote(version),
        vcs=next(iter(stated.get("vcs_url", ())), ""),
    )
