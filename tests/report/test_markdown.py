from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from archcheck.report.formats.markdown import to_markdown
from archcheck.report.formats.markdown_terms import code, prose
from archcheck.report.layout import clean
from tests.report.examples import EXAMPLES, HOSTILE, LEGACY
from tests.report.strategies import REPORTS, TEXTS, drawn

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {
    "h2",
    "h3",
    "p",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
    "ul",
    "li",
    "code",
    "sub",
    "details open",
    "strong",
    "pre",
}
REFERENCE = re.compile(r"(?<![\w`])[@#!%~$^](?=\w)|https?://|www\.\w|:\w+:", re.IGNORECASE)


def shown(rendered):
    """The text that a reader sees, without the invisible stops."""
    return html.unescape(re.sub(r"<[^>]*>", "", rendered)).replace("\u200b", "").strip()


@given(TEXTS)
def test_prose_shows_the_text_and_nothing_else(text):
    rendered = PARSER.render(f"| x |\n| --- |\n| say {prose(text)} |\n")
    cells = re.findall(r"<td>(.*?)</td>", rendered)
    assert len(cells) == 1
    assert "<" not in cells[0]
    assert shown(cells[0]) == shown(html.escape("say " + " ".join(clean(text).split())))


@given(TEXTS)
def test_code_shows_the_text_inside_one_cell(text):
    rendered = PARSER.render(f"| x | y |\n| --- | --- |\n| {code(text)} | z |\n")
    cells = re.findall(r"<td>(.*?)</td>", rendered)
    assert cells[1:] == ["z"]
    assert re.fullmatch(r"(<code>[^<]*</code>)?", cells[0])
    assert shown(cells[0]) == " ".join(clean(text).split())


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "a@b.example",
        "#12",
        "GL!34",
        "%v1",
        "~bug",
        "$5$",
        "https://x.example/",
        "www.x.example",
        ":tada:",
        "x/y#1",
    ],
)
def test_nothing_in_prose_is_left_for_a_forge_to_link(text):
    rendered = html.unescape(PARSER.renderInline(prose(text)))
    assert not REFERENCE.search(rendered), rendered


@pytest.mark.parametrize("text", ["0.", "1) one", "- a", "+", "---", "- - -", "0.5 s", "-5", "123 of them"])
def test_no_first_words_are_a_list_or_a_line(text):
    rendered = PARSER.render(f"- {prose(text)}")
    assert html.unescape(re.sub(r"<[^>]*>|\s", "", rendered)) == text.replace(" ", "")
    assert set(re.findall(r"<(\w+)", rendered)) == {"ul", "li"}


def assert_only_our_tags(text):
    tags = {tag.strip("/") for tag in re.findall(r"<(/?[a-z0-9]+(?: open)?)[^>]*>", PARSER.render(text))}
    assert tags <= OURS
    # indented by four it is code, in which GitLab reads none
    assert not re.search(r"^ {0,3}\t*/", text, re.MULTILINE), "a line that GitLab reads as a quick action"


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_hold_our_tags_alone(example):
    assert_only_our_tags(to_markdown(EXAMPLES[example]))


@drawn(60)
@given(REPORTS)
def test_any_report_holds_our_tags_alone(report):
    text = to_markdown(report)
    assert_only_our_tags(text)
    assert text.replace("\n", "").isprintable()


def test_tables_keep_their_shape():
    for report in (HOSTILE, LEGACY):
        rows = re.findall(r"<tr>(.*?)</tr>", PARSER.render(to_markdown(report)), re.DOTALL)
        assert rows
        assert {len(re.findall(r"<t[hd]", row)) for row in rows} <= {3, 4, 5}
        assert not re.search(r"^\|", shown(PARSER.render(to_markdown(report))), re.MULTILINE)
