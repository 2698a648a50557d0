"""What a whole repository deploys: all its infrastructure files read, and each thing said once."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck.deployables.cloudformation.leftovers import without_leftovers
from archcheck.deployables.dockerfile.reader import read_dockerfile
from archcheck.deployables.model import BUILDERS, Deployable, Found, Problem
from archcheck.deployables.problems import problem
from archcheck.deployables.readers import is_named, reading, row_for
from archcheck.deployables.terraform.planned import by_plans
from archcheck.deployables.tree import folder_of
from archcheck.deployables.walk import walk
from archcheck.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.deployables.model import Code
    from archcheck.deployables.tree import Tree
    from archcheck.deployables.walk import Walked

_INPUTS: Final = tuple(name for each in FORMATS for name in each.names)


class Repository(Struct, frozen=True, kw_only=True):
    """The `deployables` of a repository, and its `files`; `cut` tells whether it has more than these.

    `nested` are the templates that others deploy, which may give values to their parameters.
    """

    files: tuple[str, ...]
    deployables: tuple[Deployable, ...]
    nested: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    cut: bool = False


def read_repository(tree: Tree, start: str = ".") -> Repository:
    """Return what the files in the folder *start* of *tree* and below it deploy."""
    walked = walk(tree, start)
    found = list(without_leftovers(reading(walked.files, tree), tree))
    return Repository(
        files=walked.files,
        deployables=tuple(deployed(found, tree)),
        nested=frozenset(path for _, one in found for path in one.nested),
        problems=(*dict.fromkeys(each for _, one in found for each in one.problems), *_outside(walked)),
        cut=walked.cut,
    )


def _outside(walked: Walked) -> Iterator[Problem]:
    """Yield the links out of the repository that would be read if what they lead to were here."""
    for path in walked.outside:
        if is_named(path) or any(fnmatchcase(posixpath.basename(path), name) for name in _INPUTS):
            yield problem("a link that leads out of the repository; it is not followed", path)


def deployed(found: Iterable[tuple[str, Found]], tree: Tree) -> Iterator[Deployable]:
    """Yield the deployables that are *found*, each once, by name of file and line.

    A module of Terraform is part of what calls it, and a plan says what its files come to. An image is what
    is deployed with it; the Dockerfile tells what is in it, a Compose file how it is built, and a workflow
    for which machine. What builds of a Dockerfile that cannot be read is said by itself.
    """
    answers = by_plans(found)
    called = {
        folder
        for path, one in answers
        if (row := row_for(path, tree)) is not None and row.whole
        for folder in one.nested
    }
    every = [
        each
        for path, one in answers
        if folder_of(path) not in called or not path.endswith(".tf")
        for each in one.deployables
    ]
    of_images = {_image(each) for each in every if each.tool not in BUILDERS} - {None}
    lost = [each for each in every if each.tool in BUILDERS and is_lost(each, tree)]
    built = {
        _image(each): each
        for each in every
        if each.tool == "github-actions" and each.architectures and each not in lost
    }
    composed = {_image(each) for each in every if each.tool == "compose"} - {None}
    named = {_image(each) for each in every if each.tool == "docker"} | composed
    seen = {each.code for each in every if each.tool not in BUILDERS}
    for each in sorted(every, key=lambda one: (one.location, one.name)):
        image = _image(each)
        if each.tool not in BUILDERS:
            yield _with_image(each, tree) if image is not None else each
        elif each in lost and each.code not in seen:
            seen.add(each.code)
            yield _with_image(each, tree)
        elif each in lost or image in of_images or (each.tool == "github-actions" and image in named):
            continue
        elif image is None or each.tool == "github-actions":
            yield _with_image(each, tree)
        elif image not in composed or (each.tool == "compose" and each.code not in seen):
            seen.add(each.code)  # several services are run from one image
            by = built.get(image)
            if by is not None and not each.architectures:
                each = replace(each, architectures=by.architectures, is_default=by.is_default)  # noqa: PLW2901
            if each.tool == "docker":
                yield each
            elif (inside := _inside(each, tree)).deployables or inside.problems:  # it runs Python
                yield _with(each, inside)


def _image(deployable: Deployable) -> str | None:
    """Return the path of the Dockerfile that builds what is deployed; None where there is none."""
    code = deployable.code
    return code.path if code is not None and code.kind == "dockerfile" else None


def _with_image(deployable: Deployable, tree: Tree) -> Deployable:
    """Return *deployable* with what its Dockerfile says of its base and of what goes into it."""
    if _image(deployable) is None or deployable.targets:
        return deployable
    return _with(deployable, _inside(deployable, tree))


def _inside(deployable: Deployable, tree: Tree) -> Found:
    """Return what the Dockerfile of *deployable* says."""
    code = deployable.code
    if code is None or code.path is None or code.kind != "dockerfile":
        return Found()
    return tree.once(code, lambda: _read(code, tree))


def _read(code: Code, tree: Tree) -> Found:
    path = code.path or ""
    if not tree.is_file(path):
        return Found(problems=(replace(problem("not in this repository", path), is_lost=True),))
    return read_dockerfile(
        path, tree, context=code.context, stage=code.stage, arguments=code.args, is_named=True
    )


def is_lost(deployable: Deployable, tree: Tree) -> bool:
    """Return whether the Dockerfile of *deployable* cannot be read, or has not the stage that is built."""
    return any(each.is_lost for each in _inside(deployable, tree).problems)


def _with(deployable: Deployable, found: Found) -> Deployable:
    if not found.deployables:
        said = tuple(f"{each.location.path}: {each.message}" for each in found.problems)
        lost = any(each.is_lost for each in found.problems)
        return replace(deployable, unknown=(*deployable.unknown, *said), is_lost=lost)
    (inside,) = found.deployables
    return replace(
        deployable,
        targets=inside.targets,
        manifests=inside.manifests,
        typed=inside.typed,
        unread=inside.unread,
        architectures=deployable.architectures or inside.architectures,
        unknown=(*deployable.unknown, *inside.unknown),
    )
