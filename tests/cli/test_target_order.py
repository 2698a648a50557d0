"""What an input runs on: the first that says so, in one order, with the file and the line that say it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import NATIVE

PROJECT = "[project]\nname = 'app'\nversion = '1'\nrequires-python = '{}'\ndependencies = ['pure']\n"
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  App:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {}
      Runtime: {}
"""
DOCKERFILE = "FROM python:3.12-slim-bookworm\nCOPY . .\nRUN pip install .\n"

# From the last to the first: what is written, which target that makes, and what says so.
STEPS = [
    (
        {"pyproject.toml": "[project]\nname = 'app'\nversion = '1'\ndependencies = ['pure']\n"},
        None,
        "default",
    ),
    (
        {"pyproject.toml": PROJECT.format(">=3.8,<3.10")},
        "lambda:python3.9",
        ("requires-python", "app/pyproject.toml", None),
    ),
    (
        {"../.tool-versions": "nodejs 22\npython 3.10.4\n"},
        "lambda:python3.10",
        ("python-version", ".tool-versions", 2),
    ),
    (
        {".python-version": "# ours\n3.11\n"},
        "lambda:python3.11",
        ("python-version", "app/.python-version", 2),
    ),
    ({"Dockerfile": DOCKERFILE}, "debian12:python3.12", ("infrastructure", "app/Dockerfile", 1)),
    (
        {"../template.yaml": TEMPLATE.format("app/", "python3.13")},
        "lambda:python3.13",
        ("infrastructure", "template.yaml", 7),
    ),
    (
        {"template.yaml": TEMPLATE.format(".", "python3.14")},
        "lambda:python3.14",
        ("infrastructure", "app/template.yaml", 7),
    ),
    (
        {"archcheck.toml": "targets = ['alpine3.22:python3.12']"},
        "alpine3.22:python3.12",
        ("settings", "app/archcheck.toml", None),
    ),
]


@pytest.fixture
def app(archcheck):
    """Return the command line at the root of a repository in which the folder `app` is empty."""
    archcheck.folder = archcheck.folder / "repository"
    (archcheck.folder / ".git").mkdir(parents=True)
    (archcheck.folder / "app").mkdir()
    return archcheck


def only(done):
    (audit,) = done.report["audits"]
    return audit


def source_of(audit):
    return tuple(audit["target"]["source"][key] for key in ("kind", "path", "line"))


def written(app, files):
    for name, text in files.items():
        (app.folder / "app" / name).resolve().write_text(text)


@pytest.mark.parametrize("count", range(1, len(STEPS) + 1))
def test_each_goes_before_all_that_follow_it(app, count):
    for files, _, _ in STEPS[:count]:
        written(app, files)
    _, target, said = STEPS[count - 1]
    audit = only(app("app/pyproject.toml", "--json"))
    assert audit["target"]["id"] == (target or audit["target"]["id"])
    assert source_of(audit) == ((said, None, None) if isinstance(said, str) else said)


def test_the_command_line_goes_before_all(app):
    for files, _, _ in STEPS:
        written(app, files)
    audit = only(app("app/pyproject.toml", "--json", "--target", "lambda:python3.8"))
    assert audit["target"]["id"] == "lambda:python3.8"
    assert source_of(audit) == ("option", None, None)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".python-version", "3.11\n", 1),
        (".tool-versions", "python 3.11.9\n", 1),
        ("mise.toml", "[tools]\npython = '3.11'\n", 2),
        (".mise.toml", "[tools]\npython = ['3.11', '3.12']\n", 2),
        ("runtime.txt", "python-3.11.4\n", 1),
    ],
)
def test_files_of_version_managers(app, name, text, line):
    written(app, {"requirements.txt": "pure\n", name: text})
    audit = only(app("app", "--json"))
    assert audit["target"]["id"] == "lambda:python3.11"
    assert source_of(audit) == ("python-version", f"app/{name}", line)


@pytest.mark.parametrize(
    ("name", "text", "target", "kind"),
    [
        ("Pipfile", "[packages]\npure = '*'\n[requires]\npython_version = '3.12'\n", "lambda:python3.12", "python-version"),
        ("Pipfile", "[packages]\npure = '*'\n", None, "default"),
        ("pyproject.toml", PROJECT.format(">=3.8,<3.10"), "lambda:python3.9", "requires-python"),
        # No runtime of Lambda's is that old, so whichever is taken is a guess.
        ("pyproject.toml", PROJECT.format("<3.7"), None, "default"),
        ("Pipfile", "[packages]\npure = '*'\n[requires]\npython_version = '3.6'\n", None, "default"),
    ],
)  # fmt: skip
def test_what_the_input_itself_says(app, name, text, target, kind):
    written(app, {name: text})
    audit = only(app("app", "--json"))
    assert target in {None, audit["target"]["id"]}
    assert source_of(audit) == (kind, None if kind == "default" else f"app/{name}", None)


