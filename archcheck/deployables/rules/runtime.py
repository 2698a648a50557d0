"""AC022 and AC009 about where a function runs: there is no arm64 there, or nobody can tell what it runs on.

AC022: Lambda has arm64 from python3.8 on, and Lambda@Edge has none. A blocker that no change of packages
takes away. AC009: the runtime is misspelt, newer than what archcheck knows, or known only when it is
deployed; what its packages do on another runtime is no answer for it.

AC009 must not fire where the user named the targets: that is what was asked about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcheck.deployables.documents import is_target
from archcheck.deployables.rules.flaw import NOT_TOLD, Flaw
from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.deployables.model import Deployable

NO_ARM64: Final = "AC022"
_SPELLED: Final = re.compile(r"python3\.[0-9]{1,2}")
_OLD: Final = re.compile(r"python(?:2\.[0-9]{1,2}|3\.[0-7])")


def _is_known(runtime: str) -> bool:
    return _SPELLED.fullmatch(runtime) is not None and is_target(f"lambda:{runtime}")


def where_it_runs(deployable: Deployable, targets: Sequence[str]) -> Iterator[Flaw]:
    """Yield what is wrong with the runtimes of *deployable*, of which *targets* were audited."""
    if deployable.edge is not None:
        yield Flaw(
            rule=NO_ARM64,
            kind="edge",
            severity=Severity.BLOCKER,
            message=f"CloudFront runs it at its edges ({deployable.edge}), and Lambda@Edge has no arm64; "
            "leave it on x86_64",
            location=deployable.edge,
        )
    if not deployable.has_runtime:
        return
    own = {f"lambda:{each.value}" for each in deployable.runtimes}
    known = [each for each in targets if is_target(each)]
    asked = bool(known) and own.isdisjoint(known)
    for each in deployable.runtimes:
        when = f" where {each.when}" if each.when is not None else ""
        if _OLD.fullmatch(each.value):
            yield Flaw(
                rule=NO_ARM64,
                kind="runtime",
                severity=Severity.BLOCKER,
                message=f"Lambda runs {each.value} on x86_64 alone{when}; arm64 begins with python3.8: "
                "take a newer runtime first",
                location=each.location,
            )
        elif not asked and not _is_known(each.value) and deployable.is_maybe_python(each.value):
            yield Flaw(
                rule=NOT_TOLD,
                kind="runtime",
                severity=Severity.UNKNOWN,
                message=f"{each.value[:100]!r} is no Python runtime of Lambda that is known here{when}",
                location=each.location,
            )
    if deployable.untold_runtime is not None and not deployable.runtimes and not asked:
        yield Flaw(
            rule=NOT_TOLD,
            kind="runtime",
            severity=Severity.UNKNOWN,
            message=f"what it runs on is not told: {deployable.untold_runtime}",
            location=deployable.location,
        )
