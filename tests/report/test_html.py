from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from msgspec.structs import replace

from archcheck.model import Evidence, Remedy, Severity, Status
from archcheck.report.formats.html import to_html
from archcheck.report.json import from_json, to_json
from archcheck.report.layout import clean
from archcheck.report.recipes import recipes
from archcheck.report.sections import chart, readiness, tree
from archcheck.report.sections.deployment import LIMITS
from archcheck.report.sections.matrix import matrices
from archcheck.report.sections.remediation import answers, steps
from archcheck.report.sections.way_out import way_out
from archcheck.savings.workload import CostAt, Savings, Workload
from tests.report.examples import (
    AFTER_BUILDS,
    DEBIAN_12,
    EXAMPLES,
    FLEET,
    HOSTILE,
    LAMBDA_38,
    LAMBDA_311,
    LAMBDA_313,
    LEGACY,
    MATRIX,
    READY,
    READY_NOW,
    STAY,
    UNDETERMINED,
    WAY_OUT,
    audit,
    finding,
    package,
    report,
)
from tests.report.snapshots import matches
from tests.report.strategies import REPORTS, drawn

VOID = {"meta", "input", "rect", "line", "polyline", "circle"}
SECTIONS = ["verdict", "changes", "standing", "worth", "blockers", "shipping", "tree", "matrix", "method"]
OF_SEVERAL = ["verdict", "audits", "worth", "shipping", "matrix", "method"]
OF_A_FLEET = ["verdict", "deployed", *OF_SEVERAL[1:]]
WORKLOAD = Workload(memory_mb=1024, duration_ms=350.0, invocations=20_000_000, gb_seconds=7_000_000.0)
DOLLARS = Savings(
    basis="AWS Lambda duration charge",
    percent=20.0,
    monthly_usd=22.0,
    assumptions=("prices of us-east-1 as of 2026-11-23",),
    x86_monthly_usd=113.8,
    arm_monthly_usd=91.8,
    bill_percent=19.3,
    break_even_ratio=1.24,
    curve=tuple(CostAt(ratio=step / 20, arm_monthly_usd=step * 4.59) for step in range(10, 33)),
    workload=WORKLOAD,
)
WITH_DOLLARS = report(replace(LEGACY.audits[0], savings=DOLLARS))


