"""Record whether recorded sdists build where there is no compiler: `python -m tests.oracle.record_builds`.

Each is built by `pip wheel` in a virtual environment, with a PATH that holds that environment alone, and becomes
an entry of `fixtures/oracle/builds/builds.json`. The sdists themselves are those that `tests.record` keeps in
$ARCHCHECK_RECORD_DIR; what a build requires comes from the default index. Builds run code of strangers: not in CI.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.recording.cases import FIXTURES
from tests.recording.oracle import clean_environment, version_of_tool

# not numpy 1.18.5 and pandas 1.0.5: no Python from 3.11 on gets as far as asking for a compiler
CHOSEN = (
    "PyYAML-5.3.1.tar.gz",
    "aiobotocore-2.3.3.tar.gz",
    "contourpy-1.3.3.tar.gz",
    "cryptography-3.0.tar.gz",
    "duckdb-2.0.0.tar.gz",
    "grpcio-1.30.0.tar.gz",
    "lxml-4.5.0.tar.gz",
    "lxml-6.1.3.tar.gz",
    "numpy-2.4.6.tar.gz",
    "pillow-13.0.0.tar.gz",
    "psycopg2-2.9.12.tar.gz",
    "psycopg2-2.9.13.tar.gz",
    "psycopg2-binary-2.8.6.tar.gz",
    "psycopg2-binary-2.9.1.tar.gz",
    "psycopg2_binary-2.9.13.tar.gz",
    "pyarrow-26.0.1.tar.gz",
    "scikit_learn-1.9.1.tar.gz",
    "scipy-1.17.1.tar.gz",
)
OPTIONS = ("wheel", "--no-deps", "--no-cache-dir", "--disable-pip-version-check")
KEPT_LINES = 4
ERA = "setuptools<81\n"  # cryptography 3.0 asks for any setuptools and imports pkg_resources, which 82 has no more
NOISE = re.compile(r"status 'error'|subprocess-exited|^note:|^no previously|^copying|^adding|^warning")
PATIENCE = 600


def main() -> None:
    """Build the chosen sdists."""
    kept = Path(os.environ.get("ARCHCHECK_RECORD_DIR", ".recorded")) / "sdists"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "bin", "python")
        upgrade = [python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"]
        subprocess.run(upgrade, check=True)
        builds = [built(kept / name, str(python)) for name in CHOSEN]
        document = {
            "recorded-at": datetime.now(UTC).date().isoformat(),
            "tool": version_of_tool(str(python), "-m", "pip"),
            "command": ["pip", *OPTIONS, "--build-constraint", ERA.strip(), "SDIST"],
            "builds": builds,
        }
    out = FIXTURES / "oracle" / "builds" / "builds.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def built(sdist: Path, python: str) -> dict[str, Any]:
    """Return what came of building *sdist*: the wheel's name, or the last of what was said."""
    era = Path(python).parents[1] / "constraints.txt"
    era.write_text(ERA, encoding="utf-8")
    environment = {"PATH": str(Path(python).parent), "HOME": str(Path(python).parents[1])}
    proxies = ("SSL_", "PIP_CERT", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY")
    environment |= {name: value for name, value in clean_environment().items() if name.startswith(proxies)}
    with tempfile.TemporaryDirectory() as out:
        command = [
            python,
            "-m",
            "pip",
            *OPTIONS,
            "--build-constraint",
            str(era),
            "--wheel-dir",
            out,
            str(sdist),
        ]
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE, cwd=out
        )
        wheel = next((path.name for path in Path(out).glob("*.whl")), None)
    print(sdist.name, wheel, file=sys.stderr)
    said = [] if wheel else telling(run.stdout + run.stderr)
    return {"sdist": sdist.name, "exit": run.returncode, "wheel": wheel, "errors": said}


def telling(output: str) -> list[str]:
    """Return the last few lines that name what went wrong, without places on this machine."""
    lines = [line.strip() for line in output.splitlines()]
    found = [line for line in lines if re.search(r"(?i)error|compiler|not found|No such file", line)]
    found = [line for line in dict.fromkeys(found) if not NOISE.search(line)]
    return [re.sub(r"/\S+/", "", line)[:200] for line in found[:KEPT_LINES]]


if __name__ == "__main__":
    main()
