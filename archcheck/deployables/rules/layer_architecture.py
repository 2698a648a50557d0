"""AC020: a function has a layer or an extension of the other architecture.

What is compiled in a layer loads on one architecture alone, and Lambda does not look at that before the
function runs: an extension for x86_64 stops a function on arm64 before its first line. Vendors have one name
for each, which `layers.toml` knows. A warning where the function is to move, a blocker where it says arm64
already.

It must not fire on a layer whose name says nothing, nor where the layer hangs on a condition as the
architecture does: templates choose both by one parameter; nor on one that is built here for x86_64 and holds
nothing that is compiled. Of one whose name says nothing, and that is not known to serve both, AC009 says that
it was not read: what it holds may load on x86_64 alone. Not where the function is on arm64 already, unless
the audit of one that is built here says that it cannot be there: that is AC020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.data.layers import layer_in
from archcheck.deployables.model import MAKEFILE
from archcheck.deployables.rules.flaw import NOT_TOLD, Flaw, architecture_of, called, is_unread
from archcheck.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.data.layers import Called
    from archcheck.deployables.model import Deployable, Layer

RULE: Final = "AC020"


class Audited(Struct, frozen=True, kw_only=True):
    """What the audit of a layer that is declared here tells.

    It `is_pure` where all that it holds is known, and nothing of that is compiled. `fails` is why it cannot
    be on arm64, None where it can, or nobody knows.
    """

    is_pure: bool = False
    fails: str | None = None


class _Named(Struct, frozen=True, kw_only=True):
    """A layer that tells its architecture: `told` says so.

    `take` says what to do where the function is on the other one, `moving` what going to arm64 takes. It is
    `sure` where what it holds loads on its own alone.
    """

    name: str
    architecture: Called
    told: str
    take: str
    moving: str
    sure: bool


def layer_architecture(
    deployable: Deployable, layers: Mapping[str, Deployable], audited: Mapping[str, Audited]
) -> Iterator[Flaw]:
    """Yield AC020 for each layer of *deployable*; *layers* are those that are declared, by their names.

    *audited* has what is known of what they hold.
    """
    if deployable.kind != "function":
        return
    seen: set[str] = set()
    for layer in deployable.layers:
        known = audited.get(layer.name or "", _NOT_AUDITED)
        made = None if known.is_pure else layers.get(layer.name or "")
        named = _offered(layer.arn) if layer.arn is not None else _declared(made)
        flaw = _flaw(deployable, layer, named) if named is not None and named.name not in seen else None
        if flaw is not None and named is not None:
            seen.add(named.name)
            yield flaw
        elif made is not None and made.name not in seen and _fails(deployable, made, known):
            seen.add(made.name)
            yield _failing(layer, made, known)
        elif (called_by := layer.arn or layer.name or "") not in seen and _is_open(deployable, layer, layers):
            seen.add(called_by)
            yield Flaw(
                rule=NOT_TOLD,
                kind=f"layer:{called_by}",
                severity=Severity.UNKNOWN,
                message=f"a layer that was not read: {called_by}",
                location=layer.location,
                detail=(layer.arn,) if layer.arn is not None else (),
            )


def _fails(deployable: Deployable, made: Deployable, known: Audited) -> bool:
    """Return whether *deployable* is on arm64, and the layer *made* is not for x86_64, and fails there."""
    machines = {each.value for each in made.architectures}
    return known.fails is not None and architecture_of(deployable) == "aarch64" and machines <= {"aarch64"}


def _failing(layer: Layer, made: Deployable, known: Audited) -> Flaw:
    where = f" where {layer.when}" if layer.when is not None else ""
    return Flaw(
        rule=RULE,
        kind=f"layer:{made.name}",
        severity=Severity.BLOCKER if layer.when is None else Severity.WARNING,
        message=f"the layer {made.name}{where} cannot be on arm64, and the function is: {known.fails}",
        location=layer.location,
    )


_NOT_AUDITED: Final = Audited()


def _is_open(deployable: Deployable, layer: Layer, layers: Mapping[str, Deployable]) -> bool:
    """Return whether nobody knows what *layer* is for, and *deployable* would take it to arm64.

    One by a name that is none of *layers* is of a module of Terraform's that is not in the repository.
    """
    machines = {each.value for each in deployable.architectures}
    chosen = layer.when is not None and len(machines) != 1
    unread = layer.name not in layers if layer.arn is None else is_unread(layer)
    return unread and not chosen and machines != {"aarch64"}


def _offered(arn: str) -> _Named | None:
    """Return what the name in *arn* tells."""
    named = layer_in(arn)
    if named is None:
        return None
    twin = f"{named.twin} in its place{'' if named.known else ', if there is one'}"
    return _Named(
        name=named.name,
        architecture=named.architecture,
        told=f"the layer {named.name} is for {named.architecture}",
        take=f"take {twin}",
        moving=f"moving to arm64 takes {twin}",
        sure=named.compiled,
    )


def _declared(made: Deployable | None) -> _Named | None:
    """Return what a layer that is declared tells: what it is built for, else its one label.

    What a Makefile puts there is its own business: `sam build` only chooses the container for it.
    """
    if made is None:
        return None
    built = None if made.build is not None and made.build.value == MAKEFILE else architecture_of(made)
    labels = {each.value for each in made.labels}
    if built is not None and labels - {built}:
        return None  # AC019 says that of the layer itself, once for all who have it
    machine = built or (labels.pop() if len(labels) == 1 else None)
    if machine is None:
        return None
    return _Named(
        name=made.name,
        architecture="x86_64" if machine == "x86_64" else "arm64",
        told=f"the layer {made.name} is {'built' if built else 'labelled'} for {called(machine)}",
        take=f"make one for {'arm64' if machine == 'x86_64' else 'x86_64'}",
        moving="moving to arm64 takes one that is for it",
        sure=built is not None,
    )


def _flaw(deployable: Deployable, layer: Layer, named: _Named) -> Flaw | None:
    is_fixed = architecture_of(deployable) is not None
    others = [each for each in deployable.architectures if called(each.value) != named.architecture]
    if layer.when is not None and not is_fixed and deployable.architectures:
        return None
    where = f" where {layer.when}" if layer.when is not None else ""
    severity = Severity.WARNING
    if others:
        own, when = called(others[0].value), others[0].when
        there = f" where {when}" if when is not None and when != layer.when else ""
        message = f"{named.told}{where}, and the function is {own}{there}; {named.take}"
        if own == "arm64" and is_fixed and named.sure and layer.when is None and when is None:
            severity = Severity.BLOCKER
    elif named.architecture == "x86_64":
        message = f"{named.told}{where}; {named.moving}"
    else:
        return None
    return Flaw(
        rule=RULE,
        kind=f"layer:{named.name}",
        severity=severity,
        message=message,
        location=layer.location,
        detail=(layer.arn,) if layer.arn is not None else (),
    )
