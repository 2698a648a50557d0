"""Which targets an input is audited against, and what says so."""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.app.trust_scope import files_of
from archcheck.errors import TargetError
from archcheck.files import absolute, beside, is_nameless
from archcheck.formats import row_of
from archcheck.inputs.access.confined import Checkout
from archcheck.manifest.lock import Lock
from archcheck.model import TargetSource
from archcheck.platforms.targets import default_target, parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.specifiers import SpecifierSet

    from archcheck.app.request import Request
    from archcheck.deployables.joined import Unit
    from archcheck.deployables.model import Stated
    from archcheck.deployables.tree import Tree
    from archcheck.manifest.manifest import Manifest
    from archcheck.model.report import TargetKind
    from archcheck.platforms.targets import Target

_MOST: Final = 6
"""How many targets of one input are audited where several functions share it."""
_ABOVE: Final = 3
"""In how many folders above an input it is looked for what deploys it."""


class Aimed(NamedTuple):
    """A target, what says that the input runs there, and why a file that may say so was not read."""

    target: Target
    source: TargetSource
    unread: str = ""


def targets_for(
    manifest: Manifest | Lock, request: Request, trees: dict[str, Tree] | None = None
) -> tuple[Aimed, ...]:
    """Return the targets of *manifest*, by the first of these that names any.

    *trees* are the repositories that the run has read of already, by their roots.

    The request itself; an installed environment's own Python; infrastructure files that name the input, in
    its folder and above it; the Python that built files are for; a version manager's file; the input itself
    (`requires-python`, or the Python that a Pipfile makes its environment with); else the newest runtime, a
    guess.
    Raises TargetError for a target of the request that is unknown.
    """
    if request.targets:
        source = request.targets_source or TargetSource(kind="option")
        return tuple(Aimed(parse_target(text), source) for text in dict.fromkeys(request.targets))
    trees = {} if trees is None else trees
    pythons, row = manifest.requires_python, row_of(manifest.kind)
    # An environment has its own Python; what is put together to be shipped has that of what runs it.
    if (not row.installed or row.built) and (deployed := aimed(_deployed(manifest, request, trees), request)):
        return deployed
    if row.installed:
        kind: TargetKind = "installed" if pythons is not None else "default"
        path = manifest.path if pythons is not None else None
        return (Aimed(default_target(pythons), TargetSource(kind=kind, path=path)),)
    from archcheck.inputs.python_version_files import python_said  # noqa: PLC0415 - where no target is named

    root = Checkout(request.cwd).root
    member = beside(manifest.path, manifest.folder) if isinstance(manifest, Lock) else manifest.path
    said = python_said(member, files=files_of(request), cwd=request.cwd, root=str(root))
    if said is not None and (target := _on_lambda(said.version)) is not None:
        path = spelled(said.location.path, request.cwd)
        source = TargetSource(kind="python-version", path=path, line=said.location.line or None)
        return (Aimed(target, source),)
    pinned = _pinned(pythons) if row.python_is_advice else None
    target = pinned or default_target(pythons)
    # Lambda has one patch release of each line, which need not be the one that is pinned.
    if pythons is None or (pinned is None and target.python.full not in pythons):
        return (_guess(target, manifest, request, trees),)
    kind = "python-version" if row.python_is_advice else "requires-python"
    return (Aimed(target, TargetSource(kind=kind, path=manifest.path)),)


def aimed(stated: Iterable[Stated[str]], request: Request) -> tuple[Aimed, ...]:
    """Return the targets that infrastructure files have *stated*, each once; unknown ones are passed over.

    Their paths are those from the repository's root.
    """
    root = str(Checkout(request.cwd).root)
    found: dict[str, Aimed] = {}
    for each in stated:
        try:
            target = parse_target(each.value)
        except TargetError:
            continue
        path = spelled(absolute(root, each.location.path), request.cwd)
        source = TargetSource(kind="infrastructure", path=path, line=each.location.line or None)
        found.setdefault(target.id, Aimed(target, source))
    return tuple(found.values())[:_MOST]


