"""pylock.toml: what is read, what is refused, and the same packages as packaging and uv select."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.markers import Marker
from packaging.pylock import Pylock

from archcheck.manifest.manifest import IndexSource, PathSource, Selection, UrlSource, VcsSource

from .locks import LOCKS, answers, installed, machine, read, refused

FOLDER = LOCKS / "pylock"
RECORDED = answers(FOLDER / "answers.json")["locks"]
CASES = [(name, number) for name, said in RECORDED.items() for number in range(len(said["answers"]))]
HEAD = 'lock-version = "1.0"\ncreated-by = "hand"\n'
WHEEL = '{ url = "https://index.example/a-1-py3-none-any.whl", hashes = { sha256 = "00" } }'


def package(more: str, name: str = "a") -> str:
    return f'\n[[packages]]\nname = "{name}"\n{more}\n'


def from_index(name: str = "a", more: str = "") -> str:
    url = f"https://index.example/{name}-1-py3-none-any.whl"
    return package(f'{more}\nwheels = [{{ url = "{url}", hashes = {{ sha256 = "00" }} }}]', name)


@pytest.mark.parametrize(("name", "number"), CASES)
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_uv(name: str, number: int, architecture: str) -> None:
    answer = RECORDED[name]["answers"][number]
    extras = frozenset(answer["flags"][1::2])
    lock = read((FOLDER / name).read_bytes(), "pylock.toml", Selection(extras=extras))
    found = installed(lock, machine(answer["python"], architecture))
    expected = answer["installs"][architecture]
    if expected is None:  # pip locked for x86_64 alone, and the lock has no aarch64 wheel
        assert lock.limits == (
            "pip locks for the machine it runs on; packages and wheels for others were left out",
        )
    else:
        assert found == expected


@pytest.mark.parametrize("extras", [frozenset(), frozenset({"cache"})])
@pytest.mark.parametrize("groups", [frozenset(), frozenset({"dev"})])
@pytest.mark.parametrize("python", ["3.10.4", "3.11.2", "3.13"])
@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_same_packages_as_packaging(
    extras: frozenset[str], groups: frozenset[str], python: str, architecture: str
) -> None:
    data = (FOLDER / "pylock.pdm.toml").read_bytes()
    on = machine(python, architecture)
    expected = Pylock.from_dict(tomllib.loads(data.decode())).select(
        environment=on.environment, tags=on.tags, extras=extras, dependency_groups={"default", *groups}
    )
    lock = read(data, "pylock.toml", Selection(extras=extras, groups=groups))
    assert installed(lock, on) == {package.name: str(package.version) for package, _ in expected}


@pytest.mark.parametrize(
    ("text", "source", "files"),
    [(f"wheels = [{WHEEL}]", IndexSource(), ["https://index.example/a-1-py3-none-any.whl"]),
     ('wheels = [{ path = "w/a-1-py3-none-any.whl", hashes = { sha256 = "00" } }]', IndexSource(), ["file:///project/w/a-1-py3-none-any.whl"]),
     ('sdist = { name = "a-1.tar.gz", url = "https://me:secret@index.example/x", hashes = { md5 = "0" } }', IndexSource(), ["https://index.example/x"]),
     ('archive = { url = "https://me:secret@index.example/a.zip", subdirectory = "s", hashes = { sha256 = "00" } }', UrlSource(url="https://index.example/a.zip", subdirectory="s"), ["https://index.example/a.zip"]),
     ('archive = { path = "../a-1.tar.gz", hashes = { sha256 = "00" } }', PathSource(path="/a-1.tar.gz"), ["file:///a-1.tar.gz"]),
     ('directory = { path = "lib", editable = true }', PathSource(path="/project/lib", editable=True), []),
     ('vcs = { type = "git", url = "https://me:secret@git.example/a", requested-revision = "v1", commit-id = "abc" }', VcsSource(url="git+https://git.example/a@abc"), []),
     ('vcs = { type = "hg", path = "../a", commit-id = "abc", subdirectory = "s" }', VcsSource(url="hg+file:///a@abc#subdirectory=s"), [])],
)  # fmt: skip
def test_sources(text: str, source: object, files: list[str]) -> None:
    (found,) = read(HEAD + package(text), "pylock.toml").packages
    assert found.source == source
    assert [file.url for file in found.files] == files


def test_what_a_file_says() -> None:
    text = """\
