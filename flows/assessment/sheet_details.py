"""明细: one row for each unit × criterion × month or task, with what it rests on; the points are live formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.assessment.model import Assessed, Criterion, Mark, Part, Score
from flows.assessment.sheet_tools import Grid, at
from flows.ledger.styles import Styles
from flows.periods import Period

SHEET: Final = "明细"
COLUMNS: Final = (
    ("单位", 20),
    ("类别", 9),
    ("考核项", 10),
    ("期次或任务", 12),
    ("该项满分", 9),
    ("得分率", 9),
    ("得分", 9),
    ("依据", 64),
    ("来源文件", 38),
)
_FULL, _SHARE, _POINTS = 4, 5, 6
BONUS, LOSS = "加分", "减分"
_NOT_COUNTED = "不计"


@dataclass
class Places:
    """Where the rows of each unit stand: 0-based first and last row."""

    parts: dict[tuple[str, Criterion], tuple[int, int]] = field(default_factory=dict)
    changes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def points_of(self, unit: str, criterion: Criterion) -> str:
        """A reference to the points of a criterion, '' when it has no rows."""
        return _range(self.parts.get((unit, criterion)))

    def changes_of(self, unit: str) -> str:
        """A reference to the automatic bonuses and deductions of a unit."""
        return _range(self.changes.get(unit))


def _range(rows: tuple[int, int] | None) -> str:
    return f"{SHEET}!{at(rows[0], _POINTS, fixed=True)}:{at(rows[1], _POINTS, fixed=True)}" if rows else ""


def write_details(sheet: Worksheet, styles: Styles, assessed: Assessed) -> Places:
    """Fill the sheet; tells where everything stands."""
    grid = Grid(sheet, styles, COLUMNS, centred=frozenset({1, 2, 3, _FULL, _SHARE, _POINTS}))
    places = Places()
    grid.head(0)
    row = 1
    for score in assessed.scores:
        row = _unit(grid, places, score, row)
    sheet.autofilter(0, 0, max(row - 1, 1), len(COLUMNS) - 1)
    sheet.freeze_panes(1, 1)
    grid.finish(repeat=0)
    # Formulas on 汇总 point to ranges of rows: they may be filtered, not sorted.
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    return places


def _unit(grid: Grid, places: Places, score: Score, row: int) -> int:
    for part in score.parts:
        first = row
        if part.left_out and len({mark.evidence for mark in part.marks}) < 2:
            known = (score.unit.name, score.unit.kind, part.criterion.value, "全部")
            grid.row(row, (*known, None, _NOT_COUNTED, None, f"不计：{part.left_out}", ""), opening=True)
            row += 1
            continue
        for place, mark in enumerate(part.marks):
            _mark(grid, score, part, mark, row, (first, first + len(part.marks) - 1), opening=place == 0)
            row += 1
        if part.marks:
            places.parts[score.unit.name, part.criterion] = first, row - 1
    automatic = [change for change in score.changes if not change.by_hand]
    for place, change in enumerate(automatic):
        word = BONUS if change.points > 0 else LOSS
        when = _place(change.period) if change.period else "全部"
        told = "：".join(text for text in (change.reason, change.basis) if text)
        values = (score.unit.name, score.unit.kind, word, when, None, None, float(change.points), told, "")
        grid.row(row + place, values, opening=place == 0)
    if automatic:
        places.changes[score.unit.name] = row, row + len(automatic) - 1
    return row + len(automatic)


def _mark(grid: Grid, score: Score, part: Part, mark: Mark, row: int, block: tuple[int, int], *, opening: bool) -> None:
    known = (score.unit.name, score.unit.kind, part.criterion.value, _place(mark.place))
    if mark.share is None:
        grid.row(row, (*known, None, _NOT_COUNTED, None, mark.evidence, mark.source), opening=opening)
        return
    grid.row(row, (*known, float(part.full), None, None, mark.evidence, mark.source), opening=opening)
    share = mark.share
    if share.denominator == 1:
        grid.number(row, _SHARE, int(share), "0%")
    else:
        grid.formula(row, _SHARE, f"={share.numerator}/{share.denominator}", float(share), "0.0%")
    grid.formula(row, _POINTS, _running(row, block), float(mark.points), "0.00")


def _running(row: int, block: tuple[int, int]) -> str:
    """The rounded running sum up to a row less that before it, so that the rows add up to the criterion."""
    first, last = block
    full = at(row, _FULL)
    count = f"COUNT({at(first, _SHARE, fixed=True)}:{at(last, _SHARE, fixed=True)})"

    def until(end: int) -> str:
        return f"ROUND({full}*SUM({at(first, _SHARE, fixed=True)}:{at(end, _SHARE)})/{count},2)"

    return f"=ROUND({until(row)}-{until(row - 1)},2)" if row > first else f"={until(row)}"


def _place(place: str) -> str:
    """2026年3月 for a month, 第1.2项 for a task."""
    return Period.parse(place).label if len(place) == 7 and place[4] == "-" else f"第{place}项"
