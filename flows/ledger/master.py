"""总台账.xlsx: every task of every unit in one filterable sheet, with summary, ranking, overdue list and legend.

All figures come from the snapshot and none is computed here, so that workbook and bulletin cannot disagree.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger.files import write_file
from flows.ledger.layout import column_name
from flows.ledger.master_charts import add_item_chart, add_unit_chart
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import ROW_LIMIT, clean, fits, height_of, lines_needed
from flows.periods import Period, spoken
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
    ("具体要求", 36),
    ("单位", 16),
    ("类别", 9),
    ("承担角色", 8),
    ("完成时限", 12),
    ("灯", 5),
    ("完成状态", 9),
    ("完成进度", 9),
    ("进展情况", 32),
    ("完成日期", 11),
    ("佐证材料", 16),
    ("存在问题", 18),
    ("下步措施", 18),
    ("期次", 9),
    ("来源", 20),
)
"""Header and width of the sheet 总台账."""
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

LIGHT_LOOK: Final = {
    Light.BLUE: {"bg_color": "#9DC3E6", "font_color": "#1F3864"},
    Light.GREEN: {"bg_color": "#A9D18E", "font_color": "#274E13"},
    Light.YELLOW: {"bg_color": "#FFE066", "font_color": "#7F6000"},
    Light.RED: {"bg_color": "#FF7C80", "font_color": "#7B0000"},
}
LIGHT_MEANING: Final = {
    Light.BLUE: "已完成，或不涉及本单位",
    Light.GREEN: "正在推进，离时限尚远或没有时限",
    Light.YELLOW: "临近时限尚未完成，或需要协调",
    Light.RED: "已过时限，尚未完成",
}

Field = str | int | float | date | None


def write_master(snapshot: Snapshot, path: Path) -> None:
    """Write 总台账.xlsx to ``path``, whole or not at all; UserError when it is open or cannot be written."""
    write_file(path, render_master(snapshot))


def render_master(snapshot: Snapshot) -> bytes:
    """The master workbook as bytes; the same snapshot gives the same bytes."""
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
    blocks = _write_units(units, styles, snapshot)
    _write_summary(workbook, summary, styles, snapshot, blocks)
    _write_overdue(workbook.add_worksheet(OVERDUE_SHEET), styles, snapshot)
    _write_legend(workbook.add_worksheet(LEGEND_SHEET), styles)
    workbook.close()
    return stream.getvalue()


def _basis(snapshot: Snapshot) -> str:
    return f"截至{spoken(snapshot.as_of)}"


def _deadline(cell: Cell) -> Field:
    deadline = cell.item.deadline
    return deadline.due or deadline.text or deadline.kind.label


def _source(cell: Cell) -> str:
    return f"{cell.source.file}!{cell.source.row}" if cell.source else ""


def _master_row(cell: Cell) -> tuple[Field, ...]:
    report, item = cell.report, cell.item
    told: tuple[Field, ...] = ("未报送", None, "", None, "", "", "")
    if report:
        percent = None if report.percent is None else report.percent / 100
        told = (
            report.status.value,
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
        _deadline(cell),
        cell.light.value,
        *told,
        cell.source.period if cell.source else "",
        _source(cell),
    )


_CENTRED: Final = frozenset(
    "任务编号 类别 承担角色 完成时限 灯 完成状态 完成进度 完成日期 期次 名次 任务数 已完成 不涉及 逾期 推进中 未启动 完成率 "
    "报送情况 报送时间 上期名次 序号 逾期天数".split()
)
_PERCENT: Final = frozenset({"完成进度", "完成率"})


class _Table:
    """A bordered table: header, rows with heights that show the whole text, coloured lights."""

    def __init__(self, sheet: Worksheet, styles: Styles, columns: Sequence[tuple[str, float]]) -> None:
        self.sheet, self.columns, self.styles = sheet, columns, styles
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        self.looks = [self._look(word) for word, _ in columns]
        self.lights = {
            light.value: styles.cell(align="center", bold=True, **look) for light, look in LIGHT_LOOK.items()
        }

    def _look(self, word: str) -> Any:
        look: dict[str, Any] = {"align": "center" if word in _CENTRED else "left"}
        if word in _PERCENT:
            look["num_format"] = "0%" if word == "完成进度" else "0.0%"
        elif word in {"完成时限", "完成日期"}:
            look["num_format"] = "yyyy-mm-dd"
        return self.styles.cell(**look)

    def head(self, row: int) -> None:
        for place, (word, _) in enumerate(self.columns):
            self.sheet.write_string(row, place, word, self.styles.head())
        self.sheet.set_row(row, 26)

    def rows(self, first: int, rows: Iterable[Sequence[Field]]) -> int:
        """Write rows from row ``first`` on; the row after the last one is returned."""
        line = first
        for line, fields in enumerate(rows, first):
            height = 20.0
            for place, (value, (word, width)) in enumerate(zip(fields, self.columns, strict=True)):
                look = self.looks[place]
                if word == "灯":
                    look = self.lights[str(value)]
                if isinstance(value, str) and value:
                    text = clean(value)
                    size = 10.0
                    if len(text) > 200 and not fits(text, width, size):
                        size = next((s for s in (8.0, 6.0) if fits(text, width, s)), 6.0)
                        look = self.styles.cell(font_size=size)
                    height = max(height, height_of(lines_needed(text, width, size), size))
                    self.sheet.write_string(line, place, text, look)
                elif value is None or value == "":
                    self.sheet.write_blank(line, place, None, look)
                elif isinstance(value, date):
                    self.sheet.write_datetime(line, place, value, look)
                else:
                    self.sheet.write_number(line, place, float(value), look)
            self.sheet.set_row(line, min(height, ROW_LIMIT))
            line += 1
        return line


def _print_set_up(sheet: Worksheet, repeat: int | None, *, portrait: bool = False) -> None:
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if repeat is not None:
        sheet.repeat_rows(repeat)


def _write_master_sheet(sheet: Worksheet, styles: Styles, snapshot: Snapshot, title: str) -> None:
    table = _Table(sheet, styles, MASTER_COLUMNS)
    last = len(MASTER_COLUMNS) - 1
    table.head(0)
    end = table.rows(1, (_master_row(cell) for cell in snapshot.cells))
    sheet.autofilter(0, 0, max(end - 1, 1), last)
    sheet.freeze_panes(1, 5)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(last)}{end}"})
    _print_set_up(sheet, 0)
    heading = f"{title} {_basis(snapshot)}".replace("&", "&&")
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
    table = _Table(sheet, styles, UNIT_COLUMNS)
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
    _print_set_up(sheet, None)
    return blocks


def _write_summary(
    workbook: Workbook, sheet: Worksheet, styles: Styles, snapshot: Snapshot, blocks: list[tuple[str, int, int]]
) -> None:
    sheet.hide_gridlines(2)
    for place, width in enumerate((18, 12, 12, 12, 4, 18, 12, 12)):
        sheet.set_column(place, place, width)
    heading = styles.get(font_name=HEAD_FACE, font_size=16)
    sheet.write_string(0, 0, clean(f"{snapshot.plan_title}（{Period.parse(snapshot.period).label}）"), heading)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"{_basis(snapshot)}，报送截止{spoken(snapshot.reply_by)}", styles.get())
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
    add_item_chart(workbook, sheet, SUMMARY_SHEET, first=5, last=8, at=(15, 0))
    row = 33
    for title, first, last in blocks:
        row = add_unit_chart(workbook, sheet, UNITS_SHEET, title, first, last, at=(row, 0))
    _print_set_up(sheet, None, portrait=True)


def _number_or_dash(sheet: Worksheet, row: int, column: int, value: float | None, look: Any) -> None:
    if value is None:
        sheet.write_string(row, column, "—", look)
    else:
        sheet.write_number(row, column, value, look)


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
            report.status.value if report else "未报送",
            report.progress if report else "",
            report.problem if report else "",
            _source(cell),
        )


def _write_overdue(sheet: Worksheet, styles: Styles, snapshot: Snapshot) -> None:
    cells = snapshot.overdue
    table = _Table(sheet, styles, OVERDUE_COLUMNS)
    heading = styles.get(font_name=HEAD_FACE, font_size=14)
    sheet.write_string(0, 0, f"逾期未完成 {len(cells)} 项次（{_basis(snapshot)}）", heading)
    sheet.set_row(0, 26)
    table.head(1)
    end = table.rows(2, _overdue_rows(cells))
    sheet.autofilter(1, 0, max(end - 1, 2), len(OVERDUE_COLUMNS) - 1)
    sheet.freeze_panes(2, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(len(OVERDUE_COLUMNS) - 1)}{end + 1}"})
    _print_set_up(sheet, 1)


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
        "来源：归档文件名!行号，可据此查到单位原件。",
        "期次：这条内容是哪一期报的；单位本期没有报的，沿用上一次报送的内容。",
        "任务按全部承担单位合并统计；单位任务按“任务×单位”统计。",
    ):
        sheet.write_string(row, 0, words, styles.get())
        row += 1
    _print_set_up(sheet, None, portrait=True)
