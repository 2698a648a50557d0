"""Which files of the repository stand where in an image, as COPY and bind mounts put them there. No I/O."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.deployables.tree import seen_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.deployables.dockerfile.instructions import Instruction
    from archcheck.deployables.tree import Tree

MAX_PLACED: Final = 2_000
"""Sources of one image; what is copied beyond that is not followed."""
_REMOTE = re.compile(r"(?:https?|git|ssh)://|git@")


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
    sources: Iterable[str], destination: str, *, context: str, workdir: str, parents: bool, tree: Tree
) -> Iterator[Placed]:
    """Yield where the *sources*, seen from the folder *context*, stand after they are copied.

    A file that is copied to a name without a slash at its end is at that name, or in it where that is a
    folder already: both are yielded.
    """
    target = in_image(workdir, destination)
    for source in sources:
        for path in matching(source, context, tree):
            if parents:
                yield Placed(source=path, at=posixpath.join(target, posixpath.relpath(path, context)))
            elif tree.is_folder(path):
                yield Placed(source=path, at=target)
            else:
                yield Placed(source=path, at=posixpath.join(target, posixpath.basename(path)))
                if not destination.endswith(("/", ".")):
                    yield Placed(source=path, at=target)


def matching(source: str, context: str, tree: Tree) -> Iterator[str]:
    """Yield the paths of the repository that *source* means, `requirements*.txt`, seen from *context*."""
    if "$" in source:
        return
    path = seen_from(context, posixpath.normpath("/" + source).lstrip("/") or ".")
    if path is None:
        return
    if not re.search(r"[*?\[]", path):
        if tree.is_file(path) or tree.is_folder(path):
            yield path
        return
    found = ["."]
    for part in path.split("/")[:20]:
        if re.search(r"[*?\[]", part):
            names = [
                (folder, name) for folder in found for name in tree.entries(folder) if fnmatchcase(name, part)
            ]
        else:
            names = [(folder, part) for folder in found]
        found = [posixpath.normpath(posixpath.join(folder, name)) for folder, name in names[:MAX_PLACED]]
    yield from (each for each in found if tree.is_file(each) or tree.is_folder(each))


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


def repository_path(path: str, placed: Iterable[Placed], tree: Tree) -> str | None:
    """Return what of the repository stands at the absolute *path* of the image; the last that was copied."""
    for each in reversed(tuple(placed)):
        if path == each.at:
            source: str | None = each.source
        elif path.startswith(each.at.rstrip("/") + "/"):
            source = seen_from(each.source, posixpath.relpath(path, each.at))
        else:
            continue
        if source is not None and (tree.is_file(source) or tree.is_folder(source)):
            return source
    return None
