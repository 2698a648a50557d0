"""`archcheck.audit`: the command line as a function; `import archcheck` alone does not load it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.perform import perform
from archcheck.app.repositories.perform import perform_repository
from archcheck.app.request import JOBS, Request
from archcheck.errors import UsageError
from archcheck.index.config.format_control import restrict
from archcheck.inspect.budget import BUDGET
from archcheck.judge.rule_texts import rule
from archcheck.manifest.manifest import FormatControl, IndexOptions, Selection
from archcheck.model import Architecture, Ship, Workload
from archcheck.policy import Ignore, Policy, name_glob
from archcheck.savings.checks import checked

if TYPE_CHECKING:
    from archcheck.model import Report

PathLike = str | os.PathLike[str]
Caching = Literal["normal", "offline", "refresh", "none"]
_T = TypeVar("_T")
_CACHES: dict[Caching, Literal["normal", "offline", "refresh", "off"]] = {
    "normal": "normal",
    "offline": "offline",
    "refresh": "refresh",
    "none": "off",
}


def audit(
    *paths: PathLike,
    targets: str | Iterable[str] = (),
    kind: str | None = None,
    recursive: bool = False,
    extras: str | Iterable[str] = (),
    all_extras: bool = False,
    groups: str | Iterable[str] = (),
    package: str | None = None,
    environments: PathLike | Iterable[PathLike] = (),
    constraints: PathLike | Iterable[PathLike] = (),
    index_url: str | None = None,
    extra_index_urls: str | Iterable[str] = (),
    find_links: PathLike | Iterable[PathLike] = (),
    no_index: bool = False,
    only_binary: str | Iterable[str] = (),
    no_binary: str | Iterable[str] = (),
    pre: bool = False,
    prefer_binary: bool = False,
    no_deps: bool = False,
    exclude_newer: datetime | None = None,
    ignores: Iterable[Ignore] = (),
    workload: Workload | None = None,
    ship: Ship | None = None,
    architecture: Architecture | None = None,
    inspect: bool = True,
    inspect_budget: int = BUDGET,
    remedies: bool = True,
    cache: Caching = "normal",
    cache_dir: PathLike | None = None,
    max_stale: float = 0,
    timeout: float | None = None,
    jobs: int = JOBS,
) -> Report:
    """Return the report on the inputs at *paths*, against each of *targets*; docs/api.md has examples.

    The same as `archcheck PATH… --no-config`, each argument as the option of its name; one string stands for
    a list of one. Without *paths* it is what the current folder holds. Settings come from pip's configuration
    and the environment, as for the command. *kind* names the format where a file's name and text do not tell
    it; with *recursive* the one path is a folder, and all that it deploys is audited. *constraints* are
    files, *only_binary* and *no_binary* names or `:all:`. *exclude_newer* has a zone. *inspect_budget* is
    in bytes, *timeout* and *max_stale* in seconds. *cache* "none" neither reads nor writes one.

    Raises `archcheck.errors.ArchcheckError` for an input, a target or an option that cannot be meant; an
    index that does not answer makes a report whose `complete` is False.

        report = archcheck.audit("requirements.txt", targets=["lambda:python3.13"])
        report.ready    # True: all of it runs on arm64 as it is
    """
    scalars = _scalars(
        kind=kind,
        package=package,
        index_url=index_url,
        exclude_newer=exclude_newer,
        ship=ship,
        architecture=architecture,
        inspect_budget=inspect_budget,
        cache=cache,
        max_stale=max_stale,
        timeout=timeout,
        jobs=jobs,
    )
    installed = _paths("environments", environments)
    request = Request(
        paths=_paths("paths", paths) or (() if installed else (".",)),
        environments=installed,
        cwd=os.getcwd(),  # noqa: PTH109 - Path.cwd() would resolve nothing more
        environ=os.environ,
        kind=kind,
        targets=_texts("targets", targets.split(",") if isinstance(targets, str) else targets),
        selection=Selection(
            extras=frozenset(map(canonicalize_name, _texts("extras", extras))),
            all_extras=all_extras,
            groups=frozenset(map(canonicalize_name, _texts("groups", groups))),
            package=canonicalize_name(package or ""),
        ),
        flags=IndexOptions(
            index_url=index_url,
            extra_index_urls=_texts("extra_index_urls", extra_index_urls),
            find_links=_paths("find_links", find_links),
            no_index=no_index,
            pre=pre,
            prefer_binary=prefer_binary,
            formats=_formats(_texts("no_binary", no_binary), _texts("only_binary", only_binary)),
        ),
        constraints=_paths("constraints", constraints),
        no_deps=no_deps,
        exclude_newer=scalars.exclude_newer,
        policy=Policy(ignores=_ignores(ignores)),
        workload=None if workload is None else checked(_of(Workload, "workload", workload)),
        ship=scalars.ship,
        architecture=scalars.architecture,
        inspect=inspect,
        inspect_budget=inspect_budget,
        remedies=remedies,
        cache_mode=_CACHES[scalars.cache],
        cache_dir=None if cache_dir is None else os.fspath(cache_dir),
        max_stale=max_stale,
        timeout=timeout,
        jobs=jobs,
    )
    if not recursive:
        return perform(request)
    if len(request.paths) != 1:
        raise UsageError(f"recursive: expected one folder, found {len(request.paths)} paths")
    if not os.path.isdir(request.paths[0]):  # noqa: PTH112 - it is a string already
        raise UsageError(f"recursive: expected a folder, found {request.paths[0]!r}")
    return perform_repository(request, request.paths[0], lambda path: replace(request, paths=(path,)))


class _Scalars(Struct, frozen=True, kw_only=True):
    """The arguments that are one value each, as they have to be."""

    kind: str | None
    package: str | None
    index_url: str | None
    exclude_newer: Annotated[datetime, Meta(tz=True)] | None
    ship: Ship | None
    architecture: Architecture | None
    inspect_budget: Annotated[int, Meta(ge=0)]
    cache: Caching
    max_stale: Annotated[float, Meta(ge=0)]
    timeout: Annotated[float, Meta(gt=0)] | None
    jobs: Annotated[int, Meta(ge=1)]


def _scalars(**said: object) -> _Scalars:
    """Return what was *said*; raises UsageError, by the argument's name, for a value that cannot be meant."""
    try:
        return convert(said, _Scalars, builtin_types=(datetime,))
    except ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`")
        shown = "" if "enum" in problem else f", found {str(said[name])[:40]!r}"
        raise UsageError(f"{name}: {problem[:1].lower()}{problem[1:].replace('`', '')}{shown}") from error


