"""Tables whose cells came out one below another, each a paragraph, as a paste from a web page or a PDF leaves them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from flows.plan.deadlines import read_deadline
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.plan.header import UNITS, Column, Header, column_of, read_header
from flows.plan.model import Kind
from flows.plan.narrative_text import is_furniture
from flows.plan.narrative_units import looks_like_units
from flows.plan.textual import number_of

_NOTE = re.compile(
    r"(?:备注|注|说明|(?:信息|文章|稿件)?来源|抄送|主送|附件|填表|联系人)\s*[0-9]*\s*[:：]|.{2,30}20[0-9]{2}年.{1,3}月.{1,3}日印发$"
)
_MOST_COLUMNS = 9


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
        rows = _rows(header, [_text(block) for block in document.blocks[start:end]])
        if not rows:
            blocks.append(document.blocks[at])
            at += 1
            continue
        first = Row(tuple(Cell(_text(block)) for block in document.blocks[at:start]))
        blocks.append(Table((first, *rows)))
        at = end
    return replace(document, blocks=tuple(blocks)) if len(blocks) != len(document.blocks) else document


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
    if lines and len(lines) % width == 0:
        return [Row(tuple(map(Cell, lines[at : at + width]))) for at in range(0, len(lines), width)]
    return []


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
    columns = header.columns[1:]

    @cache
    def best(line: int, column: int) -> tuple[float, tuple[int, ...]]:
        if column == len(columns):
            return (0.0, ()) if line == len(texts) else (-100.0, ())
        options = []
        for taken in range(len(texts) - line + 1):
            score = sum(_fit(texts[at], columns[column]) for at in range(line, line + taken))
            score -= 1.0 if taken == 0 else 0.3 * (taken - 1)
            rest, split = best(line + taken, column + 1)
            options.append((score + rest, (taken, *split)))
        return max(options)

    score, split = best(0, 0)
    cells = [Cell(number)]
    start = 0
    for taken in split:
        cells.append(Cell("\n".join(texts[start : start + taken])))
        start += taken
    sure = score >= len(texts) * 0.7
    return Row(tuple(cells), f"序号{number}", "" if sure else "各格各占一行，按内容分到各栏，请对照原文核对")


@cache
def _fit(text: str, column: Column) -> float:
    units, time = looks_like_units(text), len(text) < 30 and read_deadline(text, 2000).kind is not Kind.NONE
    if column in UNITS:
        return 1.5 if units else -2.0
    if column is Column.DEADLINE:
        return 1.5 if time else -2.0
    return 1.0 if not units and not time else -0.5
