"""What the exit code says: 0, 1 by --fail-on, 2 for bad usage, bad input and incomplete audits."""

from __future__ import annotations

from datetime import datetime

import pytest

REQUIREMENTS = {
    "ready": "ready\n",
    "build": "built\n",
    "blocker": "stuck\n",
    "unknown": "thing @ git+https://git.example/thing\n",
    "source": "source\n",
}


@pytest.mark.parametrize(
    ("what", "arguments", "code"),
    [
        ("ready", [], 0),
        ("ready", ["--strict"], 0),
        ("build", [], 1),
        ("build", ["--fail-on", "build"], 1),
        ("build", ["--fail-on", "blocker"], 0),
        ("build", ["--fail-on", "unknown"], 1),
        ("build", ["--fail-on", "never"], 0),
        ("build", ["--exit-zero"], 0),
        ("blocker", [], 1),
        ("blocker", ["--fail-on", "blocker"], 1),
        ("blocker", ["--fail-on", "never"], 0),
        ("unknown", [], 0),
        ("unknown", ["--strict"], 1),
        ("unknown", ["--strict", "--exit-zero"], 0),
        ("unknown", ["--fail-on", "unknown"], 1),
        ("source", [], 0),
    ],
)
def test_findings(archcheck, what, arguments, code):
    done = archcheck("-", "--json", "-t", "lambda:python3.13", *arguments, stdin=REQUIREMENTS[what])
    assert (done.code, done.err) == (code, "")
    assert done.report["complete"]


def test_what_installs_and_is_known_to_fail_is_not_ready(archcheck, store):
    tags = [f"cp310-cp310-manylinux2014_{each}" for each in ("x86_64", "aarch64")]
    for version in ("2.0.0", "2.1.2"):
        store.add("torch", version, wheels=tags)
    done = archcheck(
        "-", "--json", "-t", "lambda:python3.10", "-t", "debian12:python3.10", stdin="torch==2.0.0\n"
    )
    on_lambda, on_debian = done.report["audits"]
    assert (done.code, on_debian["recommendation"]["code"]) == (1, "ready")
    assert on_lambda["recommendation"] | {"reasons": []} == {
        "architecture": "arm64",
        "when": "after-changes",
        "effort": "upgrade",
        "confidence": "high",
        "reasons": [],
        "code": "remedies-known",
        "worth": "saves",
    }
    assert on_lambda["summary"] | {} == on_debian["summary"] | {"ready": 0, "blocked": 1}
    assert on_lambda["packages"][0]["remedy"]["version"] == "2.1.2"


def test_the_worst_of_several_audits_decides(archcheck):
    archcheck.write("good.txt", "ready\n")
    archcheck.write("bad.txt", "stuck\n")
    done = archcheck("good.txt", "bad.txt", "-t", "lambda:python3.13", "-t", "debian12:python3.13", "--json")
    assert done.code == 1
    audits = [
        (each["input"]["path"], each["target"]["id"], each["recommendation"]["code"])
        for each in done.report["audits"]
    ]
    assert audits == [
        (path, target, code)
        for path, code in (("good.txt", "ready"), ("bad.txt", "no-remedy"))
        for target in ("lambda:python3.13", "debian12:python3.13")
    ]
    assert done.report["recommendation"]["code"] == "no-remedy"


@pytest.mark.parametrize("text", ["", "# nothing here\n\n   # nor here\n", "\ufeff"])
def test_nothing_to_audit(archcheck, text):
    archcheck.write("requirements.txt", text)
    done = archcheck()
    assert (done.code, done.err) == (0, "")
    assert "nothing to audit" in done.out
    assert archcheck("--json").report["recommendation"]["code"] == "nothing-to-audit"