def _texts(name: str, said: object) -> tuple[str, ...]:
    listed = (said,) if isinstance(said, str) else _listed(name, said)
    return tuple(dict.fromkeys(_of(str, name, each).strip() for each in listed))


def _paths(name: str, said: object) -> tuple[str, ...]:
    listed = (said,) if isinstance(said, str | os.PathLike) else _listed(name, said)
    for each in listed:
        if not isinstance(each, str | os.PathLike):
            raise UsageError(f"{name}: expected paths, found {str(each)[:40]!r}")
    return tuple(dict.fromkeys(os.fspath(each) for each in listed))


def _listed(name: str, said: object) -> tuple[Any, ...]:
    if not isinstance(said, Iterable):
        raise UsageError(f"{name}: expected a list, found {str(said)[:40]!r}")
    return tuple(said)


def _of(kind: type[_T], name: str, said: object) -> _T:
    if not isinstance(said, kind):
        raise UsageError(f"{name}: expected {kind.__name__}, found {str(said)[:40]!r}")
    return said


def _formats(no_binary: Iterable[str], only_binary: Iterable[str]) -> FormatControl:
    formats = FormatControl()
    for value in no_binary:
        formats = restrict(formats, "no-binary", value)
    for value in only_binary:
        formats = restrict(formats, "only-binary", value)
    return formats


def _ignores(said: object) -> tuple[Ignore, ...]:
    """Return what is *said* to be accepted: rules by their codes, packages as names are compared."""
    found = [_of(Ignore, "ignores", each) for each in _listed("ignores", said)]
    return tuple(
        replace(each, rule=each.rule and rule(each.rule).code, package=name_glob(each.package))
        for each in found
    )
