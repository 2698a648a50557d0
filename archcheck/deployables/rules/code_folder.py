"""AC011 and AC009 for what is in the folder of a function's code, whatever its requirements say.

AC011: a native file that people put there themselves (`libfoo.so`, a program) is packed as it is, and one for
x86_64 does not load on arm64. A blocker, unless the same is there for arm64 too. It must not fire on what
loads on x86_64 no better: files for Windows and macOS.

AC009: a module imports what nothing in the repository installs (`import numpy`, and no requirements). It must
not fire where a layer may bring it that is declared here, and so audited itself, or is known to have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.data.layers import for_both, layer_in
from archcheck.deployables.rules.flaw import NOT_TOLD, Flaw, is_unread
from archcheck.errors import TargetError
from archcheck.judge.artifacts.loading import told, unfit
from archcheck.manifest.manifest import Location
from archcheck.model import Severity
from archcheck.platforms.targets import default_target, parse_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archcheck.deployables.contents.files import Natives
    from archcheck.deployables.model import Deployable, Layer, Stated
    from archcheck.platforms.targets import Target

MISMATCH: Final = "AC011"
_NAMED: Final = 5
_MOST_FILES: Final = 200


def vendored(deployable: Deployable, targets: Sequence[str], natives: Natives | None) -> Iterator[Flaw]:
    """Yield AC011 for those of *natives* that load on x86_64 alone, AC009 for those that were not read."""
    if natives is None:
        return
    found: dict[str, str] = {}
    for target in _targets(targets) if natives.files else ():
        elves = [each for each in natives.files if each.format == "elf"]
        x86 = {each.path for each in unfit(elves, (), target.on("x86_64"))}
        worse = [each for each in unfit(elves, (), target.on("aarch64")) if each.path not in x86]
        found |= {each.path: told([each]) for each in worse}
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        said = "; ".join(list(found.values())[:_NAMED])
        yield Flaw(
            rule=MISMATCH,
            kind="vendored",
            severity=Severity.BLOCKER,
            message=f"in the folder of its code {said}{more}; put there what is built for arm64",
            location=Location(path=next(iter(found)), line=0),
            detail=tuple(found)[:_MOST_FILES],
        )
    if natives.unread or natives.cut:
        what = f"{natives.unread[0]} could not be read" if natives.unread else "its folder holds too much"
        yield Flaw(
            rule=NOT_TOLD,
            kind="not-read",
            severity=Severity.UNKNOWN,
            message=f"{what}: not all native files in its code were looked into",
            location=deployable.location,
            detail=natives.unread[:_MOST_FILES],
        )


def _targets(names: Sequence[str]) -> tuple[Target, ...]:
    found = []
    for name in names:
        try:
            found.append(parse_target(name))
        except TargetError:
            continue
    return tuple(found) or (default_target(None),)


def imported(
    deployable: Deployable, layers: Mapping[str, Deployable], imports: Sequence[Stated[str]]
) -> Iterator[Flaw]:
    """Yield AC009 for *imports* that neither a declared one of *layers* nor a known one brings."""
    if any(layer.name in layers for layer in deployable.layers):
        return  # it is audited by itself
    brought = {name for layer in deployable.layers for name in _brought(layer)}
    left = [each for each in imports if each.value not in brought]
    if not left:
        return
    first, *others = left
    names = ", ".join(each.value for each in others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    also = f" (nor of {names}{more})" if others else ""
    unread = next((each.arn for each in deployable.layers if is_unread(each)), None)
    perhaps = f"; the layer {unread}, which was not read, may bring it" if unread else ""
    where = f"{first.location.path.rpartition('/')[2]}:{first.location.line}"
    yield Flaw(
        rule=NOT_TOLD,
        kind="imports",
        severity=Severity.UNKNOWN,
        message=f"{where} imports {first.value}, and nothing says which version{also}{perhaps}",
        location=first.location,
        detail=tuple(f"{each.location} imports {each.value}" for each in left)[:_MOST_FILES],
    )


def _brought(layer: Layer) -> tuple[str, ...]:
    arn = layer.arn or ""
    named = layer_in(arn) or for_both(arn)
    return named.brings if named is not None else ()
