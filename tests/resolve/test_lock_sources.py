"""What a lock takes from elsewhere than an index: archives, folders and checkouts."""

from __future__ import annotations

import pytest
from packaging.version import Version

from archcheck.index.model import Direct, Metadata, Unavailable
from archcheck.manifest.manifest import PathSource, UrlSource, VcsSource
from archcheck.platforms.wheel_tags import Fit, Miss
from tests.resolve.fake import FakeIndex
from tests.resolve.locks import ANY, ARM_TAG, X86_TAG, file, lock, needs, package, read

URL = UrlSource(url="https://index.example/root.whl")
FOLDER = PathSource(path="/work/root")


@pytest.mark.parametrize("source", [URL, PathSource(path="/work/root.whl")])
@pytest.mark.parametrize(
    ("tag", "fits", "problem"),
    [(ARM_TAG, Fit, None), (X86_TAG, Miss, "the wheel is for x86_64"), ("sdist", type(None), None)],
)
def test_an_archive_is_the_one_file_that_there_is(source, tag, fits, problem) -> None:
    chosen = read(lock(package("root", tag, "py2-none-any", source=source)))["root"]
    pick = chosen.pick
    assert (pick.name, pick.version, pick.source) == ("root", Version("1.0"), source)
    assert (pick.file, pick.release) == (file("root", tag), (file("root", tag), file("root", "py2-none-any")))
    assert (type(pick.fit), pick.problem, pick.known) == (fits, problem, True)
    assert (chosen.unknown, chosen.doubt) == (False, None)


def test_an_archive_of_which_the_lock_does_not_say_which_it_is() -> None:
    chosen = read(lock(package("root", source=URL)))["root"]
    assert (chosen.pick.known, chosen.pick.file, chosen.unknown) == (False, None, True)
    assert chosen.pick.problem == chosen.doubt == "the lock does not say which file this is"


def test_a_folder_is_looked_into() -> None:
    metadata = Metadata(name="root", version="1.0", origin="pyproject")
    there = Direct(name="root", version=Version("1.0"), file=None, metadata=metadata)
    index = FakeIndex(directs={FOLDER.path: there})
    chosen = read(lock(package("root", source=FOLDER)), index=index)["root"]
    pick = chosen.pick
    assert (pick.name, pick.version, pick.source) == ("root", Version("1.0"), FOLDER)
    assert (pick.direct, pick.known, pick.problem) == (there, True, None)
    assert (chosen.unknown, chosen.doubt) == (False, None)


def test_a_folder_that_is_not_there_is_unknown() -> None:
    index = FakeIndex(directs={FOLDER.path: Unavailable(reason="no such folder")})
    chosen = read(lock(package("root", source=FOLDER)), index=index)["root"]
    assert (chosen.pick.known, chosen.pick.direct, chosen.unknown) == (False, None, True)
    assert chosen.pick.problem == chosen.doubt == "no such folder"


def test_a_checkout_is_unknown_and_its_own_edges_are_followed_all_the_same() -> None:
    source = VcsSource(url="git+https://example.org/root")
    root = package("root", source=source, needs=[needs("dep")])
    found = read(lock(root, package("dep", ANY)))
    assert (found["root"].pick.source, found["root"].pick.known, found["root"].unknown) == (
        source,
        False,
        True,
    )
    assert found["root"].pick.problem == found["root"].doubt == "a VCS checkout is not read"
    assert isinstance(found["dep"].pick.fit, Fit)
