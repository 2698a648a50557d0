"""uv's and Poetry's settings as archcheck reads them, uv's held against what uv itself says it read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

from archcheck.errors import SettingsError
from archcheck.files import Disk
from archcheck.index.config.installers import settings_for
from archcheck.index.config.poetry import read_poetry_settings
from archcheck.index.config.settings import default_index_url
from archcheck.index.config.uv import read_uv_settings
from archcheck.inputs.pyproject.uv_settings import read_settings as read_project
from archcheck.manifest.manifest import IndexOptions
from tests.patience import PATIENCE

_ENTRY = re.compile(
    r"Index \{\s+name: (?:None|Some\(\s+IndexName\(\s+\"(?P<name>[^\"]*)\".*?),\s+url: .*?"
    r"given: Some\(\s+\"(?P<url>[^\"]*)\".*?explicit: (?P<explicit>\w+),\s+default: (?P<default>\w+),"
    r".*?format: (?P<format>\w+),",
    re.DOTALL,
)

CASES = {
    "nothing": ({}, {}),
    "the default index": ({}, {"UV_DEFAULT_INDEX": "https://d.example/simple"}),
    "its old variable": ({}, {"UV_INDEX_URL": "https://d.example/simple"}),
    "both": (
        {},
        {"UV_DEFAULT_INDEX": "https://d.example/simple", "UV_INDEX_URL": "https://o.example/simple"},
    ),
    "named, and with a password": (
        {},
        {"UV_INDEX": "priv=https://u:p@a.example/simple https://b.example/simple?x=1"},
    ),
    "the variables before the files": (
        {"project": '[[index]]\nurl = "https://p.example/simple"\n'},
        {"UV_INDEX": "https://a.example/simple", "UV_EXTRA_INDEX_URL": "https://b.example https://c.example"},
    ),
    "project, user, system": (
        {
            "project": '[[index]]\nurl = "https://p.example"\n',
            "user": 'extra-index-url = ["https://u.example"]\nindex-url = "https://ud.example"\n',
            "system": '[[index]]\nurl = "https://s.example"\n[[index]]\nurl = "https://sd.example"\ndefault = true\n',
        },
        {},
    ),
    "explicit and flat": (
        {
            "user": '[[index]]\nname = "ex"\nurl = "https://e.example"\nexplicit = true\n'
            '[[index]]\nurl = "https://f.example/flat"\nformat = "flat"\n[[index]]\nurl = "https://g.example"\n'
        },
        {},
    ),
    "a name that is taken": (
        {"user": '[[index]]\nname = "priv"\nurl = "https://user.example"\n'},
        {"UV_INDEX": "priv=https://env.example"},
    ),
    "find-links": ({"user": 'find-links = ["https://l.example/a"]\n'}, {"UV_FIND_LINKS": "/one,/two"}),
    "older keys after newer ones": (
        {
            "user": 'extra-index-url = ["https://u.example"]\n',
            "system": 'index-url = "https://sd.example"\n[[index]]\nurl = "https://s.example"\n',
        },
        {},
    ),
    "no index": ({"user": 'no-index = true\n[[index]]\nurl = "https://u.example"\n'}, {}),
    "a variable that uv does not have": ({}, {"UV_NO_INDEX": "true"}),
    "no files": (
        {
            "user": '[[index]]\nurl = "https://u.example"\n',
            "system": '[[index]]\nurl = "https://s.example"\n',
        },
        {"UV_NO_CONFIG": "1"},
    ),
    "a chosen file alone": (
        {
            "user": '[[index]]\nurl = "https://u.example"\n',
            "chosen": '[[index]]\nurl = "https://c.example"\n',
        },
        {"UV_CONFIG_FILE": "{chosen}"},
    ),
    "the strategy": ({"user": 'index-strategy = "unsafe-best-match"\n'}, {}),
    "the strategy by variable": (
        {"user": 'index-strategy = "first-index"\n'},
        {"UV_INDEX_STRATEGY": "unsafe-best-match"},
    ),
}


def said_by_uv(environ, folder):
    """Return what uv would ask, in order, by its own account of its settings."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    (folder / "requirements.in").write_text("")
    done = subprocess.run(
        [uv, "pip", "compile", "requirements.in", "--show-settings"],
        env={"PATH": os.environ["PATH"], **environ},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    text = done.stdout[done.stdout.index("index_locations") :]
    indexes, _, rest = text.partition("flat_index:")
    links, _, rest = rest.partition("no_index:")
    found = [each.groupdict() for each in _ENTRY.finditer(indexes)]
    firsts = [
        each
        for at, each in enumerate(found)
        if not each["name"] or each["name"] not in {other["name"] for other in found[:at]}
    ]
    usual = [each["url"] for each in firsts if (each["default"], each["explicit"]) == ("false", "false")]
    flat = [each["url"] for each in firsts if each["format"] == "Flat"]
    default = [each["url"] for each in firsts if each["default"] == "true"][:1] or [default_index_url()]
    no_index = rest.split(",")[0].strip() == "true"
    return {
        "indexes": [] if no_index else [each for each in usual if each not in flat] + default,
        "find_links": [each["url"] for each in _ENTRY.finditer(links)] + flat,
        "strategy": "first" if "index_strategy: FirstIndex" in rest else "best",
    }


@pytest.mark.parametrize("case", CASES)
def test_as_uv_reads_them(case, tmp_path):
    files, variables = CASES[case]
    places = {
        "project": tmp_path / "work" / "uv.toml",
        "user": tmp_path / "home" / ".config" / "uv" / "uv.toml",
        "system": tmp_path / "xdg" / "uv" / "uv.toml",
        "chosen": tmp_path / "chosen.toml",
    }
    for place, text in files.items():
        places[place].parent.mkdir(parents=True, exist_ok=True)
        places[place].write_text(text)
    (tmp_path / "work").mkdir(exist_ok=True)
    (tmp_path / "work" / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\n'
    )  # a root for uv
    environ = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "xdg")}
    environ |= {key: value.format(chosen=places["chosen"]) for key, value in variables.items()}
    project = read_project(str(tmp_path / "work"), files=Disk()).options(Counter())
    found = read_uv_settings(environ, project=project)
    said = said_by_uv(environ, tmp_path / "work")
    assert {
        key: [each.replace("u:****@", "") for each in said[key]] for key in ("indexes", "find_links")
    } == {
        "indexes": list(found.indexes),
        "find_links": list(found.find_links),
    }
    assert said["strategy"] == found.strategy


