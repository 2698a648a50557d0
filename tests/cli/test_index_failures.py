"""An index that fails: exit code 2, one line about it, and the rest of the report."""

from __future__ import annotations

import pytest

from tests.loopback.failures import bad_body, hang, server_error, slow_drip, too_many_requests
from tests.patience import IMPATIENCE, PATIENCE, impatient

ARGUMENTS = ("-", "--json", "--timeout", str(PATIENCE))


@pytest.fixture
def archcheck(archcheck):
    """Do not try as often as pip does by default: that takes its time."""
    archcheck.environ["PIP_RETRIES"] = "1"
    return archcheck


@pytest.mark.parametrize(
    "failure",
    [
        server_error("/*/blocked*", times=None),
        server_error("/*/blocked*", status=403, times=None),
        bad_body("/*/blocked*"),
        hang("/*/blocked*"),
    ],
    ids=["500", "403", "bad JSON", "hang"],
)
def test_one_package_that_cannot_be_had(archcheck, index, monkeypatch, failure):
    index.fail(failure)
    if failure.hang:
        impatient(monkeypatch, lambda request: "/blocked" in request.url.path)
    done = archcheck(*ARGUMENTS, stdin="blocked\nstuck\nready\n")
    (audit,) = done.report["audits"]
    assert (done.code, done.report["complete"]) == (2, False)
    (error,) = audit["errors"]
    assert (error["kind"], error["package"]) == ("index", "blocked")
    assert error["message"].isprintable()
    status = {each["name"]: each["results"][1]["status"] for each in audit["packages"]}
    assert status == {"blocked": "unknown", "pure": "pure-wheel", "ready": "wheel", "stuck": "missing"}
    assert done.codes == {"AC001", "AC009"}


@pytest.mark.parametrize("failure", [slow_drip("*", seconds=PATIENCE / 10), hang("*")], ids=["drip", "hang"])
def test_an_index_that_does_not_send_is_waited_for_once(archcheck, index, failure):
    index.fail(failure)
    names = [f"name{number}" for number in range(100)]
    done = archcheck("-", "--json", "--timeout", str(IMPATIENCE), "--jobs", "2", stdin="\n".join(names))
    (audit,) = done.report["audits"]
    assert done.code == 2
    assert {error["package"] for error in audit["errors"]} == set(names)
    assert len(index.log) <= 4  # two at a time, before and after the first retry


def test_a_package_whose_metadata_cannot_be_had(archcheck, index):
    index.fail(server_error("/files/ready*", times=None), server_error("/pypi/ready*", times=None))
    done = archcheck(*ARGUMENTS, stdin="ready\n")
    (audit,) = done.report["audits"]
    assert done.code == 2
    assert audit["recommendation"]["architecture"] == "undetermined"
    assert audit["summary"] == {
        "packages": 1,
        "ready": 0,
        "build": 0,
        "blocked": 0,
        "unknown": 1,
        "ignored": 0,
    }


def test_no_remedy_is_known_only_where_the_other_versions_were_looked_at(archcheck, index):
    """The version's own document tells its files; the project's page, which tells the others, does not come."""
    index.fail(server_error("/simple/blocked*", times=None))
    done = archcheck(*ARGUMENTS, stdin="blocked==1.0\n")
    (audit,) = done.report["audits"]
    assert (done.code, done.codes, audit["recommendation"]["code"]) == (2, {"AC001"}, "incomplete")
    (error,) = audit["errors"]
    assert error["message"].startswith("blocked: whether another version installs: ")
    assert archcheck(*ARGUMENTS, stdin="stuck==1.0\n").report["recommendation"]["code"] == "no-remedy"


def test_an_index_that_is_not_there(archcheck):
    done = archcheck(*ARGUMENTS, "--index-url", "http://127.0.0.1:9/simple/", stdin="ready\nstuck\n")
    (audit,) = done.report["audits"]
    assert done.code == 2
    assert {error["package"] for error in audit["errors"]} == {"ready", "stuck"}
    assert audit["recommendation"]["code"] == "incomplete"
    text = archcheck("-", "--index-url", "http://127.0.0.1:9/simple/", stdin="ready\n")
    assert text.code == 2
    assert "127.0.0.1" in text.out


def test_what_passes_is_no_failure(archcheck, index):
    index.fail(too_many_requests("/*/ready*"), server_error("/*/pure*"))
    done = archcheck(*ARGUMENTS, stdin="ready\n")
    assert (done.code, done.report["complete"]) == (0, True)


def test_offline_with_an_empty_cache_says_what_it_lacks(archcheck):
    done = archcheck("-", "--json", "--offline", stdin="ready\n")
    assert done.code == 2
    assert "offline" in done.report["audits"][0]["errors"][0]["message"]


def test_offline_with_what_the_last_run_left(archcheck, index):
    first = archcheck("-", "--json", stdin="service\n")
    asked = len(index.log)
    assert archcheck("-", "--json", "--offline", stdin="service\n").out == first.out
    assert len(index.log) == asked
