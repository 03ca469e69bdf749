"""The process of the embedded server: it says its port, then that it answers, and ends when its input is closed.

Whoever began it holds that input; when he is killed the system closes it, and no server is left behind.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sqlite3
import sys
import threading
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from flows.embedded_routes import LateRoutes
from flows.spared import built_when_used, spared

_END = 4.0
_KNOWN = "taizhang-schema.txt"
"""Beside Prefect's database: which version of Prefect brought it to which schema."""


def main() -> None:
    """Serve until the input is closed."""
    gc.disable()  # loading the server leaves nothing to tidy up, and looking for it takes a sixth of the start
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer; it still tells us how it ended
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    _say(str(listener.getsockname()[1]))
    from uvicorn import Config, Server

    class Telling(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _say("ready")
            gc.freeze()
            gc.enable()

    server = Telling(
        Config(
            _app,
            factory=True,
            log_level="critical",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
    )

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        threading.Timer(_END, os._exit, (0,)).start()

    threading.Thread(target=wait_for_end, daemon=True).start()
    server.run(sockets=[listener])
    os._exit(0)


def _app() -> Any:
    """Prefect's own server, without a second that it would spend on nothing each time."""
    routes = LateRoutes()
    with ExitStack() as loading:
        loading.enter_context(spared())
        loading.enter_context(built_when_used())
        with suppress(ImportError, AttributeError):  # another Prefect makes its routes in another way
            loading.enter_context(routes.put_off())
        from prefect.server.api import server
    if not routes.are_known or getattr(server, "_FASTAPI_COPIES_ROUTES_ON_INCLUDE", True):
        routes.bring()  # where routers are copied, what comes later would be added to what nobody looks at any more
    for spare in (_spare_settings, _pass_over_migrations):
        with suppress(ImportError, AttributeError):  # another Prefect has it elsewhere: then it takes its time
            spare()
    return routes.before(server.create_app())


def _spare_settings() -> None:
    """Either walks through every setting: the one for loggers that nobody reads, the other, twice, for the key under
    which this one app is kept.
    """
    from prefect.logging import configuration
    from prefect.settings import Settings

    configuration.setup_logging = lambda *_args, **_kwargs: {}
    Settings.hash_key = lambda self: str(id(self))  # type: ignore[method-assign]


def _pass_over_migrations() -> None:
    """Nothing is migrated where the database itself says that it has the schema to which this Prefect brought it."""
    import prefect
    from prefect.server.database.interface import PrefectDBInterface
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_HOME

    own = f"{PREFECT_HOME.value()}/prefect.db"  # so written by Prefect on every system
    if PREFECT_API_DATABASE_CONNECTION_URL.value() != f"sqlite+aiosqlite:///{own}":
        return
    database = Path(own)
    told = database.with_name(_KNOWN)
    migrate = PrefectDBInterface.run_migrations_upgrade

    async def create(self: PrefectDBInterface) -> None:
        with suppress(OSError, ValueError):
            if (schema := _schema(database)) and told.read_text("utf-8").split() == [prefect.__version__, schema]:
                return
        await migrate(self)
        with suppress(OSError):
            told.write_text(f"{prefect.__version__} {_schema(database)}\n", "utf-8")

    PrefectDBInterface.run_migrations_upgrade = create  # type: ignore[method-assign]


def _schema(database: Path) -> str:
    """What a database says of its schema; '' where there is none."""
    if not database.is_file():
        return ""
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as db:
        return " ".join(str(row[0]) for row in db.execute("select version_num from alembic_version"))
    return ""


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
