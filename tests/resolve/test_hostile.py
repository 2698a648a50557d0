"""What strangers write into metadata and pages: no traceback, no hang, and nothing taken for an answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from archcheck.platforms.targets import parse_target
from archcheck.resolve import prefetch
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Ask, Resolution
from archcheck.resolve.prefetch import Prefetcher
from tests.resolve.cases import Case, index_of, manifest_of, options_of, run, shown

if TYPE_CHECKING:
    from archcheck.resolve.model import Outcome

DIGITS = "9" * 5000  # more than int() reads


def on_arm(**about: object) -> Outcome:
    case = Case(name="hostile", **{"requirements": ["a"], **about})  # type: ignore[arg-type]
    return run(case)["aarch64"]


def test_a_chain_of_thousands(caplog: pytest.LogCaptureFixture) -> None:
    packages = {f"p{n}": {"1": {"requires": [f"p{n + 1}"]}} for n in range(1500)}
    packages["p1500"] = {"1": {}}
    with caplog.at_level(logging.DEBUG):
        found = on_arm(requirements=["p0"], packages=packages)
    assert isinstance(found, Resolution)
    assert len(found.packages) == 1501
    assert not caplog.records  # a callback that fails is logged, with a traceback


def test_what_is_asked_ahead_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "_MOST", 20)
    names = [f"p{n}" for n in range(100)]
    case = Case(
        name="wide", requirements=["p0"], packages={name: {"1": {"requires": names}} for name in names}
    )
    index = index_of(case)
    machine = parse_target(case.target).on("aarch64")
    ahead = Prefetcher(index, [machine], options_of({}), {})
    ahead.want(Ask(key="p0", name=canonicalize_name("p0")))
    assert len([question for question in index.asked if question.startswith("project")]) == 20


def test_a_search_that_comes_back_to_what_does_not_install_takes_it_for_an_obstacle() -> None:
    # fastapi-cloud-cli did: each of its versions wants detect-installer, of which nothing installs on Python 3.8
    free = [f"{name}{number}" for name in "abcd" for number in range(3)]
    packages = {
        **{name: {str(number): {} for number in range(1, 20)} for name in free},
        "cli": {str(n): {"requires": ["gone", *(f"{each}!=0.{n}" for each in free)]} for n in range(1, 20)},
        "gone": {"1": {"python": ">=3.13"}},
        "top": {"1": {"wheels": ["py3-none-win32"], "requires": [*free, "middle"]}},
        "middle": {str(n): {"requires": ["cli", f"c0<={n}"]} for n in range(1, 20)},
    }
    found = on_arm(requirements=["top"], packages=packages)
    assert isinstance(found, Resolution)
    assert {name for name, one in found.packages.items() if not one.pick.installs} == {"gone", "top"}


@pytest.mark.parametrize(
    "text",
    [
        f"b=={DIGITS}",
        f"b>={DIGITS}",
        "b; " + "(" * 3000 + "os_name == 'posix'" + ")" * 3000,
        "b\x00==1",
        "b @ ",
        "",
        "-e .",
        "bé>=1",
    ],
    ids=lambda text: repr(text)[:20],
)
def test_a_requirement_that_nobody_can_read_bars_the_version(text: str) -> None:
    found = on_arm(packages={"a": {"1": {}, "2": {"requires": [text]}}})
    assert shown(found) == {"a": "1"}


@pytest.mark.parametrize(
    "marker",
    [f"python_version >= '{DIGITS}'", "os_name ~= 'x'", "extra in 'x'", r"""os_name != '\x27"'"""],
)
def test_a_marker_that_cannot_be_evaluated_or_written_out(marker: str) -> None:
    found = on_arm(packages={"a": {"1": {"requires": [f"b; {marker}"]}}, "b": {"1": {}}})
    assert isinstance(found, Resolution)


@pytest.mark.parametrize("python", [f">={DIGITS}", "3", ">=3.8,", "\n", ">= '3'"])
def test_a_requires_python_that_says_nothing(python: str) -> None:
    found = on_arm(packages={"a": {"1": {"python": python}}})
    assert shown(found) == {"a": "1"}


def test_versions_that_are_none() -> None:
    files = [f"a-{DIGITS}-py3-none-any.whl", f"a-{DIGITS}.tar.gz", "a-1.tar.gz.zip", "a--py3-none-any.whl"]
    found = on_arm(packages={"a": {"1": {"files": files}}})
    assert shown(found) == {"a": "1"}


def test_the_index_is_not_asked_for_what_comes_from_a_url() -> None:
    case = Case(
        name="private",
        requirements=["b", "a @ https://files.example/a-1-py3-none-any.whl"],
        packages={"b": {"1": {"requires": ["a>=1", "c"]}}, "c": {"1": {}}},
        direct={"https://files.example/a-1-py3-none-any.whl": {"name": "a", "version": "1"}},
    )
    assert shown(run(case)["aarch64"]) == {"a": "1", "b": "1", "c": "1"}


def test_a_page_is_asked_for_once_it_is_wanted_and_no_metadata_twice() -> None:
    case = Case(
        name="few", requirements=["a"], packages={"a": {"1": {"requires": ["b"]}}, "b": {"1": {}, "2": {}}}
    )
    index = index_of(case)
    resolve_both(manifest_of(case), parse_target(case.target), index, options_of({}))
    assert {question for question in index.asked if question.startswith("metadata")} == {
        "metadata a-1-py3-none-any.whl",
        "metadata b-2-py3-none-any.whl",
    }


def test_answers_do_not_hang_on_the_order_of_sets() -> None:
    import subprocess
    import sys

    script = (
        "from tests.resolve.cases import *\n"
        "for case in read_cases():\n"
        "    for outcome in run(case).values(): print(case.name, shown(outcome))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
