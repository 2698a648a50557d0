"""Which files are read for a request: those on the disk, of a commit, or of some folders alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.inputs.access.confined import Checkout, Confined

if TYPE_CHECKING:
    from archcheck.app.request import Request
    from archcheck.files import Files


def files_of(request: Request) -> Files:
    """Return the files that the inputs of *request* are among."""
    if request.revision is not None:
        return committed(request.cwd, request.revision)
    if request.within:
        return Confined(Checkout(request.cwd, request.within), request.disk)
    return Confined(Checkout(request.cwd)) if request.untrusted else request.disk


def committed(cwd: str, revision: str) -> Files:
    """Return the files of the commit *revision* of the repository around *cwd*; raises `UsageError`."""
    from archcheck.inputs.access.git import GitFiles  # noqa: PLC0415 - subprocess, where a commit is read

    return GitFiles(cwd, revision)
