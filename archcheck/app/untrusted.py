"""What an input that is not trusted may lead to, and what its base has as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.trust_scope import committed
from archcheck.errors import ArchcheckError
from archcheck.index.config.installers import settings_for
from archcheck.index.trust import Trust, trust
from archcheck.inputs import read_input
from archcheck.inputs.access.confined import Checkout
from archcheck.manifest.manifest import IndexOptions, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.app.request import Request
    from archcheck.manifest.lock import Lock
    from archcheck.policy import Ignore


def trust_of(found: Manifest | Lock, kind: str | None, request: Request) -> Trust:
    """Return what the input *found* may lead to under *request*.

    Of a git commit nothing local is read beside the inputs: the work tree's folders are of another commit.
    """
    if request.within:
        inside = Checkout(request.cwd, request.within).has
        reason = "outside of the folders that may be read"
        return Trust(has=inside, lists=inside, reason=reason, anywhere=True)
    if not request.untrusted:
        reason = "a local file or folder is read in the work tree alone, not of another commit"
        return Trust(has=_nowhere, lists=_nowhere, reason=reason, anywhere=True)
    options = IndexOptions(installer=found.options.installer, strategy=found.options.strategy)
    configured = settings_for(request.environ, flags=request.flags, options=options)
    stated, expanded = (_of_base(found.path, kind, request, environ) for environ in ({}, request.environ))
    checkout = Checkout(request.cwd)
    has, lists = (_nowhere, _nowhere) if request.revision else (checkout.has, checkout.lists)
    return trust(configured, stated, expanded, has=has, lists=lists)


def accepted(found: Manifest, kind: str | None, request: Request) -> tuple[Ignore, ...]:
    """Return what the comments in *found* accept: of what is not trusted, what its base accepts as well."""
    if not request.untrusted or not found.ignores:
        return found.ignores
    base = _of_base(found.path, kind, request, {})
    known = {replace(each, source="") for each in base.ignores} if isinstance(base, Manifest) else set()
    return tuple(each for each in found.ignores if replace(each, source="") in known)


def _of_base(
    path: str, kind: str | None, request: Request, environ: Mapping[str, str]
) -> Manifest | Lock | None:
    """Return the same input as the base has it; None where it has none that can be read."""
    if request.base is None:
        return None
    files = committed(request.cwd, request.base)
    try:
        return read_input(
            path, kind, environ=environ, cwd=request.cwd, files=files, selection=request.selection
        )
    except ArchcheckError:
        return None


def _nowhere(_path: str) -> bool:
    return False
