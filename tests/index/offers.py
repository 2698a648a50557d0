"""What a random index offers: a small universe of packages, of which some documents cannot be had."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.loopback import Failure, Features, Sdist, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("ada", "bell", "cray", "dell", "eve", "fern")
VERSIONS = ("1.0", "1.1", "2.0", "2.1", "3.0")
LINUX = "cp313-cp313-manylinux_2_17"
WHEELS = (
    *[("py3-none-any",)] * 4,
    (f"{LINUX}_x86_64",),
    (f"{LINUX}_x86_64", f"{LINUX}_aarch64"),
    (f"{LINUX}_x86_64", "cp313-cp313-manylinux_2_38_aarch64"),
    (),
)
ABSENT = (404, 410)
STATUSES = (403, *ABSENT, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What stands on an index, what goes wrong there, and what is asked of it and, of some, of a second one."""

    store: Store
    features: Features
    failures: tuple[Failure, ...]
    second: Offer | None = None
    lines: tuple[str, ...]


def offer(seed: int) -> Offer:
    """Return the offer of *seed*, the same on every run."""
    dice = random.Random(seed)
    names = NAMES[: dice.randint(2, len(NAMES))]
    lines = tuple(_requirement(dice, names) for _ in range(dice.randint(1, 4)))
    first = _offer(dice, names, lines)
    return replace(first, second=_offer(dice, names[::2], ())) if dice.random() < 0.25 else first


def _offer(dice: random.Random, names: tuple[str, ...], lines: tuple[str, ...]) -> Offer:
    store = Store()
    for name in names:
        for version in dice.sample(VERSIONS, dice.randint(1, 4)):
            store.add(name, version, **_release(dice, names))
    features = Features(
        metadata_files=dice.random() < 0.7,
        version_json=dice.random() < 0.7,
        ranges=dice.random() < 0.7,
        caching_headers=dice.random() < 0.7,
        json_pages=dice.random() < 0.8,
        max_age=dice.choice((0, 600)),
    )
    failures = tuple(_failures(dice, store))
    return Offer(store=store, features=features, failures=failures, lines=lines)


def _release(dice: random.Random, names: tuple[str, ...]) -> dict[str, Any]:
    wheels = dice.choice(WHEELS)
    sdist: Sdist | bool = False
    if not wheels or dice.random() < 0.4:
        dynamic = dice.choice(((), (), ("Requires-Dist",)))
        sdist = Sdist(
            dynamic=dynamic,
            metadata_version=dice.choice(("2.1", "2.2")),
            static_requires=dice.random() < 0.7,
        )
    requires = [_requirement(dice, names) for _ in range(dice.choice((0, 0, 1, 1, 2)))]
    return {"wheels": wheels, "sdist": sdist, "requires_dist": requires}


def _requirement(dice: random.Random, names: tuple[str, ...]) -> str:
    operator = dice.choices(("", "==", ">=", "<=", "!="), weights=(5, 6, 3, 2, 1))[0]
    return dice.choice(names) + (f"{operator}{dice.choice(VERSIONS)}" if operator else "")


def _failures(dice: random.Random, store: Store) -> Iterator[Failure]:
    """Yield what goes wrong: some documents of some projects, whichever way."""
    chance = dice.choice((0.05, 0.2, 0.5))
    for project in (store.projects[name] for name in store.names()):
        releases = f"/pypi/{project.name}/*"
        documents: list[tuple[str, bool | None]] = [
            (releases.replace("*", f"{version}/json"), None) for version in project.versions
        ]
        for file in project.files:
            documents += [(f"/files/{file.filename}.metadata", None)]
            documents += [(f"/files/{file.filename}", dice.choice((True, False, None)))]
        if dice.random() < chance:
            page = _failure(dice, f"/simple/{project.name}/")
            yield page
            if page.status in ABSENT:  # an index that says that there is no such project says so everywhere
                yield replace(page, pattern=releases)
        for pattern, ranged in documents:
            if dice.random() < chance:
                yield _failure(dice, pattern, ranged=ranged)


def _failure(dice: random.Random, pattern: str, *, ranged: bool | None = None) -> Failure:
    kind = dice.randrange(6)
    if kind == 0:
        return Failure(pattern=pattern, ranged=ranged, cut_off=dice.choice((0.0, 0.5, 0.9)))
    if kind == 1:
        return Failure(pattern=pattern, ranged=ranged, body=b"<h1>Please log in</h1>")
    return Failure(pattern=pattern, ranged=ranged, status=dice.choice(STATUSES), body=b"no")
