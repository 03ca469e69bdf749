"""From the tables of a document to lines: which tables are task tables, and which of them go on with one another."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.plan.documents.model import Document, Paragraph, Table
from flows.plan.header_content import header_by_content, is_first_row, units_in_text
from flows.plan.header_guess import unknown_header
from flows.plan.numbering import without_ordinal
from flows.plan.rows_model import Line, Lines, Shared, sections
from flows.plan.rows_table import HEADING, NOTE, TableRows
from flows.plan.task_tables import find_header, keep_columns, only_text, upright, width_of, without_matrix
from flows.plan.textual import cut, one_line

__all__ = ["Line", "Lines", "Shared", "read_lines", "sections"]


def read_lines(document: Document, known: Mapping[str, str] | None = None) -> Lines:
    """Read every task table of a document. Tables without a header go on with the one before when they are as wide.

    ``known``: header words that the clerk has given a role, see header.LABELS.
    """
    found = Lines()
    state: TableRows | None = None
    heading = ""
    headed: list[tuple[str, str, int]] = []
    apart = False
    for at, whole in enumerate(document.blocks):
        if isinstance(whole, Paragraph):
            if HEADING.match(whole.text) and len(whole.text) < 60:
                heading = whole.text
            apart = apart or not NOTE.match(whole.text)
            continue
        kept = _kept(whole, state)
        block = upright(without_matrix(keep_columns(whole, kept)), known)
        start, header = find_header(block, known)
        if header is None:
            if state is not None and not apart and width_of(block) == len(state.header.columns):
                state.page_broken = True
                state.take(block.rows)
                continue
            if strange := unknown_header(block.rows, known):
                start, header = strange
            else:
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
            state = TableRows(header, found, kept, width_of(whole))
            headed.append((heading, whole.name, len(found.lines)))
        if whole.name != headed[-1][1]:
            headed.append((heading, whole.name, len(found.lines)))
        found.headers.append(state.header)
        if whole.name and found.lines:
            state.break_off()
        state.take(block.rows[start:])
        heading, apart = "", False
    _name_sections(found, headed)
    return found


def _kept(table: Table, state: TableRows | None) -> tuple[int, ...]:
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
