"""`archcheck.audit`: the command line as a function; `import archcheck` alone does not load it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

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
from archcheck.policy import Policy, name_glob

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from archcheck.model import Architecture, Report, Ship, Workload
    from archcheck.policy import Ignore

PathLike = str | os.PathLike[str]
_CACHES: dict[str, Literal["normal", "offline", "refresh", "off"]] = {
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
    cache: Literal["normal", "offline", "refresh", "none"] = "normal",
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
    if exclude_newer is not None and exclude_newer.tzinfo is None:
        raise UsageError(f"exclude_newer: expected a time with its zone, found {exclude_newer.isoformat()}")
    if cache not in _CACHES:
        raise UsageError(f"cache: expected one of {', '.join(_CACHES)}, found {cache!r}")
    installed = _paths(environments)
    request = Request(
        paths=_paths(paths) or (() if installed else (".",)),
        environments=installed,
        cwd=os.getcwd(),  # noqa: PTH109 - Path.cwd() would resolve nothing more
        environ=os.environ,
        kind=kind,
        targets=_texts(targets),
        selection=Selection(
            extras=frozenset(map(canonicalize_name, _texts(extras))),
            all_extras=all_extras,
            groups=frozenset(map(canonicalize_name, _texts(groups))),
            package=canonicalize_name(package or ""),
        ),
        flags=IndexOptions(
            index_url=index_url,
            extra_index_urls=_texts(extra_index_urls),
            find_links=_paths(find_links),
            no_index=no_index,
            pre=pre,
            prefer_binary=prefer_binary,
            formats=_formats(_texts(no_binary), _texts(only_binary)),
        ),
        constraints=_paths(constraints),
        no_deps=no_deps,
        exclude_newer=exclude_newer,
        policy=Policy(ignores=tuple(map(_ignore, ignores))),
        workload=workload,
        ship=ship,
        architecture=architecture,
        inspect=inspect,
        inspect_budget=inspect_budget,
        remedies=remedies,
        cache_mode=_CACHES[cache],
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


def _texts(said: str | Iterable[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(dict.fromkeys(said))


def _paths(said: PathLike | Iterable[PathLike]) -> tuple[str, ...]:
    named = (said,) if isinstance(said, str | os.PathLike) else said
    return tuple(dict.fromkeys(os.fspath(each) for each in named))


def _formats(no_binary: Iterable[str], only_binary: Iterable[str]) -> FormatControl:
    formats = FormatControl()
    for value in no_binary:
        formats = restrict(formats, "no-binary", value)
    for value in only_binary:
        formats = restrict(formats, "only-binary", value)
    return formats


def _ignore(said: Ignore) -> Ignore:
    """Return *said* with its rule by its code and its package as names are compared; raises UsageError."""
    code = None if said.rule is None else rule(said.rule).code
    return replace(said, rule=code, package=name_glob(said.package))
