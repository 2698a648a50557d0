"""setup.py, as far as it says its dependencies in plain lists; it is never run."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.declarations import Declarations, Stated, Unsaid, by_extra
from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import escaped, failure
from archcheck.inputs.requirement_files import open_home, specifier, without_comment
from archcheck.inputs.setuptools.setup_cfg import in_setup_cfg, of_setuptools
from archcheck.manifest.manifest import Location
from archcheck.setup_script import parse_setup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.inputs.requirement_files import Home
    from archcheck.manifest.manifest import Manifest, Selection

_MAX_NAMES = 50  # that stand for each other; it may be a circle
_MAX_STEPS = 10_000  # lists that hold each other twice over grow as 2^depth
_ADDS: Final = frozenset({"append", "extend", "insert"})


def read_setup_py(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the setup.py at *path* passes to `setup()` as plain lists, else what setup.cfg has.

    What only running it would tell is `Skipped` where it is asked for. Raises InputError where nothing is
    left without it.
    """
    _ = environ  # setuptools fills no variables in
    home, data = open_home(path, files=files, cwd=cwd, expected="a setup.py file")
    declared, requires_python = in_setup_py(home, decode(data, path), path)
    if not (declared.main or declared.extras) and home.has("setup.cfg"):
        config = home.read("setup.cfg", Location(path=path))
        unsaid = declared.unsaid
        declared, requires_python = in_setup_cfg(home, config, home.sibling("setup.cfg"))
        declared = replace(declared, unsaid=(*unsaid, *declared.unsaid))
    return of_setuptools(home, data, declared, selection, requires_python)


def in_setup_py(home: Home, text: str, path: str) -> tuple[Declarations, SpecifierSet | None]:
    """Return what the setup.py *text* declares; *path* is how to spell the file."""
    try:
        return _declared(home, text, path)
    except RecursionError:  # newer Pythons parse thousands of nested operators
        raise failure(Location(path=path), f"nested too deeply; {home.instead}") from None


def _declared(home: Home, text: str, path: str) -> tuple[Declarations, SpecifierSet | None]:
    script = parse_setup(text)
    if script is None:
        raise failure(Location(path=path), f"not a Python 3 file; {home.instead}")
    if len(script.setup_calls) != 1:
        count = len(script.setup_calls)
        raise failure(Location(path=path), f"it calls setup() {count} times, expected once; {home.instead}")
    reading = _SetupPy(home, path, _Names(script.tree))
    keywords = reading.keywords(script.setup_calls[0])
    extras, always = by_extra(reading.extras(keywords.get("extras_require")))
    python = keywords.get("python_requires")
    said = reading.text(python)
    named = reading.text(keywords.get("name"))
    main = reading.requirements("install_requires", keywords.get("install_requires"))
    unseen = reading.unseen
    declared = Declarations(
        name=canonicalize_name(named) if named else None,
        version=reading.text(keywords.get("version")),
        main=(*main, *always, *(unseen if "install_requires" not in keywords else ())),
        extras=extras,
        unsaid=(*reading.unkeyed, *(unseen if "extras_require" not in keywords else ())),
    )
    return declared, specifier(said, reading.place(python), "python_requires") if said else None


class _Names:
    """The names of a script that are assigned once, as far as the syntax shows.

    `values` are what they are assigned, `grown` those to which something is added later on; a name that is
    changed in any other way is in neither.
    """

    def __init__(self, tree: ast.Module) -> None:
        stores: Counter[str] = Counter()
        found: dict[str, ast.expr] = {}
        self.grown: set[str] = set()
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found[name] = value
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()):
                    self.grown.add(name)
                    stores[name] -= 1
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                    stores[name] += 1
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _ADDS:
                    self.grown.add(name)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                    stores[name] += 2
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                    stores[name] += 2
        self.values = {name: value for name, value in found.items() if stores[name] == 1}


