"""Core metadata without running anything: out of a METADATA file, or out of the files of an sdist.

An sdist may state its dependencies as static (PEP 643, PEP 621). Where it does not they are guessed, from
what its author's build left in it, and the guess is marked as `approximate`.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.index.metadata.core_metadata import (
    from_headers,
    parse_requirement,
    read_headers,
    requirement_problem,
)
from archcheck.index.model import Metadata
from archcheck.setup_script import parse_setup
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.index.model import Origin, SdistContents, Unavailable

_STATIC_SINCE = (2, 2)  # Metadata 2.2 (PEP 643): a field that is not listed in Dynamic holds for every build
_STATIC_UNTIL = (3,)
_REQUIREMENT_FIELDS = frozenset({"requires-dist", "requires-python"})
_PROJECT_KEYS = frozenset({"dependencies", "optional-dependencies", "requires-python"})
# Backends whose PKG-INFO has always held every requirement; flit's and setuptools' has not.
_WRITE_ALL = frozenset({"hatchling", "maturin", "pdm", "poetry"})
_CFG_REQUIRES = re.compile(r"^\s*(install_requires|install-requires|requires[-_]dist)\s*[=:]", re.MULTILINE)
_SOURCES_TXT = ".egg-info/SOURCES.txt"
_SCRIPT_REQUIRES = frozenset({"install_requires", "extras_require", "requires", "pbr", "d2to1"})


def parse_metadata(
    data: bytes, *, origin: Origin, name: NormalizedName | None = None, version: Version | None = None
) -> Metadata | Unavailable:
    """Return the metadata in *data*; with *name* and *version*, only where it says the same."""
    return from_headers(read_headers(data), origin=origin, name=name, version=version)


def sdist_metadata(contents: SdistContents, *, name: NormalizedName, version: Version) -> Metadata | None:
    """Return the dependencies that the sdist states as static, or None where it does not.

    They are in a PKG-INFO of Metadata 2.2 or later (PEP 643), or in pyproject.toml's `[project]` (PEP 621).
    """
    return _static_pkg_info(contents, name, version) or _static_project(contents, name, version)


def sdist_guess(contents: SdistContents, *, name: NormalizedName, version: Version) -> Metadata | None:
    """Return the dependencies that the sdist most likely has (`approximate`), or None.

    These are what building it gave its author: the `Requires-Dist` of an older PKG-INFO, or setuptools'
    requires.txt; or none, where setuptools wrote no such file or the build has nowhere to state any.
    """
    stated = _older_pkg_info(contents, name, version)
    if stated is not None and (stated.requires_dist or _family(_toml(contents.pyproject)) in _WRITE_ALL):
        return stated
    requires: tuple[str, ...] | None
    if contents.requires_txt is not None:
        requires = _from_requires_txt(contents.requires_txt)
    elif _setuptools_wrote(contents, name):
        requires = ()
    else:
        requires = () if _cannot_require(contents) else None
    if requires is None:
        return None
    return Metadata(
        name=stated.name if stated else name,
        version=str(version),
        requires_dist=requires,
        requires_python=stated.requires_python if stated else None,
        origin="egg-info",
        approximate=True,
    )


def _static_pkg_info(contents: SdistContents, name: NormalizedName, version: Version) -> Metadata | None:
    headers = read_headers((contents.pkg_info or "").encode())
    dynamic = {field.lower() for field in headers.get("dynamic", [])}
    version_text = headers.get("metadata-version", [""])[0]
    if not _STATIC_SINCE <= _release(version_text) < _STATIC_UNTIL or dynamic & _REQUIREMENT_FIELDS:
        return None
    metadata = from_headers(headers, origin="pkg-info", name=name, version=version)
    return metadata if isinstance(metadata, Metadata) else None


def _release(text: str) -> tuple[int, ...]:
    try:
        return Version(text).release
    except InvalidVersion:
        return ()


def _static_project(contents: SdistContents, name: NormalizedName, version: Version) -> Metadata | None:
    project = _table(_toml(contents.pyproject), "project")
    dynamic = project.get("dynamic", [])
    said_name = project.get("name")
    if not isinstance(said_name, str) or not isinstance(dynamic, list) or not _same_name(said_name, name):
        return None
    if any(key in dynamic for key in _PROJECT_KEYS):
        return None
    if not _same_version(project.get("version", version), version):
        return None
    requires = _project_requires(project)
    requires_python = project.get("requires-python")
    if requires is None or not isinstance(requires_python, str | None):
        return None
    return Metadata(
        name=said_name,
        version=str(version),
        requires_dist=requires,
        requires_python=requires_python or None,
        origin="pyproject",
    )


def _project_requires(project: dict[str, Any]) -> tuple[str, ...] | None:
    """Return `dependencies` and `optional-dependencies` as Requires-Dist, or None where one is malformed."""
    groups: list[tuple[str, Any]] = [("", project.get("dependencies", []))]
    groups += _table(project, "optional-dependencies").items()
    lines: list[str] = []
    for extra, texts in groups:
        if not isinstance(texts, list):
            return None
        for text in texts:
            line = _conditional(text, extra=extra) if isinstance(text, str) else None
            if line is None:
                return None
            lines.append(line)
    return tuple(lines)


def _conditional(text: str, *, extra: str = "", marker: str = "") -> str | None:
    """Return the requirement *text* under *extra* and *marker* too, or None where it is not PEP 508."""
    try:
        requirement = copy(parse_requirement(text))
        extra = f'extra == "{canonicalize_name(extra, validate=True)}"' if extra else ""
    except (InvalidRequirement, InvalidName):
        return None
    if not extra and not marker:
        return text.strip()
    own, requirement.marker = requirement.marker, None
    conditions = [f"({part})" for part in (own, marker) if part] + [extra] * bool(extra)
    line = f"{requirement} ; {' and '.join(conditions)}"
    return None if requirement_problem([line]) else line


def _older_pkg_info(contents: SdistContents, name: NormalizedName, version: Version) -> Metadata | None:
    if contents.pkg_info is None:
        return None
    headers = read_headers(contents.pkg_info.encode())
    metadata = from_headers(headers, origin="pkg-info", name=name, version=version, approximate=True)
    return metadata if isinstance(metadata, Metadata) else None


def _from_requires_txt(text: str) -> tuple[str, ...] | None:
    """Return setuptools' requires.txt as Requires-Dist; its sections are `[extra]` or `[extra:marker]`."""
    lines: list[str] = []
    extra = marker = ""
    for raw in text.splitlines():
        entry = raw.strip()
        if entry.startswith("[") and entry.endswith("]"):
            extra, _, marker = (part.strip() for part in entry[1:-1].partition(":"))
        elif entry and not entry.startswith("#"):
            line = _conditional(entry, extra=extra, marker=marker)
            if line is None:
                return None
            lines.append(line)
    return tuple(lines)


