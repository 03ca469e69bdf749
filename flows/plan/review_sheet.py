"""The sheets of a review workbook as the office left them: cells by column name, and the plan as once imported."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.plan.carried import Carried
from flows.plan.deadlines import read_deadline
from flows.plan.documents.excel import read_sheets
from flows.plan.documents.grid import Sheet, Value, as_text
from flows.plan.model import Doubt, Item, Plan
from flows.plan.review_layout import ASSIGNED, CHOICES, HELP, IMPORTED, LOOKBACK, NAMES, TASKS
from flows.plan.review_state import Change, Renumbering
from flows.problems import Problem, UserError

_NEEDED = {"任务编号", "具体要求"}
_TOLD_ONLY = (ASSIGNED, HELP, CHOICES, LOOKBACK)
"""Written for people to look at. 分工 has a cell for every unit and item: 60,000 of them in a big office."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the hidden sheet keeps; ``plan`` is None when the sheet is gone or damaged."""

    plan: Plan | None = None
    doubts: tuple[Doubt, ...] = ()
    layout: int = 0
    token: str = ""
    """Tells this writing of the workbook from every other."""
    reading: Plan | None = None
    roster_doubts: frozenset[Doubt] = frozenset()
    kept_doubts: frozenset[Doubt] = frozenset()
    settled: tuple[Doubt, ...] = ()
    cancelled: tuple[Item, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    pending: tuple[Renumbering, ...] = ()
    carried: tuple[Carried, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def items(self) -> dict[str, Item]:
        """Every item that was written, in order, cancelled ones last."""
        return {item.no: item for item in (*(self.plan.items if self.plan else ()), *self.cancelled)}


class Grid:
    """A sheet with named columns. ``rows`` are the numbers of the rows that hold anything."""

    def __init__(self, sheet: Sheet, head: int, columns: dict[str, int]) -> None:
        self.sheet = sheet
        self.columns = columns
        self._merged = {
            (row, column): (top, left)
            for top, left, bottom, right in sheet.merges
            for row in range(top, min(bottom, sheet.height) + 1)
            for column in range(left, min(right, sheet.width) + 1)
        }
        used = {row for row, column in sheet.values if row > head and column in columns.values()}
        self.rows = sorted(used)

    def has(self, name: str) -> bool:
        """The office has not deleted this column."""
        return name in self.columns

    def value(self, row: int, name: str) -> Value:
        """A cell as stored; inside a merge the value of the whole merge."""
        if name not in self.columns:
            return None
        place = (row, self.columns[name])
        return self.sheet.values.get(self._merged.get(place, place))

    def text(self, row: int, name: str) -> str:
        """A cell as text, '' when it is blank."""
        return as_text(self.value(row, name)).strip()

    def problem(self, row: int, name: str, message: str, cure: str) -> Problem:
        """A fault in one cell, with its address."""
        cell = f"{_letters(self.columns[name])}{row}" if name in self.columns else None
        return Problem(message, cure, cell=cell, sheet=self.sheet.name, found=self.text(row, name))


def open_sheets(path: Path) -> dict[str, Sheet]:
    """The sheets that say anything, by name; UserError when the file is missing, open elsewhere or no workbook."""
    if not path.is_file():
        raise UserError(f"找不到 {path}", "请先运行 taizhang import 读入工作要点")
    try:
        return {sheet.name: sheet for sheet in read_sheets(path, without=_TOLD_ONLY)}
    except PermissionError:
        raise UserError(f"{path.name} 打不开", "文件可能正被其他程序打开，请关闭后再试") from None


def task_grid(sheets: dict[str, Sheet], name: str) -> Grid:
    """The sheet of tasks: the one of that name, or another that has its header row."""
    ordered = sorted(sheets.values(), key=lambda sheet: sheet.name != TASKS)
    for sheet in ordered:
        grid = grid_of(sheet, NAMES, _NEEDED)
        if grid is not None:
            return grid
    raise UserError(
        f"{name} 里没有“{TASKS}”的表头", f"表头应有：{'、'.join(NAMES)}；请恢复表头，或重新运行 taizhang import"
    )


def grid_of(sheet: Sheet, names: tuple[str, ...], needed: set[str]) -> Grid | None:
    """The sheet with its columns found by their words in one of the first rows; None without the needed ones."""
    for row in range(1, min(sheet.height, 10) + 1):
        texts = {column: sheet.text(row, column).strip() for (at, column) in sheet.values if at == row}
        columns = {text: column for column, text in sorted(texts.items(), reverse=True) if text in names}
        if needed <= set(columns):
            return Grid(sheet, row, columns)
    return None


def read_record(sheets: dict[str, Sheet]) -> Record:
    """What the writer kept; an empty record when the hidden sheet is gone or no longer whole."""
    sheet = sheets.get(IMPORTED)
    if sheet is None:
        return Record()
    try:
        return _record(json.loads("".join(sheet.text(row, 1) for row in range(1, sheet.height + 1))))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Record()


def _record(data: dict[str, Any]) -> Record:
    plan = Plan.from_dict(data["plan"])
    written = [(_doubt(kept), kept) for kept in data["doubts"]]
    reading = data.get("reading")
    return Record(
        plan=plan,
        doubts=tuple(doubt for doubt, _ in written),
        layout=data["layout"],
        token=data.get("token", ""),
        reading=Plan.from_dict(reading) if reading else plan,
        roster_doubts=frozenset(doubt for doubt, kept in written if kept.get("roster")),
        kept_doubts=frozenset(doubt for doubt, kept in written if kept.get("kept")),
        settled=tuple(_doubt(kept) for kept in data.get("settled", ())),
        cancelled=tuple(Item.from_dict(item) for item in data.get("cancelled", ())),
        marks=data.get("marks", {}),
        pending=tuple(Renumbering(**moved) for moved in data.get("pending", ())),
        carried=tuple(Carried.from_dict(each) for each in data.get("carried", ())),
        changes=tuple(Change(**each) for each in data.get("changes", ())),
    )


def _doubt(data: dict[str, Any]) -> Doubt:
    return Doubt(data["no"], data["field"], data["text"], data["message"], tuple(data.get("choices", ())))


def day_of(value: Value) -> date | None:
    """A date as people leave it in a cell: a date, a serial number, 2026-10-31, 2026年10月31日, 20261031; else None."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 36526 <= value < 73415:
        value = date(1899, 12, 30) + timedelta(days=int(value))
    if not isinstance(value, date):
        text = as_text(value).strip()
        if not any(mark in text for mark in ("日", "-", "/", ".")) and not (text.isdigit() and len(text) == 8):
            return None
        read = read_deadline(text, 1)
        value = read.due if read.due and not read.doubts and str(read.due.year) in text else None
        if value is None or str(value.day) not in text:
            return None
    return value if 2000 <= value.year <= 2100 else None


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
