"""A whole repository in one table: what is deployed, what it runs on today, and whether it can move."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from msgspec import Struct

from archcheck.judge.obstacles import is_obstacle
from archcheck.model import Deployable, DeployableKind, Replacement, Severity, Standing
from archcheck.report.fleet_changes import SharedChange, partners, shared_changes
from archcheck.report.phrases import plural
from archcheck.report.sections.answer import Sign, Verdict, overall, said, verdict
from archcheck.report.sections.answer import share as share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.model import Audit, Report

WORST_FIRST: tuple[Sign, ...] = ("✗", "?", "≈", "✓")
SIGNS: dict[Standing, Sign] = {
    "already": "✓",
    "now": "✓",
    "no-worse": "≈",
    "costs-more": "≈",
    "after-changes": "✗",
    "stays": "✗",
    "failing": "✗",
    "undetermined": "?",
}
WORDS: dict[Standing, str] = {
    "already": "runs on arm64",
    "now": "can move now",
    "no-worse": "no worse than on x86_64",
    "costs-more": "can move, but costs more there",
    "after-changes": "after changes",
    "stays": "stays on x86_64",
    "failing": "runs on arm64, and should not",
    "undetermined": "undetermined",
}
TOTALS: dict[Standing, str] = {
    "already": "already on arm64",
    "now": "can move today",
    "no-worse": "no worse than on x86_64 (to be built on either)",
    "costs-more": "cheaper where they are, on x86_64",
    "after-changes": "after changes",
    "stays": "on x86_64 for good",
    "failing": "on arm64 though not all of it installs there",
    "undetermined": "undetermined",
}
_CAUSES = {
    "AC022": "though none is offered there",
    "AC011": "with files that do not load there",
    "AC017": "with files that do not load there",
    "AC012": "with what is known to fail there",
    "AC018": "though too large there",
    "AC019": "though its build does not fit there",
    "AC020": "with a layer for x86_64",
}
"""How something is on arm64 that fails though all of it installs there, by the rule that says why.

