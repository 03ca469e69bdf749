"""What the sheets of the 年报数据 workbook share: number cells, heads, the official table's frame, colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.annual import layout
from flows.annual.format import FEE, Role, Table
from flows.annual.layout import ALL_ZERO, Spot
from flows.annual.live import FITS, Entries, Live, balance, named
from flows.annual.model import NOT_APPLICABLE, AnnualBook
from flows.annual.sums import Balance
from flows.ledger.cells import write_comment
from flows.ledger.identity import row_key
from flows.ledger.styles import FAULT_FILL, FAULT_INK, HEAD_FACE, INPUT_FILL, Styles
from flows.ledger.text import clean

RIGHT_INK: Final = "#00803C"
_INAPPLICABLE: Final = ("/", "-", "—", "无", "不适用")
_ROLES: Final[dict[Role, dict[str, Any]]] = {
    Role.BLOCK: {"align": "center", "bold": True, "bg_color": "#F2F2F2"},
    Role.HEAD: {"align": "center", "bg_color": "#D9E2F3", "font_name": HEAD_FACE},
    Role.NOTE: {"align": "center", "bg_color": "#D9E2F3", "font_size": 9},
    Role.LABEL: {"align": "left"},
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the cells that a unit fills in; empty for a fresh workbook."""

    entries: Entries = field(default_factory=dict)
    """Number cells and fees by key."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Parts, reasons (by slot), 填报人 and 联系电话."""
    declared: frozenset[int] = frozenset()
    """Sections whose empty cells were declared to be 0."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Key → comment on a cell that has to be corrected."""
    faulty: Mapping[str, str] = field(default_factory=dict)
    """Key → condition under which such a cell is still as it was."""
    front: Callable[[Workbook, Styles], None] | None = None
    """Adds a sheet before all others."""


