"""Where several places list what pip cannot tell apart: it is asked which of them it takes, and so are we."""

from __future__ import annotations

import platform
import shlex
import sys
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import unquote

import pytest

from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from archcheck.platforms.targets import parse_target
from archcheck.resolve.both_machines import resolve_both
from archcheck.resolve.model import Options
from tests.loopback import IndexServer, Store
from tests.resolve.cases import TARGET, Case, manifest_of
from tests.resolve.pip_oracle import SINCE, arguments, asked, pip_version

DEMO = "demo-1.0-py3-none-any.whl"
COMPILED = "cp312-cp312-manylinux_2_17_x86_64"
MACHINE = parse_target(TARGET).on("x86_64")

# What is asked, of which places, and the file that is taken, after the place that it is from.
SCENARIOS = {
    "the later index": ("demo", "--index-url {one} --extra-index-url {two}", f"two {DEMO}"),
    "the other way round": ("demo", "--index-url {two} --extra-index-url {one}", f"one {DEMO}"),
    "an index before a folder": ("demo", "--index-url {one} --find-links {near}", f"one {DEMO}"),
    "an index before a page of links": ("demo", "--index-url {one} --find-links {two}demo/", f"one {DEMO}"),
    "a page of links before a folder": (
        "demo",
        "--no-index --find-links {one}demo/ --find-links {near}",
        f"one {DEMO}",
    ),
    "a folder after a page of links": (
        "demo",
        "--no-index --find-links {near} --find-links {one}demo/",
        f"one {DEMO}",
    ),
    "of folders the first by its name": (
        "demo",
        "--no-index --find-links {near} --find-links {far}",
        f"far {DEMO}",
    ),
    "in whatever order": ("demo", "--no-index --find-links {far} --find-links {near}", f"far {DEMO}"),
    "in a folder the first by its name": (
        "two",
        "--no-index --find-links {near}",
        "near two-1.0-py2.py3-none-any.whl",
    ),
    "on a page the last": ("two", "--index-url {one}", "one two-1.0-py3-none-any.whl"),
    "the one with the hash": (
        "demo==1.0 --hash={digest}",
        "--index-url {one} --extra-index-url {two}",
        f"one {DEMO}",
    ),
    "one whose hash nobody tells": (
        "demo==1.0 --hash={silent_digest}",
        "--index-url {silent}",
        f"silent {DEMO}",
    ),
    "a hash that is told before a better wheel": (
        "demo==1.0 --hash={digest}",
        "--index-url {one} --extra-index-url {compiled}",
        f"one {DEMO}",
    ),
    "a hash that is told before a local version": (
        "demo==1.0 --hash={digest}",
        "--index-url {one} --extra-index-url {local}",
        f"one {DEMO}",
    ),
}

