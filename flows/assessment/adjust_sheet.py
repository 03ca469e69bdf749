"""加减分: the sheet that the office fills in, read back wherever its rows and columns have gone; faults with cells."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from flows.assessment.model import Adjustment, is_whole_year
from flows.ledger.forms.grid import Grid, Value, header_word
from flows.ledger.forms.opening import read_book
from flows.ledger.layout import cell_name
from flows.ledger.safety import RefusedError
from flows.ledger.values import shown, squeeze
from flows.periods import Period
from flows.problems import Problem, UserError

SHEET: Final = "加减分"
KEY_SHEET: Final = "标识"
UNIT, POINTS, REASON, BASIS, PERIOD, REMARK = "单位", "分值", "理由", "依据", "期次", "说明"
COLUMNS: Final = (UNIT, POINTS, REASON, BASIS, PERIOD, REMARK)
VETO: Final = "一票否决"
_NEEDED: Final = frozenset({UNIT, POINTS, REASON})
_NUMBER: Final = re.compile(r"([+-]?)(加|扣|减)?(\d{1,4}(?:\.\d{1,2})?)分?")
_HEADER_SEARCH: Final = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in a workbook's 加减分."""

    lines: Mapping[str, Adjustment]
    """Cell of the row's unit → the line."""
    problems: tuple[Problem, ...] = ()
    faulty: tuple[tuple[str, ...], ...] = ()
    """Rows that could not be taken, as they stand, by COLUMNS; 说明 says why."""
    plan: str = ""
    """Of the workbook it stands in; '' for a list that the office made itself."""
    first: str = ""
    last: str = ""
    before: tuple[Adjustment, ...] = ()
    """The lines it had when it was written."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lines are held against."""

    units: Mapping[str, str]
    """Squeezed name or alias → name."""
    first: Period
    last: Period

    @property
    def is_year(self) -> bool:
        """Whether a line may stand for the whole year."""
        return is_whole_year(self.first, self.last)


def read_sheet(data: bytes, name: str, terms: Terms) -> Sheet:
    """Read every row of 加减分; UserError when the file cannot be read or has no such table."""
    try:
        grids = list(read_book(data).grids)
    except RefusedError as refused:
        raise UserError(f"“{name}”没有读：{refused.reason}", "请用 Excel 另存为 .xlsx 后再试") from None
    visible = [(grid, found) for grid in grids if grid.visible and (found := _header(grid))]
    if not visible:
        raise UserError(f"“{name}”里找不到加减分的表头", f"表头应有：{UNIT}、{POINTS}、{REASON}、{BASIS}、{PERIOD}")
    lines: dict[str, Adjustment] = {}
    problems: list[Problem] = []
    faulty: list[tuple[str, ...]] = []
    for grid, (top, columns) in visible:
        for number in range(top + 1, len(grid.rows)):
            cells = {word: _cell(grid.rows[number], place) for word, place in columns.items()}
            if not any(shown(cells.get(word, "")).strip() for word in (UNIT, POINTS, REASON, BASIS)):
                continue
            row = _Row(grid.name, number, columns, cells, terms)
            line = row.line()
            if line in lines.values():
                row.say_again()
            elif line:
                lines[row.cell(UNIT)] = line
            if row.problems:
                problems += row.problems
                told = "未计入：" + "；".join(problem.message for problem in row.problems)
                faulty.append((*(shown(cells.get(word, "")).strip() for word in COLUMNS[:-1]), told))
    head, before = _key(grids)
    return Sheet(
        lines,
        tuple(problems),
        tuple(faulty),
        head.get("plan", ""),
        head.get("first", ""),
        head.get("last", ""),
        before,
    )


def key_rows(plan: str, first: Period, last: Period, lines: Sequence[Adjustment]) -> list[str]:
    """The texts of the hidden sheet: whose workbook it is, and the lines that it shows."""
    head = json.dumps({"plan": plan, "first": str(first), "last": str(last)}, ensure_ascii=False)
    return [head, *(json.dumps(_as_list(line), ensure_ascii=False) for line in lines)]


def _as_list(line: Adjustment) -> list[str]:
    return [line.unit, "" if line.points is None else str(line.points), line.reason, line.basis, line.period]


