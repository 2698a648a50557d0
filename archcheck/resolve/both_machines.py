"""What a manifest installs on both architectures of a target: one search for each, unless both are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.manifest.manifest import PathSource, UrlSource
from archcheck.resolve.context import Context
from archcheck.resolve.model import Resolution
from archcheck.resolve.passes import resolve
from archcheck.resolve.prefetch import Prefetcher
from archcheck.resolve.requirements import constraints_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Index
    from archcheck.manifest.manifest import Manifest
    from archcheck.platforms.targets import Machine, Target
    from archcheck.resolve.model import Chosen, Options, Outcome
    from archcheck.resolve.search.replay import Searched


def resolve_both(
    manifest: Manifest, target: Target, index: Index, options: Options
) -> tuple[Outcome, Outcome]:
    """Return what x86_64 and aarch64 would install.

    Where one needs a version that does not install, it takes the one that the other architecture installs.
    """
    machines = target.on("x86_64"), target.on("aarch64")
    prefetcher = Prefetcher(index, machines, options, constraints_of(manifest))
    for line in manifest.requirements:
        if isinstance(line.source, UrlSource | PathSource):
            index.direct(line.source, frozenset(line.hashes))

    def on(
        machine: Machine, other: Outcome | None, like: Searched | None = None
    ) -> tuple[Outcome, Searched | None]:
        others = other.packages if isinstance(other, Resolution) else {}
        context = Context(
            manifest=manifest,
            machine=machine,
            index=index,
            options=options,
            prefetcher=prefetcher,
            prefer=_versions(others, installed=True),
            missing_beside=_versions(others, installed=False),
        )
        return resolve(context, like)

    x86, searched = on(machines[0], None)
    arm, _ = on(machines[1], x86, searched)
    if isinstance(x86, Resolution) and isinstance(arm, Resolution) and x86.relaxed - arm.relaxed:
        x86, _ = on(machines[0], arm)
    prefetcher.raise_fault()
    return x86, arm


def _versions(packages: Mapping[NormalizedName, Chosen], *, installed: bool) -> dict[NormalizedName, Version]:
    return {
        name: chosen.pick.version
        for name, chosen in packages.items()
        if chosen.pick.version is not None and chosen.pick.installs is installed
    }
