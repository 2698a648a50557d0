"""The variable on which the architecture of functions hangs, where nothing else hangs on it.

What changes then is its default, for all that it reaches. No I/O but through the tree.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from archcheck.deployables.changes.lines import LineChange, NotChanged, changed, lines_of
from archcheck.deployables.terraform.changes.hanging import Hung, hung_on
from archcheck.deployables.terraform.folders import Files
from archcheck.deployables.terraform.language.evaluation import Evaluator
from archcheck.deployables.terraform.language.files import read_blocks
from archcheck.deployables.terraform.language.syntax import ListOf, Literal
from archcheck.deployables.terraform.language.values import Known, Unknown
from archcheck.deployables.terraform.modules import Folders, Module
from archcheck.deployables.tree import folder_of
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.deployables.model import Deployable
    from archcheck.deployables.terraform.language.syntax import Block, Expression
    from archcheck.deployables.terraform.language.values import Value
    from archcheck.deployables.tree import Tree

_OLD: Final = '"x86_64"'
_NEW: Final = '"arm64"'


class Default(Struct, frozen=True, kw_only=True):
    """That the default of the variable `name` becomes arm64 by `change` to the file at `path`.

    `text` is what that file holds, and `moves` names all that this puts on arm64.
    """

    name: str
    path: str
    text: str
    change: LineChange
    moves: tuple[str, ...]


def default_for_arm64(
    one: Deployable, every: Sequence[Deployable], files: Iterable[str], tree: Tree
) -> Default | NotChanged | None:
    """Return which default puts *one* on arm64, of *every* deployable and all *files* of *tree*.

    None where it hangs on no default alone, or where anything else hangs on that as well, as on a variable
    that names a stage.
    """
    stated = one.architectures or one.labels
    if one.tool != "terraform" or one.is_default or len(stated) != 1:
        return None
    (only,) = stated
    if only.value != "x86_64" or only.when is not None:
        return None
    at = only.location
    return tree.once(("default", at), lambda: _Variable(tree, at).default(every, files))


class _Variable:
    """The variable whose default says x86_64 at the place *at*, where there is one."""

    def __init__(self, tree: Tree, at: Location) -> None:
        self._tree, self._at = tree, at
        self._files = tree.once(Files, lambda: Files(tree))
        self._folder = folder_of(at.path)

    def default(self, every: Sequence[Deployable], files: Iterable[str]) -> Default | NotChanged | None:
        """Return the change of the default, or who else gives the variable a value."""
        if self._at.path.endswith(".tfvars"):
            return self._given_in()
        block = self._block()
        if block is None:
            return None
        (name,) = block.labels
        module = Module(Folders(self._files), self._folder)
        hung = hung_on(module, name)
        moves = None if hung is None else self._moves(every, hung)
        made = self._changed(name)
        if moves is None or made is None:
            return None
        giver = next(_givers(name, self._folder, files, self._tree), None)
        if giver is not None:
            return _given(giver, name)
        shut = _shut_out(made, name, self._at.path)
        return shut or Default(name=name, path=self._at.path, text=made.text, change=made.change, moves=moves)

    def _given_in(self) -> NotChanged | None:
        given = self._files.of(self._folder).given
        names = [
            name
            for name, each in given.items()
            if each.path == self._at.path and each.attribute.line <= self._at.line <= each.attribute.last
        ]
        return _given(self._at.path, names[0]) if len(names) == 1 else None

    def _block(self) -> Block | None:
        for path, block in self._files.of(self._folder).blocks:
            if path == self._at.path and block.line <= self._at.line <= block.last:
                default = block.attribute("default") if block.kind == "variable" else None
                one_label = len(block.labels) == 1
                return block if default and one_label and _word(default.expression) == "x86_64" else None
        return None

    def _moves(self, every: Sequence[Deployable], hung: list[Hung]) -> tuple[str, ...] | None:
        """Return the names of what the variable reaches; None where a name is not one thing's alone."""
        layers = [each for each in hung if each.about == "layers"]
        of_terraform = [each for each in every if each.tool == "terraform"]
        names = [
            each.name
            for each in of_terraform
            if any(stated.location == self._at for stated in (*each.architectures, *each.labels))
            or any(each.location == of.location and each.name.endswith(of.address) for of in layers)
        ]
        wanted = set(names)
        alike = [each for each in of_terraform if each.name in wanted]
        return tuple(names) if len(alike) == len(wanted) else None

    def _changed(self, name: str) -> _Made | None:
        """Return the change of the default; None where it is not to be found, or changes anything else."""
        try:
            text = self._tree.read(self._at.path).decode()
        except (OSError, UnicodeDecodeError):
            return None
        line = lines_of(text)[self._at.line - 1]
        if line.count(_OLD) != 1:
            return None
        change = LineChange(first=self._at.line, last=self._at.line, new=line.replace(_OLD, _NEW))
        before, after = _blocks(text), _blocks(changed(text, [change]))
        block = next((each for each in after if (each.kind, each.labels) == ("variable", (name,))), None)
        default = block.attribute("default") if block else None
        if block is None or default is None or _word(default.expression) != "arm64":
            return None
        if [each for each in before if each.line != block.line] != [
            each for each in after if each.line != block.line
        ]:
            return None
        return _Made(text, change, block)


