"""Versions that a project folder keeps in another file."""

from __future__ import annotations

import pytest
from packaging.version import Version

from archcheck.index.metadata.dynamic_version import dynamic_version

ATTR = '[tool.setuptools.dynamic]\nversion = {attr = "pkg.about.__version__"}\n'
FILE = '[tool.setuptools.dynamic]\nversion = {file = "VERSION"}\n'
HATCH = '[tool.hatch.version]\npath = "src/pkg/about.py"\n'

CASES = {
    "attr in a module": (ATTR, "", {"pkg/about.py": '__version__ = "1.2"'}, "1.2"),
    "attr in a package below src": (
        ATTR,
        "",
        {"src/pkg/about/__init__.py": "__version__: str = '1.3'"},
        "1.3",
    ),
    "attr that is worked out": (ATTR, "", {"pkg/about.py": "__version__ = get()"}, None),
    "attr of a module that is not there": (ATTR, "", {}, None),
    "file": (FILE, "", {"VERSION": "2.0\n"}, "2.0"),
    "file of words": (FILE, "", {"VERSION": "two\n"}, None),
    "hatch": (HATCH, "", {"src/pkg/about.py": "\nVERSION = 'v3.1'\n"}, "3.1"),
    "setup.cfg attr": (
        "",
        "[metadata]\nversion = attr: pkg.__version__\n",
        {"pkg/__init__.py": "__version__ = '4'"},
        "4",
    ),
    "setup.cfg file": ("", "[metadata]\nversion = file: VERSION\n", {"VERSION": "4.1"}, "4.1"),
    "tags": ("[tool.setuptools_scm]\n", "", {}, None),
    "outside": (
        '[tool.hatch.version]\npath = "../other.py"\n',
        "",
        {"../other.py": "__version__ = '1'"},
        None,
    ),
    "an odd table": ("[tool]\nsetuptools = 3\n", "", {}, None),
    "no TOML": ("[tool\n", "", {}, None),
    "a folder in its place": (FILE, "", {"VERSION/x": ""}, None),
}


@pytest.mark.parametrize("case", CASES)
def test_where_it_is_stated(case, tmp_path):
    pyproject, setup_cfg, files, expected = CASES[case]
    folder = tmp_path / "project"
    folder.mkdir()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    assert dynamic_version(folder, pyproject, setup_cfg) == (None if expected is None else Version(expected))
