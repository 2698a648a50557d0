"""AC019: the project's own build tool puts something else there than what runs on arm64.

archcheck says what pip would install on the machine itself; the tool that packs the code may choose
otherwise, and nobody is told. What each does was read in its source: aws-lambda-builders 1.63, Zappa 0.63,
Chalice 1.33 and 1.34.

It must not fire where nothing that is compiled is known to be installed: wheels for any platform run wherever
they were packed. A blocker where the tool cannot deploy arm64, or is known to pack what does not load there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.version import InvalidVersion, Version

from archcheck.deployables.model import MAKEFILE
from archcheck.deployables.rules.flaw import Flaw, all_pure, architecture_of, called, worse
from archcheck.deployables.serverless.requirements import PLUGIN
from archcheck.errors import TargetError
from archcheck.model import Severity
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Fit, Miss, MissKind, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.deployables.model import Deployable, Stated
    from archcheck.deployables.rules.flaw import Wheels
    from archcheck.platforms.architectures import Architecture
    from archcheck.platforms.targets import Target

RULE: Final = "AC019"
_UV_GLIBC: Final = 28
"""The glibc 2.N that uv takes `aarch64-unknown-linux-gnu` to have, which SAM's python-uv names."""
_CHALICE: Final = Version("1.34")
"""The first with `lambda_architecture`."""
_NAMED: Final = 5


def build_tool(deployable: Deployable, targets: Sequence[str], wheels: Sequence[Wheels]) -> Iterator[Flaw]:
    """Yield AC019 for what the tool of *deployable* would do on *targets*, with *wheels* where known."""
    if deployable.tool == "chalice":
        yield from _chalice(deployable, wheels)
    if all_pure(wheels) and not _is_image(deployable):
        return
    lambdas = [target for target in map(_target, targets) if target is not None and target.is_lambda]
    if deployable.build is not None and deployable.build.value == "python-uv":
        for target in lambdas:
            yield from _python_uv(deployable, deployable.build, target, wheels)
    if deployable.tool == "zappa":
        yield from _zappa(deployable, lambdas, wheels)
    if deployable.kind == "layer":
        yield from _label(deployable, wheels)
    yield from _built_for(deployable, wheels)
    yield from _kept_for(deployable)


def _chalice(deployable: Deployable, wheels: Sequence[Wheels]) -> Iterator[Flaw]:
    """Yield what keeps Chalice from arm64: `lambda_architecture` came with 1.34; 1.33 passes it over."""
    version = next((each.version for each in wheels if each.distribution == "chalice"), None)
    known = _version(version)
    if known is not None and known >= _CHALICE:
        return
    if known is None:
        severity = Severity.WARNING
        message = (
            "Chalice deploys to arm64 since 1.34, and one before that passes lambda_architecture over; "
            "see that 1.34 or a later one deploys this"
        )
    else:
        severity = Severity.BLOCKER
        message = (
            f"chalice {version}, which is installed here, cannot deploy to arm64; take chalice>=1.34, "
            "which reads lambda_architecture"
        )
    yield Flaw(rule=RULE, kind="chalice", severity=severity, message=message, location=deployable.location)


def _python_uv(
    deployable: Deployable, build: Stated[str], target: Target, wheels: Sequence[Wheels]
) -> Iterator[Flaw]:
    """Yield what uv does with the platform that `sam build` names to it, whatever the runtime's glibc is."""
    has = target.libc.minor
    takes = f"sam build (python-uv) has uv install for glibc 2.{_UV_GLIBC}, and {target.id} has {target.libc}"
    instead = "leave BuildMethod out" if deployable.kind == "function" else "name the runtime as BuildMethod"
    uv = _target(f"glibc2.{_UV_GLIBC}:python{target.python.short}")
    mine = [each for each in wheels if each.target == target.id]
    concerned = [each for each in mine if uv is not None and _differ(each, target, uv)]
    named = _listed(concerned)
    if has < _UV_GLIBC:
        severity = Severity.BLOCKER if concerned else Severity.WARNING
        what = f"of {named} it takes wheels that do" if concerned else "a wheel that needs more does"
        message = f"{takes}: {what} not load there; {instead}, or go to python3.12"
    elif concerned or not mine:
        severity = Severity.WARNING
        what = f"the wheels of {named}" if concerned else f"wheels that need glibc 2.{_UV_GLIBC + 1} or more"
        message = f"{takes}: {what} are passed over for older versions or an sdist; {instead}"
    else:
        return
    yield Flaw(
        rule=RULE,
        kind="python-uv",
        severity=severity,
        message=message,
        location=build.location,
        target=target.id,
        detail=tuple(file for each in concerned for file in each.aarch64)[:_NAMED],
    )


def _differ(wheels: Wheels, target: Target, uv: Target) -> bool:
    """Return whether a wheel loads in the runtime alone, or is taken by uv alone."""
    machine, other = target.on("aarch64"), uv.on("aarch64")
    return any(
        isinstance(fit(each, machine), Fit) != isinstance(fit(each, other), Fit) for each in wheels.aarch64
    )


