"""What never ends, or never begins, is not read: whichever option names it, and whatever a file leads to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")

ENDLESS = ["/dev/zero", "fifo"]


@pytest.fixture
def run(archcheck):
    """Run the command as a process of its own, which is killed where it hangs."""
    os.mkfifo(archcheck.folder / "fifo")
    archcheck.write("requirements.txt", "ready\n")
    (archcheck.folder / "result.json").write_text(archcheck("--json").out)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "archcheck", *arguments],
            cwd=archcheck.folder,
            env=archcheck.surroundings(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    return run


@pytest.mark.parametrize("path", ENDLESS)
@pytest.mark.parametrize(
    "command",
    [
        ["check", "PATH"],
        ["check", "--baseline", "PATH"],
        ["check", "--constraint", "PATH"],
        ["check", "--config", "PATH"],
        ["render", "PATH"],
        ["diff", "result.json", "PATH"],
        ["diff", "PATH", "result.json"],
        ["comment", "github", "PATH", "--number", "1", "--commit", "0" * 40, "--dry-run"],
    ],
    ids=" ".join,
)
def test_an_option_that_names_it(run, command, path):
    done = run(*(word.replace("PATH", path) for word in command))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "not a regular file" in done.stderr.lower()


@pytest.mark.parametrize(
    "line", ["-r fifo", "-c fifo", "demo @ file:FOLDER/demo-1.0-py3-none-any.whl", "./demo-1.0.tar.gz"]
)
def test_a_line_that_leads_there(run, archcheck, line):
    for name in ("demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"):
        os.mkfifo(archcheck.folder / name)
    archcheck.write("requirements.txt", line.replace("FOLDER", str(archcheck.folder)) + "\n")
    done = run("requirements.txt", "--json")
    assert done.returncode == 2
    assert "not a regular file" in (done.stdout + done.stderr).lower()
