"""The table of formats is all there is: a new row is a new format, and what a kind is called matters nowhere."""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from archcheck import formats, inputs
from archcheck.cli.help import overview
from archcheck.formats import FORMATS, Format
from tests.cli.conftest import X86

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.running import CommandLine

LOCKED = f"""
[[package]]
name = "blocked"
version = "1.0"
optional = false
python-versions = "*"
files = [{{ file = "blocked-1.0-{X86}.whl", hash = "sha256:00" }}]
"""
SOURCES = {
    "uv": (
        "version = 1\n[[package]]\nname = 'me'\nversion = '1'\nsource = { virtual = '.' }\n"
        "dependencies = [{ name = 'blocked' }]\n[[package]]\nname = 'blocked'\nversion = '1.0'\n"
        f"source = {{ registry = 'INDEX' }}\nwheels = [{{ url = 'https://index.example/blocked-1.0-{X86}.whl' }}]\n"
    ),
    "poetry": f"{LOCKED}groups = ['main']\n[metadata]\nlock-version = '2.1'\npython-versions = '*'\n",
    "pdm": f"{LOCKED}[metadata]\ngroups = ['default']\nlock_version = '4.5.0'\n",
    "pylock": (
        "lock-version = '1.0'\ncreated-by = 'hand'\n[[packages]]\nname = 'blocked'\nversion = '1.0'\n"
        f"[[packages.wheels]]\nurl = 'https://index.example/blocked-1.0-{X86}.whl'\nhashes = {{ sha256 = '00' }}\n"
    ),
    "pipfile-lock": json.dumps(
        {
            "_meta": {"pipfile-spec": 6, "requires": {"python_version": "3.9"}, "sources": []},
            "default": {"blocked": {"version": "==1.0"}},
        }
    ),
    "pixi": (
        "version: 6\nenvironments:\n  default:\n    indexes: [INDEX]\n    packages:\n      linux-64: &all\n"
        "      - conda: https://index.example/python-3.13.1-h1_0.conda\n"
        f"      - pypi: https://index.example/blocked-1.0-{X86}.whl\n      linux-aarch64: *all\n"
        f"packages:\n- pypi: https://index.example/blocked-1.0-{X86}.whl\n  name: blocked\n  version: '1.0'\n"
    ),
    "requirements": "blocked==1.0\n",
    "pyproject": "[project]\nname = 'me'\nversion = '1'\ndependencies = ['blocked==1.0']\n",
    "pipfile": "[packages]\nblocked = '==1.0'\n[requires]\npython_version = '3.9'\n",
    "setup-cfg": "[metadata]\nname = me\n[options]\ninstall_requires = blocked==1.0\n",
    "script": "# /// script\n# requires-python = '==3.9.*'\n# dependencies = ['blocked==1.0']\n# [tool.uv]\n# index-url = 'INDEX'\n# ///\n",
    "script-lock": (
        "version = 1\n[manifest]\nrequirements = [{ name = 'blocked' }]\n[[package]]\nname = 'blocked'\n"
        "version = '1.0'\nsource = { registry = 'INDEX' }\n"
        f"wheels = [{{ url = 'https://index.example/blocked-1.0-{X86}.whl' }}]\n"
    ),
    "sbom": json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"purl": "pkg:pypi/blocked@1.0"}]}
    ),
    "setup-py": "from setuptools import setup\nsetup(name='me', install_requires=['blocked==1.0'])\n",
    "conda": "dependencies:\n  - python=3.9\n  - pip:\n    - blocked==1.0\n",
}
OUTPUTS = ("r.json", "r.html", "r.md", "r.txt")


def test_every_kind_has_an_example_here():
    assert {*SOURCES, formats.ENVIRONMENT.kind} == {each.kind for each in FORMATS if not each.built}


@pytest.mark.parametrize("kind", [*SOURCES, formats.ENVIRONMENT.kind])
@pytest.mark.no_cover
def test_what_a_kind_is_called_matters_nowhere(archcheck, monkeypatch, kind):
    """Give every kind another name: what is read, found, refused and advised is the same, by file and by text."""
    text = SOURCES.get(kind, "").replace("INDEX", archcheck.index_url)
    row = formats.row_of(kind)
    _project(archcheck.folder / "project", row, text)
    named = "project" if row.names or row.installed else f"project/{_name(row)}"
    runs = [([named], ""), (["-"], text), (["--environment", "project"], "")]
    before = [_said(archcheck, arguments, stdin) for arguments, stdin in runs]
    assert before[0].pop("kind") == kind
    page = unescape(before[0]["r.html"])
    told = any(command.partition("{")[0] in page for command in (row.edit, row.move))
    export = row.export.partition("{")[0]
    assert (told, export in page) == (True, True), "else it tells little"

    renamed = {each: each._replace(kind=f"kind-{number}") for number, each in enumerate(FORMATS)}
    monkeypatch.setattr(formats, "FORMATS", tuple(renamed.values()))
    monkeypatch.setattr(formats, "REQUIREMENTS", renamed[formats.REQUIREMENTS])
    monkeypatch.setattr(formats, "ENVIRONMENT", renamed[formats.ENVIRONMENT])
    after = [_said(archcheck, arguments, stdin) for arguments, stdin in runs]
    assert after[0].pop("kind") == renamed[row].kind
    assert [{**each, "kind": ""} for each in after] == [{**each, "kind": ""} for each in before]


