"""总台账.xlsx: every task of every unit in one filterable sheet, with summary, ranking, overdue list and legend.

All figures come from the snapshot and none is computed here, so that workbook and bulletin cannot disagree.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.files import write_file
from flows.hands import Hands
from flows.ledger.layout import column_name
from flows.ledger.long_sheet import LongSheet, Look, store
from flows.ledger.master_content import Seen, watch, written_content
from flows.ledger.master_goals import GOALS_SHEET, write_goals
from flows.ledger.master_legend import write_legend
from flows.ledger.master_office import OFFICE_COLUMNS, STATE_COLUMN, add_office, ruling_fields
from flows.ledger.master_summary import basis, write_summary
from flows.ledger.master_table import Field, Table, print_set_up
from flows.ledger.review_key import MasterKeys, key_parts
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean
from flows.periods import Period
from flows.progress import Answer, Cell, Snapshot, UnitLine
from flows.standing.measured import exemption_notes

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
    ("来源", 30),
    ("亮灯依据", 24),
    *OFFICE_COLUMNS,
    STATE_COLUMN,
)
"""Header and width of the sheet 总台账. A hidden column with keys follows."""
PACE_COLUMN: Final = ("序时进度", 9)
"""Behind 完成进度, when the office looks at it."""
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


_SILENT: Final = (None, "", "", "")
"""完成日期, 佐证材料, 存在问题, 下步措施 of a unit that has said nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a master workbook is known by."""

    sha256: str
    """Of its bytes."""
    content: str
    """The digest of its content, see `master_content`."""


def write_master(snapshot: Snapshot, path: Path, secret: bytes, numbering: int = 0) -> None:
    """Write 总台账.xlsx to ``path``, whole or not at all; UserError when it is open or cannot be written."""
    write_file(path, render_master(snapshot, secret, numbering))


def render_master(snapshot: Snapshot, secret: bytes, numbering: int = 0, hands: Hands | None = None) -> bytes:
    """The master workbook as bytes; see `make_master`."""
    out = io.BytesIO()
    make_master(out, snapshot, secret, numbering, hands)
    return out.getvalue()


def make_master(
    out: BinaryIO, snapshot: Snapshot, secret: bytes, numbering: int = 0, hands: Hands | None = None
) -> Written:
    """Write the master workbook to ``out``, see `Master`."""
    return Master(snapshot, secret, numbering, hands).write(out)


class Master:
    """The master workbook of a snapshot in the making; the same snapshot gives the same bytes."""

    def __init__(
        self,
        snapshot: Snapshot,
        secret: bytes,
        numbering: int = 0,
        hands: Hands | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        """``secret`` signs the hidden key of each row; ``numbering`` is the last renumbering of the plan, kept in the
        keys. ``hands`` help with the rows, from now on where they are wanted ``at_once``: whoever makes the workbook
        can do something else until he writes it, and all rows are held in memory.
        """
        self._stream = io.BytesIO()
        self._hands = hands
        self.rows = len(snapshot.cells)
        """Tasks of units, each a row of the sheet 总台账."""
        options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        self._workbook = workbook = Workbook(self._stream, options)
        at = snapshot.as_of
        title = clean(f"{snapshot.plan_title} 总台账（{Period.parse(snapshot.period).label}）")
        created = datetime(at.year, at.month, at.day)  # noqa: DTZ001 - Excel knows no time zone
        workbook.set_properties({"title": title, "created": created})
        styles = Styles(workbook)
        self._master = workbook.add_worksheet(MASTER_SHEET, worksheet_class=LongSheet)
        summary = workbook.add_worksheet(SUMMARY_SHEET)
        units = workbook.add_worksheet(UNITS_SHEET)
        keys = MasterKeys(snapshot.plan, snapshot.period, numbering, secret)
        _write_master_sheet(self._master, styles, snapshot, title, keys)
        if hands and at_once:
            self._master.begin(hands)
        add_office(self._master, styles, [word for word, _ in master_columns(snapshot)], snapshot)
        blocks = _write_units(units, styles, snapshot)
        write_summary(workbook, summary, styles, snapshot, UNITS_SHEET, blocks)
        self._overdue = workbook.add_worksheet(OVERDUE_SHEET, worksheet_class=LongSheet)
        _write_overdue(self._overdue, styles, snapshot)
        if snapshot.goals:
            write_goals(workbook.add_worksheet(GOALS_SHEET), styles, snapshot, secret, numbering)
        write_legend(workbook.add_worksheet(LEGEND_SHEET), styles, snapshot)

    def write(self, out: BinaryIO) -> Written:
        """Write it, once, to ``out``, which is empty and can be read."""
        store(self._workbook, self._stream, out, self._hands)
        seen = {sheet.get_name(): Seen(sheet.first, sheet.seen) for sheet in (self._master, self._overdue)}
        out.seek(0)
        sha256 = hashlib.file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]  # any file that can be read
        return Written(sha256, written_content(out, self.rows, seen))


def _watch(sheet: LongSheet, columns: Sequence[tuple[str, float]]) -> Look:
    """What makes the digest of rows while they are written."""
    return watch(sheet.get_name(), [word for word, _ in columns])


def _deadline(cell: Cell) -> Field:
    deadline = cell.item.deadline
    return cell.due or deadline.text or deadline.kind.label


def _source(cell: Cell) -> str:
    return f"{cell.source.file}!{cell.source.sheet}!{cell.source.row}" if cell.source else ""


def master_columns(snapshot: Snapshot) -> tuple[tuple[str, float], ...]:
    """Header and width of the sheet 总台账 of a snapshot."""
    if not snapshot.schedule:
        return MASTER_COLUMNS
    place = [word for word, _ in MASTER_COLUMNS].index("完成进度") + 1
    return (*MASTER_COLUMNS[:place], PACE_COLUMN, *MASTER_COLUMNS[place:])


def _master_groups(snapshot: Snapshot) -> tuple[tuple[int, bool], ...]:
    """How the fields of `_master_row` are grouped, and which groups are the same in many rows."""
    state = 5 + bool(snapshot.schedule)
    return ((4, True), (2, True), (state, True), (1, False), (4, False), (1, True), (1, False), (1, True), (7, False))


def _master_row(cell: Cell, snapshot: Snapshot) -> tuple[tuple[Field, ...], ...]:
    """The fields of a row: task, unit, state, progress, what else was reported, where it comes from, why, ruling."""
    report, item = cell.report, cell.item
    due = item.deadline.due or item.deadline.text or item.deadline.kind.label
    percent = None if report is None or report.percent is None else report.percent / 100
    measured = (snapshot.lights.pace_word(cell.pace),) if snapshot.schedule else ()
    source = cell.source
    return (
        (item.no, item.category, item.task, item.requirement),
        (cell.unit.name, cell.unit.kind),
        (cell.role.label, due, cell.light, cell.said, percent, *measured),
        (report.progress if report else "",),
        (report.done_on, report.evidence, report.problem, report.next_step) if report else _SILENT,
        (source.period if source else "",),
        (_source(cell),),
        (cell.why,),
        ruling_fields(cell),
    )


def _write_master_sheet(sheet: LongSheet, styles: Styles, snapshot: Snapshot, title: str, keys: MasterKeys) -> None:
    columns = master_columns(snapshot)
    table = Table(sheet, styles, columns, snapshot.lights)
    last = len(columns) - 1
    table.head(0)
    rows = ((_master_row(cell, snapshot), key_parts(cell)) for cell in snapshot.cells)
    end = table.long_rows(sheet, 1, len(snapshot.cells), _master_groups(snapshot), rows, keys, _watch(sheet, columns))
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
    notes = ["完成率＝已完成÷（任务数－不涉及）。同率同名次。", *exemption_notes(snapshot)]
    for place, note in enumerate(notes, row + 1):
        sheet.write_string(place, 0, clean(note), styles.get(font_size=9))
    print_set_up(sheet, None)
    return blocks


_OVERDUE_GROUPS: Final = ((1, False), (1, True), (4, True), (1, True), (1, True), (1, False), (1, False), (1, False))


def _overdue_rows(cells: Sequence[Cell]) -> Iterable[tuple[tuple[Field, ...], ...]]:
    for number, cell in enumerate(cells, 1):
        report, item = cell.report, cell.item
        yield (
            (number,),
            (cell.unit.name,),
            (item.no, item.task, item.requirement, _deadline(cell)),
            (cell.days_late,),
            (cell.word,),
            (report.progress if report else "",),
            (report.problem if report else "",),
            (_source(cell),),
        )


def _apart(cells: Sequence[Cell]) -> str:
    """How many of them are look-back items, which no total holds."""
    count = sum(cell.item.is_carried for cell in cells)
    return f"，其中回头看事项 {count} 项次，不计入汇总" if count else ""


def _write_overdue(sheet: LongSheet, styles: Styles, snapshot: Snapshot) -> None:
    cells = snapshot.overdue
    table = Table(sheet, styles, OVERDUE_COLUMNS)
    heading = styles.get(font_name=HEAD_FACE, font_size=14)
    sheet.write_string(0, 0, f"逾期未完成 {len(cells)} 项次（{basis(snapshot)}）{_apart(cells)}", heading)
    sheet.set_row(0, 26)
    table.head(1)
    rows = ((row, None) for row in _overdue_rows(cells))
    end = table.long_rows(sheet, 2, len(cells), _OVERDUE_GROUPS, rows, look=_watch(sheet, OVERDUE_COLUMNS))
    sheet.autofilter(1, 0, max(end - 1, 2), len(OVERDUE_COLUMNS) - 1)
    sheet.freeze_panes(2, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(len(OVERDUE_COLUMNS) - 1)}{end + 1}"})
    print_set_up(sheet, 1)
