"""Requirements files: places, sources, secrets, and options that not every pip knows."""

from __future__ import annotations

import pytest

from archcheck.errors import InputError
from archcheck.inputs.requirements.reader import read_constraints, read_requirements
from archcheck.manifest.manifest import Location, PathSource, UrlSource, VcsSource

from .reading import FakeFiles, read, refused

DIGEST = "0123456789abcdef" * 4

CONSTRAINTS = [("numpy[x]==1", "has extras"), ("./x.tar.gz", "has no name"), ("-e ./x#egg=x", "has no name"),
               ("-e git+https://git.example/r#egg=r", "is editable")]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), CONSTRAINTS)
def test_pip_takes_no_such_constraint(line: str, expected: str) -> None:
    message = refused("-c c.txt\n", **{"c.txt": f"\n{line}\n"})
    assert message.startswith("c.txt:2: the constraint ")
    assert expected in message


def test_releases() -> None:
    releases = read("--pre\n--only-final Numpy\n").options.releases
    assert (releases.all_releases, releases.only_final) == ({":all:"}, {"numpy"})
    assert [releases.allows_prereleases(name) for name in ("numpy", "scipy")] == [False, True]
    assert read("").options.releases.allows_prereleases("numpy") is None
    assert read("--only-final :all:\n").options.releases.allows_prereleases("numpy") is False
    assert read("--only-final :all:\n--all-releases numpy\n").options.releases.allows_prereleases("numpy")


def test_hashes_can_be_left_unrequired() -> None:
    hashed = f"a==1 --hash=sha256:{DIGEST}\n"
    assert read(hashed).options.require_hashes
    assert not read(f"--no-require-hashes\n{hashed}").options.require_hashes
    assert "expected one of them" in refused("--require-hashes\n--no-require-hashes\n")


def test_editable_with_name_and_marker() -> None:
    (one,) = read("-e \"mine[X] @ git+https://git.example/o/r ; python_version < '3'\"").requirements
    assert (one.name, one.extras, str(one.marker)) == ("mine", {"x"}, 'python_version < "3"')
    assert one.source == VcsSource(url="git+https://git.example/o/r", editable=True)


def test_what_pip_passes_over_in_silence_is_a_warning() -> None:
    (warning,) = read(f"\na==1 --hash=sha256:{DIGEST} ; python_version < '3'\n").warnings
    assert warning == "r.txt:2: pip ignores '; python_version < 3', behind the options"


def test_constraints_alone() -> None:
    files = FakeFiles({"/project/c.txt": "a<2\n-c d.txt\n", "/project/d.txt": "b==1\n"})
    found = read_constraints("c.txt", files=files, environ={}, cwd="/project")
    assert [(one.name, str(one.specifier), str(one.location)) for one in found] == [
        ("a", "<2", "c.txt:1"),
        ("b", "==1", "d.txt:1"),
    ]
    with pytest.raises(InputError, match=r"^e\.txt: no such file or directory; expected a constraints file$"):
        read_constraints("e.txt", files=files, environ={}, cwd="/project")


def test_global_options_are_of_no_effect() -> None:
    (one,) = read("a==1 --global-option='--fast' --config-settings x=y\n").requirements
    assert one.text == "a==1"


def test_places_are_spelled_as_the_path_was_given() -> None:
    files = FakeFiles({"/home/me/p/reqs/a.txt": "-r ../b.txt\nx\n", "/home/me/p/b.txt": "\ny\n"})
    for path, cwd, nested in [
        ("reqs/a.txt", "/home/me/p", "b.txt"),
        ("../p/reqs/a.txt", "/home/me/q", "../p/b.txt"),
        ("/home/me/p/reqs/a.txt", "/", "/home/me/p/b.txt"),
    ]:
        manifest = read_requirements(path, files=files, environ={}, cwd=cwd)
        assert [one.location for one in manifest.requirements] == [
            Location(path=nested, line=2),
            Location(path=path, line=2),
        ]
        assert manifest.path == path


def test_standard_input_includes_from_the_current_folder() -> None:
    files = FakeFiles({"-": "-r sub/b.txt\nx\n-f links\n", "/project/sub/b.txt": "y\n"}, {"/project/links"})
    manifest = read_requirements("-", files=files, environ={}, cwd="/project")
    assert [str(one.location) for one in manifest.requirements] == ["/project/sub/b.txt:1", "-:2"]
    assert manifest.options.find_links == ("/project/links",)


