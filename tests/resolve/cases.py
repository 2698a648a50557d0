"""Resolver cases as data: a TOML file says what the index has, what is asked for, and what must come out.

A new case is a new file in `cases/`. Its tables:

    requirements, constraints   lines of requirements.txt and constraints.txt
    target                      "glibc2.34:python3.12" where it says none
    options                     pre, no_deps, only_binary = ["NAME"], exclude_newer = "DATE", … as in `Options`
    packages.NAME."VERSION"     wheels = ["py3-none-any"], sdist = true, requires = ["…"], python = "…",
                                yanked (or the wheels that are), uploaded, hash = "sha256:…", metadata_python (what the page does not
                                tell), unknown = "why nobody can tell its dependencies", refused = "why"
    absent, unavailable         names on no index; names whose page cannot be had
    direct."URL"                as a version of a package, with name, version and file
    expect                      both, or x86_64 and aarch64: NAME = "VERSION", "VERSION missing", "unknown",
                                "VERSION unknown" (its dependencies) or "absent"; or conflict = ["…"]
    files                       both, or x86_64 and aarch64: NAME = "FILENAME", the very file that is taken
    reasons.NAME                a part of what is said of it
    pip = false                 where pip cannot be asked, with the reason beside it
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.model import Direct, IndexFile, Metadata, Project, Unavailable
from archcheck.manifest.manifest import (
    FormatControl,
    IndexSource,
    Location,
    Manifest,
    ReleaseControl,
    Requirement,
)
from archcheck.platforms.targets import parse_target
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Conflict, Options, Resolution
from archcheck.resolve.requirements import source_of
from tests.resolve.fake import FakeIndex

if TYPE_CHECKING:
    from archcheck.resolve.model import Chosen, Outcome

FOLDER = Path(__file__).with_name("cases")
TARGET = "glibc2.34:python3.12"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case, as its file states it."""

    name: str
    requirements: list[str]
    constraints: list[str] = field(default_factory=list)
    target: str = TARGET
    options: dict[str, Any] = field(default_factory=dict)
    packages: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    unavailable: list[str] = field(default_factory=list)
    direct: dict[str, dict[str, Any]] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    pip: bool = True
    about: str = ""

    def expected(self, architecture: str) -> dict[str, Any]:
        """Return what must come out on *architecture*."""
        found: dict[str, Any] = self.expect.get(architecture, self.expect.get("both"))
        return found

    def expected_files(self, architecture: str) -> dict[str, str]:
        """Return the file that must be taken on *architecture* of each package whose files the case tells."""
        return {**self.files.get("both", {}), **self.files.get(architecture, {})}


