"""What changed between two reports, as values, and the few words that all its renderers share.

Audits are paired by input and target, findings by fingerprint, so neither a moved line nor another version
makes a finding new; one that has become worse is new.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.judge.obstacles import is_new, is_obstacle, is_unusable
from archcheck.model import Baseline, Severity
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.report import phrases
from archcheck.report.sections.answer import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.model import Architecture, Audit, Deployable, Finding, Package, Report


class Change(Struct, frozen=True, kw_only=True):
    """A package that came, went, or stands otherwise: another version or status on either architecture."""

    name: str
    before: Package | None
    after: Package | None

    def on(self, architecture: Architecture) -> tuple[str, str]:
        """Return version and status before and after; "" where the package is not in the set."""
        return stand(self.before, architecture), stand(self.after, architecture)


class AuditDifference(Struct, frozen=True, kw_only=True):
    """One input on one target; `before` or `after` is None where only one of the reports has it.

    `new` and `unchanged` are findings of `after`, `fixed` those of `before` that are gone; one that is
    ignored now, or that nobody looked for again, is not. The order is the audit's; packages are by name.
    """

    before: Audit | None
    after: Audit | None
    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    unchanged: tuple[Finding, ...] = ()
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is not as it was."""
        changed = self.new or self.fixed or self.added or self.removed or self.moved
        return bool(changed) or _answer(self.before) != _answer(self.after)


class DeployableDifference(Struct, frozen=True, kw_only=True):
    """One deployable, by its name and where it is declared, as `AuditDifference` has one audit."""

    before: Deployable | None
    after: Deployable | None
    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    unchanged: tuple[Finding, ...] = ()


