"""What reading costs: a file twice as long takes twice the work, and not four times."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from archcheck.errors import InputError

from .projects import project

if TYPE_CHECKING:
    from collections.abc import Callable

    Files = dict[str, bytes | str]

N = 300
MOST = 2.5  # times the work for twice the length; four times would be its square
PROJECT = "[project]\nname = 'me'\n"
UV = 'version = 1\n[[package]]\nname = "me"\nversion = "1"\nsource = { virtual = "." }\n'
SOURCE = 'source = { registry = "https://index.example/simple" }\n'
WHEELS = 'wheels = [{ url = "https://index.example/k§-1-py3-none-any.whl", hashes = { sha256 = "0" } }]\n'


def each(text: str, n: int) -> str:
    """Return *text* for each number, which `§` stands for in it; `§+` is the next number."""
    return "".join(text.replace("§+", str(number + 1)).replace("§", str(number)) for number in range(n))


def uv_lock(n: int) -> str:
    package = f'[[package]]\nname = "k§"\nversion = "1"\n{SOURCE}dependencies = [{{ name = "k§+" }}]\n'
    start = UV + 'dependencies = [{ name = "k0" }]\n'
    return start + each(package, n) + f'[[package]]\nname = "k{n}"\nversion = "1"\n{SOURCE}'


def uv_extras_that_turn_on_each_other(n: int) -> str:
    """Return a lock in which extra 0 of `me` turns on extra 1, that one extra 2, and so on."""
    conflicts = each('[{ package = "me", extra = "e§" }, { package = "me", extra = "no" }],\n', n)
    edge = "{ name = 'me', extra = ['e§+'], marker = \"extra == 'extra-2-me-e§'\" },\n"
    optional = each("e§ = []\n", n + 1)
    head, _, package = UV.partition("[[package]]")
    return (
        f"{head}conflicts = [\n{conflicts}]\n[[package]]{package}dependencies = [\n{each(edge, n)}]\n"
        f"[package.optional-dependencies]\n{optional}"
    )


def poetry_lock(n: int) -> Files:
    package = '[[package]]\nname = "k§"\nversion = "1"\ngroups = ["main"]\nfiles = []\n'
    text = each(package + '[package.dependencies]\nk§+ = "*"\n', n) + package.replace("§", str(n))
    metadata = '[metadata]\nlock-version = "2.1"\npython-versions = "*"\ncontent-hash = "x"\n'
    manifest = "[tool.poetry.dependencies]\n" + each("k§ = '*'\n", n)
    return {"poetry.lock": text + metadata, "pyproject.toml": manifest}


def pipfile_lock(n: int) -> Files:
    pins = {f"k{number}": {"version": "==1", "hashes": ["sha256:0"]} for number in range(n)}
    meta = {"pipfile-spec": 6, "requires": {}, "sources": []}
    lock = json.dumps({"_meta": meta, "default": pins, "develop": {}}, indent=1)
    return {"Pipfile.lock": lock, "Pipfile": "[packages]\n" + each("k§ = '*'\n", n)}


def pyproject(text: str) -> Callable[[int], Files]:
    head, _, repeated = text.partition("§§")
    body, _, tail = repeated.partition("§§")
    return lambda n: {"pyproject.toml": head + each(body, n) + tail}


CASES: dict[str, Callable[[int], Files]] = {
    "keys": pyproject(PROJECT + "[tool.x]\n§§k§ = 1\n§§"),
    "extras": pyproject(PROJECT + "[project.optional-dependencies]\n§§e§ = ['k§']\n§§"),
    "extras in escapes": pyproject(PROJECT + "[project.optional-dependencies]\n§§e§ = ['k', \"\\u006b§\"]\n§§"),
    "requirements": pyproject(PROJECT + "dependencies = [\n§§'k§',\n§§]\n"),
    "groups": pyproject(PROJECT + "[dependency-groups]\n§§g§ = ['k§']\n§§"),
    "a chain of groups": pyproject("[dependency-groups]\nall = ['a']\n§§g§ = [{ include-group = 'g§+' }]\n§§"),
    "sources": pyproject(PROJECT + "dependencies = ['k1']\n[tool.uv.sources]\n§§k§ = { git = 'https://x.example/§' }\n§§"),
    "Poetry's": pyproject("[tool.poetry.dependencies]\n§§k§ = '*'\n§§"),
    "Poetry's groups": pyproject("§§[tool.poetry.group.g§.dependencies]\nk§ = '*'\n§§"),
    "PDM's overrides": pyproject(PROJECT + "[tool.pdm.resolution.overrides]\n§§k§ = '1'\n§§"),
    "setup.cfg": lambda n: {"setup.cfg": "[options.extras_require]\n" + each("e§: k\n", n)},
    "one line of setup.cfg": lambda n: {"setup.cfg": "[options]\ninstall_requires = " + each("k§;", n)},
    "form feeds": lambda n: {"setup.cfg": "[options]\ninstall_requires =\n" + each(" k§\f\n", n)},
    "setup.py": lambda n: {"setup.py": "from setuptools import setup\nsetup(install_requires=[" + each("'k§',", n) + "])"},
    "Pipfile": lambda n: {"Pipfile": "[packages]\n" + each("k§ = '*'\n", n)},
    "Pipfile.lock": pipfile_lock,
    "poetry.lock": poetry_lock,
    "uv.lock": lambda n: {"uv.lock": uv_lock(n)},
    "uv.lock's extras": lambda n: {"uv.lock": uv_extras_that_turn_on_each_other(n)},
    "pylock.toml": lambda n: {
        "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\n' + each(f'[[packages]]\nname = "k§"\nversion = "1"\n{WHEELS}', n)
    },
    "requirements.txt": lambda n: {"requirements.txt": each("k§==1 --hash=sha256:00\n    # via k§+\n", n)},
    "environment.yml": lambda n: {"environment.yml": "dependencies:\n- pip:\n" + each("  - k§\n", n)},
    "aliases": lambda n: {"environment.yml": "a0: &a0 [a]\n" + each("a§+: &a§+ [*a§, *a§]\n", n) + "dependencies: []\n"},
}  # fmt: skip


def work(files: Files, **selected: object) -> int:
    """Return how many functions reading the first of *files* calls, those in C included."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        project(files, next(iter(files)), **selected)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("case", CASES)
