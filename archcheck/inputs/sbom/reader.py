"""An SBOM as a lock: each `pkg:pypi/NAME@VERSION` is a pin, of which the index has the files."""

from __future__ import annotations

import hashlib
import re
from codecs import BOM_UTF8
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.inputs.parsing.input_file import read_named
from archcheck.inputs.parsing.messages import a_few, escaped, failure, shown, words
from archcheck.inputs.parsing.urls import vcs_url
from archcheck.inputs.sbom.documents import ARCHITECTURES, document_in
from archcheck.inputs.sbom.purl import parse_purl
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import IndexSource, Location, Skipped, VcsSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.sbom.documents import Part, Sbom
    from archcheck.inputs.sbom.purl import Purl
    from archcheck.manifest.manifest import Selection, Source

_EXPECTED: Final = "an SBOM: CycloneDX or SPDX 2, as JSON"
_LIMIT: Final = "an SBOM names versions and no files: what the index has of each is audited"
_WRITTEN: Final = re.compile(r'"(pkg:/*pypi/[^"\\\n]*)"', re.IGNORECASE)
# What it is instead, by how it begins.
_OTHERS: Final = (
    (re.compile(rb"\s*<"), "XML; expected JSON (`cyclonedx convert --output-format json` makes it)"),
    (
        re.compile(rb"\s*(?:#[^\n]*\n\s*)*SPDXVersion:"),
        "SPDX's tag-value text; expected JSON (`pyspdxtools -o FILE.spdx.json` makes it)",
    ),
)


def read_sbom(path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection) -> Lock:
    """Return the Python packages that the SBOM at *path* lists, and in a note how many others it has.

    Of a name with several versions the first counts, where archcheck's own properties do not tell which is
    for which machine; the others are `Skipped`. Raises InputError.
    """
    _ = environ, selection  # it has neither variables nor extras
    data = read_named(path, files=files, cwd=cwd, expected=_EXPECTED)
    return _Reading(path, data).lock()


class _Pin(Struct, frozen=True, kw_only=True):
    """One Python package of the SBOM, and the architectures that it is taken for."""

    name: NormalizedName
    version: Version | None
    source: Source
    on: tuple[str, ...]
    ref: str
    location: Location


class _Reading:
    """One run over one SBOM."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        self._sbom = self._document()
        self._lines = _lines(data.decode("utf-8-sig"))
        self._skipped: list[Skipped] = []
        self._others: Counter[str] = Counter()
        self._taken: dict[tuple[str, str], Version | None] = {}
        self._pins: list[_Pin] = []

    def lock(self) -> Lock:
        """Return the whole."""
        for part in self._sbom.parts:
            self._take(part)
        by_ref = {pin.ref: pin for pin in self._pins if pin.ref}
        packages = tuple(self._package(pin, by_ref) for pin in self._pins)
        return Lock(
            path=self._path,
            sha256=hashlib.sha256(self._data).hexdigest(),
            requirements=tuple(self._direct(packages, by_ref)),
            packages=packages,
            flat=True,
            skipped=tuple(self._skipped),
            limits=(_LIMIT,),
            warnings=(
                *(f"{escaped(self._path)}: {each}" for each in self._sbom.warnings),
                *self._left_out(),
            ),
        )

    def _refuse(self, message: str) -> NoReturn:
        raise failure(Location(path=self._path), message)

    def _document(self) -> Sbom:
        for pattern, found in _OTHERS:
            if pattern.match(self._data.removeprefix(BOM_UTF8)):
                self._refuse(found)
        try:
            table = msgspec.json.decode(self._data.decode("utf-8-sig"), type=dict[str, Any])
            return document_in(table)
        except UnicodeDecodeError:
            self._refuse(f"not text in UTF-8; expected {_EXPECTED}")
        except msgspec.ValidationError as error:
            self._refuse(f"{words(error)}; expected {_EXPECTED}")
        except msgspec.DecodeError as error:
            self._refuse(f"not JSON: {words(error)}; expected {_EXPECTED}")
        except RecursionError:
            self._refuse(f"nested too deeply; expected {_EXPECTED}")
        except ValueError as error:
            self._refuse(words(error))

    def _take(self, part: Part) -> None:
        """Take in one component: a pin, something left out and why, or one more of those not counted."""
        try:
            purl = parse_purl(part.purl)
        except ValueError:
            self._others["other" if part.purl else "without a package URL"] += 1
            return
        if purl.type != "pypi":
            self._others[purl.type] += 1
            return
        if part.excluded or not part.on:
            self._others["excluded by the SBOM itself"] += 1
            return
        location = Location(path=self._path, line=self._lines.get(part.purl, 0))
        try:
            pin = _pin(purl, part, location)
        except ValueError as error:
            self._skip(part.purl, words(error), location)
            return
        free = tuple(each for each in pin.on if (pin.name, each) not in self._taken)
        if free:
            self._taken.update({(pin.name, each): pin.version for each in free})
            self._pins.append(replace(pin, on=free))
        elif any(self._taken[pin.name, each] != pin.version for each in pin.on):
            self._skip(part.purl, "another version of it is audited", location)

    def _skip(self, text: str, reason: str, location: Location) -> None:
        self._skipped.append(Skipped(text=shown(text)[1:-1], reason=reason, location=location))

    def _package(self, pin: _Pin, by_ref: Mapping[str, _Pin]) -> LockedPackage:
        needs = filter(None, (by_ref.get(each) for each in self._sbom.needs.get(pin.ref, ())))
        return LockedPackage(
            name=pin.name,
            version=pin.version,
            source=pin.source,
            listed=False,
            marker=_marker(pin.on),
            dependencies=tuple(LockedDependency(name=each.name, version=each.version) for each in needs),
            location=pin.location,
        )

    def _direct(
        self, packages: tuple[LockedPackage, ...], by_ref: Mapping[str, _Pin]
    ) -> Iterator[LockedDependency]:
        """Yield what the product itself needs, as far as the SBOM tells; else what no other package needs."""
        wanted = {by_ref[each].name for each in self._sbom.needs.get(self._sbom.root, ()) if each in by_ref}
        needed = {each.name for package in packages for each in package.dependencies}
        for package in packages:
            if package.name in wanted or (not wanted and package.name not in needed):
                yield LockedDependency(
                    name=package.name,
                    marker=package.marker,
                    version=package.version,
                    location=package.location,
                )

    def _left_out(self) -> Iterator[str]:
        if self._others:
            told = a_few(f"{what} ({count:,})" for what, count in self._others.items())
            others = f"{self._others.total():,} components that are no Python packages"
            yield f"{escaped(self._path)}: {others} are not audited: {told}"


def _pin(purl: Purl, part: Part, location: Location) -> _Pin:
    """Return what *purl* pins; raises ValueError with the reason why it pins nothing."""
    if not purl.version and not purl.vcs:
        raise ValueError("it states no version")
    return _Pin(
        name=canonicalize_name(purl.name, validate=True),
        version=Version(purl.version) if purl.version else None,
        source=VcsSource(url=vcs_url(purl.vcs, "")) if purl.vcs else IndexSource(),
        on=part.on,
        ref=part.ref,
        location=location,
    )


def _marker(on: tuple[str, ...]) -> Marker | None:
    return None if on == ARCHITECTURES else Marker(f'platform_machine == "{on[0]}"')


def _lines(text: str) -> dict[str, int]:
    """Return the line on which each package URL of Python's stands first."""
    found: dict[str, int] = {}
    line, at = 1, 0
    for match in _WRITTEN.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        found.setdefault(match[1], line)
    return found
