"""总台账 read back: what the office wrote in its columns, wherever rows and columns have gone; faults with cells.

Of an office with a thousand units it has 60,000 rows, and the office has written in ten: an .xlsx is read row by row,
and most rows are done with at a glance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from typing import Final

from flows.ledger import layout
from flows.ledger.dates import read_date
from flows.ledger.forms.grid import Grid, Value
from flows.ledger.forms.long_xlsx import LongBook, LongCell, Room
from flows.ledger.forms.opening import read_book
from flows.ledger.goal_reader import GoalRow, columns_in, read_goals
from flows.ledger.identity import row_key
from flows.ledger.master_content import Content, grid_of
from flows.ledger.master_office import CLOSED, EXTENDED, NOTE, OFFICE, OPINION, REASON, RULED, YES
from flows.ledger.master_tables import HEADER_SEARCH, SOURCE, UNIT, find_table, office_places
from flows.ledger.model import Identity, Status
from flows.ledger.review_key import MASTER_LAYOUT, RowKey, read_master_key
from flows.ledger.safety import TOO_BIG, RefusedError
from flows.ledger.statuses import read_status
from flows.ledger.values import Reading, is_nothing, read_text, shown, squeeze
from flows.periods import Period
from flows.problems import Problem, UserError
from flows.progress import Ruling

_YES: Final = frozenset({"是", "√", "✓", "✔", "☑", "y", "yes", "1", "true", "销号", "已销号", "同意", "同意销号"})
_NO: Final = frozenset({"否", "不", "未销号", "不销号", "n", "no", "0", "false", "×"})
_LAST_DAY: Final = date(9998, 12, 31)
_NO_REVIEW: Final = "0"
_AGAIN: Final = "请用 Excel 或 WPS 打开它，另存为 .xlsx 后再读入；打不开的，请在生成的总台账上重填"

Line = tuple[int, Sequence[LongCell]]
"""0-based number of a row, and its cells."""


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
class Master:
    """A 总台账 as a file: its bytes, and what is known of the one that was written here."""

    data: bytes
    name: str
    secret: bytes
    plan: str
    period: Period
    rows: int
    """How many were written into it at most: its size is judged by that."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    lines: Iterator[Line]
    value: Callable[[LongCell], Value]
    lettered: bool = True


