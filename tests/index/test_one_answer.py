"""One input and one index have one answer: whatever the cache holds, however many requests run, how fast they are.

Random indexes on which random documents cannot be had; the JSON of all runs must be the same to the byte.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from archcheck.app.perform import perform
from archcheck.app.request import Request
from archcheck.manifest.manifest import IndexOptions
from archcheck.report.json import to_json
from tests.index.offers import offer
from tests.loopback import IndexServer, Store
from tests.loopback.failures import Failure

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.index.cache.store import Mode

UNIVERSES = int(os.environ.get("ARCHCHECK_UNIVERSES", "100"))
PARTS = 8


@pytest.fixture(name="indexes", scope="module")
def _indexes():
    with IndexServer(Store()) as first, IndexServer(Store()) as second:
        yield first, second


def test_a_release_that_is_refused_decides_nothing_for_others(run, index, store):
    """The one package's release and the other's page are refused: either is known by what is left."""
    for name in ("ada", "bell"):
        store.add(name, "1.0", wheels=["py3-none-any"])
    index.fail(Failure(pattern="/pypi/ada/*", status=403), Failure(pattern="/simple/bell/", status=403))
    run.write(f"--index-url {index.url}\nada==1.0\nbell==1.0\n")
    for jobs in ("1", "1", "50"):
        ran = run("--jobs", jobs)
        assert (ran.code, set(ran.results)) == (0, {"ada", "bell"})


def test_a_mirror_that_blocks_files_says_the_same_twice(run, index, store):
    """Pages list the wheels, and every way into one of them is refused: its dependencies are not known."""
    store.add("aiobotocore", "2.0", wheels=["py3-none-any"], requires_dist=["botocore"])
    store.add("s3fs", "1.0", wheels=["py3-none-any"], requires_dist=["aiobotocore"])
    store.add("botocore", "1.0", wheels=["py3-none-any"])
    index.fail(Failure(pattern="/files/aiobotocore*", status=403))
    run.write(f"--index-url {index.url}\ns3fs\naiobotocore==2.0\n")
    first, again = run(), run()
    assert first.code == again.code == 2
    assert set(first.results) == set(again.results) == {"s3fs", "aiobotocore"}
    assert first.audit["recommendation"] == again.audit["recommendation"]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_run_of_one_input_says_the_same(part, tmp_path, indexes):
    for seed in range(part, UNIVERSES, PARTS):
        folder = tmp_path / str(seed)
        answers = answers_of(seed, folder, indexes)
        wrong = [how for how, text in answers.items() if text != answers["cold"]]
        assert not wrong, f"universe {seed}: {', '.join(wrong)} differ from cold"
        shutil.rmtree(folder)


def answers_of(seed: int, folder: Path, indexes: tuple[IndexServer, IndexServer]) -> dict[str, str]:
    """Return the JSON of the universe *seed*, by the way in which it was had."""
    offered, dice = offer(seed), random.Random(seed)
    folder.mkdir()
    (folder / "requirements.txt").write_text("\n".join(offered.lines))
    first, second = indexes
    served = [(first, offered)] if offered.second is None else [(first, offered), (second, offered.second)]
    for index, offers in served:
        index.store, index.features, index.failures = offers.store, offers.features, list(offers.failures)
    run = partial(_run, folder, [index.url for index, _ in served])
    found = {
        "cold": run("a"),
        "warm": run("a"),
        "warm again": run("a"),
        "refreshed": run("a", mode="refresh"),
        "one request at a time": run("b", jobs=1),
        "without a cache": run("c", mode="off"),
    }
    for index, offers in served:
        index.failures = [replace(each, hang=_a_moment(dice)) for each in offers.failures]
        index.failures += [
            Failure(pattern=f"*{name}*", hang=_a_moment(dice)) for name in offers.store.names()
        ]
    found["slow at random"] = run("d")
    found["warm after that"] = run("d", jobs=2)
    return found


def _a_moment(dice: random.Random) -> float:
    return dice.random() / 50  # seconds


def _run(folder: Path, urls: list[str], cache: str, *, mode: Mode = "normal", jobs: int = 50) -> str:
    report = perform(
        Request(
            paths=("requirements.txt",),
            cwd=str(folder),
            environ={"PIP_RETRIES": "0", "SOURCE_DATE_EPOCH": "0", "PIP_CONFIG_FILE": os.devnull},
            targets=("lambda:python3.13",),
            flags=IndexOptions(index_url=urls[0], extra_index_urls=tuple(urls[1:])),
            cache_dir=str(folder / cache),
            cache_mode=mode,
            jobs=jobs,
        )
    )
    return to_json(report)