def _project(folder: Path, row: Format, text: str) -> None:
    """Make a project of one file, or an environment, whose Python is not that of `.python-version`."""
    folder.mkdir()
    if not row.installed:
        (folder / _name(row)).write_text(text)
        (folder / ".python-version").write_text("3.13\n")
        return
    made = folder / "lib/python3.13/site-packages/blocked-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: blocked\nVersion: 1.0\n")
    (folder / "pyvenv.cfg").write_text("version = 3.13.1\n")
    (folder / ".python-version").write_text("3.11\n")


def _name(row: Format) -> str:
    return row.names[0] if row.names else f"it{row.suffixes[0]}"


def _said(archcheck: CommandLine, arguments: list[str], stdin: str) -> dict[str, Any]:
    """Return all that a run says, with the kind of its input set apart."""
    flags = [word for name in OUTPUTS for word in ("-o", name)]
    for name in OUTPUTS:
        (archcheck.folder / name).unlink(missing_ok=True)
    done = archcheck(*arguments, "--no-cache", *flags, stdin=stdin)
    if done.code == 2:
        return {"err": done.err}
    said = {name: (archcheck.folder / name).read_text(encoding="utf-8") for name in OUTPUTS}
    kind = json.loads(said["r.json"])["audits"][0]["input"]["kind"]
    said |= {"r.json": said["r.json"].replace(f'"kind": "{kind}"', '"kind": ""', 1)}
    said |= {"r.html": said["r.html"].replace(f"</code> ({kind})</dd>", "</code> ()</dd>", 1)}
    err = re.sub(r"\(\d+ k?B\)", "", done.err)  # how large they are, the kind's own name included
    return {**said, "code": done.code, "err": err, "kind": kind}


