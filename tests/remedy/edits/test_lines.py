"""An edit as a diff and as replacements: whoever applies them has the new file."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.model import Replacement
from archcheck.remedy.edits.lines import replacements, unified

TEXTS = st.lists(st.sampled_from(["a\n", "b\r\n", "c\x0c\n", "é\n", "\n"]), max_size=6).flatmap(
    lambda lines: st.sampled_from(["", "end"]).map(lambda last: "".join(lines) + last)
)


def applied(text: str, found: tuple[Replacement, ...]) -> str:
    lines = text.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    for each in reversed(found):
        assert "".join(lines[each.first - 1 : each.last]) == each.old
        lines[each.first - 1 : each.last] = [each.new]
    return "".join(lines)


@given(TEXTS, TEXTS)
def test_replacements_make_the_new_text(before, after):
    assert applied(before, replacements("r.txt", before.encode(), after.encode())) == after


def test_a_replacement_has_whole_lines():
    found = replacements("r.txt", b"a\nb==1\nc\n", b"a\nb==2\nc\nd\n")
    assert found == (
        Replacement(path="r.txt", first=2, last=2, old="b==1\n", new="b==2\n"),
        Replacement(path="r.txt", first=4, last=3, old="", new="d\n"),
    )


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_a_diff_is_of_texts(bom):
    encoding = "utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-8"
    before, after = (bom + text.encode(encoding) for text in ("a\nb==1", "a\nb==2"))
    assert "".join(unified("r.txt", before, after)) == (
        "--- a/r.txt\n+++ b/r.txt\n@@ -1,2 +1,2 @@\n a\n-b==1\n\\ No newline at end of file\n+b==2\n"
        "\\ No newline at end of file\n"
    )
