"""The correction workbook: 年报数据 once more with what the unit wrote, faults red, and a list of them in front.

It is made new, never by changing the unit's file, and can itself be corrected and returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.annual import layout
from flows.annual.format import FEES, KEYS, PARTS
from flows.annual.layout import SPOTS, Spot, check_spots
from flows.annual.live import GAP, Entry, absolute, named, unchanged
from flows.annual.model import AnnualBook, AnnualReturned, Filing, Mark
from flows.annual.rules import SLOTS
from flows.annual.sheet_tools import Filled
from flows.annual.workbook import render_annual, title_of
from flows.files import write_file
from flows.ledger.places import join_cells
from flows.ledger.styles import FAULT_INK, HEAD_FACE, Styles
from flows.ledger.text import ROW_LIMIT, clean, height_of, lines_needed
from flows.ledger.values import short

_LIST: Final = (("序号", 6), ("工作表", 13), ("单元格", 16), ("现在填的是", 18), ("哪里不对", 66), ("怎样改", 50))
_BALANCES: Final = frozenset({"R3.1", "R3.2", "R3.3", "R4.1"})
_MOST: Final = 8
"""Cells that a line of the list names; the first one is the link."""


def write_annual_correction(book: AnnualBook, returned: AnnualReturned, path: Path, secret: bytes) -> None:
    """Write the workbook that goes back to the unit: ``book`` as it was issued, ``returned`` the verdict."""
    write_file(path, annual_correction(book, returned, secret))


def annual_correction(book: AnnualBook, returned: AnnualReturned, secret: bytes) -> bytes:
    """The correction workbook as bytes."""
    filing = returned.filing or Filing(book.identity.unit, book.year)
    entries: dict[str, Entry] = {key: filing.tables[key] for key in KEYS}
    entries |= {key: filing.narrative.fee(key) for key, _ in FEES}
    texts = {part.key: filing.narrative.text(part.key) for part in PARTS}
    texts |= {slot: filing.reasons.get(slot, "") for slot in SLOTS}
    texts |= {layout.FILLER: filing.filler or book.filler, layout.PHONE: filing.phone or book.phone}
    lines = [_Line.of(mark) for mark in returned.marks]
    notes: dict[str, str] = {}
    for mark, line in zip(returned.marks, lines, strict=True):
        for key in line.keys:
            notes[key] = f"{notes[key]}\n\n{line.note}" if key in notes else line.note
        if len(mark.keys) == 1 and mark.problem.found and mark.keys[0] in entries:
            key, entry = mark.keys[0], entries[mark.keys[0]]
            if not isinstance(entry, str) and entry.is_blank:
                # What could not be read stands there again as a text, so that the unit sees what it wrote.
                entries[key] = mark.problem.found
    faulty = _faulty(lines, entries, texts)
    declared = frozenset(int(key[0]) for key in filing.declared)

    def front(workbook: Workbook, styles: Styles) -> None:
        _write_list(workbook, styles, book, lines)

    return render_annual(book, secret, Filled(entries, texts, declared, notes, faulty, front))


def _faulty(lines: list[_Line], entries: Mapping[str, Entry], texts: Mapping[str, str]) -> dict[str, str]:
    """Key → condition under which its cell stays red: none of the cells of one of its problems has been changed."""
    conditions: dict[str, list[str]] = {}
    for line in lines:
        for key in line.keys:
            # A blank is filled in by itself; cells that do not fit together are settled by changing one of them.
            about = line.keys if len(line.keys) <= _MOST else (key,)
            here = [other for other in about if SPOTS[other].sheet == SPOTS[key].sheet]
            same = [unchanged(SPOTS[other], entries.get(other, texts.get(other, ""))) for other in here]
            if line.mark.rule in _BALANCES:
                # Settled, too, when another number of the sum was changed: the live checks beside tell.
                signs = (f'LEFT({absolute(spot)},1)="{GAP}"' for spot in check_spots(key))
                same.append(f"OR({','.join(signs)})")
            conditions.setdefault(key, []).append(f"AND({','.join(same)})" if len(same) > 1 else same[0])
    return {key: f"OR({','.join(several)})" if len(several) > 1 else several[0] for key, several in conditions.items()}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the list: a problem and the cells of the new workbook that it is about."""

    mark: Mark
    keys: tuple[str, ...]
    spots: tuple[Spot, ...]

    @classmethod
    def of(cls, mark: Mark) -> _Line:
        """Only cells that the unit fills in can be marked; blanks of a table are shown by the first of them."""
        keys = tuple(key for key in mark.keys if key in SPOTS)
        if mark.rule == "R3.6":
            keys = keys[:1]  # the text; the table may well be right
        return cls(mark, keys, tuple(SPOTS[key] for key in keys))

    @property
    def note(self) -> str:
        """The cell's comment."""
        cure = f"\n{self.mark.problem.cure}。" if self.mark.problem.cure else ""
        return f"{self.mark.problem.message}。{cure}"

    @property
    def sheet(self) -> str:
        """The sheet of the new workbook to look at."""
        return self.spots[0].sheet if self.spots else self.mark.problem.sheet or ""

    @property
    def cells(self) -> str:
        """The cells, of many only the first."""
        names = [named(spot) for spot in self.spots if spot.sheet == self.sheet]
        shown = join_cells(names[:_MOST]) or ""
        return f"{shown} 等 {len(names)} 格" if len(names) > _MOST else shown


