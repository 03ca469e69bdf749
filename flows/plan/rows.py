"""From tables to lines: merged cells filled down, rows that a page broke joined, headings and notes told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.plan.documents.model import Cell, Document, Paragraph, Row, Table
from flows.plan.header import TEXTS, UNITS, Column, Header
from flows.plan.header_content import header_by_content, is_first_row, units_in_text
from flows.plan.narrative_units import looks_like_units
from flows.plan.numbering import has_mark, without_ordinal
from flows.plan.task_tables import (
    chapter_of,
    find_header,
    is_sum,
    keep_columns,
    only_text,
    upright,
    width_of,
    without_matrix,
)
from flows.plan.textual import cut, one_line, unclosed

_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[部章类])"
)
_NOTE = re.compile(r"(?:备注|注|说明|抄送|填表|制表|审核)\s*[:：]|—?\s*[0-9]+\s*—?$|第\s*[0-9]+\s*页")
_ENDED = re.compile(r"[。！？；;.…”）】》]\s*$")
_SHORTEST_OVERLAP = 6


@dataclass(slots=True)
class Shared:
    """The text of one cell, shared by all lines that its vertical merge spans; a page break may lengthen it."""

    text: str = ""
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """One row of the plan: a shared text for every column, and what is doubtful about this row alone."""

    values: dict[Column, Shared]
    place: str
    own_number: bool
    category: str = ""
    doubts: list[tuple[Column, str, str]] = field(default_factory=list)
    """(column, what was read, sentence)."""
    told: bool = False
    """It comes from running text, so what it says of time is no column."""
    task_number: str = ""
    """The printed number of its task, where that is no cell of its own."""

    def text(self, column: Column) -> str:
        """The text of a column, '' when the table has no such column."""
        return self.values[column].text if column in self.values else ""


@dataclass(slots=True)
class Lines:
    """All lines of a document's task tables. ``notes`` are sentences about what was left out or guessed."""

    lines: list[Line] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    unitless: list[Header] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(what was read, sentence)."""
    title_rows: tuple[str, ...] = ()
    first_block: int | None = None
    """Index of the block that the first task table is."""


def read_lines(document: Document, known: Mapping[str, str] | None = None) -> Lines:
    """Read every task table of a document. Tables without a header go on with the one before when they are as wide.

    ``known``: header words that the clerk has given a role, see header.LABELS.
    """
    found = Lines()
    state: _Table | None = None
    heading = ""
    headed: list[tuple[str, str, int]] = []
    apart = False
    for at, whole in enumerate(document.blocks):
        if isinstance(whole, Paragraph):
            if _HEADING.match(whole.text) and len(whole.text) < 60:
                heading = whole.text
            apart = apart or not _NOTE.match(whole.text)
            continue
        kept = _kept(whole, state)
        block = upright(without_matrix(keep_columns(whole, kept)), known)
        start, header = find_header(block, known)
        if header is None:
            if state is not None and not apart and width_of(block) == len(state.header.columns):
                state.page_broken = True
                state.take(block.rows)
                continue
            header = header_by_content(block.rows)
            start = next((row for row, cells in enumerate(block.rows) if not only_text(cells)), 0)
            start += header is not None and is_first_row(header, block.rows[start])
            if header is None:
                if len(block.rows) > 1:
                    found.notes.append(
                        (cut(one_line(" ".join(block.rows[0].texts))), "有一张表没有任务表的表头，未读入")
                    )
                continue
        if not header.has_units and not units_in_text(header, block.rows[start:]):
            found.unitless.append(header)
            continue
        if found.first_block is None:
            found.first_block = at
            above = block.rows[: start - 1] if header.printed else block.rows[:start]
            found.title_rows = tuple(only_text(row) for row in above if only_text(row))
        if state is not None and state.header.words == header.words and not apart and header.printed:
            state.page_broken = not whole.name
        else:
            state = _Table(header, found, kept, width_of(whole))
            headed.append((heading, whole.name, len(found.lines)))
        if whole.name != headed[-1][1]:
            headed.append((heading, whole.name, len(found.lines)))
        found.headers.append(header)
        if whole.name and found.lines:
            state.break_off()
        state.take(block.rows[start:])
        heading, apart = "", False
    _name_sections(found, headed)
    return found


def _kept(table: Table, state: _Table | None) -> tuple[int, ...]:
    """The columns that hold any text: the grid of an untidy document has more columns than the table.

    A table that goes on over a page keeps the columns of its first part.
    """
    width = width_of(table)
    filled = {at for row in table.rows for at, cell in enumerate(row.cells) if not cell.blank}
    if state is not None and state.width == width and filled <= set(state.kept):
        return state.kept
    return tuple(sorted(filled)) or tuple(range(width))


def _name_sections(found: Lines, headed: list[tuple[str, str, int]]) -> None:
    """Several task tables, each under its own chapter heading or on its own sheet: heading or sheet is the category."""
    names = [heading or _sheet_name(sheet) for heading, sheet, _ in headed]
    if sum(1 for name in names if name) < 2:
        return
    ends = [start for *_, start in headed[1:]] + [len(found.lines)]
    for name, (*_, start), end in zip(names, headed, ends, strict=True):
        for line in found.lines[start:end]:
            line.category = line.category or without_ordinal(name)


def _sheet_name(name: str) -> str:
    """The name of a sheet when somebody has given it one."""
    return (
        "" if re.fullmatch(r"(?:Sheet|工作表|表|附表|附件|第)\s*[0-9一二三四五六七八九十]*(?:页|张)?", name) else name
    )


class _Table:
    """Reads the rows of one task table, also when pages have cut it into several."""

    def __init__(self, header: Header, found: Lines, kept: tuple[int, ...], width: int) -> None:
        self.header = header
        self.kept, self.width = kept, width
        self.found = found
        self.page_broken = False
        self.category = ""
        self.current: dict[Column, Shared] = {}
        self.last: Line | None = None
        self.beside: dict[int, str] = {}
        """Texts of unit columns by place, for rows of which only one of several unit columns is merged."""

    def break_off(self) -> None:
        """What follows does not continue the rows before, as on the next sheet."""
        self.category, self.current, self.last, self.beside = "", {}, None, {}

    def take(self, rows: tuple[Row, ...]) -> None:
        for row in rows:
            if row.blank:
                continue
            if self.header.repeats(row):
                self.page_broken = True
                continue
            only = only_text(row)
            if only and self._is_aside(row, only):
                continue
            if chapter := chapter_of(row, rows, self.header):
                self.category, self.current, self.last = chapter, {}, None
                continue
            self._row(row)
            self.page_broken = False

    def _is_aside(self, row: Row, text: str) -> bool:
        """A chapter heading across the table or a note below it; it gives no line."""
        if _NOTE.match(text):
            if not re.fullmatch(r"\W*[0-9]+\W*|第\s*[0-9]+\s*页.*", text):
                self.found.notes.append((cut(one_line(text), 60), "表中的说明文字未作为任务"))
            return True
        filled = next(at for at, cell in enumerate(row.cells) if not cell.blank)
        across = sum(cell.beside for cell in row.cells) * 2 >= len(row.cells) or len(row.cells) == 1
        heading = bool(_HEADING.match(text)) and filled == 0 and Column.CATEGORY not in self.header.columns
        if (across or heading) and len(text) <= 60 and not text.endswith(("。", "；")):
            self.category = without_ordinal(text)
            self.current, self.last = {}, None
            return True
        return False

    def _row(self, row: Row) -> None:
        cells = self._cells(row)
        if self.last is not None and self._goes_on(cells):
            self._join(cells)
            return
        line = Line({}, row.place, bool(_text(cells, Column.NO)), self.category)
        no_units = not any(_text(cells, column) for column in UNITS)
        for column, cell in cells.items():
            line.values[column] = self._value(column, cell, line, no_units)
        if not any(line.text(column) for column in TEXTS) and not row.doubt and not is_sum(row):
            shown = cut(one_line(" ".join(filter(None, row.texts))), 40)
            self.found.notes.append((shown, "表中有一行没有任务文字，未作为任务，请核对"))
        self.current = dict(line.values)
        self.last = line
        self.found.lines.append(line)
        if row.doubt:
            line.doubts.append((Column.REQUIREMENT, row.place, row.doubt))
        if not self.header.printed:
            line.doubts.append((Column.REQUIREMENT, "", "表没有表头，各栏是什么按内容判断，请核对"))
        for word in self.header.crowded:
            text = _text(cells, Column.RESPONSIBLE) or _text(cells, Column.LEAD)
            if not looks_like_units(re.sub(r"[（(][^（）()]*[）)]", "", text)):
                line.doubts.append((Column.RESPONSIBLE, text, f"“{word}”一栏不只写单位，请核对"))
        if len(row.cells) != len(self.header.columns):
            line.doubts.append((Column.REQUIREMENT, row.place, "这一行的格数与表头不同，各栏可能错位，请对照原文核对"))

    def _cells(self, row: Row) -> dict[Column, Cell]:
        """One cell a role; where several columns have the same role their texts stand below one another."""
        cells: dict[Column, Cell] = {}
        padded = self._filled([*row.cells, *[Cell()] * (len(self.header.columns) - len(row.cells))])
        for column, cell in zip(self.header.columns, padded, strict=False):
            if column in (Column.IGNORED, Column.UNKNOWN):
                continue
            before = cells.get(column)
            if before is not None and cell.text:
                joint = "；" if column in UNITS else "\n"
                cell = Cell(joint.join(filter(None, (before.text, cell.text))), cell.above)
            elif before is not None:
                cell = before
            cells[column] = cell
        return cells

    def _filled(self, cells: list[Cell]) -> list[Cell]:
        """The row with what a merged unit column shares, where another column of the same role has its own text."""
        for role in UNITS:
            places = [at for at, column in enumerate(self.header.columns) if column is role]
            if len(places) < 2:
                continue
            if any(cells[at].text for at in places):
                for at in places:
                    if cells[at].blank and cells[at].above:
                        cells[at] = Cell(self.beside.get(at, ""), above=False)
            self.beside.update((at, cells[at].text) for at in places if not (cells[at].blank and cells[at].above))
        return cells

    def _value(self, column: Column, cell: Cell, line: Line, no_units: bool) -> Shared:
        """The cell's own text, or the text that an empty cell continues."""
        above = self.current.get(column)
        if cell.text or above is None or not above.text:
            return Shared(cell.text)
        if cell.above:
            return above
        if column in UNITS:
            # One unit column may well be empty beside a filled one: the item then has no lead, or nobody to assist.
            if not no_units:
                return self._beside_units(column, above, cell, line)
            line.doubts.append((column, above.text, "单位栏为空，按与上一行合并处理，请核对"))
            return above
        if column is Column.DEADLINE:
            if cell.above is None and no_units:
                line.doubts.append((column, above.text, "时限栏为空，按与上一行合并处理，请核对"))
                return above
            if cell.above is None:
                line.doubts.append((column, "", "时限栏为空，请核对是没有时限还是合并单元格"))
            return Shared()
        return above if column in (Column.TASK, Column.CATEGORY, Column.NO) else Shared()

    def _beside_units(self, column: Column, above: Shared, cell: Cell, line: Line) -> Shared:
        """An empty unit cell beside a filled one: nobody, unless the format has lost the merges of this row."""
        lost = cell.above is None and any(
            column in line.values and line.values[column] is self.current.get(column)
            for column in (Column.NO, Column.CATEGORY, Column.TASK)
        )
        if not lost:
            return Shared()
        if column is Column.RESPONSIBLE:
            line.doubts.append((column, "", "责任单位栏为空，请核对是没有还是与上一行合并"))
            return Shared()
        line.doubts.append((column, above.text, "牵头单位栏为空，按与上一行合并处理，请核对"))
        return above

    def _goes_on(self, cells: dict[Column, Cell]) -> bool:
        """The row is the rest of the row before, which the end of a page has cut."""
        assert self.last is not None
        text, before = _text(cells, Column.REQUIREMENT), self.last.text(Column.REQUIREMENT)
        if _text(cells, Column.NO) or has_mark(text):
            return False
        gaps = [column for column in (*UNITS, Column.DEADLINE) if column in cells and cells[column].blank]
        told = [column for column in (*UNITS, Column.DEADLINE) if column in cells]
        if not text:
            # Something stands in the row, but no requirement: the rest of a longer cell beside it.
            return self.page_broken or not any(cell.above for cell in cells.values())
        cut_off = not _ENDED.search(before) or unclosed(before)
        if self.page_broken:
            return cut_off and (bool(gaps) or unclosed(before) or any(unclosed(self.last.text(u)) for u in UNITS))
        merged = any(cells[column].above for column in told)
        return cut_off and bool(told) and len(gaps) == len(told) and not merged and Column.NO in cells

    def _join(self, cells: dict[Column, Cell]) -> None:
        assert self.last is not None
        for column, cell in cells.items():
            shared = self.last.values[column]
            if not cell.text or cell.text == shared.text:
                continue
            if column in (Column.TASK, Column.CATEGORY):
                shared.text, doubt = _join_title(one_line(shared.text), one_line(cell.text))
                if doubt:
                    shared.doubts.append(doubt)
            else:
                shared.text += cell.text


