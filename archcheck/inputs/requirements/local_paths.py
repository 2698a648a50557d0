"""Where the local paths of a requirements file begin: in the folder that pip is run in, which nobody says.

SAM runs pip beside its template, so that `../../lib/common` in patterns/two/src/ocr/requirements.txt of
aws-solutions' document processing accelerator means what it means in patterns/two.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.errors import InputError
from archcheck.files import STDIN, absolute
from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.manifest.manifest import PathSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcheck.files import Files
    from archcheck.manifest.manifest import Requirement

    Parse = Callable[[str], Requirement]
    """Returns the requirement as pip reads it in a folder; raises InputError."""

MAX_SEARCHES: Final = 1_000
_MAX_ABOVE: Final = 20
_PROJECTS: Final = ("pyproject.toml", "setup.py", "setup.cfg")


class Places:
    """The folders that pip may be run in for the files of one input, where it is not run in *cwd*."""

    def __init__(self, files: Files, cwd: str) -> None:
        self._files = files
        self._cwd = cwd
        self._searches = 0
        self._known: dict[str, tuple[str, ...]] = {}

    def found(self, text: str, file: str, parse: Parse, here: str) -> tuple[Requirement, str | None]:
        """Return what *text*, a line of *file*, requires, and what to say where that is not as pip reads it.

        That is read as in *here*. Where nothing is there, it is the folder of the file, or the only one above
        it within the repository, where something is. Raises InputError where it is no requirement anywhere.
        """
        if not _may_be_path(text):
            return parse(here), None
        problem: InputError | None = None
        stated: Requirement | None = None
        try:
            stated = parse(here)
        except InputError as error:
            problem = error
        if stated is not None and (
            not isinstance(stated.source, PathSource) or self._is_there(stated.source)
        ):
            return stated, None
        others = {each.source.path: (folder, each) for folder, each in self._elsewhere(file, parse)}  # type: ignore[union-attr]
        if len(others) == 1:
            folder, other = next(iter(others.values()))
            return other, self._said(text, other, folder)
        if stated is None:
            assert problem is not None  # noqa: S101 - one of the two is there
            raise problem
        return stated, None

    def _elsewhere(self, file: str, parse: Parse) -> Iterator[tuple[str, Requirement]]:
        """Yield each folder above *file* where there is what the line means, with what that is."""
        self._searches += 1
        for folder in self._folders(file) if self._searches <= MAX_SEARCHES else ():
            try:
                found = parse(folder)
            except InputError:
                continue
            source = found.source
            if (
                isinstance(source, PathSource)
                and self._is_inside(source.path, file)
                and self._is_there(source)
            ):
                yield folder, found

    def _is_inside(self, path: str, file: str) -> bool:
        """Return whether *path* is in the repository of *file*; without one, in the current folder."""
        top = self._folders(file)[-1]
        return PurePath(path).is_relative_to(top if self._exists(absolute(top, ".git")) else self._cwd)

    def _folders(self, file: str) -> tuple[str, ...]:
        """Return the folder of *file* and those above it, up to the root of the git repository."""
        if file == STDIN:
            return ()
        folder = absolute(absolute(self._cwd, file), "..")
        if folder not in self._known:
            above = [folder, *map(str, PurePath(folder).parents)][:_MAX_ABOVE]
            roots = (n for n, each in enumerate(above) if self._exists(absolute(each, ".git")))
            root = next(roots, None)
            # Without a repository, what is above the file's own folder may be anybody's.
            self._known[folder] = tuple(above[: 1 if root is None else root + 1])
        return self._known[folder]

    def _is_there(self, source: PathSource) -> bool:
        place = absolute(source.path, source.subdirectory) if source.subdirectory else source.path
        if self._files.is_file(place):
            return True
        return any(self._files.is_file(absolute(place, name)) for name in _PROJECTS)

    def _exists(self, path: str) -> bool:
        return self._files.is_folder(path) or self._files.is_file(path)

    def _said(self, text: str, found: Requirement, folder: str) -> str:
        source = found.source
        path = os.path.relpath(source.path, self._cwd) if isinstance(source, PathSource) else ""
        where = escaped(os.path.relpath(folder, self._cwd))
        return (
            f"{escaped(str(found.location))}: nothing is at {shown(text)} from here; "
            f"read from {escaped(path)}, where pip finds it when it is run in {where}"
        )


def _may_be_path(text: str) -> bool:
    return "://" not in text and (text.startswith(".") or os.sep in text)
