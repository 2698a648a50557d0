"""The loopback forges, and a clock whose time passes when somebody sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.github import GitHubServer
from tests.bot.gitlab import GitLabServer

if TYPE_CHECKING:
    from collections.abc import Iterator


class FakeClock:
    """Time that passes only by sleeping; `slept` are the seconds of each time."""

    def __init__(self) -> None:
        self.time = 1_790_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server
    assert server.faults == []


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    with GitLabServer() as server:
        yield server
    assert server.faults == []
