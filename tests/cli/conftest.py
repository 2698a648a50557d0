"""The command line against a loopback index with a few packages of every sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import CommandLine
from tests.loopback import Sdist, Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loopback import IndexServer

X86 = "cp313-cp313-manylinux2014_x86_64"
ARM = "cp313-cp313-manylinux2014_aarch64"
NATIVE = Sdist(
    names=("src/native.c",), texts={"setup.py": "from setuptools import setup, Extension\nsetup()"}
)


@pytest.fixture
def store() -> Store:
    """Return an index with one package of each sort; `service` needs `ready` and `blocked`."""
    store = Store()
    store.add("pure", "1.0", wheels=["py3-none-any"])
    store.add("ready", "1.0", wheels=[X86, ARM], requires_dist=["pure"])
    store.add("blocked", "1.0", wheels=[X86])
    store.add("blocked", "1.1", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    store.add("built", "1.0", wheels=[X86], sdist=NATIVE)
    store.add("source", "1.0", sdist=NATIVE)
    store.add("service", "2.0", wheels=["py3-none-any"], requires_dist=["ready", "blocked==1.0"])
    return store


@pytest.fixture
def archcheck(tmp_path: Path, index: IndexServer) -> CommandLine:
    """Return the command line in a folder for Python 3.13, with the loopback index as pip's own."""
    (tmp_path / ".python-version").write_text("3.13\n")
    return CommandLine(folder=tmp_path, index_url=index.url)
