"""The process of the embedded server: it says its port, then that it answers, and ends when its input is closed.

Whoever began it holds that input; when he is killed the system closes it, and no server is left behind.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading

_END = 4.0


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
            "prefect.server.api.server:create_app",
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


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