def read_cases() -> list[Case]:
    """Return all cases, by name."""
    return [
        Case(name=path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    ]


def run(case: Case, *, by_version: bool = False, **options: Any) -> dict[str, Outcome]:
    """Resolve *case* on both architectures; *options* are in addition to its own."""
    outcomes = resolve_both(
        manifest_of(case),
        parse_target(case.target),
        index_of(case, by_version=by_version),
        options_of({**case.options, **options}),
    )
    return {outcome.machine.architecture: outcome for outcome in outcomes}


def shown(outcome: Outcome) -> dict[str, Any]:
    """Return *outcome* in the words of the cases."""
    if isinstance(outcome, Conflict):
        if outcome.gave_up:
            return {"gave_up": True}
        return {
            "conflict": [
                " → ".join([str(cause.location or "?"), *cause.chain, cause.wants])
                for cause in outcome.causes
            ]
        }
    return {name: _shown(chosen) for name, chosen in outcome.packages.items()}


def _shown(chosen: Chosen) -> str:
    pick = chosen.pick
    if not pick.known:
        return "absent" if pick.absent else "unknown"
    words = [str(pick.version)] if pick.version else []
    words += ["missing"] if not pick.installs else []
    words += ["unknown"] if chosen.unknown and pick.installs else []
    return " ".join(words)


def files(outcome: Outcome) -> dict[str, str]:
    """Return the name of the file that is taken of each package, of those that a file stands for."""
    found = outcome.packages if isinstance(outcome, Resolution) else {}
    return {name: chosen.pick.file.filename for name, chosen in found.items() if chosen.pick.file}


def reason(outcome: Outcome, name: str) -> str:
    """Return what is said of the package *name*, its problem or its doubt."""
    assert isinstance(outcome, Resolution)
    chosen = outcome.packages[canonicalize_name(name)]
    return f"{chosen.pick.problem} | {chosen.doubt}"


def index_of(case: Case, *, by_version: bool = False) -> FakeIndex:
    """Return the index that serves exactly the packages of *case*."""
    projects: dict[str, Project | Unavailable] = {
        name: Unavailable(reason=f"{name}: the index answered 503", incomplete=True)
        for name in case.unavailable
    }
    metadata: dict[str, Metadata | Unavailable] = {}
    for name, versions in case.packages.items():
        files = []
        for version, facts in versions.items():
            for filename in filenames(name, version, facts):
                files.append(_file(filename, facts, yanked=is_yanked(filename, facts)))
                metadata[filename] = _metadata(name, version, facts)
        projects[name] = Project(name=canonicalize_name(name), files=tuple(files))
    return FakeIndex(
        projects=projects,
        metadata_of=metadata,
        directs={url: _direct(url, facts) for url, facts in case.direct.items()},
        absent=frozenset(case.absent),
        by_version=by_version,
    )


def filenames(name: str, version: str, facts: dict[str, Any]) -> list[str]:
    """Return the names of a release's files, in the page's order."""
    stem = f"{name.replace('-', '_')}-{version}"
    wheels = [
        f"{stem}-{tag}.whl" for tag in facts.get("wheels", [] if "sdist" in facts else ["py3-none-any"])
    ]
    return [*wheels, *([f"{stem}.tar.gz"] if facts.get("sdist") else []), *facts.get("files", [])]


def is_yanked(filename: str, facts: dict[str, Any]) -> bool:
    """Return whether the file is yanked, as a release's *facts* say of it or of all."""
    said = facts.get("yanked", False)
    if isinstance(said, bool):
        return said
    return any(filename.split("-", 2)[2] == f"{tag}.whl" for tag in said)


def _file(filename: str, facts: dict[str, Any], *, yanked: bool) -> IndexFile:
    return IndexFile(
        filename=filename,
        url=f"https://index.example/files/{filename}",
        hashes=(facts["hash"],) if "hash" in facts else (),
        requires_python=facts.get("python"),
        upload_time=facts.get("uploaded"),
        yanked=yanked,
    )


def _metadata(name: str, version: str, facts: dict[str, Any]) -> Metadata | Unavailable:
    for key in ("unknown", "refused"):
        if key in facts:
            return Unavailable(reason=facts[key], refused=key == "refused")
    return Metadata(
        name=name,
        version=version,
        requires_dist=tuple(facts.get("requires", ())),
        requires_python=facts.get("metadata_python", facts.get("python")),
        origin="wheel",
    )


def _direct(url: str, facts: dict[str, Any]) -> Direct | Unavailable:
    if "unavailable" in facts:
        return Unavailable(reason=facts["unavailable"], incomplete=True)
    filename = facts.get("file", url.rpartition("/")[2])
    return Direct(
        name=canonicalize_name(facts["name"]),
        version=Version(facts["version"]) if "version" in facts else None,
        file=IndexFile(filename=filename, url=url, hashes=tuple(filter(None, [facts.get("hash")]))),
        metadata=_metadata(facts["name"], facts.get("version", ""), facts),
    )


def manifest_of(case: Case) -> Manifest:
    """Return the lines of *case* as the requirements reader would."""
    return Manifest(
        path="requirements.txt",
        kind="requirements",
        sha256="",
        requirements=tuple(_line(t, "requirements.txt", n) for n, t in enumerate(case.requirements, 1)),
        constraints=tuple(_line(t, "constraints.txt", n) for n, t in enumerate(case.constraints, 1)),
    )


def _line(text: str, path: str, number: int) -> Requirement:
    body, *hashes = re.split(r"\s+--hash=", text)
    parsed = Pep508(body)
    return Requirement(
        name=canonicalize_name(parsed.name),
        extras=frozenset(parsed.extras),
        specifier=parsed.specifier,
        marker=parsed.marker,
        source=source_of(parsed.url) if parsed.url else IndexSource(),
        hashes=tuple(hashes),
        location=Location(path=path, line=number),
        text=body,
    )


def options_of(said: dict[str, Any]) -> Options:
    """Return the options that a case states."""
    sets = {key: frozenset(said.get(key, ())) for key in _SETS}
    plain = {key: value for key, value in said.items() if key not in _SETS}
    if "exclude_newer" in plain:
        plain["exclude_newer"] = datetime.fromisoformat(plain["exclude_newer"]).replace(tzinfo=UTC)
    return Options(
        **plain,
        formats=FormatControl(no_binary=sets["no_binary"], only_binary=sets["only_binary"]),
        releases=ReleaseControl(all_releases=sets["all_releases"], only_final=sets["only_final"]),
    )


_SETS = ("no_binary", "only_binary", "all_releases", "only_final")
ALL = SpecifierSet()
