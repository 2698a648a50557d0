"""What only a real process shows: signals, pipes, terminals, streams that take nothing."""

from __future__ import annotations

import errno
import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loopback.failures import hang
from tests.patience import ended, eventually, read_until


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
    eventually(lambda: index.log or process.poll() is not None, "the index is asked")
    process.send_signal(signal.SIGINT)
    out, err = ended(process)
    assert (process.returncode, out, err) == (130, b"", b"archcheck: error: interrupted\n")


def test_a_reader_that_goes_away(archcheck, start):
    archcheck.write("requirements.txt", "service\n")
    ours, theirs = os.pipe()
    os.close(ours)
    process = start("-v", stdout=theirs)
    os.close(theirs)
    assert ended(process)[1] == b""
    assert process.returncode == 1  # as if somebody had read to the end


@pytest.mark.parametrize(("descriptors", "said"), [(5, b"(`ulimit -n`)"), (6, b"(`ulimit -n`)")])
def test_a_limit_on_open_files_is_said_in_a_line(archcheck, descriptors, said):
    archcheck.write("requirements.txt", "service\n")
    line = f"ulimit -n {descriptors}; exec {sys.executable} -m archcheck requirements.txt"
    done = subprocess.run(
        line, shell=True, cwd=archcheck.folder, env=archcheck.surroundings(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "(`ulimit -n`)"),
        (OSError(errno.EFBIG, "File too large"), "(`ulimit -f`)"),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"), "TMPDIR"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("can't start new thread"), "no thread can be started"),
    ],
)
def test_what_the_machine_does_not_give_is_no_fault_of_ours(archcheck, monkeypatch, error, said):
    def fail(*_):
        raise error

    monkeypatch.setattr("archcheck.cli.check.run", fail)
    done = archcheck("requirements.txt")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_what_is_no_file_is_written_to_and_not_replaced(archcheck):
    """As root, a rename would put a file in the place of a device."""
    archcheck.write("requirements.txt", "service\n")
    pipe = archcheck.folder / "pipe.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert archcheck("requirements.txt", "-o", "pipe.json").code == 1
    assert pipe.is_fifo()
    assert os.read(reader, 1) == b"{"
    os.close(reader)


def test_a_link_stays_where_a_report_is_written_to_it(archcheck):
    archcheck.write("requirements.txt", "service\n")
    (archcheck.folder / "link.json").symlink_to("real.json")
    archcheck("requirements.txt", "-o", "link.json")
    assert (archcheck.folder / "link.json").is_symlink()
    assert (archcheck.folder / "real.json").read_text().startswith("{")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that takes nothing")  # noqa: PTH110
def test_a_full_disk(archcheck, start):
    archcheck.write("requirements.txt", "service\n")
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = start("--json", stdout=full.fileno())
    err = ended(process)[1].decode()
    assert (process.returncode, err.count("\n")) == (2, 1)
    assert "cannot be written" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that takes nothing")  # noqa: PTH110
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("--version", 0), ("requirements.txt --json", 1), ("missing.txt", 2), ("--no-such", 2)],
)
@pytest.mark.parametrize("lost", ["a full device", "a closed pipe"])
def test_where_messages_go_is_nothing_to_the_exit_code(archcheck, start, arguments, code, lost):
    archcheck.write("requirements.txt", "service\nno-such-project\n" if code == 2 else "service\n")
    if lost == "a full device":
        with open("/dev/full", "wb") as full:  # noqa: PTH123
            process = start(*arguments.split(), stderr=full.fileno())
    else:
        ours, theirs = os.pipe()
        os.close(ours)  # nobody reads any more
        process = start(*arguments.split(), stderr=theirs)
        os.close(theirs)
    ended(process)
    assert process.returncode == code


@pytest.mark.parametrize("command", ["{python} -m archcheck", "{script}"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("--version", 0), ("explain AC001", 0), ("requirements.txt --json", 1), ("--no-such-flag", 2)],
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_it_is_started_without(archcheck, command, arguments, code, closed):
    archcheck.write("requirements.txt", "service\n")
    script = Path(sys.executable).with_name("archcheck")
    if not script.exists() and "script" in command:
        pytest.skip("archcheck is not installed")
    line = f"{command.format(python=sys.executable, script=script)} {arguments} {closed}"
    done = subprocess.run(
        line, shell=True, cwd=archcheck.folder, env=archcheck.surroundings(), capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "why pure", "explain AC001"])
def test_a_folder_that_is_gone(archcheck, command):
    file = archcheck.write("requirements.txt", "pure\n")
    (archcheck.folder / "gone").mkdir()
    path = "" if command.startswith("explain") else file
    line = f"cd gone; rmdir ../gone; {sys.executable} -m archcheck {command} {path}"
    done = subprocess.run(
        line, shell=True, cwd=archcheck.folder, env=archcheck.surroundings(), capture_output=True, check=False
    )
    said = (
        b"archcheck: error: the current folder cannot be read: No such file or directory; change to another\n"
    )
    assert (done.returncode, done.stderr) == ((2, said) if path else (0, b""))


@pytest.mark.parametrize("times", [1, 2], ids=["worked out", "remembered"])
@pytest.mark.no_cover
def test_a_slow_reader_gets_all_of_it(archcheck, store, start, times):
    """More than a pipe holds; the process may not be gone before it is read."""
    for number in range(200):
        store.add(f"package-{number}", "1.0", wheels=["py3-none-any"])
    archcheck.write("requirements.txt", "".join(f"package-{number}\n" for number in range(200)))

    def read_late():
        ours, theirs = os.pipe()
        process = start("--json", stdout=theirs)
        eventually(lambda: not select.select([], [theirs], [], 0)[1], "the pipe is full")
        os.close(theirs)
        out = read_until(ours)
        os.close(ours)
        ended(process)
        return process.returncode, out

    code, out = [read_late() for _ in range(times)][-1]
    assert code == 0
    assert len(out) > 2**16
    assert len(json.loads(out)["audits"][0]["packages"]) == 200


def test_progress_is_for_terminals_and_long_work(archcheck, index, start):
    """Those that show nothing have been at work for longer than the one that shows something."""
    archcheck.write("requirements.txt", "pure\n")

    def on_a_terminal(*arguments):
        ours, theirs = pty.openpty()
        process = start("--json", *arguments, stderr=theirs)
        os.close(theirs)
        return process, ours

    def shown_to_its_end(process, terminal):
        shown = read_until(terminal)
        os.close(terminal)
        assert ended(process)[0].startswith(b"{")
        return shown

    with index.holding():
        silent = [on_a_terminal("--no-progress"), on_a_terminal("-q")]
        eventually(lambda: len(index.log) >= len(silent), "both have asked the index")
        process, terminal = on_a_terminal()
        read_until(terminal, b"requirements.txt")
    shown_to_its_end(process, terminal)
    assert [shown_to_its_end(*each) for each in silent] == [b"", b""]


def test_an_encoding_without_the_signs(archcheck):
    done = archcheck.process("-", stdin="ready\n", environ={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert done.out.isascii()
    assert "ready for arm64" in done.out