def _zappa(deployable: Deployable, targets: Sequence[Target], wheels: Sequence[Wheels]) -> Iterator[Flaw]:
    """Yield what Zappa packs: the first wheel with any manylinux tag, whatever glibc the runtime has."""
    takes = "Zappa takes wheels for any glibc, whatever the runtime has"
    instead = "pin versions whose wheels fit, or go to python3.12"
    if not targets:
        message = f"{takes}: one that needs glibc 2.27 does not load on python3.11 and older; {instead}"
        yield Flaw(
            rule=RULE,
            kind="zappa",
            severity=Severity.WARNING,
            message=message,
            location=deployable.location,
        )
    for target in targets:
        machine = target.on("aarch64")
        concerned = [
            each
            for each in wheels
            if each.target == target.id
            and any(_needs_newer_glibc(fit(file, machine)) for file in each.aarch64)
        ]
        if concerned:
            what = f"that of {_listed(concerned)} does"
        elif target.libc.minor < _UV_GLIBC:
            what = "one that needs more does"
        else:
            continue
        yield Flaw(
            rule=RULE,
            kind="zappa",
            severity=Severity.BLOCKER if concerned else Severity.WARNING,
            message=f"{takes}: {target.id} has {target.libc}, and {what} not load there; {instead}",
            location=deployable.location,
            target=target.id,
            detail=tuple(file for each in concerned for file in each.aarch64)[:_NAMED],
        )


def _needs_newer_glibc(answer: Fit | Miss) -> bool:
    return isinstance(answer, Miss) and answer.kind is MissKind.LIBC_TOO_NEW


def _label(deployable: Deployable, wheels: Sequence[Wheels]) -> Iterator[Flaw]:
    """Yield that a layer is built for another architecture than the one that it is labelled with.

    `CompatibleArchitectures` is a label, and `sam build` goes by `Metadata.BuildArchitecture`, x86_64 where
    that is missing (its issues 3747 and 6110).
    """
    built = _built(deployable)
    labels = {each.value for each in deployable.labels if each.when is None}
    if built is None or deployable.build is None or not labels or labels == {built}:
        return
    what = "labelled " + " and ".join(sorted(called(each) for each in labels))
    is_sam = deployable.tool != "serverless"
    key = "Metadata.BuildArchitecture" if is_sam else "provider.architecture"
    missing = f", since {key} is missing" if deployable.is_default else ""
    if built in labels:
        instead = "what is compiled in it loads there alone; make a layer for each"
    else:
        wanted = called(next(iter(labels)))
        instead = f"write {key}: {wanted}" if is_sam else f"state {key}: {wanted}"
    by_hand = deployable.build.value == MAKEFILE
    is_wrong = "aarch64" in labels and built not in labels and not by_hand
    done = "its Makefile is run" if by_hand else "built"
    yield Flaw(
        rule=RULE,
        kind="label",
        severity=worse(wheels) if is_wrong else Severity.WARNING,
        message=f"the layer is {what}, and {done} for {called(built)}{missing}; {instead}",
        location=deployable.labels[0].location,
    )


def _built(deployable: Deployable) -> Architecture | None:
    if deployable.builds_for is not None:
        return deployable.builds_for.value
    return architecture_of(deployable)


def _built_for(deployable: Deployable, wheels: Sequence[Wheels]) -> Iterator[Flaw]:
    """Yield that it is built for another architecture than it runs on."""
    built, own = deployable.builds_for, architecture_of(deployable)
    if built is None or built.when is not None or own is None or built.value == own:
        return
    image = _is_image(deployable)
    if deployable.tool == "serverless":
        tool = PLUGIN
        instead = (
            f"state provider.architecture: {called(own)}, or package.individually: true, "
            "with no dockerImage for another one"
        )
    else:
        tool, instead = "sam build", f"write Metadata.Architecture: {called(own)}"
    blocks = own == "aarch64"
    found = worse(wheels)
    yield Flaw(
        rule=RULE,
        kind="built-for",
        severity=Severity.WARNING if not blocks else Severity.BLOCKER if image else found,
        message=f"{tool} builds it for {called(built.value)}, and it runs on {called(own)}; {instead}",
        location=built.location,
    )


def _kept_for(deployable: Deployable) -> Iterator[Flaw]:
    """Yield that a build for another architecture, made earlier, may be packed once more.

    Whoever moves one function by its own `architecture` gets from the plugin what it kept for x86_64.
    """
    kept, own, built = deployable.kept_for, architecture_of(deployable), deployable.builds_for
    if kept is None or own is None or kept.value == own or (built is not None and built.value != own):
        return
    yield Flaw(
        rule=RULE,
        kind="kept-for",
        severity=Severity.WARNING,
        message=(
            f"{PLUGIN} keeps what it installs under provider.architecture, {called(kept.value)}, and this "
            f"runs on {called(own)}: what was built before for the same requirements is packed again; state "
            f"provider.architecture: {called(own)}, or custom.pythonRequirements.useStaticCache: false"
        ),
        location=kept.location,
    )


def _is_image(deployable: Deployable) -> bool:
    return deployable.code is not None and deployable.code.kind == "dockerfile"


def _target(text: str) -> Target | None:
    try:
        return parse_target(text)
    except TargetError:
        return None


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text is not None else None
    except InvalidVersion:
        return None


def _listed(wheels: Sequence[Wheels]) -> str:
    names = [f"{each.distribution} {each.version}" if each.version else each.distribution for each in wheels]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