def test_twice_the_length_is_twice_the_work(case: str) -> None:
    selected = {"groups": ["all"]} if case == "a chain of groups" else {}
    if case == "uv.lock's extras":
        selected = {"extras": ["e0"]}
    make = CASES[case]
    work(make(2), **selected)  # imports what it needs
    once, twice = (work(make(n), **selected) for n in (N, 2 * N))
    assert twice < MOST * once


def test_a_chain_of_extras_turns_on_all() -> None:
    """What is turned on late counts as much as what is asked for."""
    lock = project({"uv.lock": uv_extras_that_turn_on_each_other(20)}, "uv.lock", extras=["e0"])
    assert [sorted(edge.extras) for edge in lock.requirements] == [[f"e{n}"] for n in range(1, 21)]


@pytest.mark.parametrize("kind", ["uv", "poetry", "pdm", "pylock"])
def test_a_lock_with_hundreds_of_versions_of_one_package_is_refused(kind: str) -> None:
    package = '[[package]]\nname = "k"\nversion = "§"\ngroups = ["main", "default"]\nfiles = []\n'
    name, text = {
        "uv": ("uv.lock", UV + each(f'[[package]]\nname = "k"\nversion = "§"\n{SOURCE}', 101)),
        "poetry": ("poetry.lock", each(package, 101) + '[metadata]\nlock-version = "2.1"\npython-versions = "*"\ncontent-hash = "x"\n'),
        "pdm": ("pdm.lock", each(package, 101) + '[metadata]\nlock_version = "4.5.0"\ngroups = ["default"]\ncontent_hash = "x"\nstrategy = []\n'),
        "pylock": ("pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\n' + each(f'[[packages]]\nname = "k"\nversion = "§"\n{WHEELS.replace("k§-1", "k-§")}', 101)),
    }[kind]  # fmt: skip
    with pytest.raises(InputError, match="'k' is there 101 times; expected at most 100"):
        project({name: text}, name)


@pytest.mark.parametrize(
    "line", ["--find-links https://x.example/§\n", "--only-binary k§\n", "k --no-binary k§\n"]
)
def test_a_thousand_lines_of_options_are_enough(line: str) -> None:
    project({"requirements.txt": each(line, 1000)}, "requirements.txt")
    with pytest.raises(InputError, match=r"requirements\.txt:1001: more than 1,000 lines of options"):
        project({"requirements.txt": each(line, 1001)}, "requirements.txt")


def test_an_error_names_a_few_of_many() -> None:
    text = PROJECT + "[project.optional-dependencies]\n" + each("e§ = []\n", 5000)
    with pytest.raises(InputError, match=r"expected one of: e0, e1, e10, .* and 4,980 more$") as caught:
        project({"pyproject.toml": text}, "pyproject.toml", extras=[canonicalize_name("gone")])
    assert len(str(caught.value)) < 300
