"""A module of Terraform: the files of one folder, and what its names stand for."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.problems import problem
from archcheck.deployables.terraform.folders import Assigned
from archcheck.deployables.terraform.language.evaluation import Evaluator
from archcheck.deployables.terraform.language.types import Budget
from archcheck.deployables.terraform.language.values import Known, Unknown, Value, uncertain
from archcheck.deployables.terraform.variables import variable
from archcheck.deployables.tree import seen_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.deployables.model import Problem
    from archcheck.deployables.terraform.folders import Files, Folder, Placed
    from archcheck.deployables.terraform.language.syntax import Expression
    from archcheck.manifest.manifest import Location

MAX_MODULES: Final = 300
_MAX_DEPTH: Final = 8


class Folders:
    """What is read for one root module: the modules made, by their addresses, and what is wrong with them."""

    def __init__(self, files: Files) -> None:
        self.tree = files.tree
        self.problems: list[Problem] = []
        self.modules: dict[str, Module] = {}
        self.budget = Budget()
        self._files = files

    def read(self, path: str) -> Folder:
        """Return what the folder at *path* holds; what cannot be read is among `problems`."""
        folder = self._files.of(path)
        self.problems += folder.problems
        return folder


class Module:
    """One module, by its own files and by what it is called with. Its names are an `evaluation.Names`."""

    def __init__(
        self,
        folders: Folders,
        folder: str,
        *,
        address: str = "",
        root: str | None = None,
        arguments: Mapping[str, Value] | None = None,
        above: tuple[str, ...] = (),
    ) -> None:
        self.folders = folders
        self.folder = folder
        self.root = folder if root is None else root
        self.address = address
        self._arguments = arguments
        self._above = (*above, folder)
        read = folders.read(folder)
        folders.modules[address] = self
        self._blocks = read.blocks
        self._given = read.given
        self._named = {(each.block.kind, *each.block.labels): each for each in read.blocks}
        self._locals = {
            attribute.name: Assigned(each.path, attribute)
            for each in read.blocks
            if each.block.kind == "locals"
            for attribute in each.block.attributes
        }
        self._known: dict[tuple[str, str], Value] = {}
        self._open: set[tuple[str, str]] = set()
        self._children: dict[str, Module | None] = {}
        self.when: str | None = None
        self.archives: dict[str, tuple[Placed, str | None]] | None = None
        self.told: dict[str, dict[str, Any]] | None = None

    def blocks(self, kind: str, *types: str) -> Iterator[Placed]:
        """Yield the blocks of *kind*; with *types*, those whose first label is one of them."""
        for each in self._blocks:
            if each.block.kind == kind and (
                not types or each.block.labels[:1] in {(name,) for name in types}
            ):
                yield each

    def block(self, *names: str) -> Placed | None:
        """Return the block with this kind and these labels."""
        return self._named.get(names)

    def has_variables(self, *names: str) -> bool:
        """Return whether the module takes all *names*."""
        return all(("variable", name) in self._named for name in names)

    def is_packaging(self) -> bool:
        """Return whether it is terraform-aws-modules/lambda, or what builds images there, as a local copy.

        Their outputs come of programs that they run (`package.py`, docker).
        """
        return self.is_lambda() or self.has_variables("docker_file_path", "source_path")

    def is_lambda(self) -> bool:
        """Return whether it is terraform-aws-modules/lambda, as a local copy."""
        return self.has_variables("build_in_docker", "source_path")

    def path_of(self, text: str) -> str | None:
        """Return where *text*, a path as Terraform takes it, leads; None outside of the repository."""
        return seen_from(self.root, text or ".")

    def value(self, expression: Expression, path: str, depth: int = 0) -> Value:
        """Return what *expression* of the file at *path* comes to here."""
        return Evaluator(self, path, depth).value(expression)

    def look(self, root: str, steps: tuple[str, ...], at: Location, depth: int) -> tuple[Value, int]:
        """Return what a name stands for, and how many of its steps that took."""
        match root, steps:
            case ("var" | "local", (name, *_)):
                return self._once(root, name, at, depth), 1
            case ("path", (("module" | "root" | "cwd") as which, *_)):
                inner = posixpath.relpath(self.folder, self.root) if which == "module" else "."
                return Known(at=at, value=inner), 1
            case ("module", (name, output, *_)):
                return self._output(name, output, at, depth), 2
        words = ".".join((root, *steps))
        why = "it is known only where Terraform runs"
        address = () if root in {"each", "count", "self", "terraform"} else (root, *steps)
        return Unknown(at=at, words=words, why=why, address=address, module=self.address), len(steps)

    def _once(self, root: str, name: str, at: Location, depth: int) -> Value:
        key = (root, name)
        if key in self._open:
            return Unknown(at=at, words=f"{root}.{name}", why="it leads back to itself")
        if key not in self._known:
            self._open.add(key)
            found = self._variable(name, at, depth) if root == "var" else self._local(name, at, depth)
            self._known[key] = found
            self._open.discard(key)
        return self._known[key]

    def _local(self, name: str, at: Location, depth: int) -> Value:
        found = self._locals.get(name)
        if found is None:
            return Unknown(at=at, words=f"local.{name}", why="it is not declared")
        return self.value(found.attribute.expression, found.path, depth + 1)

    def _variable(self, name: str, at: Location, depth: int) -> Value:
        declared = self.block("variable", name)
        given = self._argument(name, depth)
        if declared is None:
            return given or Unknown(at=at, words=f"var.{name}", why="it is not declared")
        value = variable(
            declared.block,
            given,
            lambda each: self.value(each, declared.path, depth + 1),
            self.folders.budget,
        )
        if value is None:
            return Unknown(at=at, words=f"var.{name}", why="it has no default")
        return uncertain(value) if self._arguments is None and given is None else value

    def _argument(self, name: str, depth: int) -> Value | None:
        """Return what the variable *name* is given: by who calls the module, or by files of variables."""
        if self._arguments is not None:
            return self._arguments.get(name)
        found = self._given.get(name)
        return self.value(found.attribute.expression, found.path, depth + 1) if found else None

    def _output(self, name: str, output: str, at: Location, depth: int) -> Value:
        child = self.child(name)
        child = None if child and child.is_packaging() else child
        declared = child.block("output", output) if child else None
        value = declared.block.attribute("value") if declared else None
        if child and declared and value:
            return child.value(value.expression, declared.path, depth + 1)
        address = ("module", name, output)
        why = "it is known only where Terraform runs"
        return Unknown(at=at, words=".".join(address), why=why, address=address, module=self.address)

    def child(self, name: str) -> Module | None:
        """Return the module that the block `module "name"` calls, where that is in this repository."""
        if name not in self._children:
            self._children[name] = None  # while it is looked for: what it is called with may name it
            self._children[name] = self._called(name)
        return self._children[name]

    def _called(self, name: str) -> Module | None:
        called = self.block("module", name)
        source = self.source_of(called) if called else None
        if called is None or source is None or not source.startswith(("./", "../", ".\\", "..\\")):
            return None
        folder = seen_from(self.folder, source)
        if folder is None or not self.folders.tree.is_folder(folder):
            self._not_read(called, f"module {name}: there is no folder {source} in the repository")
            return None
        if folder in self._above:
            self._not_read(called, f"module {name}: {source} leads back to itself")
            return None
        if len(self._above) > _MAX_DEPTH or len(self.folders.modules) >= MAX_MODULES:
            self._not_read(called, f"module {name}: not read, too many modules")
            return None
        arguments = {each.name: self.value(each.expression, called.path) for each in called.block.attributes}
        return Module(
            self.folders,
            folder,
            address=f"{self.address}module.{name}.",
            root=self.root,
            arguments=arguments,
            above=self._above,
        )

    def _not_read(self, called: Placed, message: str) -> None:
        self.folders.problems.append(problem(message, called.path, called.block.line))

    def source_of(self, called: Placed) -> str | None:
        """Return the source that a block `module` names; Terraform takes no expression there."""
        source = called.block.attribute("source")
        value = self.value(source.expression, called.path) if source else None
        return value.value if isinstance(value, Known) and isinstance(value.value, str) else None
