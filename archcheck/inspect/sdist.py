"""Whether building an sdist needs a compiler, judged from its names and texts; nothing is run.

In doubt the answer is "sdist", never "pure-sdist": a build that fails on the target is worse than a look.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from packaging.utils import canonicalize_name

from archcheck.inspect.fallback import fallback_sign
from archcheck.setup_script import SetupScript, parse_setup
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from archcheck.index.model import SdistContents

SdistKind = Literal["pure-sdist", "fallback-sdist", "native-sdist", "sdist"]

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
_HATCH_HOOKS = frozenset({"vcs", "version"})  # the build hooks of hatchling that write text alone

_SOURCE = r"\.(c|cc|cpp|cxx|pyx|f|f77|f90|for|rs|cu|go|zig|a|o|so(\.\d+)*)$|(^|/)Cargo\.toml$"
_ASIDE = (
    r"(?i)(^|/)_?(tests?|testdata|fixtures|docs?|examples?|bench(marks?)?|"
    r"vendor(ed)?|third[-_]?party|externals?)/"
)

_EXTENSION_CALLS = frozenset({"cythonize", "mypycify"})  # and whatever ends in "Extension"
_NATIVE_WORDS = frozenset({"cffi_modules", "rust_extensions", "cmake_source_dir"})
_HINT_WORDS = frozenset({"ext_modules", "Extension", "build_ext", "build_clib", "ext_package"})
_HINT_IMPORTS = frozenset({"Cython", "skbuild", "pybind11", "setuptools_rust", "cffi", "torch"})
_BUILD_COMMANDS = frozenset(
    {"build", "build_py", "install", "install_lib", "develop", "bdist_wheel", "egg_info"}
)


class SdistVerdict(Struct, frozen=True, kw_only=True):
    """What building the sdist takes, and the sign that it was told by."""

    kind: SdistKind
    reason: str


def classify(contents: SdistContents) -> SdistVerdict:
    """Return what building *contents* takes; "sdist" where that cannot be told."""
    try:
        pyproject = parse_toml(contents.pyproject or "")
    except ValueError:
        return _doubt("its pyproject.toml cannot be read")
    system = _table(pyproject, "build-system")
    backend = str(system.get("build-backend", _SETUPTOOLS))
    family = re.split(r"[.:]", backend)[0]
    requires = _names(system.get("requires", []))
    source = next((n for n in contents.names if re.search(_SOURCE, n) and not re.search(_ASIDE, n)), None)
    if family in _NATIVE_BACKENDS:
        return _native(f"its build backend is {backend}")
    tool, compilers = _table(pyproject, "tool"), requires & _NATIVE_REQUIRES
    if family in _HOOKS:
        verdict = _by_hooks(contents, tool, family, compilers, source)
    else:
        verdict = _by_setup(contents, tool, compilers, source)
    known = family in {"setuptools", *_HOOKS} and "backend-path" not in system
    if verdict.kind == "pure-sdist" and not known:
        return _doubt(f"its build backend {backend} is not known to compile nothing")
    return verdict


def _by_hooks(
    contents: SdistContents, tool: dict[str, Any], family: str, compilers: set[str], source: str | None
) -> SdistVerdict:
    """Judge a backend that compiles nothing by itself, by the hooks that could."""
    if compilers and source:
        return _native(f"it builds {source} with {min(compilers)}")
    if compilers or _HOOKS[family](tool, contents.names):
        return _doubt("its build runs code of its own")
    if source:
        return _doubt(f"it holds {source}, which nothing is known to build")
    return SdistVerdict(kind="pure-sdist", reason=f"{family} builds it, and it holds no sources to compile")


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


def _by_setup(
    contents: SdistContents, tool: dict[str, Any], compilers: set[str], source: str | None
) -> SdistVerdict:
    """Judge a build by setuptools (or distutils) by its setup.py."""
    if "ext-modules" in _table(tool, "setuptools") or "setuptools-rust" in tool:
        return _native("its pyproject.toml names extension modules")
    script = parse_setup(contents.setup_py or "")
    if script is None:
        return _doubt("its setup.py cannot be read")
    return _by_extensions(script, compilers, source) or _by_absence(script, contents, source)


def _by_extensions(script: SetupScript, compilers: set[str], source: str | None) -> SdistVerdict | None:
    """Judge by what speaks of compiled code; None where nothing does."""
    extensions = _extensions(script)
    certain = script.words & _NATIVE_WORDS
    hints = certain | compilers | (script.words & _HINT_WORDS) | _hinted_imports(script)
    if not extensions and not hints:
        return None
    if not extensions and not certain and not source:
        return _doubt(f"its build speaks of {min(hints)}, but it holds no sources to compile")
    if sign := fallback_sign(script, extensions):
        return SdistVerdict(kind="fallback-sdist", reason=sign)
    if extensions or not source:
        return _native("its setup.py names extension modules")
    return _native(f"its build speaks of {min(hints)}, and it holds {source}")


def _by_absence(script: SetupScript, contents: SdistContents, source: str | None) -> SdistVerdict:
    """Judge a build that does not speak of compiled code: by the places where some could hide."""
    if doubt := _setup_doubt(script, contents):
        return _doubt(doubt)
    if source:
        return _doubt(f"it holds {source}, which nothing is known to build")
    return SdistVerdict(kind="pure-sdist", reason="its setup names no extension and it holds no such sources")


def _extensions(script: SetupScript) -> list[ast.Call]:
    return [
        call
        for name, calls in script.calls.items()
        if name.endswith("Extension") or name in _EXTENSION_CALLS
        for call in calls
    ]


def _hinted_imports(script: SetupScript) -> set[str]:
    roots = {name.split(".")[0] for name in script.imports}
    return (roots & _HINT_IMPORTS) | {name for name in script.imports if name.startswith("numpy.distutils")}


def _setup_doubt(script: SetupScript, contents: SdistContents) -> str | None:
    """Return why a setup.py without a sign of compiled code may still hide some, or None."""
    if contents.setup_py is None:
        return None
    if not script.setup_calls:
        return "its setup.py does not call setup() itself"
    if script.passes_unseen:
        return "its setup.py takes arguments from elsewhere"
    if "distclass" in script.words:
        return "its setup.py brings a Distribution class of its own"
    if "cmdclass" in script.words and script.words & _BUILD_COMMANDS:
        return "its setup.py brings build commands of its own"
    return None


def _names(requires: object) -> set[str]:
    texts = requires if isinstance(requires, list) else []
    return {
        canonicalize_name(re.split(r"[^\w.-]", text.strip())[0]) for text in texts if isinstance(text, str)
    }


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _native(reason: str) -> SdistVerdict:
    return SdistVerdict(kind="native-sdist", reason=reason)


def _doubt(reason: str) -> SdistVerdict:
    return SdistVerdict(kind="sdist", reason=reason)
