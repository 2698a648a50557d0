"""Templates in CDK's output of stacks that are no more: `cdk synth` leaves them lying there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.deployables.cloudformation.assembly import read_assembly
from archcheck.deployables.model import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archcheck.deployables.model import Problem
    from archcheck.deployables.tree import Tree

OUTPUT: Final = "cdk.out"
"""The folder that `cdk synth` writes to, where nobody names another."""
_MANIFEST: Final = "manifest.json"
_TEMPLATE: Final = ".template.json"
_STAGE: Final = "assembly-"
_MOST: Final = 1_000
_DEPTH: Final = 10


def without_leftovers(found: Iterable[tuple[str, Found]], tree: Tree) -> list[tuple[str, Found]]:
    """Return what is *found*, each with its file, but for what is left over in folders of CDK's output.

    Their manifests list the templates of today, which lead to those nested in them. Without a manifest that
    can be read all templates count; what is wrong with it is found beside them.
    """
    answers = list(found)
    by_path = dict(answers)
    today: dict[str, set[str] | None] = {}
    for path, _ in answers:
        output = _output_of(path)
        if output is not None and output not in today:
            today[output] = None
            manifest = f"{output}/{_MANIFEST}"
            if tree.is_file(manifest):
                listed, wrong = _listed(manifest, by_path, tree)
                today[output] = listed or None
                answers.append((manifest, wrong))
    return [
        (path, one)
        for path, one in answers
        if (stacks := today.get(_output_of(path) or "")) is None or path in stacks
    ]


def _output_of(path: str) -> str | None:
    """Return the folder of CDK's output that the template at *path* is in; None where it is in none."""
    *folders, name = path.split("/")
    while folders and folders[-1].startswith(_STAGE):
        folders.pop()
    is_there = folders and folders[-1] == OUTPUT and name.endswith(_TEMPLATE)
    return "/".join(folders) if is_there else None


def _listed(manifest: str, found: Mapping[str, Found], tree: Tree) -> tuple[set[str], Found]:
    """Return the templates that *manifest* leads to, and what is wrong with any manifest."""
    waiting, seen = [manifest], {manifest}
    problems: list[Problem] = []
    while waiting and len(seen) < _MOST:
        path = waiting.pop()
        if path.endswith(f"/{_MANIFEST}"):
            one = read_assembly(path, tree)
            problems += one.problems
        else:
            one = found.get(path, Found())
        new = [each for each in one.nested if each not in seen]
        waiting += new
        seen.update(new)
    return {each for each in seen if not each.endswith(f"/{_MANIFEST}")}, Found(problems=tuple(problems))


def templates_below(folder: str, tree: Tree, depth: int = 0) -> Iterator[str]:
    """Yield the templates in *folder*, CDK's output, and in the folders of its stages (`assembly-…`)."""
    for name in tree.entries(folder):
        path = f"{folder}/{name}"
        if name.endswith(_TEMPLATE):
            yield path
        elif name.startswith(_STAGE) and depth < _DEPTH:
            node = tree.look(path)
            if node is not None and node.what == "folder" and not node.link:
                yield from templates_below(path, tree, depth + 1)
