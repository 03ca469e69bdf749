"""Prefect as this project uses it: quiet, offline, embedded when no server is named, and never the keeper of state.

Import this before anything else of Prefect's: its settings are read from the environment at import.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache, cached_property, update_wrapper, wraps
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from flows.ahead import ahead
from flows.engine_server import at_once, is_quiet, served
from flows.problems import PassingError, UserError
from flows.spared import spared, without_certificates

__all__ = ["Flow", "ended", "flow", "name_parameters", "run", "secret_block", "show", "show_page", "step"]

P = ParamSpec("P")
R = TypeVar("R")


class Flow(Generic[P, R]):
    """A flow of ours. Prefect is loaded when it first runs on the engine: a second that a plain run does not pay."""

    def __init__(
        self,
        function: Callable[P, R],
        options: Mapping[str, Any],
        ready: Callable[..., AbstractContextManager[Any]] | None = None,
    ) -> None:
        self.fn = function
        self.ready = ready
        self._options = options
        update_wrapper(self, function)

    @cached_property
    def on_engine(self) -> Any:
        """Prefect's own flow: what is called, served and deployed."""
        from prefect import flow as prefect_flow
        from prefect.settings import get_current_settings

        # Each run would end by waiting up to a second for its heart to stop; nobody listens to it.
        get_current_settings().flows.heartbeat_frequency = None
        # Results are in the store. Asked where else to keep them, the embedded server takes a tenth of its start.
        kept: dict[str, Any] = {"persist_result": False, "result_storage": Path(os.environ["PREFECT_HOME"]) / "storage"}
        made = prefect_flow(**kept, **self._options)(self.fn)
        made.serialize_parameters = _plain  # type: ignore[method-assign]
        name_parameters(made.parameters.properties)
        return made

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it on Prefect."""
        found: R = self.on_engine(*args, **kwargs)
        return found


class _Sealed:
    """What a step gets and gives, closed to Prefect: it walks through every dataclass and list it is handed in search
    of futures, which takes 45 s for the figures of 1,000 units.
    """

    __slots__ = ("content",)

    def __init__(self, content: Any) -> None:
        self.content = content


def flow(
    *, ready: Callable[..., AbstractContextManager[Any]] | None = None, **options: Any
) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a flow of a function; ``options`` are those of ``prefect.flow``.

    ``ready``: a context that the flow asks `flows.ahead.entered` for, with parameters of the same names.
    """
    return lambda function: Flow(function, options, ready)


def step(name: str, *, retries: int = 0, delay: float = 5) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A task of a flow: one batch of work, safe to run again.

    Called inside a flow run it is a Prefect task; called anywhere else it is the plain function. ``retries`` is for
    steps that touch the outside world; a UserError is final at once unless it may pass by itself (PassingError).
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @cache
        def inner() -> Any:
            from prefect import task
            from prefect.cache_policies import NO_CACHE

            def work(given: _Sealed) -> _Sealed:
                args, kwargs = given.content
                return _Sealed(function(*args, **kwargs))

            return task(
                name=name,
                retries=retries,
                retry_delay_seconds=delay,
                retry_condition_fn=_worth_a_retry,
                cache_policy=NO_CACHE,
            )(work)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if not _in_a_run():
                return function(*args, **kwargs)
            found: R = inner()(_Sealed((args, kwargs))).content
            return found

        return call

    return wrap


def _in_a_run() -> bool:
    """Whether this is called inside a flow run; nobody is who has not loaded Prefect."""
    if "prefect.context" not in sys.modules:
        return False
    from prefect.context import FlowRunContext

    return FlowRunContext.get() is not None


