"""What the installed pip makes of a requirements file, in the words of our own values."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pip import __version__
from pip._internal.index.collector import LinkCollector
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.format_control import FormatControl
from pip._internal.models.search_scope import SearchScope
from pip._internal.models.selection_prefs import SelectionPreferences
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator

PIP_VERSION = tuple(int(part) for part in re.findall(r"\d+", __version__)[:2])


def _finder(session: PipSession) -> PackageFinder:
    controls: dict[str, Any] = {"format_control": FormatControl(set(), set())}
    if PIP_VERSION >= (26, 0):
        from pip._internal.models.release_control import ReleaseControl

        controls["release_control"] = ReleaseControl()
    scope = SearchScope(find_links=[], index_urls=[], no_index=False)
    return PackageFinder.create(
        link_collector=LinkCollector(session=session, search_scope=scope),
        selection_prefs=SelectionPreferences(allow_yanked=False, **controls),
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Pip warns of what it vendors; that is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def pip_reads(path: str) -> SimpleNamespace:
    """Read *path* from the current folder; raises whatever pip raises."""
    with _silence(), PipSession() as session:
        finder = _finder(session)
        options = SimpleNamespace(require_hashes=False, no_require_hashes=False, features_enabled=[])
        parsed = list(parse_requirements(path, session=session, finder=finder, options=options))
        installs = [(line, install_req_from_parsed_requirement(line)) for line in parsed]
    releases = getattr(finder, "release_control", None)
    every = releases.all_releases if releases else ({":all:"} if finder.allow_all_prereleases else set())
    has_hashes = any(install.hash_options for _, install in installs)
    return SimpleNamespace(
        requirements=[_row(line, install) for line, install in installs if not line.constraint],
        constraints=[_row(line, install) for line, install in installs if line.constraint],
        options={
            "index_urls": finder.index_urls,
            "find_links": [one if "://" in one else _absolute(one) for one in finder.find_links],
            "no_index": finder.search_scope.no_index,
            "prefer_binary": finder.prefer_binary,
            "no_binary": finder.format_control.no_binary,
            "only_binary": finder.format_control.only_binary,
            "all_releases": every,
            "only_final": releases.only_final if releases else set(),
            "require_hashes": options.require_hashes or (has_hashes and not options.no_require_hashes),
        },
    )


def _row(line: Any, install: Any) -> dict[str, Any]:
    place = re.fullmatch(r"-[rc] (.*) \(line (\d+)\)", line.comes_from)
    return {
        "name": canonicalize_name(install.name) if install.name else None,
        "extras": {canonicalize_name(extra) for extra in install.extras},
        "specifier": SpecifierSet(str(install.req.specifier)) if install.req else SpecifierSet(),
        "marker": Marker(str(install.markers)) if install.markers else None,
        "link": _link(install.link.url) if install.link else None,
        "editable": install.editable,
        "hashes": _hashes(install),
        "place": (os.path.relpath(place[1]), int(place[2])),
    }


def _hashes(install: Any) -> set[str]:
    found = {f"{kind}:{one.lower()}" for kind, many in install.hash_options.items() for one in many}
    if install.link and install.link.hash and not install.link.is_vcs:
        found.add(f"{install.link.hash_name}:{install.link.hash.lower()}")
    return found


def _link(url: str) -> str:
    """Return *url* without its fragment; a file URL as its path."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return _absolute(unquote(parts.path))
    return parts._replace(fragment="").geturl()


def _absolute(path: str) -> str:
    return os.path.normpath(Path.cwd() / path)
