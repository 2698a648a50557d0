"""Accepted findings and packages taken on trust, in whole runs: what they change, and what they must not."""

from __future__ import annotations

import pytest

ONE_DAY = 86_400
MOMENT = 1_700_000_000  # 2023-11-14


def audit_of(done):
    (audit,) = done.report["audits"]
    return audit


def notes_about(done, words):
    return [note for note in audit_of(done)["notes"] if words in note]


def ignoring(archcheck, text, requirements="stuck\n", **environ):
    archcheck.write("archcheck.toml", text)
    return archcheck("-", "--json", stdin=requirements, environ=environ)


@pytest.mark.parametrize("ignore", ["AC001", "AC001:stuck", "no-aarch64-wheel:st*", "stuck", "ST*"])
def test_a_finding_ignored_on_the_command_line(archcheck, ignore):
    plain = archcheck("-", "--json", stdin="stuck\n")
    done = archcheck("-", "--json", "--ignore", ignore, stdin="stuck\n")
    assert (plain.code, done.code) == (1, 0)
    audit = audit_of(done)
    (ignored,) = audit["ignored"]
    assert (ignored["rule"], ignored["package"], ignored["source"]) == ("AC001", "stuck", "the command line")
    assert (ignored["reason"], ignored["until"]) == ("ignored on the command line", None)
    assert audit["findings"] == []
    assert audit["summary"]["ignored"] == done.report["summary"]["ignored"] == 1
    # what is accepted is no less true
    assert audit["recommendation"] == audit_of(plain)["recommendation"]
    assert audit["packages"] == audit_of(plain)["packages"]


@pytest.mark.parametrize("ignore", ["AC002", "AC001:ready", "ready", "AC001:stuck?"])
def test_an_ignore_that_matches_nothing_is_said(archcheck, ignore):
    done = archcheck("-", "--json", "--ignore", ignore, stdin="stuck\n")
    assert done.code == 1
    assert notes_about(done, "(the command line) matches no finding of this run")


def test_a_rule_that_there_is_not(archcheck):
    done = archcheck("-", "--ignore", "AC01", stdin="stuck\n")
    assert done.code == 2
    assert "did you mean AC0" in done.err


def test_the_reports_for_people_say_what_is_ignored(archcheck):
    archcheck.write(
        "archcheck.toml",
        "[[ignore]]\npackage = 'stuck'\nreason = 'we wait <b>'\nuntil = 2027-01-31\nuntil-available = true",
    )
    text = archcheck("-", stdin="stuck\n")
    assert text.code == 0
    assert text.out.startswith("✗ stay on x86_64: 1 of 1 package does not install; no remedy is known\n")
    assert "Ignored (1)\n  AC001  stuck 1.0: " in text.out
    assert "we wait <b> (until 2027-01-31 or until there is a wheel; archcheck.toml)" in text.out
    assert "1 finding ignored" in text.out
    markdown = archcheck("-", "-f", "markdown", stdin="stuck\n").out
    assert "<details><summary>Ignored (1)</summary>" in markdown
    assert "we wait &lt;b&gt; (until 2027-01-31 or until there is a wheel; archcheck.toml)" in markdown


def test_why_says_what_is_accepted_of_the_package(archcheck):
    archcheck.write("archcheck.toml", "[[ignore]]\npackage = 'stuck'\nreason = 'we wait'")
    out = archcheck("why", "stuck", "-", stdin="stuck\n").out
    assert (
        "does not install: no aarch64 wheel of any kind\n         accepted: we wait (archcheck.toml)\n" in out
    )


def test_the_saved_result_keeps_what_is_ignored(archcheck):
    archcheck.write("requirements.txt", "stuck\n")
    first = archcheck("--json", "-o", "result.json", "--ignore", "stuck")
    assert archcheck("render", "result.json", "--json").out == first.out


@pytest.mark.parametrize(
    ("until", "code"), [("2023-11-13", 1), ("2023-11-14", 0), ("2023-11-15", 0), ("1999-01-01", 1)]
)
def test_the_day_on_which_it_ends_counts(archcheck, until, code):
    done = ignoring(archcheck, f"[[ignore]]\npackage = 'stuck'\nreason = 'x'\nuntil = {until}")
    assert done.code == code
    said = f"the ignore of stuck (archcheck.toml) held until {until}: stuck counts again"
    assert notes_about(done, "held until") == ([said] if code else [])
    assert notes_about(done, "matches no finding") == []


