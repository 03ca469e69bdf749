"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, reached by a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.office import Office, new_office


@dataclass(frozen=True)
class Server:
    """A running server and its one database."""

    sockets: Path

    @property
    def url(self) -> str:
        """As an office writes it into config.toml."""
        return f"postgresql://taizhang@/taizhang?host={quote(str(self.sockets))}"

    def office(self, folder: Path, schema: str | None = None) -> Office:
        """A fresh office that keeps its history here, by default in a schema of its own."""
        office = new_office(folder)
        settle(office.home / "config.toml", self.url, schema or f"office_{uuid.uuid4().hex[:12]}")
        return office


def settle(config: Path, url: str, schema: str) -> None:
    """Write where the history lies into an office's settings."""
    head, mark, rest = config.read_text(encoding="utf-8").partition("[store]\n")
    assert mark
    kept = [line for line in rest.split("\n") if not line.startswith(("url = ", "schema = "))]
    config.write_text("\n".join([head + mark + f'url = "{url}"', f'schema = "{schema}"', *kept]), encoding="utf-8")


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders:
        return folders[-1]
    if os.environ.get("CI"):
        pytest.fail("PostgreSQL is missing on CI: install Debian's postgresql")
    pytest.skip("needs a PostgreSQL server (Debian: postgresql)")


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and stop it; skips without one, fails on CI.

    The server refuses to run as root: then it runs as the user of Debian's package, else as nobody. Its text order is
    Chinese (ICU), as on an office's server, so that a query that leans on the order of bytes is found out.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="tz-pg-"))
    who: dict[str, str] = {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd

        who = {"user": "postgres" if "postgres" in {p.pw_name for p in pwd.getpwall()} else "nobody"}
        shutil.chown(folder, who["user"])
    data = folder / "data"

    def call(*command: str | Path, check: bool = True) -> None:
        with Path(os.devnull).open("rb") as nothing:
            subprocess.run(
                [str(part) for part in command],
                check=check,
                cwd=folder,
                stdin=nothing,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **who,  # type: ignore[call-overload]
            )

    try:
        order = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
        call(programs / "initdb", "-D", data, "-U", "taizhang", "-A", "trust", "-E", "UTF8", "-N", *order)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        call(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            call(programs / "createdb", "-h", folder, "-U", "taizhang", "taizhang")
            yield Server(folder)
        finally:
            call(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop", check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