def run(named_flow: Flow[..., R], *, engine: bool = True, **parameters: Any) -> R:
    """Run a flow on Prefect (a named server, else the home's `taizhang serve`, else the embedded engine), or as a plain
    function without it.
    """
    if not engine:
        return named_flow.fn(**parameters)
    try:
        with served(parameters.get("home")) as ready:
            if ready is at_once:
                return named_flow(**parameters)
            with spared():
                _log_nothing()
                _ = named_flow.on_engine  # loads Prefect while its server is still starting
                _load_ahead()
            with ahead(named_flow.ready, parameters):
                ready()
                with without_certificates(import_module("prefect.client.orchestration")):
                    return named_flow(**parameters)
    except RuntimeError as error:
        if "Prefect" not in str(error) and "API" not in str(error):
            raise
        raise UserError(
            "流程引擎没有启动", "请稍后再运行一次；仍不行时加 --without-prefect 直接执行，结果相同"
        ) from error


@cache
def _log_nothing() -> None:
    """What Prefect would find out in 0.05 s, by reading all its settings: that a command's own server logs nothing.

    Not where somebody looks for a fault, and has set the level or written Prefect's logging.yml.
    """
    if not is_quiet():
        return
    from prefect.logging import configuration

    for logger in (logging.getLogger(), logging.getLogger("prefect")):
        logger.setLevel(logging.CRITICAL)
        logger.addHandler(logging.NullHandler())
    configuration.setup_logging = lambda *_args, **_kwargs: {}


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A run's parameters as the page shows them: texts and numbers, though Prefect loads all of FastAPI to know."""
    from pydantic_core import to_jsonable_python

    shown: dict[str, Any] = {}
    for name, value in parameters.items():
        try:
            shown[name] = to_jsonable_python(value)
        except (TypeError, ValueError, RecursionError):  # pydantic's own errors are ValueErrors
            shown[name] = f"<{type(value).__name__}>"  # as Prefect does
    return shown


_LOADED = (
    *("python_calamine", "jinja2", "sqlalchemy.dialects.sqlite"),
    *("prefect.flow_engine", "prefect.task_engine", "prefect.artifacts", "prefect.utilities.visualization"),
    *("anyio._backends._asyncio", "encodings.idna", "flows.serving.told"),
)


def _load_ahead() -> None:
    """What every run will load anyway, while the server is still starting on another core."""
    for name in _LOADED:
        with suppress(ImportError):  # whoever needs it will tell
            import_module(name)


def show(name: str, plan: str, title: str, result: Mapping[str, Any]) -> None:
    """Leave the result of a flow where Prefect's page shows it; ``name``: of a-z, 0-9 and -. Outside a run: nothing."""
    if not _in_a_run():
        return
    from flows.serving.told import page

    show_page(name, plan, title, page(result))


def show_page(name: str, plan: str, title: str, text: str) -> None:
    """Leave Markdown on Prefect's page, each plan's by itself. What cannot be written there costs nothing: the result
    is in the store.
    """
    if not _in_a_run():
        return
    try:
        from prefect.artifacts import create_markdown_artifact

        # Keys take a-z, 0-9 and - only, and plans have Chinese names.
        key = f"taizhang-{name}-{sha256(plan.encode()).hexdigest()[:8]}"
        create_markdown_artifact(markdown=text, key=key, description=title)
    except Exception:
        return


def name_parameters(properties: dict[str, Any]) -> None:
    """Give the parameters of a flow's form their Chinese titles and descriptions."""
    from flows.serving.words import PARAMETERS

    for name, described in properties.items():
        if name in PARAMETERS:
            described["title"], described["description"] = PARAMETERS[name]


def ended(sentence: str, *, failed: bool = False, person: bool = False) -> Any:
    """The state in which a flow on the page ends, with one sentence for the clerk."""
    from prefect.states import Completed, Failed

    if failed:
        return Failed(message=sentence)
    return Completed(message=sentence, name="要人处理" if person else "办好了")


def secret_block(name: str) -> str:
    """What the Secret block ``name`` keeps; '' when there is none, or no Prefect to ask."""
    try:
        with nullcontext(at_once) if _in_a_run() else served() as ready:
            ready()
            from prefect.blocks.system import Secret

            block = Secret.load(name)
            return str(block.get())  # type: ignore[union-attr]  # outside of async code it is the block itself
    except Exception:  # a missing block and a server that does not start are alike here: no password
        return ""


def _worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    try:
        state.result()
    except PassingError:
        return True
    except UserError:
        return False
    except Exception:
        return True
    return False
