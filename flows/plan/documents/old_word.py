"""Old Word files (.doc) read directly: text, tables and their merges, as [MS-DOC] lays them down.

LibreOffice, where it is installed, knows more (automatic numbers, text boxes), but drops the tables of some files;
this reader is what stands in then, and on machines without LibreOffice.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from flows.plan.documents.marks import printable
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Table
from flows.plan.documents.ole import streams_of
from flows.plan.documents.word_rows import WordCell, rows_of
from flows.problems import UserError

_IN_TABLE, _ROW_END, _LIST = 0x2416, 0x2417, 0x460B
_DEFINE, _DEFINE_ODD = 0xD608, 0xC615
_DELETED, _HIDDEN = 0x0800, 0x083C
_NEAR = 60
"""Cell borders nearer than this (twentieths of a point) are one."""
_NUMBERS = "文中的自动编号没有读入；请用 Word 或 WPS 另存为 .docx 再导入，或安装 LibreOffice"


@dataclass(slots=True)
class _Style:
    """What the reader needs of the formatting of one stretch of the file."""

    in_table: bool = False
    row_end: bool = False
    numbered: bool = False
    gone: bool = False
    borders: tuple[int, ...] = ()
    merges: tuple[int, ...] = ()


@dataclass(slots=True)
class _Runs:
    """Stretches of the file, by where they begin, and their styles."""

    starts: list[int] = field(default_factory=list)
    styles: list[_Style] = field(default_factory=list)

    def at(self, place: int) -> _Style:
        number = bisect_right(self.starts, place) - 1
        return self.styles[number] if number >= 0 else _Style()


@dataclass(slots=True)
class _Line:
    """A paragraph: its text, the mark that ends it and its style."""

    text: str
    mark: str
    style: _Style


def read_old_word(path: Path) -> tuple[Document, bool]:
    """Read a .doc of Word 97 or later, and whether it may hold what is not read here: lists, text boxes.

    UserError when it is encrypted; ValueError when it cannot be understood.
    """
    streams = streams_of(path.read_bytes())
    main = streams.get("WordDocument", b"")
    if len(main) < 0x2F2 or struct.unpack_from("<H", main)[0] != 0xA5EC:
        raise ValueError("not a document of Word 97 or later")
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if flags & 0x0100:
        raise UserError(f"{path.name} 有密码保护", "请用 Word 或 WPS 打开，去掉密码、另存后再试")
    table = streams.get("1Table" if flags & 0x0200 else "0Table", b"")
    try:
        lines = list(_lines(main, table))
        blocks = tuple(_blocks(lines))
    except (struct.error, IndexError) as error:
        raise ValueError("damaged document") from error
    numbered = any(line.style.numbered and line.text.strip() for line in lines)
    boxes, lists = struct.unpack_from("<I", main, 0x64)[0], struct.unpack_from("<I", main, 0x02EE)[0] > 4
    return Document(path.name, blocks, (_NUMBERS,) if numbered else ()), bool(boxes or lists)


def _lines(main: bytes, table: bytes) -> Iterator[_Line]:
    """The paragraphs of the main text; what follows it (notes, headers, text boxes) is left out."""
    paragraphs = _runs(main, table, 0x0102, _paragraph_style)
    letters = _runs(main, table, 0x00FA, _letter_style)
    left = struct.unpack_from("<I", main, 0x4C)[0]
    text: list[str] = []
    depth: list[bool] = []  # fields: whether their instruction is still running
    for place, char in _characters(main, table):
        if left <= 0:
            break
        left -= 1
        if char == "\x13":
            depth.append(True)
        elif char == "\x14" and depth:
            depth[-1] = False
        elif char == "\x15" and depth:
            depth.pop()
        elif char in "\r\x07\x0c":
            style = paragraphs.at(place)
            yield _Line("".join(text), char, style)
            text = []
        elif not any(depth) and not letters.at(place).gone:
            text.append({"\x0b": "\n", "\t": " ", "\x1e": "-", "\x1f": ""}.get(char, char))
    if text:
        yield _Line("".join(text), "\r", _Style())


def _characters(main: bytes, table: bytes) -> Iterator[tuple[int, str]]:
    """(place in the file, character) in reading order: a saved document is a list of pieces."""
    start, length = struct.unpack_from("<2I", main, 0x01A2)
    clx = table[start : start + length]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    at += 5
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", clx, at)
    for number in range(count):
        place = struct.unpack_from("<I", clx, at + 4 * (count + 1) + 8 * number + 2)[0]
        chars = ends[number + 1] - ends[number]
        if place & 0x40000000:
            begin = (place & 0x3FFFFFFF) // 2
            text = main[begin : begin + chars].decode("cp1252", "replace")
            yield from ((begin + n, char) for n, char in enumerate(text))
        else:
            for n in range(chars):
                yield place + 2 * n, chr(struct.unpack_from("<H", main, place + 2 * n)[0])


def _runs(main: bytes, table: bytes, where: int, style_of: Callable[[bytes, int, int], _Style]) -> _Runs:
    """The formatting of all stretches: pages of 512 bytes, found by a list in the table stream."""
    start, length = struct.unpack_from("<2I", main, where)
    plc = table[start : start + length]
    count = (len(plc) - 4) // 8
    runs = _Runs()
    for number in range(count):
        page = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
        fkp = main[page * 512 : page * 512 + 512]
        used = fkp[511]
        for n in range(used):
            runs.starts.append(struct.unpack_from("<I", fkp, 4 * n)[0])
            runs.styles.append(style_of(fkp, 4 * (used + 1), n))
    return runs


def _paragraph_style(fkp: bytes, table: int, n: int) -> _Style:
    offset = fkp[table + 13 * n] * 2
    if not offset:
        return _Style()
    size = fkp[offset] * 2 - 1
    begin = offset + 1
    if size < 0:
        size, begin = fkp[offset + 1] * 2, offset + 2
    return _style(fkp[begin + 2 : begin + size])


def _letter_style(fkp: bytes, table: int, n: int) -> _Style:
    offset = fkp[table + n] * 2
    return _style(fkp[offset + 1 : offset + 1 + fkp[offset]]) if offset else _Style()


def _style(properties: bytes) -> _Style:
    style = _Style()
    for code, operand in _changes(properties):
        on = bool(operand and operand[0])
        if code == _IN_TABLE:
            style.in_table = on
        elif code == _ROW_END:
            style.row_end = on
        elif code == _LIST:
            style.numbered = struct.unpack_from("<h", operand)[0] not in (0, -1)
        elif code in (_DELETED, _HIDDEN):
            style.gone = style.gone or on
        elif code == _DEFINE and operand:
            count = operand[0]
            style.borders = struct.unpack_from(f"<{count + 1}h", operand, 1)
            cells = operand[1 + 2 * (count + 1) :]
            style.merges = tuple(
                struct.unpack_from("<H", cells, 20 * k)[0] if len(cells) >= 20 * k + 2 else 0 for k in range(count)
            )
    return style


def _changes(properties: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, operand) of each change to the style. The code's upper bits tell how long the operand is."""
    at = 0
    while at + 2 < len(properties):
        code = struct.unpack_from("<H", properties, at)[0]
        at += 2
        size = (1, 1, 2, 4, 2, 2, 0, 3)[code >> 13]
        if code == _DEFINE:
            size = struct.unpack_from("<H", properties, at)[0] - 1
            at += 2
        elif code == _DEFINE_ODD and properties[at] == 255:
            return
        elif not size:
            size = properties[at]
            at += 1
        yield code, properties[at : at + size]
        at += size


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    rows: list[tuple[list[str], _Style]] = []
    cells: list[str] = []
    cell: list[str] = []
    for line in lines:
        if line.style.row_end and line.mark == "\x07":
            rows.append((cells, line.style))
            cells, cell = [], []
        elif line.mark == "\x07":
            cells.append("\n".join(part for part in (*cell, line.text) if part.strip()))
            cell = []
        elif line.style.in_table:
            cell.append(line.text)
        else:
            if rows:
                yield _table(rows)
                rows = []
            yield from _paragraphs(line.text)
    if rows:
        yield _table(rows)
    yield from _paragraphs("\n".join([*cells, *cell]))