def spelled(path: str, cwd: str) -> str:
    """Return the absolute *path* as seen from *cwd*, with `/` between folders."""
    try:
        return PurePath(os.path.relpath(path, cwd)).as_posix()
    except ValueError:  # on another drive
        return path


def _deployed(manifest: Manifest | Lock, request: Request, trees: dict[str, Tree]) -> Iterator[Stated[str]]:
    """Yield what infrastructure files in the input's folder, or else above it, say that it runs on.

    What only builds an image of it (a Dockerfile) counts where nothing says how it is deployed: of a function
    of Lambda's it is how people run it at home.
    """
    if is_nameless(manifest.path):
        return
    root = str(Checkout(request.cwd).root)
    here = PurePath(os.path.relpath(absolute(request.cwd, manifest.path), root)).as_posix()
    if here.startswith("../"):
        return
    from archcheck.deployables.model import BUILDERS  # noqa: PLC0415 - where no target is named
    from archcheck.deployables.tree import Tree, folder_of  # noqa: PLC0415 - as above

    tree, folder = trees.setdefault(root, Tree(root, files_of(request))), folder_of(here)
    built: tuple[Stated[str], ...] = ()
    for _ in range(_ABOVE + 1):
        units = _units(folder, here, tree)
        deployed = [unit for unit in units if unit.deployable and unit.deployable.tool not in BUILDERS]
        if targets := [stated for unit in deployed for stated in unit.targets]:
            yield from targets
            return
        built = built or tuple(stated for unit in units for stated in unit.targets)
        if folder == ".":
            break
        folder = folder_of(folder)
    yield from built


def _units(folder: str, path: str, tree: Tree) -> list[Unit]:
    """Return what the infrastructure files in *folder* of *tree* deploy that has the input at *path*."""
    from archcheck.deployables.readers import infrastructure_in  # noqa: PLC0415 - where no target is named

    files = tree.once(("infrastructure", folder), lambda: infrastructure_in(folder, tree))
    if not files:
        return []
    from archcheck.deployables.joined import units_of  # noqa: PLC0415 - where there are such files

    units = tree.once(("units", folder), lambda: units_of(files, tree))
    return [unit for unit in units if path in {each.path for each in unit.inputs}]


def _pinned(pythons: SpecifierSet | None) -> Target | None:
    """Return the Lambda runtime of the line of which *pythons* are one release: conda's `python=3.12.4`."""
    exact = [each.version for each in pythons or () if each.operator == "=="]
    return _on_lambda(exact[0]) if len(exact) == 1 else None


def _on_lambda(version: str) -> Target | None:
    """Return the Lambda runtime of the Python *version*; None where Lambda has none."""
    line = re.match(r"3\.[0-9]+", version)
    try:
        return parse_target(f"lambda:python{line[0]}") if line else None
    except TargetError:
        return None


def _guess(target: Target, manifest: Manifest | Lock, request: Request, trees: dict[str, Tree]) -> Aimed:
    """Return *target* as a guess, with the infrastructure file beside the input that was not read."""
    root = str(Checkout(request.cwd).root)
    here = PurePath(os.path.relpath(absolute(request.cwd, manifest.path), root)).as_posix()
    if is_nameless(manifest.path) or here.startswith("../"):
        return Aimed(target, TargetSource(kind="default"))
    from archcheck.deployables.readers import infrastructure_in, reading  # noqa: PLC0415 - as above
    from archcheck.deployables.tree import Tree, folder_of  # noqa: PLC0415 - as above

    tree = trees.setdefault(root, Tree(root, files_of(request)))
    found = reading(infrastructure_in(folder_of(here), tree), tree)
    problem = next((each for _, one in found for each in one.problems), None)
    if problem is None:
        return Aimed(target, TargetSource(kind="default"))
    path = spelled(absolute(root, problem.location.path), request.cwd)
    source = TargetSource(kind="default", path=path, line=problem.location.line or None)
    return Aimed(target, source, f"{path}: {problem.message}")