Of several that hold the first is said; where any other rule holds, not all of it installs there.
"""
_LAYER = "AC020"
_NAMED = 3


class Row(Struct, frozen=True, kw_only=True):
    """One deployable as a line of the table; texts are empty where nothing is known or there is nothing.

    `says` is what says its target. `edits` are those that it has alone, and `told` what is to be known of it,
    a line each.
    """

    number: int
    deployable: Deployable
    standing: Standing
    sign: Sign
    name: str
    where: str
    target: str
    says: str
    runs_on: str
    verdict: str
    effort: str
    saving: str
    line: int | None
    edits: tuple[Replacement, ...]
    told: tuple[str, ...]

    @property
    def says_more(self) -> bool:
        """Whether there is more to say of it than the table does."""
        return bool(self.deployable.findings or self.told or self.edits or self.deployable.change)


def rows(report: Report) -> tuple[Row, ...]:
    """Return the table of the deployables of *report*, in its order."""
    shared = shared_changes(report)
    return tuple(_row(number, each, report, shared) for number, each in enumerate(report.deployables, 1))


def is_shown(report: Report) -> bool:
    """Return whether the table of a repository comes first; of one deployable, its audit does.

    Its audit is of its packages: where how it is built or deployed stands in the way, it has not the answer.
    """
    alone = len(report.deployables) == 1 and bool(report.audits)
    tells = alone and not _unread(report) and not report.deployables[0].is_hindered
    return report.fleet is not None and not tells


def _told(one: Deployable, partners: frozenset[str]) -> Iterator[str]:
    """Yield what is to be known of *one*; that it moves with its *partners* is told with what they share."""
    yield from (*one.conditions, *one.notes)
    if one.together and (one.waits or not partners.issuperset(one.together)):
        first = f", and {_some(one.waits)} cannot yet" if one.waits else ""
        yield f"it moves together with {_some(one.together)}{first}"


def counts(report: Report) -> tuple[tuple[Standing, str, int], ...]:
    """Return how many deployables stand how, and what that is called; of standings that nothing has, none."""
    found: dict[Standing, list[str]] = {}
    for each in report.deployables:
        found.setdefault(standing_of(each), []).append(words_of(each, report))
    return tuple(
        (each, found[each][0] if len(set(found[each])) == 1 else words, len(found[each]))
        for each, words in WORDS.items()
        if each in found
    )


def standing_of(deployable: Deployable) -> Standing:
    """Return how it stands with arm64, of what an older version saved as well."""
    return deployable.stands


def words_of(deployable: Deployable, report: Report) -> str:
    """Return in words how *deployable* of *report* stands."""
    cause = _cause(deployable, report)
    return f"runs on arm64, {cause}" if cause else WORDS[standing_of(deployable)]


def _cause(deployable: Deployable, report: Report) -> str | None:
    """Return how it is on arm64 that fails there; None where it does not, or not all of it installs there."""
    if standing_of(deployable) != "failing":
        return None
    audits = audits_of(deployable, report)
    of_packages = (
        each for audit in audits for each in (*audit.findings, *audit.ignored) if is_obstacle(each)
    )
    own = (each for each in deployable.findings if each.severity is Severity.BLOCKER or each.rule == _LAYER)
    rules = {each.rule for each in (*of_packages, *own)}
    if not rules <= _CAUSES.keys():
        return None
    return next((words for rule, words in _CAUSES.items() if rule in rules), None)


def answer(report: Report) -> Verdict:
    """Return the answer of a run in one sentence: of a repository its headline, else that of its audits."""
    if is_shown(report):
        return headline(report)
    return verdict(report.audits[0]) if len(report.audits) == 1 else overall(report)


def headline(report: Report) -> Verdict:
    """Return the answer for the whole repository, in one sentence."""
    unread = _unread(report)
    if not report.deployables:
        nothing = (
            "nothing falls to it"
            if report.shard
            else "nothing was found that is deployed or has requirements"
        )
        return Verdict(sign="?", sentence=f"{share(report)}{'; '.join((*unread, nothing))}")
    signs = {SIGNS[standing_of(each)] for each in report.deployables} | ({"?"} if unread else set())
    sign = next(each for each in WORST_FIRST if each in signs)
    return Verdict(sign=sign, sentence=f"{share(report)}{'; '.join((*unread, *_totals(report)))}")


def _unread(report: Report) -> tuple[str, ...]:
    """Return what of the repository could not be read; nothing where all of it was."""
    count = len(report.fleet.unread) if report.fleet is not None else 0
    templates = (f"{plural(count, 'template')} could not be read",) if count else ()
    missing = [each.name for each in report.deployables if each.missing is not None]
    code = (f"the code of {_some(missing, _NAMED)} was not found",) if missing else ()
    return (*templates, *code)


def share(report: Report) -> str:
    """Return which share of a run *report* is, to stand before what it says; empty where it is the whole."""
    shard = report.shard
    return f"share {shard.number} of {shard.of} ({len(shard.places)} of {shard.total}): " if shard else ""


def _totals(report: Report) -> Iterator[str]:
    """Yield for each kind how many there are, and how they stand: 33 of 35 functions already on arm64."""
    for kind in get_args(DeployableKind):
        mine = [each for each in report.deployables if each.kind == kind]
        counts = Counter(_in_all(each, report) for each in mine)
        *known, unknown = TOTALS.values()
        every = (*known, *(f"on arm64 {words}" for words in dict.fromkeys(_CAUSES.values())), unknown)
        parts = [f"{counts[words]} {words}" for words in every if counts[words]]
        depends = sum(each.architecture == "conditional" for each in report.deployables if each.kind == kind)
        now = f" ({depends} on either, on a condition)" if depends else ""
        if len(parts) == 1 and len(mine) > 1:
            yield f"all {len(mine)} {kind}s{now} {parts[0].partition(' ')[2]}"
        elif mine:
            yield f"{plural(len(mine), kind)}{now}: {', '.join(parts)}"


def beside(report: Report) -> tuple[str, ...]:
    """Return what else there is to say of the repository."""
    fleet = report.fleet
    if fleet is None:
        return ()
    uncounted: list[str] = []
    if fleet.others:
        uncounted.append(f"{plural(fleet.others, 'deployable')} of other languages")
    if fleet.images:
        uncounted.append(f"{plural(fleet.images, 'image')} that {_are(fleet.images)} built elsewhere")
    counted = [f"not audited: {', '.join(uncounted)}"] if uncounted else []
    if fleet.left_out:
        counted.append(f"left out, as nothing deploys them: {_some(fleet.left_out)}")
    return (*counted, *fleet.notes)


def audits_of(deployable: Deployable, report: Report) -> tuple[Audit, ...]:
    """Return the audits of its inputs on its targets."""
    return tuple(
        audit
        for audit in report.audits
        if audit.input.path in deployable.inputs
        and audit.target.id in deployable.targets
        and (deployable.kind != "project" or audit.input.package == deployable.package)
    )


def _in_all(deployable: Deployable, report: Report) -> str:
    cause = _cause(deployable, report)
    return f"on arm64 {cause}" if cause else TOTALS[standing_of(deployable)]


def _row(number: int, deployable: Deployable, report: Report, shared: tuple[SharedChange, ...]) -> Row:
    standing = standing_of(deployable)
    source = deployable.source
    audits = audits_of(deployable, report)
    savings = [audit.savings for audit in audits if audit.savings is not None]
    moves = standing in {"now", "no-worse", "after-changes"} and deployable.platform == "lambda"
    return Row(
        number=number,
        deployable=deployable,
        standing=standing,
        sign=SIGNS[standing],
        name=deployable.name,
        where=f"{source.path}:{source.line}" if source.line else source.path,
        target=", ".join(deployable.targets) or deployable.runtime or deployable.platform,
        says="; ".join(dict.fromkeys(_says(audit, source.path) for audit in audits)),
        runs_on=deployable.architecture if deployable.kind != "project" else "",
        verdict=words_of(deployable, report),
        effort=_effort(deployable) if standing == "after-changes" else "",
        saving=share_of(savings[0]) if savings and moves else "",
        line=source.line,
        edits=tuple(each for each in deployable.edits if all(each not in one.edits for one in shared)),
        told=tuple(_told(deployable, partners(deployable, shared))),
    )


def _effort(deployable: Deployable) -> str:
    """Return what the changes take; those of how it is built or deployed are made by hand."""
    if deployable.waits or (deployable.edits and deployable.together and not deployable.is_blocked):
        return "with others"
    effort = deployable.recommendation.effort if deployable.recommendation is not None else None
    return "by hand" if deployable.is_hindered and effort in {None, "none"} else effort or ""


def _says(audit: Audit, path: str) -> str:
    """Return what says its target, by the line alone where that is one of *path*."""
    return said(audit.target).removeprefix(", ").replace(f"{path}:", "line ")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _some(paths: Sequence[str], most: int = 4) -> str:
    rest = len(paths) - most
    return ", ".join(paths[:most]) + (f" and {rest} more" if rest > 0 else "")
