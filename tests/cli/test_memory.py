"""The same command again: the same answer without work where nothing changed, and never a stale one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archcheck.trace import Trace
from tests.cli.conftest import ARM, NATIVE, X86
from tests.cli.running import REPOSITORY
from tests.loopback import Failure, Features, IndexServer, Sdist, Store
from tests.loopback.failures import server_error
from tests.loopback.store import sdist_file

REQUIREMENTS = "-r more.txt\n-c limits.txt\nservice\n"


@pytest.fixture
def project(archcheck):
    """A folder with most of what a run looks for; `archcheck` in it was asked once."""
    archcheck.write("requirements.txt", REQUIREMENTS)
    archcheck.write("more.txt", "pure\n")
    archcheck.write("limits.txt", "ready<2\n")
    archcheck.environ.update(PIP_CONFIG_FILE=str(archcheck.folder / "pip.conf"))
    return archcheck


def remembered(archcheck) -> list[Path]:
    return sorted((archcheck.folder / ".cache").rglob("*.run"))


def runs(archcheck, monkeypatch) -> list[str]:
    """Return a list that grows with each audit that is really made."""
    from archcheck.app import perform

    made: list[str] = []
    real = perform.audit_input

    def audited(manifest, *arguments, **options):
        made.append(manifest.path)
        return real(manifest, *arguments, **options)

    monkeypatch.setattr(perform, "audit_input", audited)
    return made


@pytest.mark.parametrize(
    "flags", [[], ["--json"], ["--json", "--target", "lambda:python3.12", "--exit-zero"]]
)
def test_the_second_time_nothing_is_done(project, index, monkeypatch, flags):
    first = project("requirements.txt", *flags)
    made = runs(project, monkeypatch)
    asked = len(index.log)
    again = project("requirements.txt", *flags)
    assert (again.code, again.out, again.err) == (first.code, first.out, first.err)
    assert (made, len(index.log)) == ([], asked)
    assert len(remembered(project)) == 1


def test_the_report_is_of_the_moment_at_which_it_is_printed(project, monkeypatch):
    project.environ["SOURCE_DATE_EPOCH"] = ""
    (project.folder / ".cache").mkdir()  # what lies in the folder counts where no file is named
    first = project("--json").report
    (kept,) = remembered(project)
    trace = Trace.decode(kept.read_bytes())
    early = "2020-01-01T00:00:00Z"
    kept.write_bytes(trace._replace(moment=early, text=trace.text.replace(trace.moment, early)).encode())
    made = runs(project, monkeypatch)
    again = project("--json").report
    assert again["generated_at"] >= first["generated_at"]
    assert ({**again, "generated_at": ""}, made) == ({**first, "generated_at": ""}, [])


def edit(name: str, text: str):
    return lambda project, _: project.write(name, text)


CHANGES = {
    "the input": edit("requirements.txt", REQUIREMENTS.replace("service", "stuck  ")),
    "an included file": edit("more.txt", "built\n"),
    "a constraint file": edit("limits.txt", "ready<1\n"),
    "an included file is gone": lambda project, _: (project.folder / "more.txt").unlink(),
    "pip's settings": edit("pip.conf", "[install]\nonly-binary = :all:\nno-index = true\n"),
    "settings of archcheck": edit("archcheck.toml", 'targets = ["lambda:python3.9"]\n'),
    "settings in a pyproject.toml": edit("pyproject.toml", '[tool.archcheck]\nignore = ["AC001:blocked"]\n'),
    "the project's Python": edit(".python-version", "3.12\n"),
    "the environment": lambda project, _: project.environ.update(ARCHCHECK_TARGETS="lambda:python3.9"),
    "pip's environment": lambda project, _: project.environ.update(PIP_NO_DEPS="1", PIP_ONLY_BINARY=":all:"),
    "the terminal": lambda project, _: project.environ.update(COLUMNS="45"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_whatever_changes_it_runs_again(project, store, monkeypatch, change, flags):
    project("requirements.txt", *flags)
    assert len(remembered(project)) == 1
    made = runs(project, monkeypatch)
    CHANGES[change](project, store)
    changed = project("requirements.txt", *flags)
    assert made or changed.code == 2
    plain = project("requirements.txt", *flags, "--no-cache")
    assert (changed.code, changed.out, changed.err) == (plain.code, plain.out, plain.err)


def test_a_new_file_that_would_have_been_found_first(project, monkeypatch):
    project.write("setup.cfg", "[options]\ninstall_requires = stuck\n")
    (project.folder / "requirements.txt").unlink()
    assert "stuck" in project("--json").out
    project.write("requirements.txt", "pure\n")
    assert "stuck" not in project("--json").out


def test_other_arguments_are_another_command(project, monkeypatch):
    project("requirements.txt", "--json")
    made = runs(project, monkeypatch)
    project("requirements.txt", "--json", "--exit-zero")
    assert made == ["requirements.txt"]


def test_the_index_is_asked_once_the_time_is_over(project, index, store, monkeypatch):
    index.features = Features(max_age=0)
    first = project("requirements.txt", "--json")
    made = runs(project, monkeypatch)
    asked = len(index.log)
    again = project("requirements.txt", "--json")
    assert (again.out, made) == (first.out, [])
    assert {request.status for request in index.log[asked:]} == {304}

    store.add("ready", "0.5", wheels=[X86, ARM])  # the page is another, what is chosen is not
    asked = len(index.log)
    assert project("requirements.txt", "--json").out == first.out
    assert made == ["requirements.txt"]
    asked_for = [request.path for request in index.log[asked:]]
    assert len(asked_for) == len(set(asked_for)), "what is new was asked for once"

    store.add("service", "2.1", wheels=["py3-none-any"], requires_dist=["ready", "blocked"])
    assert project("requirements.txt", "--json").code == 0


def test_what_another_index_still_lacks(project, index, store, monkeypatch):
    """A 404 has neither a lifetime nor an ETag: it is asked for again, and that is all."""
    with IndexServer(Store()) as other:
        arguments = "requirements.txt", "--json", "--extra-index-url", other.url
        first = project(*arguments)
        made = runs(project, monkeypatch)
        other.log.clear()
        asked = len(index.log)
        assert project(*arguments).out == first.out
        assert (made, len(index.log)) == ([], asked)
        assert {request.status for request in other.log} == {404}
        other.store.add("service", "9.0", wheels=["py3-none-any"])
        assert project(*arguments).code == 0


def test_of_an_index_without_validators_only_the_pages_are_asked(project, index):
    """They come as a whole in any case: to ask for what it lacked as well would tell nothing."""
    index.features = Features(caching_headers=False, version_json=False)
    project.write("requirements.txt", "ready==1.0\npure==1.0\n")
    first = project("requirements.txt", "--json")
    asked = len(index.log)
    assert project("requirements.txt", "--json").out == first.out
    paths = [request.path for request in index.log[asked:]]
    assert sorted(paths) == ["/simple/pure/", "/simple/ready/"]


def test_a_fresh_page_is_believed_and_a_newer_one_in_the_cache_counts(project, index, store, monkeypatch):
    first = project("requirements.txt", "--json")
    store.add("service", "2.1", wheels=["py3-none-any"], requires_dist=["ready", "blocked"])
    assert project("requirements.txt", "--json").out == first.out
    assert project("requirements.txt", "--json", "--refresh").code == 0
    assert project("requirements.txt", "--json").code == 0


def test_where_the_index_is_gone_nothing_is_said_again(project, index):
    index.features = Features(max_age=0)
    assert project("requirements.txt", "--json").code == 1
    project.environ["PIP_RETRIES"] = "0"
    project("requirements.txt", "--json")
    index.__exit__(None, None, None)
    assert project("requirements.txt", "--json").code == 2


def linked(project, store):
    folder = project.folder / "links"
    folder.mkdir()
    return ["requirements.txt", "--find-links", "links"]


NOT_KEPT = {
    "standard input": lambda *_: ["-"],
    "a folder of files": linked,
    "--no-cache": lambda *_: ["requirements.txt", "--no-cache"],
    "--refresh": lambda *_: ["requirements.txt", "--refresh"],
    "--offline": lambda *_: ["requirements.txt", "--offline"],
    "a report in a file": lambda *_: ["requirements.txt", "-o", "report.json"],
    "a format with times in it": lambda *_: ["requirements.txt", "-f", "cyclonedx"],
    "an answer that is not complete": lambda project, _: [str(project.write("odd.txt", "no-such\n"))],
    "a misspelt setting": lambda project, _: project.environ.update(ARCHCHECK_TARGTES="x") or ["more.txt"],
    "--untrusted": lambda *_: ["requirements.txt", "--untrusted"],
}


@pytest.mark.parametrize("case", NOT_KEPT)
def test_what_cannot_be_asked_again_is_not_kept(project, store, case):
    arguments = NOT_KEPT[case](project, store)
    project(*arguments, stdin=b"pure\n")
    assert remembered(project) == []


def test_a_local_project_is_looked_at_each_time(project):
    project.write("pyproject.toml", '[project]\nname = "own"\nversion = "1"\ndependencies = ["pure"]\n')
    project.write("requirements.txt", "./\n")
    project("requirements.txt", "--json")
    assert remembered(project) == []


def test_no_password_is_written(project, index):
    url = index.url.replace("http://", "http://me:hunter2@")
    project.environ.update(SECRET_URL=url, PIP_INDEX_URL=url, TOKEN="hunter2")
    project.write("requirements.txt", "--extra-index-url ${SECRET_URL}\npure\n")
    project("requirements.txt", "--json")
    project("requirements.txt", "--index-url", url)
    assert len(remembered(project)) == 2
    for path in filter(Path.is_file, (project.folder / ".cache").rglob("*")):
        assert b"hunter2" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_another_version_of_what_it_is_built_on(project, tmp_path_factory, monkeypatch, kind):
    """Wherever that is installed: `pip install --target` and zipapps know no site-packages."""
    place = tmp_path_factory.mktemp("installed") / kind
    if kind == "folder":
        (place / "packaging-26.3.dist-info").mkdir(parents=True)
    else:
        place.write_bytes(b"PK")
    monkeypatch.syspath_prepend(str(place))
    made = runs(project, monkeypatch)
    for _ in range(2):
        project("requirements.txt")
    assert len(made) == 1
    if kind == "folder":
        (place / "packaging-26.3.dist-info").rename(place / "packaging-26.4.dist-info")
    else:
        place.write_bytes(b"PK2")
    project("requirements.txt")
    assert len(made) == 2


@pytest.mark.parametrize("damage", [b"", b"archcheck-trace-1\0", b"\0" * 200, None])
def test_what_is_broken_is_made_again(project, damage):
    first = project("requirements.txt")
    (kept,) = remembered(project)
    data = kept.read_bytes()
    kept.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert project("requirements.txt").out == first.out
    made, again = Trace.decode(data), Trace.decode(kept.read_bytes())
    assert again == made._replace(stored_at=again.stored_at)


def test_the_cache_knows_its_own(project):
    project("requirements.txt")
    (kept,) = remembered(project)
    os.utime(kept, (0, 0))
    assert project("cache", "prune").code == 0
    assert remembered(project) == []
    project("requirements.txt")
    assert project("cache", "clear").code == 0
    assert remembered(project) == []


PYPROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.13"
dependencies = ["pure"]
[tool.uv.workspace]
members = ["parts/*"]
"""
LOCKED = """\
[[package]]
name = "pure"
version = "1.0"
files = [{ file = "pure-1.0-py3-none-any.whl", hash = "sha256:00" }]
"""
PIPFILE = '[packages]\npure = "*"\n[requires]\npython_version = "3.13"\n'
PIPFILE_LOCK = """\
{"_meta": {"hash": {"sha256": ""}, "pipfile-spec": 6, "requires": {}, "sources": []},
 "default": {"pure": {"version": "==1.0", "hashes": []}}, "develop": {}}
"""
INPUTS = {
    "requirements.txt": {
        "requirements.txt": REQUIREMENTS,
        "more.txt": "pure\n",
        "limits.txt": "ready<2\n",
        "archcheck.toml": 'targets = ["lambda:python3.13"]\n',
    },
    "pyproject.toml": {
        "pyproject.toml": PYPROJECT,
        "uv.toml": "",
        "parts/one/pyproject.toml": '[project]\nname = "one"\nversion = "1"\n',
    },
    "uv.lock": {
        "pyproject.toml": PYPROJECT,
        "uv.lock": 'version = 1\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "pure" }]\n[[package]]\nname = "pure"\nversion = "1.0"\n'
        'source = { registry = "INDEX" }\n',
    },
    "poetry.lock": {
        "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.13"\npure = "*"\n',
        "poetry.toml": "",
        "poetry.lock": LOCKED
        + 'groups = ["main"]\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.13"\n',
    },
    "pdm.lock": {
        "pyproject.toml": PYPROJECT,
        "pdm.toml": "",
        "pdm.lock": '[metadata]\ngroups = ["default"]\nstrategy = []\nlock_version = "4.5.0"\n' + LOCKED,
    },
    "pylock.toml": {
        "pylock.toml": 'lock-version = "1.0"\ncreated-by = "hand"\n[[packages]]\nname = "pure"\nversion = "1.0"\n'
        '[[packages.wheels]]\nurl = "https://index.example/pure-1.0-py3-none-any.whl"\nhashes = {sha256 = "00"}\n'
    },
    "Pipfile": {"Pipfile": PIPFILE},
    "Pipfile.lock": {"Pipfile": PIPFILE, "Pipfile.lock": PIPFILE_LOCK},
    "environment.yml": {
        "environment.yml": "dependencies:\n  - python=3.13\n  - pip:\n      - -r more.txt\n",
        "more.txt": "pure\n",
    },
    "setup.cfg": {
        "setup.cfg": "[options]\ninstall_requires = file: more.txt\n",
        "setup.py": "",
        "more.txt": "pure\n",
    },
    "setup.py": {"setup.py": "from setuptools import setup\nsetup(name='app', install_requires=['pure'])\n"},
    ".": {"requirements.txt": "ready\n", "requirements-dev.txt": "pure\n", "setup.cfg": "[metadata]\n"},
    "lib/python3.13/site-packages": {
        "lib/python3.13/site-packages/pure-1.0.dist-info/METADATA": "Name: pure\nVersion: 1.0\n",
        "lib/python3.13/site-packages/pure-1.0.dist-info/direct_url.json": '{"url": "https://index.example/pure-1.0-py3-none-any.whl"}',
    },
}


