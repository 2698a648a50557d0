"""pip's settings as archcheck reads them, held against what pip itself says it read."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from archcheck.errors import SettingsError
from archcheck.index.config.format_control import release, restrict
from archcheck.index.config.pip import pip_values
from archcheck.index.config.settings import IndexSettings, default_index_url, merge, read_settings
from archcheck.manifest.manifest import FormatControl, IndexOptions, ReleaseControl
from tests.patience import PATIENCE

ORACLE = """
from pip._internal.commands.install import InstallCommand
command = InstallCommand("install", "")
options, _ = command.parser.parse_args([])
control = options.format_control
print(repr({
    "index_url": options.index_url,
    "extra_index_urls": list(options.extra_index_urls),
    "find_links": list(options.find_links),
    "no_index": bool(options.no_index),
    "pre": bool(options.pre),
    "prefer_binary": bool(options.prefer_binary),
    "require_hashes": bool(options.require_hashes),
    "no_binary": sorted(control.no_binary),
    "only_binary": sorted(control.only_binary),
    "constraints": list(options.constraints),
    "cert": options.cert,
    "client_cert": options.client_cert,
    "proxy": options.proxy or None,
    "trusted_hosts": list(options.trusted_hosts),
    "timeout": float(options.timeout),
    "retries": int(options.retries),
}))
"""


def said_by_pip(environ):
    done = subprocess.run(
        [sys.executable, "-c", ORACLE],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return ast.literal_eval(done.stdout)


def read_here(environ):
    found = read_settings(environ)
    names = [
        *("index_url", "no_index", "pre", "prefer_binary", "require_hashes"),
        *("cert", "client_cert", "proxy", "timeout", "retries"),
    ]
    lists = ["extra_index_urls", "find_links", "constraints", "trusted_hosts"]
    return {
        **{name: getattr(found, name) for name in names},
        **{name: list(getattr(found, name)) for name in lists},
        "no_binary": sorted(found.formats.no_binary),
        "only_binary": sorted(found.formats.only_binary),
    }


CASES = {
    "nothing": ({}, {}),
    "global": ({"xdg": "[global]\nindex-url = https://index.example/simple\ntimeout = 20\n"}, {}),
    "install outranks global": (
        {"user": "[install]\nindex-url = https://a.example/\n[global]\nindex-url = https://b.example/\n"},
        {},
    ),
    "user outranks system, legacy is lower": (
        {
            "xdg": "[global]\nretries = 1\nproxy = http://p.example:1\n",
            "legacy": "[global]\nretries = 2\ncert = /legacy.pem\n",
            "user": "[global]\nretries = 3\n",
        },
        {},
    ),
    "environment outranks files": (
        {"user": "[install]\nextra-index-url = https://a.example/ https://b.example/\n"},
        {"PIP_EXTRA_INDEX_URL": "https://c.example/"},
    ),
    "lists over lines": (
        {
            "user": "[global]\nfind-links =\n    /one\n    https://two.example/x\ntrusted_host = a.example b.example:81\n"
        },
        {},
    ),
    "an empty value hides a lower one": (
        {"xdg": "[global]\nproxy = http://p.example\n", "user": "[global]\nproxy =\n"},
        {},
    ),
    "flags": (
        {"user": "[install]\npre = yes\nprefer-binary = on\n[global]\nrequire-hashes = 1\n"},
        {"PIP_PRE": "0"},
    ),
    "formats add up over sections": (
        {"user": "[global]\nno-binary = :all:\n[install]\nonly-binary = Numpy,scipy\n"},
        {"PIP_NO_BINARY": "scipy"},
    ),
    "formats reset": ({"user": "[global]\nonly-binary = a,:all:,:none:,b\n"}, {}),
    "chosen file instead of the user's": (
        {
            "xdg": "[global]\nretries = 1\n",
            "user": "[global]\ntimeout = 3\n",
            "chosen": "[global]\nretries = 9\n",
        },
        {"PIP_CONFIG_FILE": "{chosen}"},
    ),
    "chosen file that is not there": (
        {"user": "[global]\ntimeout = 3\n"},
        {"PIP_CONFIG_FILE": "/nowhere/pip.conf"},
    ),
    "no files at all": ({"user": "[global]\ntimeout = 3\n"}, {"PIP_CONFIG_FILE": os.devnull}),
    "old names": (
        {"user": "[global]\ndefault-timeout = 4\n"},
        {"PIP_PYPI_URL": "https://index.example/simple"},
    ),
    "other sections, unknown keys": ({"user": "[list]\nformat = json\n[global]\ncolour = red\n"}, {}),
    "constraints": ({}, {"PIP_CONSTRAINT": "/one.txt https://two.example/c.txt"}),
}


@pytest.mark.parametrize("case", CASES)
def test_as_pip_reads_them(case, tmp_path):
    files, variables = CASES[case]
    places = {
        "xdg": tmp_path / "xdg" / "pip" / "pip.conf",
        "legacy": tmp_path / "home" / ".pip" / "pip.conf",
        "user": tmp_path / "home" / ".config" / "pip" / "pip.conf",
        "chosen": tmp_path / "chosen.conf",
    }
    for place, text in files.items():
        places[place].parent.mkdir(parents=True, exist_ok=True)
        places[place].write_text(text)
    environ = {
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
        "PATH": os.environ["PATH"],
    }
    environ |= {key: value.format(chosen=places["chosen"]) for key, value in variables.items()}
    assert read_here(environ) == said_by_pip(environ)


def reader(**files):
    return lambda path: files.get(path.rpartition("/")[0])


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PIP_TIMEOUT": "soon"}, "timeout"),
        ({"PIP_RETRIES": "-1"}, "retries"),
        ({"PIP_TIMEOUT": "nan"}, "timeout"),
        ({"PIP_PRE": "maybe"}, "pre"),
        ({"PIP_NO_BINARY": "--only-binary"}, "no-binary"),
        ({"PIP_INDEX_URL": "https://user:secret@[::1/simple"}, "address"),
        ({"PIP_INDEX_URL": "https://user:secret@index.example:port/simple"}, "address"),
    ],
)
def test_impossible_values(environ, message):
    with pytest.raises(SettingsError, match=message) as caught:
        read_settings({"PIP_CONFIG_FILE": os.devnull, **environ})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["timeout = 3\n", "[global\n", "[global]\na = 1\na = 2\n"])
def test_a_file_that_is_none(text):
    with pytest.raises(SettingsError, match=r"/h/\.config/pip/pip\.conf"):
        pip_values(
            {"HOME": "/h"}, lambda path: text if path == "/h/.config/pip/pip.conf" else None, system="linux"
        )


def test_undecodable_file(tmp_path):
    path = tmp_path / "pip.conf"
    path.write_bytes(b"[global]\nproxy = \xff\xfe\n")
    with pytest.raises(SettingsError, match=r"pip\.conf: cannot be read"):
        read_settings({"PIP_CONFIG_FILE": str(path)})


@pytest.mark.parametrize(
    ("system", "environ", "expected"),
    [
        ("win32", {"APPDATA": "C:/roam", "USERPROFILE": "C:/me"}, "C:/roam/pip/pip.ini"),
        ("win32", {"USERPROFILE": "C:/me"}, "C:/ProgramData/pip/pip.ini"),
        ("darwin", {"HOME": "/Users/me"}, "/Users/me/Library/Application Support/pip/pip.conf"),
        ("darwin", {"HOME": "/Users/me"}, "/Users/me/.config/pip/pip.conf"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/c"}, "/c/pip/pip.conf"),
        ("linux", {"HOME": "/h"}, "/etc/pip.conf"),
        ("linux", {"VIRTUAL_ENV": "/venv"}, "/venv/pip.conf"),
    ],
)
def test_places_by_system(system, environ, expected):
    read = {expected: "[global]\nproxy = here\n"}.get
    assert pip_values(environ, read, system=system) == [("proxy", "here")]


def test_credentials_leave_the_address():
    found = read_settings(
        {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "https://us%40er:p%3Aw@index.example/simple",
            "PIP_EXTRA_INDEX_URL": "https://token@extra.example/simple",
        }
    )
    assert found.indexes == ("https://index.example/simple", "https://extra.example/simple")
    first, second = found.credentials
    assert (first.username, first.password) == ("us@er", "p:w")
    assert (second.username, second.password) == ("token", "")
    assert "p:w" not in repr(found)
    assert "token" not in repr(found)


def settings(**values):
    return IndexSettings(index_url="https://conf.example/simple", **values)


@pytest.mark.parametrize(
    ("flags", "options", "indexes"),
    [
        ({}, {}, ["conf", "confextra"]),
        ({"index_url": "flag"}, {}, ["flag", "confextra"]),
        ({"extra_index_urls": ["flagextra"]}, {}, ["conf", "confextra", "flagextra"]),
        ({}, {"extra_index_urls": ["fileextra"]}, ["conf", "confextra", "fileextra"]),
        ({"index_url": "flag"}, {"index_url": "file"}, ["file"]),
        (
            {"extra_index_urls": ["flagextra"]},
            {"index_url": "file", "extra_index_urls": ["x"]},
            ["file", "x"],
        ),
        ({"no_index": True, "index_url": "flag"}, {}, []),
        ({"no_index": True}, {"index_url": "file", "extra_index_urls": ["x"]}, []),
        ({"index_url": "flag"}, {"no_index": True}, []),
    ],
)
def test_merge_as_pip_does(flags, options, indexes, tmp_path):
    """The same settings, flags and file are given to pip, which says which indexes it would ask."""

    def urls(values):
        full = {"index_url": lambda each: f"https://{each}.example/simple"}
        return {
            key: full["index_url"](value)
            if key == "index_url"
            else tuple(map(full["index_url"], value))
            if key == "extra_index_urls"
            else value
            for key, value in values.items()
        }

    flags, options = urls(flags), urls(options)
    merged = merge(
        settings(extra_index_urls=("https://confextra.example/simple",)),
        IndexOptions(**flags),
        IndexOptions(**options),
    )
    assert list(merged.indexes) == [f"https://{each}.example/simple" for each in indexes]
    assert said_by_finder(tmp_path, flags, options) == list(merged.indexes)


def said_by_finder(tmp_path, flags, options):
    """Return pip's index addresses after it read a requirements file with *options*."""
    lines = [f"--index-url {options['index_url']}"] if "index_url" in options else []
    lines += [f"--extra-index-url {each}" for each in options.get("extra_index_urls", ())]
    lines += ["--no-index"] if options.get("no_index") else []
    (tmp_path / "requirements.txt").write_text("\n".join(lines) + "\n")
    arguments = [f"--index-url={flags['index_url']}"] if "index_url" in flags else []
    arguments += [f"--extra-index-url={each}" for each in flags.get("extra_index_urls", ())]
    arguments += ["--no-index"] if flags.get("no_index") else []
    code = """
import sys
from pip._internal.commands.install import InstallCommand
from pip._internal.req.req_file import parse_requirements
command = InstallCommand("install", "")
with command.main_context():
    options, _ = command.parser.parse_args(sys.argv[2:])
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    list(parse_requirements(sys.argv[1], session, finder=finder, options=options))
    print(finder.index_urls)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "requirements.txt"), *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "https://conf.example/simple",
            "PIP_EXTRA_INDEX_URL": "https://confextra.example/simple",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return ast.literal_eval(done.stdout.splitlines()[-1])


def test_merge_of_the_rest():
    merged = merge(
        settings(find_links=("/conf",), formats=FormatControl(no_binary=frozenset({"a"}))),
        IndexOptions(find_links=("/flag",), formats=FormatControl(only_binary=frozenset({":all:", "a"}))),
        IndexOptions(
            find_links=("/file",),
            pre=True,
            require_hashes=True,
            formats=FormatControl(no_binary=frozenset({"b"})),
        ),
    )
    assert merged.find_links == ("/conf", "/flag", "/file")
    assert (merged.pre, merged.require_hashes, merged.prefer_binary) == (True, True, False)
    assert merged.formats.allows("a") == (True, False)
    assert merged.formats.allows("b") == (False, True)
    assert merged.formats.allows("c") == (True, False)


@pytest.mark.parametrize("option", ["no-binary", "only-binary"])
@pytest.mark.parametrize(
    "value", ["a", "a,B_c", ":all:", ":none:", ":all:,a", ":all:,:none:,a", "a,:none:,b", ":none:,:all:,x"]
)
def test_restrict_as_pip_does(option, value):
    from pip._internal.models.format_control import FormatControl as PipControl

    before = FormatControl(no_binary=frozenset({"a", "n"}), only_binary=frozenset({"b-c", "o"}))
    pip = PipControl(set(before.no_binary), set(before.only_binary))
    sides = (pip.no_binary, pip.only_binary) if option == "no-binary" else (pip.only_binary, pip.no_binary)
    PipControl.handle_mutual_excludes(value, *sides)
    after = restrict(before, option, value)
    assert (set(after.no_binary), set(after.only_binary)) == (pip.no_binary, pip.only_binary)


@pytest.mark.parametrize("option", ["all-releases", "only-final"])
@pytest.mark.parametrize("value", ["n", ":all:", ":none:", ":all:,n", "n,:none:,o"])
def test_release_as_restrict(option, value):
    """pip handles `--all-releases` and `--only-final` by the code that handles the formats."""
    from pip._internal.models.format_control import FormatControl as PipControl

    before = ReleaseControl(all_releases=frozenset({"n", "a"}), only_final=frozenset({"o"}))
    target, other = set(before.all_releases), set(before.only_final)
    sides = (target, other) if option == "all-releases" else (other, target)
    PipControl.handle_mutual_excludes(value, *sides)
    after = release(before, option, value)
    assert (set(after.all_releases), set(after.only_final)) == (target, other)


def test_releases_of_the_settings_the_flags_and_the_file():
    merged = merge(
        read_settings({"PIP_CONFIG_FILE": os.devnull, "PIP_ONLY_FINAL": ":all:"}),
        IndexOptions(releases=ReleaseControl(all_releases=frozenset({"a", "b"}))),
        IndexOptions(releases=ReleaseControl(only_final=frozenset({"b"}))),
    )
    assert [merged.releases.allows_prereleases(name) for name in ("a", "b", "c")] == [True, False, False]


@pytest.mark.parametrize("value", ["ask", ""])
def test_keyring_providers(value):
    environ = {"PIP_CONFIG_FILE": os.devnull, "PIP_KEYRING_PROVIDER": value}
    if value:
        with pytest.raises(SettingsError, match="keyring-provider: expected one of auto"):
            read_settings(environ)
    else:
        assert read_settings(environ).keyring == "auto"


def test_the_default_index_is_pips():
    from pip._internal.models.index import PyPI

    assert default_index_url() == PyPI.simple_url
