"""An S3 server on this machine: moto's own, spoken to over HTTP by the real client."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import s3fs
from moto.server import ThreadedMotoServer

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Bucket:
    """A running server, and an address in its bucket."""

    endpoint: str
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a computer that uses it has set."""
        return KEYS | {"AWS_ENDPOINT_URL": self.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}

    def system(self) -> s3fs.S3FileSystem:
        """To look into it from outside of the program."""
        return s3fs.S3FileSystem(
            key="test", secret="test", endpoint_url=self.endpoint, use_listings_cache=False, skip_instance_cache=True
        )

    def names(self) -> list[str]:
        """Every object below the address."""
        root = self.url.removeprefix("s3://")
        return [name.removeprefix(f"{root}/") for name in self.system().find(root)]


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """Start the server with an empty bucket and stop it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        found = Bucket(f"http://{host}:{port}", "s3://office")
        found.system().mkdir("office")
        yield found
    finally:
        moto.stop()
