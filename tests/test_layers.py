"""The borders between the parts, read off the imports: one direction, decisions without I/O, a light start."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import archcheck

ROOT = Path(archcheck.__file__).parent

# The parts, floor upon floor: each may import what stands on lower floors, and nothing beside itself. A part is a
# package, or a module that stands beside packages; `archcheck.` is left out of the names.
FLOORS = """
_version encoding errors files gitignore http_time toml setup_script script_block policy binaries
manifest data
formats platforms.architectures data.advisories
platforms.marker_environment
platforms
savings
model
inputs.access inputs.parsing
inputs.declarations inputs.installed inputs.requirements inputs.sbom inputs.sibling_manifest inputs.sniff
inputs.artifacts inputs.discovery inputs.pylock inputs.requirement_files
inputs.conda inputs.setuptools
inputs.pixi
inputs.pyproject
inputs.pdm inputs.pipenv inputs.poetry inputs.uv
inputs
index.cache index.coroutines
index.http
index.config index.pages
index.model index.trust
index.delegating
index.documents index.restricted_index
index.repositories
index.multi_index
index.metadata
index.contents
index index.client index.local_projects
inspect resolve
judge.advisories judge.assumptions judge.misses judge.problem judge.rule_texts judge.shipping judge.whole_set
judge.misses
judge.comparison judge.obstacles
judge.artifacts
judge.rules
judge
remedy settings deployables logs
deployables.rules
report.groups report.layout
report.fleet_changes report.json report.phrases report.replacements
report.sections
report.fleet report.recipes
report.fleet_diff report.overview
report.formats
report bot.forges
bot
app
api cli.console
cli.options
cli
"""
# Beyond that, what may not know of what, though it stands higher; but for what is the same on every target.
APART = {
    "inputs": {"platforms", "savings", "model"},
    "index": {"platforms", "data", "savings", "model", "inputs"},
    "inspect": {"inputs", "platforms", "model"},
    "resolve": {"inputs", "data", "savings", "model"},
    "judge": {"inputs"},
    "remedy": {"inputs"},
    "settings": {"inputs", "index", "inspect", "resolve"},
    "deployables": {"index", "inspect", "resolve", "judge", "remedy", "settings", "savings", "model"},
    "deployables.rules": {"inputs", "index", "inspect", "resolve", "remedy", "settings", "savings"},
    "report": {"deployables", "inputs", "index", "inspect", "resolve", "remedy", "platforms"},
    "bot": {"deployables", "inputs", "index", "inspect", "resolve", "judge", "remedy", "platforms"},
    "app": {"report", "bot", "settings"},
}
ON_EVERY_TARGET = {"platforms.architectures", "platforms.marker_environment"}

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
    "binaries",
    "bot",
    "deployables",
    "inputs",
    "inspect",
    "judge",
    "logs",
    "platforms",
    "remedy",
    "report",
    "resolve",
    "savings",
    "settings",
}
READERS = {"inputs/access/git.py", "inputs/access/confined.py", "bot/forges/http.py", "app/perform.py"}
MOST_MODULES = 16
"""How many modules a folder may hold, `__init__.py` among them."""


@cache
def floor_of() -> dict[str, int]:
    """Return the floor of each part, the lowest first."""
    floors = FLOORS.strip().splitlines()
    return {part: number for number, floor in enumerate(floors) for part in floor.split()}


def part_of(module: str) -> str:
    """Return the part that the module `archcheck.…` belongs to: the longest name that its own begins with."""
    name = module.removeprefix("archcheck.")
    while name not in floor_of() and "." in name:
        name = name.rpartition(".")[0]
    return name


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
    known = {name_of(path) for path in modules()}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & known or {node.module}
    return found


def imports() -> list[tuple[str, str]]:
    """Return every import of one module by another, but those by the package's own face."""
    return [
        (name_of(path), target)
        for path, tree in modules().items()
        for target in imported(tree)
        if target.startswith("archcheck.") and path not in {"__init__.py", "__main__.py"}
    ]


