"""Where this archcheck comes from: what a workflow of GitHub uses, and what pip installs elsewhere."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from archcheck.cli.setup.examined.installation import DISTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Iterable

_RELEASED: Final = "Source"
"""The label of the address of its very commit, which the release workflow writes into the distribution."""
_ADDRESS: Final = re.compile(
    r"https://(?P<host>[\w.-]+)/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?(?:/tree/(?P<commit>[0-9a-f]{40,64}))?",
    re.ASCII,
)
_GITHUB: Final = "github.com"


class Source(Struct, frozen=True, kw_only=True):
    """`action` is for `uses:`, empty where the repository is not on GitHub; `requirement` is for pip."""

    action: str
    requirement: str


class _Vcs(Struct, frozen=True):
    vcs: str
    commit_id: str


class _Direct(Struct, frozen=True):
    url: str
    vcs_info: _Vcs


def installed_source() -> Source | None:
    """Return where the archcheck that runs comes from; None where its installation does not tell."""
    try:
        about = metadata.distribution(DISTRIBUTION)
        direct = about.read_text("direct_url.json")
    except (metadata.PackageNotFoundError, OSError, UnicodeError):
        return None
    return source(about.metadata.get_all("Project-URL") or (), about.version, direct or "")


def source(addresses: Iterable[str], version: str, direct: str) -> Source | None:
    """Return what the metadata of a distribution tells.

    *addresses* are its Project-URLs, *direct* is the text of its direct_url.json (PEP 610).
    """
    for label, _, url in (each.partition(",") for each in addresses):
        found = _ADDRESS.fullmatch(url.strip())
        if label == _RELEASED and found and found["commit"]:
            action = f"{found['name']}@{found['commit']} # v{version}"
            return Source(action=action, requirement=f"{DISTRIBUTION}=={version}")
    try:
        told = msgspec.json.decode(direct, type=_Direct)
    except msgspec.DecodeError:
        return None
    found = _ADDRESS.fullmatch(told.url)
    commit = told.vcs_info.commit_id
    if told.vcs_info.vcs != "git" or not found or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        return None
    place = f"{found['host']}/{found['name']}"
    action = f"{found['name']}@{commit}" if found["host"] == _GITHUB else ""
    return Source(action=action, requirement=f"git+https://{place}@{commit}")
