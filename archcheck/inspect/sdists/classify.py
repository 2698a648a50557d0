"""Whether building an sdist needs a compiler, judged from its names and texts; nothing is run.

In doubt the answer is "sdist", never "pure-sdist": a build that fails on the target is worse than a look.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inspect.sdists.build_script import by_setup, read_scripts
from archcheck.inspect.sdists.foreign import carried_for_others, in_vain
from archcheck.inspect.sdists.scripts import NO_SCRIPTS, Scripts
from archcheck.inspect.sdists.takes import source_of, takes
from archcheck.inspect.sdists.verdict import SdistKind, SdistVerdict, doubt, native, pure
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcheck.index.model import SdistContents

__all__ = ["SdistKind", "SdistVerdict", "classify"]

_SETUPTOOLS = "setuptools.build_meta"
_NATIVE_BACKENDS = (
    "maturin",
    "scikit_build_core",
    "mesonpy",
    "setuptools_rust",
    "sipbuild",
    "py_build_cmake",
)
_NATIVE_REQUIRES = frozenset(
    ("cython", "cffi", "pybind11", "nanobind", "setuptools-rust", "scikit-build", "cmake", "pythran", "mypy")
)
_REMEMBERED = 256  # an input is audited again with each change that may help it
_HATCH_HOOKS = frozenset({"vcs", "version"})  # the build hooks of hatchling that write text alone


def classify(contents: SdistContents, architecture: str = "aarch64") -> SdistVerdict:
    """Return what building *contents* takes on *architecture*; "sdist" where that cannot be told."""
    return _classified(contents)[architecture]


@lru_cache(maxsize=_REMEMBERED)
def _classified(contents: SdistContents) -> Mapping[str, SdistVerdict]:
    """Return the verdict for each architecture: the two share the parsed texts."""
    try:
        pyproject = parse_toml(contents.pyproject or "")
    except ValueError:
        return dict.fromkeys(ARCHITECTURES, doubt("its pyproject.toml cannot be read"))
    scripts = cache(lambda: read_scripts(contents, ARCHITECTURES))
    try:
        return {
            each: _complete(*_judged(contents, pyproject, each, scripts), contents, each)
            for each in ARCHITECTURES
        }
    except RecursionError:  # a setup.py can be nested more deeply than it can be walked
        return dict.fromkeys(ARCHITECTURES, doubt("its setup.py cannot be read"))


def _complete(
    verdict: SdistVerdict, scripts: Scripts, contents: SdistContents, architecture: str
) -> SdistVerdict:
    """Return *verdict* with what building takes, and why it may be in vain."""
    if verdict.kind == "native-sdist":
        verdict = replace(verdict, takes=takes(contents.names, scripts, verdict.reason))
    elif others := carried_for_others(contents.natives, architecture):
        verdict = replace(verdict, reason=f"{verdict.reason}; {others}")
    return replace(verdict, in_vain=in_vain(contents, scripts, architecture))


def _judged(
    contents: SdistContents,
    pyproject: dict[str, Any],
    architecture: str,
    read: Callable[[], dict[str, Scripts]],
) -> tuple[SdistVerdict, Scripts]:
    """Return the verdict of the build backend's own kind, and the scripts that it was read from."""
    system = _table(pyproject, "build-system")
    backend = str(system.get("build-backend", _SETUPTOOLS))
    family = re.split(r"[.:]", backend)[0]
    requires = _names(system.get("requires", []))
    source = source_of(contents.names)
    here = _place(contents.pyproject, "build-backend")
    if family in _NATIVE_BACKENDS:
        return native(f"its build backend is {backend}{here}"), NO_SCRIPTS
    tool, compilers = _table(pyproject, "tool"), requires & _NATIVE_REQUIRES
    own = "backend-path" in system
    if own and source and "cythonize" in _table(tool, "local"):  # yarl, frozenlist: aio-libs' backend
        where = _place(contents.pyproject, "cythonize")
        return native(f"its own build backend is told to compile with Cython{where}"), NO_SCRIPTS
    scripts = NO_SCRIPTS
    if family in _HOOKS:
        verdict = _by_hooks(contents, tool, family, compilers, source)
    elif "ext-modules" in _table(tool, "setuptools") or "setuptools-rust" in tool:
        verdict = native("its pyproject.toml names extension modules")
    else:
        scripts = read()[architecture]
        verdict = by_setup(scripts, contents, compilers, source)
    if verdict.kind == "pure-sdist" and (own or family not in {"setuptools", *_HOOKS}):
        verdict = doubt(f"its build backend {backend} is not known to compile nothing{here}")
    return verdict, scripts


def _by_hooks(
    contents: SdistContents, tool: dict[str, Any], family: str, compilers: set[str], source: str | None
) -> SdistVerdict:
    """Judge a backend that compiles nothing by itself, by the hooks that could."""
    if compilers and source:
        return native(f"it builds {source} with {min(compilers)}{_place(contents.pyproject, min(compilers))}")
    if compilers or _HOOKS[family](tool, contents.names):
        return doubt("its build runs code of its own")
    if source:
        return doubt(f"it holds {source}, which nothing is known to build")
    return pure(f"{family} builds it, and it holds no sources to compile")


def _hatch_hooks(tool: dict[str, Any], names: tuple[str, ...]) -> bool:
    if "hatch.toml" in names:  # it may hold the same settings, and is not read
        return True
    build = _table(_table(tool, "hatch"), "build")
    wheel = _table(_table(build, "targets"), "wheel")
    return bool((set(_table(build, "hooks")) | set(_table(wheel, "hooks"))) - _HATCH_HOOKS)


def _poetry_hooks(tool: dict[str, Any], _names: tuple[str, ...]) -> bool:
    return "build" in _table(tool, "poetry")


def _pdm_hooks(tool: dict[str, Any], names: tuple[str, ...]) -> bool:
    build = _table(_table(tool, "pdm"), "build")
    return "pdm_build.py" in names or bool(build.keys() & {"run-setuptools", "custom-hook"})


def _no_hooks(_tool: dict[str, Any], _names: tuple[str, ...]) -> bool:
    return False


_HOOKS: dict[str, Callable[[dict[str, Any], tuple[str, ...]], bool]] = {
    "flit": _no_hooks,
    "flit_core": _no_hooks,
    "hatchling": _hatch_hooks,
    "pdm": _pdm_hooks,
    "poetry": _poetry_hooks,
    "uv_build": _no_hooks,
}
"""The backends that compile nothing by themselves, and whether they are told to run code that might."""


def _names(requires: object) -> set[str]:
    texts = requires if isinstance(requires, list) else []
    return {
        canonicalize_name(re.split(r"[^\w.-]", text.strip())[0]) for text in texts if isinstance(text, str)
    }


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _place(pyproject: str | None, word: str) -> str:
    """Return the line of pyproject.toml that has *word*, in brackets; nothing where none has."""
    lines = (pyproject or "").splitlines()
    number = next((number for number, line in enumerate(lines, 1) if word in line.lower()), None)
    return f" (pyproject.toml:{number})" if number else ""
