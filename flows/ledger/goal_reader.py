"""量化指标 read back from 总台账: 认定数 and 说明 of the office, wherever rows and columns have gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.ledger import layout
from flows.ledger.forms.grid import Grid, Value, header_word
from flows.ledger.goal_key import GoalKey, read_goal_key
from flows.ledger.master_goals import GOAL_OFFICE, NOTE, SET, TARGET
from flows.ledger.values import is_nothing, read_text, shown, squeeze
from flows.problems import Problem

UNIT: Final = "单位"
_WORDS: Final = frozenset({layout.NO, UNIT, TARGET, *GOAL_OFFICE})
_HEADER_SEARCH: Final = 50
_WIDE: Final = str.maketrans("０１２３４５６７８９．％，", "0123456789.%,")


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One row. ``value`` is what stands under 认定数, None when empty; ``fault`` when it cannot be read."""

    row: int
    no: str
    unit: str
    target: str
    """As it stands there."""
    key: GoalKey | None
    value: float | None
    note: str
    fault: Problem | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    def problem(self, header: str, message: str, cure: str, found: str = "") -> Problem:
        """A fault in one cell of this row."""
        return Problem(message, cure, self.cells.get(header), self.sheet, field=header, found=found)

    @property
    def wants(self) -> bool:
        """Whether the office has written anything in the row."""
        return self.fault is not None or self.value is not None or bool(self.note)


def columns_in(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """The header row of the table and its columns; None for another kind of sheet."""
    for number, cells in enumerate(grid.rows[:_HEADER_SEARCH]):
        columns: dict[str, int] = {}
        for place, value in enumerate(cells):
            if (word := header_word(value)) in _WORDS:
                columns.setdefault(word, place)
        if {layout.NO, UNIT, TARGET, SET} <= set(columns):
            return number, columns
    return None


def read_goals(grid: Grid, secret: bytes) -> Iterator[GoalRow]:
    """Every row of the table that names a task; nothing for another kind of sheet."""
    found = columns_in(grid)
    if found is None:
        return
    top, columns = found
    for number in range(top + 1, len(grid.rows)):
        cells = grid.rows[number]
        values = {word: cells[place] if place < len(cells) else "" for word, place in columns.items()}
        keys = (read_goal_key(cell.strip(), secret) for cell in cells if isinstance(cell, str) and cell)
        key = next((each for each in keys if each), None)
        no, unit = shown(values[layout.NO]).strip(), shown(values[UNIT]).strip()
        if not unit and key is None:
            continue
        places = {
            word: layout.cell_name(number, place) if grid.lettered else f"第{number + 1}行"
            for word, place in columns.items()
        }
        row = GoalRow(number + 1, no, unit, shown(values[TARGET]).strip(), key, None, "", None, places, grid.name)
        yield _read(row, values, grid.faults.get((number, columns[SET]), ""))


def _read(row: GoalRow, values: Mapping[str, Value], broken: str) -> GoalRow:
    written = values[SET]
    text = squeeze(shown(written)).translate(_WIDE).replace(",", "")
    note = read_text(values.get(NOTE, ""))
    known = (row.row, row.no, row.unit, row.target, row.key)
    if not broken and is_nothing(text):
        return GoalRow(*known, None, note, None, row.cells, row.sheet)
    number = text.rstrip("%次场件个项条篇期")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if broken or value < 0 or value > 1e12 or value != value:
        message = f"{SET}“{broken or shown(written).strip()}”不是数"
        cure = "请只写数字，如 3；比率如 60%"
        fault = row.problem(SET, message, cure, shown(written))
        return GoalRow(*known, None, note, fault, row.cells, row.sheet)
    if row.target.endswith("%") or "%" in row.target or "％" in row.target or "百分" in row.target:
        # A cell that shows 60% holds 0.6.
        value = value * 100 if not isinstance(written, str) and 0 < value <= 1 else value
    return GoalRow(*known, value, note, None, row.cells, row.sheet)
