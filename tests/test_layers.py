"""The borders between the parts, read off the imports: one direction, decisions without I/O, a light start."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import archcheck

ROOT = Path(archcheck.__file__).parent

# Each part, and the parts it may import; values that all share are named `values`.
PARTS = {
    "values": {"values"},
    "data": {"values"},
    "targets": {"values", "data"},
    "fit": {"values", "targets"},
    "inputs": {"values", "targets"},
    "index": {"values"},
    "inspect": {"values", "index"},
    "resolve": {"values", "targets", "fit", "index"},
    "judge": {"values", "data", "targets", "fit", "index", "inspect", "resolve"},
    "remedy": {"values", "data", "targets", "fit", "index", "judge", "resolve"},
    "report": {"values", "judge"},
    "settings": {"values", "targets", "judge"},
    "run": {"values", "targets", "index", "inspect", "resolve", "judge", "remedy"},
    "reach": {"values", "index", "inputs", "request"},
    "session": {"values", "index", "inputs", "reach", "request"},
    "api": {"values", "targets", "index", "judge", "resolve", "run", "reach", "request", "session"},
    "bot": {"values", "report"},
    "request": {"values", "index"},
    "cli": {"values", "index", "report", "api", "bot", "reach", "request", "session", "settings"},
}
VALUES = {
    "__init__",
    "dependency",
    "distribution",
    "errors",
    "files",
    "lock",
    "manifest",
    "model",
    "policy",
    "savings",
    "setup_script",
    "specifiers",
    "toml",
    "trace",
}
MACHINES = {"targets", "machines"}

# What may not be touched where things are decided, and the modules that read for them.
IO_MODULES = {
    "asyncio",
    "httpx",
    "socket",
    "ssl",
    "subprocess",
    "shutil",
    "tempfile",
    "urllib.request",
}
IO_BUILTINS = {"open", "print", "input"}
IO_ATTRIBUTES = {"environ", "getenv", "read_text", "read_bytes", "write_text", "write_bytes", "now", "today"}
DECISIONS = {
    "targets",
    "fit",
    "inputs",
    "inspect",
    "resolve",
    "judge",
    "remedy",
    "report",
    "run",
    "settings",
    "bot",
}
READERS = {"inputs/git.py", "inputs/confined.py", "bot/http.py"}


def part_of(module: str) -> str:
    """Return the part that the module `archcheck.…` belongs to."""
    name = [*module.split("."), "__init__"][1]
    if name in VALUES:
        return "values"
    return "targets" if name in MACHINES else name


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package, by its path in it."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }


def name_of(path: str) -> str:
    return ".".join(["archcheck", *path.removesuffix(".py").removesuffix("/__init__").split("/")])


def imported(tree: ast.Module) -> set[str]:
    """Return every module that is imported, at the top, in a function or for types alone."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_every_module_belongs_to_a_part():
    assert {part_of(name_of(path)) for path in modules()} - {"__main__"} <= set(PARTS)


def test_imports_go_one_way():
    wrong = []
    for path, tree in modules().items():
        part = part_of(name_of(path))
        for target in imported(tree):
            if not target.startswith("archcheck.") or path in {"__init__.py", "__main__.py"}:
                continue
            if part_of(target) not in PARTS[part] | {part}:
                wrong.append(f"{path} imports {target}")
    assert wrong == []


def test_the_parts_have_an_order():
    """Raise no CycleError: what may import what is a hierarchy."""
    from graphlib import TopologicalSorter

    order = list(TopologicalSorter({part: below - {part} for part, below in PARTS.items()}).static_order())
    assert order[0] == "values"
    assert order[-1] == "cli"


def test_decisions_do_no_io():
    wrong = []
    for path, tree in modules().items():
        if part_of(name_of(path)) not in DECISIONS or path in READERS:
            continue
        wrong += [f"{path} imports {name}" for name in imported(tree) & IO_MODULES]
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in IO_BUILTINS:
                    wrong.append(f"{path}:{node.lineno} calls {name}")
                case ast.Attribute(attr=name) if name in IO_ATTRIBUTES:
                    wrong.append(f"{path}:{node.lineno} uses {name}")
    assert wrong == []


HEAVY = {"asyncio", "httpx", "ssl", "rich", "tabulate", "pip._internal.configuration", "packaging", "msgspec"}


def loaded_by(code: str, folder: Path, **environ: str) -> set[str]:
    """Return which of the heavy modules a fresh process has after *code*."""
    return HEAVY & all_loaded_by(code, folder, **environ)


def all_loaded_by(code: str, folder: Path, **environ: str) -> set[str]:
    """Return which modules a fresh process has after *code*."""
    script = f"import sys, io\n{code}\nprint('\\0', *sorted(sys.modules), sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT.parent),
            "HOME": str(folder),
            "PIP_CONFIG_FILE": os.devnull,
            "ARCHCHECK_CACHE_DIR": str(folder / ".cache"),
            **environ,
        },
        text=True,
    )
    return set(run.stdout.partition("\0")[2].split())


