"""One distribution file, as an index or a lock file lists it."""

from __future__ import annotations

from typing import Annotated

import msgspec

MAX_SIZE = 2**53 - 1  # what every reader of JSON takes exactly; strangers write longer numbers

Size = Annotated[int, msgspec.Meta(ge=0, le=MAX_SIZE)]
"""The length of a file in bytes, as it is downloaded."""


class IndexFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One distribution file as a project page (PEP 691, 700, 714) or a lock file lists it.

    `hashes` are `algorithm:hexdigest`. `upload_time` is ISO 8601 in UTC. `metadata` is None where the
    index offers no metadata file beside it (PEP 658), else that file's `sha256:…`, or "" where it gives none.
    `url` is absolute and carries no credentials; a lock that names files only gives the file name there.
    """

    filename: str
    url: str
    hashes: tuple[str, ...] = ()
    requires_python: str | None = None
    size: Size | None = None
    upload_time: str | None = None
    yanked: bool = False
    metadata: str | None = None

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel (PEP 427); every other file kept here is an sdist."""
        return self.filename.endswith(".whl")
