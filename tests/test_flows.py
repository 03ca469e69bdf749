"""The steps as Prefect shows them: Chinese names, named runs, tasks, results as artifacts, retries only outside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.periods import CHINA
from flows.problems import PassingError, UserError
from tests.office import fill, moving, new_office


def seen_by_prefect() -> tuple[dict[str, str], set[str], dict[str, Any]]:
    """Run name → flow name, names of task runs, artifacts by key without the plan's part."""
    import asyncio

    from prefect import get_client

    async def ask() -> tuple[dict[str, str], set[str], dict[str, Any]]:
        async with get_client() as client:
            flows = {flow.id: flow.name for flow in await client.read_flows()}
            runs = {run.name: flows[run.flow_id] for run in await client.read_flow_runs()}
            tasks = {run.name.rsplit("-", 1)[0] for run in await client.read_task_runs()}
            made = sorted(await client.read_artifacts(), key=lambda artifact: artifact.created)
            artifacts = {str(artifact.key).rpartition("-")[0]: artifact for artifact in made}
            return runs, tasks, artifacts

    return asyncio.run(ask())


def test_a_month_on_the_embedded_engine_leaves_named_runs_and_artifacts(tmp_path: Path) -> None:
    office = new_office(tmp_path, engine=True)
    office.adopt(slug="引擎")
    place = ("引擎", "--period", "2026-03")
    issued = office.json("distribute", *place)
    book = next(Path(b["file"]) for b in issued["workbooks"] if b["unit"] == "市财政局")
    fill(book, tmp_path / "收" / "a.xlsx", moving(), received=datetime(2026, 3, 20, 9, tzinfo=CHINA))
    office.json("collect", *place, "--from", tmp_path / "收")
    office.json("remind", *place)
    office.json("report", *place)
    runs, tasks, artifacts = seen_by_prefect()
    assert {name: runs.get(name) for name in ("下发 引擎 2026-03", "回收 引擎 2026-03", "催报 引擎 2026-03")} == {
        "下发 引擎 2026-03": "下发台账",
        "回收 引擎 2026-03": "回收台账",
        "催报 引擎 2026-03": "催报",
    }
    assert runs["通报 引擎 2026-03"] == "生成通报"
    assert {"写各单位台账", "寄出信件", "收文件夹", "标出错处", "写总台账", "写通报"} <= tasks
    assert {"taizhang-distribute", "taizhang-collect", "taizhang-remind", "taizhang-report"} <= set(artifacts)
    told = artifacts["taizhang-collect"].data
    assert "| 市财政局 | a.xlsx | 1 |" in told
    assert "通报.docx" in artifacts["taizhang-report"].data


def test_with_and_without_the_engine_the_result_is_the_same(tmp_path: Path) -> None:
    results = []
    for engine in (True, False):
        office = new_office(tmp_path / str(engine), engine=engine)
        office.adopt()
        result = office.json("distribute", "要点", "--period", "2026-03")
        results.append([(b["unit"], b["items"], b["sent"]) for b in result["workbooks"]])
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("error", "tries"),
    [(UserError("授权码不对"), 1), (PassingError("服务器忙"), 3), (ConnectionResetError(), 3)],
)
def test_what_may_pass_is_tried_again_and_what_a_person_must_mend_is_not(error: Exception, tries: int) -> None:
    from flows.engine import flow, step

    calls = []

    @step("碰外面", retries=2, delay=0)
    def outside() -> None:
        calls.append(1)
        raise error

    @flow(name="试")
    def trial() -> None:
        outside()

    with pytest.raises(type(error)):
        trial()
    assert len(calls) == tries
