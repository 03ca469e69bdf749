"""The routes of the embedded server: a command asks for seven of Prefect's 190, and those alone are made ready.

To make a route ready takes FastAPI two milliseconds, for it looks at everything that the route takes and gives.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial
from typing import Any

_Scope = MutableMapping[str, Any]
_App = Callable[[_Scope, Any, Any], Awaitable[None]]
_ASKED = frozenset(
    (
        "POST /flows/",
        "GET /flows/{id:uuid}",
        "POST /flow_runs/",
        "GET /flow_runs/{id:uuid}",
        "PATCH /flow_runs/{id:uuid}",
        "POST /flow_runs/{id:uuid}/set_state",
        "POST /artifacts/",
    )
)
"""What a run asks for, as Prefect names it; websockets are not put off."""
_UUID = re.compile(r"(?<=/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)")


class LateRoutes:
    """Routes that are added when something is asked for that is not there yet."""

    def __init__(self) -> None:
        self._late: list[Callable[[], None]] = []
        self._made: set[str] = set()

    @property
    def are_known(self) -> bool:
        """Whether all that a run asks for is there: another Prefect may name its routes in another way."""
        return self._made >= _ASKED

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """While Prefect's routes are loaded. ImportError or AttributeError where Prefect makes them another way."""
        from prefect.server.utilities.server import PrefectRouter

        add = PrefectRouter.add_api_route

        def later(router: PrefectRouter, path: str, *given: Any, **options: Any) -> None:
            named = {f"{method} {router.prefix}{path}" for method in options.get("methods") or ("GET",)}
            if asked := _ASKED & named:
                add(router, path, *given, **options)
                self._made |= asked
            else:
                self._late.append(partial(add, router, path, *given, **options))

        PrefectRouter.add_api_route = later  # type: ignore[assignment]
        try:
            yield
        finally:
            PrefectRouter.add_api_route = add  # type: ignore[method-assign]

    def bring(self) -> None:
        """Add them all, behind those that are there."""
        late, self._late = self._late, []
        for made in late:
            made()

    def before(self, app: _App) -> _App:
        """The app with all its routes for whoever asks for one that was put off."""

        async def answer(scope: _Scope, receive: Any, send: Any) -> None:
            if self._late and scope["type"] == "http" and not is_at_once(scope["method"], scope["path"]):
                self.bring()
            await app(scope, receive, send)

        return answer


def is_at_once(method: str, path: str) -> bool:
    """Whether a path of the API is there from the first moment."""
    return f"{method} {_UUID.sub('{id:uuid}', path.removeprefix('/api'))}" in _ASKED
