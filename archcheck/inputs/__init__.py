"""What people keep their dependencies in: a module for each kind, or a package for each tool. Internal."""

from __future__ import annotations

import re
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from archcheck import formats
from archcheck.errors import InputError
from archcheck.files import STDIN, Disk, Files, absolute, beside
from archcheck.inputs.parsing.input_file import Remembering
from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.inputs.quoting import ProjectFiles
from archcheck.inputs.refused import name_fits, refusal, unread
from archcheck.manifest.manifest import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from archcheck.formats import Format
    from archcheck.inputs.uv.membership import Member
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest, Requirement

__all__ = ["CALLED", "Disk", "Files", "kind_of", "named", "read_constraints", "read_input"]

_INTERPRETER: Final = r"(?i)(?:bin|scripts)[/\\](?:python|pypy)[0-9.]*t?(?:\.exe)?$"

CALLED: Final[Mapping[str, str]] = {
    ".gz": "archive",
    ".yml": "yaml",
}


def kind_of(path: str) -> str:
    """Return the kind of the input at *path*, as its name tells it.

    Where it tells nothing, that is a requirements file; where its suffix promises something else, it is the
    word for that, which is no kind.
    """
    told = named(path)
    if told is not None:
        return told
    suffix = PurePath(path).suffix.lower()
    if suffix in formats.SCRIPT.suffixes:  # whose reader says what it has not
        return formats.SCRIPT.kind
    if suffix in CALLED or _is_shared(suffix):
        return CALLED.get(suffix, suffix.removeprefix("."))
    return formats.REQUIREMENTS.kind


def named(path: str) -> str | None:
    """Return what the whole name says that the input at *path* is; None where it says nothing."""
    name = PurePath(path).name.lower()
    for each in formats.FORMATS:
        if name_fits(name, (pattern.lower() for pattern in (*each.names, *each.called))):
            return each.kind
    if "py" in name and re.search(_INTERPRETER, path):
        return formats.ENVIRONMENT.kind
    return unread(path)


def _is_shared(suffix: str) -> bool:
    """Return whether files with *suffix* may be of several kinds, which only their text tells apart."""
    return any(suffix in each.suffixes for each in formats.FORMATS)


def read_input(
    path: str,
    kind: str | None = None,
    *,
    environ: Mapping[str, str],
    cwd: str,
    files: Files | None = None,
    selection: Selection | None = None,
) -> Manifest | Lock:
    """Return the manifest or lock at *path*, read as *kind* or as what its name, else its text, tells.

    Of a folder, the file is read that the table of formats puts first; a project that is a member of a locked
    workspace is read from that lock. *selection* says which extras, groups and member are meant; none by
    default. Raises InputError where it cannot be read, and for a kind that is not
    known; UsageError for a folder with nothing to read.
    """
    opened, chosen = files or Disk(), selection or Selection()
    notes: list[str | None] = []
    named, is_told = path, kind is None
    if kind == formats.ENVIRONMENT.kind:
        from archcheck.inputs.discovery import kind_of_place  # noqa: PLC0415 - as below

        kind = kind_of_place(absolute(cwd, path), opened)
    elif kind is None and path != STDIN and opened.is_folder(absolute(cwd, path)):
        from archcheck.inputs.discovery import discover  # noqa: PLC0415 - where no file is named

        found = discover(path, files=opened, cwd=cwd)
        path, kind = found.path, found.kind
        notes.append(found.note)
    if kind is None:
        opened = Remembering(opened)
        kind = _told(path, opened, cwd)
        project = _project(path, formats.row_of(kind), opened, cwd, is_found=path != named)
        if project is not None and (member := project(chosen.package)) is not None:
            path, kind = member.path, kind_of(member.path)
            notes.append(member.note)
            chosen = replace(chosen, package=member.package)
    row = formats.row_of(kind)
    if is_told and row.locked and path != STDIN and opened.is_file(absolute(cwd, f"{path}{row.locked}")):
        notes.append(f"{escaped(path)}: its lock beside it is audited, {escaped(path)}{row.locked}")
        path = f"{path}{row.locked}"
        row = formats.row_of(kind_of(path))
    if not row.reader:
        raise refusal(path, kind, is_told=is_told, files=opened, cwd=cwd)
    read = _read(row, path, files=opened, environ=environ, cwd=cwd, selection=chosen)
    return _of_row(read, row, [*filter(None, notes), *_without_effect(path, row, chosen)])


