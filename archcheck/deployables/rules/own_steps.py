"""AC019 and AC009 about steps that people wrote: what a Dockerfile downloads, and what a Makefile does.

AC019: neither changes with the architecture that the template states. A blocker, since what is named there
for x86_64 does not run on arm64. It must not fire where the step chooses by the machine (`uname -m`,
TARGETARCH).

AC009: a Makefile installs packages by their names (`pip install requests`), or of a file that is not audited;
a Dockerfile installs from a file that is not there, by options that change what is taken, or a wheel for one
machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.rules.build_tool import RULE
from archcheck.deployables.rules.flaw import NOT_TOLD, Flaw
from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.deployables.model import Deployable, Stated

_SHOWN: Final = 100


def own_steps(deployable: Deployable, steps: Sequence[Stated[str]]) -> Iterator[Flaw]:
    """Yield AC019 for each of *steps*, words for x86_64 in what builds *deployable*."""
    image = deployable.code is not None and deployable.code.kind == "dockerfile"
    done = "its image downloads" if image else "its Makefile says"
    for each in steps:
        base = image and each.value.upper().startswith("FROM")
        if base:
            message = f"it runs on arm64, and its image is built for x86_64: {each.value[:_SHOWN]}"
        else:
            message = (
                f"{done} {each.value[:_SHOWN]}, which is for x86_64; take that for arm64, "
                "or choose by uname -m"
            )
        yield Flaw(
            rule=RULE,
            kind=f"step:{each.value[:_SHOWN]}",
            severity=Severity.BLOCKER,
            message=message,
            location=each.location,
        )


def by_makefile(installs: Sequence[Stated[str]]) -> Iterator[Flaw]:
    """Yield AC009 for *installs*, commands of a Makefile (`Unit`)."""
    if not installs:
        return
    first = installs[0]
    said = "could not be read, and nothing else says what it installs"
    if first.value:
        said = f"runs {first.value[:_SHOWN]!r}, and what that installs was not read"
    yield Flaw(
        rule=NOT_TOLD,
        kind="makefile",
        severity=Severity.UNKNOWN,
        message=f"its Makefile {said}",
        location=first.location,
        detail=tuple(f"{each.location} runs {each.value[:_SHOWN]!r}" for each in installs if each.value),
    )


def by_dockerfile(deployable: Deployable) -> Iterator[Flaw]:
    """Yield AC009 for what the Dockerfile of *deployable* installs that was not read."""
    unread = deployable.unread
    if unread:
        more = f" (and {len(unread) - 1} more)" if len(unread) > 1 else ""
        yield Flaw(
            rule=NOT_TOLD,
            kind="dockerfile",
            severity=Severity.UNKNOWN,
            message=f"its Dockerfile {unread[0].value}{more}",
            location=unread[0].location,
            detail=tuple(f"{each.location} {each.value}" for each in unread),
        )
