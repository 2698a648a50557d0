"""What a project declares (its own requirements, extras, dependency groups), and what is chosen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.inputs.parsing.markers import both
from archcheck.inputs.parsing.messages import a_few, escaped, failure, shown
from archcheck.inputs.parsing.pep508 import parse_pep508
from archcheck.manifest.manifest import IndexSource, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from archcheck.manifest.manifest import Location, Requirement, Selection

# Extras that name each other twice over grow as 2^depth; these stop them early.
MAX_DEPTH: Final = 50
MAX_STEPS: Final = 1_000


class Stated(Struct, frozen=True, kw_only=True):
    """A requirement as text, and where it stands; `marker` is a condition that stands beside it."""

    text: str
    location: Location
    marker: str = ""


class Include(Struct, frozen=True, kw_only=True):
    """A dependency group that is part of another one (PEP 735)."""

    group: NormalizedName
    location: Location


class Unsaid(Struct, frozen=True, kw_only=True):
    """What only running code would tell, in a sentence, and what to do `instead`."""

    text: str
    instead: str
    location: Location

    @property
    def refusal(self) -> InputError:
        """The error to raise where nothing can be said without it."""
        return failure(self.location, "; ".join(filter(None, [self.text, self.instead])))


Part = Stated | Include | Unsaid


class Declarations(Struct, frozen=True, kw_only=True):
    """What a project declares, in whatever file; names are normalised.

    `version` is as it is written, empty where that is left to be found out. `has_project` is False where only
    dependency groups are there. `unsaid` are the places that may declare more extras, of which not even the
    names can be read.
    """

    name: NormalizedName | None = None
    version: str = ""
    has_project: bool = True
    main: tuple[Part, ...] = ()
    extras: Mapping[NormalizedName, tuple[Part, ...]] = field(default_factory=dict)
    groups: Mapping[NormalizedName, tuple[Part, ...]] = field(default_factory=dict)
    unsaid: tuple[Unsaid, ...] = ()


class Chosen(Struct, frozen=True, kw_only=True):
    """What is asked for: `skipped` belongs to it and cannot be read, `warnings` tell of what may."""

    requirements: tuple[Requirement, ...]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()


def chosen(declarations: Declarations, selection: Selection, *, path: str, folder: str) -> Chosen:
    """Return the requirements of the project, of the selected extras and of the selected groups, each once.

    A requirement on the project itself (`me[docs,test]`) stands for its extras. Local paths are relative
    to the absolute *folder*. Raises InputError, also for extras and groups that are not declared, and where
    nothing of what is asked for can be read without running code.
    """
    extras = frozenset(declarations.extras) if selection.all_extras else selection.extras
    if declarations.unsaid and not extras <= declarations.extras.keys():
        raise declarations.unsaid[0].refusal
    _check("extra", extras, declarations.extras, path)
    _check("dependency group", selection.groups, declarations.groups, path)
    if not declarations.has_project and not selection.groups:
        known = a_few(declarations.groups)
        message = f"it declares no project; choose a dependency group with --group (there are: {known})"
        raise InputError(message, path=escaped(path))
    choosing = _Choosing(declarations, folder)
    choosing.take(declarations.main, None, ())
    for extra in sorted(extras):
        choosing.take_extra(extra, None, ())
    for group in sorted(selection.groups):
        choosing.take_group(group, None, ())
    if selection.all_extras:
        choosing.take(declarations.unsaid, None, ())
    if choosing.unsaid and not choosing.found:
        raise next(iter(choosing.unsaid)).refusal
    return Chosen(
        requirements=tuple(choosing.found),
        skipped=tuple(
            Skipped(text=each.text, reason=each.instead, location=each.location) for each in choosing.unsaid
        ),
        warnings=tuple(
            f"{escaped(str(each.location))}: {each.text}; what it asks for was left out"
            for each in declarations.unsaid
            if each not in choosing.unsaid
        ),
    )


def stated(texts: Iterable[tuple[str, Location]]) -> tuple[Stated, ...]:
    """Return each (text, place) as a requirement that no condition stands beside."""
    return tuple(Stated(text=text, location=location) for text, location in texts)


def by_extra(
    items: Iterable[tuple[str, Iterable[Stated | Unsaid]]],
) -> tuple[dict[NormalizedName, tuple[Part, ...]], tuple[Part, ...]]:
    """Return the requirements of each extra, and those of all, from setuptools' keys: `extra:marker`.

    The oldest way to write a marker is an extra without a name: `:python_version < "3.8"`.
    """
    extras: dict[NormalizedName, list[Part]] = {}
    always: list[Part] = []
    for key, listed in items:
        name, _, marker = key.partition(":")
        of_name = extras.setdefault(canonicalize_name(name.strip()), []) if name.strip() else always
        of_name.extend(
            replace(each, marker=marker.strip()) if isinstance(each, Stated) else each for each in listed
        )
    return {extra: tuple(parts) for extra, parts in extras.items()}, tuple(always)


def _check(what: str, wanted: Iterable[str], known: Mapping[NormalizedName, object], path: str) -> None:
    for name in sorted(wanted):
        if name not in known:
            there = a_few(known)
            raise InputError(f"no {what} {shown(name)}; expected one of: {there}", path=escaped(path))


class _Choosing:
    """One walk over the declarations: what has been found so far."""

    def __init__(self, declarations: Declarations, folder: str) -> None:
        self._declarations = declarations
        self._folder = folder
        self._visited: set[tuple[str, str]] = set()
        self.found: dict[Requirement, None] = {}
        self.unsaid: dict[Unsaid, None] = {}

    def take_extra(self, name: str, marker: Marker | None, above: tuple[str, ...]) -> None:
        parts = self._declarations.extras.get(canonicalize_name(name), ())
        self._enter(f"extra {name}", parts, marker, above)

    def take_group(self, name: str, marker: Marker | None, above: tuple[str, ...]) -> None:
        parts = self._declarations.groups.get(canonicalize_name(name), ())
        self._enter(f"group {name}", parts, marker, above)

    def _enter(
        self, what: str, parts: tuple[Part, ...], marker: Marker | None, above: tuple[str, ...]
    ) -> None:
        key = (what, str(marker))
        if what not in above and key not in self._visited:
            self._visited.add(key)
            self.take(parts, marker, (*above, what))

    def take(self, parts: Iterable[Part], marker: Marker | None, above: tuple[str, ...]) -> None:
        """Take in *parts* as far as *marker* holds; *above* are the extras and groups that led here."""
        for part in parts:
            if len(above) > MAX_DEPTH or len(self._visited) > MAX_STEPS:
                limits = f"{MAX_DEPTH} deep and {MAX_STEPS:,} in all"
                raise failure(part.location, f"too many extras or groups; expected at most {limits}")
            match part:
                case Include():
                    self._include(part, marker, above)
                case Unsaid():
                    self.unsaid.setdefault(part)
                case Stated():
                    self._require(part, marker, above)

    def _include(self, part: Include, marker: Marker | None, above: tuple[str, ...]) -> None:
        if f"group {part.group}" in above:
            message = f"the dependency group {shown(part.group)} includes itself; expected no cycle"
            raise failure(part.location, message)
        if part.group not in self._declarations.groups:
            known = a_few(self._declarations.groups)
            message = f"include-group: no dependency group {shown(part.group)}; expected one of: {known}"
            raise failure(part.location, message)
        self.take_group(part.group, marker, above)

    def _require(self, part: Stated, marker: Marker | None, above: tuple[str, ...]) -> None:
        requirement = parse_pep508(part.text, location=part.location, folder=self._folder)
        try:
            conditions = [*([marker] if marker else []), *([Marker(part.marker)] if part.marker else [])]
        except (InvalidMarker, RecursionError):
            message = f"{shown(part.marker)} is not a marker; expected one such as python_version < '3.12'"
            raise failure(part.location, message) from None
        whole = requirement.marker
        for condition in conditions:
            whole = both(condition, whole, part.location)
        is_self = requirement.name is not None and requirement.name == self._declarations.name
        if not (is_self and isinstance(requirement.source, IndexSource)):
            self.found.setdefault(replace(requirement, marker=whole))
            return
        for extra in sorted(requirement.extras):
            if extra not in self._declarations.extras and self._declarations.unsaid:
                self.take(self._declarations.unsaid, marker, above)
                continue
            self._check_own(extra, part)
            self.take_extra(extra, whole, above)

    def _check_own(self, extra: str, part: Stated) -> None:
        if extra not in self._declarations.extras:
            known = a_few(self._declarations.extras)
            message = f"{shown(part.text)}: the project has no extra {shown(extra)}; expected one of: {known}"
            raise failure(part.location, message)
