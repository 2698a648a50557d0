"""What somebody accepted leaves the exit code and the annotations; everywhere else it stands where it stood."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

ACCEPTED = "accepted: ignored on the command line"
TARGET = ("--target", "lambda:python3.9")
# psycopg2-binary 2.8.6 has to be built on aarch64 alone, psycopg2 2.9.12 on both architectures.
REQUIREMENTS = "psycopg2-binary==2.8.6\npsycopg2==2.9.12\n"


@pytest.fixture(scope="module")
def saved(line):
    """Return the folder's command, after a result with the obstacle accepted and one without was saved."""
    line.write("accepted.txt", REQUIREMENTS)
    plain = line("accepted.txt", "-o", "plain.json", *TARGET)
    done = line("accepted.txt", "-o", "accepted.json", "--ignore", "AC002", *TARGET)
    assert (plain.code, done.code) == (1, 0)
    return line


def rendered(saved, form, name="accepted"):
    done = saved("render", f"{name}.json", "-f", form)
    assert done.code == 0
    return done.out


def section(page, name):
    """Return the words of one section of the HTML report."""
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def test_the_obstacle_is_the_same_finding_accepted_or_not(saved):
    (plain,), (accepted,) = (
        json.loads((saved.folder / f"{name}.json").read_text())["audits"] for name in ("plain", "accepted")
    )
    (finding,) = (one for one in plain["findings"] if one["rule"] == "AC002")
    assert plain["obstacles"] == accepted["obstacles"] == [finding["fingerprint"]]
    assert [one["fingerprint"] for one in accepted["ignored"]] == [finding["fingerprint"]]
    assert plain["recommendation"] == accepted["recommendation"]


def test_the_page_says_below_what_it_says_above(saved):
    page = rendered(saved, "html")
    assert "Not ready for arm64: 1 of 2 packages needs a build" in page
    blockers = section(page, "blockers")
    assert "Nothing." not in blockers
    assert "psycopg2-binary 2.8.6 needs a build, accepted" in blockers
    assert ACCEPTED in blockers
    changes = section(page, "changes")
    assert "No: psycopg2-binary (accepted) does not" in changes
    assert "psycopg2-binary (accepted) has one in another version" in changes
    assert "psycopg2-binary==2.9.6" in changes
    assert "nothing to change" not in changes
    assert "psycopg2-binary 2.8.6 needs a build, accepted" in section(page, "tree")


@pytest.mark.parametrize("name", ["standing", "worth", "shipping", "matrix"])
def test_what_tells_no_finding_is_the_same_to_the_letter(saved, name):
    assert section(rendered(saved, "html"), name) == section(rendered(saved, "html", "plain"), name)


def test_the_terminal_and_markdown_say_it_too(saved):
    text = rendered(saved, "text")
    obstacles = text[text.index("Obstacles (1, accepted)") : text.index("Not arm64's fault")]
    assert "AC002  psycopg2-binary 2.8.6: needs a build (accepted)" in obstacles
    assert ACCEPTED in obstacles
    assert "Ignored (1)" in text
    markdown = rendered(saved, "markdown")
    table = markdown[: markdown.index("<details>")]
    assert "| AC002 | `psycopg2-binary 2.8.6` | needs a build: " in table
    assert ACCEPTED in table
    assert "<details><summary>The changes to make</summary>" in markdown
    quiet = " ".join(saved("render", "accepted.json", "-q").out.split())
    assert re.search(rf"AC002 psycopg2-binary 2\.8\.6 .*; {ACCEPTED}", quiet)


def test_the_badge_counts_it(saved):
    assert json.loads(rendered(saved, "badge"))["message"] == "after changes (1 obstacle)"


def test_the_bill_of_materials_says_that_it_is_accepted(saved):
    components = json.loads(rendered(saved, "cyclonedx"))["components"]
    (binary,) = (one for one in components if one["name"] == "psycopg2-binary")
    said = {one["name"]: one["value"] for one in binary["properties"]}
    assert "archcheck:finding" not in said
    assert said["archcheck:ignored"].startswith("AC002 psycopg2-binary 2.8.6: needs a build; ")
    assert said["archcheck:ignored"].endswith(ACCEPTED)


@pytest.mark.parametrize("form", ["github", "gitlab"])
def test_annotations_leave_it_out(saved, form):
    assert "AC002" in rendered(saved, form, "plain")
    assert "AC002" not in rendered(saved, form)


def test_code_scanning_and_test_reports_have_it_as_settled(saved):
    (run,) = json.loads(rendered(saved, "sarif"))["runs"]
    (result,) = (one for one in run["results"] if one["ruleId"] == "AC002")
    assert result["suppressions"][0]["status"] == "accepted"
    junit = rendered(saved, "junit")
    assert "<failure" not in junit
    assert 'message="ignored: AC002: ignored on the command line"' in junit


@pytest.mark.parametrize("form", ["text", "markdown", "html", "badge", "cyclonedx", "json"])
def test_a_result_saved_without_its_obstacles_says_the_same(saved, form):
    document = json.loads((saved.folder / "accepted.json").read_text())
    for audit in document["audits"]:
        del audit["obstacles"]
    saved.write("older.json", json.dumps(document))
    assert rendered(saved, form, "older") == rendered(saved, form)
