"""Core metadata, and what sdists tell of their dependencies."""

from __future__ import annotations

import email.parser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.metadata.core_metadata import read_headers
from archcheck.index.metadata.static import parse_metadata, sdist_guess, sdist_metadata
from archcheck.index.model import Metadata, SdistContents, Unavailable

NAME = canonicalize_name("demo")
ONE = Version("1.0")


def core(*lines: str, version: str = "2.1") -> str:
    return "\n".join(
        [f"Metadata-Version: {version}", "Name: Demo", "Version: 1.0", *lines, "", "Text\nRequires-Dist: no"]
    )


def parse(*lines: str) -> Metadata | Unavailable:
    return parse_metadata(core(*lines).encode(), origin="wheel", name=NAME, version=ONE)


def test_metadata_in_full() -> None:
    assert parse(
        "requires-dist: a>1", "Requires-Dist: b (>=2); extra == 'x'", "Requires-Python: >=3.8"
    ) == Metadata(
        name="Demo",
        version="1.0",
        requires_dist=("a>1", "b (>=2); extra == 'x'"),
        requires_python=">=3.8",
        origin="wheel",
    )


def test_a_repeated_requires_python_counts_once_as_in_pip() -> None:
    read = parse("Requires-Python: >=3.8", "Requires-Python: >=4")
    assert isinstance(read, Metadata)
    assert read.requires_python == ">=3.8"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "name ''"),
        (b"\x7fELF\x00\xff", "name ''"),
        (b"Name: demo\n", "version ''"),
        (b"Name: demo\nVersion: one\n", "version 'one'"),
        (b"Name: ../demo\nVersion: 1.0\n", "name '../demo'"),
        (b"Name: other\nVersion: 1.0\n", "lying metadata"),
        (b"Name: demo\nVersion: 1.1\n", "lying metadata"),
        (core("Requires-Dist: a >").encode(), "'a >'"),
        (core("Requires-Dist: \xff\xfe").encode("latin-1"), "not a requirement"),
        (core("Requires-Dist: a; " + "(" * 2000).encode(), "not a requirement"),
        (core("Requires-Dist: " + "a" * 5000).encode(), "not a requirement"),
        (core(*["Requires-Dist: a"] * 10_001).encode(), "more than 10000"),
    ],
)
def test_metadata_that_pip_would_discard(data: bytes, words: str) -> None:
    read = parse_metadata(data, origin="wheel", name=NAME, version=ONE)
    assert isinstance(read, Unavailable)
    assert words in read.reason
    assert len(read.reason) < 300


@pytest.mark.parametrize("said", ["1", "1.0.0", "v1.0"])
def test_versions_are_compared_as_versions(said: str) -> None:
    read = parse_metadata(f"Name: DEMO\nVersion: {said}\n".encode(), origin="wheel", name=NAME, version=ONE)
    assert isinstance(read, Metadata)


class Watched(bytes):
    """Bytes that count how many of them were taken out or decoded."""

    taken = 0

    def __getitem__(self, wanted):
        part = super().__getitem__(wanted)
        self.taken += len(part) if isinstance(part, bytes) else 1
        return part

    def decode(self, *arguments: str) -> str:
        self.taken += len(self)
        return super().decode(*arguments)


def test_a_huge_description_is_not_read() -> None:
    headers = core("Requires-Dist: a").partition("\n\n")[0]
    data = Watched(headers.encode() + b"\n\n" + b"x: y\n" * 2_000_000)
    assert isinstance(parse_metadata(data, origin="wheel"), Metadata)
    assert data.taken == len(headers)


field_names = st.sampled_from(["Name", "requires-dist", "X-Y", "Description", "A.b_c"])
field_values = st.text(st.sampled_from("ab;:>=\"' \t()\u00e9"), max_size=12)
newlines = st.sampled_from(["\n", "\r\n", "\r"])
header_lines = (
    st.builds("{}:{}".format, field_names, field_values) | st.builds(" {}".format, field_values) | st.just("")
)


