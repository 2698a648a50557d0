"""What was meant by an option that there is not: by what it says elsewhere, else by its letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NEAR: Final = 0.75  # `tagret` is that near to `target`, and `arch` to no option
_MOST: Final = 3
_TARGET: Final = "--target, as in --target lambda:python3.13"
_FILE: Final = "archcheck FILE (a file is named as it is)"
_IGNORE: Final = "--ignore"

# What pip, uv and docker call it, or what one would guess. Only what the command has is named.
_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "arch": ("--architecture (of what is built already)", "--target (where a project will run)"),
    "platform": (_TARGET,),
    "python": (_TARGET,),
    "python-version": (_TARGET,),
    "runtime": (_TARGET,),
    "r": (_FILE,),
    "requirement": (_FILE,),
    "requirements": (_FILE,),
    "file": (_FILE,),
    "all": ("--all-extras (every extra of a project)", "--recursive (every input below a folder)"),
    "dev": ("--group dev",),
    "index": ("--index-url",),
    "exclude": (_IGNORE,),
    "skip": (_IGNORE,),
    "html": ("--format html",),
    "markdown": ("--format markdown",),
    "sarif": ("--format sarif",),
    "out": ("--output",),
    "silent": ("--quiet",),
    "debug": ("--verbose",),
    "no-color": ("--color never",),
    "dry-run": ("--plan (what would be audited)",),
    "no-fail": ("--exit-zero",),
    "version": ("archcheck --version",),
    "fix": ("archcheck fix",),
    "write": ("archcheck fix --write",),
    "why": ("archcheck why PACKAGE",),
    "explain": ("archcheck explain CODE",),
    "diff": ("archcheck diff OLD.json NEW.json",),
    "targets": ("archcheck targets", "--target"),
}


def hint(typed: str, options: Iterable[str]) -> str:
    """Return what to ask whoever *typed* none of the *options*; "" where nothing is near."""
    near = list(_near(typed, tuple(options))) if typed.startswith("-") else []
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _near(typed: str, options: tuple[str, ...]) -> Iterator[str]:
    word = typed.lstrip("-").replace("_", "-").lower()
    said = [
        each
        for each in _ELSEWHERE.get(word, ())
        if each.startswith("archcheck ") or each.partition(" ")[0].rstrip(",") in options
    ]
    if said:
        yield from said
        return
    names = {option.removeprefix("--"): option for option in options if option.startswith("--")}
    longer = [option for name, option in names.items() if word and name.startswith(word)]
    if word in names:  # `--fail_on`
        longer = [names[word]]
    if 0 < len(longer) <= _MOST:
        yield from longer
        return
    from difflib import get_close_matches  # noqa: PLC0415 - not where all is well

    yield from (names[name] for name in get_close_matches(word, names, n=1, cutoff=_NEAR))
