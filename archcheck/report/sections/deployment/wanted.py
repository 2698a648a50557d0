"""What an installer is told, and what has to lie there for it, by the kind of the input."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from archcheck.files import is_nameless
from archcheck.formats import FORMATS, row_of
from archcheck.manifest.surroundings import Surroundings
from archcheck.model import Status
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from archcheck.formats import Format
    from archcheck.model import Audit

WRITTEN = "requirements.txt"
_PINNED = "requirements-arm64.txt"  # nobody has a file of that name yet


class Wanted(Struct, frozen=True, kw_only=True):
    """What installs the set. Paths are seen from the folder in which the recipe is carried out.

    `first` is the command that writes what is installed from, and `text` says what to know of it. `tool` is
    whose `install` gets the `words`, which read the files and folders `reads` (`./` is everything). After
    that `projects` are installed by themselves, without what they depend on.
    """

    words: tuple[str, ...]
    reads: tuple[str, ...]
    tool: Literal["pip", "uv"] = "pip"
    first: str = ""
    text: str = ""
    projects: tuple[str, ...] = ()


def around(audit: Audit) -> Surroundings:
    """Return what lies around the input; of an older result as much as its path tells."""
    if audit.surroundings is not None:
        return audit.surroundings
    if is_nameless(audit.input.path):
        return Surroundings(folder=".", input=_PINNED)
    folder, _, name = audit.input.path.replace("\\", "/").rpartition("/")
    return Surroundings(folder=folder or ".", input=name, packaged=row_of(audit.input.kind).pip == ".")


def wanted(audit: Audit) -> Wanted:
    """Return what installs the packages of *audit*, as they are in it."""
    row, here = row_of(audit.input.kind), around(audit)
    if is_nameless(audit.input.path):
        return _pinned(audit)
    if row.pip == "-r":
        return _of_requirements(here)
    extras = audit.input.extras or here.extras
    if row.pip == "." and here.packaged and not (row.unpackaged and here.all_extras):
        project = _dotted(here.project) + (f"[{','.join(extras)}]" if extras else "")
        groups = [word for name in here.groups for word in ("--group", name)]
        return Wanted(words=(project, *groups), reads=("./",))
    command = _export(row, here, audit)
    if command:
        written = f"{_bare(here.project)}{WRITTEN}"
        apart = tuple(map(_dotted, here.local)) if row.of_local else ()
        return Wanted(
            first=_in_folder(here.project, f"{command}{row.of_local if apart else ''}"),
            words=("-r", written),
            reads=(written,) if apart else (written, *here.local),
            tool=row.tool,
            projects=(*apart, _dotted(here.project)) if here.packaged else apart,
        )
    if row.tool == "uv":
        return Wanted(words=("-r", here.input), reads=(here.input, *here.local), tool="uv")
    return _pinned(audit)


def pins(audit: Audit) -> tuple[str, ...]:
    """Return the whole set for aarch64 as requirements; none where a version is not known."""
    results = {each.name: each.on("aarch64") for each in audit.packages}
    needed = {name: result for name, result in results.items() if result.status is not Status.NOT_REQUIRED}
    if not all(result.version for result in needed.values()):
        return ()
    return tuple(clean(f"{name}=={result.version}") for name, result in needed.items())


def _of_requirements(here: Surroundings) -> Wanted:
    words = ["-r", here.input]
    for each in here.constraints:
        words += ["-c", each]
    reads = dict.fromkeys((here.input, *here.included, *here.constraints, *here.local))
    return Wanted(words=tuple(words), reads=("./",) if "./" in reads else tuple(reads))


def _export(row: Format, here: Surroundings, audit: Audit) -> str:
    """Return the command that writes requirements.txt: of a project without a lock, its tool locks first."""
    command = row.export
    if row.unpackaged:
        own = next((each for each in FORMATS if each.names == (f"{here.tool}.lock",)), None)
        command = f"{own.relock}\n{own.export}" if own else row.unpackaged
        row = own or row
    if not command:
        return ""
    member = audit.input.package
    path = here.input.rpartition("/")[2]
    given = {
        "{path}": path,
        "{script}": path.removesuffix(".lock"),
        "{member}": member or "",
    }
    for name, value in given.items():
        command = command.replace(name, shlex.quote(clean(value)))
    if member:
        command += row.of_member.replace("{member}", shlex.quote(clean(member)))
    return command + _chosen(row, here, audit.input.extras)


def _chosen(row: Format, here: Surroundings, extras: tuple[str, ...]) -> str:
    """Return the options for what was chosen; *extras* are those of several that exclude each other."""
    some = [(row.of_extra, each) for each in extras or here.extras]
    some += [(row.of_group, each) for each in here.groups]
    said = "".join(option.replace("{name}", shlex.quote(clean(name))) for option, name in some)
    return said + (row.of_all_extras if here.all_extras and not extras else "")


def _pinned(audit: Audit) -> Wanted:
    """Return the set written down by archcheck: what no tool writes for an installer."""
    listed = pins(audit)
    if not listed:
        text = f"As {_PINNED}, with the tool that made the file."
        return Wanted(text=text, words=("-r", _PINNED), reads=(_PINNED,))
    return Wanted(
        first="\n".join((f"cat > {_PINNED} <<'END'", *listed, "END")),
        text="They are the versions that were audited, with all that they bring in.",
        words=("-r", _PINNED),
        reads=(_PINNED,),
    )


def _in_folder(project: str, command: str) -> str:
    """Return *command*, each line of it run in the folder *project*."""
    if project == "./":
        return command
    lines = (
        line if line.startswith("#") else f"(cd {shlex.quote(clean(project))} && {line})"
        for line in command.splitlines()
    )
    return "\n".join(lines)


def _dotted(project: str) -> str:
    """Return the folder *project* so that an installer takes it for one: `.`, or `./services/api`."""
    return "." if project == "./" else f"./{project.removesuffix('/')}"


def _bare(project: str) -> str:
    return "" if project == "./" else project
