"""总台账 read back: what the office wrote in its columns, wherever rows and columns have gone; faults with cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from flows.ledger import layout
from flows.ledger.dates import read_date
from flows.ledger.forms.grid import Grid, Value, header_word
from flows.ledger.forms.opening import read_book
from flows.ledger.goal_reader import GoalRow, columns_in, read_goals
from flows.ledger.master_goals import GOAL_OFFICE
from flows.ledger.master_office import CLOSED, EXTENDED, NOTE, OFFICE, OPINION, REASON, RULED, YES
from flows.ledger.model import Status
from flows.ledger.review_key import RowKey, read_master_key
from flows.ledger.safety import RefusedError
from flows.ledger.statuses import read_status
from flows.ledger.values import Reading, is_nothing, read_text, shown, squeeze
from flows.periods import Period
from flows.problems import Problem, UserError
from flows.progress import Ruling

UNIT: Final = "单位"
SOURCE: Final = "来源"
_WORDS: Final = frozenset({layout.NO, UNIT, SOURCE, *OFFICE})
_HEADER_SEARCH: Final = 50
_YES: Final = frozenset({"是", "√", "✓", "✔", "☑", "y", "yes", "1", "true", "销号", "已销号", "同意", "同意销号"})
_NO: Final = frozenset({"否", "不", "未销号", "不销号", "n", "no", "0", "false", "×"})
_LAST_DAY: Final = date(9998, 12, 31)


class OldMasterError(UserError):
    """A 总台账 that was written before there were columns for the office."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row with a task. ``ruling`` is None when a cell of the office's cannot be read; ``problems`` says which."""

    row: int
    no: str
    """As it stands there."""
    unit: str
    key: RowKey | None
    source: str
    """来源, which names the report that stood in the row when its key is gone."""
    ruling: Ruling | None
    problems: tuple[Problem, ...]
    cells: Mapping[str, str] = field(default_factory=dict)
    """Header → A1 reference."""
    sheet: str = ""

    def problem(self, header: str, message: str, cure: str, found: str = "") -> Problem:
        """A fault in one cell of this row."""
        cell = self.cells.get(header) or self.cells.get(layout.NO)
        return Problem(message, cure, cell, self.sheet, field=header, found=found)

    @property
    def wants(self) -> bool:
        """Whether the office has written anything in the row."""
        return self.ruling is None or not self.ruling.is_empty


@dataclass(frozen=True, slots=True)
class _Table:
    grid: Grid
    top: int
    columns: Mapping[str, int]


def read_master(data: bytes, name: str, secret: bytes, period: Period) -> list[ReviewRow]:
    """Every row of 总台账 that names a task or a unit; UserError when the file is none or lacks the office's."""
    found = [table for grid in _grids(data, name) if (table := _table(grid))]
    if not found:
        raise UserError(
            f"“{name}”里找不到总台账的表头", f"表头应有：{layout.NO}、{UNIT}、{'、'.join(OFFICE)}；请用生成的总台账填写"
        )
    tables = [table for table in found if set(OFFICE) & set(table.columns)]
    if not tables:
        raise OldMasterError(
            f"“{name}”里没有核定的栏目（{RULED}、{CLOSED}等）", "这是旧版的总台账，请重新运行 taizhang report 生成"
        )
    return [row for table in tables for row in _rows(table, secret, period)]


def read_goal_rows(data: bytes, name: str, secret: bytes) -> list[GoalRow]:
    """Every row of 量化指标; none when the workbook has no such sheet."""
    return [row for grid in _grids(data, name) for row in read_goals(grid, secret)]


def content_digest(data: bytes, name: str) -> str:
    """A digest of all that the office is not asked to fill in, whatever the order of the rows; '' if unreadable."""
    try:
        grids = _grids(data, name)
    except UserError:
        return ""
    lines: list[str] = []
    for grid in grids:
        found = _table(grid)
        skipped = {place for word, place in found.columns.items() if word in OFFICE} if found else set()
        if goals := columns_in(grid):
            skipped |= {place for word, place in goals[1].items() if word in GOAL_OFFICE}
        for cells in grid.rows:
            texts = [shown(value) for place, value in enumerate(cells) if place not in skipped]
            if any(texts):
                lines.append("\x1f".join([grid.name, *texts]).rstrip("\x1f"))
    return hashlib.sha256("\x1e".join(sorted(lines)).encode("utf-8", "replace")).hexdigest()


