"""AC019 about steps that people wrote themselves: what a Dockerfile downloads, and what a Makefile does.

Neither changes with the architecture that the template states. A blocker, since what is named there for
x86_64 does not run on arm64. It must not fire where the step chooses by the machine (`uname -m`, TARGETARCH).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.rules.build_tool import RULE
from archcheck.deployables.rules.flaw import Flaw
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
