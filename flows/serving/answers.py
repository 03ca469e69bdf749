"""看进展: who has answered and who has not, as the page shows it."""

from __future__ import annotations

from flows.progress import Answer, Snapshot
from flows.serving.told import table


def answers_markdown(snap: Snapshot) -> tuple[str, str]:
    """One sentence, and the page below it: the units by answer, those that owe one first."""
    shown = [line for line in snap.units if line.cells]
    totals = snap.totals
    sentence = (
        f"应报 {totals.asked} 家，实报 {totals.answered} 家。任务 {totals.items} 项：已完成 {totals.done}，"
        f"推进 {totals.moving}，未启动 {totals.idle}，逾期 {totals.overdue}"
    )
    order = list(Answer)
    rows = sorted(shown, key=lambda line: -order.index(line.answer))
    listed = table(("单位", "报送", "任务数"), [(line.unit.name, line.answer.value, len(line.cells)) for line in rows])
    return sentence, f"{sentence}。\n\n{listed}"
