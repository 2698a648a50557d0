"""conda's environment.yml: pip's part is read as pip would, conda's is said to be left out."""

from __future__ import annotations

import pytest

from archcheck.manifest.manifest import PathSource

from .projects import lines, project, refused

TEXT = """\
name: x
channels: [conda-forge]
dependencies:
  - python=3.11
  - conda-forge::numpy=1.26
  - pip
  - pip:
    - requests>=2
    - --index-url https://index.example/simple
    - -r more/reqs.txt
    - ./local
    - "rich ; python_version < '3.12'"
"""


def test_environment_yml() -> None:
    files = {"sub/environment.yml": TEXT, "sub/more/reqs.txt": "\nfoo", "sub/local/setup.py": ""}
    manifest = project(files, "sub/environment.yml")
    assert [f"{each.location} {each.name}" for each in manifest.requirements] == [
        "sub/environment.yml:8 requests",
        "sub/more/reqs.txt:2 foo",
        "sub/environment.yml:11 None",
        "sub/environment.yml:12 rich",
    ]
    assert manifest.requirements[2].source == PathSource(path="/project/sub/local")
    assert manifest.options.index_url == "https://index.example/simple"
    assert [(each.text, each.location.line) for each in manifest.skipped] == [("numpy=1.26", 5)]
    assert (manifest.kind, str(manifest.requires_python)) == ("conda", "==3.11.*")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("python", "None"),
        ("python=3.11", "==3.11.*"),
        ("python 3.11.*", "==3.11.*"),
        ("conda-forge::python==3.11.4", "==3.11.4"),
        ("python=3.11.4=h955ad1f_0", "==3.11.4"),
        ("python>=3.10,<3.12", "<3.12,>=3.10"),
        ("python >=3.10, !=3.11.2", "!=3.11.2,>=3.10"),
        ("python~=3.11.2", "~=3.11.2"),
        ("python[version='>=3.10,<3.12']", "<3.12,>=3.10"),
        ("conda-forge::python[version=3.11, build=x]", "==3.11.*"),
        ("python>=3.10|<3.8", "None"),
        ("python=2.7", "None"),
        ("python-dateutil=3.11", "None"),
    ],
)
def test_the_python_of_the_environment(stated: str, expected: str) -> None:
    text = f'dependencies: ["{stated}", {{pip: [six]}}]\n'
    assert str(project({"environment.yml": text}, "environment.yml").requires_python) == expected


@pytest.mark.parametrize(("more", "elsewhere"), [(", {pip: [six]}", "conda"), (", pip", ""), ("", "")])
def test_beside_pips_part_condas_is_anothers(more: str, elsewhere: str) -> None:
    text = f'dependencies: [python, "conda-forge::numpy", scipy{more}]'
    skipped = project({"environment.yml": text}, "environment.yml").skipped
    assert [(each.text, each.elsewhere) for each in skipped] == [("numpy", elsewhere), ("scipy", elsewhere)]


def test_what_to_do_about_condas_packages_is_said() -> None:
    text = TEXT.replace("    - -r more/reqs.txt\n", "")
    (warning,) = project({"environment.yml": text}, "environment.yml").warnings
    assert "`archcheck --environment PREFIX` audits the Python packages" in warning
    assert (
        project({"environment.yml": "dependencies: [python, {pip: [six]}]"}, "environment.yml").warnings == ()
    )


@pytest.mark.parametrize(
    "text", ["dependencies:\n", "dependencies: []\n", "name: x\n", "dependencies:\n- pip:\n"]
)
def test_nothing_is_asked_for(text: str) -> None:
    manifest = project({"environment.yml": text}, "environment.yml")
    assert (manifest.requirements, manifest.skipped) == ((), ())


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "environment.yml: it is empty"),
        ("x: &x {dependencies: [a]}\n<<: *x", "environment.yml:2: the file: '<<' is not followed"),
        ("- a", "environment.yml:1: the file: expected keys with values"),
        ("dependencies: x", "environment.yml:1: dependencies: expected a list"),
        ("dependencies:\n- pip: x", "environment.yml:2: pip: expected a list"),
        ("dependencies:\n- pip:\n  - [a]", "environment.yml:3: pip: expected a line"),
        ("dependencies:\n- pip:\n  - a=1", "environment.yml:3: 'a=1' is not a requirement"),
        ("dependencies:\n- npm: [a]", "environment.yml:2: dependencies: 'npm'; expected packages, or pip"),
        ("dependencies: [a", "environment.yml:1: not YAML: "),
        ("dependencies: *gone", "environment.yml:1: not YAML: found undefined alias"),
        ("dependencies: " + "[" * 20_000, "environment.yml: not YAML"),
        ("dependencies:\n- &p pip: [a]\n- *q", "environment.yml:3: not YAML"),
        ("dependencies: &d\n- pip: *d\n", "environment.yml:2: pip: expected a line"),
        (BOMB + "dependencies: *j", "expected keys with values"),
        (
            "dependencies:\n" + "- a\n" * 10_001,
            "environment.yml:2: dependencies: expected at most 10,000 packages",
        ),
        ("x" * 600_000, "environment.yml: 600,000 bytes; expected at most 524,288"),
        ("a: !!python/object/apply:os.system [id]\ndependencies: 3", "dependencies: expected a list"),
    ],
)
def test_refusals(text: str, expected: str) -> None:
    assert expected in refused({"environment.yml": text}, "environment.yml")


def test_aliases_stay_one() -> None:
    text = "x: &x\n  pip: [a]\ndependencies: [*x, *x]\n"
    assert lines(project({"environment.yml": text}, "environment.yml")) == ["2 a", "2 a"]
