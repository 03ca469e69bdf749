"""汇总: the totals of the snapshot, this period beside the last, and native charts."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger.master_charts import add_item_chart, add_unit_chart
from flows.ledger.master_table import print_set_up
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean
from flows.periods import Period, spoken
from flows.progress import Answer, ItemState, Snapshot

_CHARTS: Final = 33
"""0-based row where the charts of the units begin, below the first page."""


def basis(snapshot: Snapshot) -> str:
    """截至…: the day that all figures are true for."""
    return f"截至{spoken(snapshot.as_of)}"


def write_summary(
    workbook: Workbook,
    sheet: Worksheet,
    styles: Styles,
    snapshot: Snapshot,
    source: str,
    blocks: list[tuple[str, int, int]],
) -> None:
    """Fill the sheet. ``source`` names the sheet with the units, ``blocks`` title, first and last row of each."""
    sheet.hide_gridlines(2)
    for place, width in enumerate((16, 9, 9, 15, 3, 14, 9, 9)):
        sheet.set_column(place, place, width)
    heading = styles.get(font_name=HEAD_FACE, font_size=16)
    sheet.write_string(0, 0, clean(f"{snapshot.plan_title}（{Period.parse(snapshot.period).label}）"), heading)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"{basis(snapshot)}，报送截止{spoken(snapshot.reply_by)}", styles.get())
    now, before = snapshot.totals, snapshot.previous
    previous = f"上期（{snapshot.previous_period}）" if snapshot.previous_period else "上期"
    items = (
        ("任务总数", now.items, before.items if before else None),
        ("已完成", now.done, before.done if before else None),
        ("正在推进", now.moving, before.moving if before else None),
        ("尚未启动", now.idle, before.idle if before else None),
        ("逾期未完成", now.overdue, before.overdue if before else None),
    )
    number, share = styles.cell(align="center"), styles.cell(align="center", num_format="0.0%")
    name = styles.cell()
    for place, word in enumerate(("任务", "项数", "占比", previous)):
        sheet.write_string(3, place, word, styles.head())
    for row, (word, count, earlier) in enumerate(items, 4):
        sheet.write_string(row, 0, word, name)
        sheet.write_number(row, 1, count, number)
        _number_or_dash(sheet, row, 2, count / now.items if now.items else None, share)
        _number_or_dash(sheet, row, 3, earlier, number)
    answers = (
        ("应报单位", now.asked),
        (Answer.ON_TIME.value, now.on_time),
        (Answer.LATE.value, now.late),
        (Answer.RETURNED.value, now.returned),
        (Answer.PENDING.value, now.pending),
        (Answer.MISSING.value, now.missing),
    )
    for place, word in enumerate(("报送", "家数", "占比"), 5):
        sheet.write_string(3, place, word, styles.head())
    for row, (word, count) in enumerate(answers, 4):
        sheet.write_string(row, 5, word, name)
        sheet.write_number(row, 6, count, number)
        _number_or_dash(sheet, row, 7, count / now.asked if now.asked else None, share)
    work = (
        ("单位任务总数", now.assignments),
        ("其中已完成", now.assignments_done),
        ("其中逾期", now.assignments_overdue),
    )
    for row, (word, count) in enumerate(work, 11):
        sheet.write_string(row, 0, word, name)
        sheet.write_number(row, 1, count, number)
        _number_or_dash(sheet, row, 2, count / now.assignments if now.assignments else None, share)
    for row in range(3, 14):
        sheet.set_row(row, 20)
    _lookback(sheet, styles, snapshot)
    add_item_chart(workbook, sheet, sheet.get_name(), first=5, last=8, at=(15, 0))
    # Excel ignores manual page breaks on a sheet that is fitted to a page, so this one is scaled instead.
    print_set_up(sheet, None, portrait=True)
    sheet.set_print_scale(80)
    row = _CHARTS
    breaks = []
    for title, first, last in blocks:
        breaks.append(row)
        row = add_unit_chart(workbook, sheet, source, title, first, last, at=(row, 0))
    sheet.set_h_pagebreaks(breaks)


def _lookback(sheet: Worksheet, styles: Styles, snapshot: Snapshot) -> None:
    """Look-back items (回头看) beside the figures that leave them out."""
    states = [line.state for line in snapshot.carried_lines]
    if not states:
        return
    told = "，".join(f"{state.value} {states.count(state)}" for state in ItemState if state in states)
    sheet.write_string(14, 0, f"另有回头看事项 {len(states)} 项，不计入以上数字：{told}", styles.get(font_size=9))


def _number_or_dash(sheet: Worksheet, row: int, column: int, value: float | None, look: Any) -> None:
    if value is None:
        sheet.write_string(row, column, "—", look)
    else:
        sheet.write_number(row, column, value, look)
