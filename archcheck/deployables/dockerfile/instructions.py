"""A Dockerfile as its instructions, read as BuildKit reads it. No I/O.

Of the libraries that parse Dockerfiles, dockerfile-parse has had no release since 2023 and knows no heredocs:
their bodies are instructions to it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BYTES: Final = 2**20
MAX_INSTRUCTIONS: Final = 5_000
MAX_FLAGS: Final = 100
_LONGEST: Final = 4_096
"""Characters of an expanded word: `ENV A=$A$A`, thirty times over, is a gigabyte."""
_DEPTH: Final = 10
_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S+)\s*")
_KEYWORD = re.compile(r"([A-Za-z]+)(?:\s+|$)")
_FLAG = re.compile(r"--([A-Za-z][\w-]*)(?:=(\S*))?(?:\s+|$)")
_HEREDOC = re.compile(r"(?<!<)\d*<<(-?)([\"']?)([A-Za-z_][\w.]*)\2")
_WITH_HEREDOCS: Final = frozenset({"RUN", "COPY", "ADD"})
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+))")


class Heredoc(Struct, frozen=True, kw_only=True):
    """Lines that stand in the Dockerfile itself: `RUN <<EOF`, `COPY <<requirements.txt /app/`."""

    name: str
    body: str


class Instruction(Struct, frozen=True, kw_only=True):
    """One instruction: `COPY --from=build /venv /venv`, with the lines that it takes.

    `value` is what follows the flags, its continued lines joined. A flag may stand several times.
    """

    keyword: str
    value: str
    line: int
    last: int
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: tuple[Heredoc, ...] = ()

    def flag(self, name: str) -> str | None:
        """Return the value of the first flag *name*; None where it is not given."""
        return next((value for flag, value in self.flags if flag == name), None)

    def listed(self) -> tuple[str, ...] | None:
        """Return the words of the JSON form, `["pip", "install"]`; None where this is the other."""
        if not self.value.startswith("[") or len(self.value) > _LONGEST:
            return None
        try:
            words = json.loads(self.value)
        except (ValueError, RecursionError):
            return None
        return tuple(words) if words and all(isinstance(each, str) for each in words) else None


def read_instructions(data: bytes, path: str) -> tuple[Instruction, ...]:
    """Return the instructions of the Dockerfile *data*; raises InputError for what is none."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data):,} bytes; expected at most {MAX_BYTES:,}", path=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not text in UTF-8", path=path) from None
    if "\0" in text:
        raise InputError("not text: a zero byte in it", path=path)
    return tuple(_Reading(text, path))