@given(st.lists(header_lines, max_size=8), newlines)
def test_headers_are_read_as_email_parser_reads_them(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    expected: dict[str, list[str]] = {}
    for name, value in email.parser.HeaderParser().parsestr(text).items():
        expected.setdefault(name.lower(), []).append(
            " ".join(part.strip() for part in value.splitlines()).strip()
        )
    squeezed = {
        name: [" ".join(v.split()) for v in values] for name, values in read_headers(text.encode()).items()
    }
    assert squeezed == {name: [" ".join(v.split()) for v in values] for name, values in expected.items()}


@given(st.binary())
def test_arbitrary_bytes_are_no_metadata_and_raise_nothing(data: bytes) -> None:
    assert isinstance(parse_metadata(data, origin="wheel"), Metadata | Unavailable)


def static(**texts: str) -> Metadata | None:
    return sdist_metadata(SdistContents(names=(), **texts), name=NAME, version=ONE)


def guess(*names: str, **texts: str) -> Metadata | None:
    return sdist_guess(SdistContents(names=names, **texts), name=NAME, version=ONE)


@pytest.mark.parametrize(
    ("pkg_info", "requires"),
    [
        (core("Requires-Dist: a", version="2.2"), ("a",)),
        (core(version="2.4"), ()),
        (core("Requires-Dist: a", "Dynamic: License-File", version="2.4"), ("a",)),
        (core("Requires-Dist: a", "Dynamic: requires-dist", version="2.2"), None),
        (core("Requires-Dist: a", "Dynamic: Requires-Python", version="2.2"), None),
        (core("Requires-Dist: a", version="2.1"), None),
        (core("Requires-Dist: a", version="10.0"), None),
        (core("Requires-Dist: a >", version="2.2"), None),
        (core(version="2.2").replace("Demo", "other"), None),
        (core(version="2.2").replace("1.0", "1.1"), None),
        ("", None),
    ],
)
def test_pkg_info_is_static_from_metadata_2_2_on(pkg_info: str, requires: tuple[str, ...] | None) -> None:
    read = static(pkg_info=pkg_info)
    assert (read and read.requires_dist) == requires
    assert read is None or (read.origin == "pkg-info" and not read.approximate)


PROJECT = """
[project]
name = "Demo"
version = "1.0"
requires-python = ">=3.9"
"""


@pytest.mark.parametrize(
    ("pyproject", "requires"),
    [
        (PROJECT, ()),
        (PROJECT + 'dependencies = ["a>1", "b; os_name == \'x\'"]', ("a>1", "b; os_name == 'x'")),
        (PROJECT + 'dynamic = ["readme"]', ()),
        (PROJECT + 'dynamic = ["dependencies"]', None),
        (PROJECT + 'dynamic = ["optional-dependencies"]', None),
        # PEP 808: what is static and dynamic at once is a lower bound, and no whole list
        (PROJECT + 'dynamic = ["dependencies"]\ndependencies = ["a"]', None),
        (PROJECT + 'dynamic = ["optional-dependencies"]\noptional-dependencies = {x = ["a"]}', None),
        ('[project]\nname = "demo"\ndynamic = ["version"]', ()),
        ('[project]\nname = "demo"\nversion = "2.0"', None),
        ('[project]\nname = "demo"\nversion = 1', ()),
        ('[project]\nname = "other"', None),
        ("[project]\nname = 1", None),
        (PROJECT + "dependencies = [1]", None),
        (PROJECT + 'dependencies = "a"', None),
        (PROJECT + 'dependencies = ["a >"]', None),
        ('[build-system]\nrequires = ["x"]', None),
        ("project = 1", None),
        ("[[project", None),
        ("a = " + "[" * 5000, None),
    ],
)
def test_project_table(pyproject: str, requires: tuple[str, ...] | None) -> None:
    read = static(pyproject=pyproject)
    assert (read and read.requires_dist) == requires
    assert read is None or read.origin == "pyproject"


def test_optional_dependencies_become_extras() -> None:
    read = static(
        pyproject=PROJECT
        + """
[project.optional-dependencies]
Fast_Mode = ["a[x]>1", "b; os_name == 'x' or os_name == 'y'", "c @ https://files.example/c.zip", "demo[other]"]
"""
    )
    assert read is not None
    requirements = [Requirement(text) for text in read.requires_dist]
    assert [r.name for r in requirements] == ["a", "b", "c", "demo"]
    environment = {"os_name": "y", "extra": "fast-mode"}
    assert all(r.marker and r.marker.evaluate(environment) for r in requirements)
    assert not any(r.marker and r.marker.evaluate(environment | {"extra": ""}) for r in requirements)
    assert requirements[2].url == "https://files.example/c.zip"
    assert requirements[1].marker
    assert not requirements[1].marker.evaluate({"os_name": "z", "extra": "fast-mode"})


REQUIRES_TXT = """a>1

[:python_version < "3"]
b
[fast]
c

[fast:os_name == "x" or os_name == "y"]
d==1.*
"""


def test_requires_txt_with_its_sections() -> None:
    read = guess(pkg_info=core("Requires-Python: >=3.6"), requires_txt=REQUIRES_TXT)
    assert read is not None
    assert read.approximate
    assert read.requires_python == ">=3.6"
    texts = {Requirement(text).name: str(Requirement(text).marker or "") for text in read.requires_dist}
    assert texts == {
        "a": "",
        "b": 'python_version < "3"',
        "c": 'extra == "fast"',
        "d": '(os_name == "x" or os_name == "y") and extra == "fast"',
    }


POETRY = '[build-system]\nbuild-backend = "poetry.core.masonry.api"'
PLAIN = "from distutils.core import setup\nsetup(name='demo', python_requires='>=2.7')"


@pytest.mark.parametrize(
    ("names", "texts", "requires"),
    [
        ((), {"pkg_info": core("Requires-Dist: a", version="1.2")}, ("a",)),
        ((), {"pkg_info": core("Requires-Dist: a"), "requires_txt": "b"}, ("a",)),
        ((), {"pkg_info": core(), "requires_txt": "b"}, ("b",)),
        ((), {"pkg_info": core(), "pyproject": POETRY}, ()),
        ((), {"pkg_info": core(), "pyproject": POETRY.replace("poetry", "flit")}, None),
        ((), {"pyproject": POETRY}, None),
        ((), {"requires_txt": "b >"}, None),
        ((), {"requires_txt": "[x:what?]\nb"}, None),
        ((), {"pkg_info": core("Requires-Dist: a").replace("Demo", "other")}, None),
        (("Demo.egg-info/SOURCES.txt",), {"setup_py": "import x; x.run()"}, ()),
        (("src/demo.egg-info/SOURCES.txt",), {}, ()),
        (("tests/other.egg-info/SOURCES.txt",), {}, None),
        ((), {"setup_py": PLAIN}, ()),
        ((), {"setup_py": PLAIN, "setup_cfg": "[egg_info]\ntag_build =\n"}, ()),
        ((), {"setup_py": PLAIN, "setup_cfg": "[options]\ninstall_requires =\n  a\n"}, None),
        ((), {"setup_py": PLAIN, "pyproject": '[build-system]\nrequires = ["setuptools"]'}, ()),
        (
            (),
            {"setup_py": PLAIN, "pyproject": POETRY},
            None,
        ),
        ((), {"setup_py": PLAIN, "pyproject": PROJECT + 'dynamic = ["dependencies"]'}, None),
        ((), {"setup_py": PLAIN, "pyproject": "[[["}, None),
        ((), {"setup_py": "kw = dict(name='x')\nsetup(**kw)"}, ()),
        ((), {"setup_py": "kw = dict(name='x')\nkw['install_requires'] = ['a']\nsetup(**kw)"}, None),
        ((), {"setup_py": "from helper import kw\nsetup(**kw)"}, None),
        ((), {"setup_py": "setup(install_requires=['a'])"}, None),
        ((), {"setup_py": "setup(setup_requires=['pbr'], pbr=True)"}, None),
        ((), {"setup_py": "run()"}, None),
        ((), {"setup_py": "print 'two'"}, None),
        ((), {"setup_py": "'\\d'\nsetup()"}, ()),
        ((), {"setup_py": "x = " + "(" * 5000}, None),
        ((), {"setup_py": "#" * 600_000}, None),
        ((), {}, None),
    ],
)
def test_guesses(names: tuple[str, ...], texts: dict[str, str], requires: tuple[str, ...] | None) -> None:
    read = guess(*names, **texts)
    assert (read and read.requires_dist) == requires
    assert read is None or read.approximate


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_arbitrary_texts_raise_nothing(
    pkg_info: str, pyproject: str, setup_py: str, cfg: str, requires: str
) -> None:
    contents = SdistContents(
        names=(),
        pkg_info=pkg_info,
        pyproject=pyproject,
        setup_py=setup_py,
        setup_cfg=cfg,
        requires_txt=requires,
    )
    sdist_metadata(contents, name=NAME, version=ONE)
    sdist_guess(contents, name=NAME, version=ONE)


def test_a_field_may_go_on_for_a_million_lines():
    """Joined one to the next, they took minutes."""
    data = b"Summary: a\n" + b" b\n" * 1_000_000 + b"Name: demo\n"
    headers = read_headers(data)
    assert len(headers["summary"][0]) == 2_000_001
    assert headers["name"] == ["demo"]
