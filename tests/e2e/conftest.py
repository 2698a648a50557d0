"""The command line in a folder with the recorded sets."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.running import CommandLine
from tests.loopback import FixtureStore, IndexServer
from tests.loopback.fixtures import FIXTURES


@pytest.fixture(scope="module")
def recorded():
    """Serve the recorded pages to all of a module."""
    with IndexServer(FixtureStore()) as server:
        yield server


@pytest.fixture(scope="module")
def line(recorded, tmp_path_factory):
    """Return the command line in a folder with all sets, whose cache lasts from test to test."""
    folder = tmp_path_factory.mktemp("sets")
    for path in (FIXTURES / "sets").glob("*.txt"):
        shutil.copy(path, folder)
    return CommandLine(folder=folder, index_url=recorded.url)