def test_a_guess_is_called_one_and_is_less_sure(app):
    """On the first line, which is all that many read."""
    written(app, {"requirements.txt": "pure\n"})
    guessed = only(app("app", "--json"))
    said = only(app("app", "--json", "--target", guessed["target"]["id"]))
    assert guessed["recommendation"]["code"] == said["recommendation"]["code"] == "ready"
    assert said["recommendation"]["confidence"] == "high"
    assert guessed["recommendation"]["confidence"] == "medium"
    assert any("is a guess" in reason for reason in guessed["recommendation"]["reasons"])
    first, *_ = app("app").out.splitlines()
    assert f"{guessed['target']['id']}, a guess" in first
    assert "guess" not in app("app", "--target", guessed["target"]["id"]).out


def test_what_is_built_runs_on_what_deploys_it(app):
    """And not on the Python that happened to build it; pure packages tell none at all."""
    folder = app.folder / "app" / "build" / "pure-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: pure\nVersion: 1.0\n")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    (folder / "RECORD").write_text("")
    assert source_of(only(app("app/build", "--json"))) == ("default", None, None)
    written(app, {"template.yaml": TEMPLATE.format("build/", "python3.12")})
    audit = only(app("app/build", "--json"))
    assert audit["target"]["id"] == "lambda:python3.12"
    assert source_of(audit) == ("infrastructure", "app/template.yaml", 7)


def test_a_runtime_with_an_old_glibc_is_not_passed_over_for_a_newer_one(app, store):
    """On python3.11, with glibc 2.26, nothing of this has a wheel that fits, and on the newest everything has."""
    for name in ("numpy", "pyarrow"):
        tags = [
            f"cp3{minor}-cp3{minor}-manylinux_2_28_{machine}"
            for minor in (11, 14)
            for machine in ("x86_64", "aarch64")
        ]
        store.add(name, "30.0", wheels=tags, sdist=NATIVE)
    written(app, {"requirements.txt": "numpy>=2.2\npyarrow>=18\n"})
    assert only(app("app", "--json"))["summary"]["ready"] == 2, "the guess"
    written(app, {"template.yaml": TEMPLATE.format(".", "python3.11")})
    audit = only(app("app/requirements.txt", "--json"))
    assert audit["target"]["id"] == "lambda:python3.11"
    assert (audit["summary"]["packages"], audit["summary"]["ready"]) == (2, 0)
    text = app("app/requirements.txt").out
    assert "ready for arm64" not in text
    assert "2 of 2 packages must be built on either" in text.splitlines()[0]


def test_a_guess_says_which_template_could_not_be_read(app, store):
    store.add("pure", "1.0", wheels=["py3-none-any"])
    app.write("requirements.txt", "pure\n")
    app.write("template.yaml", "Resources:\n  Fn: &a [AWS::Lambda::Function, *a]\n")
    done = app("requirements.txt", "--json")
    source = done.report["audits"][0]["target"]["source"]
    assert (source["kind"], source["path"]) == ("default", "template.yaml")
    said = " ".join(app("requirements.txt").out.split())
    assert "a guess: not all of template.yaml" in said
    assert "not read: template.yaml: an alias leads to what holds it" in said
    whole = app(".")
    assert (whole.code, whole.out.splitlines()[0]) == (
        2,
        "? 1 template could not be read; 1 project: 1 can move today",
    )


@pytest.mark.parametrize(
    ("stated", "target"),
    [
        ("python=3.12", "lambda:python3.12"),
        ("python=3.12.4", "lambda:python3.12"),
        ("conda-forge::python==3.11.5=h1", "lambda:python3.11"),
        ("python~=3.12.0", "lambda:python3.12"),
        ("python[version='>=3.10,<3.12']", "lambda:python3.11"),
    ],
)
def test_the_python_of_a_conda_environment_is_no_guess(app, stated, target):
    app.write("app/environment.yml", f"dependencies:\n  - {stated}\n  - pip:\n    - pure\n")
    audit = only(app("app/environment.yml", "--json"))
    assert audit["target"]["id"] == target
    assert source_of(audit) == ("python-version", "app/environment.yml", None)


@pytest.mark.parametrize("stated", ["python", "python=2.7", "python=3.4.1"])
def test_a_python_that_lambda_has_not_is_a_guess(app, stated):
    app.write("app/environment.yml", f"dependencies:\n  - {stated}\n  - pip:\n    - pure\n")
    assert source_of(only(app("app/environment.yml", "--json")))[0] == "default"
