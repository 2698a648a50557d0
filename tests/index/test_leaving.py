"""The process leaves at once, though a thread of it hangs where nothing can end it: in a name look-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

HANG = """
import socket, sys, time
def hang(*args, **kwargs):
    print("asked", file=sys.stderr, flush=True)
    time.sleep(60)
socket.getaddrinfo = hang
"""
IN_A_THREAD = f"{HANG}\nfrom archcheck.index.worker import process\nprocess._possible = lambda: False"
IN_A_PROCESS = f"""
from archcheck.index.worker import process
process._possible = lambda: True
before, after = process._PROGRAM.split("from", 1)
process._PROGRAM = before + {HANG!r} + "from" + after
"""
RUN = "\nfrom archcheck.__main__ import run\nrun()"


@pytest.mark.parametrize("where", [IN_A_THREAD, IN_A_PROCESS], ids=["thread", "process"])
@pytest.mark.parametrize("interrupted", [True, False])
def test_a_name_look_up_that_hangs(tmp_path, interrupted, where):
    (tmp_path / "requirements.txt").write_text("--index-url https://index.example/simple\ndemo\n")
    arguments = [
        "--json",
        "-t",
        "lambda:python3.13",
        "--no-cache",
        "--timeout",
        "60" if interrupted else "0.2",
    ]
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", where + RUN, *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_RETRIES": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert "asked" in process.stderr.readline()
        if interrupted:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 20
    assert process.returncode == (130 if interrupted else 2)
    assert "Traceback" not in err
    assert ("interrupted" in err) if interrupted else out.endswith("}\n")