@pytest.mark.parametrize("kind", INPUTS)
def test_nothing_is_read_that_the_memory_does_not_know_of(project, index, tmp_path_factory, kind):
    """Compare what Python itself says was opened, listed or looked for with what the trace has noted."""
    for path in project.folder.glob("*.txt"):
        path.unlink()
    for name, text in INPUTS[kind].items():
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        project.write(name, text.replace("INDEX", index.url))
    script = tmp_path_factory.mktemp("elsewhere") / "watched.py"
    seen = script.with_name("seen.json")
    script.write_text(WATCHED.format(seen=str(seen)))
    for _ in range(2):  # the index is asked in the first, the second has everything in the cache
        for kept in remembered(project):
            kept.unlink()
        subprocess.run(
            [sys.executable, str(script), kind, "--json"],
            cwd=project.folder,
            env=project.surroundings(),
            check=False,
            capture_output=True,
        )
        (kept,) = remembered(project)
        noted = {path for _, path, _ in Trace.decode(kept.read_bytes()).asked}
        strange = {path for path in json.loads(seen.read_text()) if not _is_pythons(path)}
        assert strange - noted - {str(script.parent)} == set()
        assert any(path.startswith(str(project.folder / kind)) for path in noted), "else it proves nothing"


WATCHED = """
import json, os, sys
from archcheck.cli.main import main
seen = []
def hook(event, arguments):
    if event in {{"open", "os.listdir", "os.scandir"}} and isinstance(arguments[0], (str, bytes)):
        seen.append(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(hook)
real = os.stat
def stat(path, *rest, **named):
    if not isinstance(path, int):
        seen.append(os.path.abspath(os.fsdecode(path)))
    return real(path, *rest, **named)
os.stat = stat
main(sys.argv[1:])
found = sorted(set(seen))
with open({seen!r}, "w") as stream:
    json.dump(found, stream)
"""