def test_passwords_by_name_and_in_the_address():
    project = IndexOptions(
        installer="uv",
        strategy="first",
        extra_index_urls=("https://shop.example/simple",),
        package_indexes=(("demo", "https://pinned.example/simple"),),
        index_names=(
            ("my-shop.2", "https://shop.example/simple"),
            ("Pinned", "https://pinned.example/simple"),
        ),
    )
    environ = {
        "UV_NO_CONFIG": "1",
        "UV_INDEX_MY_SHOP_2_USERNAME": "alice",
        "UV_INDEX_MY_SHOP_2_PASSWORD": "s3cret",
        "UV_INDEX_PINNED_PASSWORD": "t0ken",
        "UV_DEFAULT_INDEX": "https://bob:hidden@main.example/simple",
    }
    found = settings_for(environ, flags=IndexOptions(), options=project)
    assert found.indexes == ("https://shop.example/simple", "https://main.example/simple")
    assert found.package_indexes == (("demo", "https://pinned.example/simple"),)
    assert [(each.url, each.username, each.password) for each in found.credentials] == [
        ("https://shop.example/simple", "alice", "s3cret"),
        ("https://pinned.example/simple", "", "t0ken"),
        ("https://main.example/simple", "bob", "hidden"),
    ]
    assert not {"s3cret", "t0ken", "hidden"} & set(re.findall(r"\w+", repr(found)))


def test_a_variable_takes_the_place_of_the_index_that_a_package_is_pinned_to():
    project = IndexOptions(
        strategy="first",
        package_indexes=(("demo", "https://old.example"),),
        index_names=(("shop", "https://old.example"),),
    )
    found = read_uv_settings({"UV_NO_CONFIG": "1", "UV_INDEX": "shop=https://new.example"}, project=project)
    assert found.package_indexes == (("demo", "https://new.example"),)


