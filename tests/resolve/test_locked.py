"""What a lock puts on each machine: the walk over its edges, its own files, and when the index is asked."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.version import Version

from archcheck.index.model import Project, Unavailable
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import Location, VcsSource
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Fit
from archcheck.resolve.lockfile import read_lock
from archcheck.resolve.model import Options
from archcheck.resolve.resolve import covers
from tests.resolve.fake import FakeIndex

TARGET = parse_target("lambda:python3.13")
ARM, X86 = TARGET.on("aarch64"), TARGET.on("x86_64")
HERE = Location(path="some.lock")


def file(name: str, tag: str, version: str = "1.0") -> IndexFile:
    filename = f"{name}-{version}.tar.gz" if tag == "sdist" else f"{name}-{version}-{tag}.whl"
    return IndexFile(filename=filename, url=f"https://index.example/{filename}")


ANY, ARM_TAG, X86_TAG = (
    "py3-none-any",
    "cp313-cp313-manylinux_2_17_aarch64",
    "cp313-cp313-manylinux_2_17_x86_64",
)


def package(name: str, *tags: str, version: str = "1.0", needs=(), **rest) -> LockedPackage:
    return LockedPackage(
        name=name,
        version=Version(version),
        files=tuple(file(name, tag, version) for tag in tags),
        dependencies=tuple(needs),
        location=HERE,
        **rest,
    )


def needs(name: str, marker: str | None = None, **rest) -> LockedDependency:
    return LockedDependency(name=name, marker=Marker(marker) if marker else None, **rest)


def lock(*packages: LockedPackage, roots=("root",), **rest) -> Lock:
    requirements = tuple(root if isinstance(root, LockedDependency) else needs(root) for root in roots)
    return Lock(path="some.lock", kind="uv", sha256="", requirements=requirements, packages=packages, **rest)


def names(a_lock: Lock, machine=ARM, index: FakeIndex | None = None) -> set[str]:
    return set(read_lock(a_lock, [machine], index or FakeIndex(), Options())[0].packages)


def test_follows_edges_whose_markers_hold_on_the_machine() -> None:
    on_x86 = needs("speedups", "platform_machine == 'x86_64'")
    a_lock = lock(package("root", ANY, needs=[on_x86]), package("speedups", X86_TAG), package("orphan", ANY))
    assert names(a_lock, ARM) == {"root"}
    assert names(a_lock, X86) == {"root", "speedups"}


def test_takes_the_extras_that_an_edge_asks_for_and_no_others() -> None:
    root = package("root", ANY, optional={"fast": (needs("quick"),), "slow": (needs("snail"),)})
    quick, snail = package("quick", ANY), package("snail", ANY)
    assert names(lock(root, quick, snail)) == {"root"}
    fast = needs("root", extras=frozenset({"fast"}))
    assert names(lock(root, quick, snail, roots=[fast])) == {"root", "quick"}


def test_an_extra_asked_for_later_is_still_followed() -> None:
    root = package("root", ANY, optional={"fast": (needs("quick"),)})
    other = package("other", ANY, needs=[needs("root", extras=frozenset({"fast"}))])
    assert names(lock(root, other, package("quick", ANY), roots=["root", "other"])) == {
        "root",
        "other",
        "quick",
    }


def test_a_fork_gives_each_machine_its_own_version() -> None:
    a_lock = lock(
        package("dep", ARM_TAG, version="2.0"),
        package("dep", X86_TAG, version="1.0"),
        roots=[
            needs("dep", "platform_machine == 'aarch64'", version=Version("2.0")),
            needs("dep", "platform_machine == 'x86_64'", version=Version("1.0")),
        ],
    )
    for machine, version in ((ARM, "2.0"), (X86, "1.0")):
        chosen = read_lock(a_lock, [machine], FakeIndex(), Options())[0].packages["dep"]
        assert str(chosen.pick.version) == version
        assert isinstance(chosen.pick.fit, Fit)


def test_a_flat_lock_installs_whatever_its_own_marker_admits() -> None:
    only_x86 = package("fast", X86_TAG, marker=Marker("platform_machine == 'x86_64'"))
    a_lock = lock(package("root", ANY, needs=[needs("dep")]), package("dep", ANY), only_x86, flat=True)
    assert names(a_lock, ARM) == {"root", "dep"}
    assert names(a_lock, X86) == {"root", "dep", "fast"}
    dep = read_lock(a_lock, [ARM], FakeIndex(), Options())[0].packages["dep"]
    assert [edge.parent for edge in dep.wanted_by] == ["root"]


def test_cycles_and_chains_of_thousands_end() -> None:
    chain = [package(f"p{n}", ANY, needs=[needs(f"p{n + 1}")]) for n in range(3000)]
    a_lock = lock(*chain, package("p3000", ANY, needs=[needs("p0")]), roots=["p0"])
    assert len(names(a_lock)) == 3001


def test_asks_nothing_where_the_locks_own_wheels_fit() -> None:
    index = FakeIndex()
    names(lock(package("root", ARM_TAG, X86_TAG)), ARM, index)
    assert index.asked == []


def test_a_pure_wheel_beside_compiled_ones_for_others_may_not_be_the_best_that_there_is() -> None:
    whole = Project(name="root", files=tuple(file("root", tag) for tag in (ANY, X86_TAG, ARM_TAG)))
    index = FakeIndex(projects={"root": whole})
    a_lock = lock(package("root", ANY, X86_TAG))
    pick = read_lock(a_lock, [ARM], index, Options())[0].packages["root"].pick
    assert pick.file == file("root", ANY)
    assert file("root", ARM_TAG) in pick.release
    assert set(index.asked) == {"project root"}


@pytest.mark.parametrize("tags", [[ANY], [ANY, "sdist"], [ANY, "py2-none-any"]])
def test_asks_nothing_where_a_pure_wheel_is_the_best_that_there_is(tags) -> None:
    index = FakeIndex()
    names(lock(package("root", *tags)), ARM, index)
    assert index.asked == []


def test_a_wheel_that_only_the_index_has_is_seen_but_not_taken() -> None:
    whole = Project(name="root", files=(file("root", X86_TAG), file("root", ARM_TAG)))
    index = FakeIndex(projects={"root": whole})
    pick = read_lock(lock(package("root", X86_TAG)), [ARM], index, Options())[0].packages["root"].pick
    assert not pick.installs
    assert {each.filename for each in pick.release} == {
        file("root", tag).filename for tag in (X86_TAG, ARM_TAG)
    }


def test_the_size_that_a_lock_does_not_record_is_the_indexs_where_that_is_asked_anyway() -> None:
    files = tuple(replace(file("root", tag), size=size) for tag, size in (("sdist", 7), (X86_TAG, 9)))
    index = FakeIndex(projects={"root": Project(name="root", files=files)})
    packages = lock(package("root", "sdist", X86_TAG)), lock(package("root", "sdist", ARM_TAG))
    asked, unasked = (read_lock(each, [ARM], index, Options())[0].packages["root"].pick for each in packages)
    assert (asked.file.filename, asked.file.size) == ("root-1.0.tar.gz", 7)
    assert unasked.file.size is None
    assert index.asked == ["project root", "project root"]


def test_an_index_out_of_reach_is_the_reason_why_nobody_knows_what_the_lock_omits() -> None:
    index = FakeIndex(projects={"root": Unavailable(reason="no network", incomplete=True)})
    chosen = read_lock(lock(package("root", X86_TAG)), [ARM], index, Options())[0].packages["root"]
    assert not chosen.pick.installs
    assert chosen.unasked == "no network"


def test_files_that_a_lock_does_not_list_come_from_the_index_through_its_hashes() -> None:
    arm, x86 = file("root", ARM_TAG), file("root", X86_TAG)
    hashed = [
        IndexFile(filename=each.filename, url=each.url, hashes=(f"sha256:{digit * 64}",))
        for each, digit in ((arm, "a"), (x86, "b"))
    ]
    index = FakeIndex(projects={"root": Project(name="root", files=tuple(hashed))})
    for digit, installs in (("a", True), ("b", False)):
        entry = package("root", listed=False, hashes=(f"sha256:{digit * 64}",))
        assert read_lock(lock(entry), [ARM], index, Options())[0].packages["root"].pick.installs is installs


@pytest.mark.parametrize(("index", "kind"), [("absent", "absent"), ("broken", "incomplete")])
def test_an_unlisted_package_that_cannot_be_looked_up_is_unknown(index: str, kind: str) -> None:
    asked = (
        FakeIndex(absent=frozenset({"root"}))
        if index == "absent"
        else FakeIndex(projects={"root": Unavailable(reason="500", incomplete=True)})
    )
    chosen = read_lock(lock(package("root", listed=False)), [ARM], asked, Options())[0].packages["root"]
    assert chosen.unknown
    assert getattr(chosen.pick, kind)
    assert chosen.incomplete is (kind == "incomplete")


def test_what_a_machine_needs_and_the_lock_has_not_is_unknown() -> None:
    on_arm = needs("speedups", "platform_machine == 'aarch64'")
    a_lock = lock(package("root", ANY, needs=[on_arm, needs("gone", "os_name == 'nt'")]), roots=("root",))
    assert names(a_lock, X86) == {"root"}
    found = read_lock(a_lock, [ARM], FakeIndex(), Options())[0].packages["speedups"]
    assert (found.unknown, found.pick.absent, found.wanted_by[0].parent) == (True, True, "root")
    assert found.doubt == "needed on aarch64, and some.lock has nothing for it; is it out of date?"


def test_the_own_markers_of_a_flat_lock_say_what_it_leaves_out() -> None:
    a_lock = lock(package("root", ANY, needs=[needs("gone")]), roots=("root", "new"), flat=True)
    assert names(a_lock, ARM) == {"root", "new"}


def test_a_checkout_is_unknown_and_its_own_edges_are_followed_all_the_same() -> None:
    root = package("root", source=VcsSource(url="git+https://example.org/root"), needs=[needs("dep")])
    found = read_lock(lock(root, package("dep", ANY)), [ARM], FakeIndex(), Options())[0].packages
    assert found["root"].unknown
    assert isinstance(found["dep"].pick.fit, Fit)


def test_a_lock_covers_the_machines_that_its_environments_name() -> None:
    only_x86 = lock(package("root", ANY), environments=(Marker("platform_machine == 'x86_64'"),))
    assert covers(only_x86, X86)
    assert not covers(only_x86, ARM)
    assert covers(lock(package("root", ANY)), ARM)
