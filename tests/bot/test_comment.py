"""What the comment says: the difference first, everything escaped, and never more than a forge takes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.bot.comment import BUDGET, draft
from archcheck.bot.details import Section, fitted
from archcheck.bot.plan import WHENS, Create, Draft, Nothing, Resolve, Update, marked, plan, read_marker
from archcheck.judge.obstacles import obstacles
from archcheck.model import Replacement, Severity, Trouble
from tests.report.examples import (
    EXAMPLES,
    FLEET,
    FLEET_BEFORE,
    HOSTILE,
    LEGACY,
    MATRIX,
    NO_INDEX,
    READY_NOW,
    UNDETERMINED,
    WAY_OUT,
    accepted,
)

URL = "https://ci.example/report.html"


def said(report, base=None, *, when="changes", url=None):
    return draft(report, base, key="default", when=when, report_url=url)


def without(report, count):
    """Return *report* without its first *count* packages and what was found of them."""
    audit = report.audits[0]
    return replace(
        report, audits=(replace(audit, findings=audit.findings[count:], packages=audit.packages[count:]),)
    )


@pytest.mark.parametrize(
    ("base", "head", "headline"),
    [
        (without(LEGACY, 2), LEGACY, "✗ This pull request brings 2 new obstacles on the way to arm64"),
        (without(LEGACY, 1), LEGACY, "✗ This pull request brings 1 new obstacle on the way to arm64"),
        (LEGACY, without(LEGACY, 2), "✓ This pull request clears 2 obstacles to arm64: 5 left"),
        (UNDETERMINED, READY_NOW, "✓ This pull request clears 1 obstacle to arm64: ready for arm64 now"),
        (
            READY_NOW,
            UNDETERMINED,
            "? This pull request brings 1 package that could not be determined on the way to arm64",
        ),
        (LEGACY, LEGACY, "This pull request changes nothing for arm64: 7 obstacles as before"),
        (READY_NOW, READY_NOW, "This pull request changes nothing for arm64: ready for arm64 now"),
        (
            READY_NOW,
            without(READY_NOW, 2),
            "This pull request changes 2 packages, and nothing for arm64: ready for arm64 now",
        ),
    ],
)
def test_the_headline_is_what_the_pull_request_changes(base, head, headline):
    assert said(head, base).text.splitlines()[0] == f"### {headline}"


def test_of_a_repository_it_says_what_it_deploys():
    body = said(FLEET).text
    assert body.startswith("### ✗ 5 functions: 1 can move today, 1 after changes")
    first = body.partition("**")[0].splitlines()[2:]
    assert first[0] == "- `LegacyFunction` (`template.yaml:40`): ✗ after changes"
    assert "**Where it is deployed (2)**" in body
    body = said(FLEET, FLEET_BEFORE).text
    assert body.startswith("### ✗ This pull request brings 1 new obstacle on the way to arm64, and clears 1 ")
    assert "\n1 more runs on arm64, 2 more can move, 1 can move no longer" in body
    assert "- **`edge`** (`infra/main.tf:39`): the layer LambdaInsightsExtension" in body
    assert "- `ApiFunction` (`template.yaml:12`): after changes → can move now" in body


def test_how_it_is_deployed_is_news():
    moved = replace(FLEET, deployables=(replace(FLEET.deployables[0], architecture="arm64"),))
    before = replace(FLEET, deployables=FLEET.deployables[:1])
    assert said(moved, before).news
    headline = "### This pull request changes what is deployed, 1 more runs on arm64"
    assert said(moved, before).text.startswith(headline)
    assert not said(before, before).news
    plain = replace(FLEET, audits=())
    assert said(plain).news
    assert not said(replace(plain, deployables=FLEET.deployables[:1])).news  # a warning alone


def test_new_obstacles_come_first_and_open_the_rest_is_folded():
    text = said(LEGACY, without(LEGACY, 2), url=URL).text
    opened, folded = text.split("<details>", 1)
    assert "**`cryptography 3.0`** needs a build" in opened
    assert "from `requirements.txt:1`" in opened
    assert "**remedy:** upgrade cryptography 3.0 → 3.1" in opened
    assert "pandas" not in opened
    assert "pandas" in folded
    assert text.endswith(f"[full report](<{URL}>)</sub>")


def test_the_way_out_is_an_item_with_a_line_for_each_change():
    text = said(WAY_OUT).text
    assert "**What to change**\n\n- **5 changes clear 6 of 7 packages out of the way; lxml stays" in text
    assert "\n  - `requirements.txt:1` cryptography 3.0 → 3.1\n" in text
    assert "\n  - build grpcio 1.30.0" in text
    assert "\n  - `archcheck fix requirements.txt --target lambda:" in text
    assert "\n  - or: only cryptography 3.0 → 3.1; " in text
    assert "<summary>What to change</summary>" in said(WAY_OUT, WAY_OUT).text  # nothing new: folded
    twice = replace(WAY_OUT, audits=WAY_OUT.audits * 2)
    assert said(twice).text.count("** (`requirements.txt` on `lambda:python3.8`)") == 2
    assert "What to change" not in said(LEGACY).text  # of a result without plans
    ready = replace(READY_NOW, audits=(replace(READY_NOW.audits[0], plans=WAY_OUT.audits[0].plans),))
    assert "What to change" not in said(ready).text  # what is optional is for the full report


def test_edited_lines_are_shown_as_a_diff():
    replaced = (
        Replacement(path="a.txt", first=1, last=1, old="cryptography==3.0\n", new="cryptography==3.1\n"),
        Replacement(path="a.txt", first=9, last=9, old="x==1\n", new="```\x1b\ny\n"),
    )
    one = WAY_OUT.audits[0]
    best = replace(one.plans[0], edits=replaced)
    edited = replace(WAY_OUT, audits=(replace(one, plans=(best, *one.plans[1:])),))
    text = draft(edited, None, key="default", when="always").text
    shown = (
        "```diff",
        "--- a.txt",
        "+++ a.txt",
        "@@ -1,1 +1,1 @@",
        "-cryptography==3.0",
        "+cryptography==3.1",
        "@@ -9,1 +9,2 @@",
        "-x==1",
        "+```\\x1b",
        "+y",
        "```",
    )
    assert "\n".join(f"  {line}" for line in shown) in text
    assert "`requirements.txt:1` cryptography" not in text[text.index("What to change") :]


def test_the_text_has_neither_date_nor_commit():
    later = replace(LEGACY, generated_at="2031-01-01T00:00:00Z")
    assert said(later, READY_NOW) == said(LEGACY, READY_NOW)


@pytest.mark.parametrize(
    ("report", "base", "news"),
    [
        (LEGACY, LEGACY, {"changes": False, "findings": True, "always": True}),
        (READY_NOW, READY_NOW, {"changes": False, "findings": False, "always": True}),
        (READY_NOW, LEGACY, {"changes": True, "findings": False, "always": True}),
        (LEGACY, READY_NOW, {"changes": True, "findings": True, "always": True}),
        (READY_NOW, None, {"changes": False, "findings": False, "always": True}),
        (LEGACY, None, {"changes": True, "findings": True, "always": True}),
        (NO_INDEX, None, {"changes": True, "findings": True, "always": True}),
    ],
)
def test_what_is_worth_a_new_comment(report, base, news):
    assert {when: said(report, base, when=when).news for when in WHENS} == news


def test_a_resolved_comment_claims_no_more_than_the_verdict():
    assert "not ready for arm64: 7 of 9" in said(LEGACY, LEGACY).resolved
    assert "✓ ready for arm64 now" in said(READY_NOW, None, when="findings").resolved


def accepting(report, count):
    """Return *report* with its first *count* findings accepted."""
    audit = report.audits[0]
    ignored = tuple(map(accepted, audit.findings[:count]))
    return replace(report, audits=(replace(audit, findings=audit.findings[count:], ignored=ignored),))


@pytest.mark.parametrize(
    ("base", "head", "headline"),
    [
        (LEGACY, accepting(LEGACY, 2), "This pull request changes nothing for arm64: 7 obstacles as before"),
        (
            accepting(LEGACY, 7),
            accepting(LEGACY, 7),
            "This pull request changes nothing for arm64: 7 obstacles as before",
        ),
        (
            without(LEGACY, 2),
            accepting(LEGACY, 2),
            "This pull request brings 2 accepted obstacles on the way to arm64",
        ),
        (LEGACY, without(accepting(LEGACY, 2), 2), "✓ This pull request clears 2 obstacles to arm64: 5 left"),
        (accepting(LEGACY, 2), LEGACY, "✗ This pull request brings 2 new obstacles on the way to arm64"),
    ],
)
def test_what_is_accepted_stands_in_the_way_all_the_same(base, head, headline):
    assert said(head, base).text.splitlines()[0] == f"### {headline}"


@pytest.mark.parametrize("base", [None, LEGACY, READY_NOW])
def test_what_is_accepted_is_told_with_its_reason(base):
    text = said(accepting(LEGACY, 2), base).text
    told = text[text.index("In the way, and accepted (2)") :].split("</details>")[0]
    assert "cryptography 3.0" in told
    assert "numpy 1.18.5" in told
    assert "pandas" not in told
    assert told.count("accepted: the image pins a build that works (until 2027-01-31; pyproject.toml)") == 2


def test_what_is_accepted_is_no_news_and_nothing_is_settled_by_it():
    draft = said(accepting(LEGACY, 7), None, when="findings")
    assert not draft.news
    assert "nothing left in its way to arm64 but what is accepted" in draft.resolved
    assert "✗ not ready for arm64: 7 of 9 packages need a build" in draft.resolved
    assert "accepted" not in said(READY_NOW, None, when="findings").resolved


def resized(report, *sizes):
    """Return *report* with other files of other sizes, for its first packages."""
    audit = report.audits[0]
    packages = tuple(
        replace(
            package,
            results=tuple(replace(each, file=f"{size}.whl", size=size) for each in package.results),
        )
        for package, size in zip(audit.packages, sizes, strict=False)
    )
    return replace(report, audits=(replace(audit, packages=(*packages, *audit.packages[len(packages) :])),))


def test_the_effect_on_the_download_is_said_where_there_is_one():
    base, head = resized(READY_NOW, 1_000_000, 2_000_000), resized(READY_NOW, 1_000_000, 14_400_000, None)
    row = "| download for arm64 | 3.0 MB and 2 packages of unknown size | 15.4 MB and 2 packages of unknown size (+12.4 MB and 1 package of unknown size) |"
    assert row in said(head, base).text.splitlines()
    assert "download" not in said(head, head).text


def test_of_several_targets_each_has_its_effect():
    def twice(report):
        other = replace(report.audits[0], target=replace(report.audits[0].target, id="debian12:python3.8"))
        return replace(report, audits=(*report.audits, other))

    text = said(twice(resized(READY_NOW, 2_000_000)), twice(resized(READY_NOW, 1_000_000))).text
    assert text.count("✓ arm64 now (5 packages: 5 ready); download +1.0 MB |") == 2


def test_an_index_that_was_down_is_not_the_pull_requests_doing_and_is_said_once():
    audit = LEGACY.audits[0]
    message = "cannot connect to index.example (tried 6 times)"
    unsure = replace(
        audit.findings[0],
        severity=Severity.UNKNOWN,
        rule="AC009",
        message=f"unknown: {message}",
        fingerprint="x",
    )
    trouble = Trouble(kind="index", message=message, package=unsure.package)
    other = Trouble(kind="index", message=message, package="elsewhere")
    broken = replace(audit, findings=(unsure,), errors=(trouble, other), complete=False)
    text = said(replace(LEGACY, audits=(broken,), complete=False), READY_NOW).text
    assert text.startswith("### ? What this pull request changes for arm64 could not be determined\n")
    assert (text.count(message), text.count("Left open (1)")) == (2, 1)
    assert "**`elsewhere`**" in text
    blocked = replace(broken, findings=(*broken.findings, audit.findings[1]))
    text = said(replace(LEGACY, audits=(blocked,), complete=False), READY_NOW).text
    assert text.startswith(
        "### ✗ This pull request brings 1 new obstacle and 1 package that could not be determined"
    )


def test_what_is_as_it_was_is_no_row_of_the_table_but_for_the_answer():
    rows = [line for line in said(LEGACY, without(LEGACY, 2)).text.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows[2:]] == [
        "| recommendation",
        "| download for arm64",
    ]
    rows = [line for line in said(LEGACY, LEGACY).text.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| recommendation"]


def test_an_audit_that_broke_off_clears_nothing_and_resolves_nothing():
    """Its index was not there: what it does not find may be there all the same."""
    silent = without(
        replace(NO_INDEX, audits=(replace(NO_INDEX.audits[0], target=LEGACY.audits[0].target),)), 9
    )
    found = said(silent, LEGACY)
    assert found.text.startswith("### ? What this pull request changes for arm64 could not be determined\n")
    assert "Cleared" not in found.text
    assert "download" not in found.text
    assert all(said(silent, base, when=when).news for base in (None, LEGACY, silent) for when in WHENS)


def test_gitlab_calls_it_a_merge_request():
    for base in (without(LEGACY, 2), LEGACY, without(LEGACY, 0), READY_NOW, NO_INDEX, MATRIX):
        found = draft(LEGACY, base, key="default", when="changes", request="merge request")
        assert "pull request" not in found.text + found.resolved
        assert "this merge request" in found.text.lower()


def test_gaps_on_either_side_are_said():
    text = said(READY_NOW, replace(READY_NOW, complete=False)).text
    assert "the earlier result is not complete" in text


def test_several_targets_are_rows_and_one_item():
    twice = replace(
        LEGACY,
        audits=(
            LEGACY.audits[0],
            replace(LEGACY.audits[0], target=replace(LEGACY.audits[0].target, id="debian12:python3.8")),
        ),
    )
    text = said(twice, without(LEGACY, 2)).text
    assert text.count("**`cryptography 3.0`**") == 1
    assert "on `lambda:python3.8`, `debian12:python3.8`" in text
    assert "| `requirements.txt` on `debian12:python3.8` | not there |" in text


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("base", [None, READY_NOW, HOSTILE], ids=["alone", "ready", "hostile"])
def test_names_of_strangers_do_nothing(name, base):
    body = said(EXAMPLES[name], base, when="always").text
    visible = re.sub(r"`[^`\n]*`", "", body)
    for tag in re.findall(r"<[^>]*>", visible):
        assert re.fullmatch(r"</?(?:details|summary|sub|code)>|<https://\S*>", tag), tag
    assert not re.search(r"@\w", visible)
    assert not re.search(r"(?<!&)#\d", visible)
    assert "\x1b" not in body
    assert "\u202e" not in body
    assert read_marker(body) is None


@settings(max_examples=150)
@given(
    st.text(max_size=80)
    | st.sampled_from(["<!-- archcheck key=default digest=0123456789abcdef -->", "a\n\n# b", "|", "``"])
)
def test_no_message_leaves_its_item(text):
    audit = LEGACY.audits[0]
    hostile = replace(audit.findings[0], message=text, package=text or "x")
    body = said(replace(LEGACY, audits=(replace(audit, findings=(hostile,)),))).text
    lines = body.splitlines()
    assert len(lines) == len(
        said(replace(LEGACY, audits=(replace(audit, findings=audit.findings[:1]),))).text.splitlines()
    )
    assert read_marker(body) is None


def many(count, size=100):
    audit = LEGACY.audits[0]
    findings = tuple(
        replace(audit.findings[0], package=f"package-{n}", fingerprint=f"f{n}", message="é" * size)
        for n in range(count)
    )
    return replace(LEGACY, audits=(replace(audit, findings=findings, obstacles=obstacles(findings)),))


@pytest.mark.parametrize("count", [10, 1000, 3000])
@pytest.mark.parametrize("size", [10, 100, 5000])
def test_the_budget_is_kept_and_the_cut_is_said(count, size):
    text = said(many(count, size), LEGACY, url=URL).text
    assert len(text) <= BUDGET
    assert len(marked(text, "default")) < 60_000
    assert f"New in the way of arm64 ({count})" in text
    if count > 10:
        assert re.search(r"- … and [\d,]+ more", text)
        assert "Cut to fit into a comment: new in the way of arm64" in text
        assert text.count(URL) == 2
        assert len(text) > BUDGET * 0.9


def test_the_least_important_is_cut_first():
    sections = [
        Section(title="First", items=("a" * 400,) * 3, rank=0),
        Section(title="Last", items=("b" * 400,) * 3, rank=2, folded=True),
        Section(title="Middle", items=("c" * 400,) * 3, rank=1),
    ]
    text = fitted(["head"], sections, "foot", room=2900, link="")
    assert len(text) <= 2900
    assert (text.count("a" * 400), text.count("c" * 400), text.count("b" * 400)) == (3, 2, 0)
    assert "Cut to fit into a comment: last, middle." in text
    assert text.count("<details>") == text.count("</details>") == 0


@given(st.text(), st.sampled_from(["default", "a/b.c-d_1"]))
def test_a_marker_is_read_back_whatever_is_above_it(visible, key):
    found = read_marker(marked(visible, key))
    assert found is not None
    assert found.key == key
    assert found == read_marker(marked(visible, key).replace("\n", "\r\n"))


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["me", "you"]), st.sampled_from(["default", "other", None]), st.sampled_from("ab")
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_carrying_out_a_plan_leaves_one_comment_that_is_true_and_all_others_alone(found, news):
    from archcheck.bot.forges.forge import Comment

    comments = [
        Comment(id=n, author=author, body=text if key is None else marked(text, key))
        for n, (author, key, text) in enumerate(found)
    ]
    text = Draft(key="default", news=news, text="a", resolved="r")
    steps = plan(text, comments[::-1], author="me")
    after = {c.id: c for c in comments if c.id not in steps.duplicates}
    match steps.write:
        case Create(body=body):
            after[99] = Comment(id=99, author="me", body=body)
        case Update(comment=comment, body=body) | Resolve(comment=comment, body=body):
            after[comment] = replace(after[comment], body=body)
    mine = [
        c for c in after.values() if c.author == "me" and (m := read_marker(c.body)) and m.key == "default"
    ]
    others = [c for c in comments if c.author != "me" or not (m := read_marker(c.body)) or m.key != "default"]
    had = len(comments) > len(others)
    assert [c.body for c in mine] == ([marked("a" if news else "r", "default")] if news or had else [])
    assert all(after[c.id] == c for c in others)
    assert plan(text, list(after.values()), author="me").idle
    assert isinstance(plan(text, list(after.values()), author="me").write, Nothing)


def test_it_reads_as_plain_text():
    """A notification mail shows it as text too: headline first, marker last, no more markup than lists."""
    body = marked(said(LEGACY, without(LEGACY, 2)).text, "default")
    lines = body.strip().splitlines()
    assert lines[0].startswith("### ✗")
    assert lines[-1].startswith("<!-- archcheck")
    assert "<br>" not in unescape(body)


def test_a_matrix_alone():
    text = said(MATRIX).text
    assert text.startswith("### ✗ not ready for arm64: 1 of 2 audits has obstacles")
    assert "- `services/api/uv.lock` on `debian12:python3.12`; ✓ ready for arm64 now" in text
