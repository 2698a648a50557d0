"""Audit a Python project's dependencies for arm64: what installs there, what does not, and what to do.

The public API is `audit`, the types of `archcheck.model` that it returns, `archcheck.policy.Ignore`, the
errors of `archcheck.errors` that it raises, and `archcheck.report.json`. All else is internal, whatever its
name, and may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcheck._version import __version__

if TYPE_CHECKING:
    from archcheck.api import audit

__all__ = ["__version__", "audit"]


def __getattr__(name: str) -> Any:
    """Return `audit`; it is loaded when somebody asks for it, since `archcheck --version` does not."""
    if name != "audit":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archcheck.api import audit  # noqa: PLC0415

    return audit
