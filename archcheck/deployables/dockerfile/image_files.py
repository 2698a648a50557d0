"""Which files of the repository stand where in an image, as COPY and bind mounts put them there. No I/O."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.deployables.tree import seen_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.deployables.dockerfile.instructions import Instruction
    from archcheck.deployables.tree import Tree

MAX_PLACED: Final = 500
"""Sources of one stage; what is copied beyond that is not followed."""
MAX_QUESTIONS: Final = 3_000
"""What is asked of the repository for one Dockerfile: `COPY */* */* …` asks for every folder in it."""
_MATCHES: Final = 200
_PATTERN = re.compile(r"[*?\[]")
_REMOTE = re.compile(r"(?:https?|git|ssh)://|git@")


class Repository:
    """What is asked of the repository for one Dockerfile: each thing once, and so many things at most."""

    def __init__(self, tree: Tree) -> None:
        self.is_folder = cache(tree.is_folder)
        self.is_file = cache(tree.is_file)
        self._entries = cache(tree.entries)
        self._matching: dict[tuple[str, str], tuple[str, ...]] = {}
        self._questions = 0

    @property
    def is_exhausted(self) -> bool:
        """Return whether more was asked than is answered."""
        return self._questions > MAX_QUESTIONS

    def matching(self, source: str, context: str) -> tuple[str, ...]:
        """Return the paths that *source* means, `requirements*.txt`, seen from the folder *context*."""
        asked = (source, context)
        if asked not in self._matching:
            self._matching[asked] = tuple(islice(self._found(source, context), _MATCHES))
        return self._matching[asked]

    def _found(self, source: str, context: str) -> Iterator[str]:
        self._questions += 1
        path = seen_from(context, posixpath.normpath("/" + source).lstrip("/") or ".")
        if "$" in source or path is None or self.is_exhausted:
            return
        found = [path]
        if _PATTERN.search(path):
            found = ["."]
            for part in path.split("/")[:20]:
                found = list(islice(self._in(found, part), _MATCHES))
        yield from (each for each in found if self.is_file(each) or self.is_folder(each))

    def _in(self, folders: list[str], part: str) -> Iterator[str]:
        """Yield what *part* of a pattern means in each of *folders*."""
        for folder in folders:
            names = [part]
            if _PATTERN.search(part):
                self._questions += 1
                names = [name for name in self._entries(folder) if fnmatchcase(name, part)]
            if self.is_exhausted:
                return
            yield from (posixpath.normpath(posixpath.join(folder, name)) for name in names)

    def path_of(self, at: str, placed: Sequence[Placed]) -> str | None:
        """Return the file that stands at the absolute path *at* of the image; the last that was copied."""
        self._questions += 1
        for each in reversed(placed) if not self.is_exhausted else ():
            if at == each.at:
                source: str | None = each.source
            elif at.startswith(each.at.rstrip("/") + "/"):
                source = seen_from(each.source, posixpath.relpath(at, each.at))
            else:
                continue
            if source is not None and self.is_file(source):
                return source
        return None


class Placed(Struct, frozen=True, kw_only=True):
    """The file or folder `source` of the repository stands at `at` in the image."""

    source: str
    at: str


def sources_of(instruction: Instruction) -> tuple[tuple[str, ...], str] | None:
    """Return the sources and the destination of a COPY or ADD, as they stand; None where it has not both."""
    words = instruction.listed() or tuple(word.strip("\"'") for word in instruction.value.split())
    sources = tuple(word for word in words[:-1] if "<<" not in word and not _REMOTE.match(word))
    return (sources, words[-1]) if len(words) > 1 else None


def in_image(workdir: str, path: str) -> str:
    """Return *path*, seen from *workdir*, as an absolute path of the image."""
    return (
        "/" + posixpath.normpath(posixpath.join(workdir, path)).lstrip("/.")
        if path.startswith("..")
        else posixpath.normpath(posixpath.join("/", workdir, path))
    )


def placed_by_copy(
    sources: Iterable[str],
    destination: str,
    *,
    context: str,
    workdir: str,
    parents: bool,
    repository: Repository,
) -> Iterator[Placed]:
    """Yield where the *sources*, seen from the folder *context*, stand after they are copied.

    A file that is copied to a name without a slash at its end is at that name, or in it where that is a
    folder already: both are yielded.
    """
    target = in_image(workdir, destination)
    for source in sources:
        for path in repository.matching(source, context):
            if parents:
                yield Placed(source=path, at=posixpath.join(target, posixpath.relpath(path, context)))
            elif repository.is_folder(path):
                yield Placed(source=path, at=target)
            else:
                yield Placed(source=path, at=posixpath.join(target, posixpath.basename(path)))
                if not destination.endswith(("/", ".")):
                    yield Placed(source=path, at=target)


def placed_from_stage(
    placed: Iterable[Placed], source: str, destination: str, workdir: str
) -> Iterator[Placed]:
    """Yield where what another stage has *placed* stands once *source* of it is copied to *destination*."""
    source, target = in_image("/", source), in_image(workdir, destination)
    for each in placed:
        if each.at == source:
            yield Placed(source=each.source, at=target)
            yield Placed(source=each.source, at=posixpath.join(target, posixpath.basename(source)))
        elif each.at.startswith(source.rstrip("/") + "/"):
            yield Placed(source=each.source, at=posixpath.join(target, posixpath.relpath(each.at, source)))
        elif source.startswith(each.at.rstrip("/") + "/"):
            inner = seen_from(each.source, posixpath.relpath(source, each.at))
            if inner is not None:
                yield Placed(source=inner, at=target)
                yield Placed(source=inner, at=posixpath.join(target, posixpath.basename(source)))
