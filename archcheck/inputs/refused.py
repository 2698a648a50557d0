"""What is said of a file that is named, and of which archcheck reads no dependencies."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck import formats
from archcheck.errors import InputError
from archcheck.files import STDIN, absolute
from archcheck.inputs.parsing.messages import escaped, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcheck.files import Files

_DEPLOYMENT: Final = "deployment"
# Their text might pass for requirements, as that of any file without a suffix.
_PLAIN: Final = ("dockerfile", "dockerfile.*", "*.dockerfile", "containerfile", "*.tf", "*.tfvars")
_DOCUMENTS: Final = (
    "template.y*ml",
    "docker-compose*.y*ml",
    "compose*.y*ml",
    "serverless.y*ml",
    "serverless.json",
    "samconfig.toml",
    "cdk.json",
)


def unread(path: str) -> str | None:
    """Return what the file at *path* is by its whole name, where it is nothing that is read."""
    name = PurePath(path).name.lower()
    if name == "package.json":
        return "npm"
    return _DEPLOYMENT if name_fits(name, _PLAIN) else None


def refusal(path: str, kind: str, *, is_told: bool, files: Files, cwd: str) -> InputError:
    """Return the error for the file at *path*, which is of a *kind* without a reader.

    Where its name or text *is_told* by nobody but itself, it may also not be there, or say how something is
    deployed.
    """
    if is_told and path != STDIN:
        if not _is_there(path, files, cwd):
            return InputError("no such file or directory", path=escaped(path))
        if name_fits(PurePath(path).name.lower(), (*_PLAIN, *_DOCUMENTS)):
            folder = escaped(str(PurePath(path).parent))
            message = "it says how something is deployed, and lists no distributions; expected a file that "
            message += f"does, or the folder, for all that it deploys: archcheck {folder}"
            return InputError(message, path=escaped(path))
    known = ", ".join(sorted(each.kind for each in formats.FORMATS))
    message = f"read as {shown(kind)}, which is not supported; --kind says what else it is: {known}"
    return InputError(message, path=escaped(path))


def _is_there(path: str, files: Files, cwd: str) -> bool:
    try:
        files.look(absolute(cwd, path))
    except (OSError, ValueError):
        return False
    return True


def name_fits(name: str, patterns: Iterable[str]) -> bool:
    """Return whether one of *patterns*, globs, means *name*.

    Most are a name, or have one star: fnmatch would compile forty regular expressions to say no.
    """
    for pattern in patterns:
        start, star, end = pattern.partition("*")
        if "*" in end:
            fits = fnmatchcase(name, pattern)
        elif star:
            fits = len(name) >= len(start) + len(end) and name.startswith(start) and name.endswith(end)
        else:
            fits = name == pattern
        if fits:
            return True
    return False
