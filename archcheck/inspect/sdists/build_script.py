"""What a build by setuptools (or distutils) takes, read off its setup.py and the modules beside it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from archcheck.inspect.sdists.downloads import download_doubt
from archcheck.inspect.sdists.fallback import fallback_sign
from archcheck.inspect.sdists.reachable import reachable
from archcheck.inspect.sdists.scripts import NO_SCRIPTS, Scripts
from archcheck.inspect.sdists.takes import programs
from archcheck.inspect.sdists.verdict import SdistVerdict, doubt, native, pure
from archcheck.setup_script import SetupScript, parse_setup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.index.model import SdistContents

_EXTENSION_CALLS = frozenset({"cythonize", "mypycify"})  # and whatever ends in "Extension"
_NATIVE_WORDS = frozenset({"cffi_modules", "rust_extensions", "cmake_source_dir"})
_HINT_WORDS = frozenset({"ext_modules", "Extension", "build_ext", "build_clib", "ext_package"})
_HINT_IMPORTS = frozenset({"Cython", "skbuild", "pybind11", "setuptools_rust", "cffi", "torch"})
_BUILD_COMMANDS = frozenset(
    {"build", "build_py", "install", "install_lib", "develop", "bdist_wheel", "egg_info"}
)
_STARTS_PROGRAMS = frozenset(
    {"subprocess", "popen", "Popen", "spawn", "system", "check_call", "check_output", "exec", "execfile"}
    | {"eval", "import_module", "__import__", "ctypes", "make", "compile"}
)
_BUILD_EXT = re.compile(r"build_?ext", re.IGNORECASE)


def read_scripts(contents: SdistContents, machines: Sequence[str]) -> dict[str, Scripts]:
    """Return the scripts that a build runs on each of *machines*, none where setup.py cannot be read.

    Each text is parsed once, and walked once for all machines where it does not ask for them.
    """
    script = parse_setup(contents.setup_py or "")
    if script is None:
        return dict.fromkeys(machines, NO_SCRIPTS)
    found = dict(zip(machines, reachable(script, machines, contents.names), strict=True))
    helpers: dict[str, list[tuple[str, SetupScript]]] = {machine: [] for machine in machines}
    for file, text in contents.helpers:
        module = file.removesuffix(".py")
        wanting = [each for each in machines if module in found[each].script.imports]
        helper = parse_setup(text) if wanting else None
        if helper is not None:
            for machine, cut in zip(wanting, reachable(helper, wanting, contents.names), strict=True):
                helpers[machine].append((file, cut.script))
    return {
        machine: Scripts(by_name=(("setup.py", its.script), *helpers[machine]), stops=its.stops)
        for machine, its in found.items()
    }


def by_setup(
    scripts: Scripts, contents: SdistContents, compilers: set[str], source: str | None
) -> SdistVerdict:
    """Judge a build by its setup.py, as far as that runs there."""
    if not scripts.by_name:
        return doubt("its setup.py cannot be read")
    return _by_extensions(scripts, contents, compilers, source) or _by_absence(scripts, contents, source)


def _by_extensions(
    scripts: Scripts, contents: SdistContents, compilers: set[str], source: str | None
) -> SdistVerdict | None:
    """Judge by what speaks of compiled code; None where nothing does."""
    script = scripts.by_name[0][1]
    extensions = [each for each in scripts.calls() if _makes_extension(each[1])]
    certain = script.words & _NATIVE_WORDS
    words = script.words - ({"ext_modules"} if script.names_no_extensions else set())
    hints = certain | compilers | (words & _HINT_WORDS) | _hinted_imports(script)
    if not extensions and not hints:
        return None
    if "skbuild" in _roots(script) and "setup" in script.calls:
        return native(f"its setup.py builds with scikit-build{_line(script, 'skbuild')}")
    if not extensions and not certain and not source:
        return doubt(f"its build speaks of {min(hints)}, but it holds no sources to compile")
    if sign := fallback_sign(script, [call for _, _, call in extensions]):
        return _fallback(sign, scripts)
    if unread := _unread_build_ext(scripts, contents.names):
        return doubt(f"its build_ext is in {unread}, which was not read")
    return native(_what_is_compiled(scripts, extensions, set(certain or hints), None if certain else source))


def _what_is_compiled(
    scripts: Scripts, extensions: list[tuple[str, str, ast.Call]], hints: set[str], source: str | None
) -> str:
    if extensions:
        file, _, call = extensions[0]
        return f"it builds an extension module ({file}:{call.lineno})"
    where = _line(scripts.by_name[0][1], min(hints))
    if source is None:
        return f"its setup.py names {min(hints)}{where}"
    return f"its build speaks of {min(hints)}{where}, and it holds {source}"


def _fallback(sign: str, scripts: Scripts) -> SdistVerdict:
    """Return that it does without; not where it first asks a program about a library (Shapely's)."""
    asked = programs(scripts)
    if asked:
        return doubt(f"{sign}, but it asks {asked[0]} first, and may not go on without")
    return SdistVerdict(kind="fallback-sdist", reason=sign)


def _by_absence(scripts: Scripts, contents: SdistContents, source: str | None) -> SdistVerdict:
    """Judge a build that does not speak of compiled code: by the places where some could hide."""
    script = scripts.by_name[0][1]
    why = download_doubt(script) or _setup_doubt(script, contents)
    if why is not None:
        return doubt(why)
    if source:
        return doubt(f"it holds {source}, which nothing is known to build")
    return pure("its setup names no extension and it holds no such sources")


def _makes_extension(name: str) -> bool:
    return name.endswith("Extension") or name in _EXTENSION_CALLS


def _roots(script: SetupScript) -> set[str]:
    return {name.split(".")[0] for name in script.imports}


def _hinted_imports(script: SetupScript) -> set[str]:
    numpy = {name for name in script.imports if name.startswith("numpy.distutils")}
    return (_roots(script) & _HINT_IMPORTS) | numpy


def _unread_build_ext(scripts: Scripts, names: tuple[str, ...]) -> str | None:
    """Return the module of the sdist that a build_ext is taken from, as mysql-connector 2.2.9 does it."""
    read = {file for file, _ in scripts.by_name}
    held = frozenset(names)
    for _, script in scripts.by_name:
        for module, name in script.taken:
            path = f"{module.replace('.', '/')}.py"
            if _BUILD_EXT.search(name) and path in held and path not in read:
                return path
    return None


def _setup_doubt(script: SetupScript, contents: SdistContents) -> str | None:
    """Return why a setup.py without a sign of compiled code may still hide some, or None."""
    if contents.setup_py is None:
        return None
    if not script.setup_calls:
        return "its setup.py does not call setup() itself"
    if script.passes_unseen:
        return f"its setup.py takes arguments from elsewhere (setup.py:{script.setup_calls[0].lineno})"
    if "distclass" in script.words:
        return f"its setup.py brings a Distribution class of its own{_line(script, 'distclass')}"
    if "cmdclass" in script.words and script.words & _BUILD_COMMANDS and not _harmless(script):
        return f"its setup.py brings build commands of its own{_line(script, 'cmdclass')}"
    return None


def _harmless(script: SetupScript) -> bool:
    """Whether its commands are its own, and none could start a compiler: SpeechRecognition's sets modes."""
    classes = {node.name for node in script.of(ast.ClassDef)}
    commands = script.given("cmdclass")
    return not script.words & _STARTS_PROGRAMS and bool(commands) and commands <= classes


def _line(script: SetupScript, word: str) -> str:
    line = script.line_of(word)
    return f" (setup.py:{line})" if line else ""