def _grids(data: bytes, name: str) -> Iterable[Grid]:
    try:
        return read_book(data).grids
    except RefusedError as refused:
        raise UserError(f"“{name}”没有读：{refused.reason}") from None


def _table(grid: Grid) -> _Table | None:
    for number, cells in enumerate(grid.rows[:_HEADER_SEARCH]):
        columns: dict[str, int] = {}
        for place, value in enumerate(cells):
            word = header_word(value)
            if word in _WORDS:
                columns.setdefault(word, place)
        if {layout.NO, UNIT} <= set(columns):
            return _Table(grid, number, columns)
    return None


def _rows(table: _Table, secret: bytes, period: Period) -> Iterator[ReviewRow]:
    mapped = set(table.columns.values())
    grid = table.grid
    for number in range(table.top + 1, len(grid.rows)):
        cells = grid.rows[number]

        def value(word: str, cells: Sequence[Value] = cells) -> Value:
            place = table.columns.get(word)
            return cells[place] if place is not None and place < len(cells) else ""

        keys = (
            read_master_key(cell.strip(), secret)
            for place, cell in enumerate(cells)
            if place not in mapped and isinstance(cell, str) and cell
        )
        key = next((found for found in keys if found), None)
        no, unit = shown(value(layout.NO)).strip(), shown(value(UNIT)).strip()
        if squeeze(no) == layout.NO or not (no or unit or key):
            continue
        places = {
            word: layout.cell_name(number, place) if grid.lettered else f"第{number + 1}行"
            for word, place in table.columns.items()
        }
        row = ReviewRow(number + 1, no, unit, key, shown(value(SOURCE)).strip(), None, (), places, grid.name)
        broken = {
            word: grid.faults[number, place]
            for word, place in table.columns.items()
            if word in OFFICE and (number, place) in grid.faults
        }
        yield _read(row, {word: value(word) for word in OFFICE}, broken, period)


def _read(row: ReviewRow, cells: Mapping[str, Value], broken: Mapping[str, str], period: Period) -> ReviewRow:
    """The row with its ruling, or with what is wrong in its cells; ``broken``: formulas and error values."""
    status: Reading[Status] = Reading()
    if not is_nothing(shown(cells[RULED])):
        status = read_status(cells[RULED])
    day: Reading[date] = Reading()
    if not is_nothing(shown(cells[EXTENDED])):
        day = read_date(cells[EXTENDED], period, _LAST_DAY)
    closed = _yes_or_no(cells[CLOSED])
    words = f"请从下拉列表中选：{'、'.join(layout.STATUSES)}，或者空着"
    faults = (
        (RULED, status.fault.replace(layout.STATUS, RULED), words),
        (EXTENDED, day.fault.replace(layout.DONE_ON, EXTENDED), f"请写成 {period.year}-12-31 这样的日期"),
        (CLOSED, closed.fault, closed.cure),
        *((word, f"{word}是公式或错误值“{text}”", "请直接写内容") for word, text in broken.items()),
    )
    problems = tuple(row.problem(header, fault, cure, shown(cells[header])) for header, fault, cure in faults if fault)
    if problems:
        return replace(row, problems=problems)
    opinion, reason, note = (read_text(cells[word]) for word in (OPINION, REASON, NOTE))
    return replace(row, ruling=Ruling(status.value, opinion, bool(closed.value), day.value, reason, note))


def _yes_or_no(value: Value) -> Reading[bool]:
    text = squeeze(shown(value)).strip("。.!！").lower()
    if isinstance(value, bool):
        return Reading(value)
    if not text or text in _NO or is_nothing(text):
        return Reading(False)
    if text in _YES:
        return Reading(True)
    return Reading(fault=f"{CLOSED}“{shown(value).strip()}”看不懂", cure=f"要销号请填“{YES}”，不销号请空着")
