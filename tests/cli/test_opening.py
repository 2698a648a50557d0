"""`--open`: which page is shown, and where none could be seen."""

from __future__ import annotations

import tempfile
import webbrowser

import pytest

from archcheck.cli.results.opening import refuse_unseen
from archcheck.errors import UsageError

SEEN = {"DISPLAY": ":0"}


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """Return the pages that the browser was asked for; temporary files are the test's own."""
    pages = []
    monkeypatch.setattr(webbrowser, "open", lambda url: pages.append(url) or True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    return pages


def test_the_page_that_is_written_is_shown(archcheck, shown):
    done = archcheck("ready", "-o", "a.json", "-o", "a b.html", "--open", environ=SEEN)
    assert (done.code, shown) == (0, [(archcheck.folder / "a b.html").as_uri()])
    assert list((archcheck.folder / "t").iterdir()) == []


@pytest.mark.parametrize("arguments", [["stuck"], ["render", "r.json"], ["merge", "r.json"]])
def test_without_one_a_page_is_written_that_nobody_else_reads(archcheck, shown, arguments):
    archcheck("stuck", "-o", "r.json")
    done = archcheck(*arguments, "--open", environ=SEEN)
    assert done.code == (0 if arguments[0] == "render" else 1), "the exit code is the report's"
    (folder,) = (archcheck.folder / "t").iterdir()
    page = folder / "report.html"
    assert (folder.stat().st_mode & 0o777, shown) == (0o700, [page.as_uri()])
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert f"wrote {page} (" in done.err


def test_without_a_browser_it_is_said_where_the_page_is(archcheck, shown, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    done = archcheck("ready", "-q", "-o", "a.html", "--open", environ=SEEN)
    assert (done.code, done.err) == (0, "archcheck: no browser could be started; the page is in a.html\n")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "--open: there is no display (DISPLAY, WAYLAND_DISPLAY) and no BROWSER"),
        ({**SEEN, "CI": "true"}, "--open: this is a CI job (CI is set)"),
        ({**SEEN, "TF_BUILD": "True"}, "(TF_BUILD is set)"),
    ],
)
@pytest.mark.parametrize("arguments", [["ready"], ["render", "r.json"]])
def test_where_nobody_would_see_it_nothing_is_done(archcheck, index, shown, *, arguments, environ, said):
    archcheck("ready", "-o", "r.json")
    asked = len(index.log)
    done = archcheck(*arguments, "--open", "-o", "x.html", environ=environ)
    assert (done.code, done.out, shown, len(index.log)) == (2, "", [], asked)
    assert said in done.err
    assert not (archcheck.folder / "x.html").exists()


@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({}, "darwin"),
        ({}, "win32"),
        ({"WAYLAND_DISPLAY": "x"}, "linux"),
        ({"BROWSER": "w3m", "CI": "0"}, "linux"),
    ],
)
def test_where_somebody_may_see_it(environ, platform):
    refuse_unseen(environ, platform)
    with pytest.raises(UsageError):
        refuse_unseen({**environ, "CI": "1"}, platform)


def test_a_plan_is_no_page(archcheck):
    assert "--open is for the report" in archcheck("ready", "--plan", "--open", environ=SEEN).err