index = "https://me:secret@index.example/simple"
requires-python = ">=3.9"
sdist = { url = "https://index.example/a-1.0.tar.gz", size = 8, upload-time = 2026-01-02T04:04:05.5+01:00, hashes = { sha256 = "ab", md5 = "cd" } }"""
    lock = read(HEAD + package(text), "pylock.toml")
    (found,) = lock.packages
    (file,) = found.files
    assert (str(found.version), found.location.line) == ("1.0", 4)
    assert (file.filename, file.size, file.upload_time) == ("a-1.0.tar.gz", 8, "2026-01-02T03:04:05.500000Z")
    assert (file.hashes, file.requires_python) == (("sha256:ab", "md5:cd"), ">=3.9")
    assert lock.options.package_indexes == (("a", "https://index.example/simple"),)
    assert (lock.flat, lock.kind) == (True, "pylock")


def test_extras_and_groups_are_settled() -> None:
    head = 'extras = ["x"]\ndependency-groups = ["default", "dev"]\ndefault-groups = ["default"]\n'
    text = (
        HEAD
        + head
        + from_index("a", "marker = \"'default' in dependency_groups and platform_machine == 'aarch64'\"")
        + from_index("b", "marker = \"'dev' in dependency_groups\"")
        + from_index("c", "marker = \"'x' in extras or os_name == 'nt'\"")
        + from_index("d", "marker = \"'X' not in extras\"")
    )
    default = read(text, "pylock.toml")
    assert [(each.name, each.marker) for each in default.packages] == [
        ("a", Marker("platform_machine == 'aarch64'")),
        ("c", Marker("os_name == 'nt'")),
        ("d", None),
    ]
    more = read(text, "pylock.toml", Selection(all_extras=True, groups=frozenset({"dev"})))
    assert [(each.name, each.marker) for each in more.packages[1:]] == [("b", None), ("c", None)]


def test_dependencies_make_paths_and_no_more() -> None:
    text = (
        HEAD
        + from_index("a", 'dependencies = [{ name = "b", version = "1" }, { name = "gone" }]')
        + from_index("b")
        + from_index("c")
        + "[packages.tool.pdm]\ndependencies = [\"d[x]>=1; os_name == 'posix'\"]\n"
        + from_index("d")
    )
    lock = read(text, "pylock.toml")
    assert [each.name for each in lock.requirements] == ["a", "c"]
    edge = lock.packages[2].dependencies[0]
    assert (edge.name, edge.extras, str(edge.specifier), edge.marker) == (
        "d",
        {"x"},
        ">=1",
        Marker("os_name == 'posix'"),
    )


def test_environments_are_limits() -> None:
    lock = read(HEAD + "environments = [\"platform_machine == 'x86_64'\"]" + from_index(), "pylock.toml")
    assert lock.environments == (Marker("platform_machine == 'x86_64'"),)
    assert lock.limits == (
        'the lock covers platform_machine == "x86_64" only; what others need may have been left out of it',
    )


def test_a_newer_minor_version_is_read_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    lock = read(HEAD.replace("1.0", "1.7") + "new = 1" + from_index(), "pylock.toml")
    assert lock.warnings == ("pylock.toml: lock-version 1.7 is newer than 1.0, the newest known",)
    assert not caplog.records


def test_what_is_plain_is_read_with_a_warning() -> None:
    """pipenv writes names as its users spell them, and times as texts; pip and uv read both."""
    text = """
