"""The blocks of code in the documents, each with its place; and what they show, held against what is printed."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_MADE = re.compile(r"<!-- made: .*?<!-- end -->", re.DOTALL)
_INLINE = re.compile(r"(?<![`\w])`(archcheck(?: [^`\n]*)?)`(?!`)")
LEFT_OUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block; `made` where it is made from the program (`tests/documents/markdown.py`)."""

    document: str
    line: int
    language: str
    text: str
    made: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as tests and messages name it."""
        return f"{self.document}:{self.line}"


def blocks() -> Iterator[Block]:
    """Yield the blocks of all documents."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        parts = [found.span() for found in _MADE.finditer(text)]
        for found in _FENCE.finditer(text):
            indent = found["indent"]
            yield Block(
                document=path.relative_to(ROOT).as_posix(),
                line=text.count("\n", 0, found.start()) + 1,
                language=found["language"],
                text=re.sub(rf"^{indent}", "", found["text"], flags=re.MULTILINE),
                made=any(start < found.start() < end for start, end in parts),
            )


def inline_commands() -> Iterator[tuple[str, str]]:
    """Yield the commands in running text, each with its document; those with something left out are none."""
    for path in DOCUMENTS:
        text = _FENCE.sub("", path.read_text(encoding="utf-8"))
        for found in _INLINE.finditer(text):
            if LEFT_OUT not in found[1] and found[1] != "archcheck":
                yield path.relative_to(ROOT).as_posix(), found[1]


def sessions(block: Block) -> Iterator[tuple[list[str], str]]:
    """Yield the commands of a console, as words, each with the output that is shown."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command), output


def commands(text: str) -> Iterator[list[str]]:
    """Yield the commands of a shell script's lines, as words; comments and redirections are left away."""
    for line in text.splitlines():
        words: list[str] = []
        for word in [*shlex.split(line, comments=True), "&&"]:
            if word in {"|", "&&", "||", ";"}:
                yield from [words] if words else []
                words = []
            else:
                words.append(word)


def shows(shown: str, printed: str) -> bool:
    """Return whether *shown* is what was *printed*, but for lines and ends of lines that `…` stands for."""
    pattern = ""
    for line in shown.rstrip("\n").split("\n"):
        if line.strip() == LEFT_OUT:
            pattern += r"(?:.*\n)*?"
        elif line.endswith(LEFT_OUT):
            pattern += re.escape(line.removesuffix(LEFT_OUT)) + r".*\n"
        else:
            pattern += re.escape(line.rstrip()) + r" *\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None