def test_the_command_line_goes_before_all():
    flags = IndexOptions(
        index_url="https://flag.example", extra_index_urls=("https://more.example",), pre=True
    )
    found = read_uv_settings({"UV_NO_CONFIG": "1", "UV_INDEX": "https://env.example"}, flags=flags)
    assert found.indexes == ("https://more.example", "https://env.example", "https://flag.example")
    assert found.pre


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("index = 3", r"/h/\.config/uv/uv\.toml: .*\$\.index"),
        ("[[index]]\nname = 'x'", "url"),
        ("[[index]\nurl = 'https://user:s3cret@x.example'", "uv.toml"),
        ("index-strategy = 'worst'", "expected one of first-index"),
        ("keyring-provider = 'maybe'", "keyring-provider"),
        ("a = " + "[" * 5000, "uv.toml"),
    ],
)
def test_a_uv_toml_that_is_none(text, message):
    with pytest.raises(SettingsError, match=message) as caught:
        read_uv_settings({"HOME": "/h"}, {"/h/.config/uv/uv.toml": text}.get)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("variable", "value"), [("UV_HTTP_TIMEOUT", "soon"), ("UV_HTTP_RETRIES", "-1")])
def test_impossible_variables(variable, value):
    with pytest.raises(SettingsError, match=variable):
        read_uv_settings({"UV_NO_CONFIG": "1", variable: value})


def test_unsafe_first_match_is_said():
    found = read_uv_settings({"UV_NO_CONFIG": "1", "UV_INDEX_STRATEGY": "unsafe-first-match"})
    assert found.strategy == "first"
    assert "unsafe-first-match" in found.warnings[0]


def test_uv_and_poetry_do_not_know_pips_settings():
    environ = {"PIP_INDEX_URL": "https://pip.example", "PIP_NO_INDEX": "1", "HOME": "/h", "UV_NO_CONFIG": "1"}
    for installer in ("uv", "poetry"):
        found = settings_for(environ, flags=IndexOptions(), options=IndexOptions(installer=installer))
        assert found.indexes == (default_index_url(),)
    assert settings_for(
        {**environ, "PIP_NO_INDEX": "0"}, flags=IndexOptions(), options=IndexOptions()
    ).indexes == ("https://pip.example",)


POETRY = IndexOptions(
    installer="poetry",
    index_url="https://shop.example/simple",
    extra_index_urls=("https://more.example/simple",),
    index_names=(("my-shop", "https://shop.example/simple"), ("more", "https://more.example/simple")),
)


def test_poetrys_passwords():
    files = {
        "/h/.config/pypoetry/auth.toml": "[http-basic.more]\nusername = 'carol'\npassword = 'w0rd'\n",
        "/h/.config/pypoetry/config.toml": "[repositories.old]\nurl = 'https://old.example/simple'\n",
    }
    environ = {
        "HOME": "/h",
        "POETRY_HTTP_BASIC_MY_SHOP_USERNAME": "alice",
        "POETRY_HTTP_BASIC_MY_SHOP_PASSWORD": "s3cret",
        "POETRY_REPOSITORIES_UP_URL": "https://up.example",
        "POETRY_HTTP_BASIC_UP_USERNAME": "dave",
        "POETRY_HTTP_BASIC_OLD_USERNAME": "erin",
    }
    found = read_poetry_settings(environ, files.get, project=POETRY)
    assert found.indexes == ("https://shop.example/simple", "https://more.example/simple")
    assert {each.url: (each.username, each.password) for each in found.credentials} == {
        "https://shop.example/simple": ("alice", "s3cret"),
        "https://more.example/simple": ("carol", "w0rd"),
        "https://up.example": ("dave", ""),
        "https://old.example/simple": ("erin", ""),
    }
    assert "s3cret" not in repr(found)


def test_poetrys_files_in_another_folder():
    files = {"/p/auth.toml": "[http-basic.more]\nusername = 3\n"}
    with pytest.raises(SettingsError, match=r"/p/auth\.toml"):
        read_poetry_settings({"POETRY_CONFIG_DIR": "/p"}, files.get, project=POETRY)
