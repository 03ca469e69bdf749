"""Words and helpers that the tests of task tables share."""

from __future__ import annotations

from flows.plan.model import Item, Plan
from tests.plan.papers import UP

HEAD = ["序号", "任务事项", "具体要求", "责任单位", "完成时限"]
TITLE = "2026年云川市政务公开工作任务分解表"
MERGED = (
    HEAD,
    ["1", "晒清单", "公布办事清单。", "市数据局", "6月底前"],
    [UP, UP, "更新办事指南。", "市司法局", "全年"],
    ["2", "开放日", "办一次开放日。", "各街道", "9月底前"],
)


def numbers(plan: Plan) -> list[str]:
    return [item.no for item in plan.items]


def item(plan: Plan, no: str) -> Item:
    return next(item for item in plan.items if item.no == no)


def messages(plan: Plan, no: str | None) -> str:
    return "；".join(doubt.message for doubt in plan.doubts if doubt.no == no)
