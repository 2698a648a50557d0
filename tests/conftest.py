"""What all tests share: the loopback index, and no settings of the machine that runs them."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import measured
from tests.loopback import FixtureStore, IndexServer, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

# A machine that is shared has its slow moments. CI runs often, and draws fewer examples each time, others in each.
settings.register_profile("patient", deadline=None)
settings.register_profile("often", deadline=None, max_examples=40)
settings.load_profile("often" if os.environ.get("CI") else "patient")

# Whoever starts the tests in the background of a script has them ignore Ctrl-C, and with them what they start.
with suppress(ValueError):  # not in the main thread
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

SETTINGS_OF_INSTALLERS = ("PIP_", "UV_")


@pytest.fixture(autouse=True)
def _no_installer_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what pip and uv were told on this machine, for this process and those it starts."""
    for name in os.environ:
        if name.startswith(SETTINGS_OF_INSTALLERS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")


@pytest.fixture(autouse=True)
def _wheels_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs ask for what decides, and nothing else; who tests what wheels hold says `--inspect`."""
    monkeypatch.setenv("ARCHCHECK_NO_INSPECT", "true")


@pytest.fixture(autouse=True)
def _processes_are_not_measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let coverage begin in those processes alone that are given `measured.coverage_variables`."""
    for name in measured.coverage_variables():
        monkeypatch.delenv(name, raising=False)
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.setattr(measured, "coverage_variables", dict)


@pytest.hookimpl(trylast=True)  # after Hypothesis has marked its tests
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    measured.import_all()
    measured.mark_uncounted(items)


@pytest.fixture
def store() -> Store:
    """An empty store; add to it before or while `index` serves it."""
    return Store()


@pytest.fixture
def index(store: Store) -> Iterator[IndexServer]:
    """The loopback index over `store`, with all that the real index can do."""
    with IndexServer(store) as server:
        yield server


@pytest.fixture
def recorded() -> Iterator[IndexServer]:
    """The loopback index over the recorded projects of `fixtures/index/`."""
    with IndexServer(FixtureStore()) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was compared with pip, uv and packaging: tests record it as `compared`."""
    reports = terminalreporter.getreports("passed")
    told = Counter(text for each in reports for name, text in each.user_properties if name == "compared")
    if told:
        terminalreporter.section("compared with pip, uv and packaging")
        for text, times in sorted(told.items()):
            terminalreporter.write_line(text if times == 1 else f"{text} ({times} cases)")
