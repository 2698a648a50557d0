"""Record `fixtures/` again: `python -m tests.record`; with `--verify`, prove that they answer as the real index did.

With `--add`, only the cases that have no answer yet are asked, and what they looked into is added.

uv and pip resolve the sets of `fixtures/sets/` for each target against a loopback index that hands their questions
on to the default index, each once. What they asked about becomes `fixtures/index/`, what they answered
`fixtures/oracle/`. Answers of the real index stay in $ARCHCHECK_RECORD_DIR (or `.recorded/`), so that a run that
was cut off goes on where it was; empty that folder to record anew. Takes some minutes and a few hundred requests.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from tests.loopback.fixtures import FixtureStore
from tests.loopback.server import IndexServer
from tests.recording.cases import FIXTURES, Case, cases, direct_names
from tests.recording.oracle import asked
from tests.recording.stores import RecordingStore, SdistsAsWheels
from tests.recording.trim import dumped, project_document
from tests.recording.upstream import Upstream

if TYPE_CHECKING:
    from tests.loopback.store import Store

NEWEST = 3


def main() -> int:
    """Record, or verify; 1 where an answer differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--verify", action="store_true", help="compare the answers from fixtures/ with the recorded"
    )
    parser.add_argument("--add", action="store_true", help="record only what has no answer yet")
    parser.add_argument("--set", action="append", help="only this set (with --verify)")
    options = parser.parse_args()
    os.chdir(FIXTURES.parent)
    return verify(options.set) if options.verify else record(adding=options.add)


def record(*, adding: bool) -> int:
    """Ask everything, or only what has no answer yet, and write the fixtures."""
    upstream = Upstream(Path(os.environ.get("ARCHCHECK_RECORD_DIR", ".recorded")))
    store = RecordingStore(upstream=upstream)
    before = looked_into_before(store) if adding else set()
    answers, wanted = answers_from(
        store, [case for case in cases() if not (adding and recorded_answer(case))]
    )
    wanted |= before
    for name in sorted(direct_names()):
        look_into_newest(store, name)
    write_index(store, wanted)
    write_oracle(answers)
    print(
        f"{len(store.projects)} projects, {len(store.looked_into)} releases, {upstream.asked} requests",
        file=sys.stderr,
    )
    return 0


def answers_from(store: Store, chosen: list[Case]) -> tuple[dict[Case, dict[str, Any]], set[str]]:
    """Return the installers' answers to the *chosen* cases, and the sdists that no wheel could stand in for."""
    as_wheels = SdistsAsWheels(inner=store)
    answers = {}
    with IndexServer(store) as plain, IndexServer(as_wheels) as everywhere:
        for case in chosen:
            answers[case] = asked(case, plain if case.mode == "wheels" else everywhere)
            print(case, answers[case]["exit"], len(answers[case]["pins"]), file=sys.stderr)
    return answers, as_wheels.wanted


def looked_into_before(store: RecordingStore) -> set[str]:
    """Look again into the releases that `fixtures/index/` has metadata of; return the sdists that it has texts of."""
    wanted = set()
    for path in sorted((FIXTURES / "index").glob("*.json")):
        store.project(path.stem)
        for version, release in json.loads(path.read_text(encoding="utf-8"))["releases"].items():
            if "metadata" in release:
                store.metadata(path.stem, version)
            if "sdist" in release:
                wanted |= {name for name in release["files"] if not name.endswith(".whl")}
    return wanted


def look_into_newest(store: RecordingStore, name: str) -> None:
    """Read the metadata of the newest releases, so that a resolver may look a little further than pip and uv."""
    project = store.project(name)
    final = [version for version in project.versions if not Version(version).is_prerelease] if project else []
    for version in final[-NEWEST:]:
        store.metadata(name, version)


def write_index(store: RecordingStore, wanted: set[str]) -> None:
    """Write `fixtures/index/`; projects that are no longer asked for go."""
    looked_into: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for (name, version), metadata in store.looked_into.items():
        looked_into[name][version] = metadata
    folder = FIXTURES / "index"
    for old in folder.glob("*.json"):
        old.unlink()
    for name, project in sorted(store.projects.items()):
        urls = {entry["filename"]: entry["url"] for entry in (store.upstream.page(name) or {})["files"]}
        sdists = {
            file.version: store.upstream.sdist(file.filename, urls[file.filename])
            for file in project.files
            if file.filename in wanted
        }
        day = datetime.fromtimestamp(store.upstream.page_time(name), UTC).date().isoformat()
        document = project_document(project, looked_into[name], sdists, day)
        (folder / f"{name}.json").write_text(dumped(document), encoding="utf-8")


def write_oracle(answers: dict[Case, dict[str, Any]]) -> None:
    """Write `fixtures/oracle/`, a file for each set; answers that were not asked for again stay."""
    by_set: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    asked_again = {case.requirements for case in answers}
    for case in cases():
        if case.requirements in asked_again and (answer := answers.get(case) or recorded_answer(case)):
            by_set[case.requirements].append(answer)
    day = datetime.now(UTC).date().isoformat()
    for name, found in by_set.items():
        text = json.dumps({"set": name, "recorded-at": day, "cases": found}, indent=1)
        (FIXTURES / "oracle" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def verify(sets: list[str] | None) -> int:
    """Ask the installers again, with the fixtures for an index; say where their answers differ."""
    chosen = [case for case in cases() if not sets or case.requirements in sets]
    answers, _ = answers_from(FixtureStore(), chosen)
    wrong = 0
    for case, answer in answers.items():
        recorded = recorded_answer(case) or {"exit": None, "pins": None}
        if (recorded["exit"], recorded["pins"]) != (answer["exit"], answer["pins"]):
            wrong += 1
            print(f"{case}\n  recorded {recorded['pins']}\n  now      {answer['pins']}\n{answer['errors']}")
    print(f"{len(chosen) - wrong} of {len(chosen)} answers are as recorded")
    return int(wrong > 0)


def recorded_answer(case: Case) -> dict[str, Any] | None:
    """Return what `fixtures/oracle/` has for *case*, None where it has nothing."""
    path = FIXTURES / "oracle" / f"{case.requirements}.json"
    if not path.exists():
        return None
    about = (case.python, case.architecture, case.mode, case.tool)
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return next((each for each in found if key_of(each) == about), None)


def key_of(answer: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return what a recorded answer is about, and the installer that gave it."""
    return answer["python"], answer["architecture"], answer["mode"], answer["command"][0]


if __name__ == "__main__":
    sys.exit(main())
