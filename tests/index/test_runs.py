"""Whole runs against indexes of every sort: several of them, HTML alone, local versions, old names, no network."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.loopback import Failure, Features, IndexServer, Sdist, Store
from tests.patience import PATIENCE

X86 = "cp313-cp313-manylinux_2_17_x86_64"
ARM = "cp313-cp313-manylinux_2_17_aarch64"
PYPROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = {dependencies}\n[tool.uv]\nindex-strategy = "{rule}"\n{more}'
RULES = {"first": "first-index", "best": "unsafe-best-match"}


@pytest.fixture
def extra():
    with IndexServer(Store()) as server:
        yield server


def requirements(index, *lines, extra=None):
    more = f"--extra-index-url {extra.url}\n" if extra else ""
    return f"--index-url {index.url}\n{more}" + "".join(f"{line}\n" for line in lines)


def for_uv(index, extra, rule, *dependencies, more=""):
    indexes = f'[[tool.uv.index]]\nname = "extra"\nurl = "{extra.url}"\n'
    indexes += f'[[tool.uv.index]]\nurl = "{index.url}"\ndefault = true\n'
    return PYPROJECT.format(dependencies=list(dependencies), rule=RULES[rule], more=indexes + more)


def both(status, version):
    return {"x86_64": (status, version), "aarch64": (status, version)}


# --- several indexes


def test_pips_rule_is_followed_and_said(run, index, store, extra):
    store.add("shared", "2.0", wheels=["py3-none-any"])
    store.add("public", "1.0", wheels=["py3-none-any"])
    extra.store.add("shared", "1.0", wheels=["py3-none-any"])
    extra.store.add("private", "1.0", wheels=["py3-none-any"])
    run.write(requirements(index, "shared", "public", "private", extra=extra))
    ran = run()
    assert ran.results["shared"] == both("pure-wheel", "2.0")
    assert "by pip's rule the best version" in ran.notes
    run.write(requirements(index, "public", "private", extra=extra))
    assert run().notes == ""  # nothing is on both
    (confused,) = [note for note in ran.audit["notes"] if "dependency confusion" in note]
    assert "shared" in confused
    assert "public" not in confused.replace("publishes", "")
    assert "private" not in confused


def test_uvs_rule_is_followed_and_said(run, index, store, extra):
    store.add("shared", "2.0", wheels=["py3-none-any"])
    store.add("public", "1.0", wheels=["py3-none-any"])
    extra.store.add("shared", "1.0", wheels=["py3-none-any"])
    run.write(for_uv(index, extra, "first", "shared", "public"), "pyproject.toml")
    ran = run("pyproject.toml")
    assert ran.results["shared"] == both("pure-wheel", "1.0")
    assert ran.results["public"] == both("pure-wheel", "1.0")
    assert "by uv's rule the first one" in ran.notes
    assert "dependency confusion" not in ran.notes
    assert not [path for path in index.paths if "shared" in path]  # it must not even learn of the name


def test_one_index_needs_no_word(run, index, store):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    run.write(requirements(index, "demo"))
    assert run().notes == ""


def test_a_failing_first_index_is_not_passed_over(run, index, store, extra):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    extra.fail(Failure(pattern="*", status=401, body=b""))
    run.write(for_uv(index, extra, "first", "demo"), "pyproject.toml")
    ran = run("pyproject.toml")
    assert ran.code == 2
    assert "401: it wants a user name and password" in ran.out
    assert index.log == []


def test_an_explicit_index_is_for_its_packages_alone(run, index, store, extra):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    store.add("pinned", "9.0", wheels=["py3-none-any"])
    extra.store.add("demo", "2.0", wheels=["py3-none-any"])
    extra.store.add("pinned", "3.0", wheels=["py3-none-any"])
    text = for_uv(index, extra, "first", "demo", "pinned")
    text = text.replace('name = "extra"\n', 'name = "extra"\nexplicit = true\n')
    run.write(text + '[tool.uv.sources]\npinned = { index = "extra" }\n', "pyproject.toml")
    ran = run("pyproject.toml")
    assert ran.results["demo"] == both("pure-wheel", "1.0")
    assert ran.results["pinned"] == both("pure-wheel", "3.0")


# --- local versions: the same release on two indexes, for one architecture each


@pytest.mark.parametrize(
    ("rule", "arm"),
    [("pip", ("wheel", "2.5.0")), ("best", ("wheel", "2.5.0")), ("first", ("missing", "2.5.0+cu124"))],
)
def test_an_aarch64_wheel_on_the_other_index(run, index, extra, rule, arm):
    index.store.add("torch", "2.5.0", wheels=[X86, ARM])
    extra.store.add("torch", "2.5.0+cu124", wheels=[X86])
    if rule == "pip":
        run.write(requirements(index, "torch", extra=extra))
        ran = run()
    else:
        run.write(for_uv(index, extra, rule, "torch"), "pyproject.toml")
        ran = run("pyproject.toml")
    assert ran.results["torch"] == {"x86_64": ("wheel", "2.5.0+cu124"), "aarch64": arm}


def test_local_versions_of_one_index(run, index, extra):
    extra.features = Features(version_json=False)  # the index that has it takes no local versions
    extra.store.add("torch", "2.5.0+cpu", wheels=[X86])
    extra.store.add("torch", "2.5.0", wheels=[ARM])
    run.write(requirements(extra, "torch==2.5.0"))
    assert run().results["torch"] == {"x86_64": ("wheel", "2.5.0+cpu"), "aarch64": ("wheel", "2.5.0")}


def test_a_403_for_a_name_that_the_other_index_has(run, index, store, extra):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    extra.fail(Failure(pattern="*", status=403, body=b""))
    run.write(requirements(index, "demo", extra=extra))
    assert run().results["demo"] == both("pure-wheel", "1.0")


# --- HTML alone


@pytest.fixture
def plain(index):
    """An index that can do nothing but PEP 503."""
    index.features = Features(
        metadata_files=False,
        version_json=False,
        ranges=False,
        caching_headers=False,
        gzip=False,
        json_pages=False,
    )
    return index


def test_an_index_that_can_do_nothing_but_pep_503(run, plain, store):
    store.add("demo", "1.0", wheels=[X86, ARM], requires_dist=["lib>=1"])
    store.add("lib", "1.5", sdist=Sdist(), requires_dist=["leaf"])
    store.add("leaf", "1.0", wheels=["py3-none-any"])
    store.add("leaf", "2.0", wheels=["py3-none-any"], requires_python=">=3.14")
    store.add("leaf", "1.1", wheels=["py3-none-any"], yanked="broken")
    run.write(requirements(plain, "demo"))
    ran = run()
    assert ran.code == 0
    assert ran.results == {
        "demo": both("wheel", "1.0"),
        "lib": both("pure-sdist", "1.5"),
        "leaf": both("pure-wheel", "1.0"),
    }


PAGE = """<!DOCTYPE html><html><head><base href="{base}"></head><body>
<a href="{link}">anything</a>
<a href='../../files/Demo_Pkg-9.0-py3-none-any.whl#sha256=ab' data-yanked>yanked</a>
<a href="../../files/demo_pkg-8.0-py3-none-any.whl" data-requires-python="&gt;=3.14">later</a>
<a href="../">up</a></body></html>"""


@pytest.mark.parametrize(
    "link",
    [
        "../../files/demo_pkg-1.0-py3-none-any.whl",
        "../../files/demo%5Fpkg-1.0-py3-none-any.whl",
        "../../files/demo_pkg-1.0-py3-none-any.whl#sha256={sha256}",
        "../../files/demo_pkg-1.0-py3-none-any.whl?token=a%2Fb#sha256={sha256}",
        "/files/demo_pkg-1.0-py3-none-any.whl",
        "{server}/files/demo_pkg-1.0-py3-none-any.whl#egg=demo",
    ],
)
@pytest.mark.parametrize("base", ["", "/simple/demo-pkg/"])
def test_links_of_every_shape(run, plain, store, link, base):
    store.add("Demo.Pkg", "1.0", wheels=["py3-none-any"])
    sha256 = store.digest_of("demo_pkg-1.0-py3-none-any.whl").removeprefix("sha256:")
    body = PAGE.format(base=base, link=link.format(sha256=sha256, server=plain.base))
    plain.fail(Failure(pattern="/simple/*", body=body.encode(), headers={"Content-Type": "text/html"}))
    run.write(requirements(plain, "demo.PKG"))
    ran = run()
    assert ran.results == {"demo-pkg": both("pure-wheel", "1.0")}, ran.err


@pytest.mark.parametrize(
    "filename", ["Demo.Pkg-1.0.tar.gz", "demo-pkg-1.0.tar.gz", "demo_pkg-1.0.zip", "DEMO_Pkg-1.0.tar.gz"]
)
def test_old_names_of_sdists(run, plain, filename):
    from tests.loopback.builders import core_metadata, sdist_bytes

    top, suffix = filename.partition("-1.0")[0] + "-1.0", filename.partition("-1.0")[2]
    text = core_metadata("Demo.Pkg", "1.0", metadata_version="2.2")
    content = sdist_bytes(
        top, {"PKG-INFO": text.encode(), "setup.py": b"from setuptools import setup\nsetup()\n"}, suffix
    )
    link = f'<a href="/files/{filename}">{filename}</a>'
    plain.fail(
        Failure(pattern="/simple/*", status=200, body=link.encode(), headers={"Content-Type": "text/html"}),
        Failure(pattern="/files/*", status=200, body=content),
    )
    run.write(requirements(plain, "demo-pkg"))
    assert run().results == {"demo-pkg": both("pure-sdist", "1.0")}


# --- old sdists


def test_a_sibling_wheel_tells_for_an_sdist_from_before_static_metadata(run, index, store):
    for day, name in (("2020-10-26", "older"), ("2020-10-28", "newer")):
        store.add(
            name,
            "1.0",
            wheels=["cp27-cp27mu-manylinux1_x86_64"],
            sdist=Sdist(metadata_version="2.1", static_requires=False),
            requires_dist=["leaf"],
            upload_time=f"{day}T00:00:00.000000Z",
        )
    store.add("leaf", "1.0", wheels=["py3-none-any"])
    run.write(requirements(index, "older", "newer"))
    ran = run()
    assert set(ran.results) == {"older", "newer", "leaf"}
    asked = {path: at for at, path in reversed(list(enumerate(index.paths)))}
    wheel = "-1.0-cp27-cp27mu-manylinux1_x86_64.whl.metadata"
    assert asked["/files/newer-1.0.tar.gz"] < asked[f"/files/newer{wheel}"]
    # what it depends on is settled without it; what building it takes is looked at afterwards
    assert asked[f"/files/older{wheel}"] < asked["/files/older-1.0.tar.gz"]


# --- the cache's modes


def test_offline_refresh_and_no_cache(run, index, store):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    run.write(requirements(index, "demo"))
    cold = run("--offline")
    assert cold.code == 2
    assert "not in the cache (--offline)" in cold.out
    assert index.log == []

    assert run("--no-cache").results["demo"] == both("pure-wheel", "1.0")
    assert not run.cache.exists()

    asked = len(index.log)
    assert run().code == 0
    store.add("demo", "2.0", wheels=["py3-none-any"])
    warm, offline = run(), run("--offline")
    assert warm.results == offline.results == {"demo": both("pure-wheel", "1.0")}
    assert len(index.log) == asked + 2  # the page and the metadata, once

    assert run("--refresh").results["demo"] == both("pure-wheel", "2.0")
    assert run("--offline").results["demo"] == both("pure-wheel", "2.0")


def test_offline_says_how_old_its_answers_are(run, index, store):
    index.features = Features(max_age=0)
    store.add("demo", "1.0", wheels=["py3-none-any"])
    run.write(requirements(index, "demo"))
    run()
    assert "past their time" in run("--offline").notes


HEAVY = """
import sys
from archcheck.cli.main import main
code = main(sys.argv[1:])
print(sorted({"httpx", "asyncio", "ssl", "pip"} & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def test_a_warm_run_imports_nothing_heavy(run, index, store, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)  # else pip says which index is the default one
    store.add("demo", "1.0", wheels=["py3-none-any"])
    run.write("demo\n")
    assert run().code == 0
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, "--json", "-t", "lambda:python3.13", "--cache-dir", str(run.cache)],
        cwd=run.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"


# --- AWS CodeArtifact


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_token_of_code_artifact(run, index, monkeypatch, status):
    """The loopback index stands in as the proxy through which that host is asked."""
    shop = "shop-123456789012.d.codeartifact.eu-west-1.example"
    monkeypatch.setenv("PIP_PROXY", index.base)
    monkeypatch.setenv("PIP_TRUSTED_HOST", shop)
    monkeypatch.setenv("NO_PROXY", "")
    index.fail(Failure(pattern="*", status=status, body=b""))
    run.write(f"--index-url http://aws:t0ken@{shop}/pypi/all/simple/\ndemo\n")
    ran = run()
    assert ran.code == 2
    assert "token may have expired" in ran.out
    assert "aws codeartifact login" in ran.out
    assert "t0ken" not in ran.out + ran.err


# --- the keyring


def test_the_keyring_is_asked_where_a_server_wants_a_password(run, index, store, monkeypatch, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "keyring"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tools}/asked\n[ "$3" = alice ] && echo s3cret\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("PIP_KEYRING_PROVIDER", "subprocess")
    store.add("demo", "1.0", wheels=["py3-none-any"], requires_dist=["lib"])
    store.add("lib", "1.0", wheels=["py3-none-any"])
    honest = type(index).answer

    def guarded(self, request):
        if "authorization" in request.headers:
            return honest(self, request)
        index.fail(Failure(pattern="*", status=401, body=b"", times=1))
        return honest(self, request)

    monkeypatch.setattr(type(index), "answer", guarded)
    run.write(requirements(index, "demo").replace("://", "://alice@", 1))
    index.fail(Failure(pattern="*", status=401, body=b"", times=1))
    ran = run()
    assert ran.code == 0, ran.out
    assert set(ran.results) == {"demo", "lib"}
    assert "s3cret" not in ran.out + ran.err
    (asked,) = (tools / "asked").read_text().splitlines()
    assert asked.endswith(" alice")


# --- hashes of what is pointed at

RIGHT, WRONG = "RIGHT", "0" * 64
POINTING = {
    "a fragment": ("demo @ {url}#sha256={hash}", "demo"),
    "an option": ("demo @ {url} --hash=sha256:{hash}", "demo"),
    "one of two": ("demo @ {url}#sha512={wrong} --hash=sha256:{hash}", "demo"),
    "a bare URL": ("{url}#egg=demo&sha256={hash}", "demo"),
    "a file URL": ("demo @ {file}#sha256={hash}", "demo"),
    "a path": ("{path} --hash=sha256:{hash}", "demo"),
    "an sdist": ("source @ {sdist}#sha256={hash}", "source"),
    "a dependency": ("parent-{hash}", "demo"),
}


@pytest.mark.parametrize("digest", [RIGHT, WRONG])
@pytest.mark.parametrize("how", POINTING)
def test_the_hash_of_what_is_pointed_at_is_checked_as_pip_does(run, index, store, how, digest):
    index.features = Features(ranges=False)
    store.add("demo", "1.0", wheels=["py3-none-any"])
    setup = "from setuptools import setup\nsetup(name='source', version='1.0')"
    store.add("source", "1.0", sdist=Sdist(texts={"setup.py": setup}))
    file = store.projects["source" if how == "an sdist" else "demo"].files[0]
    url = f"{index.base}/files/{file.filename}"
    (run.folder / file.filename).write_bytes(file.content)
    line, name = POINTING[how]
    stated = file.digest if digest is RIGHT else digest
    store.add(
        f"parent-{stated}", "1.0", wheels=["py3-none-any"], requires_dist=[f"demo @ {url}#sha256={stated}"]
    )
    path = run.folder / file.filename
    text = line.format(url=url, sdist=url, file=path.as_uri(), path=path, hash=stated, wrong=WRONG * 2)
    run.write(text)
    found = run("requirements.txt", "--index-url", index.url)
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps"]
    if how == "a dependency":
        command.pop()
    command += ["--no-build-isolation", "--index-url", index.url, "-r", str(run.folder / "requirements.txt")]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ("DO NOT MATCH THE HASHES" in asked.stderr) is (digest is WRONG), asked.stderr
    assert (found.results[name]["aarch64"][0] == "missing") is (digest is WRONG), found.out
    assert ("hash mismatch" in found.out) is (digest is WRONG)


def test_the_hash_of_what_is_read_in_parts_is_not_known(run, index, store):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    run.write(f"demo @ {index.base}/files/demo-1.0-py3-none-any.whl#sha256={WRONG}")
    assert run("requirements.txt").results["demo"]["aarch64"] == ("pure-wheel", "1.0")


# --- what uv and PDM are told beside the requirements

UV_TOMLS = {
    "an index": ("", ""),
    "pre-releases": ("", 'prerelease = "allow"'),
    "it counts alone": ('[tool.uv]\nprerelease = "allow"', ""),
    "the project's own stay": ('[tool.uv]\nconstraint-dependencies = ["child<2"]', ""),
    "no constraints": ("", 'constraint-dependencies = ["child<2"]'),
    "no exclusions": ("", 'exclude-dependencies = ["child"]'),
    "excluded": ('[tool.uv]\nexclude-dependencies = ["Child"]', ""),
    "excluded between": ('[tool.uv]\nexclude-dependencies = ["parent"]', ""),
    "excluded and overridden": (
        '[tool.uv]\nexclude-dependencies = ["child"]\noverride-dependencies = ["child<2"]',
        "",
    ),
    "excluded with an extra": ('[tool.uv]\nexclude-dependencies = ["extra"]', ""),
    "excluded itself": ('[tool.uv]\nexclude-dependencies = ["top"]', ""),
}


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
@pytest.mark.parametrize("case", UV_TOMLS)
def test_a_uv_toml_beside_a_project_is_read_as_uv_does(run, index, store, monkeypatch, case):
    monkeypatch.delenv("UV_NO_CONFIG")
    for version in ("1.0", "2.0", "3.0a1"):
        store.add("child", version, wheels=["py3-none-any"])
    store.add("extra", "1.0", wheels=["py3-none-any"])
    store.add("parent", "1.0", wheels=["py3-none-any"], requires_dist=["child", "extra[x]"])
    store.add("top", "1.0", wheels=["py3-none-any"], requires_dist=["parent"])
    tables, settings = UV_TOMLS[case]
    project = '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["top"]\n'
    run.write(project + tables, "pyproject.toml")
    run.write(f'{settings}\n[[index]]\nurl = "{index.url}"\ndefault = true\n', "uv.toml")
    found = {name: each["aarch64"][1] for name, each in run("pyproject.toml").results.items()}
    subprocess.run(["uv", "lock", "--quiet", "--no-cache"], cwd=run.folder, check=True)
    locked = tomllib.loads((run.folder / "uv.lock").read_text())["package"]
    assert found == {each["name"]: each["version"] for each in locked if each["name"] != "x"}


@pytest.mark.parametrize("settings", ["index = 3", "[[", "[[index]]\nname = 'x'"])
def test_a_uv_toml_that_cannot_be_read_ends_the_audit(run, settings):
    run.write('[project]\nname = "x"\ndependencies = ["top"]\n', "pyproject.toml")
    run.write(settings, "uv.toml")
    found = run("pyproject.toml")
    assert found.code == 2
    assert "uv.toml" in found.err


def test_what_pdm_excludes_is_left_out_for_packages_alone(run, index, store):
    # As PDM 2.25.9 locks: what the project itself asks for stays, and an override does not bring it back.
    store.add("child", "1.0", wheels=["py3-none-any"])
    store.add("par_ent", "1.0", wheels=["py3-none-any"], requires_dist=["child"])
    store.add("top", "1.0", wheels=["py3-none-any"], requires_dist=["par_ent", "child"])
    text = """\
[project]
name = "x"
dependencies = {dependencies}
[tool.pdm.resolution]
excludes = ["Child"]
overrides = {{child = "1.0"}}
[[tool.pdm.source]]
name = "pypi"
url = "{url}"
"""
    for dependencies, expected in (
        (["top"], {"top", "par-ent"}),
        (["top", "child"], {"top", "par-ent", "child"}),
    ):
        run.write(text.format(dependencies=dependencies, url=index.url), "pyproject.toml")
        assert set(run("pyproject.toml").results) == expected
