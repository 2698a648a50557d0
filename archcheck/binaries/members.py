"""A zip file's table of contents as values, as far as it leads to native files."""

from __future__ import annotations

from msgspec import Struct

HEAD = 512
"""Packed bytes of a member's beginning that tell what it is."""
OPENING = 4 * 1024
"""Packed bytes of a member's beginning that hold the version needs of five libraries in six."""
FRONT = 64 * 1024
"""Packed bytes of a member's beginning that hold the version needs of nearly every library."""
DEEP_FRONT = 512 * 1024
"""Packed bytes of a member's beginning that do so of libraries with very many symbols: duckdb, libarrow."""
LOCAL_HEADER = 30  # bytes before the name, which the table of contents has too
LOCAL_SLACK = 128  # bytes for the extra field behind the name, which may be longer than the one in the table


class Member(Struct, frozen=True, kw_only=True):
    """A file that may be native: where its local header stands, and what the table says of it."""

    path: str
    offset: int
    packed: int
    size: int
    deflated: bool
    executable: bool

    @property
    def end(self) -> int:
        """Return where the member ends at the earliest: its extra field may be longer."""
        return self.offset + LOCAL_HEADER + len(self.path.encode("utf-8", "surrogatepass")) + self.packed


class Directory(Struct, frozen=True, kw_only=True):
    """A table of contents; `members` are those to be looked at, by their place in the file.

    Sizes are `model.ArchiveContents`'. `end` is where the table itself begins, and the members end.
    """

    files: int
    packed: int
    unpacked: int
    bytecode: int
    end: int
    members: tuple[Member, ...]
    suspects: tuple[tuple[str, str], ...]
