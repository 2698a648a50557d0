"""What a lock puts on each machine: the walk over its edges, its own files, and when the index is asked."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.version import Version

from archcheck.index.model import Project, Unavailable
from archcheck.manifest.distribution import IndexFile
from archcheck.platforms.wheel_tags import Fit
from archcheck.resolve.lockfile import read_lock
from archcheck.resolve.model import Options
from archcheck.resolve.outcomes import covers
from tests.resolve.fake import FakeIndex
from tests.resolve.locks import ANY, ARM, ARM_TAG, X86, X86_TAG, file, lock, names, needs, package, read


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
    assert pick.release == (file("root", X86_TAG), file("root", ARM_TAG))
    assert set(index.pins) == {Version("1.0")}


def test_the_size_that_a_lock_does_not_record_is_the_indexs_where_that_is_asked_anyway() -> None:
    files = tuple(replace(file("root", tag), size=size) for tag, size in (("sdist", 7), (X86_TAG, 9)))
    index = FakeIndex(projects={"root": Project(name="root", files=files)})
    packages = lock(package("root", "sdist", X86_TAG)), lock(package("root", "sdist", ARM_TAG))
    asked, unasked = (read_lock(each, [ARM], index, Options())[0].packages["root"].pick for each in packages)
    assert (asked.file.filename, asked.file.size) == ("root-1.0.tar.gz", 7)
    assert unasked.file.size is None
    assert index.asked == ["project root", "project root"]


def test_the_size_that_a_lock_records_stands_and_one_that_nobody_records_is_not_known() -> None:
    files = (replace(file("root", "sdist"), size=7), file("root", X86_TAG))
    index = FakeIndex(projects={"root": Project(name="root", files=files)})
    stated = package("root", "sdist", X86_TAG)
    stated = replace(stated, files=tuple(replace(each, size=5) for each in stated.files))
    assert read(lock(stated), ARM, index)["root"].pick.file.size == 5
    elsewhere = replace(file("root", "sdist"), filename="root-1.0.zip")
    renamed = replace(stated, files=(elsewhere,))
    assert read(lock(renamed), ARM, index)["root"].pick.file == elsewhere


def test_an_index_out_of_reach_is_the_reason_why_nobody_knows_what_the_lock_omits() -> None:
    index = FakeIndex(projects={"root": Unavailable(reason="no network", incomplete=True)})
    chosen = read_lock(lock(package("root", X86_TAG)), [ARM], index, Options())[0].packages["root"]
    assert not chosen.pick.installs
    assert (chosen.unasked, chosen.doubt, chosen.unknown) == ("no network", None, False)
    nowhere = read(lock(package("root", X86_TAG)), ARM, FakeIndex(absent=frozenset({"root"})))["root"]
    assert nowhere.unasked == "no index has it"


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


NO_INDEX = FakeIndex(absent=frozenset({"root"}))
BROKEN = FakeIndex(projects={"root": Unavailable(reason="500", incomplete=True)})
NONSENSE = FakeIndex(projects={"root": Unavailable(reason="answered with something else")})


@pytest.mark.parametrize(
    ("index", "reason", "absent", "incomplete"),
    [
        (NO_INDEX, "no index has a project of this name", True, False),
        (BROKEN, "500", False, True),
        (NONSENSE, "answered with something else", False, False),
    ],
)
def test_an_unlisted_package_that_cannot_be_looked_up_is_unknown(index, reason, absent, incomplete) -> None:
    chosen = read(lock(package("root", listed=False)), ARM, index)["root"]
    assert (chosen.unknown, chosen.pick.known, chosen.unasked) == (True, False, None)
    assert (chosen.doubt, chosen.pick.problem) == (reason, reason)
    assert (chosen.pick.absent, chosen.pick.incomplete, chosen.incomplete) == (absent, incomplete, incomplete)
    assert str(chosen.pick.version) == "1.0"


def test_files_of_another_version_are_none_of_this_one() -> None:
    other = replace(package("root"), files=(file("root", ANY, "2.0"),))
    index = FakeIndex(projects={"root": Project(name="root", files=(file("root", ANY, "2.0"),))})
    pick = read(lock(other), ARM, index)["root"].pick
    assert (pick.problem, str(pick.version), pick.file) == (
        "the lock lists no file of this version",
        "1.0",
        None,
    )


def test_what_a_machine_needs_and_the_lock_has_not_is_unknown() -> None:
    on_arm = needs("speedups", "platform_machine == 'aarch64'")
    a_lock = lock(package("root", ANY, needs=[on_arm, needs("gone", "os_name == 'nt'")]), roots=("root",))
    assert names(a_lock, X86) == {"root"}
    found = read_lock(a_lock, [ARM], FakeIndex(), Options())[0].packages["speedups"]
    assert (found.unknown, found.pick.absent, found.wanted_by[0].parent) == (True, True, "root")
    assert found.doubt == "needed on aarch64, and some.lock has nothing for it; is it out of date?"
    assert (found.pick.problem, found.pick.known, found.pick.version) == (found.doubt, False, None)


def test_what_another_edge_leads_to_is_not_lacking() -> None:
    newer = needs("dep", version=Version("2.0"))
    found = read(lock(package("root", ANY, needs=[newer, needs("dep")]), package("dep", ANY)))
    assert found["dep"].pick.installs


def test_the_own_markers_of_a_flat_lock_say_what_it_leaves_out() -> None:
    on_x86 = package("fast", X86_TAG, marker=Marker("platform_machine == 'x86_64'"))
    a_lock = lock(
        package("root", ANY, needs=[needs("gone")]), on_x86, roots=("root", "new", "fast"), flat=True
    )
    assert names(a_lock, ARM) == {"root", "new"}


def test_a_lock_covers_the_machines_that_its_environments_name() -> None:
    only_x86 = lock(package("root", ANY), environments=(Marker("platform_machine == 'x86_64'"),))
    assert covers(only_x86, X86)
    assert not covers(only_x86, ARM)
    assert covers(lock(package("root", ANY)), ARM)
