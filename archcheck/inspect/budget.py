"""How much of the wheels of one audit is read beyond what each native file begins with."""

from __future__ import annotations

from typing import Final

BUDGET: Final = 32 * 2**20
"""Bytes for one audit, where nobody asks for more or fewer; most need some hundred thousand."""
