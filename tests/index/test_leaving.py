"""The process leaves at once, though a thread of it hangs where nothing can end it: in a name look-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.patience import IMPATIENCE, PATIENCE

HANG = """
import socket, sys, threading
def hang(*args, **kwargs):
    print("asked", file=sys.stderr, flush=True)
    threading.Event().wait()
socket.getaddrinfo = hang
from archcheck.__main__ import run
run()
"""


@pytest.mark.parametrize("interrupted", [True, False])
def test_a_name_look_up_that_hangs(tmp_path, interrupted):
    """It hangs for ever: that the process ends at all shows that it does not wait for it."""
    (tmp_path / "requirements.txt").write_text("--index-url https://index.example/simple\ndemo\n")
    timeout = "600" if interrupted else str(IMPATIENCE)
    arguments = ["--json", "-t", "lambda:python3.13", "--no-cache", "--timeout", timeout]
    with subprocess.Popen(
        [sys.executable, "-c", HANG, *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_RETRIES": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert "asked" in process.stderr.readline()
        if interrupted:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == (130 if interrupted else 2)
    assert "Traceback" not in err
    assert ("interrupted" in err) if interrupted else out.endswith("}\n")
