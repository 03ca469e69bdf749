"""The rows of one task table: merged cells filled down, broken rows joined, headings and notes told apart."""

from __future__ import annotations

import re

from flows.plan.documents.model import Cell, Row
from flows.plan.header import UNITS, Column, Header
from flows.plan.numbering import has_mark, without_ordinal
from flows.plan.rows_model import Line, Lines, Shared
from flows.plan.task_tables import chapter_of, is_sum, only_text
from flows.plan.textual import cut, one_line, unclosed
from flows.plan.unit_likeness import looks_like_units

HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[部章类])"
)
NOTE = re.compile(r"(?:备注|注|说明|抄送|填表|制表|审核)\s*[:：]|—?\s*[0-9]+\s*—?$|第\s*[0-9]+\s*页")
_ENDED = re.compile(r"[。！？；;.…”）】》]\s*$")
_SHORTEST_OVERLAP = 6


class TableRows:
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
        """Read rows that follow those taken before."""
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
        if NOTE.match(text):
            if not re.fullmatch(r"\W*[0-9]+\W*|第\s*[0-9]+\s*页.*", text):
                self.found.notes.append((cut(one_line(text), 60), "表中的说明文字未作为任务"))
            return True
        filled = next(at for at, cell in enumerate(row.cells) if not cell.blank)
        across = sum(cell.beside for cell in row.cells) * 2 >= len(row.cells) or len(row.cells) == 1
        heading = bool(HEADING.match(text)) and filled == 0 and Column.CATEGORY not in self.header.columns
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
        if (
            not any(line.text(column) for column in (Column.TASK, Column.REQUIREMENT))
            and not row.doubt
            and not is_sum(row)
        ):
            shown = cut(one_line(" ".join(filter(None, row.texts))), 40)
            self.found.notes.append((shown, "表中有一行没有任务文字，未作为任务，请核对"))
        self.current = dict(line.values)
        self.last = line
        self.found.lines.append(line)
        if row.doubt:
            line.doubts.append((Column.REQUIREMENT, row.place, row.doubt))
        if not self.header.printed:
            line.doubts.append((Column.REQUIREMENT, "", "表没有表头，各栏是什么按内容判断，请核对"))
        for sentence in self.header.unsure:
            line.doubts.append((Column.REQUIREMENT, "", sentence))
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
                parts = one_line(shared.text), one_line(cell.text)
                shared.text, how = _join_title(*parts)
                if how:
                    told = f"任务名称被分页断开成“{cut(parts[0])}”和“{cut(parts[1])}”，{how}，请核对"
                    shared.doubts.append(told)
                    shared.choices = tuple(dict.fromkeys((shared.text, "".join(parts), *reversed(parts))))
            else:
                shared.text += cell.text


def _text(cells: dict[Column, Cell], column: Column) -> str:
    return cells[column].text if column in cells else ""


def _join_title(first: str, second: str) -> tuple[str, str]:
    """Two fragments of a title on either side of a page break, which may overlap, and how they were joined.

    Where the first fragment runs on differently after the words that begin the second, the second is believed: the
    first fragment's end was then taken from a neighbouring cell.
    """
    if second in first or first in second:
        return max(first, second, key=len), ""
    for length in range(min(len(first), len(second)), 1, -1):
        if first.endswith(second[:length]):
            return first + second[length:], "已按重叠处接上"
    for length in range(len(second) - 1, _SHORTEST_OVERLAP - 1, -1):
        at = first.rfind(second[:length])
        if at >= 0:
            return first[:at] + second, "两段有出入，已按重叠处接上"
    return first + second, "已直接接上"
