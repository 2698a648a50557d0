"""What these tests share: archcheck's own index over the recorded pages."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from archcheck.index.cache.store import Cache
from archcheck.index.client import IndexClient
from archcheck.index.config.settings import IndexSettings
from tests.loopback import FixtureStore, IndexServer
from tests.oracle.reading import Known, Unyanked


@contextmanager
def asking(store, folder):
    with IndexServer(store) as server:
        settings = IndexSettings(index_url=server.url.rstrip("/"), retries=0)
        with IndexClient(settings, Cache(folder, mode="off")) as index:
            yield index


@pytest.fixture(scope="session")
def recorded_index(tmp_path_factory):
    with asking(FixtureStore(), tmp_path_factory.mktemp("cache")) as index:
        yield index


@pytest.fixture(scope="session")
def unyanked_index(tmp_path_factory):
    with asking(Unyanked(), tmp_path_factory.mktemp("cache")) as index:
        yield index


@pytest.fixture(scope="session")
def known_index(tmp_path_factory):
    with asking(Known(), tmp_path_factory.mktemp("cache")) as index:
        yield index
