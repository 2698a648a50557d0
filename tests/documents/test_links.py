"""Links from document to document, and to parts of them; the site's navigation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [
    *PAGES,
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "STYLE.md", "changes/README.md")),
]
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def links(text):
    """Return where *text* links to, but for other hosts."""
    found = re.findall(r"\]\(([^()\s]+)\)", _CODE.sub("", text))
    return [each for each in found if not each.startswith(("https://", "http://", "mailto:"))]


def anchors(text):
    """Return the names of its headings, as GitHub and Markdown's `toc` make them of plain words."""
    return {
        re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-")
        for each in re.findall(
            r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
        )
    }


def broken(path, text):
    """Return the links of the document at *path* that lead nowhere."""
    wrong = []
    for link in links(text):
        name, _, anchor = link.partition("#")
        target = path if not name else (path.parent / name)
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    assert broken(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[a](docs/api.md#is-it-ready) [b](https://example.com) `[c](d)`", []),
        ("[a](docs/gone.md)", ["docs/gone.md"]),
        ("[![a](gone.png)](docs/api.md#gone)", ["gone.png", "docs/api.md#gone"]),
        ("# One, two\n[a](#one-two) [b](#three)", ["#three"]),
    ],
)
def test_what_leads_nowhere_is_found(text, wrong, tmp_path):
    path = ROOT / "README.md"
    if text.startswith("#"):
        path = tmp_path / "page.md"
        path.write_text(text)
    assert broken(path, text) == wrong


def test_a_page_links_to_nothing_outside_of_the_site():
    out = {
        path.name: [each for each in links(path.read_text(encoding="utf-8")) if "../" in each]
        for path in PAGES
    }
    assert {name: each for name, each in out.items() if each} == {}


def test_every_page_is_in_the_navigation():
    def pages(nav):
        for each in nav.values() if isinstance(nav, dict) else nav:
            yield from [each] if isinstance(each, str) else pages(each)

    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(pages(settings["nav"])) == [path.name for path in PAGES]
    assert settings["theme"]["font"] is False
