"""Servers as processes of their own: started on a free port, waited for, ended by their own id."""

from __future__ import annotations

import socket
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.patience import PATIENCE, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: Sequence[str], port: int, log: Path) -> Iterator[str]:
    """Run *command* until the block ends; yield its address once it answers, whatever it answers."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
        try:
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        said = log.read_text(errors="replace")[-2000:]
        assert process.poll() is None, f"the server has ended: {said}"
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return False
        return True

    eventually(answers, f"the server comes up; its log is {log}")
