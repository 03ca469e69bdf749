"""Whether a ``taizhang serve`` runs for this home, and where: a small file, and one question to its server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

_LOOPBACK = "127.0.0.1"
VARIABLE = "taizhang_serve"
"""The Prefect variable that holds the token of the home that a server belongs to."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server of a home."""

    port: int
    token: str
    """Tells this home's server from any other program that has come to the port since."""
    pid: int
    machine: str

    @property
    def page(self) -> str:
        """What a person opens in the browser."""
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def api(self) -> str:
        """Prefect's API."""
        return f"{self.page}/api"


def state_file(home: Path) -> Path:
    """Where a home says that it is being served."""
    return home / ".taizhang" / "serve.json"


def announce(home: Path, port: int, token: str) -> Serving:
    """Write that this process serves the home."""
    serving = Serving(port, token, os.getpid(), platform.node())
    path = state_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(serving)), encoding="utf-8")
    draft.replace(path)
    return serving


def withdraw(home: Path, token: str) -> None:
    """Take the file away, unless another process has written its own by now."""
    known = _read(home)
    if known and known.token == token:
        with contextlib.suppress(OSError):
            state_file(home).unlink()


def running(home: Path, timeout: float = 2.0) -> Serving | None:
    """The server of a home that answers now; None after a crash, on another machine, or without one."""
    known = _read(home)
    if known is None or known.machine != platform.node():
        return None
    return known if _answers(known, timeout) else None


def port_is_free(port: int) -> bool:
    """Whether a server could listen there."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True


def _read(home: Path) -> Serving | None:
    try:
        return Serving(**json.loads(state_file(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _answers(known: Serving, timeout: float) -> bool:
    """Asked without a proxy: urllib would send even this through the office's."""
    connection = http.client.HTTPConnection(_LOOPBACK, known.port, timeout=timeout)
    try:
        connection.request("GET", f"/api/variables/name/{VARIABLE}")
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return isinstance(found, dict) and found.get("value") == known.token
