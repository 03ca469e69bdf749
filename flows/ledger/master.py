"""总台账.xlsx: every task of every unit in one filterable sheet, with summary, ranking, overdue list and legend.

All figures come from the snapshot and none is computed here, so that workbook and bulletin cannot disagree.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.files import write_file
from flows.ledger.layout import column_name
from flows.ledger.master_office import OFFICE_COLUMNS, STATE_COLUMN, add_office, ruling_fields
from flows.ledger.master_summary import basis, write_summary
from flows.ledger.master_table import LIGHT_LOOK, Field, Table, print_set_up
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean
from flows.periods import Period
from flows.progress import Answer, Cell, Light, Snapshot, UnitLine

MASTER_SHEET: Final = "总台账"
SUMMARY_SHEET: Final = "汇总"
UNITS_SHEET: Final = "单位"
OVERDUE_SHEET: Final = "逾期"
LEGEND_SHEET: Final = "图例"

MASTER_COLUMNS: Final = (
    ("任务编号", 8),
    ("任务大类", 11),
    ("任务事项", 14),
    ("具体要求", 32),
    ("单位", 15),
    ("类别", 9),
    ("承担角色", 8),
    ("完成时限", 12),
    ("灯", 5),
    ("完成状态", 9),
    ("完成进度", 9),
    ("进展情况", 30),
    ("完成日期", 11),
    ("佐证材料", 13),
    ("存在问题", 15),
    ("下步措施", 15),
    ("期次", 8),
    ("来源", 36),
    *OFFICE_COLUMNS,
    STATE_COLUMN,
)
"""Header and width of the sheet 总台账. A hidden column with keys follows."""
UNIT_COLUMNS: Final = (
    ("名次", 6),
    ("单位", 22),
    ("类别", 10),
    ("任务数", 8),
    ("已完成", 8),
    ("不涉及", 8),
    ("逾期", 8),
    ("推进中", 8),
    ("未启动", 8),
    ("完成率", 9),
    ("报送情况", 13),
    ("报送时间", 17),
    ("上期名次", 9),
    ("依据", 36),
)
OVERDUE_COLUMNS: Final = (
    ("序号", 6),
    ("单位", 18),
    ("任务编号", 9),
    ("任务事项", 18),
    ("具体要求", 44),
    ("完成时限", 12),
    ("逾期天数", 9),
    ("完成状态", 9),
    ("进展情况", 34),
    ("存在问题", 22),
    ("来源", 20),
)

LIGHT_MEANING: Final = {
    Light.BLUE: "已完成，或不涉及本单位",
    Light.GREEN: "没有完成，离时限还早或没有时限",
    Light.YELLOW: "临近时限尚未完成，或需要协调",
    Light.RED: "已过时限，尚未完成",
}


def write_master(snapshot: Snapshot, path: Path, secret: bytes, numbering: int = 0) -> None:
    """Write 总台账.xlsx to ``path``, whole or not at all; UserError when it is open or cannot be written."""
    write_file(path, render_master(snapshot, secret, numbering))


def render_master(snapshot: Snapshot, secret: bytes, numbering: int = 0) -> bytes:
    """The master workbook as bytes; the same snapshot gives the same bytes.

    ``secret`` signs the hidden key of each row; ``numbering`` is the last renumbering of the plan, kept in the keys.
    """
    stream = io.BytesIO()
    workbook = Workbook(stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    at = snapshot.as_of
    title = clean(f"{snapshot.plan_title} 总台账（{Period.parse(snapshot.period).label}）")
    created = datetime(at.year, at.month, at.day)  # noqa: DTZ001 - Excel knows no time zone
    workbook.set_properties({"title": title, "created": created})
    styles = Styles(workbook)
    master = workbook.add_worksheet(MASTER_SHEET)
    summary = workbook.add_worksheet(SUMMARY_SHEET)
    units = workbook.add_worksheet(UNITS_SHEET)
    _write_master_sheet(master, styles, snapshot, title)
    add_office(master, styles, [word for word, _ in MASTER_COLUMNS], snapshot, secret, numbering)
    blocks = _write_units(units, styles, snapshot)
    write_summary(workbook, summary, styles, snapshot, UNITS_SHEET, blocks)
    _write_overdue(workbook.add_worksheet(OVERDUE_SHEET), styles, snapshot)
    _write_legend(workbook.add_worksheet(LEGEND_SHEET), styles)
    workbook.close()
    return stream.getvalue()


def _deadline(cell: Cell) -> Field:
    deadline = cell.item.deadline
    return cell.due or deadline.text or deadline.kind.label


def _source(cell: Cell) -> str:
    return f"{cell.source.file}!{cell.source.sheet}!{cell.source.row}" if cell.source else ""


def _master_row(cell: Cell) -> tuple[Field, ...]:
    report, item = cell.report, cell.item
    told: tuple[Field, ...] = (cell.said, None, "", None, "", "", "")
    if report:
        percent = None if report.percent is None else report.percent / 100
        told = (
            cell.said,
            percent,
            report.progress,
            report.done_on,
            report.evidence,
            report.problem,
            report.next_step,
        )
    known = (item.no, item.category, item.task, item.requirement, cell.unit.name, cell.unit.kind, cell.role.label)
    return (
        *known,
        item.deadline.due or item.deadline.text or item.deadline.kind.label,
        cell.light.value,
        *told,
        cell.source.period if cell.source else "",
        _source(cell),
        *ruling_fields(cell),
    )


def _write_master_sheet(sheet: Worksheet, styles: Styles, snapshot: Snapshot, title: str) -> None:
    table = Table(sheet, styles, MASTER_COLUMNS)
    last = len(MASTER_COLUMNS) - 1
    table.head(0)
    end = table.rows(1, (_master_row(cell) for cell in snapshot.cells))
    # The hidden keys are part of the range: who sorts it moves them with their rows.
    sheet.autofilter(0, 0, max(end - 1, 1), last + 1)
    sheet.print_area(0, 0, max(end - 1, 1), last)
    sheet.freeze_panes(1, 5)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(last)}{end}"})
    print_set_up(sheet, 0, large=True)
    heading = f"{title} {basis(snapshot)}".replace("&", "&&")
    # Excel allows 255 characters in a header, control codes included.
    sheet.set_header(f"&C{heading[:120]}")
    sheet.activate()


def _unit_row(line: UnitLine) -> tuple[Field, ...]:
    received = f"{line.received:%Y-%m-%d %H:%M}" if line.received else ""
    counts = (line.tasks, line.done, line.exempt, line.overdue, line.moving, line.idle)
    place: Field = line.rank if line.rank is not None else "—"
    before: Field = line.previous_rank if line.previous_rank is not None else "—"
    rate: Field = line.rate if line.rate is not None else "—"
    return (place, line.unit.name, line.unit.kind, *counts, rate, line.answer.value, received, before, line.evidence)


def _write_units(sheet: Worksheet, styles: Styles, snapshot: Snapshot) -> list[tuple[str, int, int]]:
    """Ranking of districts and of departments, apart; the title, first and last row of each block are returned."""
    table = Table(sheet, styles, UNIT_COLUMNS)
    heading = styles.get(font_name=HEAD_FACE, font_size=14)
    blocks: list[tuple[str, int, int]] = []
    row = 0
    for title, lines in (("区县、管委会、街道", snapshot.districts), ("部门和其他单位", snapshot.departments)):
        if not lines:
            continue
        sheet.write_string(row, 0, f"{title}（{len(lines)} 家）", heading)
        sheet.set_row(row, 26)
        table.head(row + 1)
        end = table.rows(row + 2, (_unit_row(line) for line in lines))
        blocks.append((title, row + 2, end - 1))
        row = end + 1
    idle = [line for line in snapshot.units if line.answer is Answer.NOT_ASKED]
    if idle:
        names = "、".join(line.unit.name for line in idle)
        sheet.write_string(row, 0, clean(f"本期没有任务的单位（{len(idle)} 家）：{names}"), styles.get())
    note = "完成率＝已完成÷（任务数－不涉及）。同率同名次。"
    sheet.write_string(row + 1, 0, note, styles.get(font_size=9))
    print_set_up(sheet, None)
    return blocks


def _overdue_rows(cells: Sequence[Cell]) -> Iterable[tuple[Field, ...]]:
    for number, cell in enumerate(cells, 1):
        report, item = cell.report, cell.item
        yield (
            number,
            cell.unit.name,
            item.no,
            item.task,
            item.requirement,
            _deadline(cell),
            cell.days_late,
            cell.word,
            report.progress if report else "",
            report.problem if report else "",
            _source(cell),
        )


def _write_overdue(sheet: Worksheet, styles: Styles, snapshot: Snapshot) -> None:
    cells = snapshot.overdue
    table = Table(sheet, styles, OVERDUE_COLUMNS)
    heading = styles.get(font_name=HEAD_FACE, font_size=14)
    sheet.write_string(0, 0, f"逾期未完成 {len(cells)} 项次（{basis(snapshot)}）", heading)
    sheet.set_row(0, 26)
    table.head(1)
    end = table.rows(2, _overdue_rows(cells))
    sheet.autofilter(1, 0, max(end - 1, 2), len(OVERDUE_COLUMNS) - 1)
    sheet.freeze_panes(2, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(len(OVERDUE_COLUMNS) - 1)}{end + 1}"})
    print_set_up(sheet, 1)


def _write_legend(sheet: Worksheet, styles: Styles) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, "图例", styles.get(font_name=HEAD_FACE, font_size=16))
    for row, light in enumerate(Light, 2):
        look = styles.cell(align="center", bold=True, font_size=12, **LIGHT_LOOK[light])
        sheet.write_string(row, 0, light.value, look)
        sheet.write_string(row, 1, LIGHT_MEANING[light], styles.cell(font_size=11))
        sheet.set_row(row, 24)
    row = 7
    for words in (
        "来源：归档文件!表名!行号，可据此查到单位原件；taizhang trace 列出全部来历。",
        "期次：这条内容是哪一期报的；单位本期没有报的，沿用上一次报送的内容。",
        "任务按全部承担单位合并统计；单位任务按“任务×单位”统计。",
        "黄色的栏由办公室填：核定状态（与单位报的不一致时）、核定意见、销号、延期至和延期理由、办公室备注。",
        "填好保存，运行 taizhang review 读入；以后再生成，核定内容照旧保留。",
        "完成状态是单位报的，灯和统计按核定的算。",
    ):
        sheet.write_string(row, 0, words, styles.get())
        row += 1
    print_set_up(sheet, None, portrait=True)