def test_every_module_belongs_to_a_part():
    stray = {part_of(name_of(path)) for path in modules()} - {"__init__", "__main__"} - set(floor_of())
    assert stray == set()


def test_imports_go_down():
    """Which leaves no circle among the parts."""
    wrong = []
    for module, target in imports():
        part, other = part_of(module), part_of(target)
        if part != other and floor_of()[part] <= floor_of()[other]:
            wrong.append(f"{module} imports {target}")
    assert wrong == []


def test_modules_import_one_another_in_no_circle():
    """Raise no CycleError within a part either."""
    from graphlib import TopologicalSorter

    known = {name_of(path) for path in modules()}
    below: dict[str, set[str]] = {}
    for module, target in imports():
        below.setdefault(module, set()).add(target if target in known else target.rpartition(".")[0])
    TopologicalSorter({module: found - {module} for module, found in below.items()}).prepare()


def test_what_is_kept_apart():
    wrong = []
    for module, target in imports():
        top, other = (name.split(".")[1] for name in (module, target))
        apart = APART.get(part_of(module), APART.get(top, ()))
        if other in apart and part_of(target) not in ON_EVERY_TARGET:
            wrong.append(f"{module} imports {target}")
    assert wrong == []


def test_no_folder_holds_more_than_one_can_look_over():
    counts = Counter(path.rpartition("/")[0] for path in modules())
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_every_package_says_whether_it_is_internal():
    """The API is named in `archcheck/__init__.py`; of it, `archcheck.report.json` stands in a package."""
    silent = [
        path
        for path, tree in modules().items()
        if path.endswith("/__init__.py") and "internal" not in (ast.get_docstring(tree) or "").lower()
    ]
    assert silent == []


def test_decisions_do_no_io():
    wrong = []
    for path, tree in modules().items():
        if path.partition("/")[0] not in DECISIONS or path in READERS:
            continue
        wrong += [f"{path} imports {name}" for name in imported(tree) & IO_MODULES]
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in IO_BUILTINS:
                    wrong.append(f"{path}:{node.lineno} calls {name}")
                case ast.Attribute(attr=name) if name in IO_ATTRIBUTES:
                    wrong.append(f"{path}:{node.lineno} uses {name}")
    assert wrong == []


HEAVY = {
    "asyncio",
    "httpx",
    "mcp",
    "msgspec",
    "packaging",
    "pip._internal.configuration",
    "pydantic",
    "rich",
    "ssl",
    "tabulate",
}


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


@pytest.mark.parametrize("command", ["check", "why", "fix", "render", "explain", "cache", "comment", "mcp"])
def test_nothing_heavy_is_loaded_for_help(tmp_path, command):
    modest = {"msgspec"} if command == "comment" else set()
    code = f"from archcheck.cli.main import main\ntry: main([{command!r}, '--help'])\nexcept SystemExit: pass"
    assert loaded_by(code, tmp_path) <= modest


def test_a_warm_run_needs_no_network_code(tmp_path, store, index):
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["other"])
    store.add("other", "1.0", sdist=True)
    (tmp_path / "requirements.txt").write_text("demo\n")

    def run(*flags: str) -> set[str]:
        code = f"from archcheck.cli.main import main\nassert main({list(flags)!r}) == 0"
        return loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)

    cold, warm, matrix = run("--json"), run("--json"), run("-v")
    assert {"httpx", "asyncio"} <= cold
    assert warm == {"packaging", "msgspec"}
    assert matrix == {"packaging", "msgspec", "tabulate"}


def test_the_command_line_of_httpx_is_not_loaded(tmp_path, store, index):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    assert find_spec("click"), "which it would load"
    code = "from archcheck.cli.main import main\nassert main(['demo', '--json', '--no-cache']) == 0"
    loaded = all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)
    assert "httpx" in loaded
    assert "click" not in loaded


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
    "archcheck.index.multi_index",
    "archcheck.index.pages.simple_api",
    "archcheck.inputs.discovery",
    "archcheck.inputs.requirements.reader",
    "archcheck.inputs.sniff",
    "archcheck.inspect.sdists",
    "archcheck.resolve.prefetch",
    "archcheck.resolve.search.provider",
    "archcheck.resolve.both_machines",
    "difflib",
    "httpx",
    "optparse",
    "resolvelib",
    "shlex",
    "tabulate",
}