READER = """
import hashlib

from packaging.specifiers import SpecifierSet

from archcheck.inputs.parsing.input_file import read_named
from archcheck.manifest.manifest import Location, Manifest, Requirement


def read_bento(path, *, files, environ, cwd, selection):
    data = read_named(path, files=files, cwd=cwd, expected="a bento.deps file")
    return Manifest(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        requirements=tuple(
            Requirement(
                name=line.split()[0],
                specifier=SpecifierSet(line.split()[1]),
                location=Location(path=path, line=number),
                text=line,
            )
            for number, line in enumerate(data.decode().splitlines(), start=1)
            if not line.startswith("#")
        ),
        requires_python=SpecifierSet("==3.9.*"),
    )
"""
ROW = Format(
    kind="bento",
    title="bento.deps",
    reader="bento.read_bento",
    names=("bento.deps", "*.bento"),
    says=(b"#bento",),
    nearby=("old.bent?",),
    suffixes=(".box",),
    sign=lambda text: text.start.startswith(b"#bento"),
    has_extras=False,
    python_is_advice=True,
    edit="bento set {spec}",
    move="bento hold {pin}",
    relock="bento lock",
    export="bento export > requirements.txt",
)
TEXT = "#bento\nblocked ==1.0\n"


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Return what adds a row to the table, at its front or its end; the reader stands where readers stand."""
    place = tmp_path_factory.mktemp("readers")
    (place / "bento.py").write_text(READER)
    monkeypatch.setattr(inputs, "__path__", [*inputs.__path__, str(place)])
    # So that it is forgotten again: each test writes its own.
    monkeypatch.setitem(sys.modules, "archcheck.inputs.bento", None)
    monkeypatch.delitem(sys.modules, "archcheck.inputs.bento")

    def added(*, first: bool = True, **changed: Any) -> None:
        row = ROW._replace(**changed)
        monkeypatch.setattr(formats, "FORMATS", (row, *FORMATS) if first else (*FORMATS, row))

    return added


def bento(archcheck: CommandLine, *arguments: str, **more: Any) -> tuple[str, str, list[str]]:
    """Return the path, the kind and the obstacles of the one input."""
    done = archcheck(*arguments, "--json", "--no-cache", **more)
    (audit,) = done.report["audits"]
    return audit["input"]["path"], audit["input"]["kind"], [each["package"] for each in audit["findings"]]


@pytest.mark.parametrize(
    ("name", "arguments", "stdin"),
    [
        ("bento.deps", [], ""),
        ("bento.deps", ["."], ""),
        ("bento.deps", ["bento.deps"], ""),
        ("Lunch.Bento", ["Lunch.Bento"], ""),
        ("lunch.box", ["lunch.box"], ""),
        ("lunch.txt", ["lunch.txt", "--kind", "bento"], ""),
        ("-", ["-"], TEXT),
        ("-", ["-", "--kind", "bento"], TEXT),
    ],
)
def test_a_new_format_is_found_and_read(archcheck, add, name, arguments, stdin):
    add()
    if name != "-":
        archcheck.write(name, TEXT)
    archcheck.write("requirements.txt", "ready\n")
    assert bento(archcheck, *arguments, stdin=stdin) == (name, "bento", ["blocked"])


def test_a_new_format_has_its_place_in_the_order_of_search(archcheck, add):
    archcheck.write("requirements.txt", "ready\n")
    archcheck.write("bento.deps", "nothing of the sort\n")
    add()
    assert bento(archcheck)[0] == "requirements.txt", "as the other says nothing"
    archcheck.write("bento.deps", TEXT)
    note = archcheck("--json", "--no-cache").report["audits"][0]["notes"][0]
    assert note.startswith(
        "chose bento.deps, which comes first in the order of search; also found: requirements"
    )
    add(first=False)
    assert bento(archcheck)[0] == "requirements.txt"


def test_a_new_format_is_offered(archcheck, add):
    add()
    assert "has none of bento.deps, uv.lock, " in archcheck().err
    archcheck.write("old.bento", TEXT)
    archcheck.write("old.bent", TEXT)
    assert bento(archcheck)[0] == "old.bento"
    (archcheck.folder / "old.bento").unlink()
    archcheck.write("old.bent!", TEXT)
    assert "there is old.bent!: name what you mean" in archcheck().err
    assert (
        "is not supported; --kind says what else it is: bento, conda, "
        in archcheck("--kind", "cobol", "x").err
    )
    assert "  bento.deps, uv.lock, " in overview()
    assert "  bento.deps, uv.lock, " in archcheck("--help").out
    assert "(bento, uv, " in " ".join(archcheck("check", "--help").out.split())
    assert '--kind:*) words="bento uv ' in archcheck("completion", "bash").out


def test_a_new_format_is_advised_on_as_its_row_says(archcheck, add):
    add()
    archcheck.write("bento.deps", TEXT)
    page = archcheck("--no-cache", "-f", "markdown").out
    assert "bento set blocked==1.1" in page
    assert "bento export > requirements.txt" in page
    add(edit="", move="", export="")
    page = archcheck("--no-cache", "-f", "markdown").out
    assert "bento set" not in page
    assert "In bento.deps, line 2." in page
    assert "cat > requirements-arm64.txt <<'END'" in page
    add(pip="-r", export="")
    page = archcheck("--no-cache", "-f", "markdown").out
    assert "pip install -r bento.deps " in page
    assert "Write the set down" not in page
    add(pip=".", export="")
    assert "pip install . " in archcheck("--no-cache", "-f", "markdown").out


def test_a_new_format_is_read_as_its_row_says(archcheck, add):
    add()
    archcheck.write("bento.deps", TEXT)
    (audit,) = archcheck("--json", "--no-cache", "--extra", "x").report["audits"]
    assert "bento.deps has no extras and no groups: 'x' is of no effect there" in audit["notes"]
    assert audit["target"]["id"] == "lambda:python3.13", "as .python-version says"
    add(has_extras=True, python_is_advice=False)
    (audit,) = archcheck("--json", "--no-cache", "--extra", "x").report["audits"]
    assert not any("of no effect" in note for note in audit["notes"])
    assert {finding["rule"] for finding in audit["findings"]} == {"AC001", "AC013"}
    add(installed=True)
    (audit,) = archcheck("--json", "--no-cache").report["audits"]
    assert audit["target"]["id"] == "lambda:python3.9", "as it says of itself"


@pytest.mark.parametrize(("installer", "code"), [("uv", 1), ("pip", 2), ("poetry", 2), (None, 2)])
def test_a_new_format_asks_whom_its_installer_asks(archcheck, add, installer, code):
    add(installer=installer)
    archcheck.write("bento.deps", TEXT)
    elsewhere = {"PIP_INDEX_URL": f"{archcheck.index_url}/nowhere", "UV_DEFAULT_INDEX": archcheck.index_url}
    assert archcheck("--no-cache", environ=elsewhere).code == code