@dataclass(frozen=True, slots=True)
class Room:
    """One sheet being written."""

    sheet: Worksheet
    styles: Styles
    book: AnnualBook
    filled: Filled

    def number(self, key: str, spot: Spot, across: int = 1) -> None:
        """An input cell for a number, with what stands in it; ``across``: over how many columns it is merged."""
        note = self.filled.notes.get(key)
        look: dict[str, Any] = {"align": "center", "locked": False, "bg_color": FAULT_FILL if note else INPUT_FILL}
        look["num_format"] = "0.######" if key == FEE or key.startswith("6.") else "0"
        if note:
            look |= {"bold": True, "font_color": FAULT_INK}
        style = self.styles.cell(**look)
        if across > 1:
            self.sheet.merge_range(spot.row, spot.column, spot.row, spot.column + across - 1, "", style)
        entry = self.filled.entries.get(key, "")
        if isinstance(entry, str):
            text = clean(entry)
        elif entry.number is not None:
            self.sheet.write_number(spot.row, spot.column, float(entry.number), style)
            text = None
        else:
            text = entry.shown
        if text:
            self.sheet.write_string(spot.row, spot.column, text, style)
        elif text == "":
            self.sheet.write_blank(spot.row, spot.column, None, style)
        if note:
            self._mark(key, spot, note)

    def text(self, key: str, spot: Spot, *, across: int = 1, **look: Any) -> None:
        """An input cell for a text."""
        note = self.filled.notes.get(key)
        fill = FAULT_FILL if note else INPUT_FILL
        style = self.styles.cell(**({"align": "left", "locked": False, "bg_color": fill, "num_format": "@"} | look))
        text = clean(self.filled.texts.get(key, ""))
        if across > 1:
            self.sheet.merge_range(spot.row, spot.column, spot.row, spot.column + across - 1, "", style)
        if text:
            self.sheet.write_string(spot.row, spot.column, text, style)
        else:
            self.sheet.write_blank(spot.row, spot.column, None, style)
        if note:
            self._mark(key, spot, note)

    def _mark(self, key: str, spot: Spot, note: str) -> None:
        """The comment of a faulty cell, and its red taken off once somebody has done something about it."""
        write_comment(self.sheet, spot.row, spot.column, note)
        if key in self.filled.faulty:
            look = self.styles.differential(bg_color=INPUT_FILL, font_color="#000000")
            rule = {"type": "formula", "criteria": f"=NOT({self.filled.faulty[key]})", "format": look}
            self.sheet.conditional_format(spot.row, spot.column, spot.row, spot.column, rule)

    def span(self, row: int, first: int, last: int, text: str, style: object) -> None:
        """A text over several columns."""
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", style)
        self.sheet.write_string(row, first, clean(text), style)

    def live(self, spot: Spot, live: Live, last_column: int | None = None, **look: Any) -> None:
        """A check cell: green when it fits, red when it does not."""
        style = self.styles.cell(**({"align": "center", "bg_color": "#F7F7F7", "bold": True} | look))
        last = spot.column if last_column is None else last_column
        if last > spot.column:
            self.sheet.merge_range(spot.row, spot.column, spot.row, last, "", style)
        self.sheet.write_formula(spot.row, spot.column, live.formula, style, live.shown)
        self.traffic(spot)

    def traffic(self, spot: Spot) -> None:
        """Colours of a check cell."""
        cell = named(spot)
        for test, ink in (
            (f'=LEFT({cell},1)="{FITS}"', {"font_color": RIGHT_INK}),
            (f'=AND({cell}<>"",LEFT({cell},1)<>"{FITS}",LEFT({cell},1)<>"已")', {"font_color": FAULT_INK}),
        ):
            rule = {"type": "formula", "criteria": test, "format": self.styles.differential(**ink)}
            self.sheet.conditional_format(spot.row, spot.column, spot.row, spot.column, rule)

    def head(self, table: Table, last: int) -> None:
        """The title and the line with unit and deadline."""
        big = self.styles.get(font_name=HEAD_FACE, font_size=16, align="center")
        self.span(layout.HEAD_ROW, 0, last, layout.sheet_title(table, self.book.year), big)
        self.sheet.set_row(layout.HEAD_ROW, 32)
        unit = f"{layout.UNIT}：{self.book.identity.unit}"
        line = f"{unit}　　{layout.YEAR}：{self.book.year}年　　{layout.REPLY_BY}：{self.book.reply_by}"
        self.span(layout.UNIT_ROW, 0, last, line, self.styles.get(align="left"))
        self.sheet.set_row(layout.UNIT_ROW, 20)
        self.sheet.set_row(layout.DECLARE_ROW, 24)
        band = self.styles.cell(align="left", bg_color=INPUT_FILL, font_color=FAULT_INK)
        self.span(layout.DECLARE_ROW + 1, 0, last, "只填浅黄色的格子。是零填 0，没有这项职责的填 /（先双击格子）", band)
        self.sheet.set_row(layout.DECLARE_ROW + 1, 20)

    def declaration(self, section: int, label_to: int, check_from: int, last: int, live: Live) -> None:
        """没有填的格子 with its list, and 填报检查 beside it; its label fills the columns up to the sentence."""
        row = layout.DECLARE_ROW
        label = self.styles.cell(align="center", font_name=HEAD_FACE)
        self.span(row, 0, label_to, layout.DECLARE, label)
        spot = layout.DECLARE_SPOTS[section]
        style = self.styles.cell(align="center", locked=False, bg_color=INPUT_FILL)
        if check_from - 1 > spot.column:
            self.sheet.merge_range(row, spot.column, row, check_from - 1, "", style)
        self.sheet.write(row, spot.column, ALL_ZERO if section in self.filled.declared else None, style)
        choice = {
            "validate": "list",
            "source": [ALL_ZERO],
            "input_title": layout.DECLARE,
            "input_message": "其余空着的格子确实都是 0 的，选“都是0”；不选的，每格都要填",
            "error_title": layout.DECLARE,
            "error_message": f"只能选“{ALL_ZERO}”，或者空着",
        }
        self.sheet.data_validation(row, spot.column, row, spot.column, choice)
        told = layout.SUMMARY_SPOTS[layout.SHEETS[section]]
        self.span(row, check_from, told.column - 1, layout.CHECK, label)
        self.live(told, live, last, align="left")

    def frame(self, table: Table) -> None:
        """The official table: heads and labels locked, number cells open."""
        left = layout.left_of(table)
        for cell in table.cells:
            row, column = layout.TABLE_ROW + cell.row, left + cell.column
            if cell.role is Role.NUMBER:
                self.number(cell.key, layout.NUMBER_SPOTS[cell.key], cell.across)
                continue
            style = self.styles.cell(**_ROLES[cell.role])
            if cell.down > 1 or cell.across > 1:
                last = row + cell.down - 1, column + cell.across - 1
                self.sheet.merge_range(row, column, *last, "", style)
            self.sheet.write_string(row, column, cell.text, style)

    def check_numbers(self, first: Spot, last: Spot, *, whole: bool = True) -> None:
        """While typing: whole numbers from 0 on (or any, for money) and the signs for 不适用; other texts turn red."""
        cell = named(first)
        signs = ",".join(f'{cell}="{sign}"' for sign in _INAPPLICABLE)
        # IF before AND: AND() looks at all its parts, and INT() of a text is an error.
        number = f"IF(ISNUMBER({cell}),AND({cell}>=0{f',{cell}=INT({cell})' if whole else ''}),FALSE)"
        rule = {
            "validate": "custom",
            "value": f"=OR({number},{signs})",
            "error_title": "这里填数",
            "error_message": f"请填 0 或{'正整数' if whole else '正数'}；没有这项职责的填 {NOT_APPLICABLE}",
        }
        self.sheet.data_validation(first.row, first.column, last.row, last.column, rule)
        wrong = {
            "type": "formula",
            "criteria": f'=AND({cell}<>"",NOT({number}),NOT(OR({signs})))',
            "format": self.styles.differential(bg_color=FAULT_FILL, font_color=FAULT_INK),
        }
        self.sheet.conditional_format(first.row, first.column, last.row, last.column, wrong)

    def balance(self, check: Balance, awaited: tuple[str, ...]) -> Live:
        """The live check of a balance, shown once the cells of ``awaited`` are filled in."""
        section = int(check.left[0][0])
        declared = layout.DECLARE_SPOTS[section]
        entries = self.filled.entries
        return balance(check, awaited, layout.NUMBER_SPOTS, entries, declared, section in self.filled.declared)

    def row_keys(self, secret: bytes, column: int, section: int) -> None:
        """The signed key of each row, in a hidden column."""
        style = self.styles.get(font_color="#FFFFFF")
        for name, (table, row) in layout.ROW_NAMES.items():
            if table.section == section:
                key = row_key(self.book.identity, name, secret)
                self.sheet.write_string(layout.TABLE_ROW + row, column, key, style)
        self.sheet.set_column(column, column, 9, None, {"hidden": True})

    def finish(self, last_row: int, last_column: int, *, landscape: bool) -> None:
        """Protection and print."""
        # No password: it would protect nothing and only annoy.
        self.sheet.protect("", {"format_columns": True, "format_rows": True})
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.print_area(0, 0, last_row, last_column)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.center_horizontally()
        unit = clean(self.book.identity.unit).replace("&", "&&").replace("\n", " ")[:60]
        self.sheet.set_footer(f"&L{unit}&C第 &P 页，共 &N 页&R{self.book.year}年")
        self.sheet.hide_gridlines(2)


def open_room(workbook: Workbook, styles: Styles, book: AnnualBook, filled: Filled, place: tuple[str, str]) -> Room:
    """A new sheet with this name and colour of its tab."""
    name, colour = place
    sheet = workbook.add_worksheet(name)
    sheet.set_tab_color(colour)
    return Room(sheet, styles, book, filled)
