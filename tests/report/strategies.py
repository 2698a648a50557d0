"""Reports that nobody would write by hand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from archcheck.judge.obstacles import obstacles
from archcheck.manifest.distribution import MAX_SIZE
from archcheck.model import (
    Audit,
    Change,
    Deployable,
    Finding,
    Fleet,
    Ignored,
    Input,
    Package,
    Place,
    Plan,
    Replacement,
    Report,
    Result,
    Summary,
    TargetInfo,
    Tool,
    Trouble,
)
from archcheck.savings.workload import CostAt, Savings, Workload


def drawn(examples: int) -> settings:
    """Draw so many reports, in CI two fifths of them (as conftest.py has it): each takes a tenth of a second."""
    count = examples * 2 // 5 if os.environ.get("CI") else examples
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


HOSTILE = st.sampled_from(
    [
        "numpy",
        "a" * 150,
        "x\x1b[31m\x9b2J\x07",
        "\u202e\u2066rtl\u200b",
        "名前" * 30,
        "a|b`c``d<b>&amp;",
        "@octocat #1 !2 https://x.example www.x.example :tada:",
        "line\r\nline\tline",
        "manylinux_2_17_x86_64." * 6,
        "e\u0301" * 20,
    ]
)
TEXTS = HOSTILE | st.text(max_size=30)
SHORT = {"max_size": 3}


def tuples(of):
    return st.lists(of, **SHORT).map(tuple)


def results():
    """One result an architecture at least, as every package has."""

    def on(architecture):
        return st.builds(
            Result,
            architecture=st.just(architecture),
            version=TEXTS | st.none(),
            file=TEXTS | st.none(),
            reason=TEXTS | st.none(),
            size=st.integers(0, MAX_SIZE) | st.none(),
        )

    return st.tuples(on("x86_64"), on("aarch64"), tuples(on("aarch64"))).map(
        lambda three: (*three[:2], *three[2])
    )


PLACES = st.builds(Place, path=TEXTS, line=st.none() | st.integers(1, 10**6))
PACKAGES = st.builds(
    Package,
    name=TEXTS,
    locations=tuples(PLACES),
    paths=tuples(tuples(TEXTS)),
    required_by=tuples(TEXTS),
    results=results(),
)
FOUND = {
    "rule": TEXTS,
    "name": TEXTS,
    "package": TEXTS,
    "version": TEXTS | st.none(),
    "message": TEXTS,
    "location": PLACES | st.none(),
    "path": tuples(TEXTS),
}
FINDINGS = st.builds(Finding, **FOUND)
IGNORED = st.builds(Ignored, **FOUND, reason=TEXTS, until=TEXTS | st.none(), source=TEXTS)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
DOLLARS = st.none() | NUMBERS
COUNTS = st.integers(0, 10**6)
SUMMARIES = st.builds(
    Summary, packages=COUNTS, ready=COUNTS, build=COUNTS, blocked=COUNTS, unknown=COUNTS, ignored=COUNTS
)
CHANGES = st.builds(
    Change, package=TEXTS, from_=st.none() | TEXTS, to=TEXTS, specifier=TEXTS, location=PLACES | st.none()
)
AUDITS = st.builds(
    Audit,
    input=st.builds(Input, path=TEXTS, kind=TEXTS, sha256=TEXTS),
    target=st.builds(TargetInfo, id=TEXTS, title=TEXTS, python=TEXTS, libc=TEXTS),
    savings=st.none()
    | st.builds(
        Savings,
        basis=TEXTS,
        percent=st.floats(allow_nan=False, allow_infinity=False),
        monthly_usd=DOLLARS,
        x86_monthly_usd=DOLLARS,
        arm_monthly_usd=DOLLARS,
        bill_percent=DOLLARS,
        break_even_ratio=DOLLARS,
        curve=tuples(st.builds(CostAt, ratio=NUMBERS, arm_monthly_usd=NUMBERS)),
        workload=st.none()
        | st.builds(
            Workload,
            memory_mb=st.none() | st.integers(1, 10**6),
            duration_ms=DOLLARS,
            invocations=st.none() | st.integers(1, 10**15),
            gb_seconds=DOLLARS,
            arm_duration_ratio=DOLLARS,
            region=st.none() | st.sampled_from(["us-east-1", "eu-south-1"]),
            fargate=st.booleans(),
        ),
    ),
    summary=SUMMARIES,
    packages=tuples(PACKAGES),
    findings=tuples(FINDINGS),
    ignored=tuples(IGNORED),
    errors=tuples(st.builds(Trouble, message=TEXTS, package=TEXTS | st.none())),
    notes=tuples(TEXTS),
    plans=st.none()
    | tuples(st.builds(Plan, changes=tuples(CHANGES), leaves=tuples(TEXTS), result=st.none())),
).map(lambda one: replace(one, obstacles=obstacles((*one.findings, *one.ignored))))
EDITS = st.builds(
    Replacement, path=TEXTS, first=st.integers(1, 99), last=st.integers(0, 99), old=TEXTS, new=TEXTS
)
DEPLOYABLES = st.builds(
    Deployable,
    name=TEXTS,
    tool=TEXTS,
    platform=TEXTS,
    source=PLACES,
    code=TEXTS | st.none(),
    inputs=tuples(TEXTS),
    targets=tuples(TEXTS),
    conditions=tuples(TEXTS),
    runtime=TEXTS | st.none(),
    findings=tuples(FINDINGS),
    edits=tuples(EDITS),
    change=TEXTS | st.none(),
    notes=tuples(TEXTS),
)
FLEETS = st.builds(
    Fleet, folder=TEXTS, others=COUNTS, images=COUNTS, left_out=tuples(TEXTS), notes=tuples(TEXTS)
)
REPORTS = st.builds(
    Report,
    schema_version=st.just("1.0"),
    tool=st.builds(Tool, name=TEXTS, version=TEXTS),
    generated_at=TEXTS,
    summary=SUMMARIES,
    audits=tuples(AUDITS),
    deployables=tuples(DEPLOYABLES),
    fleet=st.none() | FLEETS,
)