class _Made(NamedTuple):
    text: str
    change: LineChange
    after: Block


def _blocks(text: str) -> tuple[Block, ...]:
    try:
        return read_blocks(text.encode(), "")
    except InputError:
        return ()


def _word(expression: Expression) -> object:
    """Return the one word that *expression* is, or that is the whole of its list."""
    match expression:
        case Literal(value=word) | ListOf(items=(Literal(value=word),)):
            return word
    return None


def _given(path: str, name: str) -> NotChanged:
    return NotChanged(reason=f"{path} gives {name}; give what makes it arm64 there")


def _givers(name: str, folder: str, files: Iterable[str], tree: Tree) -> Iterator[str]:
    """Yield the files of variables that may be given where *folder* is deployed, and that give *name*.

    That is what stands in it or below it, before another folder of Terraform's, and what stands below none.
    """
    files = tuple(files)
    folders = {folder_of(each) for each in files if each.endswith(".tf")}
    word = re.escape(name).encode()
    gives = re.compile(rb"^[ \t]*" + word + rb'[ \t]*=|"' + word + rb'"\s*:', re.MULTILINE)
    for path in files:
        if not path.endswith((".tfvars", ".tfvars.json")):
            continue
        above = folder_of(path)
        while above not in folders and above != ".":
            above = posixpath.dirname(above) or "."
        try:
            if (above == folder or above not in folders) and gives.search(tree.read(path)):
                yield path
        except OSError:
            continue


class _Changed:
    """The names of a condition: the variable *name* is what its default comes to once that is changed."""

    def __init__(self, name: str, default: Expression, path: str) -> None:
        self._name, self._default, self._path = name, default, path

    def look(self, root: str, steps: tuple[str, ...], at: Location, depth: int) -> tuple[Value, int]:
        """Return what `var.NAME` is, and nothing of others."""
        if root == "var" and steps[:1] == (self._name,):
            return Evaluator(self, self._path, depth + 1).value(self._default), 1
        return Unknown(at=at, words=".".join((root, *steps)), why="another's"), len(steps)


def _shut_out(made: _Made, name: str, path: str) -> NotChanged | None:
    """Return that a validation of the variable *name* may keep it from arm64; None where none does."""
    default = made.after.attribute("default")
    for validation in made.after.named("validation"):
        condition = validation.attribute("condition")
        if condition is None or default is None:
            continue
        value = Evaluator(_Changed(name, default.expression, path), path).value(condition.expression)
        if not (isinstance(value, Known) and value.value is True):
            allowed = f"see that the validation of {name} allows arm64 ({path}:{condition.line})"
            return NotChanged(reason=f"{allowed} and give it that value")
    return None
