"""Which files are made, and what of."""

from __future__ import annotations

from pathlib import Path

from tests.documents import manual, markdown, settings_schema

ROOT = Path(__file__).parents[2]
PAGES = tuple(ROOT / "docs" / name for name in ("commands.md", "pull-requests.md", "rules.md"))
SCHEMA = ROOT / "docs" / "settings.schema.json"
MANUAL = ROOT / "archcheck" / "data" / "archcheck.1"


def made_files() -> dict[Path, str]:
    """Return every file that is made, wholly or in parts, with the text that it should have."""
    pages = {path: markdown.filled(path.read_text(encoding="utf-8")) for path in PAGES}
    return {**pages, MANUAL: manual.page(), SCHEMA: settings_schema.text()}
