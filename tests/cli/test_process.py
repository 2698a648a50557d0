"""What only a real process shows: signals, pipes, terminals, streams that take nothing."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time

import pytest

from tests.loopback.failures import hang


@pytest.fixture
def start(archcheck):
    """Start the command line and return the process."""

    def start(*arguments: str, **streams: int) -> subprocess.Popen[bytes]:
        asked = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.Popen(
            archcheck.command(*arguments), cwd=archcheck.folder, env=archcheck.surroundings(), **asked
        )

    return start


def test_ctrl_c(archcheck, index, start):
    index.fail(hang("/simple/ready/*"))
    archcheck.write("requirements.txt", "ready\n")
    process = start("--json")
    deadline = time.monotonic() + 20
    while not index.log and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"archcheck: error: interrupted\n")


def test_a_reader_that_goes_away(archcheck, start):
    archcheck.write("requirements.txt", "service\n")
    ours, theirs = os.pipe()
    os.close(ours)
    process = start("-v", stdout=theirs)
    os.close(theirs)
    assert process.communicate(timeout=20)[1] == b""
    assert process.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that takes nothing")  # noqa: PTH110
def test_a_full_disk(archcheck, start):
    archcheck.write("requirements.txt", "service\n")
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = start("--json", stdout=full.fileno())
    err = process.communicate(timeout=20)[1].decode()
    assert (process.returncode, err.count("\n")) == (2, 1)
    assert "cannot be written" in err


@pytest.mark.parametrize(("arguments", "shown"), [([], True), (["--no-progress"], False), (["-q"], False)])
def test_progress_is_for_terminals_and_long_work(archcheck, index, start, arguments, shown):
    index.latency = 0.4
    archcheck.write("requirements.txt", "pure\n")
    ours, theirs = pty.openpty()
    process = start("--json", *arguments, stderr=theirs)
    os.close(theirs)
    out = process.communicate(timeout=20)[0]
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:  # how a terminal says that the other end has gone
        os.close(ours)
    assert out.startswith(b"{")
    assert (b"requirements.txt" in seen) is shown


def test_an_encoding_without_the_signs(archcheck):
    done = archcheck.process("-", stdin="ready\n", environ={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert done.out.isascii()
    assert "ready for arm64" in done.out
