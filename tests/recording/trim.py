"""From what was recorded to what the repository keeps: project pages cut to what the cases need."""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from packaging.utils import parse_wheel_filename
from packaging.version import Version
from pip._internal.models.index import PyPI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.tags import Tag

    from tests.loopback.store import StoredFile, StoredProject

MAX_NAMES = 80
MAX_TEXT = 40_000
SDIST_TEXTS = re.compile(r"PKG-INFO|setup\.(py|cfg)|pyproject\.toml|([^/]+/)*[^/]+\.egg-info/requires\.txt")
COMPILED_SOURCE = re.compile(
    r"\.(c|cc|cpp|cu|cxx|f|f90|go|pxd|pyx|rs|s)$|(^|/)(Cargo\.toml|CMakeLists\.txt|meson\.build)$"
)
OLD_PYTHON = re.compile(r"cp(2\d|3[0-5])$")
PURE_MARGIN = 10
# the repository spells out no address of a registry, in whatever form a setup.py does
FILE_HOST = PyPI.file_storage_domain.partition(".")[2]
ADDRESS = re.compile(
    rf"https?://[^\s'\"<>`\\]+|[\w.-]*(pypi\.[a-z]|{re.escape(FILE_HOST)})[\w./-]*", re.IGNORECASE
)


def project_document(
    project: StoredProject,
    looked_into: Mapping[str, dict[str, Any]],
    sdists: Mapping[str, Mapping[str, bytes]],
    recorded_at: str,
) -> dict[str, Any]:
    """Return the fixture of one project; *looked_into* and *sdists* are by version."""
    by_version = sorted(project.files, key=lambda file: (Version(file.version), file.filename))
    releases = {
        version: tuple(files) for version, files in groupby(by_version, key=lambda file: file.version)
    }
    kept = kept_versions(releases, set(looked_into))
    return {
        "name": project.name,
        "recorded-at": recorded_at,
        "releases": {
            version: release_document(releases[version], looked_into.get(version), sdists.get(version))
            for version in kept
        },
    }


def kept_versions(releases: Mapping[str, tuple[StoredFile, ...]], looked_into: set[str]) -> list[str]:
    """Return the versions to keep, newest first.

    A project with compiled wheels keeps all: "the first version that ever had a wheel" is asked of it. A pure
    one (botocore has some thousand releases) keeps the unbroken range from the oldest that was looked into.
    """
    versions = sorted(releases, key=Version, reverse=True)
    compiled = any(is_compiled(file) for files in releases.values() for file in files)
    oldest = max((versions.index(version) for version in looked_into), default=0)
    if not compiled:
        return versions[: max(oldest + 1, PURE_MARGIN)]
    # of pre-releases (duckdb has one a night) those that a resolution met
    return [each for each in versions if each in looked_into or not Version(each).is_prerelease]


def release_document(
    files: tuple[StoredFile, ...], metadata: dict[str, Any] | None, sdist: Mapping[str, bytes] | None
) -> dict[str, Any]:
    """Return one release; what its first file says of time, Python and yanking need not be said again."""
    shared = said_of(files[0])
    document: dict[str, Any] = {key: value for key, value in shared.items() if value is not None}
    if metadata is not None:
        document["metadata"] = metadata_document(metadata)
    if sdist is not None:
        document["sdist"] = sdist_document(sdist)
    document["files"] = {}
    for file in relevant(files):
        own = {key: value for key, value in said_of(file).items() if value != shared[key]}
        if same_day(file, files[0]):
            own.pop("upload-time", None)
        if metadata is not None:
            own |= {"sha256": file.stated, "size": file.stated_size}
        document["files"][file.filename] = own
    return document


def said_of(file: StoredFile) -> dict[str, Any]:
    """Return what the index says of a file and mostly of all files of its release."""
    return {
        "requires-python": file.requires_python,
        "upload-time": file.upload_time[:19] + "Z",
        "yanked": file.yanked or None,
    }


