"""Tables whose cells came out one below another, each a paragraph, as a paste from a web page or a PDF leaves them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar

from flows.plan.deadlines import read_deadline
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.plan.header import UNITS, Column, Header, column_of, read_header
from flows.plan.model import Kind
from flows.plan.narrative_text import is_furniture
from flows.plan.textual import number_of
from flows.plan.unit_likeness import looks_like_units

_NOTE = re.compile(
    r"(?:备注|注|说明|(?:信息|文章|稿件)?来源|抄送|主送|附件|填表|联系人)\s*[0-9]*\s*[:：]|.{2,30}20[0-9]{2}年.{1,3}月.{1,3}日印发$"
)
_SIGNED = re.compile(
    r"^\S{3,30}\n(?:20[0-9]{2}|二[〇○零][〇○零一二三四五六七八九]{2})年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}日$"
)
"""The signature of a letter below the last row."""
_MOST_COLUMNS = 9
_BY_CONTENT = "各格各占一行，按内容分到各栏，请对照原文核对"
_MOST_LINES = 3000
_NEVER = -1e9
_BLANK = {Column.CATEGORY: 0.5, Column.TASK: 0.6}
"""What a blank cell costs: those of titles are merged sooner than any other is left out."""
_T = TypeVar("_T")


def _is_cell(text: str) -> bool:
    return bool(text) and not _NOTE.match(text) and not is_furniture(text)


def with_tables(document: Document) -> Document:
    """The document with such runs of paragraphs turned into tables; the same document when there are none."""
    blocks: list[Block] = []
    at = 0
    while at < len(document.blocks):
        header = _header_at(document.blocks, at)
        if header is None:
            blocks.append(document.blocks[at])
            at += 1
            continue
        start = at + len(header.words)
        end = start
        while end < len(document.blocks) and _is_cell(_text(document.blocks[end])):
            end += 1
        lines = [_text(block) for block in document.blocks[start:end]]
        rows = _rows(header, lines)
        if lines[-2:] and _SIGNED.search("\n".join(lines[-2:])):
            unsigned = _rows(header, lines[:-2])
            if unsigned and (not rows or _unsure(unsigned) < _unsure(rows)):
                rows, end = unsigned, end - 2
        if not rows:
            blocks.append(document.blocks[at])
            at += 1
            continue
        first = Row(tuple(Cell(_text(block)) for block in document.blocks[at:start]))
        blocks.append(Table((first, *_as_doubtful(header, rows))))
        at = end
    return replace(document, blocks=tuple(blocks)) if len(blocks) != len(document.blocks) else document


def _as_doubtful(header: Header, rows: list[Row]) -> list[Row]:
    """Rows that go on with the chapter or task of a doubtful row are doubtful too."""
    titles = [at for at, column in enumerate(header.columns) if column in (Column.CATEGORY, Column.TASK)]
    doubtful = False
    told = []
    for row in rows:
        filled = [not row.cells[at].blank for at in titles if at < len(row.cells)]
        if row.doubt:
            doubtful = doubtful or any(filled)
        elif all(filled):
            doubtful = False
        elif doubtful:
            row = replace(row, doubt=_BY_CONTENT)
        told.append(row)
    return told


def has_unread_table(document: Document) -> bool:
    """Header words still stand one below another: the cells below them could not be given to the columns."""
    return any(_header_at(document.blocks, at) is not None for at in range(len(document.blocks)))


def _unsure(rows: list[Row]) -> int:
    return sum(bool(row.doubt) for row in rows)


def _text(block: Block) -> str:
    return block.text.strip() if isinstance(block, Paragraph) else ""


def _header_at(blocks: Sequence[Block], at: int) -> Header | None:
    """Three or more paragraphs in a row that are header words, for tasks and for units among them."""
    words: list[str] = []
    unknown = 0
    for block in blocks[at : at + _MOST_COLUMNS]:
        text = _text(block)
        unknown += column_of(text) is Column.UNKNOWN
        if not text or len(text) > 8 or unknown > 1 or number_of(text) is not None:
            break
        words.append(text)
    while words and column_of(words[-1]) is Column.UNKNOWN:
        words.pop()
    if len(words) < 3:
        return None
    header = read_header(Row(tuple(Cell(word) for word in words)))
    return header if header is not None and header.has_units else None


def _rows(header: Header, lines: list[str]) -> list[Row]:
    width = len(header.words)
    if header.columns[0] is Column.NO:
        return [row for group in _numbered(lines) for row in _rows_of(header, group)]
    if Column.NO in header.columns and (rows := _rows_after_merges(header, lines)):
        return rows
    if lines and len(lines) % width == 0:
        cut = [lines[at : at + width] for at in range(0, len(lines), width)]
        if all(_fits(header, texts) for texts in cut):
            return [Row(tuple(map(Cell, texts))) for texts in cut]
    return _rows_by_content(header, lines)


def _fits(header: Header, cells: list[str]) -> bool:
    """No cell of the row contradicts its column: a sentence for a unit, a unit for a time."""
    told = [
        _fit(text, column)
        for text, column in zip(cells, header.columns, strict=True)
        if column in (*UNITS, Column.DEADLINE) and text.strip("/-—无 ")
    ]
    return sum(score < 0 for score in told) * 2 <= len(told) - 1


def _rows_by_content(header: Header, lines: list[str]) -> list[Row]:
    """Rows without numbers, told by their units and times; the columns before the requirement may be merged.

    No rows at all where the lines do not fit the columns.
    """
    columns = header.columns
    main = max((at for at, column in enumerate(columns) if column in (Column.TASK, Column.REQUIREMENT)), default=-1)
    if main < 1 or not any(column in UNITS for column in columns[main:]) or len(lines) > _MOST_LINES:
        return []
    end = len(columns)
    # One line ahead of the requirement names the task sooner than the chapter above it.
    missing = [0.05 + 0.01 * column if column < main else 1.0 for column in range(end)]
    # best[line, column]: the score of what follows, and the column that takes the line (none: the column is blank).
    best: dict[tuple[int, int], tuple[float, int]] = {(len(lines), end): (0.0, end)}
    for line in range(len(lines), -1, -1):
        here = lines[line] if line < len(lines) else ""
        takes = [
            _fit(here, columns[c]) + best[line + 1, c + 1][0] - sum(missing[:c]) if here else _NEVER for c in range(end)
        ]
        if here:
            # A new row: its first line goes to the requirement or to what is merged before it.
            best[line, end] = max((takes[c], c) for c in range(main + 1))
        for c in range(end - 1, 0, -1):
            best[line, c] = max(
                (takes[c] + sum(missing[:c]) if here else _NEVER, c), (best[line, c + 1][0] - missing[c], end)
            )
    rows: list[Row] = []
    line = 0
    merged_sure = True
    while line < len(lines):
        taken = best[line, end][1]
        cells = [Cell("", above=True if rows else None)] * taken
        # What goes on from a doubtful row is as doubtful.
        sure = merged_sure or taken == 0
        for column in range(taken, end):
            if column > taken and best[line, column][1] != column:
                cells.append(Cell("", above=True if column < main and rows else None))
                sure = sure and column < main
                continue
            title = column >= main or not _is_sentence(lines[line])
            sure = sure and title and _fit(lines[line], columns[column]) > 0
            cells.append(Cell(lines[line]))
            line += 1
        merged_sure = sure or (merged_sure and taken >= main)
        rows.append(Row(tuple(cells), "", "" if sure else _BY_CONTENT))
    plain = sum(not row.doubt for row in rows)
    return rows if len(rows) > 1 and plain * 3 >= len(rows) * 2 else []


def _rows_after_merges(header: Header, lines: list[str]) -> list[Row]:
    """Rows whose 序号 stands behind columns that may be merged: such a cell is there once, before its first number."""
    at = header.columns.index(Column.NO)
    first = next((place for place, line in enumerate(lines) if number_of(line) == 1), -1)
    groups = _numbered(lines[max(first, 0) :])
    if not 0 < first <= at or len(groups) < 2:
        return []
    turned = replace(header, words=_turn(header.words, at), columns=_turn(header.columns, at))
    behind = len(header.words) - at
    leading = [""] * (at - first) + lines[:first]
    rows = []
    for group in groups:
        cells, sure = _spread(turned, group, at)
        sure = sure and not (group is groups[-1] and any(cells[behind:]))
        front = [Cell(text, None if text else True) for text in leading]
        doubt = "" if sure else _BY_CONTENT
        rows.append(Row((*front, *map(Cell, cells[:behind])), f"序号{group[0]}", doubt))
        leading = cells[behind:]
    return rows


def _turn(values: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return (*values[at:], *values[:at])


def _numbered(lines: list[str]) -> list[list[str]]:
    """Lines grouped at the running numbers 1, 2, 3."""
    groups: list[list[str]] = []
    for line in lines:
        if number_of(line) == len(groups) + 1 and (not groups or len(groups[-1]) > 2):
            groups.append([line])
        elif groups:
            groups[-1].append(line)
        else:
            return []
    return groups


def _rows_of(header: Header, lines: list[str]) -> list[Row]:
    """The row of one number; a text behind its time is a second task that shares number and units."""
    parts: list[list[str]] = [[]]
    for line in lines[1:]:
        ended = parts[-1] and header.columns[-1] is Column.DEADLINE and _fit(parts[-1][-1], Column.DEADLINE) > 0
        if ended and _fit(line, Column.REQUIREMENT) > 0:
            parts.append([])
        parts[-1].append(line)
    first, *others = [_row(header, lines[0], part) for part in parts]
    rows = [first]
    for row in others:
        cells = tuple(cell if cell.text else Cell("", above=True) for cell in (Cell(), *row.cells[1:]))
        rows.append(Row(cells, row.place, "一个序号下有几件事，共用责任单位，请对照原文核对"))
    return rows


def _row(header: Header, number: str, texts: list[str]) -> Row:
    """The lines of a row given to its columns in order, where each fits best."""
    cells, sure = _spread(header, [number, *texts], 0)
    return Row(tuple(map(Cell, cells)), f"序号{number}", "" if sure else _BY_CONTENT)


def _spread(header: Header, lines: list[str], merged: int) -> tuple[list[str], bool]:
    """The lines behind a number given to the columns in order, where each fits best, and whether that is plain.

    ``merged``: so many of the last columns may be blank at no cost, since they belong to the next row's merges.
    """
    columns, texts = header.columns[1:], lines[1:]

    @cache
    def best(line: int, column: int) -> tuple[float, tuple[int, ...]]:
        if column == len(columns):
            return (0.0, ()) if line == len(texts) else (-100.0, ())
        options = []
        free = column >= len(columns) - merged
        for taken in range(min(1, len(texts) - line) + 1 if free else len(texts) - line + 1):
            score = sum(_fit(texts[at], columns[column]) for at in range(line, line + taken))
            # A merge goes on over the left of two columns sooner than over the right one.
            score -= (0.01 * column if free else _BLANK.get(columns[column], 1.0)) if taken == 0 else 0.3 * (taken - 1)
            rest, split = best(line + taken, column + 1)
            options.append((score + rest, (taken, *split)))
        return max(options)

    score, split = best(0, 0)
    cells = [lines[0]]
    start = 0
    for taken in split:
        cells.append("\n".join(texts[start : start + taken]))
        start += taken
    told = [_fit(text, column) for text, column in zip(cells[1:], columns, strict=True) if text]
    # One cell over two lines beside one without any may be two cells of which one was misread.
    moved = max(split, default=0) > 1 and 0 in split[: len(columns) - merged]
    # Of two columns of units one is blank: nothing shows which.
    units = {bool(text) for text, column in zip(cells[1:], columns, strict=True) if column in UNITS}
    return cells, score >= len(texts) * 0.7 and min(told, default=1.0) > -1 and not moved and len(units) < 2


def _is_sentence(text: str) -> bool:
    """No title of a task or chapter."""
    return len(text) > 40 or text.endswith(("。", "；"))


@cache
def _fit(text: str, column: Column) -> float:
    told = len(text) > 10 and text.endswith("。")  # a sentence that names a time
    units = looks_like_units(text)
    time = not told and len(text) < 30 and read_deadline(text, 2000).kind is not Kind.NONE
    if column in UNITS:
        return 1.5 if units else -2.0
    if column is Column.DEADLINE:
        return 1.5 if time else -2.0
    return 1.0 if not units and not time else -0.5
