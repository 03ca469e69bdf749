"""Which Prefect server a run uses, and the settings under which Prefect is loaded: quiet, offline, out of the way.

Import this before anything of Prefect's: its settings are read from the environment at import.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = {
    "PREFECT_HOME": str(Path.home() / ".taizhang" / "prefect"),
    # Nothing leaves the machine: the server's analytics and the SDK's telemetry have a switch each.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # A first start on a slow disk takes over a minute; the default limit is 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # Successful runs end with tracebacks about unsent events: the clerk reads our output, not Prefect's.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    # Prefect shows the warnings of every library, such as its own of events that are still to be sent at the end.
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
    "PREFECT_CLI_COLORS": "false",
}
_OWN = {"PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false", "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false"}
for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)
try:
    # Prefect makes only the last folder of the path, and only warns when it cannot.
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
except OSError:
    os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="taizhang-prefect-")

from flows.embedded import embedded_server  # noqa: E402


def begin(home: Path) -> None:
    """Let the embedded server start while the caller still loads what it needs, unless another server will be used."""
    if not _named() and _serving(home) is None:
        embedded_server()


def _named() -> bool:
    """Whether this machine names a Prefect server of its own: in the environment, or in Prefect's profiles."""
    if "PREFECT_API_URL" in os.environ or "PREFECT_PROFILE" in os.environ:
        return True
    try:
        return "PREFECT_API_URL" in _own_file("profiles.toml").read_text(encoding="utf-8")
    except OSError:
        return False


def _serving(home: str | Path | None) -> str | None:
    """The API of the server that `taizhang serve` runs for a home, when it answers."""
    from flows.serving.alive import running

    found = running(Path(home)) if home else None
    return found.api if found else None


@contextmanager
def served(home: str | None = None) -> Iterator[Callable[[], None]]:
    """Use the server that is named, else the one that `taizhang serve` runs for a home, else the embedded one.

    Gives what waits until it answers.
    """
    if _named():
        yield at_once
        return
    api, ready = _serving(home), at_once
    if api is None:
        server = embedded_server()
        api, ready = server.api, server.wait
    if "prefect.settings" in sys.modules:
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: api}):
            yield ready
    else:
        # Our own server is of our own version, and asks for no token.
        told = {"PREFECT_API_URL": api} | (_OWN if ready is not at_once else {})
        os.environ |= told
        try:
            yield ready
        finally:
            for name in told:
                del os.environ[name]


def is_quiet() -> bool:
    """Whether Prefect is to log nothing, and nobody has said otherwise."""
    told = any(os.environ[name] != value for name, value in _SETTINGS.items() if "_LOGGING_" in name)
    return not (told or "PREFECT_LOGGING_SETTINGS_PATH" in os.environ or _own_file("logging.yml").is_file())


def _own_file(name: str) -> Path:
    return Path(os.environ["PREFECT_HOME"]) / name


def at_once() -> None:
    """Nothing to wait for."""
