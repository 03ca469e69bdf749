"""Columns told by what their cells hold, for tables whose header words say nothing or that have no header."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from flows.plan.deadlines import read_deadline
from flows.plan.documents.model import Row
from flows.plan.header import TEXTS, Column, Header, without
from flows.plan.model import Kind
from flows.plan.narrative_closings import cut_closings
from flows.plan.numbering import has_mark
from flows.plan.textual import bare, number_of
from flows.plan.unit_likeness import looks_like_units

_ENOUGH = 0.6


def fill_units(header: Header, rows: Sequence[Row]) -> Header:
    """The header with a unit column found by its cells, where no header word named one."""
    if header.has_units:
        return header
    columns = list(header.columns)
    guessed = []
    for at, column in enumerate(columns):
        if column is Column.UNKNOWN and share(rows, at, looks_like_units) >= _ENOUGH:
            columns[at] = Column.RESPONSIBLE
            guessed.append((header.words[at], Column.RESPONSIBLE))
    return replace(header, columns=tuple(columns), guessed=tuple(guessed)) if guessed else header


def without_measures(header: Header, rows: Sequence[Row]) -> Header:
    """The header without a column “单位” that holds 件, 元 or %: units of measure, not of government."""
    columns = list(header.columns)
    for at, word in enumerate(header.words):
        if columns[at] is Column.RESPONSIBLE and word in ("单位", "计量单位") and share(rows, at, _may_be_unit) < 0.3:
            columns[at] = Column.IGNORED
    return replace(header, columns=tuple(columns))


def without_amounts(header: Header, rows: Sequence[Row]) -> Header:
    """The header without text columns that hold figures alone: 年度任务量 3.2, 完成率 80%."""
    texts = [
        at for at, column in enumerate(header.columns) if column in TEXTS and header.words.count(header.words[at]) == 1
    ]
    figures = [at for at in texts if share(rows, at, is_amount) > 0.9 and not counts_up(rows, at)]
    return without(header, figures) if figures else header


def number_column(header: Header, rows: Sequence[Row]) -> Header:
    """The header with a column of running numbers found by its cells: its header is blank or that of the texts."""
    columns = list(header.columns)
    for at, (word, column) in enumerate(zip(header.words, header.columns, strict=True)):
        shared = column in TEXTS and header.words.count(word) > 1
        if ((column is Column.UNKNOWN and not word) or shared) and share(rows, at, is_number) > 0.9:
            columns[at] = Column.IGNORED if Column.NO in columns else Column.NO
    return replace(header, columns=tuple(columns))


def units_in_text(header: Header, rows: Sequence[Row]) -> bool:
    """No unit column, but the texts close with （责任单位：…）."""
    places = [at for at, column in enumerate(header.columns) if column is Column.REQUIREMENT]
    return any(share(rows, at, _names_units) >= _ENOUGH for at in places)


def header_by_content(rows: Sequence[Row]) -> Header | None:
    """A header made up from the cells of a table without one; None when units or tasks cannot be told."""
    body = [row for row in rows if sum(not cell.blank for cell in row.cells) > 1]
    width = max((len(row.cells) for row in body), default=0)
    if len(body) < 2 or not 2 <= width <= 12:
        return None
    columns = [_by_content(body, at) for at in range(width)]
    texts = [at for at, column in enumerate(columns) if column is Column.TASK]
    if not texts or not any(column in (Column.RESPONSIBLE, Column.LEAD) for column in columns):
        return None
    longest = max(texts, key=lambda at: _length(body, at))
    columns[longest] = Column.REQUIREMENT
    before = [at for at in texts if at < longest]
    if len(before) > 1:
        columns[before[0]] = Column.CATEGORY
    for at in texts:
        if at > longest:
            columns[at] = Column.UNKNOWN
    units = [at for at, column in enumerate(columns) if column is Column.RESPONSIBLE]
    if len(units) > 1:
        columns[units[0]] = Column.LEAD
    return Header(tuple(f"第{at + 1}栏" for at in range(width)), tuple(columns), printed=False)


def is_first_row(header: Header, row: Row) -> bool:
    """A row of strange header words above columns told by their content: what should be units or a time is neither."""
    told = {Column.NO: is_number, Column.RESPONSIBLE: looks_like_units, Column.LEAD: looks_like_units}
    told[Column.DEADLINE] = is_time
    cells = zip(header.columns, row.cells, strict=False)
    tested = [told[column](cell.text) for column, cell in cells if column in told and not cell.blank]
    return bool(tested) and not any(tested) and all(len(cell.text) <= 12 for cell in row.cells)


def _by_content(rows: Sequence[Row], at: int) -> Column:
    if not any(at < len(row.cells) and not row.cells[at].blank for row in rows):
        return Column.IGNORED
    if share(rows, at, is_number) >= 0.9:
        return Column.NO
    if len(rows) > 2 and share(rows[1:], at, is_amount) >= 0.9:
        # The first row may be one of header words that nobody knows.
        return Column.IGNORED
    if share(rows, at, looks_like_units) >= _ENOUGH:
        return Column.RESPONSIBLE
    if share(rows, at, is_time) >= _ENOUGH:
        return Column.DEADLINE
    return Column.TASK


def share(rows: Sequence[Row], at: int, test: Callable[[str], bool]) -> float:
    """The share of a column's filled cells that pass a test."""
    texts = [row.cells[at].text for row in rows if at < len(row.cells) and not row.cells[at].blank]
    return sum(1 for text in texts if test(text)) / len(texts) if texts else 0.0


def _length(rows: Sequence[Row], at: int) -> int:
    return sum(len(row.cells[at].text) for row in rows if at < len(row.cells))


def is_number(text: str) -> bool:
    """3, （三）, 3."""
    return number_of(bare(text).strip("（）().．、")) is not None


def is_amount(text: str) -> bool:
    """A figure with or without its measure."""
    return (
        re.fullmatch(
            r"[0-9]+(?:[.,][0-9]+)?\s*(?:%|％|‰|万|亿|个|项|家|件|元|万元|亿元|人|公里|亩|万亩)?", text.strip()
        )
        is not None
    )


def counts_up(rows: Sequence[Row], at: int) -> bool:
    """1, 2, 3: running numbers, whatever the column is called."""
    numbers = [
        number_of(bare(row.cells[at].text).strip("（）().．、"))
        for row in rows
        if at < len(row.cells) and not row.cells[at].blank
    ]
    return numbers[:2] == [1, 2]


def _may_be_unit(text: str) -> bool:
    return looks_like_units(text) or len(text.strip()) > 4


def is_time(text: str) -> bool:
    """A short text that reads as a deadline."""
    return len(text) <= 40 and not has_mark(text) and read_deadline(text, 2000).kind is not Kind.NONE


def _names_units(text: str) -> bool:
    return bool(re.search("单位|部门|科室|局|委|办|街道|政府", text)) and any(
        segment.closing and segment.closing.says_who for segment in cut_closings(text)
    )
