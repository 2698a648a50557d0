"""Whether what is built already runs on a machine: its native files against it, distribution by distribution.

The files are the truth, and the tags of a WHEEL file what is left where they were not read. Files for other
systems and processors are no mistake where they have a twin for this one, or where the distribution is for
any machine and its Python code chooses among them (setuptools brings Windows' launchers everywhere).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.inspect.native_files import Mismatch, has_twin, mismatch, python_of, use_of
from archcheck.judge.comparison import Side
from archcheck.manifest.distribution import IndexFile
from archcheck.model import Status
from archcheck.platforms.wheel_tags import Fit, Miss, MissKind, fit, nearest
from archcheck.resolve.model import Chosen, Pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.binaries.model import NativeFile
    from archcheck.manifest.built import Part, Tree
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Edge

_MANY = {"is": "are", "needs": "need", "names": "name"}
_LIBC = {MissKind.LIBC_TOO_NEW, MissKind.OTHER_LIBC}


class Unfit(Struct, frozen=True, kw_only=True):
    """A native file that does not load on a machine. `blocks` tells whether an import fails by it.

    `path` is the file's, or empty where the tags of the distribution as a whole say so.
    """

    path: str
    mismatch: Mismatch
    blocks: bool


def unfit(natives: Sequence[NativeFile], tags: Sequence[str], machine: Machine) -> tuple[Unfit, ...]:
    """Return which of one distribution's *natives* do not load on *machine*, and why.

    *tags* are those of its WHEEL file; none where the files belong to no distribution.
    """
    judged = [(native, _mismatch(native, machine)) for native in natives]
    fitting = [native for native, found in judged if found is None]
    found = [
        Unfit(path=native.path, mismatch=wrong, blocks=_blocks(native, tags))
        for native, wrong in judged
        if wrong is not None and _counts(native, tags) and not has_twin(native, fitting)
    ]
    if not any(each.blocks for each in found) and (by_tag := _by_tags(fitting, tags, machine)):
        found.append(Unfit(path="", mismatch=by_tag, blocks=True))
    return tuple(found)


def _mismatch(native: NativeFile, machine: Machine) -> Mismatch | None:
    target = machine.target
    wrong = mismatch(native, machine.architecture, target.libc)
    python = python_of(native.path)
    if wrong is None and python is not None and python != target.python.abi:
        return Mismatch(kind="python", needs=python, has=target.python.abi, says=f"is for {python}")
    return wrong


def _any(tags: Sequence[str]) -> bool:
    return bool(tags) and all(tag.endswith("-any") for tag in tags)


def _counts(native: NativeFile, tags: Sequence[str]) -> bool:
    """Return whether it is a mistake that *native* is not for the machine.

    Of a distribution for Linux or for any machine, files for other systems are for users of those.
    """
    if native.format == "elf" or use_of(native.path) == "extension" or not tags:
        return True
    return not any("linux" in tag or tag.endswith("-any") for tag in tags)


def _blocks(native: NativeFile, tags: Sequence[str]) -> bool:
    """Return whether importing fails without it: a program, or a library loaded by choice, is a helper."""
    match use_of(native.path):
        case "extension":
            return True
        case "library":  # debugpy, for any machine, has attach_linux_amd64.so for its debugger alone
            return not _any(tags)
        case "program":
            return False


def _by_tags(fitting: Sequence[NativeFile], tags: Sequence[str], machine: Machine) -> Mismatch | None:
    """Return what the tags say against the machine that no file tells: its Python, and a libc not read.

    The processor is not among it: where no file is for another one, the tag alone breaks nothing.
    """
    verdicts = [fit(f"x-1-{tag}.whl", machine) for tag in tags]
    misses = [each for each in verdicts if isinstance(each, Miss)]
    if not tags or len(misses) < len(verdicts):
        return None
    near = nearest(misses)
    target = machine.target
    if near is None:
        return None
    if near.kind is MissKind.PYTHON_OR_ABI:
        says = f"is for {near.needs} by its tags"
        return Mismatch(kind="python", needs=near.needs, has=target.python.abi, says=says)
    if near.kind in _LIBC and any(native.needs is None for native in fitting):
        says = f"needs {near.needs} by its tags"
        return Mismatch(kind="libc", needs=near.needs, has=str(target.libc), says=says)
    return None


def told(found: Sequence[Unfit]) -> str:
    """Return what is wrong with some files in one sentence: "3 native files are for x86_64"."""
    parts = []
    for says, count in Counter(each.mismatch.says for each in found).items():
        paths = [each.path for each in found if each.mismatch.says == says and each.path]
        if count > 1:
            verb, _, rest = says.partition(" ")
            parts.append(f"{count} native files {_MANY.get(verb, verb)} {rest}")
        else:
            parts.append(f"{paths[0] if paths else 'it'} {says}")
    return "; ".join(parts)


def side_of_part(
    part: Part | None, tree: Tree | None, machine: Machine, edges: tuple[Edge, ...] = ()
) -> Side:
    """Return what *part*, a distribution of *tree*, is on *machine*, as it lies there."""
    if tree is None or part is None:
        status = Status.MISSING if tree is None else Status.NOT_REQUIRED
        reason = f"the image has no platform linux/{machine.architecture}" if tree is None else None
        return Side(machine=machine, status=status, reason=reason)
    stops = [each for each in unfit(part.natives, part.tags, machine) if each.blocks]
    loaded = any(_mismatch(native, machine) is None for native in part.natives)
    status = Status.MISSING if stops else Status.WHEEL if loaded else Status.PURE_WHEEL
    file = _file(part, machine)
    pick = Pick(
        name=part.name,
        version=part.version,
        file=file,
        release=(file,) if file else (),
        problem=told(stops) or None,
    )
    chosen = Chosen(pick=pick, wanted_by=edges)
    return Side(machine=machine, status=status, chosen=chosen, reason=pick.problem, contents=part.contents)


def _file(part: Part, machine: Machine) -> IndexFile | None:
    """Return the wheel that the distribution was installed from, as its WHEEL file has it."""
    if not part.tags:
        return None
    stem = f"{str(part.name).replace('-', '_')}-{part.version}"
    names = [f"{stem}-{tag}.whl" for tag in part.tags]
    best = next((name for name in names if isinstance(fit(name, machine), Fit)), names[0])
    return IndexFile(filename=best, url="")
