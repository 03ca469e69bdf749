"""What the sheets of 考核得分表 share: bordered rows as high as their texts, numbers, live formulas, page set-up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger.layout import cell_name, column_name
from flows.ledger.styles import Styles
from flows.ledger.text import ROW_LIMIT, clean, height_of, lines_needed

Cell = str | int | float | Decimal | None
_SIZE: Final = 10.0
_STRONG: Final = "#7F7F7F"


def at(row: int, column: int, *, fixed: bool = False) -> str:
    """A1 or $A$1 of a 0-based place."""
    return f"${column_name(column)}${row + 1}" if fixed else cell_name(row, column)


class Grid:
    """A table on a sheet; ``centred`` are 0-based columns."""

    def __init__(
        self,
        sheet: Worksheet,
        styles: Styles,
        columns: Sequence[tuple[str, float]],
        *,
        centred: frozenset[int] = frozenset(),
    ) -> None:
        self.sheet, self.styles, self.columns, self.centred = sheet, styles, columns, centred
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        self._opening: dict[int, bool] = {}
        self._looks: dict[tuple[Any, ...], Any] = {}

    def head(self, row: int) -> None:
        """The header row."""
        lines = 1
        for place, (word, width) in enumerate(self.columns):
            self.sheet.write_string(row, place, word, self.styles.head())
            lines = max(lines, lines_needed(word, width, _SIZE))
        self.sheet.set_row(row, max(26.0, height_of(lines, _SIZE)))

    def look(self, row: int, column: int, **more: Any) -> Any:
        """The format of a cell."""
        opening = self._opening.get(row, False)
        key = (column in self.centred, opening, *more.items())
        if key not in self._looks:
            base: dict[str, Any] = {"align": "center" if column in self.centred else "left"}
            if opening:
                base |= {"top": 1, "top_color": _STRONG}
            self._looks[key] = self.styles.cell(**(base | more))
        return self._looks[key]

    def row(self, row: int, values: Sequence[Cell], *, opening: bool = False, **more: Any) -> None:
        """One row from the first column on; ``opening``: a stronger line above it, where a group begins."""
        self._opening[row] = opening
        height = 20.0
        for column, (value, (_, width)) in enumerate(zip(values, self.columns, strict=True)):
            look = self.look(row, column, **more)
            if value is None or value == "":
                self.sheet.write_blank(row, column, None, look)
            elif isinstance(value, str):
                text = clean(value)
                height = max(height, height_of(lines_needed(text, width, _SIZE), _SIZE))
                self.sheet.write_string(row, column, text, look)
            else:
                whole = isinstance(value, int)
                self.sheet.write_number(
                    row, column, float(value), self.look(row, column, num_format="0" if whole else "0.00", **more)
                )
        self.sheet.set_row(row, min(height, ROW_LIMIT))

    def number(self, row: int, column: int, value: float, form: str) -> None:
        """A number in a row that has been written."""
        self.sheet.write_number(row, column, value, self.look(row, column, num_format=form))

    def formula(self, row: int, column: int, formula: str, value: float | str, form: str = "General", **m: Any) -> None:
        """A formula with the value that it has, for programs that do not count."""
        self.sheet.write_formula(row, column, formula, self.look(row, column, num_format=form, **m), value)

    def finish(self, *, repeat: int | None = None, portrait: bool = False) -> None:
        """A4, one page wide, pages numbered."""
        sheet = self.sheet
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
