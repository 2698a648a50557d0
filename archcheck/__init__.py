"""Audit a Python project's dependencies for arm64: what installs there, what does not, and what to do."""

from __future__ import annotations

__version__ = "0.1.0"
