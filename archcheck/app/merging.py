"""Several results as one: those of the shares of a run, or of runs apart."""

from __future__ import annotations

from collections.abc import Hashable  # noqa: TC003 - msgspec reads the annotations, as of the models
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.perform import assemble, with_what_is_open
from archcheck.app.repositories.moving import planned_moves
from archcheck.app.shares import MOST
from archcheck.errors import InputError, UsageError
from archcheck.judge.recommend import worst
from archcheck.model import Audit, Deployable, Fleet, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Saved(Struct, frozen=True, kw_only=True):
    """A result, and the `path` of the file that holds it."""

    path: str
    report: Report


class _Piece(Struct, frozen=True, kw_only=True):
    """An audit or a deployable of a result: what it is about, its place in the run and in the result."""

    about: Hashable
    place: int
    saved: Saved
    index: int


def merge(results: Sequence[Saved]) -> Report:
    """Return the one report that *results* come to.

    Shares of one run come in the order of that run, whatever theirs is; runs apart in the order given. What
    two results of the same share, or two runs apart, both have is taken from the later one, and its notes say
    so. A baseline is left out: it was held against a part. Where a share lacks, the report is not complete.
    Raises UsageError for shares of different runs, and InputError for what says of its share what it has not.
    """
    _check_one_run(results)
    notes = lacking(results)
    fleet = _fleet(results, notes)
    audits = tuple(_audits(results))
    if fleet is None:
        audits = tuple(_noted(audit, notes) for audit in audits)
    reports = [each.report for each in results]
    made = assemble(
        audits,
        generated_at=max(each.generated_at for each in reports),
        otherwise=worst([each.recommendation for each in reports]),
    )
    whole = replace(
        made,
        tool=_latest(results).report.tool,
        complete=all(each.complete for each in reports) and not notes,
        deployables=planned_moves(_deployables(results)),
        fleet=fleet,
    )
    return with_what_is_open(whole)


def _check_one_run(results: Sequence[Saved]) -> None:
    """Raise UsageError where *results* are not all of one run in shares, or all of runs apart."""
    first = results[0]
    owners: dict[int, Saved] = {}
    for each in results:
        _check_shard(each)
        if _split(each) != _split(first):
            raise UsageError(
                f"{first.path} is {_named(first)}, and {each.path} is {_named(each)}: not of one run"
            )
        shard = each.report.shard
        for place in shard.places if shard else ():
            owner = owners.setdefault(place, each)
            if _number(owner) != _number(each):
                raise UsageError(f"{owner.path} and {each.path} share out different files: not of one run")


def _check_shard(saved: Saved) -> None:
    """Raise InputError where what a result says of its share is not what is in it: the file was changed."""
    report, shard = saved.report, saved.report.shard
    if shard is None:
        return
    agrees = len(shard.audits) == len(report.audits) and set(shard.audits) <= set(shard.places)
    counted = len(shard.places) == len(report.deployables) or report.fleet is None
    if not (1 <= shard.number <= shard.of <= MOST and agrees and counted):
        raise InputError("not what a share of a run has - at `$.shard`", path=saved.path)


def _split(saved: Saved) -> tuple[int, int] | None:
    shard = saved.report.shard
    return (shard.of, shard.total) if shard else None


def _number(saved: Saved) -> int:
    return saved.report.shard.number if saved.report.shard else 0


def _named(saved: Saved) -> str:
    shard = saved.report.shard
    return f"share {shard.number}/{shard.of} of {shard.total} inputs" if shard else "no share"


def lacking(results: Sequence[Saved]) -> tuple[str, ...]:
    """Return a sentence on the shares that are not among *results*; none where all are there."""
    shard = results[0].report.shard
    if shard is None:
        return ()
    there = {_number(each) for each in results}
    found = {place for each in results if each.report.shard for place in each.report.shard.places}
    count = shard.total - len(found)
    missing = [str(number) for number in range(1, shard.of + 1) if number not in there]
    if not missing and not count:
        return ()
    which = f"share {', '.join(missing)} of {shard.of}" if missing else "a part"
    return (f"{which} is not among the results: {count} of {shard.total} inputs were not looked at",)


