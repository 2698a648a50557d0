"""What messages may quote: the files of the input's own project, and of no other file that they lead to.

`-r ../../etc/shadow`, or a link to it, is no requirements file, and its first line would stand in a public
log. pip and uv read such a file as well, and what reads as requirements there is audited: all that would be
installed is.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.errors import InputError
from archcheck.files import STDIN, absolute
from archcheck.inputs.access.confined import Checkout
from archcheck.inputs.parsing.input_file import Passing, folder_of
from archcheck.inputs.parsing.messages import escaped

if TYPE_CHECKING:
    from archcheck.files import Files
    from archcheck.manifest.lock import Lock
    from archcheck.manifest.manifest import Manifest

# What a shell makes of `archcheck <(pip freeze)` and `archcheck /dev/stdin < x.txt` is the user's own text.
_GIVEN: Final = ("/dev/fd/", "/dev/stdin")
_SILENCE: Final = "nothing is quoted of a file outside the project"


class ProjectFiles(Passing):
    """The files that the input at *path* leads to; those that were read outside of its project are noted.

    The project is the git work tree around the input, else the folder that the input is in. The input is
    outside as well where it is a link that leads there.
    """

    def __init__(self, files: Files, path: str, cwd: str) -> None:
        super().__init__(files)
        self._cwd = cwd
        self._given = path if path == STDIN else absolute(cwd, path)
        self._folder = folder_of(path, cwd)
        self._outside: set[str] = set()

    def read(self, path: str) -> bytes:
        """Return the contents of *path*."""
        data = super().read(path)
        if not self._is_given(path) and not self._project.leads_inside(path):
            self._outside.add(escaped(path))
        return data

    def quotes(self, path: str) -> bool:
        """Return whether messages may quote what is at *path*, links followed."""
        return self._project.leads_inside(path)

    def discreet(self, error: InputError) -> InputError:
        """Return *error*, without its words where they are about a file outside."""
        if not self._is_outside(error.path):
            return error
        return InputError(unquoted(self._project), path=error.path, line=error.line)

    def discreetly(self, read: Manifest | Lock) -> Manifest | Lock:
        """Return *read*, whose notes on files outside name the place alone."""
        if not self._outside:
            return read
        return replace(
            read,
            skipped=tuple(
                replace(each, text="what stands there", reason=f"it cannot be read, and {_SILENCE}")
                if self._is_outside(each.location.path)
                else each
                for each in read.skipped
            ),
            warnings=tuple(map(self._without_words, read.warnings)),
        )

    @cached_property
    def _project(self) -> Checkout:
        return Checkout(self._folder)  # once something was read: before, no folder need be there

    def _without_words(self, warning: str) -> str:
        place = warning.partition(": ")[0]
        path = re.sub(r":[0-9]+$", "", place)
        return f"{place}: a note on it is left out, as {_SILENCE}" if self._is_outside(path) else warning

    def _is_given(self, path: str) -> bool:
        return path == STDIN or (path == self._given and path.startswith(_GIVEN))

    def _is_outside(self, path: str) -> bool:
        """Return whether a message about *path*, as the user would spell it, is about a file outside."""
        return escaped(absolute(self._cwd, path)) in self._outside


def unquoted(project: Checkout) -> str:
    """Return what an error says of a file outside of the *project*."""
    root = escaped(str(project.root))
    return f"not what was expected; {_SILENCE} (the project is {root}): audit it by its own path to see more"