def _key(grids: Sequence[Grid]) -> tuple[dict[str, str], tuple[Adjustment, ...]]:
    """The hidden sheet; empty when it is gone: then nothing counts as taken out."""
    grid = next((grid for grid in grids if grid.name == KEY_SHEET), None)
    texts = [shown(row[0]) for row in grid.rows if row] if grid else []
    try:
        head: dict[str, str] = json.loads(texts[0]) if texts else {}
        found = []
        for text in texts[1:]:
            if text:
                unit, points, reason, basis, period = json.loads(text)
                found.append(Adjustment(unit, Decimal(points) if points else None, reason, basis, period))
    except (ValueError, TypeError, ArithmeticError):
        return {}, ()
    return (head, tuple(found)) if isinstance(head, dict) else ({}, ())


def _header(grid: Grid) -> tuple[int, dict[str, int]] | None:
    for number, cells in enumerate(grid.rows[:_HEADER_SEARCH]):
        columns: dict[str, int] = {}
        for place, value in enumerate(cells):
            word = header_word(value)
            if word in COLUMNS:
                columns.setdefault(word, place)
        if set(columns) >= _NEEDED:
            return number, columns
    return None


def _cell(cells: Sequence[Value], place: int) -> Value:
    return cells[place] if place < len(cells) else ""


class _Row:
    """One line being read."""

    def __init__(
        self, sheet: str, number: int, columns: Mapping[str, int], cells: Mapping[str, Value], terms: Terms
    ) -> None:
        self.sheet, self.number, self.columns, self.cells, self.terms = sheet, number, columns, cells, terms
        self.problems: list[Problem] = []

    def cell(self, word: str) -> str:
        """A1 reference."""
        return cell_name(self.number, self.columns.get(word, self.columns[UNIT]))

    def line(self) -> Adjustment | None:
        """The line, None with its problems."""
        unit = self._unit()
        points, veto = self._points()
        reason = self._text(REASON)
        if not reason:
            self._fault(REASON, "没有写理由", "加减分都要写明理由")
        period = self._period()
        if self.problems or unit is None:
            return None
        return Adjustment(unit, None if veto else points, reason, self._text(BASIS), period)

    def say_again(self) -> None:
        """The same line stands above."""
        self._fault(REASON, "和上面一行完全相同，只计一次", "确有两次的，请在理由或依据里写明不同之处")

    def _text(self, word: str) -> str:
        return " ".join(shown(self.cells.get(word, "")).split())

    def _fault(self, word: str, message: str, cure: str) -> None:
        self.problems.append(Problem(message, cure, self.cell(word), self.sheet, field=word, found=self._text(word)))

    def _unit(self) -> str | None:
        text = self._text(UNIT)
        name = self.terms.units.get(squeeze(text))
        if name is None:
            said = f"单位名录里没有“{text}”" if text else "没有写单位"
            self._fault(UNIT, said, "请写名录里的单位名称或别名")
        return name

    def _points(self) -> tuple[Decimal | None, bool]:
        """The points, or (None, True) for 一票否决."""
        text = squeeze(unicodedata.normalize("NFKC", self._text(POINTS))).replace("−", "-").replace("—", "-")
        if text in (VETO, "否决"):
            return None, True
        found = _NUMBER.fullmatch(text)
        if not found:
            self._fault(POINTS, f"分值“{self._text(POINTS)}”看不懂", f"加分写 2，减分写 -2，或写{VETO}")
            return None, False
        value = Decimal(found[3])
        if not value:
            self._fault(POINTS, "分值是 0", f"加分写 2，减分写 -2，或写{VETO}")
        return (-value if found[1] == "-" or found[2] in ("扣", "减") else value), False

    def _period(self) -> str:
        value = self.cells.get(PERIOD, "")
        if not shown(value).strip():
            if self.terms.is_year:
                return ""
            if self.terms.first == self.terms.last:
                return str(self.terms.first)
            self._fault(PERIOD, "没有写期次", f"请写成 {self.terms.last} 这样的年月")
            return ""
        try:
            period = Period.of(value) if isinstance(value, date) else Period.parse(self._text(PERIOD))
        except UserError as error:
            self._fault(PERIOD, error.message, error.hint)
            return ""
        if not self.terms.first <= period <= self.terms.last:
            self._fault(
                PERIOD, f"期次{period}不在考核范围内", f"请写 {self.terms.first} 到 {self.terms.last} 之间的年月"
            )
        return str(period)