def test_today_is_that_of_the_source_date_epoch(archcheck):
    text = "[[ignore]]\npackage = 'stuck'\nreason = 'x'\nuntil = 2023-11-14"
    codes = [
        ignoring(archcheck, text, SOURCE_DATE_EPOCH=str(MOMENT + days * ONE_DAY)).code for days in (-1, 0, 1)
    ]
    assert codes == [0, 0, 1]


def test_it_comes_back_once_there_is_a_wheel(archcheck, store):
    text = "[[ignore]]\npackage = 'stuck'\nreason = 'we wait'\nuntil-available = true"
    assert ignoring(archcheck, text).code == 0
    store.add("stuck", "1.1", wheels=["cp313-cp313-manylinux2014_x86_64"])
    store.add("stuck", "1.2", wheels=["cp313-cp313-manylinux2014_aarch64"])
    archcheck("cache", "clear")
    done = ignoring(archcheck, text, "stuck==1.0\n")
    assert done.code == 1
    assert notes_about(done, "held until there is a wheel, and stuck 1.2 has one: it counts again")


@pytest.mark.parametrize(
    ("terms", "ignored"),
    [
        ("version = '<2'", True),
        ("version = '==1.*'", True),
        ("version = '>=2'", False),
        ("target = 'lambda:*'", True),
        ("target = '*3.13'", True),
        ("target = 'debian*'", False),
        ("rule = 'AC001'", True),
        ("rule = 'AC002'", False),
        ("package = 'S[tv]UCK'", True),
        ("package = 'stuc'", False),
    ],
)
def test_all_that_is_said_must_match(archcheck, terms, ignored):
    package = "" if "package" in terms else "package = 'stuck'\n"
    done = ignoring(archcheck, f"[[ignore]]\nreason = 'x'\n{package}{terms}")
    assert done.code == (0 if ignored else 1)


def test_a_conflict_without_a_version_matches_no_specifier(archcheck):
    requirements = "service\nblocked==1.1\n"
    text = "[[ignore]]\nrule = 'AC013'\nreason = 'x'\nversion = '>=0'"
    assert ignoring(archcheck, text, requirements).code == 1


def test_the_first_ignore_that_holds_says_the_reason(archcheck):
    text = "".join(
        f"[[ignore]]\npackage = 'stuck'\nreason = '{reason}'\nuntil = {until}\n"
        for reason, until in [("old", "2020-01-01"), ("new", "2030-01-01"), ("later", "2031-01-01")]
    )
    done = ignoring(archcheck, text)
    assert [each["reason"] for each in audit_of(done)["ignored"]] == ["new"]


def test_an_ignore_for_one_target_is_used_where_another_has_nothing(archcheck):
    archcheck.write("archcheck.toml", "[[ignore]]\npackage = 'stuck'\ntarget = 'debian*'\nreason = 'x'")
    targets = ["--target", "debian12:python3.13", "--target", "lambda:python3.13"]
    done = archcheck("-", "--json", *targets, stdin="stuck\n")
    assert [len(audit["ignored"]) for audit in done.report["audits"]] == [1, 0]
    assert not [note for audit in done.report["audits"] for note in audit["notes"] if "matches no" in note]


def test_ignoring_does_not_complete_an_audit(archcheck):
    assert archcheck("-", "--ignore", "nowhere", stdin="nowhere\n").code == 2


@pytest.mark.parametrize(
    ("kind", "statuses", "code"),
    [
        ("pure", ["pure-wheel", "pure-wheel"], 0),
        ("wheel", ["wheel", "wheel"], 0),
        ("native", ["wheel", "native-sdist"], 1),
    ],
)
def test_a_private_package_is_taken_on_trust(archcheck, kind, statuses, code):
    assert archcheck("-", stdin="acme-core==3\nready\n").code == 2
    archcheck.write("archcheck.toml", f"[assume]\nAcme_Core = '{kind}'")
    done = archcheck("-", "--json", stdin="acme-core==3\nready\n")
    audit = audit_of(done)
    assert (done.code, audit["complete"], audit["errors"]) == (code, True, [])
    package = next(each for each in audit["packages"] if each["name"] == "acme-core")
    assert [result["status"] for result in package["results"]] == statuses
    assert {result["reason"] for result in package["results"]} == {"assumed by archcheck.toml"}
    (note,) = notes_about(done, "acme-core is assumed to be ")
    assert note.endswith("(archcheck.toml); what it depends on was not looked at")
    assert audit["recommendation"]["confidence"] != "high"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_every_report_names_what_is_assumed(archcheck, form):
    archcheck.write("archcheck.toml", "[assume]\nacme-core = 'pure'")
    done = archcheck("-", "-f", form, stdin="acme-core\n")
    assert done.code == 0
    assert "acme-core is assumed to be pure Python (archcheck.toml)" in done.out


