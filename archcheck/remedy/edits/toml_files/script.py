"""A script with a `# /// script` block (PEP 723): other versions in its lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.remedy.edits.model import NotEditable, Setting
from archcheck.remedy.edits.text import recoded
from archcheck.remedy.edits.toml_files.pyproject import edit_text
from archcheck.script_block import block_in, commented, uncommented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.remedy.edits.model import Addition, Edit

_LINES = r"(?<=\n)"


def edit_script(data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> bytes:
    """Return the script *data* with *edits* and *additions* made in its block; raises NotEditable."""

    def change(text: str) -> str:
        lines = re.split(_LINES, text)
        try:
            block = block_in(lines)
        except ValueError as error:
            raise NotEditable(str(error)) from None
        if block is None:
            raise NotEditable("it has no `# /// script` block")
        inside = lines[block.start : block.end]
        if not all(line[:2] == "# " or not uncommented(line).strip() for line in inside):
            raise NotEditable("its block is not written as it would be written again")
        moved = [replace(each, line=each.line - block.start) if each.line else each for each in edits]
        own = [each if isinstance(each, Setting) else replace(each, tool="uv") for each in additions]
        changed = edit_text("".join(map(uncommented, inside)), moved, own)
        again = map(commented, filter(None, re.split(_LINES, changed)))
        return "".join([*lines[: block.start], *again, *lines[block.end :]])

    return recoded(data, change)