def test_cycle_is_named() -> None:
    message = refused("-r a.txt", **{"a.txt": "x\n-r b.txt", "b.txt": "-c a.txt"})
    assert (
        message == "b.txt:1: 'a.txt' includes itself: a.txt → b.txt → a.txt; expected files without a cycle"
    )


def test_one_file_included_twice_is_no_cycle() -> None:
    assert len(read("-r a.txt\n-r a.txt\n", **{"a.txt": "x"}).requirements) == 2


def test_files_that_double_at_each_step_end() -> None:
    chain = {f"f{n}.txt": f"-r f{n + 1}.txt\n-r f{n + 1}.txt\n" for n in range(40)} | {"f40.txt": "x"}
    assert "too many files included" in refused("-r f0.txt", **chain)


def test_deep_chain_ends() -> None:
    chain = {f"f{n}.txt": f"-r f{n + 1}.txt\n" for n in range(900)} | {"f900.txt": "x"}
    assert "too many files included" in refused("-r f0.txt", **chain)


def test_file_at_a_url_is_skipped_with_a_reason() -> None:
    manifest = read("x\n-r https://me:secret@host.example/r.txt\n-c HTTP://host.example/c.txt\ny\n")
    assert [one.name for one in manifest.requirements] == ["x", "y"]
    first, second = manifest.skipped
    assert (first.text, first.location.line) == ("-r https://****@host.example/r.txt", 2)
    assert (second.text, second.location.line) == ("-c HTTP://host.example/c.txt", 3)
    assert "not fetched" in first.reason


def test_file_url_is_included() -> None:
    (one,) = read("-r file:///project/a%20b.txt", **{"a b.txt": "x"}).requirements
    assert str(one.location) == "/project/a b.txt:1"


def test_sources() -> None:
    text = (
        "a @ https://index.example/a.zip#subdirectory=x%20y&sha256=AB\n"
        "b @ file:///opt/b-1.whl#subdirectory=s\n"
        "./c\n-e ./d\ngit+https://git.example/e@v1#egg=e[x]&subdirectory=s\n"
    )
    a, b, c, d, e = read(text).requirements
    assert a.source == UrlSource(url="https://index.example/a.zip", subdirectory="x y")
    assert a.hashes == ("sha256:ab",)
    assert b.source == PathSource(path="/opt/b-1.whl", subdirectory="s")
    assert c.source == PathSource(path="/project/c")
    assert d.source == PathSource(path="/project/d", editable=True)
    assert e.source == VcsSource(url="git+https://git.example/e@v1")
    assert (e.name, e.extras) == ("e", {"x"})


def test_a_requirements_file_without_its_option_is_pointed_out() -> None:
    assert "'-r' includes a requirements file" in refused("./base.txt", **{"base.txt": "x"})


def test_secrets_stay_out_of_what_is_shown() -> None:
    environ = {"TOKEN": "hunter2"}
    text = "a @ https://${TOKEN}@x.example/a.zip\nb @ https://me:hunter2@x.example/b.zip\nc @ git+https://${TOKEN}@x.example/c\n"
    a, b, c = read(text, environ=environ).requirements
    assert a.source == UrlSource(url="https://hunter2@x.example/a.zip")
    assert c.source == VcsSource(url="git+https://****@x.example/c")
    assert [one.text for one in (a, b, c)] == [
        "a @ https://****@x.example/a.zip",
        "b @ https://****@x.example/b.zip",
        "c @ git+https://****@x.example/c",
    ]


def test_secrets_stay_out_of_errors() -> None:
    with pytest.raises(InputError) as caught:
        read("a @ https://${TOKEN}@x.example/ b.zip --foo", environ={"TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(InputError) as caught:
        read("a ! https://me:hunter2@x.example/", environ={})
    assert "hunter2" not in str(caught.value)


def test_unknown_variables_stay_as_written() -> None:
    (one,) = read("a @ https://${USER}@x.example/a.zip", environ={"USER": ""}).requirements
    assert one.source == UrlSource(url="https://${USER}@x.example/a.zip")


def test_ryes_lock_means_the_project_beside_it() -> None:
    lock = "# generated by rye\n# use `rye lock`\n\n-e file:.\nidna==3.6\n"
    pips = lock.replace("generated by rye", "by hand")
    files = FakeFiles({"/work/app/requirements.lock": lock, "/work/app/pips.lock": pips})
    for name, folder in (("requirements.lock", "/work/app"), ("pips.lock", "/work")):
        found, _ = read_requirements(f"app/{name}", files=files, environ={}, cwd="/work").requirements
        assert found.source == PathSource(path=folder, editable=True)
