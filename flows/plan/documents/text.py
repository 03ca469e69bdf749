"""Plain text into paragraphs and tables: tables as tab separated lines, one cell a line, or Markdown pipes."""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.problems import UserError

_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKS = re.compile(r"\[bookmark: ?[^\]\n]*\]")
_BREAK_TAGS = re.compile(r"</p\s*>\s*<p[^<>]*>|<br\s*/?>|</?(?:div|li|ul|ol)(?:\s[^<>]*)?>", re.IGNORECASE)
_OTHER_TAGS = re.compile(r"</?(?:p|span|font|strong|b|i|u|em|a|sup|sub|o:p)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200c\u200d\u2060]")


def read_text(path: Path) -> Document:
    """Read a text file in UTF-8, UTF-16 (with or without mark) or GB18030."""
    return Document(path.name, blocks_of(decode(path.read_bytes(), path.name)))


def decode(data: bytes, name: str) -> str:
    """The text of a file whose encoding nobody states; UserError when no encoding fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:4096]:
        # UTF-16 without a mark: line ends and digits put a zero into every second byte.
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        for encoding in ("utf-16-le", "utf-16-be") if odd >= even else ("utf-16-be", "utf-16-le"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise UserError(f"{name} 不是文本文件", "请用记事本打开确认，另存为 UTF-8 后再试")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError(f"认不出 {name} 的文字编码", "请用记事本打开，另存为 UTF-8 后再试")


def strip_marks(text: str) -> str:
    """Text without bookmark marks, HTML tags and entities that a conversion left behind; tags that end a line do so."""
    text = _BREAK_TAGS.sub("\n", _MARKS.sub("", text))
    return _CONTROLS.sub("", html.unescape(_OTHER_TAGS.sub("", text))).replace("\u00a0", " ")


def blocks_of(text: str) -> tuple[Block, ...]:
    """Split a text into paragraphs and tables. Blank lines separate; a table goes on over them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if "\t" in line:
            end = _end_of_tabs(lines, at)
            block = lines[at:end]
            one_a_line = sum(1 for row in block if row.startswith("\t") and row.count("\t") == 1)
            tabbed = sum(1 for row in block if "\t" in row)
            rows = _cell_lines(block, at) if one_a_line == tabbed else _tab_lines(block, at)
            if rows:
                blocks.append(Table(rows))
            at = end
        elif _is_pipe(line):
            end = at
            while end < len(lines) and _is_pipe(lines[end]):
                end += 1
            blocks.append(Table(_pipe_lines(lines[at:end], at)))
            at = end
        else:
            blocks.extend(Paragraph(part.strip()) for part in strip_marks(line).split("\n") if part.strip())
            at += 1
    return tuple(blocks)


def _end_of_tabs(lines: list[str], start: int) -> int:
    """The line after the last one of a table: lines without a tab belong to it while a tab line follows at once.

    A cell may be broken over lines, so up to a blank line what follows a tab line continues its last cell; after a
    blank line only a tab line goes on. Lines that open a note or the distribution list end the table.
    """
    end = start
    for at in range(start, len(lines)):
        line = lines[at]
        if "\t" in line:
            end = at + 1
        elif not line.strip():
            continue
        elif end < at or re.match(r"\s*(?:备注|注|说明|抄送|主送|附件?\d*)\s*[:：]", line):
            break
        else:
            end = at + 1
    return end


def _place(line: int) -> str:
    return f"第{line + 1}行"


def _cell(text: str) -> Cell:
    return Cell(strip_marks(text).strip())


def _cell_lines(lines: list[str], first: int) -> tuple[Row, ...]:
    """One cell a line, each led by a tab; a line without a tab continues the cell above; blank lines end rows."""
    groups: list[list[tuple[int, str]]] = [[]]
    for at, line in enumerate(lines, first):
        if line.startswith("\t"):
            groups[-1].append((at, line[1:]))
        elif not line.strip():
            groups.append([])
        elif groups[-1]:
            place, text = groups[-1][-1]
            groups[-1][-1] = (place, f"{text}\n{line}")
    groups = [group for group in groups if group]
    if not groups:
        return ()
    width = _usual_width(groups)
    return tuple(Row(tuple(_cell(text) for _, text in group), _place(group[0][0])) for group in _even(groups, width))


def _usual_width(groups: list[list[tuple[int, str]]]) -> int:
    """Cells a row: the usual group size; without blank lines between rows, the distance of the numbers 1, 2, 3."""
    if len(groups) > 2:
        return Counter(len(group) for group in groups).most_common(1)[0][0]
    numbers = [at for at, (_, text) in enumerate(cell for group in groups for cell in group) if text.strip().isdigit()]
    steps = Counter(b - a for a, b in pairwise(numbers))
    return steps.most_common(1)[0][0] if steps else max(len(group) for group in groups)


def _even(groups: list[list[tuple[int, str]]], width: int) -> list[list[tuple[int, str]]]:
    """Groups of ``width`` cells: long ones are cut, short neighbours joined.

    Where two neighbours lack exactly one cell, the blank line between them was an empty cell whose tab an editor
    removed.
    """
    rows: list[list[tuple[int, str]]] = []
    for group in groups:
        missing = width - len(rows[-1]) if rows else 0
        if missing > 0 and len(group) == missing:
            rows[-1].extend(group)
        elif missing > 1 and len(group) == missing - 1:
            rows[-1].extend([(group[0][0], ""), *group])
        else:
            cuts = range(0, len(group), width) if len(group) % width == 0 else (0,)
            rows.extend(group[cut : cut + width] if len(group) % width == 0 else group for cut in cuts)
    return rows


def _tab_lines(lines: list[str], first: int) -> tuple[Row, ...]:
    """A row a line, cells parted by tabs. A row that lacks tabs goes on in the next line: its last cell was broken."""
    width = Counter(line.count("\t") for line in lines if "\t" in line).most_common(1)[0][0]
    rows: list[tuple[int, str]] = []
    for at, line in enumerate(lines, first):
        if not line.strip(" "):
            continue
        open_row = bool(rows) and rows[-1][1].count("\t") < width
        if rows and ("\t" not in line or (open_row and rows[-1][1].count("\t") + line.count("\t") == width)):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{line}")
        else:
            rows.append((at, line))
    return tuple(Row(tuple(_cell(_unquote(part)) for part in row.split("\t")), _place(at)) for at, row in rows)


def _unquote(text: str) -> str:
    """A cell copied from Excel stands in quotes when it holds a line break or a quote."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped.startswith('"') and stripped.endswith('"') and ("\n" in text or '""' in text):
        return stripped[1:-1].replace('""', '"')
    return text


def _is_pipe(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("|") and stripped.endswith("|") and stripped.count("|") > 2


def _pipe_lines(lines: list[str], first: int) -> tuple[Row, ...]:
    """A Markdown table; the line of dashes below the header is left out."""
    rows = []
    for at, line in enumerate(lines, first):
        if re.fullmatch(r"[\s|:-]+", line) and "-" in line:
            continue
        parts = re.split(r"(?<!\\)\|", line.strip()[1:-1])
        rows.append(Row(tuple(_cell(part.replace("\\|", "|")) for part in parts), _place(at)))
    return tuple(rows)