def test_a_native_package_that_is_assumed_stands_in_the_way(archcheck):
    archcheck.write("archcheck.toml", "[assume]\nacme-core = 'native'")
    audit = audit_of(archcheck("-", "--json", stdin="acme-core\n"))
    (finding,) = audit["findings"]
    assert (finding["rule"], finding["severity"]) == ("AC002", "build")
    assert "assumed to be compiled code" in finding["message"]


def test_a_checkout_is_settled_too(archcheck):
    archcheck.write("archcheck.toml", "[assume]\nacme = 'pure'")
    done = archcheck("-", "--json", stdin="acme @ git+https://git.example/acme.git@v1\n")
    assert done.code == 0
    assert audit_of(done)["recommendation"]["architecture"] == "arm64"


@pytest.mark.parametrize(
    ("name", "why"), [("stuck", "could be read"), ("nobody", "is not among the packages")]
)
def test_what_is_known_outranks_what_is_assumed(archcheck, name, why):
    archcheck.write("archcheck.toml", f"[assume]\n{name} = 'pure'")
    done = archcheck("-", "--json", stdin="stuck\n")
    assert done.code == 1
    (note,) = notes_about(done, f"the assumption about {name} (archcheck.toml) settles nothing: it {why}")
    assert note


def test_who_ignores_is_said_once(archcheck):
    done = archcheck("-", "-t", "lambda:python3.13", "--ignore", "AC001", stdin="stuck\n")
    assert "because ignored on the command line\n" in done.out


def test_a_comment_behind_the_requirement(archcheck):
    archcheck.write("base.txt", "stuck  # archcheck: ignore[AC001] nobody calls it, until 2030-01-31\n")
    archcheck.write("requirements.txt", "-r base.txt\nready\n")
    done = archcheck(
        "requirements.txt", "--json", "--target", "lambda:python3.13", "--target", "debian12:python3.13"
    )
    assert done.code == 0
    for audit in done.report["audits"]:
        (ignored,) = audit["ignored"]
        assert (ignored["package"], ignored["rule"], ignored["source"]) == ("stuck", "AC001", "base.txt:1")
        assert (ignored["reason"], ignored["until"]) == ("nobody calls it", "2030-01-31")
        assert audit["obstacles"] == [ignored["fingerprint"]]


def test_a_comment_counts_for_its_own_file_alone_and_to_its_last_day(archcheck):
    archcheck.write("a.txt", "stuck  # archcheck: ignore why, until 2023-11-14\n")
    archcheck.write("b.txt", "stuck\n")
    done = archcheck("a.txt", "b.txt", "--json")
    assert [len(audit["ignored"]) for audit in done.report["audits"]] == [1, 0]
    late = archcheck("a.txt", "--json", environ={"SOURCE_DATE_EPOCH": str(MOMENT + ONE_DAY)})
    assert late.code == 1
    assert notes_about(late, "(a.txt:1) held until 2023-11-14: stuck counts again")


def test_a_comment_that_matches_nothing_or_is_not_understood_is_said(archcheck):
    done = archcheck(
        "-", "--json", stdin="ready  # archcheck: ignore[AC001] why\nstuck  # archcheck: ignore\n"
    )
    assert done.code == 1
    assert notes_about(done, "the ignore of AC001 ready (") == [
        "the ignore of AC001 ready (-:1) matches no finding of this run"
    ]
    assert notes_about(done, "-:2: this comment accepts nothing: no reason is given")
    done = archcheck("-", "--json", stdin="stuck  # archcheck: ignore[AC999] why\n")
    assert notes_about(done, "the ignore of AC999 stuck (-:1) accepts nothing: there is no rule AC999")


def test_what_is_accepted_is_marked_where_it_stands(archcheck):
    out = archcheck("-", stdin="stuck  # archcheck: ignore[AC001] why\n").out
    assert "Obstacles (1, accepted)" in out
    assert "AC001  stuck 1.0: does not install (accepted)" in out
    out = archcheck("-", stdin="stuck  # archcheck: ignore[AC001] why\nblocked==1.0\n").out
    assert "Obstacles (2, 1 of them accepted)" in out


def test_an_obstacle_for_which_nothing_was_looked_for_is_one(archcheck):
    done = archcheck("blocked==1.0", "--no-remedies", "--target", "lambda:python3.13")
    verdict, place, *_ = done.out.splitlines()
    assert verdict == "✗ not ready for arm64: 1 of 1 package does not install (no remedy was looked for)"
    assert place == "  blocked on AWS Lambda python3.13 (Amazon Linux 2023, glibc 2.34)"  # which was typed