def _project(
    path: str, row: Format, files: Files, cwd: str, *, is_found: bool
) -> Callable[[str], Member | None] | None:
    """Return what finds the lock of the workspace that the project of the file at *path* is a member of.

    None where there is no such project. A lock that was named is read itself; one that was only *found* in a
    member's folder is none of uv's business.
    """
    project = beside(path, row.manifest) if row.manifest and is_found else path
    if not row.member_of or path == STDIN or (row.manifest and not is_found):
        return None
    return partial(_function(row.member_of), project, files=files, cwd=cwd)


def _of_row(read: Manifest | Lock, row: Format, notes: Sequence[str]) -> Manifest | Lock:
    """Return what was *read* with what its row of the table of formats says, and *notes*."""
    options = replace(read.options, installer=row.installer) if row.installer else read.options
    found = replace(read, kind=row.kind, options=options, warnings=(*notes, *read.warnings))
    others = getattr(read, "others", ())  # which a lock may have
    return replace(found, others=tuple(_of_row(each, row, notes) for each in others)) if others else found


def _read(
    row: Format,
    path: str,
    *,
    files: Files,
    environ: Mapping[str, str],
    cwd: str,
    selection: Selection,
) -> Manifest | Lock:
    """Return what is read of *path*; what is said of it quotes nothing from outside of its project."""
    reader = _reader(row)
    if row.installed or row.built:  # they name no files: what is there is looked through
        return reader(path, files=files, environ=environ, cwd=cwd, selection=selection)
    project = ProjectFiles(files, path, cwd)
    try:
        read = reader(path, files=project, environ=environ, cwd=cwd, selection=selection)
    except InputError as error:
        raise project.discreet(error) from None
    return project.discreetly(read)


def _reader(row: Format) -> Callable[..., Manifest | Lock]:
    """Return the reader of a format, its module imported now: most runs read one format."""
    found: Callable[..., Manifest | Lock] = _function(row.reader)
    return found


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(f"archcheck.inputs.{module}"), attribute)
    return found


def _without_effect(path: str, row: Format, selection: Selection) -> Iterator[str]:
    """Yield a note where extras, groups or a member are selected of what has none: they may be another's."""
    named = sorted(selection.extras | selection.groups)
    if named and not row.has_extras:
        yield f"{escaped(path)} has no extras and no groups: {shown(', '.join(named))} is of no effect there"
    if selection.package and not row.member_of:
        yield f"{escaped(path)} is of no workspace: {shown(selection.package)} is of no effect there"


def _told(path: str, files: Files, cwd: str) -> str:
    """Return the kind of the input at *path* by its name or, where that leaves it open, by its text."""
    suffix = PurePath(path).suffix.lower()
    if path != STDIN and (named(path) is not None or not _is_shared(suffix)):
        return kind_of(path)
    from archcheck.inputs.sniff import sniff  # noqa: PLC0415 - where a name leaves it open

    sniffed = sniff(path, files=files, cwd=cwd)
    # A list of packages may be called anything but `x.toml`: that was meant to be something else.
    unlike = sniffed == formats.REQUIREMENTS.kind and suffix not in formats.REQUIREMENTS.suffixes
    return kind_of(path) if unlike else sniffed


def read_constraints(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, beside: str = ""
) -> tuple[Requirement, ...]:
    """Return the constraints in the file at *path*, as `-c` on a command line means them.

    Settings name such files too. Where *beside* is the path of an input, errors quote what is in its project.
    """
    from archcheck.inputs.requirements.reader import read_constraints as read  # noqa: PLC0415 - as readers

    project = ProjectFiles(files, beside or path, cwd)
    try:
        return read(path, files=project, environ=environ, cwd=cwd)
    except InputError as error:
        raise project.discreet(error) from None
