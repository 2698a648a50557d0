"""The tests of a module, run in processes of their own in which one mutant of it has its place."""

from __future__ import annotations

import ast
import os
import resource
import signal
import sys
import traceback
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.mutation.core import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType

    from tests.mutation.mutants import Mutant

PATIENCE = 60
"""Seconds after which a run is ended: its mutant goes round in a circle, which is noticed."""
MEMORY = 4 << 30
"""Bytes that a run may take, for those that go round and collect something."""

# The same examples each time, and none kept for later of those that a mutant fails.
hypothesis.settings.register_profile("mutation", deadline=None, database=None, derandomize=True)
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=mutation")
# It would be an error here that Hypothesis is imported before pytest rewrites its assertions.
OPTIONS += ("-W", "ignore::pytest.PytestAssertRewriteWarning")

# Imported once, before the forks, where each run would import it for itself.
for needed in (
    "httpx",
    "jinja2",
    "jsonschema",
    "msgspec",
    "packaging.metadata",
    "resolvelib",
    "rich.console",
):
    import_module(needed)


class _Loader(SourceFileLoader):
    """Loads one module from *code* that is not what its file says."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Finder:
    """Finds the module at *path* before anybody else does, and takes *tree* for what stands there."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self._name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._path = str(ROOT / path)
        self._loader = _Loader(self._name, self._path, compile(tree, self._path, "exec", dont_inherit=True))

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        found = fullname == self._name
        return spec_from_file_location(fullname, self._path, loader=self._loader) if found else None

    @property
    def was_asked(self) -> bool:
        """Whether the module is the one that was found here."""
        return getattr(sys.modules.get(self._name), "__loader__", None) is self._loader


def failure(path: str, tests: Sequence[str]) -> str | None:
    """Return what is said where *tests* fail with the module at *path* as it is; None where they pass."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    with TemporaryFile() as said:
        _, status = os.waitpid(_begun(path, lambda: tree, tests, said.fileno()), 0)
        if os.waitstatus_to_exitcode(status) == pytest.ExitCode.OK:
            return None
        said.seek(0)
        return said.read().decode(errors="replace")


def survivors(mutants: Sequence[Mutant], tests: Sequence[str]) -> Iterator[Mutant]:
    """Yield those of *mutants* with which all of *tests* pass, as soon as it is known."""
    under_way: dict[int, Mutant] = {}
    waiting = list(reversed(mutants))
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a file descriptor is wanted
        while waiting or under_way:
            while waiting and len(under_way) < (os.cpu_count() or 1):
                mutant = waiting.pop()
                under_way[_begun(mutant.path, mutant.apply, tests, nowhere.fileno())] = mutant
            child, status = os.wait()
            mutant = under_way.pop(child)
            if os.waitstatus_to_exitcode(status) == pytest.ExitCode.OK:
                yield mutant


def _begun(path: str, tree: Callable[[], ast.Module], tests: Sequence[str], output: int) -> int:
    """Start *tests* in a process in which *tree* is the module at *path*; return its id."""
    if any(name.partition(".")[0] == "archcheck" for name in sys.modules):
        raise RuntimeError("archcheck was imported before the fork: no mutant would take effect")
    child = os.fork()
    if child == 0:
        code = pytest.ExitCode.INTERNAL_ERROR
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            code = _run(_Finder(path, tree()), tests)
        except BaseException:  # noqa: BLE001 - whatever it is, this process is not to go on as its parent
            traceback.print_exc()
        os._exit(code)
    return child


def _run(finder: _Finder, tests: Sequence[str]) -> pytest.ExitCode:
    signal.alarm(PATIENCE)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(ROOT)
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    code = pytest.main([*OPTIONS, *tests])
    if code == pytest.ExitCode.OK and not finder.was_asked:
        raise RuntimeError("the tests do not import the module")
    return pytest.ExitCode(code)
