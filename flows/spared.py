"""What Prefect loads each time and nobody here uses: a tenth of a second of its start, here and in its server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flows.absent import absent

_UNUSED = ("httpx._main", "trio")
"""A command line of its own, and another way to wait for the network: whoever asks for them can do without."""
_ONE = threading.RLock()


@contextmanager
def spared() -> Iterator[None]:
    """While Prefect is loaded for a server of our own.

    This thread reads no certificates, other threads do as ever; what is made without them trusts nobody: over TLS it
    would refuse, not believe. One thread at a time.
    """
    with _ONE:
        read, here = ssl.SSLContext.load_verify_locations, threading.get_ident()

        def sparing(context: ssl.SSLContext, *places: Any, **named: Any) -> None:
            if threading.get_ident() != here:
                read(context, *places, **named)

        ssl.SSLContext.load_verify_locations = sparing  # type: ignore[method-assign, assignment]
        try:
            with absent(*_UNUSED):
                yield
        finally:
            ssl.SSLContext.load_verify_locations = read  # type: ignore[method-assign]


@contextmanager
def built_when_used() -> Iterator[None]:
    """Models that are made meanwhile look through their fields when they are first used: most of a server's never."""
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


@contextmanager
def without_certificates(module: Any) -> Iterator[None]:
    """While it lasts, clients that ``module`` makes have none: they speak to this machine, without TLS."""
    if getattr(module, "ssl", None) is not ssl:  # made in another way, or somebody else's hand is on it
        yield
        return
    bare = {"create_default_context": lambda *_args, **_named: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    module.ssl = SimpleNamespace(**vars(ssl) | bare)
    try:
        yield
    finally:
        module.ssl = ssl