def _setuptools_wrote(contents: SdistContents, name: NormalizedName) -> bool:
    """Whether setuptools' .egg-info is there: it writes a requires.txt wherever there is a requirement."""
    folders = (path.removesuffix(_SOURCES_TXT) for path in contents.names if path.endswith(_SOURCES_TXT))
    return any(_same_name(folder.rpartition("/")[2], name) for folder in folders)


def _cannot_require(contents: SdistContents) -> bool:
    """Whether the build has nowhere to state dependencies: a plain setup.py that does not speak of them."""
    pyproject = _toml(contents.pyproject)
    if pyproject is None or "project" in pyproject or _family(pyproject) != "setuptools":
        return False
    if _CFG_REQUIRES.search(contents.setup_cfg or "") or contents.setup_py is None:
        return False
    script = parse_setup(contents.setup_py)
    if script is None or not script.setup_calls or script.passes_unseen:
        return False
    return not script.words & _SCRIPT_REQUIRES


def _family(pyproject: dict[str, Any] | None) -> str:
    """Return the build backend's top module; without one named, pip takes setuptools (PEP 517)."""
    backend = _table(pyproject, "build-system").get("build-backend", "setuptools.build_meta")
    return str(backend).partition(":")[0].partition(".")[0]


def _toml(text: str | None) -> dict[str, Any] | None:
    """Return the document, empty where there is none; None where it cannot be read."""
    try:
        return parse_toml(text or "")
    except ValueError:
        return None


def _table(document: dict[str, Any] | None, key: str) -> dict[str, Any]:
    value = (document or {}).get(key)
    return value if isinstance(value, dict) else {}


def _same_name(text: str, name: NormalizedName) -> bool:
    return canonicalize_name(text) == name


def _same_version(said: object, version: Version) -> bool:
    try:
        return said == version or Version(str(said)) == version
    except InvalidVersion:
        return False