# pip settles which file it takes, looks at it, and gives up.
REFUSED = {
    "another file in a folder": ("demo==1.0 --hash={digest}", "--no-index --find-links {near}"),
    "another file in a folder before the one with the hash": (
        "two==1.0 --hash={pure_digest}",
        "--no-index --find-links {near}",
    ),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Each place by its name: indexes over HTTP, and folders; what they have is alike in name alone."""
    with ExitStack() as stack:
        found, stores = {}, {}
        for name in ("one", "two", "silent", "compiled", "local", "near", "far"):
            stores[name] = store = Store()
            payload = {"place.txt": name.encode()}
            version = "1.0+cpu" if name == "local" else "1.0"
            store.add(
                "demo", version, wheels=[COMPILED if name == "compiled" else "py3-none-any"], payload=payload
            )
            store.add("two", "1.0", wheels=["py2.py3-none-any", "py3-none-any"], payload=payload)
            if name in {"silent", "compiled", "local"}:
                say_no_hash(store)
            if name in {"near", "far"}:
                found[name] = folder = tmp_path_factory.mktemp(name, numbered=False)
                for file in (file for project in store.projects.values() for file in project.files):
                    (folder / file.filename).write_bytes(file.content)
            else:
                found[name] = stack.enter_context(IndexServer(store)).url
        found["digest"] = stores["one"].digest_of(DEMO)
        found["silent_digest"] = stores["silent"].digest_of(DEMO)
        found["pure_digest"] = stores["near"].digest_of("two-1.0-py3-none-any.whl")
        yield found


def say_no_hash(store):
    """Let the pages of *store* tell no hash of any file."""
    for project in store.projects.values():
        project.files[:] = [replace(file, metadata=lambda text=file.metadata: text) for file in project.files]


@pytest.fixture(scope="module")
def from_pip(places, tmp_path_factory):
    """What pip takes in each scenario."""
    if (version := pip_version()) < SINCE:
        pytest.skip(f"pip {version} resolves by older rules")
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("pip, run here, would evaluate markers for another machine")
    folder = tmp_path_factory.mktemp("pip")
    questions = []
    every = {name: asked_for[:2] for name, asked_for in (SCENARIOS | REFUSED).items()}
    for name, (line, options) in every.items():
        listed, report = folder / f"{name}.txt", folder / f"{name}.json"
        listed.write_text(line.format(**places))
        args = [
            *arguments(MACHINE, folder, report),
            *shlex.split(options.format(**places)),
            "-r",
            str(listed),
        ]
        questions.append({"args": args, "report": str(report)})
    return dict(zip(every, asked(questions)[1], strict=True))


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_pip_takes_is_what_we_expect(name, places, from_pip):
    answer = from_pip[name]
    assert answer["found"], answer["said"]
    (url,) = answer["found"].values()
    assert shown(url, places) == SCENARIOS[name][2]


@pytest.mark.parametrize("name", SCENARIOS)
def test_we_take_it_too(name, places, tmp_path):
    line, options, expected = SCENARIOS[name]
    package = taken(line.format(**places), options.format(**places), Cache(tmp_path, mode="off"))
    assert package.pick.installs
    assert shown(package.pick.file.url, places) == expected


@pytest.mark.parametrize("name", REFUSED)
def test_what_pip_refuses_is_what_we_expect(name, from_pip):
    assert not from_pip[name]["found"]
    assert "DO NOT MATCH THE HASHES" in str(from_pip[name]["said"])


@pytest.mark.parametrize("name", REFUSED)
def test_we_refuse_it_too(name, places, tmp_path):
    line, options = REFUSED[name]
    package = taken(line.format(**places), options.format(**places), Cache(tmp_path, mode="off"))
    assert "hash mismatch" in package.pick.problem


def test_a_file_that_is_another_one_by_now_is_refused_whatever_the_cache_has(tmp_path):
    store = Store()
    store.add("demo", "1.0", wheels=["py3-none-any"])
    (file,) = store.projects["demo"].files
    line, options = f"demo==1.0 --hash={store.digest_of(DEMO)}", f"--no-index --find-links {tmp_path}"
    wheel, cache = tmp_path / DEMO, Cache(tmp_path / "cache")
    wheel.write_bytes(file.content)
    assert taken(line, options, cache).pick.installs
    store = Store()
    store.add("demo", "1.0", wheels=["py3-none-any"], payload={"place.txt": b"another"})
    wheel.write_bytes(store.projects["demo"].files[0].content)
    assert "hash mismatch" in taken(line, options, cache).pick.problem


def taken(line, options, cache):
    """Return what we take for the requirement *line*."""
    said = {}
    words = iter(shlex.split(options))
    for word in words:
        said.setdefault(word, []).append("" if word == "--no-index" else next(words))
    settings = IndexSettings(
        index_url=next(iter(said.get("--index-url", [])), None),
        extra_index_urls=tuple(said.get("--extra-index-url", ())),
        find_links=tuple(said.get("--find-links", ())),
        no_index="--no-index" in said,
        retries=0,
    )
    manifest = manifest_of(Case(name=line, requirements=[line]))
    with IndexClient(settings, cache) as index:
        chosen = resolve_both(manifest, MACHINE.target, index, Options(require_hashes="--hash" in line))[0]
    (package,) = chosen.packages.values()
    return package


def shown(url, places):
    """Return the name of the place that *url* is in, and that of the file."""
    head, _, filename = unquote(url).rpartition("/")
    roots = {
        name: str(place).removesuffix("/simple/") for name, place in places.items() if "digest" not in name
    }
    (place,) = [name for name, root in roots.items() if head in {f"{root}/files", f"file://{root}"}]
    return f"{place} {filename}"