class MasterReading:
    """One pass through a 总台账; what it has found besides is known after the last row."""

    def __init__(self, master: Master, content: Content | None = None, *, whole: bool = False) -> None:
        """``content`` takes in all that the office is not asked to fill in. ``whole``: read as a small file is, in
        memory, whatever its form.
        """
        self.idle = 0
        """Rows in which nothing was prefilled and the office has written nothing; they are not given."""
        self.goals: list[GoalRow] = []
        """Every row of 量化指标."""
        self._master, self._content, self._whole = master, content, whole
        own = row_key(Identity(master.plan, "", str(master.period), MASTER_LAYOUT), "", master.secret)
        self._own = ";".join(own.split(";")[:4]) + ";"

    @property
    def period(self) -> Period:
        """The month that the workbook is read for."""
        return self._master.period

    def rows(self) -> Iterator[ReviewRow]:
        """Every row of 总台账 that names a task or a unit, but for the idle ones.

        UserError when the file is none, lacks the office's columns, or is far larger than what was written.
        UnusualError when it has to be read ``whole``.
        """
        found = ruled = False
        name = self._master.name
        try:
            for sheet in self._sheets():
                head = list(islice(sheet.lines, HEADER_SEARCH))
                grid = grid_of(head, sheet.name)
                table = find_table(grid.rows)
                found = found or table is not None
                lines = self._noted(chain(head, sheet.lines), sheet.name, office_places(grid))
                if columns_in(grid):
                    self.goals += read_goals(self._grid(sheet, lines), self._master.secret)
                elif table and set(OFFICE) & set(table[1]):
                    ruled = True
                    yield from self._rows(sheet, lines, *table)
                else:
                    deque(lines, maxlen=0)
        except RefusedError as refused:
            raise self._refusal(refused.reason) from None
        if not found:
            words = f"{layout.NO}、{UNIT}、{'、'.join(OFFICE)}"
            raise UserError(f"“{name}”里找不到总台账的表头", f"表头应有：{words}；请用生成的总台账填写")
        if not ruled:
            message = f"“{name}”里没有核定的栏目（{RULED}、{CLOSED}等）"
            raise OldMasterError(message, "这是旧版的总台账，请重新运行 taizhang report 生成")

    def _sheets(self) -> Iterable[_Sheet]:
        if self._whole:
            return [
                _Sheet(grid.name, _lines(grid), lambda cell: cell[1], grid.lettered)
                for grid in read_book(self._master.data).grids
            ]
        book = LongBook(self._master.data, Room.of(self._master.rows))
        return (_Sheet(sheet.name, book.rows(sheet), book.value) for sheet in book.sheets)

    def _refusal(self, reason: str) -> UserError:
        name = self._master.name
        if reason == TOO_BIG and self._whole:
            return UserError(f"“{name}”没有读：除了 .xlsx，别的格式只能读两万行以内的", _AGAIN)
        words, _, _ = reason.partition("，请对方")
        return UserError(f"“{name}”没有读：{words}", _AGAIN)

    def _noted(self, lines: Iterable[Line], sheet: str, skipped: frozenset[int]) -> Iterator[Line]:
        for line in lines:
            if self._content:
                self._content.add(sheet, line[1], skipped)
            yield line

    @staticmethod
    def _grid(sheet: _Sheet, lines: Iterable[Line]) -> Grid:
        told = [(number, [(cell[0], sheet.value(cell), *cell[2:]) for cell in cells]) for number, cells in lines]
        grid = grid_of(told, sheet.name)
        grid.lettered = sheet.lettered
        return grid

    def _rows(self, sheet: _Sheet, lines: Iterable[Line], top: int, columns: Mapping[str, int]) -> Iterator[ReviewRow]:
        offices = {columns[word] for word in OFFICE if word in columns}
        for number, cells in lines:
            if number <= top:
                continue
            if offices.isdisjoint([cell[0] for cell in cells]) and self._is_idle(cells):
                self.idle += 1
            elif row := self._row(sheet, number, cells, columns):
                yield row

    def _is_idle(self, cells: Sequence[LongCell]) -> bool:
        """Whether the key of a row says that nothing was prefilled. Not verified: the row changes nothing."""
        for cell in reversed(cells):
            text = cell[1]
            if isinstance(text, str) and text.startswith(self._own):
                base = text[len(self._own) :].split(";", 1)[0].rsplit("|", 2)
                return len(base) == 3 and base[1] == _NO_REVIEW
        return False

    def _row(
        self, sheet: _Sheet, number: int, cells: Sequence[LongCell], columns: Mapping[str, int]
    ) -> ReviewRow | None:
        by_place = {cell[0]: cell for cell in cells}
        values = {word: sheet.value(by_place[at]) if at in by_place else "" for word, at in columns.items()}
        mapped = set(columns.values())
        texts = (cell[1].strip() for cell in cells if cell[0] not in mapped and isinstance(cell[1], str))
        key = next((key for text in texts if (key := read_master_key(text, self._master.secret))), None)
        no, unit = shown(values[layout.NO]).strip(), shown(values[UNIT]).strip()
        if squeeze(no) == layout.NO or not (no or unit or key):
            return None
        places = {
            word: layout.cell_name(number, at) if sheet.lettered else f"第{number + 1}行"
            for word, at in columns.items()
        }
        source = shown(values.get(SOURCE, "")).strip()
        row = ReviewRow(number + 1, no, unit, key, source, None, (), places, sheet.name)
        broken = {
            word: by_place[at][3]
            for word, at in columns.items()
            if word in OFFICE and at in by_place and by_place[at][3]
        }
        return _read(row, {word: values.get(word, "") for word in OFFICE}, broken, self._master.period)


def _lines(grid: Grid) -> Iterator[Line]:
    for number, values in enumerate(grid.rows):
        cells = [
            (at, value, 0, grid.faults.get((number, at), ""))
            for at, value in enumerate(values)
            if value != "" or (number, at) in grid.faults
        ]
        if cells:
            yield number, cells


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
