"""The job that asks on every pull request: a workflow for GitHub, a job for GitLab."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import archcheck.data
from archcheck.cli.setup.starting.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcheck.cli.setup.starting.source import Source

Forge = Literal["github", "gitlab"]
PATHS: Final[Mapping[Forge, str]] = {"github": ".github/workflows/arm64.yml", "gitlab": ".gitlab-ci.yml"}
_SAID: Final[Mapping[Forge, str]] = {
    "github": "it takes archcheck from the repository that the variable ARCHCHECK_REPOSITORY names: set it",
    "gitlab": "its first lines say which variables it needs",
}
_BY_HAND: Final = "it is there already; add the job by hand (docs/pull-requests.md)"
_EXAMPLE: Final = "lambda:python3.13"
_FETCHED: Final = re.compile(r"(?m)^( +)# archcheck's own repository(?:.*\n)*?\1- uses: \./\.archcheck .*$")
"""The steps that check out archcheck and use it, for want of an action by name."""
_INSTALLED: Final = "$ARCHCHECK_SOURCE"
_SAYS_SOURCE: Final = re.compile(r"(?m)^# ARCHCHECK_SOURCE.*\n")


def job_step(
    forge: Forge,
    before: bytes | None,
    users: Sequence[str],
    targets: Sequence[str],
    source: Source | None = None,
) -> Step:
    """Return what writes the job for *forge*, on *targets*; with none, on those that the project says.

    *before* is the file that is there, *users* are workflows that run archcheck already. *source* is where
    the job takes archcheck from; None where a variable has to tell.
    """
    path = PATHS[forge]
    if users:
        which = "it" if path in users else users[0]
        return Step(path=path, before=before, said=f"{which} runs archcheck already")
    if before is not None:
        return Step(path=path, before=before, said=_BY_HAND)
    text = (Path(archcheck.data.__file__).parent / "starters" / f"{forge}.yml").read_text(encoding="utf-8")
    made = _github(text, targets) if forge == "github" else _gitlab(text, targets)
    if source is None or (forge == "github" and not source.action):
        return Step(path=path, after=made.encode(), said=_SAID[forge])
    if forge == "github":
        made = _FETCHED.sub(rf"\1- uses: {source.action}", made)
        return Step(path=path, after=made.encode())
    made = _SAYS_SOURCE.sub("", made).replace(_INSTALLED, source.requirement)
    return Step(path=path, after=made.encode(), said=_SAID[forge])


def _github(text: str, targets: Sequence[str]) -> str:
    inputs = f"        with:\n          targets: {_EXAMPLE}\n"
    lines = "".join(f"            {each}\n" for each in targets)
    several = f"        with:\n          targets: |\n{lines}"
    new = {0: "", 1: inputs.replace(_EXAMPLE, "".join(targets))}.get(len(targets), several)
    return text.replace(inputs, new)


def _gitlab(text: str, targets: Sequence[str]) -> str:
    options = "".join(f" --target {each}" for each in targets)
    return text.replace(f" --target {_EXAMPLE}", options)
