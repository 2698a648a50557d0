"""`--exclude-newer`: what was uploaded later does not exist, for whatever speaks of the index."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.cli.conftest import ARM, NATIVE, X86

BEFORE, DATE, AFTER = "2025-07-01T00:00:00Z", "2025-12-31", "2026-01-10T00:00:00Z"


@pytest.mark.parametrize("flags", [(), ("--only-binary", ":all:")])
def test_a_wheel_that_came_later_was_left_out_by_nobody(archcheck, store, flags):
    """gilknocker 0.4.2: its aarch64 wheel came half a year after the others."""
    store.add("demo", "0.4.2", wheels=[X86], sdist=NATIVE, upload_time=BEFORE)
    store.add("demo", "0.4.2", wheels=[ARM], upload_time=AFTER)
    archcheck.write("requirements.txt", "demo==0.4.2\n")
    assert archcheck("--json", *flags).codes == set()
    then = archcheck("--json", "--exclude-newer", DATE, *flags)
    assert then.codes == {"AC001" if flags else "AC002"}
    assert ARM not in then.out
    assert not any("leaves" in finding["message"] for finding in then.report["audits"][0]["findings"])


def test_the_reason_is_the_one_of_that_day(archcheck, store):
    """xgboost 2.1.0: the wheels for an older glibc came days after those for 2.28."""
    for machine in ("x86_64", "aarch64"):
        new, old = (f"cp310-cp310-manylinux{level}_{machine}" for level in ("_2_28", "2014"))
        store.add("demo", "2.1.0", wheels=[new], upload_time=BEFORE)
        store.add("demo", "2.1.0", wheels=[old], upload_time=AFTER)
    archcheck.write("requirements.txt", "demo==2.1.0\n")
    on = ("--target", "amazonlinux2:python3.10", "--only-binary", ":all:")
    assert archcheck("--json", *on).codes == set()
    (finding,) = archcheck("--json", "--exclude-newer", DATE, *on).report["audits"][0]["findings"]
    assert (finding["rule"], finding["evidence"]["needs"], finding["evidence"]["has"]) == (
        "AC013",
        "glibc 2.28",
        "glibc 2.26",
    )
    assert "leaves" not in finding["message"]


def test_no_remedy_of_another_day(archcheck, store):
    store.add("demo", "1.0", wheels=[X86], upload_time=BEFORE)
    store.add("demo", "1.1", wheels=[X86, ARM], upload_time=AFTER)
    archcheck.write("requirements.txt", "demo>=1\n")
    archcheck.write("pinned.txt", "demo==1.0\n")
    for path in ("requirements.txt", "pinned.txt"):
        (finding,) = archcheck(path, "--json", "--exclude-newer", DATE).report["audits"][0]["findings"]
        assert (finding["rule"], finding["version"], finding["remedy"]) == ("AC001", "1.0", None)
    (finding,) = archcheck("pinned.txt", "--json").report["audits"][0]["findings"]
    assert finding["remedy"]["version"] == "1.1"


def test_the_newest_version_of_that_day(archcheck, store):
    store.add("demo", "1.0", wheels=["py3-none-any"], upload_time=BEFORE)
    store.add("demo", "2.0", wheels=["py3-none-any"], upload_time=AFTER)
    archcheck.write("requirements.txt", "demo==3\n")
    assert "the newest is 2.0" in archcheck("--json").out
    assert "the newest is 1.0" in archcheck("--json", "--exclude-newer", DATE).out


def test_a_lock_left_out_nothing_that_was_not_there(archcheck, store, index):
    store.add("demo", "1.0", wheels=[X86], upload_time=BEFORE)
    store.add("demo", "1.0", wheels=[ARM], upload_time=AFTER)
    page = {file.filename: file for file in store.projects["demo"].files}
    wheel = page[f"demo-1.0-{X86}.whl"]
    archcheck.write(
        "pylock.toml",
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "demo"\nversion = "1.0"\n'
        f'[[packages.wheels]]\nname = {json.dumps(wheel.filename)}\nurl = "https://index.example/{wheel.filename}"\n'
        f'hashes = {{sha256 = "{hashlib.sha256(wheel.content).hexdigest()}"}}\nupload-time = 2025-07-01T00:00:00Z\n',
    )
    assert archcheck("pylock.toml", "--json").codes == {"AC015"}
    assert archcheck("pylock.toml", "--json", "--exclude-newer", DATE).codes == {"AC001"}
