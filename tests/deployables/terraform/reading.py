"""Terraform's files in memory, and what is read of them, in short."""

from __future__ import annotations

from archcheck.deployables.terraform import read_module
from archcheck.deployables.tree import Tree
from tests.inputs.reading import FakeFiles


def tree_of(files):
    return Tree("/repo", FakeFiles({f"/repo/{path}": text for path, text in files.items()}))


def read(files, folder="."):
    """Return what the folder holds; one text is that of `main.tf`."""
    return read_module(folder, tree_of({"main.tf": files} if isinstance(files, str) else files))


def only(files, folder="."):
    """Return the one deployable there."""
    (deployable,) = read(files, folder).deployables
    return deployable


def values(stated):
    """Return what is stated as `value`, or `value if when` on a condition."""
    return [each.value if each.when is None else f"{each.value} if {each.when}" for each in stated]


def function(*lines, name="f"):
    """Return the text of a function with these attributes."""
    inner = "\n".join(f"  {line}" for line in lines)
    return f'resource "aws_lambda_function" "{name}" {{\n{inner}\n}}\n'