# How many modules of ours a warm run imports: each takes a fifth of a millisecond, so more of them need a reason.
MOST_FOR_A_LIST = 190
MOST_FOR_A_LOCK = {"--json": 192, "--quiet": 217}


def ours(loaded: set[str]) -> list[str]:
    return [name for name in loaded if name.partition(".")[0] == "archcheck"]


@pytest.mark.parametrize(("flag", "most"), MOST_FOR_A_LOCK.items())
def test_what_is_locked_is_neither_searched_nor_asked_for(tmp_path, flag, most):
    (tmp_path / "uv.lock").write_text(LOCK)
    code = f"from archcheck.cli.main import main\nassert main(['uv.lock', '--no-inspect', {flag!r}]) == 0"
    loaded = all_loaded_by(code, tmp_path)
    assert "archcheck.resolve.lockfile" in loaded
    assert loaded & (NOT_FOR_A_LOCK - all_loaded_by("", tmp_path)) == set()
    assert len(ours(loaded)) <= most


NOT_FOR_A_LIST = {
    "archcheck.cli.progress",
    "archcheck.cli.render",
    "archcheck.deployables",
    "archcheck.index.contents.wheels",
    "archcheck.index.http.failures",
    "archcheck.index.http.worker",
    "archcheck.index.metadata.sources",
    "archcheck.index.trust",
    "archcheck.inputs.parsing.toml_lines",
    "archcheck.inputs.requirements.option_parser",
    "archcheck.inputs.uv.lock",
    "archcheck.inspect.sdists",
    "archcheck.remedy",
    "archcheck.report.layout",
    "archcheck.resolve.lockfile",
    "archcheck.savings.prices",
    "archcheck.settings.file",
    "bz2",
    "configparser",
    "csv",
    "ctypes",
    "difflib",
    "email",
    "html",
    "http",
    "json",
    "lzma",
    "optparse",
    "random",
    "resolvelib",
    "shlex",
    "shutil",
    "socket",
    "tempfile",
    "unicodedata",
    "urllib.request",
    "xml",
    "zipfile",
}


def test_a_list_of_requirements_is_read_without_what_it_does_not_use(tmp_path, store, index):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    (tmp_path / "requirements.txt").write_text("demo\n")
    line = ["requirements.txt", "--json", "--target", "debian12:python3.13"]
    code = f"from archcheck.cli.main import main\nassert main({line!r}) == 0"
    all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)
    loaded = all_loaded_by(code, tmp_path, PIP_INDEX_URL=index.url)
    assert "archcheck.resolve.both_machines" in loaded
    assert loaded & (NOT_FOR_A_LIST - all_loaded_by("", tmp_path)) == set()
    assert len(ours(loaded)) <= MOST_FOR_A_LIST


API = ("archcheck", "archcheck.errors", "archcheck.model", "archcheck.policy", "archcheck.report.json")


@pytest.mark.parametrize("name", API)
def test_the_api_says_what_it_is(name):
    """Whoever imports anything else of it, or what it does not name, is on their own."""
    module = import_module(name)
    defined = {
        each
        for each, value in vars(module).items()
        if getattr(value, "__module__", None) == name and isinstance(value, type) and each[0] != "_"
    }
    assert defined <= set(module.__all__)
    assert all(hasattr(module, each) for each in module.__all__)


def test_the_documents_use_nothing_but_the_api():
    used = set()
    for path in ("README.md", "docs/api.md"):
        text = (ROOT.parent / path).read_text(encoding="utf-8")
        used |= set(re.findall(r"^(?:from|import) (archcheck[\w.]*)", text, re.MULTILINE))
    assert used <= set(API)
