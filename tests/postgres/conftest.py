"""One PostgreSQL server for all tests of this folder, and homes that keep their history there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.workspace import Home, create_home
from tests.postgres.cluster import Server, running_server, settle


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture
def homes_on_the_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every home that a test makes keeps its history on the server, in a schema of its own."""

    def create(target: Path) -> Home:
        home = create_home(target)
        settle(home.config_file, server.url, f"month_{uuid.uuid4().hex[:12]}")
        return home

    monkeypatch.setattr("tests.office.create_home", create)
