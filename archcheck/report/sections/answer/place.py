"""What was audited against what, and what says that it runs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.files import TYPED
from archcheck.report.phrases import input_name

if TYPE_CHECKING:
    from archcheck.model import Audit, TargetInfo

_NAMED = 4


def place(audit: Audit) -> str:
    """Return what was audited against what, and what says so."""
    name = _typed(audit) if audit.input.path == TYPED else input_name(audit.input)
    return f"{name} on {audit.target.title}{said(audit.target)}"


def _typed(audit: Audit) -> str:
    """Return what stands on the command line, by its names; of many the first few."""
    names = [package.name for package in audit.packages if package.direct]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}" if names else input_name(audit.input)


def said(target: TargetInfo) -> str:
    """Return what says that it is this target, to follow its title; "" where whoever asked named it."""
    source = target.source
    if source is None:
        return ""
    where = f"{source.path}:{source.line}" if source.line else source.path
    match source.kind:
        case "default" if where:
            return f", a guess: not all of {where} could be read (--target)"
        case "default":
            return ", a guess: nothing says which Python it runs on (--target)"
        case "requires-python":
            return f", the newest that {where} admits"
        case "infrastructure" | "python-version" | "settings" if where:
            return f", as {where} says"
        case _:
            return ""