def _text(cells: dict[Column, Cell], column: Column) -> str:
    return cells[column].text if column in cells else ""


def _join_title(first: str, second: str) -> tuple[str, str]:
    """Two fragments of a title on either side of a page break, which may overlap, and a doubt.

    Where the first fragment runs on differently after the words that begin the second, the second is believed: the
    first fragment's end was then taken from a neighbouring cell.
    """
    if second in first or first in second:
        return max(first, second, key=len), ""
    for length in range(min(len(first), len(second)), 1, -1):
        if first.endswith(second[:length]):
            return first + second[length:], "任务名称被分页断开，已按重叠处接上，请核对"
    for length in range(len(second) - 1, _SHORTEST_OVERLAP - 1, -1):
        at = first.rfind(second[:length])
        if at >= 0:
            return first[:at] + second, "任务名称被分页断开，两段有出入，已按重叠处接上，请核对"
    return first + second, "任务名称被分页断开，已直接接上，请核对"


def sections(lines: list[Line]) -> Iterator[tuple[int, Line]]:
    """Every line with the number of its task: lines that share a task cell, or its text, belong together."""
    group = 0
    before: Line | None = None
    for line in lines:
        if before is not None and not _same_task(before, line):
            group += 1
        yield group, line
        before = line


def _same_task(before: Line, line: Line) -> bool:
    if Column.TASK not in line.values:
        return not line.own_number and Column.NO in line.values
    one, other = before.values.get(Column.TASK), line.values[Column.TASK]
    return one is other or (one is not None and one_line(one.text) == one_line(other.text) and not line.own_number)
