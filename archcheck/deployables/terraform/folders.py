"""The Terraform files of one folder, each folder's read once. No I/O but through the tree."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.deployables.problems import problem, problem_of
from archcheck.deployables.terraform.language.files import read_assignments, read_blocks
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archcheck.deployables.model import Problem
    from archcheck.deployables.terraform.language.syntax import Attribute, Block
    from archcheck.deployables.tree import Tree

MAX_FILES: Final = 300
"""Of one folder; of them no more than `MAX_BYTES` are read."""
MAX_BYTES: Final = 4 * 2**20
_DEPLOYS: Final = re.compile(
    rb"aws_lambda_function|aws_lambda_layer_version|aws_ecs_task_definition|terraform-aws-(?:modules/|)lambda"
)
_GIVEN: Final = (".tfvars", ".tfvars.json")
_OVERRIDE: Final = "what is in it overrides the files beside it, and is not read"
_JSON: Final = "Terraform in JSON is not read; a plan is (terraform show -json)"


class Placed(NamedTuple):
    """A block, and the file in which it stands."""

    path: str
    block: Block

    @property
    def location(self) -> Location:
        """Return where it begins."""
        return Location(path=self.path, line=self.block.line)


class Assigned(NamedTuple):
    """An attribute, and the file in which it stands."""

    path: str
    attribute: Attribute


class Folder(NamedTuple):
    """What the files of one folder hold."""

    blocks: tuple[Placed, ...]
    given: Mapping[str, Assigned]
    problems: tuple[Problem, ...]


class Files:
    """The Terraform files of *tree*, each folder's read once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._read: dict[str, Folder] = {}

    def of(self, path: str) -> Folder:
        """Return what the folder at *path* holds."""
        if path not in self._read:
            self._read[path] = _folder(path, self.tree)
        return self._read[path]


def _folder(path: str, tree: Tree) -> Folder:
    names = tree.entries(path)
    blocks: list[Placed] = []
    given: dict[str, Assigned] = {}
    problems: list[Problem] = []
    left = MAX_BYTES
    wanted = [each for each in names if each.endswith((".tf", *_GIVEN))]
    wanted.sort(key=lambda each: not each.startswith("terraform.tfvars"))  # what is `auto` outranks it
    for name in wanted[:MAX_FILES]:
        file = posixpath.normpath(posixpath.join(path, name))
        if not tree.is_file(file) or not (name.endswith(".tf") or _is_given(name)):
            continue
        data = b""
        try:
            data = tree.read(file)
            left -= len(data)
            if left < 0:
                problems.append(problem(f"more than {MAX_BYTES:,} bytes of Terraform in one folder", path))
                break
            if name.endswith(".tf"):
                blocks += _placed(data, file)
            else:
                given |= {each.name: Assigned(file, each) for each in read_assignments(data, file)}
        except (InputError, OSError) as error:
            problems.append(problem_of(error, file, is_lost=_DEPLOYS.search(data) is not None))
    json = next((each for each in names if each.endswith(".tf.json")), None)
    if json is not None:
        problems.append(problem(_JSON, posixpath.normpath(posixpath.join(path, json))))
    if len(wanted) > MAX_FILES:
        problems.append(problem(f"more than {MAX_FILES} files of Terraform in one folder", path))
    return Folder(tuple(blocks), given, tuple(_first_of_each(problems)))


def _placed(data: bytes, file: str) -> list[Placed]:
    """Return the blocks of *file*; raises `InputError` for one that Terraform merges into the others."""
    if file.endswith(("/override.tf", "_override.tf")) or file == "override.tf":
        raise InputError(_OVERRIDE, path=file)
    return [Placed(file, each) for each in read_blocks(data, file)]


def _is_given(name: str) -> bool:
    """Return whether Terraform reads the file *name* of itself (`prod.tfvars` it does not)."""
    return name.startswith("terraform.tfvars") or name.removesuffix(".json").endswith(".auto.tfvars")


def _first_of_each(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield each problem, but a missing library once: of a file that names what it deploys, if one does."""
    seen: set[str] = set()
    for each in sorted(problems, key=lambda one: not one.is_lost):
        if "extra [terraform]" in each.message and each.message in seen:
            continue
        seen.add(each.message)
        yield each
