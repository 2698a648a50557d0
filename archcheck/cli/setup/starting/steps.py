"""What a project's folder holds already, and what it begins with."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from archcheck.app.targeting import targets_for
from archcheck.app.trust_scope import files_of
from archcheck.cli.setup.starting.hook import PATH as HOOKS
from archcheck.cli.setup.starting.hook import hook_step
from archcheck.cli.setup.starting.job import PATHS, Forge, job_step
from archcheck.cli.setup.starting.settings import settings_step
from archcheck.cli.setup.starting.source import installed_source
from archcheck.errors import ArchcheckError, InputError
from archcheck.files import absolute
from archcheck.inputs import read_input
from archcheck.inputs.access.confined import Checkout, Confined
from archcheck.settings.keys import OWN, PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.app.request import Request
    from archcheck.cli.setup.starting.step import Step

_WORKFLOWS: Final = ".github/workflows"
_NAME: Final = b"archcheck"


def targets_said(request: Request) -> tuple[tuple[str, ...], str]:
    """Return the targets to be written into settings, and else why there are none.

    Those that infrastructure files say stay there, where they follow what is deployed; a guess is no target.
    """
    if request.targets:
        return tuple(dict.fromkeys(request.targets)), ""
    unknown = "nothing says where it runs; name it: archcheck init --target lambda:python3.13"
    try:
        manifest = read_input(
            ".",
            environ=request.environ,
            cwd=request.cwd,
            files=files_of(request),
            selection=request.selection,
        )
        aims = targets_for(manifest, request)
    except ArchcheckError as error:
        return (), f"{unknown} ({error})"
    said = next((each.source for each in aims if each.source.kind == "infrastructure"), None)
    if said is not None:
        return (), f"{said.path}{f':{said.line}' if said.line else ''} says where it runs"
    targets = tuple(each.target.id for each in aims if each.source.kind not in {"default", "installed"})
    return targets, "" if targets else unknown


def forge_of(request: Request) -> Forge | None:
    """Return where the current folder's repository is kept, by what is seen of it; None for no repository."""
    disk, inside = request.disk, absolute(request.cwd, ".git")
    if not disk.is_folder(inside) and not disk.is_file(inside):
        return None
    try:
        remotes = disk.read(absolute(inside, "config"))
    except OSError:  # a linked work tree
        remotes = b""
    is_there = disk.is_file(absolute(request.cwd, PATHS["gitlab"]))
    return "gitlab" if is_there or b"gitlab" in remotes else "github"


def steps(request: Request, forge: Forge | None, targets: Sequence[str], none: str) -> tuple[Step, ...]:
    """Return what is written: settings with *targets* (*none* says why there are none), a job, a hook.

    The latter two only where there is a *forge*. Raises InputError for a file that cannot be read.
    """
    own, pyproject = _bytes(request, OWN), _bytes(request, PYPROJECT)
    made = [settings_step(own, pyproject, targets, none)]
    if forge is not None:
        job = _bytes(request, PATHS[forge])
        made.append(job_step(forge, job, tuple(_users(request, forge)), targets, installed_source()))
        made.append(hook_step(_bytes(request, HOOKS)))
    return tuple(made)


def _users(request: Request, forge: Forge) -> Iterator[str]:
    """Yield the files of the CI that name archcheck."""
    folder = absolute(request.cwd, _WORKFLOWS)
    names = [
        f"{_WORKFLOWS}/{name}"
        for name in _inside(request).entries(folder)
        if name.endswith((".yml", ".yaml"))
    ]
    for path in names if forge == "github" else [PATHS["gitlab"]]:
        if _NAME in (_bytes(request, path) or b""):
            yield path


def _inside(request: Request) -> Confined:
    """Return the files of the project: what is written to is not what a link leads to elsewhere."""
    return Confined(Checkout(request.cwd), request.disk)


def _bytes(request: Request, path: str) -> bytes | None:
    """Return what the file holds; None where there is none."""
    place, files = absolute(request.cwd, path), _inside(request)
    try:
        files.look(place)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ENOTDIR:
            return None
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    try:
        return files.read(place)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
