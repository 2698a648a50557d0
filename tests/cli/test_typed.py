"""Requirements on the command line: what is one, what is a file or a command, and what is said of the rest."""

from __future__ import annotations

import pytest

from archcheck.errors import InputError
from archcheck.inputs.typed import divided
from tests.inputs.reading import FakeFiles


@pytest.mark.parametrize(
    ("words", "packages"),
    [
        (["service==2.0"], {"service", "ready", "blocked", "pure"}),
        (["ready", "stuck>=1"], {"ready", "pure", "stuck"}),
        (["ready[x]"], {"ready", "pure"}),
        (["ready; python_version < '3'", "pure"], {"pure"}),
        (["pure @ INDEX/../files/pure-1.0-py3-none-any.whl"], {"pure"}),
    ],
)
def test_all_of_them_are_one_input(archcheck, words, packages):
    words = [word.replace("INDEX", archcheck.index_url) for word in words]
    (audit,) = archcheck(*words, "--json").report["audits"]
    assert (audit["input"]["path"], audit["input"]["kind"]) == ("(command line)", "requirements")
    assert {package["name"] for package in audit["packages"]} == packages
    assert audit["target"]["id"] == "lambda:python3.13", "as .python-version here says"


def test_each_has_its_number_as_its_line(archcheck):
    (audit,) = archcheck("ready", "stuck", "--json").report["audits"]
    assert audit["findings"][0]["location"] == {"path": "(command line)", "line": 2}


def test_files_may_stand_beside_them(archcheck):
    archcheck.write("requirements.txt", "ready\n")
    archcheck.write("stuck", "pure\n")
    audits = archcheck("requirements.txt", "blocked==1.0", "stuck", "--json").report["audits"]
    assert [audit["input"]["path"] for audit in audits] == ["requirements.txt", "stuck", "(command line)"]


def test_a_command_is_a_command_and_check_takes_any_name(archcheck, store):
    store.add("cache", "1.0", wheels=["py3-none-any"])
    assert archcheck("cache").code == 2
    assert archcheck("check", "cache").code == 0


def test_why_takes_them_and_fix_refuses(archcheck):
    assert "(command line):1: service 2.0 → blocked 1.0" in archcheck("why", "blocked", "service").out
    done = archcheck("fix", "service==2.0", "ready")
    assert (done.code, done.out) == (2, "")
    assert "requirements on the command line are in no file that could be changed" in done.err


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_no_command_names_a_file_that_is_none(archcheck, name):
    out = archcheck("service==2.0", "-f", name).out
    assert "pip install -r (command" not in out
    assert "archcheck '(command" not in out
    assert "fix" not in out.partition("archcheck fix")[1]


def test_the_settings_of_the_current_folder_count(archcheck):
    archcheck.write("archcheck.toml", 'targets = ["lambda:python3.12"]\n')
    wheel = f"{archcheck.index_url}/files/pure-1.0-py3-none-any.whl"
    (audit,) = archcheck(f"pure @ {wheel}", "--json").report["audits"]
    assert audit["target"]["id"] == "lambda:python3.12"


THERE = {
    "/p/requirements.txt": "",
    "/p/reqs/base.txt": "",
    "/p/numpy": "",
    "/p/uv.lock": "",
    "/p/notes.md": "",
}


@pytest.mark.parametrize(
    ("word", "is_typed"),
    [
        ("-", False),
        ("numpy", False),
        ("scipy", True),
        ("zope.interface", True),
        ("numpy==1.26.4", True),
        ("requirements.txt", False),
        ("reqs", False),
        ("gone.txt", False),
        ("gone/base", False),
        ("./scipy", False),
        (".", False),
        ("Pipfile", False),
        ("pylock.x.toml", False),
        ("function.zip", False),
        ("ruamel.yaml", False),
        ("Pipfile.lok", False),
        ("pyproject.tom", False),
        ("setup.pyy", False),
        ("jaraco.functools", True),
        ("Dockerfile", False),
        ("main.tf", False),
        ("template.yaml", False),
        ("ruamel.yaml>=0.18", True),
        ("a.txt[x]", True),
        ("notes", True),
    ],
)
def test_what_is_a_requirement(word, is_typed):
    assert divided([word], FakeFiles(THERE), "/p") == (((), (word,)) if is_typed else ((word,), ()))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("requirments.txt", "requirments.txt: no such file or directory; did you mean requirements.txt?"),
        ("reqs/bse.txt", "reqs/bse.txt: no such file or directory; did you mean reqs/base.txt?"),
        ("requirments", "requirments: no such file or directory; did you mean requirements.txt?; for the package of "),
        ("scipy=1.26", "(command line): 'scipy=1.26' is not a requirement (PEP 508): '=' is no operator; did you "),
        ("scipy>=", "(command line): 'scipy>=' is not a requirement (PEP 508): "),
        ("lambda:python3.13", "lambda:python3.13: no such file or directory; a target is named with --target"),
        ("https://me:secret@index.example/x.whl", "https://****@index.example/x.whl: an address is no file; expected "),
    ],
)  # fmt: skip
def test_what_is_neither_is_told(word, message):
    with pytest.raises(InputError) as caught:
        divided([word], FakeFiles(THERE), "/p")
    assert str(caught.value).startswith(message)