class _Reading:
    def __init__(self, text: str, path: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._path = path
        self._escape = self._directives().get("escape", "\\")
        self._continued = re.compile(re.escape(self._escape) + r"[ \t]*$")
        self._places: dict[str, list[int]] = {}
        for number, line in enumerate(self._lines):
            self._places.setdefault(line.strip("\t"), []).append(number)

    def _directives(self) -> dict[str, str]:
        """Return the parser's directives, which stand above all else."""
        found: dict[str, str] = {}
        for line in self._lines:
            directive = _DIRECTIVE.fullmatch(line.strip())
            if directive is None:
                break
            found.setdefault(directive[1].lower(), directive[2])
        return found if found.get("escape", "\\") in {"\\", "`"} else {}

    def __iter__(self) -> Iterator[Instruction]:
        number = count = 0
        while number < len(self._lines):
            line = self._lines[number].strip()
            if not line or line.startswith("#"):
                number += 1
                continue
            count += 1
            if count > MAX_INSTRUCTIONS:
                raise InputError(f"more than {MAX_INSTRUCTIONS:,} instructions", path=self._path)
            instruction, number = self._instruction(number)
            yield instruction

    def _instruction(self, first: int) -> tuple[Instruction, int]:
        """Return the instruction that begins on the line *first*, counted from 0, and the line after it."""
        text, number = self._logical_line(first)
        keyword = _KEYWORD.match(text)
        if keyword is None:
            message = f"expected an instruction, found {text[:60]!r}"
            raise InputError(message, path=self._path, line=first + 1)
        rest = text[keyword.end() :].lstrip()
        flags: list[tuple[str, str]] = []
        while len(flags) < MAX_FLAGS and (flag := _FLAG.match(rest)):
            flags.append((flag[1].lower(), (flag[2] or "").strip("\"'")))
            rest = rest[flag.end() :]
        name = keyword[1].upper()
        heredocs, number = self._heredocs(rest, number) if name in _WITH_HEREDOCS else ((), number)
        return (
            Instruction(
                keyword=name,
                value=rest.strip(),
                line=first + 1,
                last=number,
                flags=tuple(flags),
                heredocs=heredocs,
            ),
            number,
        )

    def _logical_line(self, number: int) -> tuple[str, int]:
        """Return the line at *number* with those that continue it, and the number of the line after them."""
        parts: list[str] = []
        while number < len(self._lines):
            line = self._lines[number].rstrip("\n")
            number += 1
            if parts and (not line.strip() or line.lstrip().startswith("#")):
                continue  # BuildKit passes over comments and, with a warning, over empty lines
            continued = self._continued.search(line)
            parts.append(line[: continued.start()] if continued else line)
            if not continued:
                break
        return "".join(parts).strip(), number

    def _heredocs(self, text: str, number: int) -> tuple[tuple[Heredoc, ...], int]:
        found = []
        for opening in _HEREDOC.finditer(text):
            end = self._end_of(opening[3], number, tabs=bool(opening[1]))
            if end is None:
                break
            found.append(Heredoc(name=opening[3], body="\n".join(self._lines[number:end])))
            number = end + 1
        return tuple(found), number

    def _end_of(self, name: str, number: int, *, tabs: bool) -> int | None:
        """Return the line at or after *number* that is *name* alone; None where there is none."""
        places = self._places.get(name, [])
        for place in places[bisect_right(places, number - 1) :]:
            if tabs or self._lines[place] == name:
                return place
        return None


def expanded(text: str, variables: Mapping[str, str], escape: str = "\\", depth: int = 0) -> str:
    """Return *text* with `$X`, `${X}`, `${X:-other}` and `${X:+other}` filled in from *variables*.

    What has no value stays as it stands: `${TARGETARCH}`. Docker's other forms (`${X#prefix}`) stay too.
    """
    if len(text) > _LONGEST:
        return text
    out: list[str] = []
    place = length = 0
    while place < len(text):
        piece, place = _piece(text, place, variables, escape, depth)
        out.append(piece)
        length += len(piece)
        if length > _LONGEST:
            return text[:_LONGEST]
    return "".join(out)


def _piece(text: str, place: int, variables: Mapping[str, str], escape: str, depth: int) -> tuple[str, int]:
    if text.startswith(escape + "$", place):
        return "$", place + 2
    found = _VARIABLE.match(text, place)
    if found is None:
        following = min(
            (at for at in (text.find("$", place + 1), text.find(escape, place + 1)) if at > 0),
            default=len(text),
        )
        return text[place:following], following
    if found[1]:
        return variables.get(found[1], found[0]), found.end()
    end = _closing(text, found.end())
    whole = text[place : end + 1]
    if end == len(text) or depth > _DEPTH:
        return whole, end + 1
    value = _chosen(variables.get(found[2]), text[found.end() : end], variables, escape, depth)
    return whole if value is None else value, end + 1


def _chosen(
    value: str | None, rest: str, variables: Mapping[str, str], escape: str, depth: int
) -> str | None:
    """Return what `${X…}` is for the *value* of X and the *rest* after its name; None: it stays as it is."""
    given = bool(value) if rest.startswith(":") else value is not None
    sign, other = rest.removeprefix(":")[:1], rest.removeprefix(":")[1:]
    if sign == "+":
        return expanded(other, variables, escape, depth + 1) if given else ""
    if sign == "-" and not given:
        return expanded(other, variables, escape, depth + 1)
    return value if not rest or (given and sign in {"-", "?"}) else None


def _closing(text: str, place: int) -> int:
    """Return where the brace closes that is open at *place*; the end of *text* where it does not."""
    depth = 1
    for at in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
    return len(text)
