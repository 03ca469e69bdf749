"""The steps of a home on a Prefect work pool, for offices that let several machines work.

The pool's workers (process, Docker, Kubernetes) need this program and the home's folder; the history lies in
PostgreSQL, whose locks keep two workers from one plan. What serve offers on one machine is offered here on many.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from flows import engine  # it sets Prefect's environment, before anything of Prefect's is imported
from flows.problems import UserError
from flows.workspace import Home


def deploy(home: Home, pool: str, name: str, seen_as: PurePath) -> list[str]:
    """Register every step and 到点检查 of a home on a pool; gives the deployments' names. Again is the same as once.

    ``name`` tells this office from others on the same server; ``seen_as`` is the home's folder as workers see it.
    UserError without a server or a pool.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise UserError("没有写 Prefect 服务器的地址", "请先设环境变量 PREFECT_API_URL，如 http://主机:4200/api")
    config = home.config()
    if not config.store.url:
        raise UserError("几台电脑一起做，数据库要放在 PostgreSQL", "请先用 taizhang restore --store 搬过去")
    return asyncio.run(_deploy(pool, name, str(seen_as), config.schedule.check_minutes))


async def _deploy(pool: str, name: str, place: str, minutes: int) -> list[str]:
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    from flows import serve

    try:
        async with get_client() as client:
            await client.read_work_pool(pool)
    except ObjectNotFound:
        raise UserError(
            f"Prefect 服务器上没有工作池“{pool}”", f"请先运行 prefect work-pool create {pool} --type process"
        ) from None
    except (httpx.HTTPError, RuntimeError) as error:
        raise UserError("连不上 Prefect 服务器", "请检查 PREFECT_API_URL 和网络，服务器要先开着") from error
    done = []
    for number, page in enumerate((serve.due_check, *serve.PAGES)):
        done.append(f"{name} {number:02d} {page.name}")
        made = await _made(page, done[-1], place, minutes if page is serve.due_check else 0)
        made.work_pool_name = pool
        await made.aapply()
    return done


async def _made(page: Any, name: str, place: str, minutes: int) -> Any:
    """A deployment; the passwords are no part of it, each worker has its own environment."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.types.entrypoint import EntrypointType

    from flows.serve import HOME

    more: dict[str, Any] = {}
    if minutes:
        # What a schedule missed is not done over and over: one check catches up on everything.
        one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
        more = {"interval": timedelta(minutes=minutes), "concurrency_limit": one}
    made = await page.ato_deployment(
        name=name,
        description=page.description,
        entrypoint_type=EntrypointType.MODULE_PATH,
        job_variables={"env": {HOME: place, "PYTHONUTF8": "1"}},
        paused=False,
        **more,
    )
    engine.name_parameters(made._parameter_openapi_schema.properties)
    return made