index = "https://index.example/simple/"
wheels = [
  { upload-time = "2025-11-02T10:00:00+00:00", url = "https://files.example/a_b-1-py3-none-any.whl", hashes = { sha256 = "00" } },
  { upload-time = "2025-11-02T10:00:00Z", url = "https://files.example/a_b-1-cp313-cp313-win_amd64.whl", hashes = { sha256 = "01" } },
]
"""
    lock = read(HEAD + 'extras = ["X_y"]' + package(text, "A_b"), "pylock.toml", Selection(all_extras=True))
    (found,) = lock.packages
    assert found.name == "a-b"
    assert {file.upload_time for file in found.files} == {"2025-11-02T10:00:00Z"}
    assert lock.warnings == (
        "pylock.toml: a name that is not normalised is read as if it were: 'A_b' and 1 more",
        "pylock.toml: upload-time is a text, and read as the time that it says: '2025-11-02T10:00:00+00:00' and 1 more",
    )


@pytest.mark.parametrize(
    ("creator", "url", "listed"),
    [
        ("pipenv", "https://index.example/simple/a/a-1-py3-none-any.whl", False),
        ("pipenv", "https://files.example/0a/1b/a-1-py3-none-any.whl", True),
        ("hand", "https://index.example/simple/a/a-1-py3-none-any.whl", True),
    ],
)
def test_files_that_pipenv_made_up_are_asked_of_the_index(creator: str, url: str, listed: bool) -> None:
    """Pipenv 2025.0 knew hashes alone, and called every file of a release a pure wheel."""
    wheels = ", ".join(
        f'{{ name = "a-1-py3-none-any.whl", url = "{url}", hashes = {{ sha256 = "{n}" }} }}' for n in "01"
    )
    text = f'version = "1"\nindex = "https://index.example/simple/"\nwheels = [{wheels}]'
    (found,) = read(HEAD.replace("hand", creator) + package(text), "pylock.toml").packages
    assert (found.listed, len(found.files)) == (listed, 2 * listed)
    assert found.hashes == (() if listed else ("sha256:0", "sha256:1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", r"pylock\.toml: lock-version: none is not supported; expected 1\.0"),
     ('lock-version = "2.0"', r"lock-version: '2\.0' is not supported; expected 1\.0"),
     ("lock-version = 1.0", r"lock-version: '1\.0' is not supported"),
     ('lock-version = "one"', r"lock-version: 'one' is not supported"),
     ('lock-version = "1.0"', r"pylock\.toml: created-by: missing required value"),
     (HEAD + "packages = 3", r"packages: unexpected type int \(expected Sequence\)"),
     (HEAD + package("wheels = [{ url = 3, hashes = { sha256 = '0' } }]"), r"packages\[0\]\.wheels\[0\]\.url: unexpected type int"),
     (HEAD + package(f"wheels = [{WHEEL}]", "a b"), r"packages\[0\]\.name: name 'a b' is not normalized"),
     (HEAD + package("wheels = [{ url = 'https://index.example/a-1-py3-none-any.whl', upload-time = 'new', hashes = { sha256 = '0' } }]"), r"upload-time: unexpected type str"),
     (HEAD + package(f"version = 'one'\nwheels = [{WHEEL}]"), r"packages\[0\]\.version: invalid version"),
     (HEAD + package(f"marker = 'x'\nwheels = [{WHEEL}]"), r"packages\[0\]\.marker: expected "),
     (HEAD + package(f"marker = '{'(' * 3000}'\nwheels = [{WHEEL}]"), r"pylock\.toml: .*"),
     (HEAD + package("wheels = [{ url = '//x/a-1-py3-none-any.whl', hashes = { sha256 = '0' } }]"), r"pylock\.toml:4: packages\[0\]: expected an absolute URL"),
     (HEAD + package(f"index = 'x'\nwheels = [{WHEEL}]"), r"packages\[0\]\.index: expected an absolute URL"),
     (HEAD + package(f"dependencies = [{{ name = 1 }}]\nwheels = [{WHEEL}]"), r"packages\[0\]\.dependencies\[0\]: expected a name"),
     (HEAD + package(f"dependencies = [{{ name = 'b', version = 'x' }}]\nwheels = [{WHEEL}]"), r"dependencies\[0\]\.version: 'x' is no version"),
     (HEAD + package(f"wheels = [{WHEEL}]\n[packages.tool.pdm]\ndependencies = ['=']"), r"tool\.pdm\.dependencies\[0\]: '=' is no requirement")],
)  # fmt: skip
def test_refused(text: str, message: str) -> None:
    assert re.search(message, refused(text, "pylock.toml"))


def test_names_that_the_lock_has_not() -> None:
    text = HEAD + 'extras = ["x"]' + from_index()
    assert "no extra is called 'y'; expected one of: x" in refused(
        text, "pylock.toml", Selection(extras=frozenset({"y"}))
    )
    assert "no group is called 'y'; the lock has none" in refused(
        text, "pylock.toml", Selection(groups=frozenset({"y"}))
    )


def test_an_extra_that_is_no_text() -> None:
    assert "extras" in refused(
        "lock-version = '1.0'\ncreated-by = 'x'\nextras = [nan]\npackages = []\n", "pylock.toml"
    )
