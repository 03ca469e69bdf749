"""A PostgreSQL server and an S3 server of the tests' own, and offices that have nothing else in common."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.office import Office
from tests.postgres.cluster import Server, running_server
from tests.sharing.bucket import Bucket, running_bucket

Pair = Callable[[str], tuple[Office, Office]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def _bucket() -> Iterator[Bucket]:
    with running_bucket() as running:
        yield running


@pytest.fixture
def bucket(_bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty place in a bucket; how to reach it stands in the environment, as on a worker."""
    for name, value in _bucket.environment.items():
        monkeypatch.setenv(name, value)
    return Bucket(_bucket.endpoint, f"{_bucket.url}/{uuid.uuid4().hex[:8]}")


@pytest.fixture
def pair(server: Server, tmp_path: Path) -> Pair:
    """Two computers of one office: two homes, one history, and a share at the given address."""

    def make(share: str) -> tuple[Office, Office]:
        schema = f"share_{uuid.uuid4().hex[:12]}"
        offices = server.office(tmp_path / "甲", schema), server.office(tmp_path / "乙", schema)
        for office in offices:
            office.configure(files={"share": share})
        return offices

    return make
