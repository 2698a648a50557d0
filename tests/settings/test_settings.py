"""archcheck's own settings: from text to values, and what is refused in which words."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from archcheck.errors import SettingsError, UsageError
from archcheck.policy import COMMAND_LINE, Assumption, Ignore
from archcheck.settings.file import read_settings, stays_inside
from archcheck.settings.ignores import parse_ignore
from archcheck.settings.keys import KEYS, WORKLOAD
from archcheck.settings.variables import from_environment, misspelt

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
EXAMPLE = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]


def own(text):
    return read_settings(text, "archcheck.toml")


def test_the_documented_example_says_every_key_and_is_valid():
    settings = read_settings(EXAMPLE, "pyproject.toml")
    assert set(settings.options) == {key.option for key in (*KEYS, *WORKLOAD)} - {"gb_seconds"}
    assert len(settings.policy.ignores) == 3
    assert {each.kind for each in settings.policy.assumptions.values()} == {"pure", "wheel", "native"}


def test_the_same_keys_stand_at_the_top_of_a_file_of_its_own():
    table = tomllib.loads(EXAMPLE)["tool"]["archcheck"]
    text = EXAMPLE.replace("[tool.archcheck]\n", "").replace("tool.archcheck.", "")
    assert tomllib.loads(text) == table
    assert own(text).options == read_settings(EXAMPLE, "pyproject.toml").options


def test_every_key_is_documented_with_its_flag_and_its_variable():
    rows = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = re.findall(r"`([^`]+)`", "|".join(line.split("|")[1:4]))
        if len(cells) == 3 and cells[1].startswith("--"):
            rows[cells[0]] = tuple(cells[1:])
    keys = [(key.name, key) for key in KEYS] + [(f"workload.{key.name}", key) for key in WORKLOAD]
    assert rows == {name: (f"--{key.option.replace('_', '-')}", key.variable) for name, key in keys}


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[tool.ruff]\n", "tool = 3"])
def test_a_project_that_says_nothing(text):
    assert read_settings(text, "pyproject.toml") is None


@pytest.mark.parametrize("path", ["pyproject.toml", "a/b/pyproject.toml", "PyProject.toml"])
def test_a_table_that_is_empty_says_nothing_and_is_found(path):
    assert read_settings("[tool.archcheck]", path).options == {}


REFUSED = [
    ("fail_on = 'build'", "fail_on: there is no such setting; did you mean fail-on?"),
    ("target = ['x']", "target: there is no such setting; did you mean targets?"),
    ("zzz = 1", "zzz: there is no such setting; there are: all-extras, "),
    ("targets = 'lambda:python3.13'", "targets: expected a list of texts, found 'lambda:python3.13'"),
    ("targets = ['lambda:python3.13', 3]", "targets[1]: expected a text, found the number 3"),
    ("targets = ['lamda:python3.13']", "targets[0]: 'lamda' is no base"),
    ("fail-on = ['build']", "fail-on: expected a text, found a list"),
    ("fail-on = ''", "fail-on: expected a text, found ''"),
    ("strict = 1", "strict: expected true or false, found the number 1"),
    ("strict = 'yes'", "strict: expected true or false, found 'yes'"),
    ("jobs = true", "jobs: expected a whole number, found true"),
    ("jobs = 1.5", "jobs: expected a whole number, found the number 1.5"),
    ("timeout = '3'", "timeout: expected a number, found '3'"),
    ("timeout = false", "timeout: expected a number, found false"),
    ("exclude-newer = 3", "exclude-newer: expected a date such as 2026-11-23, found the number 3"),
    ("outputs = ['../x.json']", "outputs[0]: expected a file in the folder of archcheck.toml"),
    ("workload = 3", "workload: expected a table, found the number 3"),
    ("[workload]\nmemroy = 1", "workload.memroy: there is no such setting; did you mean memory?"),
    ("[ignore]\npackage = 'x'", "ignore: expected tables, each under [[ignore]], found a table"),
    ("ignore = [3]", "ignore[0]: expected a table, found the number 3"),
    ("[[ignore]]\npackage = 'x'", "ignore[0]: expected a reason"),
    ("[[ignore]]\nreason = 'x'", "ignore[0]: expected a package or a rule"),
    ("[[ignore]]\npackage = 'x'\nreason = ' '", "ignore[0].reason: expected a text, found ' '"),
    (
        "[[ignore]]\npackage = 'x'\nreasons = 'x'",
        "ignore[0].reasons: there is no such setting; did you mean reason?",
    ),
    (
        "[[ignore]]\nrule = 'AC99'\nreason = 'x'",
        "ignore[0].rule: there is no rule 'AC99'; did you mean AC019 or AC009?",
    ),
    (
        "[[ignore]]\nrule = 'AC001'\nreason = 'x'\nuntil = 'soon'",
        "ignore[0].until: expected a date such as 2027-01-31",
    ),
    (
        "[[ignore]]\nrule = 'AC001'\nreason = 'x'\nuntil = 2027-01-31T00:00:00",
        "ignore[0].until: expected a date",
    ),
    (
        "[[ignore]]\nrule = 'AC001'\nreason = 'x'\nuntil-available = 1",
        "ignore[0].until-available: expected true or",
    ),
    (
        "[[ignore]]\nrule = 'AC001'\nreason = 'x'\nversion = '1.0'",
        "ignore[0].version: expected a version specifier",
    ),
    ("jobs = 0x" + "f" * 9000, "jobs: expected a whole number, found a number of very many digits"),
    ("fail-on = 0x" + "f" * 9000, "fail-on: expected a text, found a number of very many digits"),
    ("y" * 9000 + " = 1", "y" * 60 + "…: there is no such setting; there are: "),
    ("fail-on = ['" + "y" * 9000 + "']", "fail-on: expected a text, found a list"),
    ("targets = ['" + "y" * 9000 + "']", "targets[0]: "),
    ("assume = 'pure'", "assume: expected a table, found 'pure'"),
    ("[assume]\nacme = 'purr'", 'assume.acme: expected "pure", "wheel" or "native", found \'purr\''),
    ("[assume]\nacme = ['pure']", 'assume.acme: expected "pure", "wheel" or "native", found a list'),
    ("[tool.archcheck]\nstrict = true", "tool: expected the settings at the top"),
    ("strict =", "not TOML: "),
    ("jobs = " + "9" * 5000, "not TOML: "),
    ("x = " + "[" * 3000, "n"),  # nested too deeply, or not TOML
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words[:30] for _, words in REFUSED])
def test_what_is_refused_is_named_with_its_key(text, words):
    with pytest.raises(SettingsError) as raised:
        own(text)
    assert str(raised.value).startswith(f"archcheck.toml: {words}")


def test_the_key_is_named_as_it_stands_in_pyproject():
    with pytest.raises(
        SettingsError, match=r"^pyproject.toml: tool.archcheck.ignore\[1\]: expected a reason"
    ):
        read_settings(
            "[[tool.archcheck.ignore]]\nrule='AC001'\nreason='x'\n[[tool.archcheck.ignore]]\nrule='AC001'",
            "pyproject.toml",
        )


def test_an_ignore_in_full():
    text = """
        [[ignore]]
        package = "Acme_*"
        version = ">=1,<2"
        rule = "build-required"
        target = "lambda:*"
        reason = "built elsewhere"
        until = 2027-01-31
        until-available = true
    """
    assert own(text).policy.ignores == (
        Ignore(
            package="acme-*",
            version=SpecifierSet(">=1,<2"),
            rule="AC002",
            target="lambda:*",
            reason="built elsewhere",
            until=date(2027, 1, 31),
            until_available=True,
            source="archcheck.toml",
        ),
    )


def test_assumptions_are_by_normalised_name():
    assert own("[assume]\nAcme_Core = 'pure'").policy.assumptions == {
        "acme-core": Assumption(kind="pure", source="archcheck.toml")
    }


@pytest.mark.parametrize(
    ("text", "rule", "package"),
    [
        ("AC001", "AC001", "*"),
        ("ac001", "AC001", "*"),
        ("AC001:numpy", "AC001", "numpy"),
        ("build-required:Acme_Core", "AC002", "acme-core"),
        ("Acme_*", None, "acme-*"),
        ("conflict", None, "conflict"),  # a project of this name exists; the rule is AC010
    ],
)
def test_ignores_on_the_command_line(text, rule, package):
    ignore = parse_ignore(text)
    assert (ignore.rule, ignore.package, ignore.source) == (rule, package, COMMAND_LINE)


@pytest.mark.parametrize("text", ["", " ", ":", "AC001:", ":numpy", "AC099", "numpy:AC001"])
def test_ignores_that_mean_nothing(text):
    with pytest.raises(UsageError):
        parse_ignore(text)


def test_the_environment():
    said = {
        "ARCHCHECK_TARGET": "lambda:python3.13, debian12:python3.12",
        "ARCHCHECK_EXTRA_INDEX_URL": "https://a.example/x,y https://b.example/",
        "ARCHCHECK_STRICT": "Yes",
        "ARCHCHECK_PRE": "0",
        "ARCHCHECK_FAIL_ON": "never",
        "ARCHCHECK_MEMORY": "512",
        "ARCHCHECK_IGNORE": "AC001,AC002:numpy",
        "ARCHCHECK_JOBS": "",
        "ARCHCHECK_GROUP": " , ",
        "ARCHCHECK_CACHE_DIR": "x",
        "PATH": "x",
    }
    assert from_environment(said) == {
        "target": ["lambda:python3.13", "debian12:python3.12"],
        "extra_index_url": ["https://a.example/x,y", "https://b.example/"],
        "strict": True,
        "pre": False,
        "fail_on": "never",
        "memory": "512",
        "ignore": ["AC001", "AC002:numpy"],
    }


def test_the_environment_says_neither_yes_nor_no():
    with pytest.raises(SettingsError, match="ARCHCHECK_STRICT: expected true or false, found 'maybe'"):
        from_environment({"ARCHCHECK_STRICT": "maybe"})


def test_a_variable_that_is_nearly_one():
    names = ["ARCHCHECK_TOKEN", "ARCHCHECK_FAILON", "ARCHCHECK_CONFIG", "ARCHCHECK_CACHE_DIR", "FAIL_ON"]
    assert misspelt(names) == ("ARCHCHECK_FAILON sets nothing; did you mean ARCHCHECK_FAIL_ON?",)


@pytest.mark.parametrize("path", ["a.json", "a/b.json", "a\\b.json", "..a/x..json", "gitlab.json"])
def test_a_path_that_stays(path):
    assert stays_inside(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/x.json",
        "../x.json",
        "a/../../x.json",
        "a/../x.json",
        "..\\x.json",
        "a\\..\\x.json",
        "C:\\x.json",
        "C:x.json",
        "\\x.json",
        "\\\\server\\share\\x.json",
        "//server/share/x.json",
        ".git/hooks/pre-commit",
        "sub\\.GIT\\hooks\\x",
        "a\0b",
    ],
)
def test_a_path_that_leads_elsewhere_on_some_host(path):
    assert not stays_inside(path)


VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.floats() | st.text('aé."\\\n\0', max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["package", "rule", "x"]), inner)
    ),
    max_leaves=4,
)
NAMES = st.sampled_from([*(key.name for key in KEYS), "workload", "ignore", "assume", "tool", "x"])


def toml(value):
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case str():
            return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
        case date():
            return value.isoformat()
        case _:
            return repr(value)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_a_stranger_writes_is_read_or_refused(table):
    text = "\n".join(f"{key} = {toml(value)}" for key, value in table.items())
    try:
        settings = own(text)
    except SettingsError:
        return
    assert set(settings.said) == set(table)
