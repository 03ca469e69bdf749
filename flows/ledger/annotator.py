"""The correction workbook: the ledger once more, with what the unit wrote, its faults red and a list of them in front.

It is made new, never by changing the unit's file, and is itself a ledger that can be filled in and returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.files import write_file
from flows.ledger import layout
from flows.ledger.cells import Marks
from flows.ledger.gather import gather, terms_of
from flows.ledger.head import title_of
from flows.ledger.inputs import Value
from flows.ledger.layout import FIRST_ROW, INDEX, cell_name
from flows.ledger.model import Ledger, Returned
from flows.ledger.origin import Expectation, find_origin
from flows.ledger.page import ordered, prefilled
from flows.ledger.percents import read_percent
from flows.ledger.places import join_cells, named, row_numbers
from flows.ledger.reader import RawRow, read_returned
from flows.ledger.reader import Value as RawValue
from flows.ledger.statuses import read_status
from flows.ledger.styles import FAULT_INK, HEAD_FACE, Styles
from flows.ledger.text import clean, height_of, lines_needed
from flows.ledger.values import read_text, short, shown
from flows.ledger.writer import render
from flows.problems import Problem

_PROPOSED: Final = (layout.CATEGORY, layout.TASK, layout.REQUIREMENT, *layout.INPUTS)
_LIST: Final = (("序号", 6), ("任务编号", 9), ("单元格", 9), ("现在填的是", 26), ("哪里不对", 44), ("怎样改", 44))


def write_correction(ledger: Ledger, returned: Returned, data: bytes, path: Path, secret: bytes) -> None:
    """Write the workbook that goes back to the unit.

    ``ledger`` is what was sent out, ``data`` the file that came back and ``returned`` its verdict. Rows that were right
    stand in it as received; the unit needs to touch the red cells only.
    """
    write_file(path, correction(ledger, returned, data, secret))


def correction(ledger: Ledger, returned: Returned, data: bytes, secret: bytes) -> bytes:
    """The correction workbook as bytes."""
    came = _came_back(ledger, data, secret)
    lines = tuple(_lines(ledger, returned, came))
    notes: dict[tuple[str, str], str] = {}
    for line in lines:
        for place in line.places:
            earlier = notes.get(place)
            notes[place] = f"{earlier}\n\n{line.note}" if earlier else line.note
    faulty: dict[str, set[str]] = {}
    for no, header in notes:
        faulty.setdefault(no, set()).add(header)
    right = {entry.no: entry.report for entry in returned.entries}
    typed: dict[str, Mapping[str, Value]] = {}
    for row in ledger.rows:
        if row.no in right:
            typed[row.no] = prefilled(right[row.no])
        elif row.no in came.rows:
            typed[row.no] = _typed(came.rows[row.no], faulty.get(row.no, set()))
        elif row.no in came.doubtful:
            notes.setdefault((row.no, layout.STATUS), "报回的表里这一行的编号与内容对不上，没有收下。\n请重填本行。")
        else:
            notes.setdefault((row.no, layout.STATUS), "报回的表里没有这一行。\n请补填本行。")

    def front(workbook: Workbook, styles: Styles) -> None:
        _write_list(workbook, styles, ledger, lines, returned)

    again = replace(ledger, filler=returned.filler or ledger.filler, phone=returned.phone or ledger.phone)
    return render(again, secret, Marks(typed, notes, front))


@dataclass(frozen=True, slots=True)
class _CameBack:
    """The returned rows by 任务编号, and which task each (sheet, row) is about."""

    rows: dict[str, RawRow]
    tasks: dict[tuple[str, int], str]
    doubtful: frozenset[str]
    """Tasks that rows speak of which could not be taken."""


def _came_back(ledger: Ledger, data: bytes, secret: bytes) -> _CameBack:
    identity = ledger.identity
    expected = Expectation.of(identity.plan, identity.period, (ledger,))
    raw = read_returned(data, "")
    # The verdict stands already; here only rows are matched, so the day of receipt does not matter.
    found = gather(raw, find_origin(raw, expected, secret), terms_of(identity, expected, date.max), "")
    doubtful: frozenset[str] = frozenset().union(*(match.about for _, _, match in found.unmatched))
    return _CameBack({row.no: row.raw for row in found.rows}, found.places, doubtful)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the list: a problem and the cells of the new workbook it is about (none when no cell is meant)."""

    problem: Problem
    places: tuple[tuple[str, str], ...] = ()
    """(任务编号, header); the number is empty for a label such as 填报人."""
    cells: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The cell's comment."""
        found = self.problem.found or ""
        what = f"现填：{short(found, 60)}\n" if found and len(self.places) == 1 else ""
        cure = f"\n{self.problem.cure}。" if self.problem.cure else ""
        return f"{what}{self.problem.message}。{cure}"


def _lines(ledger: Ledger, returned: Returned, came: _CameBack) -> Iterator[_Line]:
    rows = {row.no: FIRST_ROW + offset for offset, row in enumerate(ordered(ledger.rows))}
    for problem in returned.problems:
        # A fault in a locked cell (the same number twice) is shown where the unit can act: at the status.
        header = problem.field if problem.field in layout.INPUTS else layout.STATUS
        tasks = (came.tasks.get((problem.sheet or "", number), "") for number in row_numbers(problem.cell))
        hit = tuple(dict.fromkeys(no for no in tasks if no in rows))
        if problem.field in {layout.FILLER, layout.PHONE}:
            row, column = layout.LABEL_CELLS[problem.field]
            yield _Line(problem, (("", problem.field),), (cell_name(row, column + 1),))
        elif hit:
            cells = sorted((rows[no], cell_name(rows[no], INDEX[header])) for no in hit)
            yield _Line(problem, tuple((no, header) for no in hit), tuple(cell for _, cell in cells))
        else:
            yield _Line(problem)


