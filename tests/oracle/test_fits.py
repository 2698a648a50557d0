"""Whether a wheel fits, for every recorded release and file: as pip, uv and packaging say."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from archcheck.index.model import Project
from archcheck.manifest.manifest import FormatControl
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Fit, fit
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Options
from tests.oracle.hosts import HOSTS
from tests.oracle.reading import ARCHITECTURES, fits, pages, tag_sets

WHEELS_ONLY = Options(pre=True, formats=FormatControl(only_binary=frozenset({":all:"})))
TAGS_ORACLE = Path(__file__).parents[1] / "platforms" / "tags_oracle.py"


def test_the_pages_are_those_that_the_installers_were_asked_about():
    """Where this fails, `python -m tests.oracle.record_fits`."""
    assert set(fits()) == {host.target for host in HOSTS}
    for recorded in fits().values():
        for answer in recorded["answers"]:
            assert {name: len(marks) for name, marks in answer["releases"].items()} == {
                name: len(page) for name, page in pages().items()
            }
    assert set(tag_sets()) == {tags_of(name) for name in wheel_names()}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.target)
def test_the_target_is_the_machine_that_the_installers_were_told_of(host):
    target = parse_target(host.target)
    recorded = fits()[host.target]
    assert (target.python.full, str(target.libc)) == (recorded["python"], recorded["libc"])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("target", sorted(fits()))
def test_releases_have_a_wheel_where_pip_and_uv_find_one(
    target, architecture, unyanked_index, record_property
):
    finder = Finder(parse_target(target).on(architecture), WHEELS_ONLY)
    ours = {name: installable(unyanked_index.project(name).result(), finder) for name in pages()}
    for answer in of(target, architecture):
        theirs = {
            name: {
                Version(version) for version, mark in zip(pages()[name], marks, strict=True) if mark == "+"
            }
            for name, marks in answer["releases"].items()
        }
        assert {name: theirs[name] ^ ours[name] for name in theirs if theirs[name] != ours[name]} == {}
    tools = [answer["tool"].split(" (")[0] for answer in of(target, architecture)]
    releases = sum(map(len, pages().values()))
    skipped = 0 if len(tools) > 1 else releases
    record_property(
        "compared",
        f"{target} {architecture}: {releases} releases with {' and '.join(tools)}"
        f", {sum(map(len, ours.values()))} have a wheel that fits; {skipped} skipped that uv cannot be asked about",
    )


@pytest.mark.parametrize("host", [host for host in HOSTS if host.uv], ids=lambda host: host.target)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_sets_of_tags_fit_where_uv_takes_them(host, architecture, record_property):
    machine = parse_target(host.target).on(architecture)
    [marks] = [answer["tags"] for answer in of(host.target, architecture) if "tags" in answer]
    theirs = {tags for tags, mark in zip(tag_sets(), marks, strict=True) if mark == "+"}
    assert {tags for tags in tag_sets() if isinstance(fit(f"demo-1-{tags}.whl", machine), Fit)} == theirs
    record_property("compared", f"{host.target} {architecture}: {len(tag_sets())} sets of tags with uv")


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.target)
def test_each_wheel_has_the_rank_that_packaging_gives_it(host, record_property):
    by_tags = {}
    for name in wheel_names():
        by_tags.setdefault(tags_of(name), []).append(name)
    for architecture in ARCHITECTURES:
        ranks = {tag: rank for rank, tag in enumerate(sys_tags()[host.target, architecture])}
        machine = parse_target(host.target).on(architecture)
        for names in by_tags.values():
            found = [ranks[str(tag)] for tag in parse_wheel_filename(names[0])[3] if str(tag) in ranks]
            expected = min(found, default=None)
            for name in names:
                verdict = fit(name, machine)
                assert (verdict.rank if isinstance(verdict, Fit) else None) == expected, (name, architecture)
    record_property("compared", f"{host.target}: {2 * len(wheel_names())} wheels with packaging")


def installable(project, finder):
    assert isinstance(project, Project)
    return {pick.version for pick in finder.picks(project, SpecifierSet())}


def of(target, architecture):
    return [answer for answer in fits()[target]["answers"] if answer["architecture"] == architecture]


def tags_of(filename):
    return "-".join(filename[:-4].split("-")[-3:])


@cache
def wheel_names():
    names = {name for page in pages().values() for files in page.values() for name in files}
    return sorted(name for name in names if name.endswith(".whl"))


@cache
def sys_tags():
    asked = [(host, architecture) for host in HOSTS for architecture in ARCHITECTURES]
    machines = [
        {
            "python": [int(part) for part in host.python.split(".")],
            "free_threaded": host.abi.endswith("t"),
            "architecture": architecture,
            "family": host.libc[0],
            "libc": host.libc[1:],
        }
        for host, architecture in asked
    ]
    done = subprocess.run(
        [sys.executable, "-P", TAGS_ORACLE],
        input=json.dumps(machines),
        capture_output=True,
        text=True,
        check=True,
    )
    told = zip(asked, json.loads(done.stdout), strict=True)
    return {(host.target, architecture): answer["tags"] for (host, architecture), answer in told}