def _is_pythons(path: str) -> bool:
    """Return whether Python itself, a library, or the cache is read there; or the system's certificates."""
    own = [
        sys.prefix,
        sys.base_prefix,
        str(REPOSITORY / "archcheck"),
        *map(str, Path(os.__file__).parents[:1]),
    ]
    if path.endswith("/.netrc"):  # who asks is not what is asked
        return True
    system = ("/etc/ssl", "/usr/lib/ssl", "/dev", "/proc", "/etc/localtime", "/usr/share/zoneinfo")
    return "/.cache" in path or path.startswith((*own, *system)) or path == str(REPOSITORY)


def test_a_304_speaks_of_what_was_asked_about(project, index, store):
    """Another process may have fetched a newer page before the answer arrives: that is not what was read."""
    index.features = Features(max_age=0)
    command = str(project.write("one.txt", "stuck\n")), "--json"
    assert project.process(*command).code == 1
    index.fail(Failure(pattern="/simple/stuck/", times=1, hang=1.5))
    asked = len(index.log)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(project.process, *command)
        while len(index.log) == asked:
            time.sleep(0.01)
        store.add("stuck", "1.1", wheels=[X86, ARM])
        assert project.process(*command, "--refresh").code == 0
        assert slow.result().code == 1, "it was asked before"
    assert project.process(*command).code == 0


