"""What an input that is not trusted may read of the disk: its checkout, wherever links lead, and nothing of git's."""

from __future__ import annotations

import pytest

from archcheck.files import STDIN
from archcheck.inputs.access import confined
from archcheck.inputs.access.confined import Checkout, Confined


@pytest.fixture
def folder(tmp_path):
    """A checkout, with something outside of it."""
    (tmp_path / "outside.txt").write_text("outside")
    (tmp_path / "away").mkdir()
    inside = tmp_path / "checkout"
    (inside / ".git").mkdir(parents=True)
    (inside / ".git" / "config").write_text("token")
    (inside / "sub" / "deep").mkdir(parents=True)
    (inside / "sub" / "in.txt").write_text("inside")
    return inside


@pytest.mark.parametrize("place", [".", "sub", "sub/deep"])
def test_the_root_is_the_work_tree_around(folder, place):
    checkout = Checkout(str(folder / place))
    assert checkout.has(str(folder / "sub" / "in.txt"))
    assert not checkout.has(str(folder.parent / "outside.txt"))


@pytest.mark.parametrize("place", ["sub", "sub/deep"])
def test_the_nearest_work_tree_counts_also_where_its_git_is_a_file(folder, place):
    """As in a submodule, or where `git worktree add` made it."""
    (folder / "sub" / ".git").write_text("gitdir: elsewhere")
    checkout = Checkout(str(folder / place))
    assert checkout.has(str(folder / "sub" / "in.txt"))
    assert not checkout.has(str(folder))


def test_without_git_the_root_is_the_folder_itself(tmp_path):
    (tmp_path / "here" / "sub").mkdir(parents=True)
    checkout = Checkout(str(tmp_path / "here"))
    assert checkout.has(str(tmp_path / "here" / "sub"))
    assert not checkout.has(str(tmp_path))


@pytest.mark.parametrize(
    ("link", "target", "inside"),
    [
        ("file", "../../outside.txt", False),
        ("folder", "../../away", False),
        ("git", "../.git/config", False),
        ("file", "in.txt", True),
        ("folder", "deep", True),
    ],
)
@pytest.mark.parametrize("depth", ["", "deep"])
def test_a_folder_is_as_far_inside_as_all_links_in_it(folder, link, target, inside, depth):
    place = folder / "sub" / depth
    (place / link).symlink_to(f"../{target}" if depth else target)
    checkout = Checkout(str(folder))
    assert checkout.has(str(folder / "sub")) is inside
    assert checkout.lists(str(folder / "sub")) is inside
    assert checkout.has(str(place / link)) is inside


def test_what_git_keeps_in_a_folder_does_not_make_it_an_outer_one(folder):
    (folder / ".git" / "link").symlink_to("../../outside.txt")
    (folder / ".git" / "page.html").touch()
    assert Checkout(str(folder)).has(str(folder))
    assert Checkout(str(folder)).lists(str(folder))


@pytest.mark.parametrize("page", ["a.html", "a.htm", "A.HTML"])
@pytest.mark.parametrize("depth", ["", "deep"])
def test_a_folder_with_a_page_may_be_read_and_is_not_looked_for_files_in(folder, page, depth):
    checkout = Checkout(str(folder))
    assert checkout.lists(str(folder / "sub"))
    (folder / "sub" / depth / page).touch()
    assert not checkout.lists(str(folder / "sub"))
    assert checkout.has(str(folder / "sub"))


def test_what_is_no_folder_is_not_looked_for_files_in(folder):
    assert not Checkout(str(folder)).lists(str(folder / "sub" / "in.txt"))
    assert not Checkout(str(folder)).lists(str(folder / "none"))


def test_a_folder_of_too_many_files_is_not_gone_through(folder, monkeypatch):
    monkeypatch.setattr(confined, "_MAX_WALKED", 4)
    (folder / "sub" / "deep" / "1").touch()
    (folder / "sub" / "deep" / "2").touch()
    assert Checkout(str(folder)).has(str(folder / "sub"))
    (folder / "sub" / "deep" / "3").touch()
    assert not Checkout(str(folder)).has(str(folder / "sub"))


class Stdin:
    """Files of which standard input alone is read."""

    def read(self, path):
        assert path == STDIN
        return b"typed"


def test_files_inside_are_read_and_others_are_not_there(folder):
    files = Confined(Checkout(str(folder)))
    assert files.read(str(folder / "sub" / "in.txt")) == b"inside"
    assert files.is_file(str(folder / "sub" / "in.txt"))
    assert files.is_folder(str(folder / "sub"))
    assert files.entries(str(folder / "sub")) == ("deep", "in.txt")
    assert not files.is_file(str(folder / "sub"))
    assert not files.is_folder(str(folder / "sub" / "in.txt"))
    for outside in (
        folder.parent / "outside.txt",
        folder / ".git" / "config",
        folder / "sub" / ".." / ".git" / "config",
    ):
        with pytest.raises(PermissionError, match="not read under --untrusted"):
            files.read(str(outside))
        assert not files.is_file(str(outside))
    for outside in (folder.parent, folder.parent / "away", folder / ".git"):
        assert not files.is_folder(str(outside))
        assert files.entries(str(outside)) == ()


def test_standard_input_is_no_file(folder):
    assert Confined(Checkout(str(folder)), Stdin()).read(STDIN) == b"typed"


@pytest.mark.parametrize("path", ["a\0b", "\udcff", ""])
def test_paths_that_are_none(folder, path, monkeypatch):
    monkeypatch.chdir(folder)
    files = Confined(Checkout(str(folder)))
    assert not files.is_file(path)
    assert files.entries(f"{path}/none") == ()
