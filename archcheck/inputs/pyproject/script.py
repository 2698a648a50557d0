"""A Python script with its requirements in a comment: `# /// script` (PEP 723)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from archcheck.inputs.declarations import Declarations, Stated, chosen
from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import escaped, failure, redacted
from archcheck.inputs.parsing.toml_documents import Document, convert
from archcheck.inputs.pyproject.schema import Tool, Uv
from archcheck.inputs.pyproject.uv import apply_uv
from archcheck.inputs.pyproject.uv_settings import read_settings
from archcheck.inputs.requirement_files import open_home, specifier
from archcheck.manifest.manifest import Location, Manifest
from archcheck.script_block import block_in, uncommented
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.files import Files
    from archcheck.inputs.requirement_files import Home
    from archcheck.manifest.manifest import Selection

_EXPECTED = "a Python script with a `# /// script` block (PEP 723)"


class _Script(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The block as it is written."""

    dependencies: tuple[str, ...] = ()
    requires_python: str | None = None
    tool: Tool = Tool()


def read_script(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the script at *path* asks for, with what its `[tool.uv]` says, as `uv run` reads it.

    uv's settings in its folder count where the script has none of its own. Raises InputError.
    """
    _ = environ  # nothing is filled in
    home, data = open_home(path, files=files, cwd=cwd, expected=_EXPECTED)
    document = _document(home, data)
    script = convert(document, _Script)
    lines = document.lines.items("", "dependencies", script.dependencies)
    stated = (
        Stated(text=text, location=Location(path=path, line=line))
        for text, line in zip(script.dependencies, lines, strict=True)
    )
    found = chosen(Declarations(main=tuple(stated)), selection, path=path, folder=home.folder)
    pythons = None
    if script.requires_python is not None:
        place = Location(path=path, line=document.lines.key("", "requires-python"))
        pythons = specifier(script.requires_python, place, "requires-python")
    manifest = Manifest(
        path=path,
        sha256=document.sha256,
        requirements=found.requirements,
        requires_python=pythons,
        skipped=found.skipped,
        warnings=found.warnings,
    )
    settings = read_settings(home.folder, files=files).below(document)
    return apply_uv(manifest, script.tool.uv or Uv(), document, files, selection, settings=settings)


def _document(home: Home, data: bytes) -> Document:
    """Return the block as a document whose lines are the file's; all that is no TOML there is left empty."""
    path = home.path
    lines = re.split(r"(?<=\n)", decode(data, path))
    try:
        block = block_in(lines)
    except ValueError as error:
        where, _, message = str(error).partition(": ")
        raise failure(Location(path=path, line=int(where.removeprefix("line "))), message) from None
    if block is None:
        message = (
            "no `# /// script` block (PEP 723); expected one, or name the file where its requirements stand"
        )
        raise failure(Location(path=path), message)
    inside = (uncommented(line.rstrip("\r\n")) for line in lines[block.start : block.end])
    text = "\n" * block.start + "\n".join(inside) + "\n"
    try:
        table: dict[str, Any] = parse_toml(text)
    except ValueError as error:
        raise failure(Location(path=path), f"{escaped(redacted(str(error)))[:200]}; expected TOML") from None
    digest = hashlib.sha256(data).hexdigest()
    return Document(path=path, folder=home.folder, sha256=digest, text=text, table=table)
