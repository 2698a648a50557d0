"""What a rule about a deployable finds, before it is made a finding; and the wheels that it judges by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.data.layers import for_both, layer_in
from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.deployables.model import Deployable, Layer
    from archcheck.manifest.manifest import Location
    from archcheck.model import Audit
    from archcheck.platforms.architectures import Architecture


NOT_TOLD: Final = "AC009"
"""The rule of what nobody can tell."""


class Flaw(Struct, frozen=True, kw_only=True):
    """What is wrong with how something is built or deployed, and the line that has to change.

    `kind` tells two flaws of one rule about one deployable apart; it stands in the fingerprint. `target` is
    the one that it is about, "" where it is about none. `detail` is what the message rests on.
    """

    rule: str
    kind: str
    severity: Severity
    message: str
    location: Location
    target: str = ""
    detail: tuple[str, ...] = ()


class Wheels(Struct, frozen=True, kw_only=True):
    """One distribution that a deployable brings: the files that are, or might be, installed of it.

    `target` is the one that it was audited for. `aarch64` holds the file that is installed there, or those
    that would fit but for the libc; `x86_64` that of x86_64.
    """

    distribution: str
    version: str | None
    target: str
    x86_64: tuple[str, ...] = ()
    aarch64: tuple[str, ...] = ()

    @property
    def pure(self) -> bool:
        """Whether it comes as wheels for any platform alone, as far as is known."""
        files = (*self.x86_64, *self.aarch64)
        return bool(files) and all(file.endswith("-any.whl") for file in files)

    @property
    def compiled(self) -> bool:
        """Whether a wheel of it is for one platform."""
        files = (*self.x86_64, *self.aarch64)
        return any(file.endswith(".whl") and not file.endswith("-any.whl") for file in files)


def wheels_of(audits: Iterable[Audit]) -> tuple[Wheels, ...]:
    """Return the wheels that *audits* speak of: what is installed, and what needs a newer libc."""
    found = []
    for audit in audits:
        too_new = {
            finding.package: finding.evidence.files
            for finding in (*audit.findings, *audit.ignored)
            if finding.rule == "AC003"
        }
        for package in audit.packages:
            x86, arm = package.on("x86_64"), package.on("aarch64")
            found.append(
                Wheels(
                    distribution=package.name,
                    version=arm.version or x86.version,
                    target=audit.target.id,
                    x86_64=(x86.file,) if x86.file else (),
                    aarch64=(*((arm.file,) if arm.file else ()), *too_new.get(package.name, ())),
                )
            )
    return tuple(found)


def architecture_of(deployable: Deployable) -> Architecture | None:
    """Return the architecture that *deployable* has today; None where it has several, or none is known."""
    values = {each.value for each in deployable.architectures}
    return values.pop() if len(values) == 1 else None


def is_unread(layer: Layer) -> bool:
    """Return whether *layer* is one of somebody else's of which no name tells what it is for, or holds."""
    return layer.arn is not None and layer_in(layer.arn) is None and for_both(layer.arn) is None


def called(architecture: Architecture) -> str:
    """Return what the infrastructure's files call *architecture*."""
    return "arm64" if architecture == "aarch64" else architecture


def worse(wheels: Iterable[Wheels]) -> Severity:
    """Return a blocker where some of *wheels* are known to be for one architecture alone, else a warning."""
    return Severity.BLOCKER if any(each.compiled for each in wheels) else Severity.WARNING


def all_pure(wheels: Iterable[Wheels]) -> bool:
    """Return whether *wheels* are known, and hold nothing that is for one architecture."""
    known = list(wheels)
    return bool(known) and all(each.pure for each in known)