def test_a_name_on_no_index_is_reported_and_the_rest_is_audited(archcheck):
    done = archcheck("-", "--json", stdin="nobody-has-this\nstuck\nready\n", environ={"NO_COLOR": "1"})
    (audit,) = done.report["audits"]
    assert done.code == 2
    assert not audit["complete"]
    (error,) = audit["errors"]
    assert (error["kind"], error["package"]) == ("not-found", "nobody-has-this")
    assert {"AC001", "AC009"} <= done.codes
    status = {each["name"]: each["results"][1]["status"] for each in audit["packages"]}
    assert status == {
        "nobody-has-this": "unknown",
        "pure": "pure-wheel",
        "ready": "wheel",
        "stuck": "missing",
    }
    assert "nobody-has-this" in archcheck("-", stdin="nobody-has-this\n").out


def test_exit_zero_does_not_hide_that_the_audit_is_not_complete(archcheck):
    assert archcheck("-", "--exit-zero", stdin="nobody-has-this\n").code == 2


def test_part_of_the_input_that_is_not_read_is_never_ready(archcheck):
    done = archcheck("-", "--json", stdin="-r https://files.example/more.txt\nready\n")
    assert done.code == 2
    assert done.report["recommendation"]["architecture"] == "undetermined"
    (error,) = done.report["audits"][0]["errors"]
    assert error["kind"] == "skipped"
    assert "files.example" in error["message"]


def test_conflicts(archcheck, store):
    done = archcheck("-", "--json", stdin="service\nblocked>=1.1\n")
    assert done.code == 1
    (finding,) = done.report["audits"][0]["findings"]
    assert (finding["rule"], finding["severity"], finding["package"]) == ("AC013", "blocker", "blocked")
    wants = "; ".join(finding["evidence"]["detail"])
    assert "blocked>=1.1" in wants
    assert "service 2.0" in wants
    assert "blocked==1.0" in wants


def test_a_conflict_on_aarch64_alone(archcheck):
    lines = "service\nblocked>=1.1 ; platform_machine == 'aarch64'\n"
    done = archcheck("-", "--json", stdin=lines)
    (audit,) = done.report["audits"]
    assert done.code == 1
    assert [finding["rule"] for finding in audit["findings"]] == ["AC010"]
    assert audit["findings"][0]["location"] == {"path": "-", "line": 1}
    assert audit["recommendation"]["architecture"] == "x86_64"
    rows = {(each["name"], *(side["status"] for side in each["results"])) for each in audit["packages"]}
    assert ("blocked", "wheel", "unknown") in rows


def test_a_conflict_on_x86_64_alone_is_no_promise_and_no_reproach(archcheck):
    lines = "service\nblocked>=1.1 ; platform_machine == 'x86_64'\n"
    done = archcheck("-", "--json", "-t", "lambda:python3.13", stdin=lines)
    (audit,) = done.report["audits"]
    severities = {(finding["package"], finding["rule"]): finding["severity"] for finding in audit["findings"]}
    # the conflict itself, and blocked 1.0, which has no aarch64 wheel
    assert set(severities) == {("blocked", "AC013")}
    assert audit["recommendation"]["code"] == "target-unusable"
    assert done.code == 1


@pytest.mark.parametrize("seconds", ["253402300800", "-62135596801", "9" * 5000, "nan", "1e5"])
def test_a_moment_that_no_date_can_hold_is_bad_usage(archcheck, seconds):
    archcheck.environ["SOURCE_DATE_EPOCH"] = seconds
    done = archcheck("-", "--json", stdin="ready\n")
    assert done.code == 2
    assert done.err.startswith(
        "archcheck: error: SOURCE_DATE_EPOCH: expected seconds since 1970, up to the year 9999"
    )
    assert len(done.err) < 200


def test_a_clock_beyond_the_year_9999_is_bad_usage(archcheck, monkeypatch):
    class Beyond(datetime):
        @classmethod
        def now(cls, _=None):
            raise ValueError("year 10226 is out of range")

    archcheck.environ["SOURCE_DATE_EPOCH"] = ""
    monkeypatch.setattr("datetime.datetime", Beyond)
    done = archcheck("-", "--json", stdin="ready\n")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "archcheck: error: the clock of this machine: expected a time up to the year 9999, found a later one\n"
    )
