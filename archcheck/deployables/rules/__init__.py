"""The rules about how things are built and deployed: a module each. Internal.

What a rule means and when it must not fire stands at the head of its module; what it means to a person, with
its name, in `data/rules.toml`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from archcheck.deployables.rules.build_tool import build_tool
from archcheck.deployables.rules.code_folder import imported, vendored
from archcheck.deployables.rules.flaw import Flaw, Wheels, wheels_of
from archcheck.deployables.rules.layer_architecture import Audited, layer_architecture
from archcheck.deployables.rules.own_steps import by_dockerfile, by_makefile, own_steps
from archcheck.deployables.rules.runtime import NO_ARM64, where_it_runs
from archcheck.judge import rule_texts
from archcheck.judge.findings import fingerprint
from archcheck.judge.obstacles import order
from archcheck.model import Evidence, Finding, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcheck.deployables.contents.files import Natives
    from archcheck.deployables.model import Deployable, Stated

__all__ = ["NO_ARM64", "Audited", "Wheels", "findings_about", "wheels_of"]


def findings_about(
    deployable: Deployable,
    targets: Sequence[str],
    *,
    layers: Mapping[str, Deployable],
    audited: Mapping[str, Audited] = MappingProxyType({}),
    wheels: Sequence[Wheels] = (),
    natives: Natives | None = None,
    imports: Sequence[Stated[str]] = (),
    steps: Sequence[Stated[str]] = (),
    installs: Sequence[Stated[str]] = (),
) -> tuple[Finding, ...]:
    """Return what is wrong with how *deployable* is built and deployed, worst first.

    *targets* are archcheck's names of what it runs on. *layers* are the layers of the repository that it has,
    by their names, and *audited* has what they hold, as far as that is known. *wheels* are those of its own
    audits (`wheels_of`): empty where nothing could be audited, and then what depends on them is a warning.
    *natives* and *imports* are what the folder of its code holds and asks for, *steps* the words for x86_64
    in what builds it, and *installs* what its Makefile installs that was not read (`Unit`).

    The findings are about the deployable, under its name in the place of a package, and about one of the
    targets only where the message says so; else their target is "". Paths are as those of the deployable are.
    """
    flaws = (
        *build_tool(deployable, targets, wheels),
        *layer_architecture(deployable, layers, audited),
        *vendored(deployable, targets, natives),
        *imported(deployable, layers, imports),
        *where_it_runs(deployable, targets),
        *own_steps(deployable, steps),
        *by_makefile(installs),
        *by_dockerfile(deployable),
    )
    return tuple(sorted((_finding(flaw, deployable) for flaw in flaws), key=order))


def _finding(flaw: Flaw, deployable: Deployable) -> Finding:
    identity = f"{deployable.location.path}#{deployable.name}"
    return Finding(
        rule=flaw.rule,
        name=rule_texts.names()[flaw.rule],
        severity=flaw.severity,
        package=deployable.name,
        version=None,
        target=flaw.target,
        message=flaw.message,
        evidence=Evidence(detail=flaw.detail),
        location=Place(path=flaw.location.path, line=flaw.location.line or None),
        path=(deployable.name,),
        fingerprint=fingerprint(identity, flaw.target, deployable.name, f"{flaw.rule}:{flaw.kind}"),
    )
