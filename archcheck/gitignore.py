"""What a `.gitignore` file says, as git reads it (gitignore(5), dir.c, wildmatch.c): no pattern takes long.

pathspec reads such files too. It follows git less closely (a tab at the end of a line, `[[:alpha:]]`, the
rest of a file in which one line is wrong), raises for `[z-a]`, and takes for ever over `*a*a*a*a*a*b`: a
repository may be a stranger's. Git matches bytes; here paths are texts of one character for each byte.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_PATTERNS: Final = 5_000
"""Of one file; the collections of GitHub's come to some hundreds together."""
_LONGEST: Final = 4_096
_STAR: Final = "*"
_SLASH: Final = "/"
_BLANKS: Final = " \t"
_NAMED: Final = re.compile(r"\[:([^\]]*):\]")
_CLASSES: Final = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": _BLANKS,
    "cntrl": "".join(map(chr, range(32))) + "\x7f",
    "digit": string.digits,
    "graph": "".join(map(chr, range(33, 127))),
    "lower": string.ascii_lowercase,
    "print": "".join(map(chr, range(32, 127))),
    "punct": string.punctuation,
    "space": " \t\n\r\v\f",
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}


class Pattern(Struct, frozen=True):
    """One line. It ignores what it matches, or, `negated`, does not.

    `parts` are what stands between the `**` of a path, each a sequence of what single names have to be;
    without a slash in the line there is one name, which may stand in any folder (`anywhere`).
    """

    negated: bool
    folders_alone: bool
    anywhere: bool
    parts: tuple[tuple[re.Pattern[str], ...], ...]

    def matches(self, names: Sequence[str], *, is_folder: bool) -> bool:
        """Return whether this is about the path of *names*, from the folder of its file."""
        if self.folders_alone and not is_folder:
            return False
        if self.anywhere:
            return self.parts[0][0].fullmatch(names[-1]) is not None
        return _fits(self.parts, names)


class Ignores(Struct, frozen=True):
    """The patterns of one file, the last first: it decides."""

    patterns: tuple[Pattern, ...]

    def says(self, names: Sequence[str], *, is_folder: bool) -> bool | None:
        """Return whether the path of *names*, as `as_bytes` has them, is ignored; None where nothing says."""
        for pattern in self.patterns:
            if pattern.matches(names, is_folder=is_folder):
                return not pattern.negated
        return None


def as_bytes(path: str) -> tuple[str, ...]:
    """Return the names in *path* with a character for each byte."""
    if path.isascii():
        return tuple(path.split(_SLASH))
    return tuple(path.encode("utf-8", "surrogateescape").decode("latin-1").split(_SLASH))


def read_gitignore(data: bytes) -> Ignores:
    """Return what the file *data* says; of lines beyond `MAX_PATTERNS`, nothing."""
    lines = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n")[:MAX_PATTERNS]
    return Ignores(tuple(each for line in reversed(lines) if (each := _pattern(line)) is not None))


def _pattern(line: str) -> Pattern | None:
    """Return the pattern that *line* is; None for a comment, and for what matches nothing."""
    line = _trimmed(line.removesuffix("\r"))
    if line.startswith("#") or len(line) > _LONGEST:
        return None
    negated = line.startswith("!")
    line = line.removeprefix("!")
    folders_alone = line.endswith(_SLASH)
    line = line.removesuffix(_SLASH)
    anywhere = _SLASH not in line
    tokens = _tokens(line.removeprefix(_SLASH))
    if not tokens:
        return None
    parts: list[list[re.Pattern[str]]] = [[]]
    for name in _split(tokens):
        if not anywhere and len(name) > 1 and set(name) == {_STAR}:
            parts.append([])
        else:
            parts[-1].append(re.compile(_regex(name), re.DOTALL))
    return Pattern(negated, folders_alone, anywhere, tuple(map(tuple, parts)))


def _trimmed(line: str) -> str:
    """Return *line* without blanks at its end, but for one that a backslash keeps."""
    bare = line.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if slashes % 2 else bare


def _tokens(text: str) -> list[str]:
    """Return *text* as `*`, `/` and regexes of one character each; nothing where it is broken."""
    found: list[str] = []
    at = 0
    while at < len(text):
        match text[at]:
            case "*" | "/" as letter:
                found.append(letter)
            case "?":
                found.append(".")
            case "[":
                at, regex = _set(text, at + 1)
                if not regex:
                    return []
                found.append(regex)
            case "\\":
                at += 1
                if at == len(text):
                    return []
                found.append(_SLASH if text[at] == _SLASH else _literal(text[at]))
            case letter:
                found.append(_literal(letter))
        at += 1
    return found


def _literal(letter: str) -> str:
    return f"\\x{ord(letter):02x}"


def _set(text: str, at: int) -> tuple[int, str]:
    """Return where the set whose inside begins at *at* ends, and its regex; "" where it does not end."""
    negated = text[at : at + 1] in {"!", "^"}
    at += negated
    members: set[str] = set()
    before, start = "", at
    while at < len(text) and (at == start or text[at] != "]"):
        if named := _NAMED.match(text, at):
            if named[1] not in _CLASSES:
                return at, ""
            members.update(_CLASSES[named[1]])
            at, before = named.end(), ""
            continue
        is_range = text[at] == "-" and bool(before) and text[at + 1 : at + 2] not in {"", "]"}
        at += is_range
        at += text[at] == "\\"
        if at == len(text):
            return at, ""
        members.update(map(chr, range(ord(before if is_range else text[at]), ord(text[at]) + 1)))
        before = "" if is_range else text[at]
        at += 1
    letters = "".join(sorted(map(_literal, members - {_SLASH})))
    inside = f"[^{letters}]" if letters else "."
    if not negated:
        inside = f"[{letters}]" if letters else "(?!)"
    return at, inside if at < len(text) else ""


def _split(tokens: Sequence[str]) -> Iterator[list[str]]:
    name: list[str] = []
    for token in tokens:
        if token == _SLASH:
            yield name
            name = []
        else:
            name.append(token)
    yield name


def _regex(name: Sequence[str]) -> str:
    """Return the regex of one name: what follows a `*` is taken where it comes first, once and for all."""
    chunks: list[str] = [""]
    for token in name:
        if token == _STAR:
            chunks.append("")
        else:
            chunks[-1] += token
    first, *rest = chunks
    if not rest:
        return first
    *middle, last = rest
    return f"{first}{''.join(f'(?>.*?{chunk})' for chunk in middle if chunk)}.*{last}"


def _fits(parts: Sequence[Sequence[re.Pattern[str]]], names: Sequence[str]) -> bool:
    """Return whether *names* begin as the first of *parts*, end as the last, and have the others between."""
    first, *rest = parts
    if not rest:
        return len(first) == len(names) and _at(first, names, 0)
    *middle, last = rest
    end = len(names) - max(len(last), 1)  # `a/**` is what is in it
    if len(first) > end or not _at(first, names, 0) or not _at(last, names, len(names) - len(last)):
        return False
    at = len(first)
    for part in middle:
        while at + len(part) <= end and not _at(part, names, at):
            at += 1
        at += len(part)
        if at > end:
            return False
    return True


def _at(part: Sequence[re.Pattern[str]], names: Sequence[str], at: int) -> bool:
    return all(each.fullmatch(name) for each, name in zip(part, names[at:], strict=False))
