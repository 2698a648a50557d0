"""Who asks for a package of a lock, and with what words."""

from __future__ import annotations

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from archcheck.manifest.manifest import Location
from archcheck.resolve.model import Edge
from tests.resolve.locks import ANY, lock, needs, package, read

LINE = Location(path="pyproject.toml", line=7)
ON_ARM, ON_X86 = "platform_machine == 'aarch64'", "platform_machine == 'x86_64'"


def test_the_manifest_asks_at_a_place_and_a_package_by_its_name() -> None:
    root = needs("root", ON_ARM, specifier=SpecifierSet(">=1"), location=LINE)
    below = needs("dep", extras=frozenset({"b", "a"}), location=LINE)
    found = read(lock(package("root", ANY, needs=[below]), package("dep", ANY), roots=[root]))
    (edge,) = found["root"].wanted_by
    assert edge == Edge(
        parent=None, text="root>=1", specifier=SpecifierSet(">=1"), marker=Marker(ON_ARM), location=LINE
    )
    assert found["dep"].wanted_by == (Edge(parent="root", text="dep[a,b]"),)


def test_what_a_member_of_the_workspace_asks_for_is_asked_for_directly() -> None:
    member = package("member", needs=[needs("dep", location=LINE)], virtual=True)
    found = read(lock(member, package("dep", ANY), roots=["member"]))
    assert [(edge.parent, edge.location) for edge in found["dep"].wanted_by] == [(None, LINE)]
    assert list(found) == ["dep"]


def test_an_edge_that_is_noted_is_not_noted_again_unless_it_says_something_else() -> None:
    alike = needs("dep", ON_ARM)
    others = [
        needs("dep"),
        needs("dep", specifier=SpecifierSet(">=1")),
        needs("dep", "os_name == 'posix'"),
        needs("dep", extras=frozenset({"fast"})),
    ]
    parents = [package(name, ANY, needs=[alike, alike, *others]) for name in ("root", "other")]
    elsewhere = Location(path="pyproject.toml", line=8)
    roots = [
        needs("root"),
        needs("other"),
        *(needs("dep", location=each) for each in (LINE, LINE, elsewhere)),
    ]
    found = read(lock(*parents, package("dep", ANY), roots=roots))["dep"].wanted_by
    assert len(found) == len(set(map(repr, found))) == 2 * (len(others) + 1) + 2


def test_an_extra_of_its_own_is_nobody_s_wish() -> None:
    fast = needs("root", extras=frozenset({"fast"}))
    found = read(lock(package("root", ANY, needs=[fast]), roots=["root"]))["root"].wanted_by
    assert [edge.parent for edge in found] == [None]


def test_who_asks_in_a_flat_lock_is_told_of_what_the_machine_takes() -> None:
    edges = [needs("dep", ON_ARM), needs("dep", ON_X86), needs("gone"), needs("other", ON_X86)]
    root, twice = package("root", ANY, needs=edges), package("root", ANY, needs=[needs("dep")])
    found = read(lock(root, twice, package("dep", ANY), package("other", ANY), roots=(), flat=True))
    assert list(found) == ["dep", "other", "root"]
    assert [(edge.parent, str(edge.marker)) for edge in found["dep"].wanted_by] == [
        ("root", ON_ARM.replace("'", '"'))
    ]
    assert found["other"].wanted_by == ()
