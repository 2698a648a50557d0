"""uv.lock: the projects that are audited, and what the selection takes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.inputs.parsing.messages import a_few, shown
from archcheck.inputs.uv.graph import active_of, encoded, normal
from archcheck.inputs.uv.schema import Edge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.uv.schema import Conflict, Declared, LockFile, Package
    from archcheck.manifest.manifest import Selection


class Start(Struct, frozen=True, kw_only=True):
    """An edge of the project's own, its place in the file, and the requirements that may have declared it.

    `extra` is the project's extra that the edge belongs to.
    """

    edge: Edge
    key: str
    declared: Sequence[Declared]
    extra: str | None = None


class Chosen(Struct, frozen=True, kw_only=True):
    """The roots by their numbers, the edges out of them, what is active; `left_out` conflict with a root."""

    roots: tuple[int, ...]
    starts: tuple[Start, ...]
    active: frozenset[str]
    left_out: tuple[int, ...] = ()


def choose(document: Document, lock: LockFile, selection: Selection) -> Chosen:
    """Return what *selection* takes of the lock; raises InputError for names that no project has.

    A member that is meant alone has nothing of the groups that belong to no project.
    """
    roots = roots_of(document, lock, selection.package)
    packages = [lock.package[number] for number in roots]
    unowned = {} if selection.package else lock.manifest.dependency_groups
    extras = normalised(e for p in packages for e in (*p.optional_dependencies, *p.metadata.provides_extras))
    groups = normalised(g for p in packages for g in (*p.dev_dependencies, *p.metadata.requires_dev))
    _check(document, "extra", selection.extras, extras)
    _check(document, "group", selection.groups, groups | normalised(unowned))
    wanted = extras if selection.all_extras else selection.extras
    kept, left_out, active = _compatible(document, lock, roots, wanted, selection.groups)
    owned = (
        start for number in kept for start in _starts(number, lock.package[number], wanted, selection.groups)
    )
    return Chosen(
        roots=kept,
        starts=(*owned, *(() if selection.package else _unowned(lock, selection.groups))),
        active=active,
        left_out=left_out,
    )


def roots_of(document: Document, lock: LockFile, package: str = "") -> tuple[int, ...]:
    """Return the workspace's members, or the one project of the folder; none where there is no project.

    Where a *package* is named, that is the one; raises InputError where it is none of them.
    """
    manifest = lock.manifest
    members = normalised(manifest.members)
    roots = tuple(
        number
        for number, package in enumerate(lock.package)
        if package.source.folder is not None
        and (canonicalize_name(package.name) in members if members else package.source.folder in {".", ""})
    )
    if lock.package and not (roots or manifest.requirements or manifest.dependency_groups):
        document.refuse(
            "no project; expected a package with the source { virtual = '.' } or { editable = '.' }"
        )
    if not package:
        return roots
    named = {str(canonicalize_name(lock.package[number].name)): number for number in roots}
    if package not in named:
        expected = f"expected one of: {a_few(named)}" if named else "the lock has none"
        document.refuse(f"no member of the workspace is called {shown(package)}; {expected}")
    return (named[package],)


def normalised(names: Iterable[str]) -> frozenset[str]:
    """Return *names* in their normalised form."""
    return frozenset(canonicalize_name(name) for name in names)


def _check(document: Document, what: str, asked: frozenset[str], known: frozenset[str]) -> None:
    for name in sorted(asked - known):
        names = f"expected one of: {a_few(known)}" if known else "the lock has none"
        document.refuse(f"no {what} is called {shown(name)}; {names}")


def _compatible(
    document: Document, lock: LockFile, roots: tuple[int, ...], extras: Iterable[str], groups: Iterable[str]
) -> tuple[tuple[int, ...], tuple[int, ...], frozenset[str]]:
    """Return the roots that can be installed together, those left out, and what is then active.

    Members that exclude each other cannot both be roots: the first is kept. Extras or groups that do so were
    asked for by name: that is an InputError.
    """
    kept, left_out = list[int](), list[int]()
    active = frozenset[str]()
    for number in roots:
        package = lock.package[number]
        own_extras = _own(package.optional_dependencies, extras)
        own_groups = _own(package.dev_dependencies, groups)
        more = active.union(active_of(canonicalize_name(package.name), own_extras, own_groups))
        clash = _clash(lock.conflicts, more)
        if not clash:
            kept.append(number)
            active = more
        elif kept and any(item.extra is None and item.group is None for item in clash):
            left_out.append(number)
        else:
            names = " and ".join(shown(item.extra or item.group or item.package) for item in clash)
            document.refuse(f"{names} exclude each other; expected one of them", key="conflicts")
    return tuple(kept), tuple(left_out), active


def _clash(conflicts: Iterable[tuple[Conflict, ...]], active: frozenset[str]) -> list[Conflict]:
    """Return the active items of the first conflict that has several, else none."""
    found = ([item for item in conflict if encoded(item) in active] for conflict in conflicts)
    return next((items for items in found if len(items) > 1), [])


def _own(table: Mapping[str, object], names: Iterable[str]) -> list[str]:
    """Return the keys of *table* that *names* holds in their normalised form."""
    wanted = frozenset(names)
    return [key for key in table if canonicalize_name(key) in wanted]


def _starts(number: int, package: Package, extras: Iterable[str], groups: Iterable[str]) -> Iterator[Start]:
    """Yield a project's own edges: its dependencies, those of the extras and those of the groups."""
    own = _by_name(package.metadata.requires_dist)
    for place, edge in enumerate(package.dependencies):
        key = f"package[{number}].dependencies[{place}]"
        yield Start(edge=edge, key=key, declared=own.get(normal(edge.name), ()))
    for extra in _own(package.optional_dependencies, extras):
        for place, edge in enumerate(package.optional_dependencies[extra]):
            key = f"package[{number}].optional-dependencies.{extra}[{place}]"
            yield Start(edge=edge, key=key, declared=own.get(normal(edge.name), ()), extra=extra)
    for group in _own(package.dev_dependencies, groups):
        declared = _by_name(package.metadata.requires_dev.get(group, ()))
        for place, edge in enumerate(package.dev_dependencies[group]):
            key = f"package[{number}].dev-dependencies.{group}[{place}]"
            yield Start(edge=edge, key=key, declared=declared.get(normal(edge.name), ()))