class _SetupPy:
    """One setup.py: its literal values, and what is said in the place of all others.

    `unseen` are what setup() is passed besides, and `unkeyed` the places that may hold further extras.
    """

    def __init__(self, home: Home, path: str, names: _Names) -> None:
        self._home = home
        self._path = path
        self._names = names
        self._steps = 0
        self.unseen: list[Unsaid] = []
        self.unkeyed: list[Unsaid] = []

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
                    found |= self._items("what is passed to setup()", node, self.unseen)
                case ast.Call(func=ast.Name(id="dict"), args=[]) as inner:
                    found |= self.keywords(inner)
                case node:
                    self.unseen.append(self._unsaid("what is passed to setup()", node))
        return found

    def requirements(self, key: str, node: ast.expr | None) -> tuple[Stated | Unsaid, ...]:
        """Return the requirements in a list of strings, or in one string with a line for each."""
        return tuple(self._stated(key, node))

    def _stated(self, key: str, node: ast.expr | None) -> Iterator[Stated | Unsaid]:
        for item in self._strings(key, node):
            if isinstance(item, Unsaid):
                yield item
                continue
            lines = filter(None, map(without_comment, str(item.value).splitlines()))
            yield from (Stated(text=line, location=self.place(item)) for line in lines)

    def extras(self, node: ast.expr | None) -> Iterator[tuple[str, tuple[Stated | Unsaid, ...]]]:
        """Yield the key and the requirements of each item of extras_require."""
        match self._plain(node) if node is not None else None:
            case None | ast.Constant(value=None):
                return
            case ast.Dict() as plain:
                for key, value in self._items("extras_require", plain, self.unkeyed).items():
                    yield key, self.requirements(f"extras_require[{key!r}]", value)
            case plain:
                self.unkeyed.append(self._unsaid("extras_require", plain))

    def text(self, node: ast.expr | None) -> str:
        """Return a string, "" for all else."""
        match self._plain(node) if node is not None else None:
            case ast.Constant(value=str(text)):
                return text
        return ""

    def _items(self, what: str, node: ast.Dict, unsaid: list[Unsaid]) -> dict[str, ast.expr]:
        """Return the items of a dict whose keys are written out; the places of others go to *unsaid*."""
        found: dict[str, ast.expr] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            match key, self._plain(value):
                case ast.Constant(value=str(text)), _:
                    found[text] = value
                case None, ast.Dict() as inner if self._step():
                    found |= self._items(what, inner, unsaid)
                case _:
                    unsaid.append(self._unsaid(what, key or value))
        return found

    def _strings(self, what: str, node: ast.expr | None) -> Iterator[ast.Constant | Unsaid]:
        plain = self._plain(node) if node is not None else None
        match plain:
            case None | ast.Constant(value=None):
                return
            case _ if not self._step():
                raise self._unsaid(what, plain).refusal
            case ast.Constant(value=str()):
                yield plain
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    yield from self._strings(what, item.value if isinstance(item, ast.Starred) else item)
            case ast.BinOp(left=left, op=ast.Add(), right=right) if not self.text(left):
                yield from self._strings(what, left)
                yield from self._strings(what, right)
            case _:
                yield self._unsaid(what, plain)
        if isinstance(node, ast.Name) and node.id in self._names.grown:
            yield self._unsaid(f"what is added to {node.id}", node)

    def _step(self) -> bool:
        """Return whether there may be one step more."""
        self._steps += 1
        return self._steps <= _MAX_STEPS

    def _plain(self, node: ast.expr) -> ast.expr:
        """Return what a name stands for, if it is assigned once."""
        for _ in range(_MAX_NAMES):
            value = self._names.values.get(node.id) if isinstance(node, ast.Name) else None
            if value is None:
                break
            node = value
        return node

    def _unsaid(self, what: str, node: ast.expr) -> Unsaid:
        text = f"{escaped(what)} is computed when setup.py runs, and it is not run here"
        return Unsaid(text=text, instead=self._home.instead, location=self.place(node))
