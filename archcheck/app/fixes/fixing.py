"""From a plan to changed files: writes it into the user's files, on paper."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archcheck.app.trust_scope import files_of
from archcheck.encoding import encoding_of
from archcheck.errors import ArchcheckError, InputError, UsageError
from archcheck.files import absolute, beside, is_nameless
from archcheck.formats import REQUIREMENTS, row_of
from archcheck.inputs import kind_of, read_input
from archcheck.manifest.lock import Lock
from archcheck.platforms.targets import parse_target
from archcheck.remedy.edits.asked import asked_by
from archcheck.remedy.edits.compiled import compiled_by
from archcheck.remedy.edits.dispatch import edited
from archcheck.remedy.edits.hashes import hashes_by
from archcheck.remedy.edits.lines import replacements
from archcheck.remedy.edits.model import Edit, NotEditable
from archcheck.remedy.plans.ranges import range_for

if TYPE_CHECKING:
    from packaging.markers import Marker

    from archcheck.app.request import Request
    from archcheck.app.session import Opened
    from archcheck.model import Audit, Plan, Replacement
    from archcheck.remedy.edits.asked import Asked
    from archcheck.remedy.edits.compiled import Compiled


class FileChange(Struct, frozen=True, kw_only=True):
    """One file, as the input spells its `path`, and its bytes `before` (None: there is none) and `after`."""

    path: str
    before: bytes | None
    after: bytes


class Command(Struct, frozen=True, kw_only=True):
    """A command, and the folder (absolute) that its paths are seen from."""

    text: str
    folder: str


class Fixes(Struct, frozen=True, kw_only=True):
    """What a plan comes to: changed files, and what else is to be done.

    `commands` are those of the tool that owns a file (a lock, a compiled list), to be run after the change.
    `by_hand` is what no tool does, `refused` what could not be written, and why. `plan` is None where there
    is none to be made; `audit` is the one that it belongs to.
    """

    audit: Audit
    plan: Plan | None = None
    files: tuple[FileChange, ...] = ()
    commands: tuple[Command, ...] = ()
    by_hand: tuple[str, ...] = ()
    refused: tuple[str, ...] = field(default_factory=tuple)


class Fixing:
    """One plan on its way into copies of the files of one input."""

    def __init__(self, request: Request, opened: Opened, audit: Audit) -> None:
        self._request = request
        self._files = files_of(request)
        self._manifest = opened.manifest
        self._settings = opened.settings
        self._index = opened.index
        self._audit = audit
        self._target = parse_target(audit.target.id)
        self._refused: list[str] = []
        self._commands: list[Command] = []
        self._by_hand: list[str] = []
        self._sources: set[str] = set()

    def made(self, plan: Plan) -> Fixes:
        """Return what *plan* comes to."""
        manifest = self._manifest
        if is_nameless(manifest.path):
            raise UsageError("what is no file cannot be changed; name the file")
        asked = asked_by(
            self._told(plan),
            manifest,
            holds=self._holds,
            hashes=hashes_by(self._index),
            beside=self._beside(),
            outside=self._settings.constraints,
        )
        self._refused += asked.refused
        files = {path: self._read(path) for path in dict.fromkeys((*asked.edits, *asked.additions))}
        for path in list(files):
            self._source(path, asked, plan, files)
        found = [self._edited(path, data, asked) for path, data in files.items()]
        return Fixes(
            audit=self._audit,
            plan=plan,
            files=tuple(each for each in found if each is not None and each.after != each.before),
            commands=tuple(dict.fromkeys((*map(self._command, asked.commands), *self._commands))),
            by_hand=(*asked.by_hand, *self._by_hand),
            refused=tuple(dict.fromkeys(self._refused)),
        )

    def edits(self, plan: Plan) -> tuple[Replacement, ...]:
        """Return the lines that carry out *plan*; none where it takes more, or they may not be quoted.

        A line with an address may hold somebody's password.
        """
        try:
            made = self.made(plan)
        except ArchcheckError:
            return ()
        found = tuple(
            each
            for change in made.files
            for each in replacements(change.path, change.before or b"", change.after)
        )
        return () if made.refused or any("://" in each.old for each in found) else found

    def _told(self, plan: Plan) -> Plan:
        """Return *plan* with those who bring in what it bounds."""
        parents = {package.name: ", ".join(package.required_by[:3]) for package in self._audit.packages}
        changes = (
            replace(each, via=each.via or parents.get(each.package) or None)
            if each.kind == "constraint"
            else each
            for each in plan.changes
        )
        return replace(plan, changes=tuple(changes))

    def _holds(self, marker: Marker | None) -> bool:
        return any(self._target.on(each).holds(marker) for each in ("x86_64", "aarch64"))

    def _beside(self) -> str | None:
        """Return the manifest beside a lock; None where there is none, or the input is no lock."""
        if not isinstance(self._manifest, Lock):
            return None
        row = row_of(self._manifest.kind)
        name = row.manifest
        path = beside(self._manifest.path, f"{self._manifest.folder}/{name}") if name else None
        return path if path and self._files.is_file(absolute(self._request.cwd, path)) else None

    def _read(self, path: str) -> bytes:
        try:
            return self._files.read(absolute(self._request.cwd, path))
        except OSError as error:
            raise InputError(f"cannot be read again: {error.strerror}", path=path) from None

    def _kind(self, path: str) -> str:
        return self._manifest.kind if path == self._manifest.path else kind_of(path)

    def _edited(self, path: str, data: bytes, asked: Asked) -> FileChange | None:
        edits, additions = asked.edits.get(path, ()), asked.additions.get(path, ())
        try:
            after = edited(self._kind(path), data, tuple(edits), tuple(additions))
        except NotEditable as reason:
            if path in self._sources:
                wanted = ", ".join(each.becomes or f"{each.name}{each.specifier}" for each in edits)
                self._by_hand.append(f"ask for {wanted} in {path}: {reason}")
            else:
                self._refused.append(f"{path}: {reason}")
            return None
        return FileChange(path=path, before=data, after=after)

    def _source(self, path: str, asked: Asked, plan: Plan, files: dict[str, bytes]) -> None:
        """Look after what *path* is compiled of, or into: the sources change with it where they have to."""
        if self._kind(path) != REQUIREMENTS.kind:
            return
        pins = dict.fromkeys(f"{each.package}=={each.to}" for each in plan.changes if _moves(each.kind))
        if path.endswith(".in"):
            self._commands += self._compiling(path, tuple(pins))
            return
        compiled = compiled_by(_text(files[path]))
        if compiled is None:
            return
        self._commands.append(self._compiling_again(compiled, path, tuple(pins)))
        written = set(files)
        for name in compiled.sources:
            source = self._named(compiled, path, name)
            if source is None or source == path:
                continue
            for edit in self._of_source(source, plan):
                files.setdefault(edit[0], self._read(edit[0]))
                asked.edit(*edit)
                if edit[0] not in written:
                    self._sources.add(edit[0])

    def _command(self, text: str, path: str | None = None) -> Command:
        """Return the command *text*, for the folder of *path* or of the input."""
        file = absolute(self._request.cwd, path or self._manifest.path)
        return Command(text=text, folder=absolute(file, ".."))

    def _compiling_again(self, compiled: Compiled, path: str, pins: tuple[str, ...]) -> Command:
        """Return the command that compiled *path*: for here, where its files are named from here."""
        command = self._command(compiled.upgrading(pins), path)
        return replace(command, folder=self._request.cwd) if self._is_here(compiled, path) else command

    def _is_here(self, compiled: Compiled, path: str) -> bool:
        """Return whether *path* was compiled in the current folder, and not in its own.

        From there the command's own name for it leads to it; where it has none, what it read is there.
        """
        if compiled.output:
            here = absolute(self._request.cwd, compiled.output)
            return here == absolute(self._request.cwd, path)
        own = any(self._is_file(beside(path, name)) for name in compiled.sources)
        return not own and any(map(self._is_file, compiled.sources))

    def _named(self, compiled: Compiled, path: str, name: str) -> str | None:
        """Return the file that the command which *compiled* the list at *path* calls *name*."""
        found = name if self._is_here(compiled, path) else beside(path, name)
        return found if self._is_file(found) else None

    def _is_file(self, path: str) -> bool:
        return self._files.is_file(absolute(self._request.cwd, path))

    def _of_source(self, source: str, plan: Plan) -> list[tuple[str, Edit]]:
        """Return the edits to a compiled list's *source* whose own range leaves out what the plan takes."""
        request = self._request
        try:
            stated = read_input(source, environ=request.environ, cwd=request.cwd, files=self._files)
        except (InputError, UsageError):
            return []
        if isinstance(stated, Lock):
            return []
        found: list[tuple[str, Edit]] = []
        for change in plan.changes:
            name = canonicalize_name(change.package)
            for line in stated.requirements:
                if line.name != name or not self._holds(line.marker):
                    continue
                if change.kind == "replace":
                    edit = Edit(name=name, becomes=change.to, line=line.location.line)
                    found.append((line.location.path, edit))
                elif _moves(change.kind) and not line.specifier.contains(change.to, prereleases=True):
                    specifier = range_for(line.specifier, Version(change.to), _version(change.from_))
                    edit = Edit(name=name, specifier=str(specifier), line=line.location.line)
                    found.append((line.location.path, edit))
        return found

    def _compiling(self, path: str, pins: tuple[str, ...]) -> list[Command]:
        """Return the command that compiles *path*: as the list beside it says, else that for the input."""
        listed = f"{path.removesuffix('.in')}.txt"
        if self._is_file(listed):
            compiled = compiled_by(_text(self._read(listed)))
            names = [PurePath(source).name for source in compiled.sources] if compiled else []
            if compiled and PurePath(path).name in names:
                return [self._compiling_again(compiled, listed, pins)]
        main = self._manifest.path
        return (
            [self._command(f"pip-compile {shlex.quote(PurePath(main).name)}")] if main.endswith(".in") else []
        )


def _text(data: bytes) -> str:
    """Return the text of *data*, which pip could read; of what it could not, what is left of it."""
    try:
        return encoding_of(data).decoded(data)
    except (LookupError, UnicodeError):
        return data.decode("latin-1")


def _moves(kind: str) -> bool:
    return kind in {"version", "constraint"}


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None
