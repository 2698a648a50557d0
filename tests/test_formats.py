"""The table of formats: each row is whole, and nothing beside the table names a kind."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import archcheck
from archcheck.formats import ENVIRONMENT, FORMATS, REQUIREMENTS, Format, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(archcheck.__file__).parent
INPUTS = (ROOT.parent / "docs" / "inputs.md").read_text(encoding="utf-8")
KINDS = frozenset(each.kind for each in FORMATS)


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.kind)
def test_each_row_is_whole(row):
    module, _, name = row.reader.rpartition(".")
    reader = getattr(import_module(f"archcheck.inputs.{module}"), name)
    assert [*inspect.signature(reader).parameters] == ["path", "files", "environ", "cwd", "selection"]
    if row.editor:
        module, _, name = row.editor.rpartition(".")
        editor = getattr(import_module(f"archcheck.remedy.edits.{module}"), name)
        assert [*inspect.signature(editor).parameters] == ["data", "edits", "additions"]
    assert row.names or row.installed or row.sign, "else nothing leads to it but --kind"
    assert all(suffix.startswith(".") for suffix in row.suffixes)
    assert row.sign or not row.suffixes or row is REQUIREMENTS, "else its suffixes lead to nothing"
    assert bool(row.edit) == bool(row.move)
    assert not (row.pip and row.export), "what pip takes need not be written down for it"
    assert not row.names or f"`{row.names[0]}`" in INPUTS


def test_no_two_rows_are_for_the_same():
    assert len(KINDS) == len(FORMATS)
    names = [name for each in FORMATS for name in each.names]
    assert [one for one in names if sum(fnmatchcase(one, other) for other in names) > 1] == []
    assert {REQUIREMENTS, ENVIRONMENT} < set(FORMATS)


TOOLS = {
    "pipenv install": set(),
    "pipenv lock": set(),
    "pipenv requirements": set(),
    "pipenv upgrade": set(),
    "pdm add": set(),
    "pdm export": {"--prod", "-o"},
    "pdm lock": set(),
    "poetry add": set(),
    "poetry export": {"-o"},
    "poetry lock": set(),
    "poetry update": set(),
    "python -m pip freeze": set(),
    "python -m pip install": set(),
    "conda env update": {"--name", "--file"},
    "pixi add": {"--pypi"},
    "pixi install": {"--locked"},
    "pixi lock": set(),
    "uv add": {"--script"},
    "uv export": {
        "--all-extras",
        "--extra",
        "--frozen",
        "--group",
        "--no-dev",
        "--no-editable",
        "--no-emit-local",
        "--no-emit-project",
        "--package",
        "--script",
        "-o",
    },
    "uv lock": {"--script", "--upgrade-package"},
    "uv pip compile": {"--all-extras", "--extra", "--group", "--universal", "-o"},
}
"""Options that the commands have by their own `--help`.

Poetry 2.5.1 with poetry-plugin-export 1.10.1, PDM 2.29.4, Pipenv 2026.10.3, uv 0.13.9, pip 26. The lines that write
requirements.txt were run on a project with a marker and a development group. pixi's, conda's, and what chooses extras
and groups of Poetry's and PDM's are from their documentation.
"""


def lines_of(row):
    export = f"{row.export}{row.of_member}"
    lines = [row.edit, row.move, row.relock, *re.split(r"\n|&&", export), row.unpackaged, row.installs]
    return [line.split(">")[0].strip() for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.kind)
def test_the_tools_have_the_commands_and_their_options(row):
    for line in lines_of(row):
        command = next((each for each in TOOLS if f"{line} ".startswith(f"{each} ")), None)
        assert command is not None, line
        words = shlex.split(line)[len(command.split()) :]
        assert {word for word in words if word.startswith("-")} <= TOOLS[command], line


def test_every_command_of_the_table_is_printed():
    """Else the table grows stale."""
    lines = [f"{line} " for row in FORMATS for line in lines_of(row)]
    assert [each for each in TOOLS if not any(line.startswith(f"{each} ") for line in lines)] == []


def test_a_pipfile_is_locked_before_its_requirements_are_written():
    """As Pipenv prints none without a lock, and exits with 0."""
    (row,) = [each for each in FORMATS if each.kind == "pipfile"]
    assert row.export.startswith(f"{row.relock} && ")


def test_a_kind_that_is_not_known_has_a_row_that_says_nothing():
    assert row_of("cobol") == Format(kind="cobol", title="cobol", reader="")


def decided_by_name(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where a value is told to be of some kind, or something is looked up by kinds.

    Most kinds are called as a tool or a table in a file is, so that the words alone may stand anywhere.
    """
    types = {id(each) for node in ast.walk(tree) if _is_literal_type(node) for each in ast.walk(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                found = any(map(_is_a_kind, (left, *others))) and any(map(_names_one, (left, *others)))
            case ast.Match(subject=subject, cases=cases):
                found = _is_a_kind(subject) and any(_names_one(each.pattern) for each in cases)
            case ast.Assign(targets=targets, value=value):
                found = any(map(_is_a_kind, targets)) and _names_one(value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                found = _is_a_kind(target) and _names_one(value)
            case ast.keyword(arg="kind", value=value):
                found = _names_one(value)
            case ast.Dict(keys=items) | ast.Set(elts=items) | ast.List(elts=items) | ast.Tuple(elts=items):
                found = id(node) not in types and _are_mostly_kinds(items)
            case _:
                continue
        if found:
            yield getattr(node, "lineno", 0)


def _is_literal_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"


def _is_a_kind(node: ast.AST) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.lower().lstrip("_") == "kind"


def _names_one(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Constant) and each.value in KINDS for each in ast.walk(node))


def _are_mostly_kinds(items: Iterable[ast.AST | None]) -> bool:
    words = [item.value if isinstance(item, ast.Constant) else None for item in items]
    kinds = [word for word in words if isinstance(word, str) and word in KINDS]
    return len(kinds) > 1 and len(kinds) > len(words) / 2


def test_nothing_else_names_a_kind():
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in sorted(ROOT.rglob("*.py"))
        if path != ROOT / "formats.py" and path.parts[len(ROOT.parts)] != "deployables"  # kinds of code there
        for line in decided_by_name(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'if audit.input.kind == "uv": pass',
        'if "uv" == kind: pass',
        'if kind not in {"requirements", *PROJECTS}: pass',
        'match manifest.kind:\n    case "conda" | "environment": pass',
        'KIND: Final = "pylock"',
        '_KIND = "setup-py"',
        'manifest.kind = "pdm"',
        'Manifest(path=path, kind="setup-cfg")',
        'EDIT = {"uv": "uv add", "poetry": "poetry add", "other": ""}',
        'PLAIN = frozenset({"requirements", "conda"})',
        'for kind in ("pipfile", "pipfile-lock"): pass',
    ],
)
def test_what_names_a_kind_is_found(source):
    assert [*decided_by_name(ast.parse(source))] != []


@pytest.mark.parametrize(
    "source",
    [
        'Installer = Literal["pip", "uv", "poetry"]',
        'match options.installer:\n    case "uv": pass',
        'table.get("tool", {}).get("poetry", {})',
        'BACKENDS = {"hatchling", "maturin", "pdm", "poetry"}',
        'if remedy.kind == "relock": pass',
    ],
)
def test_the_same_words_may_mean_something_else(source):
    assert [*decided_by_name(ast.parse(source))] == []