def test_a_page_that_changes_under_a_run_is_not_what_all_of_it_rests_on(project, index, store, monkeypatch):
    index.features = Features(max_age=0, version_json=False)
    lines = ("either==1.0; platform_machine == 'x86_64'", "either==2.0; platform_machine == 'aarch64'")
    project.write("requirements.txt", "\n".join(lines))
    store.add("either", "1.0", wheels=[X86, ARM])
    store.add("either", "2.0", wheels=[X86, ARM])
    answer = index.answer

    def changing(request):
        found = answer(request)
        if request.path == "/simple/either/":
            store.add("either", f"3.{len(index.log)}", wheels=[X86])
        return found

    project("requirements.txt", "--json")
    (kept,) = remembered(project)
    kept.unlink()
    monkeypatch.setattr(index, "answer", changing)
    project("requirements.txt", "--json")
    assert index.paths.count("/simple/either/") > 2
    assert remembered(project) == []


def test_what_failed_half_way_is_tried_again(project, index, store):
    """Without the page there is but a poorer remedy to tell; that does not make the answer incomplete."""
    project.environ["PIP_RETRIES"] = "0"
    project.write("requirements.txt", "built==1.0\n")
    store.add("built", "1.1", wheels=[X86, ARM])
    index.fail(server_error("/simple/built/"))
    said = [project("requirements.txt", "--json").report["audits"][0] for _ in range(2)]
    assert [audit["complete"] for audit in said] == [True, True]
    assert [audit["findings"][0]["remedy"]["kind"] for audit in said] == ["build", "version"]


def test_an_sdist_beside_a_lock_is_looked_into_each_time(project):
    sdist = project.folder / "own-1.0.tar.gz"
    project.write("uv.lock", LOCKED_SDIST)
    statuses = []
    for content in (PURE, NATIVE):
        sdist.write_bytes(sdist_file("own-1.0", "", content, version="1.0").content)
        (package,) = project("uv.lock", "--json").report["audits"][0]["packages"]
        statuses.append({result["status"] for result in package["results"]})
    assert statuses == [{"pure-sdist"}, {"sdist"}]


LOCKED_SDIST = """\
version = 1
requires-python = ">=3.13"

[[package]]
name = "app"
version = "1.0"
source = { virtual = "." }
dependencies = [{ name = "own" }]

[[package]]
name = "own"
version = "1.0"
source = { path = "own-1.0.tar.gz" }
sdist = { size = 300 }
"""
PURE = Sdist(names=("own.py",), texts={"setup.py": "from setuptools import setup\nsetup()"})
