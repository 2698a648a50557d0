"""How sizes are told: in MiB, since AWS writes MB and counts 1,048,576 bytes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.judge.shipping.loads import least

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Load, Sizes

_MIB: Final = 2**20
_TENTHS: Final = 10
_SHOWN: Final = 3


def mebibytes(size: int) -> str:
    """Return *size* in bytes as people read it, rounded up: what is over a limit never reads as at it."""
    tenths = -(-size * _TENTHS // _MIB)
    whole, tenth = divmod(tenths, _TENTHS)
    return f"{whole:,}.{tenth} MiB" if tenth else f"{whole:,} MiB"


def at_least(load: Load) -> str:
    """Return what is unzipped on one architecture, as far as it is known."""
    return f"{'at least ' if load.unknown else ''}{mebibytes(least(load))}"


def as_what(load: Load) -> str:
    """Return in which way it is shipped, in words; "" where there is none."""
    match load.way:
        case "zip":
            return "as a zip"
        case "zip-s3":
            return "as a zip by way of S3"
        case "zip-layers":
            return f"as a zip with a layer of {listed(load.layer)}"
        case "image":
            return "as a container image"
        case None:
            return ""


def listed(names: Sequence[str]) -> str:
    """Return *names* as a sentence has them; of many the first few."""
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def reasons(sizes: Sizes) -> tuple[str, ...]:
    """Return what the recommendation has to say of the way it is shipped; nothing where any way will do."""
    x86, arm, limits = sizes.x86_64, sizes.aarch64, sizes.limits
    if limits is None or sizes.ship == "image":
        return ()
    most = f"a zip and its layers may come to {mebibytes(limits.unzipped)}"
    if arm.way == "image":
        return (f"as a container image: on aarch64 it comes to {at_least(arm)} unzipped, and {most}",)
    if arm.way is not None and least(x86) > limits.unzipped and not arm.unknown:
        told = f"{mebibytes(least(arm))} unzipped there, {at_least(x86)} on x86_64"
        return (f"only on aarch64 does it fit a zip: {told}, and {most}",)
    return ()
