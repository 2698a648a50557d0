"""One request under way: its inputs read, its indexes opened, and what it has learnt from them."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from archcheck import formats
from archcheck.app.trust_scope import files_of
from archcheck.errors import UsageError
from archcheck.files import RUN, TYPED
from archcheck.index.cache.location import cache_folder
from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.installers import settings_for
from archcheck.index.config.pip import reading
from archcheck.index.http.patience import PATIENCE, Patience
from archcheck.inputs import read_constraints, read_input
from archcheck.inputs.typed import TypedLines, divided
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import IndexSource, Location, PathSource
from archcheck.resolve.versions import pin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archcheck.app.request import Request
    from archcheck.deployables.tree import Tree
    from archcheck.files import Files
    from archcheck.index.config.pip import Reader
    from archcheck.index.config.settings import IndexSettings
    from archcheck.index.model import Index
    from archcheck.index.trust import Trust
    from archcheck.manifest.manifest import Manifest, Requirement


class Opened(Struct, frozen=True, kw_only=True):
    """One input, and where what it names is looked up: `index` as far as the input is trusted."""

    manifest: Manifest | Lock
    settings: IndexSettings
    network: IndexClient
    index: Index


class Networks:
    """The indexes that one run asks, each opened once, with one cache and one patience; use it with `with`.

    With them what the run has read of repositories.

    What *request* says of the cache, of timeouts and of how much is asked at once counts for all inputs.
    """

    def __init__(self, request: Request) -> None:
        folder = request.cache_dir or cache_folder(request.environ)
        self.cache = Cache(Path(folder), mode=request.cache_mode, max_stale=request.max_stale)
        self.trees: dict[str, Tree] = {}  # what was read of repositories, by their roots
        self._request = request
        self._stack = ExitStack()
        self._opened: dict[IndexSettings, IndexClient] = {}
        self.read = cache(reading(request.disk))  # the installers' settings, which each input has anew
        self._patience = Patience(request.timeout or PATIENCE)  # pip's and uv's own are for one answer each

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the indexes answered."""
        return tuple(dict.fromkeys(text for each in self._opened.values() for text in each.warnings))

    def opened(self, settings: IndexSettings) -> IndexClient:
        """Return who asks as *settings* say."""
        if settings not in self._opened:
            timeout = settings.timeout if self._request.timeout is None else self._request.timeout
            network = IndexClient(
                replace(settings, timeout=timeout),
                self.cache,
                jobs=self._request.jobs,
                patience=self._patience,
                looked_into=self._request.inspect,
            )
            self._opened[settings] = self._stack.enter_context(network)
        return self._opened[settings]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