class Page(HTMLParser):
    """A document taken apart: its elements with their attributes, and the text that a reader sees."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.texts = {}
        self.open = []
        self.prose = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes)
        self.elements.append((tag, dict(attributes)))
        self.prose += " "
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if not {"pre", "svg", "style", "script"} & {tag for tag, _ in self.open}:
            self.prose += data
        for _, number in self.open:
            self.texts[number] = self.texts.get(number, "") + data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self, tag, **wanted):
        return [
            " ".join(self.texts.get(number, "").split())
            for number, (name, attributes) in enumerate(self.elements)
            if name == tag and wanted.items() <= attributes.items()
        ]

    @property
    def text(self):
        return self.texts[[tag for tag, _ in self.elements].index("main")]


PAGES = {name: to_html(one) for name, one in (*EXAMPLES.items(), ("dollars", WITH_DOLLARS))}


@pytest.mark.parametrize("name", PAGES)
def test_structure(name):
    page = Page(PAGES[name])
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("title", "h1", "main", "nav", "header")] == [1] * 5
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    several = OF_A_FLEET if "fleet" in name else OF_SEVERAL
    alone = len(EXAMPLES.get(name, WITH_DOLLARS).audits) == 1 and len(page.all("fieldset")) == 0
    sections = SECTIONS if alone else several
    assert [one for one in ids if one in {*SECTIONS, *OF_A_FLEET}] == sections
    assert {a["href"].removeprefix("#") for a in page.all("a")} <= set(ids)
    labels = [a[key] for _, a in page.elements for key in ("aria-labelledby", "for") if key in a]
    assert set(labels) <= set(ids)


def test_a_repository_is_one_table_that_leads_to_the_rest():
    page = Page(PAGES["fleet"])
    links = {link["href"] for link in page.all("a")}
    assert {f"#a-{number}" for number in range(1, len(FLEET.audits) + 1)} <= links
    # What the table says all of has no more to be led to: `reports` and `web`.
    assert {link for link in links if link.startswith("#d-")} == {"#d-1", "#d-2", "#d-3", "#d-5", "#d-6"}
    rows = [row["data-standing"] for row in page.all("tr") if "data-standing" in row]
    assert rows == [
        "now",
        "after-changes",
        "now",
        "stays",
        "failing",
        "undetermined",
        "already",
        "undetermined",
    ]
    style = page.said("style")[0]
    radios = [radio["id"] for radio in page.all("input") if radio.get("type") == "radio"]
    assert sorted(radios) == sorted({"f-all", *(f"f-{row}" for row in rows)})
    assert all(f"main:has(#f-{row}:checked)" in style for row in rows)
    # Of few audits those that are not ready are unfolded, of many none.
    for name, unfolded in (("fleet", [0, 0, 0, 0, 0]), ("matrix", [1, 0])):
        audits = [one for one in Page(PAGES[name]).all("details") if one.get("class") == "audit"]
        assert ["open" in one for one in audits] == unfolded
    assert page.said("span", **{"class": "cut"}) == ["- Architectures: [x86_64]"]
    assert "the layer LambdaInsightsExtension:38 is for x86_64" in page.text.replace("The", "the")


def test_what_is_shipped_alike_is_told_once():
    ready = READY_NOW.audits[0]
    two = tuple(replace(ready, input=replace(ready.input, path=f"{name}/requirements.txt")) for name in "ab")
    (recipe,) = recipes(report(*two))
    assert (recipe.path, recipe.inputs) == ("requirements.txt", ("a/requirements.txt", "b/requirements.txt"))
    assert [one.path for one in recipes(report(two[0], replace(two[1], target=LAMBDA_311)))] == [
        "a/requirements.txt",
        "b/requirements.txt",
    ]


def test_what_is_shipped_alike_from_different_locks_is_told_once():
    ready = replace(READY_NOW.audits[0], target=LAMBDA_313)
    built = package("numpy", "1", Status.NATIVE_SDIST, Status.NATIVE_SDIST, line=1)
    of = {
        "a/uv.lock": ("uv", "six"),
        "b/poetry.lock": ("poetry", "lxml"),
        "c/requirements.txt": ("requirements", "x"),
    }
    audits = [
        replace(
            ready,
            input=replace(ready.input, path=path, kind=kind),
            packages=(replace(built, name=name),),
        )
        for path, (kind, name) in of.items()
    ]
    (recipe,) = recipes(report(*audits))
    assert (recipe.inputs, recipe.numbers) == (tuple(of), {1, 2, 3})
    first, second, third, *_ = recipe.steps
    assert (first.text, first.command.split()[0]) == ("for a/uv.lock", "uv")
    assert (second.text, second.command.split()[-1]) == ("for b/poetry.lock", "requirements.txt")
    # Which packages are compiled is each input's own, and so is whether pip or uv takes wheels alone.
    assert third.text == ""
    (_, installing, *_) = recipes(report(*audits[1:]))[0].steps
    assert installing.text == "pip install --platform takes wheels alone."
    page = Page(to_html(report(*audits, UNDETERMINED.audits[0])))
    assert [link["href"] for link in page.all("a")].count("#r-1") == 3
    assert sum("aws lambda update-function-code" in said for said in page.said("pre")) == 1


def named(one, number):
    return replace(one, input=replace(one.input, path=f"{number}/requirements.txt"))


THIRTEEN = report(
    *(named(replace(READY_NOW.audits[0], savings=DOLLARS), number) for number in range(10)),
    *(named(replace(LEGACY.audits[0], savings=DOLLARS), number) for number in range(10, 12)),
    named(replace(UNDETERMINED.audits[0], savings=DOLLARS), 12),
)


def test_of_several_inputs_it_is_said_first_how_many_can_move():
    page = Page(to_html(THIRTEEN))
    assert page.said("h1") == ["✗ 13 inputs: 10 can move today, 2 can move after changes, 1 undetermined."]
    assert page.said("title") == [f"{page.said('h1')[0].removeprefix('✗ ')} – archcheck"]
    standings = ["now"] * 10 + ["after-changes"] * 2 + ["undetermined"]
    assert [row["data-standing"] for row in page.all("tr") if "data-standing" in row] == standings
    folded = [one for one in page.all("details") if one.get("class") == "audit"]
    assert [one["data-standing"] for one in folded] == standings
    assert not any("open" in one for one in folded)
    assert [link["href"] for link in page.all("a") if link["href"].startswith("#a-")] == [
        f"#a-{number}" for number in range(1, 14)
    ]
    assert page.prose.count("The same for each of 13, with this workload.") == 2
    # What it is worth stands once under the verdict and once at length.
    assert len(page.all("polyline")) == 1
    assert page.prose.count("arm64 saves $") == 2


def test_of_several_targets_of_one_input():
    audits = [replace(LEGACY.audits[0], target=target) for target in (LAMBDA_38, LAMBDA_311)]
    assert Page(to_html(report(*audits))).said("h1") == ["✗ All 2 targets can move after changes."]
    again = [*audits, named(audits[0], 1)]
    assert Page(to_html(report(*again))).said("h1") == ["✗ All 3 audits can move after changes."]


def test_savings_that_differ_are_told_apart():
    audits = [
        named(replace(READY_NOW.audits[0], savings=replace(DOLLARS, percent=percent)), number)
        for number, percent in enumerate((20.0, 20.0, 10.0))
    ]
    page = Page(to_html(report(*audits)))
    assert len(page.all("polyline")) == 2
    assert sum("and 1 more alike" in said for said in page.said("summary")) == 1


def test_of_one_deployable_its_audit_comes_first():
    page = Page(to_html(replace(FLEET, audits=FLEET.audits[:1], deployables=FLEET.deployables[:1])))
    assert page.said("h1") == ["✓ Ready for arm64 now: all 5 packages install."]
    assert page.said("h3")[0] == "ApiFunction"
    assert "all" not in {radio.get("id") for radio in page.all("input")}


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_captions_and_headers_have_scopes(name):
    page = Page(PAGES[name])
    assert len(page.said("caption")) == len(page.all("table"))
    assert all(th.get("scope") in {"col", "row", "colgroup"} for th in page.all("th"))
    assert all(svg.get("aria-hidden") == "true" or svg.get("role") == "img" for svg in page.all("svg"))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_a_network(name):
    page = Page(PAGES[name])
    assert not {"link", "img", "iframe", "object", "embed", "base", "audio", "video"} & {
        tag for tag, _ in page.elements
    }
    for _, attributes in page.elements:
        assert not {"src", "srcset", "action", "style", "xlink:href"} & attributes.keys()
        assert not any(attribute.startswith("on") for attribute in attributes)
    assert "url(" not in page.said("style")[0]
    assert "@import" not in page.said("style")[0]


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_admits_the_two_of_ours_alone(name):
    policy = Page(PAGES[name]).all("meta")[1]["content"]
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGES[name], re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


ATTACKS = (
    "<script>alert(1)</script>",
    "</style></script></title></textarea><img src=x onerror=alert(1)>",
    "\" onmouseover=alert(1) x=\"' autofocus onfocus='alert(1)",
    "--><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;&#60;i&#62;",
    "javascript:alert(1)",
    "a\u202eb\u0000c\x1b[31m\ud800",
)


def poisoned(value, attack):
    """Put *attack* into every text of a report that is not one of a fixed list."""
    fixed = {"architecture", "when", "effort", "confidence", "code", "kind", "severity", "status", "range"}
    fixed |= {"direction", "schema_version"}
    if isinstance(value, dict):
        return {key: one if key in fixed else poisoned(one, attack) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, attack) for one in value]
    return value + attack if isinstance(value, str) else value


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "name", ["hostile", "legacy", "matrix", "undetermined", "unusable-target", "fleet", "hostile-fleet"]
)
@pytest.mark.no_cover
def test_no_field_can_add_markup(name, attack):
    def harmless(text):
        return re.sub(r"[^a-z0-9/]", "", text)  # the recipe goes to the folder of the input

    document = json.loads(to_json(EXAMPLES[name]))
    text = json.dumps(poisoned(document, attack)).replace("\\ud800", "?")
    page = Page(to_html(from_json(text)))
    tame = json.dumps(poisoned(document, harmless(attack)))
    expected = Page(to_html(from_json(tame)))
    # Ignore what a text's own length or spelling decides: only the elements and their attributes' names count.
    assert [(tag, sorted(a)) for tag, a in page.elements] == [
        (tag, sorted(a)) for tag, a in expected.elements
    ]
    assert [a for tag, a in page.elements if tag in {"script", "style"}] == [{}, {}]
    assert "\u202e" not in page.text
    assert "\x00" not in page.text


@drawn(60)
@given(REPORTS)
def test_whatever_the_report(one):
    page = Page(to_html(one))
    names = [package.name for audit in one.audits for package in audit.packages]
    shown = " ".join(page.text.split())
    assert all(" ".join(clean(name).split()) in shown for name in names)


def test_the_verdict_comes_first_and_no_percentage_before_it():
    for name, html in PAGES.items():
        text = Page(html).text
        share = text.find("%")
        said = re.search(
            r"ready for arm64|stay on x86_64|undetermined|nothing (to|was) audit|can move",
            text,
            re.IGNORECASE,
        )
        assert said, name
        assert share == -1 or said.start() < share


NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\w)")


def numbers(text):
    return {found.replace(",", "").rstrip(".") for found in NUMBER.findall(text)}


@pytest.mark.parametrize("name", PAGES)
def test_every_number_can_be_traced_to_the_json(name):
    one = EXAMPLES.get(name, WITH_DOLLARS)
    saved = to_json(one)
    sums = {str(n) for audit in one.audits for n in range(len(audit.packages) + 1)}
    known = set(re.findall(r"\d+(?:\.\d+)?", saved)) | sums | numbers(LIMITS)
    known |= {form % float(n) for n in known for form in ("%.2f", "%g", "%d")}
    prose = Page(to_html(one)).prose
    made = re.compile(r"\d{4}-\d\d-\d\d (at )?\d\d:\d\d:\d\d")
    assert numbers(made.sub("", prose)) - known == set()
    assert numbers("about 4,321.5 of it") - known == {"4321.5"}


def test_savings_in_dollars_are_drawn_and_written():
    page = Page(PAGES["dollars"])
    assert "113.80" in page.said("td")
    assert "91.80" in page.said("td")
    assert "alike at 1.24" in page.said("text")
    assert len(page.all("polyline")) == 1
    assert "1,024 MB, 350 ms, 20,000,000 invocations a month" in page.said("li")
    assert not Page(PAGES["legacy"]).all("polyline")
    shell = r'"\$(?:OLD)?PWD|\$\{'
    assert "$" not in re.sub(shell, "", Page(PAGES["legacy"]).text)


def test_the_chart_stays_inside_its_frame():
    for scale in (0.01, 1, 33, 1e6, 1e300):
        drawn = chart.chart(
            replace(
                DOLLARS,
                x86_monthly_usd=2.0 * scale,
                arm_monthly_usd=1.6 * scale,
                curve=tuple(
                    CostAt(ratio=p.ratio, arm_monthly_usd=p.arm_monthly_usd * scale / 50)
                    for p in DOLLARS.curve
                ),
            )
        )
        assert drawn is not None
        points = [tuple(map(float, point.split(","))) for point in drawn.points.split()]
        assert all(0 <= x <= chart.WIDTH and 0 <= y <= chart.HEIGHT for x, y in points)
        assert 3 <= len(drawn.up) <= 6
        assert drawn.up[0].label == "$0"
        assert drawn.points.split()[0].startswith(f"{chart.LEFT}.0,")
    assert chart.chart(replace(DOLLARS, curve=())) is None
    free = tuple(CostAt(ratio=p.ratio, arm_monthly_usd=0.0) for p in DOLLARS.curve)
    assert chart.chart(replace(DOLLARS, x86_monthly_usd=0.0, curve=free)) is None


def test_what_is_alike_on_both_has_one_colour():
    change = Remedy(kind="version", message="upgrade grpcio", version="1.37.0")
    alike = [
        package("grpcio", "1.30.0", status, status, line=1, remedy=change)
        for status in (Status.SDIST, Status.NATIVE_SDIST, Status.MISSING)
    ]
    alike.append(package("lxml", "4.5.0", Status.SDIST, Status.NATIVE_SDIST, line=1, remedy=change))
    for one in alike:
        drawn = audit(READY, (one,))
        (there,), (here,) = (
            readiness.standing_by_package(drawn, each).values() for each in ("x86_64", "aarch64")
        )
        assert there == here


def test_every_status_and_colour_is_explained():
    assert set(readiness.STATUSES) == set(Status)
    page = Page(PAGES["matrix"])
    shown = {said for said in page.said("span") if said in set(Status)}
    assert shown <= set(page.said("dt"))
    assert page.said("ul", **{"class": "legend"})[-1] == "readyto buildblocked"


def test_no_two_labels_of_the_axes_touch():
    # On a phone they are 19 units high, and those of the two axes meet in the corner.
    (body,) = re.findall(r'<svg viewBox="0 0 640 .*?</svg>', PAGES["dollars"], re.DOTALL)
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', body)
    heights = {text: float(y) for _, y, text in labels}
    assert heights["0.5"] - heights["$0"] >= 19
    assert heights["duration on arm64 over duration on x86_64"] - heights["0.5"] >= 19
    assert heights["duration on arm64 over duration on x86_64"] < chart.HEIGHT


def test_bars_add_up():
    page = Page(PAGES["matrix"])
    legends = page.said("ul", **{"class": "legend"})
    assert legends == [
        "3 ready1 to build",
        "2 ready1 to build1 blocked",
        "5 ready",
        "5 ready",
        "readyto buildblocked",
    ]
    for audit_ in MATRIX.audits:
        for architecture in ("x86_64", "aarch64"):
            segments = readiness.bar(audit_, architecture)
            assert sum(segment.count for segment in segments) == len(audit_.packages)
            assert sum(segment.width for segment in segments) == pytest.approx(1000, abs=0.1)


def chain(length):
    rows = [package("p0", "1", Status.WHEEL, Status.WHEEL, line=1)]
    rows += [
        package(f"p{n}", "1", Status.WHEEL, Status.WHEEL, by=(f"p{n - 1}",), paths=((f"p{n}",),))
        for n in range(1, length)
    ]
    return rows


def walked(packages, findings=()):
    return tree.tree(audit(READY, tuple(packages), findings))


def test_each_package_is_unfolded_once_where_it_is_nearest():
    rows = [
        package("app", "1", Status.WHEEL, Status.WHEEL, line=1),
        package("deep", "1", Status.WHEEL, Status.WHEEL, by=("app",)),
        package("shared", "1", Status.WHEEL, Status.MISSING, by=("deep", "app", "shared", "gone")),
        package("stray", "1", Status.WHEEL, Status.WHEEL, by=("circle",)),
        package("circle", "1", Status.WHEEL, Status.WHEEL, by=("stray",)),
    ]
    stop = finding("AC001", "no-aarch64-wheel", Severity.BLOCKER, "shared", "1", "nothing")
    walk = [
        (node.kind, node.package.name, bool(node.obstacle), node.beneath) for node in walked(rows, (stop,))
    ]
    assert walk == [
        ("open", "app", False, True),
        ("open", "deep", False, True),
        ("again", "shared", True, False),
        ("close", "deep", False, True),
        ("leaf", "shared", True, False),
        ("close", "app", False, True),
        ("open", "stray", False, False),
        ("open", "circle", False, False),
        ("again", "stray", False, False),
        ("close", "circle", False, False),
        ("close", "stray", False, False),
    ]


def test_no_chain_is_too_long():
    walk = walked(chain(1500))
    depth = deepest = 0
    for node in walk:
        depth += {"open": 1, "close": -1}.get(node.kind, 0)
        deepest = max(deepest, depth)
    assert depth == 0
    assert deepest <= tree.DEEPEST + 1
    assert sum(node.kind in {"open", "leaf"} for node in walk) == 1500


def large(packages=500):
    name = "package-of-a-usual-length-{}".format
    wheel = "package_of_a_usual_length_{}-1.2.3-cp313-cp313-manylinux_2_17_{}.manylinux2014_{}.whl".format
    rows = tuple(
        package(
            name(n),
            "1.2.3",
            Status.WHEEL,
            Status.MISSING if n % 10 == 0 else Status.WHEEL,
            line=n + 1 if n < 30 else None,
            by=tuple(name((n * factor) % n) for factor in (7, 11, 13) if n >= 30),
            files=(wheel(n, "x86_64", "x86_64"), None if n % 10 == 0 else wheel(n, "aarch64", "aarch64")),
        )
        for n in range(packages)
    )
    findings = tuple(
        finding(
            "AC001",
            "no-aarch64-wheel",
            Severity.BLOCKER,
            name(n),
            "1.2.3",
            "no aarch64 wheel of any kind, and no sdist that could be built",
            line=1,
            path=(name(1), name(n)),
            evidence=Evidence(files=(wheel(n, "x86_64", "x86_64"),)),
        )
        for n in range(0, packages, 10)
    )
    targets = (LAMBDA_38, LAMBDA_311, LAMBDA_313, DEBIAN_12)
    return report(*(audit(STAY, rows, findings, target=target) for target in targets))


def test_of_many_targets_no_table_has_more_than_four():
    targets = [replace(LAMBDA_38, id=f"lambda:python3.{minor}") for minor in range(8, 14)]
    one = report(*(audit(READY, chain(3), target=target) for target in targets))
    tables = matrices(one)
    assert [len(table.audits) for table in tables] == [4, 2]
    assert [len(row.cells) for table in tables for row in table.rows] == [8] * 3 + [4] * 3
    page = Page(to_html(one))
    assert [a["data-target"] for a in page.all("td") if "data-target" in a][:4] == [t.id for t in targets[:4]]


def test_500_packages_on_4_targets_stay_small():
    assert len(to_html(large()).encode()) < 3_000_000


def test_the_matrix_is_complete_without_the_script():
    page = Page(PAGES["matrix"])
    rows = [a for a in page.all("tr") if "data-is" in a]
    assert len(rows) == sum(len(audit_.packages) for audit_ in MATRIX.audits)
    assert all("hidden" in form for form in page.all("form"))


def commands(one):
    return Page(to_html(one)).said("pre")


def test_the_recipe_is_for_this_very_set():
    # A compiler is needed for what has no wheel: the image, with the arm64 tag.
    said = commands(LEGACY)
    assert any(
        "public.ecr.aws/lambda/python:3.8-arm64" in text and "yum install -y gcc" in text for text in said
    )
    assert not any("--only-binary" in text for text in said)
    # Wheels alone: pip for the platform, with each level that the set's files need.
    said = commands(
        report(
            audit(
                READY,
                (
                    package(
                        "numpy",
                        "2.3.5",
                        Status.WHEEL,
                        Status.WHEEL,
                        line=1,
                        files=(
                            None,
                            "numpy-2.3.5-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
                        ),
                    ),
                ),
                path="my set.txt",
            )
        )
    )
    install = next(text for text in said if "--only-binary=:all:" in text)
    assert "--platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64" in install
    assert "python3.13 -m pip install -r 'my set.txt'" in install
    assert any('COPY ["my set.txt", "./"]' in text for text in said)
    # What x86_64 has to build as well is no obstacle, so that no change spares it the compiler.
    alike = package(
        "grpcio",
        "1.30.0",
        Status.SDIST,
        Status.SDIST,
        line=1,
        remedy=Remedy(kind="version", message="upgrade", version="1.37.0"),
    )
    assert any("dnf install -y gcc" in text for text in commands(report(audit(READY, (alike,)))))
    # Markers of the machine: the image again, since pip reads them for the machine that it runs on.
    marked = package("mkl", "1", Status.WHEEL, Status.NOT_REQUIRED, line=1)
    said = commands(report(audit(READY, (marked,))))
    assert any("--entrypoint pip" in text for text in said)
    assert not any("--platform manylinux" in text for text in said)


@pytest.mark.parametrize(
    ("kind", "direct", "expected"),
    [
        ("requirements", True, "numpy==1.19.0"),
        ("uv", True, "uv add 'numpy>=1.19.0'"),
        ("uv", "older", "uv add numpy==1.19.0"),
        ("uv", False, "uv lock --upgrade-package numpy==1.19.0"),
        ("poetry", True, "poetry add 'numpy>=1.19.0'"),
        ("pdm", True, "pdm add 'numpy>=1.19.0'"),
        ("pipfile-lock", False, "pipenv upgrade numpy==1.19.0"),
        ("environment", True, "python -m pip install numpy==1.19.0"),
    ],
)
def test_changes_are_commands_of_the_tool_that_made_the_file(kind, direct, expected):
    direction = "older" if direct == "older" else "newer"
    change = Remedy(kind="version", message="numpy → 1.19.0", version="1.19.0", direction=direction)
    row = package("numpy", "1.18.5", Status.WHEEL, Status.MISSING, line=1 if direct else None, remedy=change)
    stop = finding("AC001", "no-aarch64-wheel", Severity.BLOCKER, "numpy", "1.18.5", "none", remedy=change)
    one = audit(AFTER_BUILDS, (row,), (stop,))
    said = commands(report(replace(one, input=replace(one.input, kind=kind))))
    assert said[0] == expected
    assert said[1] == "archcheck requirements.txt --target lambda:python3.13"


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("uv", "uv lock --upgrade-package numpy==1.19.0"),
        ("poetry", "poetry lock"),
        ("pdm", "pdm lock"),
        ("pipfile-lock", "pipenv lock"),
        ("pylock", ""),
        ("of a newer version", ""),
    ],
)
def test_a_lock_is_made_anew_by_the_tool_that_made_it(kind, command):
    change = Remedy(kind="relock", message="lock again with the aarch64 wheel let in")
    row = package("numpy", "1.19.0", Status.WHEEL, Status.MISSING, remedy=change)
    stop = finding(
        "AC015", "lock-omits-wheel", Severity.BLOCKER, "numpy", "1.19.0", "left out", remedy=change
    )
    one = audit(AFTER_BUILDS, (row,), (stop,))
    anew, _ = steps(replace(one, input=replace(one.input, kind=kind)))
    assert (anew.title, anew.text, anew.command) == ("Lock anew", change.message, command)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("legacy", "Does every"),
        ("ready", "Do the compiled"),
        ("undetermined", "Does every"),
        ("matrix", "Does"),
    ],
)
def test_one_question_decided(name, question):
    decided = Page(PAGES[name]).said("li", **{"class": "decided"})
    assert len(decided) == len(EXAMPLES[name].audits)
    assert decided[0].startswith(question)


def test_no_constraint_is_set_against_what_a_parent_wants():
    row = package("torch", "2.0.0", Status.WHEEL, Status.MISSING, by=("t",))
    change = Remedy(kind="version", message="upgrade torch", version="2.1.2", range="beyond")
    stop = finding(
        "AC001", "none", Severity.BLOCKER, "torch", "2.0.0", "none", path=("t", "torch"), remedy=change
    )
    first, again = steps(audit(AFTER_BUILDS, (row,), (stop,)))
    assert (first.title, first.command) == ("Take another version of t", "")
    assert "torch==2.1.2" in first.text
    assert again.title == "Audit the changed set"


def test_what_aarch64_does_without_is_not_held_against_it():
    rows = (
        package("mkl", "1", Status.WHEEL, Status.NOT_REQUIRED, line=1),
        package("numpy", "1", Status.WHEEL, Status.WHEEL, line=2),
    )
    assert answers(audit(READY, rows))[2].answer.startswith("1 of 1 compiled package has")


def test_what_installs_and_fails_is_not_said_to_be_missing():
    torch = package("torch", "2.0.0", Status.WHEEL, Status.WHEEL, line=1)
    change = Remedy(kind="version", message="upgrade torch 2.0.0 → 2.1.2", version="2.1.2")
    fault = finding("AC012", "known-issue", Severity.BLOCKER, "torch", "2.0.0", "it aborts", remedy=change)
    one = audit(AFTER_BUILDS, (torch,), (fault,))
    first, _, third = answers(one)
    assert (first.answer, first.decided) == ("No: torch installs and fails", True)
    assert third.answer == "1 of 1 compiled package has an aarch64 wheel at the very version"
    assert [segment.label for segment in readiness.bar(one, "aarch64")] == ["1 blocked"]
    assert [segment.label for segment in readiness.bar(one, "x86_64")] == ["1 ready"]
    ((row,),) = (table.rows for table in matrices(report(one)))
    assert not row.ready


def test_ignored_findings_and_what_was_left_open_are_told():
    text = Page(to_html(UNDETERMINED)).text
    assert "AC012 onnxruntime 1.20.1: may abort at import" in text
    assert "left-padd: no index has a project of this name" in text
    assert "the Python was taken from .python-version" in text


def test_hidden_characters_are_spelled_out():
    assert "\\u202e" in Page(to_html(HOSTILE)).text
    assert Page(to_html(READY_NOW)).said("h1") == ["✓ Ready for arm64 now: all 5 packages install."]


def luminance(color):
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_ink_can_be_read_on_every_ground():
    # WCAG 2.2, 1.4.3 (AA): text needs 4.5 to 1; 1.4.11: what is drawn needs 3 to 1, and here has words beside it.
    themes = re.findall(r":root \{(.*?)\}", Page(PAGES["ready"]).said("style")[0])
    for theme in themes:
        colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        inks = [name for name in colors if name in {"ink", "soft", "link"} or name.endswith("-ink")]
        assert len(inks) == 8 or theme is themes[-1]
        for ink in inks:
            for ground in ("paper", "wash"):
                low, high = sorted((luminance(colors[ink]), luminance(colors.get(ground, "#ffffff"))))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


def test_the_body_of_a_small_report():
    html = PAGES["ready"]
    body = html[html.index("<main>") : html.index("</main>")]
    matches("ready.html", re.sub(r"\n\s*\n+", "\n", body) + "\n")


def test_the_changes_of_the_best_plan_stand_under_the_verdict():
    html = to_html(WAY_OUT)
    main = html[html.index("<main>") :]
    way = way_out(WAY_OUT.audits[0])
    assert main.index(f'<a href="#changes">{way.title}.</a>') < main.index('<h2 id="changes">')
    assert main.index("Each change, and where it is made") < main.index('<h2 id="standing">')
    assert main.count("<td><code>requirements.txt:1</code></td>") == 1
    assert "Your code has to change with it; psycopg is its successor." in main
    assert main.index("Or instead") < main.index("Deploy on lambda:python3.9, and the rest as above")
    plain = replace(WAY_OUT.audits[0], plans=WAY_OUT.audits[0].plans[2:])
    assert "What to know" in main
    assert "What to know" not in to_html(report(plain))


def test_the_name_of_a_package_is_not_capitalised():
    one = replace(LEGACY.audits[0], plans=())
    said = Page(to_html(report(one))).said("li")
    names = {row.name for row in one.packages}
    assert [text.partition(":")[0] for text in said if text.partition(":")[0].lower() in names]
    assert not [text for text in said if text.partition(":")[0].lower() in names - {text.partition(":")[0]}]
