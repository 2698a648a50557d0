from __future__ import annotations

import pytest

from archcheck.report import RENDERERS
from archcheck.report.formats.text import to_text
from archcheck.report.layout import View
from archcheck.report.sections.explain import explain
from archcheck.report.sections.why import why
from tests.report.examples import EXAMPLES, MATRIX, READY_NOW
from tests.report.snapshots import FOLDER, matches
from tests.report.test_diff import BASELINES, PAIRS

TEXT_VIEWS = {
    "80": View(),
    "verbose-100": View(width=100, verbose=True),
    "verbose-60": View(width=60, verbose=True),
    "quiet": View(quiet=True),
    "ascii-40": View(width=40, ascii_only=True),
    "color": View(color=True),
}
ELSEWHERE = {"text", "html"}  # have views of their own: above, and in test_html
OWN = {"gitlab": ".gitlab.json", "badge": ".badge.json"}
# What follows the example's name in a file's; formats without a suffix of their own get one of their name.
SUFFIXES = {
    name: renderer.suffix or OWN.get(name, f".{name}.txt")
    for name, renderer in RENDERERS.items()
    if name not in ELSEWHERE
}


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("name", TEXT_VIEWS)
def test_text(example, name):
    matches(f"{example}.{name}.txt", to_text(EXAMPLES[example], TEXT_VIEWS[name]))


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("name", SUFFIXES)
def test_other_formats(example, name):
    matches(f"{example}{SUFFIXES[name]}", RENDERERS[name].render(EXAMPLES[example], View()))


def test_why():
    matches("why-aiohttp.txt", why(READY_NOW, "aiohttp", View()))
    matches("why-numpy.txt", why(MATRIX, "NumPy", View(ascii_only=True)))


# Of a rule that is added, `test_explain` reads the text; it needs no snapshot.
EXPLAINED = sorted(file.stem.removeprefix("explain-") for file in FOLDER.glob("explain-*.txt"))


@pytest.mark.parametrize("code", EXPLAINED)
def test_explain(code):
    matches(f"explain-{code}.txt", explain(code, View()))


def test_no_snapshot_is_left_over():
    expected = {f"{example}.{name}.txt" for example in EXAMPLES for name in TEXT_VIEWS}
    expected |= {f"{example}{suffix}" for example in EXAMPLES for suffix in SUFFIXES.values()}
    expected |= {f"explain-{code}.txt" for code in EXPLAINED}
    expected |= {"why-aiohttp.txt", "why-numpy.txt", "ready.html"}
    expected |= {f"diff-{pair}.{suffix}" for pair in PAIRS for suffix in ("txt", "md", "json")}
    expected |= {f"baseline-{example}.{suffix}" for example in BASELINES for suffix in ("txt", "md")}
    assert {file.name for file in FOLDER.iterdir()} == expected