class Session:
    """Reads what *request* names, and opens the indexes that its installers would ask; use it with `with`.

    Of several sessions in one run, all ask by the same *networks*. Raises `ArchcheckError` for an input or
    settings that cannot be read.
    """

    def __init__(self, request: Request, networks: Networks | None = None) -> None:
        paths, typed = (
            divided(request.paths, files_of(request), request.cwd)
            if not request.kind
            else (request.paths, ())
        )
        named = [(path, request.kind) for path in paths]
        named += [(path, formats.ENVIRONMENT.kind) for path in request.environments]
        if not named and not typed:
            raise UsageError("nothing to audit: no input is named")
        self.request = request
        self._networks = networks or Networks(request)
        self._own = self._networks if networks is None else None
        self.inputs = tuple(
            self._opened(*each)
            for path, kind in named
            for each in _read(path, kind, request, self._networks.read)
        ) + tuple(
            self._opened(*each)
            for each in (_read_typed(typed, request, self._networks.read) if typed else ())
        )

    @property
    def trees(self) -> dict[str, Tree]:
        """The repositories that the run has read of, by their roots."""
        return self._networks.trees

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the indexes answered."""
        return self._networks.warnings

    def _opened(self, manifest: Manifest | Lock, settings: IndexSettings, trusted: Trust | None) -> Opened:
        network = self._networks.opened(settings)
        index: Index = network
        if _leads(manifest):
            from archcheck.index.local_projects import LocalProjects  # noqa: PLC0415 - few inputs name folders
            from archcheck.inputs.projects import projects_of  # noqa: PLC0415 - as above

            files = files_of(self.request)
            read = projects_of(manifest, files=files, cwd=self.request.cwd)
            index = LocalProjects(network, manifest, read, files)
        if trusted:
            from archcheck.index.restricted_index import RestrictedIndex  # noqa: PLC0415 - most inputs are trusted

            index = RestrictedIndex(index, trusted)
        return Opened(manifest=manifest, settings=settings, network=network, index=index)

    def ask_ahead(self) -> None:
        """Have the pages of what the inputs ask for themselves fetched, while others are audited."""
        for opened in self.inputs:
            if isinstance(opened.manifest, Lock):
                continue
            for requirement in opened.manifest.requirements:
                if requirement.name is not None and isinstance(requirement.source, IndexSource):
                    opened.index.project(requirement.name, pin=pin_of(requirement.specifier))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.__exit__(None, None, None)


def _leads(manifest: Manifest | Lock) -> bool:
    """Return whether *manifest* names local paths."""
    lines = manifest.packages if isinstance(manifest, Lock) else manifest.requirements
    return any(isinstance(each.source, PathSource) for each in lines)


def _read(
    path: str, kind: str | None, request: Request, read: Reader
) -> Iterator[tuple[Manifest | Lock, IndexSettings, Trust | None]]:
    """Yield the input at *path*, constrained as the settings say, and the settings of its installer.

    Where it may not lead anywhere, what it may lead to comes with it. A lock comes once for each choice among
    extras that exclude each other.
    """
    files, environ = files_of(request), {} if request.untrusted else request.environ
    if request.lines:
        files, environ = TypedLines(files, (text for text, _ in request.lines), request.cwd, path), {}
    manifest = read_input(
        path, kind, environ=environ, cwd=request.cwd, selection=request.selection, files=files
    )
    if request.lines and not isinstance(manifest, Lock):
        manifest = _placed(manifest, request.lines)
    yield _restricted(manifest, kind, request, read)
    for other in manifest.others if isinstance(manifest, Lock) else ():
        yield _restricted(other, kind, request, read)


def _placed(manifest: Manifest, lines: tuple[tuple[str, int], ...]) -> Manifest:
    """Return *manifest* with its requirements where they stand: in a Dockerfile, on *lines*."""
    path = manifest.path.removesuffix(RUN)
    return replace(
        manifest,
        requirements=tuple(
            replace(each, location=Location(path=path, line=lines[each.location.line - 1][1]))
            for each in manifest.requirements
        ),
    )


def _read_typed(
    typed: Sequence[str], request: Request, read: Reader
) -> Iterator[tuple[Manifest | Lock, IndexSettings, Trust | None]]:
    """Yield the requirements on the command line as one input; pip fills no variables in there."""
    kind = formats.REQUIREMENTS.kind
    files = TypedLines(files_of(request), typed, request.cwd)
    manifest = read_input(TYPED, kind, environ={}, cwd=request.cwd, selection=request.selection, files=files)
    yield _restricted(manifest, kind, request, read)


def _restricted(
    manifest: Manifest | Lock, kind: str | None, request: Request, read: Reader
) -> tuple[Manifest | Lock, IndexSettings, Trust | None]:
    files, environ = files_of(request), {} if request.untrusted else request.environ
    trusted: Trust | None = None
    agreed = () if isinstance(manifest, Lock) else manifest.ignores
    if request.revision or request.untrusted or request.within:
        from archcheck.app.untrusted import accepted, trust_of  # noqa: PLC0415 - as above
        from archcheck.index.trust import restricted  # noqa: PLC0415 - as above

        trusted = trust_of(manifest, kind, request)
        manifest = restricted(manifest, trusted)
        agreed = () if isinstance(manifest, Lock) else accepted(manifest, kind, request)
    settings = settings_for(request.environ, read, flags=request.flags, options=manifest.options)
    if isinstance(manifest, Lock):
        return manifest, settings, trusted
    constraints = [
        *_constraints(settings.constraints, request.disk, request.environ, request.cwd),
        *_constraints(request.constraints, files, environ, request.cwd, beside=manifest.path),
    ]
    whole = replace(manifest, constraints=(*constraints, *manifest.constraints), ignores=agreed)
    return whole, settings, trusted


def _constraints(
    paths: Iterable[str], files: Files, environ: Mapping[str, str], cwd: str, *, beside: str = ""
) -> Iterator[Requirement]:
    for path in paths:
        yield from read_constraints(path, files=files, environ=environ, cwd=cwd, beside=beside)
