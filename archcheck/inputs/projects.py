"""The projects in folders that an input leads to: what is read of each, and what may be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.errors import InputError
from archcheck.inputs.quoting import ProjectFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcheck.files import Files
    from archcheck.manifest.local_project import LocalProject
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest

_UNQUOTED = "its own files do not say what it requires"


def projects_of(manifest: Manifest | Lock, *, files: Files, cwd: str) -> Callable[[str], LocalProject | None]:
    """Return what reads the project in an absolute folder as the installer of *manifest* would.

    It returns None where there is no project, and raises InputError for one that cannot be read; neither
    quotes what is outside of the project that *manifest* belongs to.
    """
    given = ProjectFiles(files, manifest.path, cwd)
    is_uvs = manifest.options.installer == "uv"

    def read(folder: str) -> LocalProject | None:
        from archcheck.inputs.pyproject.local_project import read_local_project  # noqa: PLC0415 - not for a lock

        try:
            found = read_local_project(folder, files=given, is_uvs=is_uvs)
        except InputError as error:
            raise given.discreet(error) from None
        if found is None or given.quotes(folder):
            return found
        return replace(
            found,
            unsaid=found.unsaid and _UNQUOTED,
            unsaid_extras=dict.fromkeys(found.unsaid_extras, _UNQUOTED),
        )

    return read
