"""The HTML report as a browser shows it: read by axe-core, in narrow and wide windows, in the dark and on paper.

These need Chromium, and axe-core in `node_modules/` (`make pages` installs it); they are skipped where either is
missing, unless `PAGES=required`.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from archcheck.report.formats.html import to_html
from tests.browser.chromium import browser, program
from tests.cli.running import CommandLine
from tests.e2e.test_shop import command_in
from tests.loopback import FixtureStore, IndexServer
from tests.loopback.fixtures import FIXTURES
from tests.report.test_html import large

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("ready", "legacy", "matrix", "many", "shop", "packages")
PHONE, DESK, WIDE = 390, 1280, 1920
# What A4 leaves between the margins of `@page`, in CSS pixels.
PORTRAIT, LANDSCAPE = 687, 1016
WORKLOAD = ("--memory", "1024", "--duration-ms", "350", "--invocations", "20000000")

CHECK = """axe.run(document, {resultTypes: ["violations"]}).then(
  (found) => found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]))"""
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
# What is cut off: no box may end right of the window, unless it lies in one that scrolls.
CUT = """[...document.querySelectorAll("body *")].filter((each) =>
  each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1 &&
  !each.closest("pre, .filter, .bars, .cost, thead") &&
  ![...document.querySelectorAll(".scroll")].some((box) => box.contains(each) && box !== each)
).map((each) => each.outerHTML.slice(0, 200))"""
COLUMNS = """[...document.querySelectorAll(".matrix%s td")].filter((each) =>
  each.getBoundingClientRect().right > innerWidth + 1).length"""


def missing() -> str:
    """Return what these tests need and do not find; "" where all is there."""
    return (
        "Chromium is not installed"
        if program() is None
        else ""
        if AXE.is_file()
        else "axe-core is not installed"
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if said := missing():
        assert os.environ.get("PAGES") != "required", said
        pytest.skip(said)
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(page, tmp_path_factory):
    """Return a folder with a report for each of `NAMES`."""
    folder = tmp_path_factory.mktemp("reports")
    with IndexServer(FixtureStore()) as recorded, pytest.MonkeyPatch.context() as patched:
        patched.setenv("ARCHCHECK_NO_INSPECT", "true")
        line = CommandLine(folder=folder, index_url=recorded.url)
        for path in (FIXTURES / "sets").glob("*.txt"):
            shutil.copy(path, folder)
        many = [folder / path.stem for path in sorted((FIXTURES / "sets").glob("*.txt"))]
        many += [folder / f"{path.stem}-too" for path in sorted((FIXTURES / "sets").glob("[l-p]*.txt"))[:4]]
        for each in many:
            each.mkdir()
            shutil.copy(folder / f"{each.name.removesuffix('-too')}.txt", each / "requirements.txt")
        inputs = [f"{each.name}/requirements.txt" for each in many]
        targets = ("lambda:python3.8", "lambda:python3.11", "lambda:python3.12", "debian12:python3.11")
        made = {
            "ready": ("seed.txt", "--target", "lambda:python3.11", *WORKLOAD),
            "legacy": ("legacy.txt", "--target", "lambda:python3.8", *WORKLOAD),
            "matrix": ("legacy.txt", *(word for each in targets for word in ("--target", each))),
            "many": (*inputs, "--target", "lambda:python3.11"),
        }
        for name, arguments in made.items():
            assert line(*arguments, "--exit-zero", "-o", f"{name}.html").code in {0, 2}
        shop = command_in(folder / "shop", recorded)
        assert shop(".", "--exit-zero", "-o", str(folder / "shop.html")).code == 0
    one = large(300)
    (folder / "packages.html").write_text(to_html(replace(one, audits=one.audits[:1])), encoding="utf-8")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_has_nothing_to_say(page, reports, name, scheme):
    page.open(reports / f"{name}.html", scheme=scheme)
    page.run(AXE.read_text(encoding="utf-8"))
    assert page.run(CHECK) == []
    page.run(UNFOLD)
    assert page.run(CHECK) == []


def test_axe_would_say_it(page, reports):
    page.open(reports / "ready.html")
    page.run("document.querySelector('h1').append(new Image())")
    page.run(AXE.read_text(encoding="utf-8"))
    assert [rule for rule, _ in page.run(CHECK)] == ["image-alt"]


@pytest.mark.parametrize("width", [PHONE, DESK, WIDE])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_for_and_nothing_goes_wrong(page, reports, name, width):
    page.open(reports / f"{name}.html", width=width)
    page.run(UNFOLD)
    assert page.run(CUT) == []
    assert page.requests() == [(reports / f"{name}.html").as_uri()]
    assert page.errors() == []


def test_the_columns_of_four_targets_are_all_in_the_window(page, reports):
    for width in (PHONE, WIDE):
        page.open(reports / "matrix.html", width=width)
        assert page.run(COLUMNS % "") == 0
    page.open(reports / "matrix.html", width=PHONE)
    labels = json.loads(
        page.run(
            "JSON.stringify([...document.querySelector('.matrix tbody tr').cells].map("
            "(each) => getComputedStyle(each, '::before').content))"
        )
    )
    assert labels[1:3] == ['"lambda:python3.8 x86_64"', '"aarch64"']


@pytest.mark.parametrize(
    ("name", "width", "which"),
    [("legacy", PORTRAIT, ""), ("many", PORTRAIT, ""), ("matrix", LANDSCAPE, ".landscape")],
)
def test_paper_has_every_column_and_what_is_folded_away(page, reports, name, width, which):
    page.open(reports / f"{name}.html", width=width, media="print")
    assert page.run(COLUMNS % which) == 0
    hidden = "[...document.querySelectorAll('.matrix td, .finding, .tree li, .steps li')].filter((each) => !each.closest('.aside') && !each.offsetHeight)"
    assert page.run(f"{hidden}.map((each) => each.outerHTML.slice(0, 200))") == []
    # Chromium repeats the headers of a table on each page, but no button in them.
    assert page.run("getComputedStyle(document.querySelector('th button')).display") == "contents"
    assert page.paper().startswith(b"%PDF")


def test_a_link_leads_into_what_is_folded_away(page, reports):
    page.open(reports / "many.html")
    assert page.run("document.querySelectorAll('details.audit[open]').length") == 0
    page.run("document.querySelector('a[href=\"#a-2\"]').click()")
    page.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.run("document.getElementById('a-2').parentElement.open")


def test_standings_filter_without_the_script(page, reports):
    page.open(reports / "many.html", script=False)
    shown = "[...document.querySelectorAll('tr[data-standing]')].filter((each) => each.offsetHeight).length"
    everything = page.run(shown)
    page.run("document.getElementById('f-now').checked = true")
    assert 0 < page.run(shown) < everything