def same_day(one: StoredFile, other: StoredFile) -> bool:
    """Say whether two files were uploaded on one day: `--exclude-newer` takes days."""
    return one.upload_time[:10] == other.upload_time[:10]


def metadata_document(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata as a table; `from` is the file that it was read from."""
    document: dict[str, Any] = {"from": fields["file"], "version": fields["Metadata-Version"][0]}
    if fields["Requires-Python"]:
        document["requires-python"] = fields["Requires-Python"][0]
    if fields["Provides-Extra"]:
        document["provides-extra"] = fields["Provides-Extra"]
    return document | {"requires-dist": fields["Requires-Dist"]}


def sdist_document(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the texts that tell dependencies and build, and the first names, those of compiled code first."""
    texts = {
        path: ADDRESS.sub(
            "https://index.example/", header_only(path, data.decode(errors="replace")[:MAX_TEXT])
        )
        for path, data in files.items()
        if SDIST_TEXTS.fullmatch(path)
    }
    others = sorted((path for path in files if path not in texts), key=name_rank)
    return {"names": sorted(others[:MAX_NAMES]), "texts": texts}


def name_rank(path: str) -> tuple[int, bool, str]:
    """Put what lies at the top first, then compiled code."""
    depth = path.count("/")
    return (0 if depth == 0 else 1 if COMPILED_SOURCE.search(path) else 2), depth > 2, path


def header_only(path: str, text: str) -> str:
    """Cut the description off a PKG-INFO."""
    if path != "PKG-INFO":
        return text
    head = text.partition("\n\n")[0]
    wanted = r"(?m)^(Metadata-Version|Name|Version|Dynamic|Requires-Python|Requires-Dist|Provides-Extra): .*$"
    return "".join(match[0].rstrip("\r") + "\n" for match in re.finditer(wanted, head))


def relevant(files: Iterable[StoredFile]) -> list[StoredFile]:
    """Leave out wheels for systems, machines and Pythons that no target has, all but one where none else is compiled.

    The one is kept because it tells that the release has compiled code at all.
    """
    kept = [file for file in files if not is_compiled(file) or any(map(could_fit, tags_of(file)))]
    if not any(is_compiled(file) for file in kept):
        kept += [file for file in files if is_compiled(file)][:1]
    return kept


def could_fit(tag: Tag) -> bool:
    """Say whether some Linux target of some CPython from 3.6 on could take *tag*."""
    linux = "linux" in tag.platform and tag.platform.endswith(("_x86_64", "_aarch64"))
    cpython = tag.interpreter.startswith(("cp", "py")) and not (
        OLD_PYTHON.match(tag.interpreter) and tag.abi != "abi3"
    )
    return linux and cpython


def is_compiled(file: StoredFile) -> bool:
    """Say whether *file* is a wheel for one platform."""
    return file.is_wheel and not file.filename.endswith("-any.whl")


def tags_of(file: StoredFile) -> Iterable[Tag]:
    """Return the tags of a wheel."""
    return parse_wheel_filename(file.filename)[3]


def dumped(document: dict[str, Any]) -> str:
    """Return *document* as JSON with a line for each release's head and for each file, so that diffs can be read."""
    head = {key: value for key, value in document.items() if key != "releases"}
    lines = [json.dumps(head)[:-1] + ', "releases": {']
    releases = list(document["releases"].items())
    for number, (version, release) in enumerate(releases, start=1):
        shared = {key: value for key, value in release.items() if key != "files"}
        lines.append(f'{json.dumps(version)}: {json.dumps(shared)[:-1]}, "files": {{')
        rows = [f" {json.dumps(name)}: {compact(own)}" for name, own in release["files"].items()]
        lines += [",\n".join(rows), "}}" + ("," if number < len(releases) else "")]
    return "\n".join([*lines, "}}", ""])


def compact(value: dict[str, Any]) -> str:
    """Return *value* as JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))
