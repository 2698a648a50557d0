"""From a plan to what is to be written where: each change in the lines that state its package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.formats import row_of
from archcheck.judge.rules.lock_omits_wheel import AARCH64
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import IndexSource, Location
from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting
from archcheck.remedy.edits.ranges import tidy
from archcheck.remedy.edits.requirement import head_of
from archcheck.resolve.versions import is_pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from archcheck.formats import Format
    from archcheck.manifest.lock import LockedDependency
    from archcheck.manifest.manifest import Manifest
    from archcheck.manifest.manifest import Requirement as Stated
    from archcheck.model import Change, Plan

    Hashes = Callable[[NormalizedName, str], tuple[str, ...]]
    Holds = Callable[[Marker | None], bool]

_BY_NAME = "by name, not by URL"


class Asked(Struct, kw_only=True):
    """What is to be written into which file, and what else is to be done.

    `edits` and `additions` are by the paths of files, as the input spells them. `commands` are those of the
    tool that wrote a lock, `by_hand` says what no tool does, and `refused` what cannot be written, and why.
    """

    edits: dict[str, list[Edit]]
    additions: dict[str, list[Addition | Setting]]
    commands: list[str]
    by_hand: list[str]
    refused: list[str]

    def edit(self, path: str, edit: Edit) -> None:
        """Have *edit* made in *path*, once."""
        found = self.edits.setdefault(path, [])
        if edit not in found:
            found.append(edit)

    def add(self, path: str, addition: Addition | Setting) -> None:
        """Have *addition* made in *path*."""
        self.additions.setdefault(path, []).append(addition)


def asked_by(
    plan: Plan,
    manifest: Manifest | Lock,
    *,
    holds: Holds,
    hashes: Hashes,
    beside: str | None = None,
    outside: Iterable[str] = (),
) -> Asked:
    """Return what *plan* asks to be written for *manifest*.

    *holds* tells of a marker whether it holds on the target. *hashes* are those of all files of a version.
    *beside* is the manifest of a lock, and *outside* are files that the user's settings name: they are for
    all projects, and not edited.
    """
    writing = _Writing(manifest, holds, hashes, beside, frozenset(outside))
    for change in _joined(plan.changes):
        writing.take(change)
    writing.finish()
    return writing.asked


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Return *changes* with what moves a package on, which another change has put there, in that change."""
    found: list[Change] = []
    for change in changes:
        at = next((n for n, each in enumerate(found) if _successor(each) == change.package), None)
        if at is None or change.kind not in {"version", "constraint"}:
            found.append(change)
            continue
        new = Requirement(found[at].to)
        new.specifier = SpecifierSet(change.specifier)
        found[at] = replace(found[at], to=_written(new), specifier=change.specifier)
    return found