def _write_list(workbook: Workbook, styles: Styles, book: AnnualBook, lines: list[_Line]) -> None:
    sheet = workbook.add_worksheet(layout.CORRECTION_SHEET)
    sheet.hide_gridlines(2)
    for place, (_, width) in enumerate(_LIST):
        sheet.set_column(place, place, width)
    title = styles.get(font_name=HEAD_FACE, font_size=16, font_color=FAULT_INK)
    sheet.write_string(0, 0, f"请更正以下 {len(lines)} 处", title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"{clean(book.identity.unit)}　{title_of(book)}", styles.get(bold=True))
    how = (
        "点“单元格”一栏即可跳到要改的地方（标红的格子，批注里也有说明）。"
        "其余已填的都保留着，不用重填。改好保存，作为附件回复来信。"
    )
    sheet.write_string(2, 0, how, styles.get())
    for row in (1, 2):
        sheet.set_row(row, 20)
    head = 4
    for place, (name, _) in enumerate(_LIST):
        sheet.write_string(head, place, name, styles.head())
    sheet.set_row(head, 24)
    for number, line in enumerate(lines, 1):
        _write_line(sheet, styles, head + number, number, line)
    sheet.freeze_panes(head + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_tab_color("#FF0000")
    sheet.activate()
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_line(sheet: Worksheet, styles: Styles, row: int, number: int, line: _Line) -> None:
    centred, text = styles.cell(align="center"), styles.cell()
    problem = line.mark.problem
    found = clean(short(problem.found or "", 60)) or ("（空）" if len(line.keys) == 1 else "—")
    sheet.write_number(row, 0, number, centred)
    sheet.write_string(row, 1, clean(line.sheet) or "—", centred)
    if line.spots:
        link = styles.cell(align="center", font_color="#0563C1", underline=1)
        target = f"internal:'{line.sheet}'!{named(line.spots[0])}"
        sheet.write_url(row, 2, target, link, line.cells)
    else:
        sheet.write_string(row, 2, "—", centred)
    texts = (found, clean(problem.message), clean(problem.cure))
    for place, words in enumerate(texts, 3):
        sheet.write_string(row, place, words, text)
    widths = [width for _, width in _LIST[3:]]
    most = max(lines_needed(words, width, 10) for words, width in zip(texts, widths, strict=True))
    most = max(most, lines_needed(line.cells, _LIST[2][1], 10))
    sheet.set_row(row, min(max(height_of(most, 10), 24), ROW_LIMIT))
