"""Templates in memory, read."""

from __future__ import annotations

from textwrap import dedent

from archcheck.deployables.cloudformation.template import read_template
from archcheck.deployables.tree import Tree
from tests.inputs.reading import FakeFiles


def tree_of(files: dict[str, str | bytes]) -> Tree:
    """Return the repository that holds *files*."""
    return Tree("/r", FakeFiles({f"/r/{name}": text for name, text in files.items()}))


def found_among(files: dict[str, str | bytes], path: str = "template.yaml"):
    """Return what the template at *path* among *files* deploys."""
    return read_template(path, tree_of(files))


def found(template: str, path: str = "template.yaml"):
    """Return what *template* at *path*, the only file, deploys."""
    return found_among({path: dedent(template)}, path)


def only(template: str, path: str = "template.yaml"):
    """Return the one thing that *template* deploys."""
    (deployable,) = found(template, path).deployables
    return deployable


def architectures(deployable) -> list[tuple[str, str | None]]:
    """Return the architectures of *deployable*, each with its condition."""
    return [(each.value, each.when) for each in deployable.architectures]
