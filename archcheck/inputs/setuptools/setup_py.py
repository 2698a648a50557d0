"""setup.py, as far as it says its dependencies in plain lists; it is never run."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations, Stated, by_extra, chosen
from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import escaped, failure
from archcheck.inputs.requirement_files import INSTEAD, open_home, specifier, without_comment
from archcheck.inputs.setuptools.setup_cfg import in_setup_cfg
from archcheck.manifest.manifest import Location, Manifest
from archcheck.setup_script import parse_setup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.inputs.requirement_files import Home
    from archcheck.manifest.manifest import Selection

_MAX_NAMES = 50  # that stand for each other; it may be a circle
_MAX_STEPS = 10_000  # lists that hold each other twice over grow as 2^depth


def read_setup_py(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the setup.py at *path* passes to `setup()` as plain lists, else what setup.cfg has.

    Raises InputError where only running it would tell.
    """
    home, data = open_home(path, files=files, environ=environ, cwd=cwd, expected="a setup.py file")
    declared, requires_python = in_setup_py(home, decode(data, path), path)
    if not (declared.main or declared.extras) and home.has("setup.cfg"):
        config = home.read("setup.cfg", Location(path=path))
        declared, requires_python = in_setup_cfg(home, config, home.sibling("setup.cfg"))
    return Manifest(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        requirements=chosen(declared, selection, path=path, folder=home.folder),
        requires_python=requires_python,
        warnings=() if declared.main else (f"{escaped(path)} declares no install_requires",),
    )


def in_setup_py(home: Home, text: str, path: str) -> tuple[Declarations, SpecifierSet | None]:
    """Return what the setup.py *text* declares; *path* is how to spell the file."""
    try:
        return _declared(home, text, path)
    except RecursionError:  # newer Pythons parse thousands of nested operators
        raise failure(Location(path=path), f"nested too deeply; {INSTEAD}") from None


def _declared(home: Home, text: str, path: str) -> tuple[Declarations, SpecifierSet | None]:
    script = parse_setup(text)
    if script is None:
        raise failure(Location(path=path), f"not a Python 3 file; {INSTEAD}")
    if len(script.setup_calls) != 1:
        count = len(script.setup_calls)
        raise failure(Location(path=path), f"it calls setup() {count} times, expected once; {INSTEAD}")
    call = script.setup_calls[0]
    reading = _SetupPy(home, path, _assignments(script.tree))
    keywords = reading.keywords(call)
    extras, always = by_extra(reading.extras(keywords.get("extras_require")))
    named = reading.text(keywords.get("name"))
    python = keywords.get("python_requires")
    said = reading.text(python)
    declared = Declarations(
        name=canonicalize_name(named) if named else None,
        main=(*reading.requirements("install_requires", keywords.get("install_requires")), *always),
        extras=extras,
    )
    return declared, specifier(said, reading.place(python), "python_requires") if said else None


def _assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the values of the names that are assigned once and never changed, as far as the syntax shows."""
    stores: Counter[str] = Counter()
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                stores[name] += 1
            # append, extend, update and `name[…] = …` change what the name stands for.
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                stores[name] += 2
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                stores[name] += 2
    return {name: value for name, value in found.items() if stores[name] == 1}


class _SetupPy:
    """One setup.py: its literal values, and a refusal for all others."""

    def __init__(self, home: Home, path: str, names: Mapping[str, ast.expr]) -> None:
        self._home = home
        self._path = path
        self._names = names
        self._steps = 0

    def place(self, node: ast.expr | None) -> Location:
        """Return where *node* stands."""
        return Location(path=self._path, line=node.lineno if node is not None else 0)

    def keywords(self, call: ast.Call) -> dict[str, ast.expr]:
        """Return the arguments of setup(), those of `**dict(…)` and `**{…}` included."""
        found: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                found[keyword.arg] = keyword.value
                continue
            match self._plain(keyword.value):
                case ast.Dict() as node:
                    found |= dict(self._items("setup()", node))
                case ast.Call(func=ast.Name(id="dict"), args=[]) as inner:
                    found |= self.keywords(inner)
                case node:
                    self._refuse("what is passed to setup()", node)
        return found

    def requirements(self, key: str, node: ast.expr | None) -> tuple[Stated, ...]:
        """Return the requirements in a list of strings, or in one string with a line for each."""
        return tuple(
            Stated(text=line, location=self.place(item))
            for item in self._strings(key, node)
            for line in map(without_comment, str(item.value).splitlines())
            if line
        )

    def extras(self, node: ast.expr | None) -> Iterator[tuple[str, tuple[Stated, ...]]]:
        """Yield the key and the requirements of each item of extras_require."""
        plain = self._plain(node) if node is not None else None
        if plain is None:
            return
        if not isinstance(plain, ast.Dict):
            self._refuse("extras_require", plain)
        for key, value in self._items("extras_require", plain):
            yield key, self.requirements("extras_require", value)

    def text(self, node: ast.expr | None) -> str:
        """Return a string, "" for all else."""
        match self._plain(node) if node is not None else None:
            case ast.Constant(value=str(text)):
                return text
        return ""

    def _items(self, what: str, node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                self._refuse(what, key or value)
            yield key.value, value

    def _strings(self, what: str, node: ast.expr | None) -> Iterator[ast.Constant]:
        plain = self._plain(node) if node is not None else None
        self._steps += 1
        match plain:
            case None | ast.Constant(value=None):
                return
            case _ if self._steps > _MAX_STEPS:
                self._refuse(what, plain)
            case ast.Constant(value=str()):
                yield plain
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    yield from self._strings(what, item.value if isinstance(item, ast.Starred) else item)
            case ast.BinOp(left=left, op=ast.Add(), right=right) if not self.text(left):
                yield from self._strings(what, left)
                yield from self._strings(what, right)
            case _:
                self._refuse(what, plain)

    def _plain(self, node: ast.expr) -> ast.expr:
        """Return what a name stands for, if it is assigned once."""
        for _ in range(_MAX_NAMES):
            value = self._names.get(node.id) if isinstance(node, ast.Name) else None
            if value is None:
                break
            node = value
        return node

    def _refuse(self, what: str, node: ast.expr) -> NoReturn:
        instead = INSTEAD
        if self._home.has("requirements.txt"):
            instead = f"audit requirements.txt, which is beside it, or {INSTEAD.removeprefix('audit ')}"
        message = f"{what} is computed when setup.py runs, and it is not run here; {instead}"
        raise failure(self.place(node), message)
