"""Finding the header of a task table, and its shape: untidy grids, forms that stand upright."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.plan.documents.model import Cell, Row, Table
from flows.plan.header import Column, Header, column_of, deepen, read_header
from flows.plan.header_content import fill_units, number_column, without_amounts, without_measures
from flows.plan.header_guess import told_by_cells, told_by_word
from flows.plan.numbering import without_ordinal
from flows.plan.textual import one_line
from flows.plan.unit_likeness import looks_like_units

_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?、?|第[一二三四五六七八九十]{1,3}[部章类]分?")


def upright(table: Table, known: Mapping[str, str] | None) -> Table:
    """A form whose header words stand in the first column, one task a column, turned into a table of rows."""
    rows = [row for row in table.rows if not row.blank]
    width = width_of(table)
    across = find_header(table, known)[1]
    if not 3 <= len(rows) <= 12 or not 2 <= width <= 40 or (across is not None and across.has_units):
        return table
    if any(len(row.cells) != width or row.cells[0].blank for row in rows):
        return table
    header = read_header(Row(tuple(row.cells[0] for row in rows)), known)
    if header is None or not header.has_units:
        return table
    turned = (Row(tuple(row.cells[at] for row in rows), f"{rows[0].place}第{at + 1}栏") for at in range(width))
    return Table(tuple(row for row in turned if not row.blank), table.name)


def find_header(table: Table, known: Mapping[str, str] | None) -> tuple[int, Header | None]:
    """The header and the index of the first row below it."""
    for at, row in enumerate(table.rows[:20]):
        header = read_header(row, known)
        if header is None:
            continue
        start = at + 1
        below = deepen(header, table.rows[start], known) if start < len(table.rows) else None
        if below is not None:
            header, start = below, start + 1
        body = table.rows[start:]
        header = without_amounts(without_measures(header, body), body)
        if not header.has_text:
            continue
        told = told_by_cells(number_column(fill_units(header, body), body), body)
        return start, told_by_word(told, known)
    return 0, None


def width_of(table: Table) -> int:
    """The number of cells in the longest row."""
    return max((len(row.cells) for row in table.rows), default=0)


def only_text(row: Row) -> str:
    """The text of a row in which just one cell is filled, else ''."""
    filled = {cell.text.strip() for cell in row.cells if not cell.blank}
    return filled.pop() if len(filled) == 1 else ""


def chapter_of(row: Row, rows: Sequence[Row], header: Header) -> str:
    """The chapter that a row “一 | 强产业” names in a table whose tasks are numbered 1, 2, 3; '' for other rows."""
    at = header.columns.index(Column.NO) if Column.NO in header.columns else -1
    if at < 0 or Column.CATEGORY in header.columns or not _ORDINAL.fullmatch(_number(row, at)):
        return ""
    rest = [cell for place, cell in enumerate(row.cells) if place != at]
    texts = {cell.text.strip() for cell in rest if not cell.blank}
    text = texts.pop() if len(texts) == 1 else ""
    if any(cell.above for cell in rest) or re.search(r"[。；]", text) or len(text) > 60:
        return ""
    return without_ordinal(one_line(text)) if any(_number(other, at).isdigit() for other in rows) else ""


def is_sum(row: Row) -> bool:
    """A row that adds up: 合计, 总分."""
    first = next((cell.text for cell in row.cells if not cell.blank), "")
    return re.fullmatch(r"(?:合|总|小|共)\s*计|总\s*分|汇\s*总", first.strip()) is not None


def _number(row: Row, at: int) -> str:
    return row.cells[at].text.strip() if at < len(row.cells) else ""


def keep_columns(table: Table, kept: tuple[int, ...]) -> Table:
    """The table with these columns only."""
    if len(kept) == width_of(table):
        return table
    rows = (Row(tuple(row.cells[at] for at in kept if at < len(row.cells)), row.place, row.doubt) for row in table.rows)
    return Table(tuple(rows), table.name)


def without_matrix(table: Table) -> Table:
    """A table with a column for each unit and a mark in it (★ √ 牵头 配合), with 牵头单位 and 责任单位 columns instead.

    Which mark leads is known from its words or its weight (★ before √); every row that is read so carries a doubt.
    """
    for start, head in enumerate(table.rows[:6]):
        places = [at for at, cell in enumerate(head.cells) if _is_marked(table, start, at, cell.text)]
        if len(places) < 2:
            continue
        body = table.rows[start + 1 :]
        marks = {_mark(row.cells[place]) for row in body for place in places if place < len(row.cells)}
        leading = _leading(marks - {""})
        told = "单位按表头下的符号读入" + (f"（{leading}为牵头）" if leading else "") + "，请核对"
        rows = [_with_cells(row, places, "", "") for row in table.rows[:start]]
        rows.append(_with_cells(head, places, "牵头单位", "责任单位"))
        for row in body:
            named = [(head.cells[at].text.strip(), _mark(row.cells[at])) for at in places if at < len(row.cells)]
            lead = "、".join(unit for unit, mark in named if mark and mark == leading)
            other = "、".join(unit for unit, mark in named if mark and mark != leading)
            rows.append(_with_cells(row, places, lead, other, told if lead or other else ""))
        return Table(tuple(rows), table.name)
    return table


def _with_cells(row: Row, places: list[int], lead: str, other: str, doubt: str = "") -> Row:
    kept = tuple(cell for at, cell in enumerate(row.cells) if at not in places)
    return Row((*kept, Cell(lead), Cell(other)), row.place, row.doubt or doubt)


def _mark(cell: Cell) -> str:
    return re.sub(r"\s", "", cell.text)


def _is_marked(table: Table, start: int, at: int, word: str) -> bool:
    if column_of(word) is not Column.UNKNOWN or not looks_like_units(word):
        return False
    marks = [_mark(row.cells[at]) for row in table.rows[start + 1 :] if at < len(row.cells)]
    return any(marks) and all(
        len(mark) <= 2 and not re.search(r"[0-9]|[^\W牵头配合主协责任负办]", mark) for mark in marks
    )


def _leading(marks: set[str]) -> str:
    """The mark that means 牵头, '' when all units are marked alike."""
    for pattern in ("牵|主", "[★▲●◎■☑]"):
        found = sorted(mark for mark in marks if re.search(pattern, mark))
        if len(found) == 1 and len(marks) > 1:
            return found[0]
    return ""