def _paragraphs(text: str) -> Iterator[Block]:
    for part in printable(text).split("\n"):
        if part.strip():
            yield Paragraph(part.strip())


def _table(rows: Sequence[tuple[list[str], _Style]]) -> Table:
    """Rows on one grid of borders. The bits of a cell tell its merges: 1 to the left; 0x20 vertical, 0x40 its top."""
    lines: list[int] = []
    for border in sorted({border for _, style in rows for border in style.borders}):
        if not lines or border - lines[-1] > _NEAR:
            lines.append(border)
    made = []
    for texts, style in rows:
        known = len(style.borders) == len(texts) + 1
        columns = (
            [bisect_right(lines, border) - 1 for border in style.borders] if known else list(range(len(texts) + 1))
        )
        row = [WordCell(Cell(above=False, beside=True), columns[0])] if columns[0] > 0 else []
        for at, text in enumerate(texts):
            bits = style.merges[at] if at < len(style.merges) else 0
            above = bool(bits & 0x20) and not bits & 0x40
            beside = bits & 0x3 == 1
            shown = "" if above or beside else printable(text).strip()
            row.append(WordCell(Cell(shown, above, beside), max(1, columns[at + 1] - columns[at])))
        made.append(row)
    return Table(rows_of(made, [b - a for a, b in pairwise(lines)]))