@pytest.mark.parametrize("argument", ["--version", "--help", "--tagret"])
def test_nothing_heavy_is_loaded_to_say_little(tmp_path, argument):
    assert loaded_by(f"from archcheck.cli.main import main\nmain([{argument!r}])", tmp_path) == set()


@pytest.mark.parametrize("command", ["check", "why", "render", "explain", "cache", "comment"])
def test_nothing_heavy_is_loaded_for_help(tmp_path, command):
    modest = {"msgspec"} if command == "comment" else set()
    code = f"from archcheck.cli.main import main\ntry: main([{command!r}, '--help'])\nexcept SystemExit: pass"
    assert loaded_by(code, tmp_path) <= modest


def test_a_warm_run_needs_no_network_code(tmp_path, store, index):
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other"])
    store.add("other", "1.0", sdist=True)
    (tmp_path / "requirements.txt").write_text("demo\n")

    def run(*flags: str, apart: bool = True) -> set[str]:
        code = (
            f"from archcheck.index import process\nprocess._possible = lambda: {apart}\n"
            f"from archcheck.cli.main import main\nassert main({list(flags)!r}) == 0"
        )
        return loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)

    in_a_thread, in_a_process = (run("--json", "--refresh", apart=apart) for apart in (False, True))
    warm, matrix = run("--json"), run("-v")
    assert {"httpx", "asyncio"} <= in_a_thread
    assert in_a_process == {"packaging", "msgspec"}
    assert warm == {"packaging", "msgspec"}
    assert matrix == {"packaging", "msgspec", "tabulate"}


LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "service"
version = "1"
source = { virtual = "." }
dependencies = [
    { name = "demo" },
]

[[package]]
name = "demo"
version = "1.0"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "https://index.example/demo-1.0-py3-none-any.whl", hash = "sha256:0", size = 1 },
]
"""
# Each of these costs the reader of a lock as much as a dozen packages.
NOT_FOR_A_LOCK = {
    "archcheck.index.lookup",
    "archcheck.index.network",
    "archcheck.index.pages",
    "archcheck.inputs.discovery",
    "archcheck.inputs.requirements",
    "archcheck.inputs.sniff",
    "archcheck.resolve.prefetch",
    "archcheck.resolve.provider",
    "archcheck.resolve.search",
    "difflib",
    "httpx",
    "optparse",
    "resolvelib",
    "shlex",
    "tabulate",
}


@pytest.mark.parametrize("flag", ["--json", "--quiet"])
def test_what_is_locked_is_neither_searched_nor_asked_for(tmp_path, flag):
    (tmp_path / "uv.lock").write_text(LOCK)
    code = f"from archcheck.cli.main import main\nassert main(['uv.lock', {flag!r}]) == 0"
    loaded = all_loaded_by(code, tmp_path)
    assert "archcheck.resolve.locked" in loaded
    assert loaded & (NOT_FOR_A_LOCK - all_loaded_by("", tmp_path)) == set()


NOT_FOR_A_LIST = {
    "archcheck.inputs.option_parser",
    "archcheck.inputs.uv_lock",
    "archcheck.resolve.locked",
    "archcheck.settings.file",
    "difflib",
    "optparse",
    "shlex",
}


def test_a_list_of_requirements_is_read_without_what_it_does_not_use(tmp_path, store, index):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    (tmp_path / "requirements.txt").write_text("demo\n")
    code = "from archcheck.cli.main import main\nassert main(['requirements.txt', '--json']) == 0"
    all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)
    loaded = all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url, ANEW="1")
    assert "archcheck.resolve.search" in loaded
    assert loaded & (NOT_FOR_A_LIST - all_loaded_by("", tmp_path)) == set()


# Each of these costs a repeated command more than to say its answer again.
SPARED = HEAVY | {
    "argparse",
    "datetime",
    "inspect",
    "json",
    "logging",
    "pathlib",
    "subprocess",
    "tomli",
    "yaml",
}
ALL_THAT_REPEATS = {"", ".cli", ".cli.console", ".cli.main", ".cli.memory", ".errors", ".files", ".trace"}


@pytest.mark.parametrize("flag", ["--json", "-v"])
def test_a_repeated_command_imports_next_to_nothing(tmp_path, store, index, flag):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    (tmp_path / "requirements.txt").write_text("demo\n")
    code = f"from archcheck.cli.main import main\nassert main(['requirements.txt', {flag!r}]) == 0"
    first, again = (all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url) for _ in range(2))
    assert "archcheck.api" in first
    assert {name for name in again if name.startswith("archcheck")} == {
        f"archcheck{name}" for name in ALL_THAT_REPEATS
    }
    assert again & (SPARED - all_loaded_by("", tmp_path)) == set()
