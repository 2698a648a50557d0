"""What building an sdist takes: compilers by its sources, programs by their names in its scripts."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.inspect.sdists.scripts import Scripts

_SOURCE = re.compile(r"\.(c|cc|cpp|cxx|pyx|f|f77|f90|for|rs|cu|go|zig|a|o|so(\.\d+)*)$|(^|/)Cargo\.toml$")
# numpy 1.26's sdist holds all of meson, with test cases in every language: vendored-meson/meson/test cases/
_ASIDE = re.compile(
    r"(?i)(^|/)_?((\w+ )?tests?([ _-]?(cases|data|suite))?|fixtures|docs?|examples?|bench(marks?)?|"
    r"vendor(ed)?([-_][^/]+)?|third[-_]?party|externals?)/"
)
_COMPILERS = {
    "a C compiler": {".c", ".pyx"},
    "a C++ compiler": {".cc", ".cpp", ".cxx"},
    "a Fortran compiler": {".f", ".f77", ".f90", ".for"},
    "Rust (cargo)": {".rs"},
    "nvcc": {".cu"},
    "Go": {".go"},
    "Zig": {".zig"},
}
_FAMILIES = {"maturin": "Rust (cargo)", "setuptools_rust": "Rust (cargo)"}
_PROGRAMS = frozenset(
    {
        "pg_config",
        "mysql_config",
        "mariadb_config",
        "pkg-config",
        "pkgconf",
        "cmake",
        "swig",
        "protoc",
        "nvcc",
    }
    | {"curl-config", "geos-config", "gdal-config", "krb5-config", "xml2-config", "xslt-config", "nc-config"}
    | {"freetype-config", "llvm-config", "pcre-config", "net-snmp-config", "apr-1-config", "sdl2-config"}
    | {"pcap-config", "gpgme-config", "cups-config", "cargo", "autoreconf", "h5cc", "mpicc"}
)
_WORD = re.compile(r"[\w.-]+")
_LONG = 200  # characters: a longer text is a message to people
_EVERYWHERE = frozenset({"m", "c", "dl", "rt", "pthread", "util", "stdc++", "gcc", "gomp"})


def source_of(names: Iterable[str]) -> str | None:
    """Return the first of *names* that something would have to compile, tests and the like left out."""
    return next((name for name in names if _SOURCE.search(name) and not _ASIDE.search(name)), None)


def is_aside(name: str) -> bool:
    """Return whether *name* lies among tests, documents or other people's sources."""
    return _ASIDE.search(name) is not None


def takes(names: Iterable[str], scripts: Scripts, reason: str) -> tuple[str, ...]:
    """Return what building takes, compilers first; *reason* is what it was told to be native by."""
    suffixes = {PurePosixPath(name).suffix for name in names if not is_aside(name)}
    by_family = [compiler for word, compiler in _FAMILIES.items() if word in reason]
    found = [compiler for compiler, its in _COMPILERS.items() if its & suffixes]
    if by_family:
        found = [each for each in found if each not in by_family and "compiler" not in each]
    elif not found:
        found = ["a C compiler"]
    return tuple(dict.fromkeys([*by_family, *found, *programs(scripts), *_libraries(scripts)]))


def programs(scripts: Scripts) -> tuple[str, ...]:
    """Return the programs that the scripts ask about libraries, or build with, each with its place."""
    found: dict[str, str] = {}
    for file, script in scripts.by_name:
        for node in script.of(ast.Constant):
            if isinstance(node.value, str) and len(node.value) < _LONG:
                # a command's first word; not "install cmake first"
                word = first[0] if (first := _WORD.search(node.value)) else ""
                if word in _PROGRAMS:
                    found.setdefault(word, f"{word} ({file}:{node.lineno})")
    return tuple(found.values())


def _libraries(scripts: Scripts) -> list[str]:
    """Return the libraries that extensions are linked with, as far as they are written out."""
    found: dict[str, None] = {}
    for _, name, call in scripts.calls():
        if not name.endswith("Extension"):
            continue
        for keyword in call.keywords:
            if keyword.arg == "libraries" and isinstance(keyword.value, ast.List | ast.Tuple):
                found.update(
                    (f"lib{each.value} with its headers", None)
                    for each in keyword.value.elts
                    if isinstance(each, ast.Constant)
                    and isinstance(each.value, str)
                    and each.value not in _EVERYWHERE
                )
    return list(found)
