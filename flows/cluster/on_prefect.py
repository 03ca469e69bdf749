"""Prefect's part of a cluster: batches are tasks of the flow run, sent out by prefect-dask's task runner."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from flows.cluster.batch import Given, check_batch


def run_of_flow() -> Context | None:
    """The flow run that this is called in, None outside of one; nobody is in one who has not loaded Prefect.

    Call it in the flow itself and send out batches in what it gives: inside a step Prefect would pickle the step's
    arguments with every batch.
    """
    if "prefect.context" not in sys.modules:
        return None
    from prefect.context import FlowRunContext

    return copy_context() if FlowRunContext.get() is not None else None


def api_address() -> str:
    """Where the engine's server is, as this flow run sees it; call it in the run's context."""
    from prefect.settings import PREFECT_API_URL

    return PREFECT_API_URL.value() or ""


def task_runner(**where: Any) -> Any:
    """prefect-dask's task runner, not yet entered; ModuleNotFoundError without the extra."""
    from prefect_dask.task_runners import DaskTaskRunner

    return DaskTaskRunner(**where)


def sender(runner: Any) -> Callable[[Any, bytes, str], tuple[Any, Callable[[], Any]]]:
    """Sends out a batch: what it is checked against (a future at the cluster), the batch, and its name on the page.

    Gives Dask's future, and what waits for the answer. Make it, and call it, in the run's context.
    """
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    _settle()

    def work(given: Given, batch: bytes, files: str) -> bytes:  # noqa: ARG001  # the name of the run
        return check_batch(given, batch)

    batch_task = task(name="核对一批", task_run_name="核对 {files}", cache_policy=NO_CACHE, persist_result=False)(work)

    def send(given: Any, batch: bytes, files: str) -> tuple[Any, Callable[[], Any]]:
        future = runner.submit(batch_task, {"given": given, "batch": batch, "files": files})
        return future.wrapped_future, future.result

    return send


def _settle() -> None:
    """Prefect writes its settings out anew for each task that it sends, longer than the rest takes: once will do."""
    from prefect.context import SettingsContext

    now = SettingsContext.get()
    if now is None:
        return
    written = now.serialize()

    class Settled(SettingsContext):
        def serialize(self, include_secrets: bool = True) -> dict[str, Any]:  # noqa: ARG002
            return written

    Settled(profile=now.profile, settings=now.settings).__enter__()
