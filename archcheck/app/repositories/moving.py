"""Which deployables of a repository move to arm64 today, and by which lines, all at once. No I/O."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.model import Deployable, Replacement

READY = frozenset({"ready", "nothing-to-audit"})
_IN_ONE_LINE = "others change the same line: once that is written, archcheck fix . changes it for this one"


def planned_moves(deployables: Iterable[Deployable]) -> tuple[Deployable, ...]:
    """Return *deployables* with the lines that they change where all that can move today does.

    What states it for several at once (`common`) changes there where all of these move. What moves only
    together with others that do not changes nothing, and says whom it `waits` for. A layer that says nothing
    of an architecture needs no line: it moves where what it holds installs on arm64. Two that write different
    things into one line, as in JSON without line ends, do not move at once. Each has its `standing` then.
    Planned again all stays as it is.
    """
    every = list(deployables)
    fit = {(_where(one), one.name) for one in every if _is_untold_layer(one) and can_move(one)}
    unfit = {(_where(one), one.name) for one in every if _is_untold_layer(one)} - fit
    folders = _folders(every)
    able = {number for number, one in enumerate(every) if one.edits and _is_able(one)}
    chosen: dict[int, Deployable] = {}
    left = -1
    while left != len(able):
        left = len(able)
        names = {(_where(every[number]), _name(every[number])) for number in able}
        lines: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        chosen = {number: _at_once(every[number], names) for number in sorted(able)}
        able = {
            number
            for number, one in chosen.items()
            if not _waits(one, names | _served(one, fit), folders)
            and all(_fits(each, lines[each.path]) for each in one.edits)
        }
    names = {(_where(every[number]), _name(every[number])) for number in able}
    for number, one in enumerate(every):
        if number in able:
            every[number] = _without(chosen[number], fit, folders)
        elif one.edits and _is_able(one):
            left_here = _left(one, _waits(one, names | _served(one, fit), folders))
            every[number] = _without(left_here, fit, folders)
        elif can_move(one) and one.kind != "layer" and not one.waits:
            waits = tuple(name for name in one.together if _places(one, name, folders) & unfit)
            every[number] = _without(replace(one, waits=waits), fit, folders)
    return tuple(replace(one, common=None, standing=one.stands) for one in every)


def can_move(deployable: Deployable) -> bool:
    """Return whether *deployable* runs elsewhere today, and nothing of its own keeps it from arm64."""
    recommendation = deployable.recommendation
    there = is_there(deployable) or deployable.kind == "project"
    return (
        recommendation is not None
        and recommendation.code in READY
        and not recommendation.costs_more
        and not deployable.is_blocked
        and not there
    )


def is_there(deployable: Deployable) -> bool:
    """Return whether *deployable* runs on arm64 today."""
    return deployable.architecture == "arm64"


def _is_able(one: Deployable) -> bool:
    return can_move(one) or is_there(one)


def _is_untold_layer(one: Deployable) -> bool:
    """Return whether *one* is a layer of which no file says an architecture."""
    return one.kind == "layer" and one.architecture == "unknown"


def _served(one: Deployable, fit: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those layers of *fit* that load on arm64 for *one*; none where AC020 says otherwise of one."""
    return set() if any(each.rule == "AC020" for each in one.findings) else fit


def _without(one: Deployable, fit: set[tuple[str, str]], folders: Mapping[str, set[str]]) -> Deployable:
    """Return *one*, which does not say of layers in *fit* that it moves with them: these stay as they are."""
    served = _served(one, fit) if one.kind != "layer" else set()
    together = tuple(each for each in one.together if not _places(one, each, folders) <= served)
    return replace(one, together=together)


def _at_once(one: Deployable, names: set[tuple[str, str]]) -> Deployable:
    """Return *one* with the common lines in place of its own, where all that have them are among *names*."""
    common, where = one.common, _where(one)
    if common is None or any((where, each) not in names for each in common.heirs):
        return one
    others = (each for each in common.heirs if each != _name(one))
    return replace(
        one,
        edits=(*common.lines, *(each for each in one.edits if each != common.own)),
        together=tuple(sorted({*one.together, *others})),
    )


def _folders(every: Iterable[Deployable]) -> dict[str, set[str]]:
    """Return the folders in which Terraform's deployables are, by their names."""
    folders: dict[str, set[str]] = defaultdict(set)
    for one in every:
        if one.tool == "terraform":
            folders[one.name].add(_where(one))
    return folders


def _places(one: Deployable, name: str, folders: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """Return what *one* may mean by *name*: of its own folder, or of all that have one of that name.

    A variable of Terraform's reaches into the *folders* of modules, and so does what a module gives.
    """
    found = folders.get(name, set()) if one.tool == "terraform" else set()
    return {(_where(one), name)} if not found or _where(one) in found else {(each, name) for each in found}


def _waits(one: Deployable, names: set[tuple[str, str]], folders: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return what of that which *one* moves together with is not among *names*."""
    return tuple(name for name in one.together if not _places(one, name, folders) <= names)


def _fits(edit: Replacement, lines: list[tuple[int, int, str]]) -> bool:
    """Return whether *edit* goes together with the *lines* that change in its file, of which it is then."""
    mine = edit.first, edit.last, edit.new
    at = bisect(lines, mine)
    before, after = lines[at - 1] if at else None, lines[at] if at < len(lines) else None
    if before == mine:
        return True
    if (before and before[1] >= edit.first) or (after and edit.last >= after[0]):
        return False
    lines.insert(at, mine)
    return True


def _left(one: Deployable, waits: tuple[str, ...]) -> Deployable:
    """Return *one*, which does not move today, without its lines."""
    return replace(one, edits=(), waits=waits, change=one.change if waits else _IN_ONE_LINE)


def _where(one: Deployable) -> str:
    """Return where the name of *one* holds: in its file, of Terraform's in the folder."""
    path = one.source.path
    return path.rpartition("/")[0] if one.tool == "terraform" else path


def _name(one: Deployable) -> str:
    """Return what others call *one*: a container is called by its task."""
    return one.name.partition("/")[0]