class Difference(Struct, frozen=True, kw_only=True):
    """Two reports and what changed from `before` to `after`, audit by audit in the order of `after`.

    `deployables` are empty where `after` is no report on a repository.
    """

    before: Report
    after: Report
    audits: tuple[AuditDifference, ...]
    deployables: tuple[DeployableDifference, ...] = ()

    @property
    def _all(self) -> tuple[AuditDifference | DeployableDifference, ...]:
        return (*self.audits, *self.deployables)

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that only `after` has."""
        return tuple(chain.from_iterable(each.new for each in self._all))

    @property
    def fixed(self) -> tuple[Finding, ...]:
        """The findings that only `before` has."""
        return tuple(chain.from_iterable(each.fixed for each in self._all))

    @property
    def unchanged(self) -> tuple[Finding, ...]:
        """The findings that both have."""
        return tuple(chain.from_iterable(each.unchanged for each in self._all))


def compare(before: Report, after: Report) -> Difference:
    """Return what changed from *before* to *after*."""
    old, new = ({_key(audit): audit for audit in report.audits} for report in (before, after))
    keys = dict.fromkeys([*new, *old])
    return Difference(
        before=before,
        after=after,
        audits=tuple(_audit(old.get(key), new.get(key)) for key in keys),
        deployables=tuple(_deployables(before, after)) if after.fleet is not None else (),
    )


def against(baseline: Report, report: Report) -> Report:
    """Return *report* with how its findings compare with those of *baseline*."""
    difference = compare(baseline, report)
    return replace(
        report,
        baseline=Baseline(
            generated_at=baseline.generated_at,
            complete=baseline.complete,
            new=tuple(finding.fingerprint for finding in difference.new),
            fixed=difference.fixed,
            unchanged=tuple(finding.fingerprint for finding in difference.unchanged),
        ),
    )


def present(audit: AuditDifference) -> Audit:
    """Return the later of the two audits; one of them always is there."""
    found = audit.after or audit.before
    if found is None:
        raise ValueError("a difference of no audits")
    return found


def new_in(report: Report) -> list[Finding]:
    """Return the findings of *report* that its baseline lacks; all where it has none."""
    found = [finding for audit in report.audits for finding in audit.findings]
    found += [finding for each in report.deployables for finding in each.findings]
    if report.baseline is None:
        return found
    new = set(report.baseline.new)
    return [finding for finding in found if finding.fingerprint in new]


def _key(audit: Audit) -> tuple[str, str, tuple[str, ...], str]:
    return audit.input.path, audit.input.package or "", audit.input.extras, audit.target.id


def _deployables(before: Report, after: Report) -> Iterator[DeployableDifference]:
    """Yield the deployables of both, those of *after* first; of one name in one file, in their order."""
    old, new = (dict(zip(_places(each), each.deployables, strict=True)) for each in (before, after))
    for place in dict.fromkeys([*new, *old]):
        was, now = old.get(place), new.get(place)
        found, gone = (each.findings if each else () for each in (now, was))
        known = _known(gone, found)
        still = {finding.fingerprint for finding in found}
        yield DeployableDifference(
            before=was,
            after=now,
            new=tuple(finding for finding in found if finding.fingerprint not in known),
            fixed=tuple(finding for finding in gone if finding.fingerprint not in still) if now else (),
            unchanged=tuple(finding for finding in found if finding.fingerprint in known),
        )


def _places(report: Report) -> Iterator[tuple[str, str, int]]:
    seen: Counter[tuple[str, str]] = Counter()
    for each in report.deployables:
        named = each.name, each.source.path
        yield (*named, seen[named])
        seen[named] += 1


def _answer(audit: Audit | None) -> object:
    return audit and (audit.recommendation, audit.complete)


def _audit(before: Audit | None, after: Audit | None) -> AuditDifference:
    if after is None:
        return AuditDifference(before=before, after=after)
    old, new = before.findings if before else (), after.findings
    known = _known(old, new)
    # What is ignored now is not fixed; what was ignored, and no longer is, counts as new.
    still = {finding.fingerprint for finding in (*new, *after.ignored)}
    changes = _changes(before.packages if before else (), after.packages)
    return AuditDifference(
        before=before,
        after=after,
        new=tuple(finding for finding in new if finding.fingerprint not in known),
        fixed=tuple(finding for finding in old if finding.fingerprint not in still),
        unchanged=tuple(finding for finding in new if finding.fingerprint in known),
        added=tuple(change for change in changes if change.before is None),
        removed=tuple(change for change in changes if change.after is None),
        moved=tuple(change for change in changes if change.before and change.after),
    )


def _known(old: Iterable[Finding], new: Iterable[Finding]) -> set[str]:
    """Return the fingerprints of those *new* that were there as bad; several findings may share one."""
    severities = {finding.fingerprint: finding.severity for finding in old}
    return {finding.fingerprint for finding in new if not is_new(finding, severities)}


def _changes(before: Iterable[Package], after: Iterable[Package]) -> list[Change]:
    old, new = ({package.name: package for package in packages} for packages in (before, after))
    return [
        change
        for name in sorted({*old, *new})
        if _differs(change := Change(name=name, before=old.get(name), after=new.get(name)))
    ]


def _differs(change: Change) -> bool:
    gone = change.before is None or change.after is None
    return gone or any(was != now for was, now in map(change.on, ARCHITECTURES))


def stand(package: Package | None, architecture: Architecture) -> str:
    """Return what *package* is on *architecture*, as in `2.0 wheel`; "" for no package."""
    if package is None:
        return ""
    results = [result for result in package.results if result.architecture == architecture]
    return ", ".join(f"{result.version or ''} {result.status}".lstrip() for result in results)


def brief(finding: Finding) -> str:
    """Return a finding in one line: package, what it means, and where it comes from."""
    where = f" ({phrases.way_in(finding)})" if phrases.way_in(finding) else ""
    return f"{phrases.named(finding)}: {phrases.outcome(finding)}{where}"


def counts(new: Sequence[Finding], fixed: int, unchanged: int) -> str:
    """Return how many findings are new, fixed and as before, and of the new ones how many are warnings."""
    warnings = sum(finding.severity is Severity.WARNING for finding in new)
    which = "a warning" if warnings == 1 else "warnings"
    of_them = f" ({which if len(new) == 1 else f'{warnings} of them {which}'})" if warnings else ""
    return f"{phrases.plural(len(new), 'new finding')}{of_them}, {fixed} fixed, {unchanged} unchanged"


def headline(difference: Difference) -> Verdict:
    """Return what the change means in one sentence: a new obstacle is a no, a new unknown a maybe.

    A set that now installs nowhere is no nearer to arm64 either.
    """
    told = counts(difference.new, len(difference.fixed), len(difference.unchanged))
    new = [(finding, pair.after) for pair in difference.audits if pair.after for finding in pair.new]
    deployed = [finding for each in difference.deployables for finding in each.new]
    if any(map(is_obstacle, deployed)) or any(
        finding.fingerprint in audit.obstacles or is_unusable(finding) for finding, audit in new
    ):
        return Verdict(sign="✗", sentence=f"further from arm64: {told}")
    unknown = any(finding.severity is Severity.UNKNOWN for finding in difference.new)
    if unknown or not difference.after.complete:
        return Verdict(sign="?", sentence=f"undetermined: {told}")
    if difference.fixed:
        return Verdict(sign="✓", sentence=f"nearer to arm64: {told}")
    return Verdict(sign="✓", sentence=f"nothing new stands in the way of arm64: {told}")


def doubts(*, before: bool, after: bool) -> list[str]:
    """Return what the comparison cannot tell where either report is not complete."""
    return [
        *([] if before else ["the earlier result is not complete: what is new may have been there"]),
        *([] if after else ["the later result is not complete: what it lacks may not be fixed"]),
    ]