def _by_name(requirements: Iterable[Declared]) -> dict[str, list[Declared]]:
    found: dict[str, list[Declared]] = {}
    for each in requirements:
        found.setdefault(normal(each.name), []).append(each)
    return found


def _unowned(lock: LockFile, groups: Iterable[str]) -> Iterator[Start]:
    """Yield the requirements of a script (PEP 723), and of groups in a pyproject.toml without a project."""
    manifest = lock.manifest
    named: dict[str, list[Package]] = {}
    for package in lock.package:
        named.setdefault(normal(package.name), []).append(package)
    tables = {"requirements": manifest.requirements}
    for group in _own(manifest.dependency_groups, groups):
        tables[f"dependency-groups.{group}"] = manifest.dependency_groups[group]
    for table, requirements in tables.items():
        for place, declared in enumerate(requirements):
            for edge in _forks(named.get(normal(declared.name), ()), declared):
                yield Start(edge=edge, key=f"manifest.{table}[{place}]", declared=(declared,))


def _forks(found: Sequence[Package], declared: Declared) -> Iterator[Edge]:
    """Yield an edge for each of *found*, which *declared* names: each has the markers of its own forks."""
    plain = Edge(name=declared.name, extra=declared.extras, marker=declared.marker)
    if len(found) <= 1:
        yield plain
        return
    for package in found:
        forks = " or ".join(f"({marker})" for marker in package.resolution_markers)
        both = " and ".join(f"({marker})" for marker in (declared.marker, forks) if marker)
        yield Edge(
            name=declared.name,
            extra=declared.extras,
            version=package.version,
            source=package.source,
            marker=both or None,
        )