def _typed(row: RawRow, faulty: set[str]) -> dict[str, Value]:
    """What the unit wrote: readable cells as they are meant, unreadable ones as they stood."""
    values: dict[str, Value] = {}
    for header in layout.INPUTS:
        value = row.value(header)
        if header in row.faults:
            # As a text that is asked about again when nobody changes it; a formula's text would pass for an answer.
            found = row.faults[header]
            values[header] = found if found.startswith("#") else "#N/A"
        else:
            values[header] = _as_found(value) if header in faulty else _as_meant(header, value)
    return values


def _as_found(value: RawValue) -> Value:
    if isinstance(value, datetime):
        value = value.date()
    # Dates before 1900 cannot stand in a cell, and those of 1900 are numbers typed into a date cell.
    if isinstance(value, date) and value.year > 1900:
        return value
    return shown(value)


def _as_meant(header: str, value: RawValue) -> Value:
    if header == layout.STATUS:
        status = read_status(value).value
        return status.value if status else shown(value)
    if header == layout.PERCENT:
        percent = None if value == "" else read_percent(value).value
        return percent / 100 if percent is not None else shown(value)
    if header == layout.DONE_ON:
        return _as_found(value)
    return read_text(value)


def _write_list(
    workbook: Workbook, styles: Styles, ledger: Ledger, lines: tuple[_Line, ...], returned: Returned
) -> None:
    sheet = workbook.add_worksheet(layout.CORRECTION_SHEET)
    sheet.hide_gridlines(2)
    for place, (_, width) in enumerate(_LIST):
        sheet.set_column(place, place, width)
    title = styles.get(font_name=HEAD_FACE, font_size=16, font_color=FAULT_INK)
    sheet.write_string(0, 0, f"请更正以下 {len(lines)} 处", title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, title_of(ledger), styles.get(bold=True))
    kept = f"其余 {len(returned.entries)} 项已收到并保留在表中，不用重填。" if returned.entries else ""
    how = f"点“单元格”一栏即可跳到要改的地方（标红的格子，批注里也有说明）。改好保存，作为附件回复来信。{kept}"
    sheet.write_string(2, 0, how, styles.get())
    for row in (1, 2):
        sheet.set_row(row, 20)
    head = 4
    for place, (word, _) in enumerate(_LIST):
        sheet.write_string(head, place, word, styles.head())
    sheet.set_row(head, 24)
    for number, line in enumerate(lines, 1):
        _write_line(sheet, styles, head + number, number, line)
    _write_proposals(sheet, styles, head + len(lines) + 2, returned)
    sheet.freeze_panes(head + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_tab_color("#C00000")
    sheet.protect("")


def _write_line(sheet: Worksheet, styles: Styles, row: int, number: int, line: _Line) -> None:
    centred, text = styles.cell(align="center"), styles.cell()
    found = clean(short(line.problem.found or "", 120))
    if not found and line.places:
        found = "（空）"
    texts = (found, clean(line.problem.message), clean(line.problem.cure))
    sheet.write_number(row, 0, number, centred)
    sheet.write_string(row, 1, clean(named(dict.fromkeys(no for no, _ in line.places), 2)), centred)
    if line.cells:
        link = styles.cell(align="center", font_color="#0563C1", underline=1)
        shown_cells = join_cells(line.cells) or line.cells[0]
        sheet.write_url(row, 2, f"internal:'{layout.SHEET}'!{line.cells[0]}", link, short(shown_cells, 60))
    else:
        sheet.write_string(row, 2, "—", centred)
    for place, words in enumerate(texts, 3):
        sheet.write_string(row, place, words, text)
    widths = [width for _, width in _LIST[3:]]
    most = max(lines_needed(words, width, 10) for words, width in zip(texts, widths, strict=True))
    sheet.set_row(row, min(max(height_of(most, 10), 22), 409))


def _write_proposals(sheet: Worksheet, styles: Styles, top: int, returned: Returned) -> None:
    """Tasks of the unit's own: not in the table any more, so that it sees here that they are not lost."""
    if not returned.proposals:
        return
    sheet.write_string(top, 0, "你单位自己加的任务（已转办公室研究，本表不再列出，不用更正）", styles.get(bold=True))
    sheet.set_row(top, 24)
    centred, text = styles.cell(align="center"), styles.cell()
    for number, proposal in enumerate(returned.proposals, 1):
        row = top + number
        words = [
            f"{header}：{content}" for header, content in proposal.cells.items() if header in _PROPOSED and content
        ]
        said = clean(short("；".join(words), 600))
        sheet.write_number(row, 0, number, centred)
        sheet.write_string(row, 1, clean(short(proposal.cells.get(layout.NO, "—"), 12)), centred)
        sheet.write_string(row, 2, f"第 {proposal.row} 行", centred)
        sheet.merge_range(row, 3, row, 4, said, text)
        sheet.write_string(row, 5, "已转办公室", centred)
        sheet.set_row(row, min(max(height_of(lines_needed(said, 70, 10), 10), 22), 409))
