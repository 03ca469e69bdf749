"""What a unit is told about numbers: the prompt beside a task that asks for one, and the remark when it is missing."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from flows.goals.model import Nature, shown
from flows.goals.reading import read_number
from flows.plan.model import Target
from flows.plan.targets import find_targets

ASKS: Final = "请写明"
"""How every prompt begins."""


@lru_cache(maxsize=4096)
def targets_of(requirement: str) -> tuple[Target, ...]:
    """The targets that a requirement as issued asks for."""
    return find_targets(requirement)


def number_prompt(requirement: str) -> str:
    """请写明累计数，如“累计2场”; '' for a task without a target."""
    targets = targets_of(requirement)
    counts = [target for target in targets if target.unit != "%"]
    if counts:
        return f"{ASKS}累计数，如“累计{shown(counts[0].value, counts[0].unit)}”"
    return f"{ASKS}比率，如“达到{shown(targets[0].value, '%')}”" if targets else ""


def number_remark(requirement: str, progress: str) -> str:
    """What is missing when a task is reported as finished, without full stop; '' when nothing is.

    It never sends a sheet back: whose number it is, and what was counted before, is not known here.
    """
    targets = targets_of(requirement)
    lowest = min((target.value for target in targets if target.unit == (targets[0].unit)), default=0.0)
    for target in targets[:1]:
        reading = read_number(target, requirement, progress)
        if reading is None and target.unit != "%" and target.value <= 1 and not target.per:
            continue  # 组织一次: who has finished it has done it once
        if reading is None:
            return f"报“已完成”，进展情况里没有写明数字（要求“{target.text}”）"
        if reading.doubt and not (reading.surely and reading.value >= lowest):
            return f"报“已完成”，数字“{reading.text}”{reading.doubt}（要求“{target.text}”）"
        if reading.value < lowest:
            more = "，只写了本期数，没有写累计数" if reading.nature is Nature.PERIOD else ""
            return f"报“已完成”，写的是“{reading.text}”{more}，不到要求的{shown(lowest, target.unit)}"
    return ""
