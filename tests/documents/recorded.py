"""The recorded pages as the documents' examples see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loopback import FixtureStore
from tests.loopback.builders import core_metadata
from tests.loopback.store import StoredProject, wheel_file

if TYPE_CHECKING:
    from tests.loopback.store import StoredFile

# What the plan for the legacy set takes, and no recorded resolution looked into. Neither requires anything.
TAKEN = {"numpy": "1.21.1", "psycopg2-binary": "2.9.6"}


class DocumentsStore(FixtureStore):
    """The recorded projects, with the metadata of two more releases."""

    def project(self, name: str) -> StoredProject | None:
        """Return the project, from its fixture when it is first asked for."""
        is_new = name not in self.projects
        found = super().project(name)
        if found is not None and is_new and name in TAKEN:
            self.projects[name].files[:] = [_known(name, file) for file in found.files]
            self._files.update({file.filename: file for file in found.files})
        return found


def _known(name: str, file: StoredFile) -> StoredFile:
    if file.version != TAKEN[name] or not file.is_wheel:
        return file
    metadata = core_metadata(name, file.version, requires_python=file.requires_python)
    return wheel_file(
        file.filename,
        metadata,
        version=file.version,
        requires_python=file.requires_python,
        requires_dist=(),
        upload_time=file.upload_time,
    )