def _audits(results: Sequence[Saved]) -> Iterator[Audit]:
    """Yield the audits, each input and target once."""
    pieces = [
        _Piece(
            about=(*_input(audit), audit.target.id),
            place=shard.audits[n] if (shard := saved.report.shard) else position,
            saved=saved,
            index=n,
        )
        for position, saved in enumerate(results)
        for n, audit in enumerate(saved.report.audits)
    ]
    for winner, others in _winners(pieces):
        audit = winner.saved.report.audits[winner.index]
        earlier = [each for each in others if _number(each.saved) == _number(winner.saved)]
        other = [each.saved for each in earlier if each.saved.report.audits[each.index] != audit]
        yield _noted(audit, map(_says_otherwise, other))


def _input(audit: Audit) -> tuple[Hashable, ...]:
    one = audit.input
    return one.path, one.kind, one.extras, one.package


def _says_otherwise(saved: Saved) -> str:
    return f"the result of {saved.report.generated_at} says otherwise of this input; the later one counts"


def _noted(audit: Audit, notes: Iterable[str]) -> Audit:
    return replace(audit, notes=(*audit.notes, *notes))


def _deployables(results: Sequence[Saved]) -> Iterator[Deployable]:
    """Yield what is deployed, each once."""
    pieces = [
        _Piece(
            about=(each.kind, each.name, each.source, each.package),
            place=shard.places[n] if (shard := saved.report.shard) else position,
            saved=saved,
            index=n,
        )
        for position, saved in enumerate(results)
        for n, each in enumerate(saved.report.deployables)
    ]
    for winner, _ in _winners(pieces):
        yield winner.saved.report.deployables[winner.index]


def _winners(pieces: Iterable[_Piece]) -> Iterator[tuple[_Piece, list[_Piece]]]:
    """Yield of the *pieces* about one thing the one that counts, beside the others, in the order of the run.

    Of two results of one share that is the later one. Of two shares, which made it both, the first, as where
    there are no shares.
    """
    by_thing: dict[Hashable, list[_Piece]] = {}
    for piece in pieces:
        by_thing.setdefault(piece.about, []).append(piece)
    found: list[tuple[_Piece, list[_Piece]]] = []
    for same in by_thing.values():
        latest: dict[int, _Piece] = {}
        for piece in sorted(same, key=lambda each: each.saved.report.generated_at):
            latest[_number(piece.saved)] = piece
        winner = min(latest.values(), key=_standing)
        found.append((winner, [each for each in same if each is not winner]))
    yield from sorted(found, key=lambda each: _standing(each[0]))


def _standing(piece: _Piece) -> tuple[int, int]:
    return piece.place, piece.index


def _latest(results: Sequence[Saved]) -> Saved:
    return max(results, key=lambda each: each.report.generated_at)


def _fleet(results: Sequence[Saved], notes: tuple[str, ...]) -> Fleet | None:
    """Return what there is to say of the repositories: of each folder what its latest result says."""
    ordered = sorted(results, key=lambda each: each.report.generated_at)
    by_folder = {fleet.folder: fleet for each in ordered if (fleet := each.report.fleet) is not None}
    fleets = list(by_folder.values())
    if not fleets:
        return None
    return Fleet(
        folder=", ".join(by_folder),
        others=sum(each.others for each in fleets),
        images=sum(each.images for each in fleets),
        left_out=tuple(dict.fromkeys(path for each in fleets for path in each.left_out)),
        unread=tuple(dict.fromkeys(path for each in fleets for path in each.unread)),
        notes=(*dict.fromkeys(note for each in fleets for note in each.notes), *notes),
    )