def _written(requirement: Requirement) -> str:
    """Return *requirement* as people write it, its range in their order."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{tidy(requirement.specifier)}"


def _successor(change: Change) -> NormalizedName | None:
    if change.kind != "replace":
        return None
    try:
        return canonicalize_name(Requirement(change.to).name)
    except InvalidRequirement:
        return None


class _Writing:
    """One plan on its way into the files of one input."""

    def __init__(
        self,
        manifest: Manifest | Lock,
        holds: Holds,
        hashes: Hashes,
        beside: str | None,
        outside: frozenset[str],
    ) -> None:
        self._manifest = manifest
        self._row: Format = row_of(manifest.kind)
        self._holds = holds
        self._hashes = hashes
        self._beside = beside
        self._outside = outside
        self._locks_anew = False
        self._pins: list[str] = []
        self._names: list[str] = []
        self.asked = Asked(edits={}, additions={}, commands=[], by_hand=[], refused=[])

    def take(self, change: Change) -> None:
        """Take in one change; what cannot be written is said among `refused`."""
        if change.kind == "target":
            self.asked.by_hand.append(f"deploy on {change.to} instead of {change.from_}")
        elif change.kind == "build":
            takes = f"; {change.via}" if change.via else ""
            self.asked.by_hand.append(f"build {change.package} {change.to} for aarch64{takes}")
        else:
            try:
                if isinstance(self._manifest, Lock):
                    self._in_lock(change, self._manifest)
                else:
                    self._in_manifest(change, self._manifest)
            except NotEditable as reason:
                self.asked.refused.append(str(reason))
        if change.code:
            self.asked.by_hand.append(
                f"change your code with it: {change.to} takes the place of {change.package}"
            )

    def finish(self) -> None:
        """Say what makes the lock again."""
        if not isinstance(self._manifest, Lock) or not (self._pins or self._locks_anew):
            return
        move, path = self._row.move, self._manifest.path
        if not move:
            pins = f" with {', '.join(self._pins)}" if self._pins else ""
            self.asked.by_hand.append(f"make {path} again{pins}, with the tool that wrote it")
            return
        if "--upgrade-package" in move:  # uv's goes on a line once for each package
            command, _, option = move.partition(" --")
            options = "".join(f" --{option.format(pin=pin)}" for pin in self._pins)
            self.asked.commands.append(f"{command}{options}")
            return
        if self._locks_anew:
            self.asked.commands.append(self._row.relock)
        for name, pin in zip(self._names, self._pins, strict=True):
            command = move.format(name=name, pin=pin)
            if command not in self.asked.commands:
                self.asked.commands.append(command)

    def _in_manifest(self, change: Change, manifest: Manifest) -> None:
        name = canonicalize_name(change.package)
        if change.kind == "constraint":
            self._bound(change, manifest, name)
            return
        every = (*manifest.requirements, *manifest.constraints, *manifest.overrides)
        lines = [line for line in every if line.name == name and self._holds(line.marker)]
        if change.kind == "replace":
            gone = any(line.name == _successor(change) for line in manifest.requirements)
            becomes = "" if gone else _written(Requirement(change.to))
            for line in lines:
                self._edit(line, Edit(name=name, becomes=becomes), change)
            return
        by_name = change.via == _BY_NAME
        indexed = [line for line in lines if isinstance(line.source, IndexSource)]
        lines = lines if by_name or not indexed else indexed
        # A line that admits what is to come says nothing against it; and a pin stays one.
        shut = [line for line in lines if not line.specifier.contains(change.to, prereleases=True)]
        for line in shut if shut and not by_name else lines:
            head = head_of(line.text)
            if not isinstance(line.source, IndexSource) and head is not None and not head.pointed:
                raise NotEditable(f"where {name} comes from is said elsewhere than at {line.location}")
            specifier = f"=={change.to}" if is_pinned(line.specifier) else change.specifier
            self._edit(line, Edit(name=name, specifier=specifier, by_name=by_name), change)
        if not lines:
            raise NotEditable(f"{manifest.path} does not ask for {name}")

    def _edit(self, line: Stated, edit: Edit, change: Change) -> None:
        if line.location.path in self._outside:
            raise NotEditable(f"{line.location} is not of this project, and states {edit.name}")
        hashes: tuple[str, ...] = ()
        if line.hashes and edit.becomes != "":
            hashes = self._hashes(*_pinned(edit.becomes, change))
        self.asked.edit(line.location.path, replace(edit, line=line.location.line, hashes=hashes))

    def _bound(self, change: Change, manifest: Manifest, name: NormalizedName) -> None:
        """State a bound: where constraints are kept, if they are, else by the means of the input itself.

        Where packages have hashes, all of them must: a line of its own then.
        """
        hashed = manifest.options.require_hashes or any(line.hashes for line in manifest.requirements)
        kept = [
            line.location.path
            for line in manifest.constraints
            if line.location.path not in self._outside and row_of(manifest.kind).pip == "-r"
        ]
        hashes = self._hashes(name, change.to) if hashed else ()
        path = kept[0] if kept and not hashed else manifest.path
        bound = Addition(name=name, specifier=change.specifier, hashes=hashes, why=_why(change))
        self.asked.add(path, bound)

    def _in_lock(self, change: Change, lock: Lock) -> None:
        name = canonicalize_name(change.package)
        if change.kind == "relock" and self._row.demands and self._beside is not None:
            table, _, key = self._row.demands.partition(" ")
            setting = Setting(table=table.strip("[]"), key=key, item=AARCH64.strip('"'))
            self.asked.add(self._beside, setting)
            self._locks_anew = True
            return
        if change.kind == "version":
            for place in self._places(lock.requirements, name, lock.path):
                self.asked.edit(place.path, Edit(name=name, specifier=change.specifier, line=place.line))
            self._locks_anew = True
            if "--upgrade-package" not in self._row.move:
                return
        if change.kind == "relock":
            self._locks_anew = True
            return
        self._names.append(name)
        self._pins.append(f"{name}=={change.to}")

    def _places(
        self, edges: Sequence[LockedDependency], name: NormalizedName, lock: str
    ) -> Iterator[Location]:
        """Yield where the project states *name*: a manifest beside the lock."""
        places = [each.location for each in edges if each.name == name and self._holds(each.marker)]
        stated = [place for place in places if place is not None and place.path != lock]
        if stated:
            yield from stated
        elif self._beside is not None:
            yield Location(path=self._beside)
        else:
            raise NotEditable(f"no manifest beside {lock} to change {name} in")


def _pinned(becomes: str | None, change: Change) -> tuple[NormalizedName, str]:
    """Return the package, and the one version of it, that a line is to ask for."""
    if becomes is None:
        return canonicalize_name(change.package), change.to
    new = Requirement(becomes)
    pins = [each.version for each in new.specifier if each.operator == "=="]
    if len(pins) != 1:
        raise NotEditable(f"{becomes} is no pin, and the line that it goes to lists hashes")
    return canonicalize_name(new.name), pins[0]


def _why(change: Change) -> str:
    via = f", brought in by {change.via}" if change.via else ""
    return f"{change.package} is bounded for aarch64{via}"
