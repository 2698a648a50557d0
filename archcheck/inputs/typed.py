"""Requirements that stand on the command line itself: `archcheck numpy==1.26.4 'pandas>=2'`."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck import formats
from archcheck.errors import InputError
from archcheck.files import STDIN, TYPED, absolute
from archcheck.inputs import CALLED, named
from archcheck.inputs.parsing.input_file import Passing
from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.inputs.parsing.pep508 import parse_pep508
from archcheck.manifest.manifest import Location
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.files import Files

_LONGEST: Final = 128  # characters; the longest name on the index has some 80
_SIGNS: Final = r"[=<>!~;@\[\s]"  # a name of files has them seldom, a requirement always
_TARGET: Final = r"(?i)[a-z]+[0-9.]*:py(?:thon)?[0-9.]*t?"
_NEAR: Final = 0.8  # `requirments` is that near to `requirements`, and `numpy` to no name of an input
_NEARLY: Final = 0.85  # `zope.interface` is far from all of them
_MAX_ENTRIES: Final = 1_000


def divided(words: Iterable[str], files: Files, cwd: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of *words* are paths, and which are requirements.

    What is there is a path, whatever it is called. Of the rest a requirement is what PEP 508 reads as one
    with more than a name (`numpy>=2`, `x[extra]`, `x @ https://…`), and a bare name that looks like that of
    no file. A word that is neither raises InputError where it can be said what was meant; else it is a path,
    and its reader says that nothing is there.
    """
    paths, typed = list[str](), list[str]()
    for word in words:
        is_typed = word != STDIN and not _is_there(word, files, cwd) and _is_requirement(word, files, cwd)
        (typed if is_typed else paths).append(word)
    return tuple(paths), tuple(typed)


class TypedLines(Passing):
    """Files among which *path* has *texts*, a line each."""

    def __init__(self, files: Files, texts: Iterable[str], cwd: str, path: str = TYPED) -> None:
        super().__init__(files)
        self._path = absolute(cwd, path)
        self._data = "".join(f"{text}\n" for text in texts).encode("utf-8", "replace")

    def read(self, path: str) -> bytes:
        """Return the contents of *path*, or what was typed."""
        return self._data if path == self._path else super().read(path)


def _is_there(word: str, files: Files, cwd: str) -> bool:
    place = absolute(cwd, word)
    try:
        if files.is_file(place) or files.is_folder(place):
            return True
        files.look(place)  # a FIFO, a device
    except (OSError, ValueError):
        return False
    return True


def _is_requirement(word: str, files: Files, cwd: str) -> bool:
    """Return whether *word*, which is not there, is a requirement; or raises InputError."""
    try:
        stated = parse_dependency(word)
    except ValueError:
        stated = None
    if stated is not None and (stated.specifier or stated.extras or stated.marker or stated.url):
        return True
    if "://" in word and not re.search(_SIGNS, word.partition("://")[0]):
        message = "an address is no file; expected NAME @ ADDRESS in quotes, or a file"
        raise InputError(message, path=shown(word)[1:-1])
    if re.fullmatch(_TARGET, word):
        message = "no such file or directory; a target is named with --target (in Python: targets=)"
        raise InputError(message, path=word)
    like_a_file = _looks_like_a_file(word)
    near = next(_near(word, files, cwd, bare=not like_a_file), None)
    if like_a_file or near:
        if near:
            package = f"; for the package of this name: {shown(f'{word}>=0')}" if stated else ""
            message = f"no such file or directory; did you mean {escaped(near)}?{package}"
            raise InputError(message, path=shown(word)[1:-1])
        return False
    if stated is None and re.search(_SIGNS, word):
        parse_pep508(word, location=Location(path=TYPED), folder=cwd)  # which says what is wrong
    return stated is not None and len(word) <= _LONGEST


def _looks_like_a_file(word: str) -> bool:
    """Return whether nobody would call a package *word*: it leads somewhere, or ends like an input."""
    if any(sign in word for sign in "/\\") or word.startswith((".", "~")):
        return True
    if PurePath(word).suffix.lower() in _suffixes() or named(word) is not None:
        return True
    return "." in word and _is_nearly_an_input(word)


def _is_nearly_an_input(word: str) -> bool:
    """Return whether *word* is nearly what an input is called: `Pipfile.lok`."""
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is there

    names = [name.lower() for row in formats.FORMATS for name in row.names if "*" not in name]
    return bool(get_close_matches(word.lower(), names, n=1, cutoff=_NEARLY))


def _suffixes() -> frozenset[str]:
    rows = formats.FORMATS
    patterns = (pattern for row in rows for pattern in (*row.names, *row.called, *row.nearby))
    own = {suffix for row in rows for suffix in row.suffixes}
    found = own | {PurePath(pattern).suffix for pattern in patterns} | CALLED.keys() | {".json", ".xml"}
    return frozenset(found - {"", ".*"})


def _near(word: str, files: Files, cwd: str, *, bare: bool) -> Iterator[str]:
    """Yield what in the folder of *word* is called nearly so; of a *bare* word inputs and folders alone."""
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is there

    at = PurePath(word)
    folder = absolute(cwd, str(at.parent))
    entries = files.entries(folder)[:_MAX_ENTRIES]
    if bare:
        entries = tuple(each for each in entries if _is_input(each) or files.is_folder(f"{folder}/{each}"))
    called = {name: each for each in entries for name in ((each, PurePath(each).stem) if bare else (each,))}
    for name in get_close_matches(at.name, called, n=1, cutoff=_NEAR):
        yield str(at.parent / called[name])


def _is_input(name: str) -> bool:
    patterns = (pattern for row in formats.FORMATS for pattern in (*row.names, *row.called, *row.nearby))
    return any(fnmatchcase(name, pattern) for pattern in patterns)
