"""Audit a Python project's dependencies for arm64: what installs there, what does not, and what to do.

The public API is `audit`, the types of `archcheck.model` that it returns, the errors of `archcheck.errors`
that it raises, and `archcheck.report.json`. All else is internal, whatever its name, and may change.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archcheck._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.model import Report

__all__ = ["__version__", "audit"]


def audit(
    *paths: str | os.PathLike[str],
    targets: Iterable[str] = (),
    kind: str | None = None,
    index_url: str | None = None,
    offline: bool = False,
) -> Report:
    """Return the report on the inputs at *paths*, against each of *targets*; docs/api.md has examples.

    The same as `archcheck PATH… --no-config --target T…`: settings come from pip's configuration and from the
    environment. *kind* names the format where a file's name and text do not tell it.
    Raises `archcheck.errors.ArchcheckError` for an input or a target that cannot be read; an index that does
    not answer makes a report whose `complete` is False.

        report = archcheck.audit("requirements.txt", targets=["lambda:python3.13"])
        report.ready    # True: all of it runs on arm64 as it is
    """
    # Imported here: `archcheck --version` needs none of it.
    from archcheck.app.perform import perform  # noqa: PLC0415
    from archcheck.app.request import Request  # noqa: PLC0415
    from archcheck.manifest.manifest import IndexOptions  # noqa: PLC0415

    return perform(
        Request(
            paths=tuple(os.fspath(path) for path in paths),
            cwd=os.getcwd(),  # noqa: PTH109
            environ=os.environ,
            kind=kind,
            targets=tuple(targets),
            flags=IndexOptions(index_url=index_url),
            cache_mode="offline" if offline else "normal",
        )
    )
