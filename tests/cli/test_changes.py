"""What changed: `archcheck diff`, and `check --baseline`."""

from __future__ import annotations

import json


def test_only_what_is_new_since_the_baseline_fails(archcheck):
    archcheck.write("requirements.txt", "stuck\nready\n")
    assert archcheck("-o", "old.json").code == 1
    done = archcheck("--json", "--baseline", "old.json")
    assert done.code == 0
    assert done.report["baseline"]["new"] == []
    assert len(done.report["baseline"]["unchanged"]) == 1
    archcheck.write("requirements.txt", "ready\nbuilt\n")
    done = archcheck("--json", "--baseline", "old.json")
    assert done.code == 1
    assert [one["package"] for one in done.report["baseline"]["fixed"]] == ["stuck"]
    assert archcheck("--baseline", "old.json", "--fail-on", "blocker").code == 0
    assert "new    AC002 built 1.0: needs a build" in archcheck("--baseline", "old.json").out


def test_a_baseline_that_cannot_be_read_is_said_before_the_audit(archcheck):
    done = archcheck("-", "--baseline", "gone.json", stdin="ready\n")
    assert (done.code, done.out) == (2, "")
    assert "gone.json" in done.err


def without_obstacles(archcheck, name):
    """Write the result *name* again as it was saved before audits named their obstacles."""
    document = json.loads((archcheck.folder / name).read_text())
    for audit in document["audits"]:
        del audit["obstacles"]
    archcheck.write(name, json.dumps(document))


def test_older_results_are_read_as_well(archcheck):
    archcheck("-", "-o", "old.json", "--ignore", "stuck", stdin="stuck\nready\n")
    archcheck("-", "-o", "new.json", stdin="stuck\nready\nbuilt\n")
    commands = [
        ("diff", "old.json", "new.json"),
        ("diff", "new.json", "old.json"),
        ("comment", "github", "new.json", "--baseline", "old.json", "--dry-run"),
        ("comment", "github", "old.json", "--dry-run"),
        ("-", "--baseline", "old.json"),
    ]

    def said():
        return [archcheck(*command, stdin="stuck\nready\n") for command in commands]

    now = said()
    for name in ("old.json", "new.json"):
        without_obstacles(archcheck, name)
    assert said() == now
    assert "remedy  none known" in now[0].out
    assert "accepted: ignored on the command line" in now[3].out


def test_diff_of_two_results(archcheck):
    archcheck("-", "-o", "old.json", stdin="blocked==1.0\n")
    archcheck("-", "-o", "new.json", stdin="blocked==1.1\n")
    done = archcheck("diff", "old.json", "new.json")
    assert done.code == 0
    assert done.out.startswith("✓ nearer to arm64: 0 new findings, 1 fixed, 0 unchanged\n")
    assert "1.0 missing → 1.1 wheel" in done.out
    (audit,) = json.loads(archcheck("diff", "old.json", "new.json", "--json").out)["audits"]
    assert [one["package"] for one in audit["findings"]["fixed"]] == ["blocked"]
    archcheck("diff", "old.json", "new.json", "-f", "markdown", "-o", "diff.md")
    assert (
        "| `blocked` | moved | `1.0 wheel → 1.1 wheel` | `1.0 missing → 1.1 wheel` |"
        in (archcheck.folder / "diff.md").read_text()
    )
    assert archcheck("diff", "new.json", "old.json", "-q").out.startswith("✗ further from arm64: 1 new")
