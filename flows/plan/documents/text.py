"""Plain text into paragraphs and tables: of tabs, commas, pipes, drawn boxes, runs of spaces, one cell a line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

from flows.plan.documents.aligned import Segment, Strip, opens_columns, take_columns
from flows.plan.documents.boxes import opens_box, take_box
from flows.plan.documents.commas import opens_commas, take_commas
from flows.plan.documents.marks import strip_marks
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.plan.documents.pipes import opens_pipes, take_lone_bars, take_pipes
from flows.plan.documents.quoted import cells_of, with_whole_cells
from flows.plan.script import is_traditional, simplified
from flows.problems import UserError

_SPACES = re.compile(r" {2,}|[ ]*\u3000[ \u3000]*")
_COMMON = "的一是在和有不中国大为上个人以要到会可主发年工作公政开府务信息单位部门责任月日号市县区任理全落实，。、；："
_COMMON += "國發會個為來務開單門責實區縣與應進設"
_MOST_BLANKS = 2
_NOTE = re.compile(
    r"\s*(?:备注|注|说明|抄送|主送|附件?\d*|(?:填报|填表|制表|审核|联系)(?:单位|人|电话|时间|日期)?|联系人及电话)\s*[:：]"
)
_CHAPTER = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[部章类])"
)
_DAY = re.compile(
    r"\s*(?:20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日|二[〇○Ｏ零0][一二三四五六七八九十〇○零]+年.{1,2}月.{1,3}日)\s*"
)
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–－]+ ?[0-9]{1,3} ?[-—–－]+|第 ?[0-9]{1,3} ?页(?:[，,/ ]*共 ?[0-9]{1,3} ?页)?)\s*")


def read_text(path: Path) -> Document:
    """Read a text file in UTF-8, UTF-16 (with or without mark), GB18030 or Big5."""
    return text_document(path.name, decode(path.read_bytes(), path.name))


def read_markdown(path: Path) -> Document:
    """Read a Markdown file: like a text, without the marks of headings, emphasis and quotations."""
    text = decode(path.read_bytes(), path.name)
    text = re.sub(r"(?m)^[ ]{0,3}(?:#{1,6} +|> ?|[-*+] +(?=\S))", "", text)
    text = re.sub(r"(?m)^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,}|```.*)$", "", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return text_document(path.name, re.sub(r"\\(?=[.()#*_\[\]>+-])", "", text))


def text_document(name: str, text: str) -> Document:
    """A document from its text; a traditional one is converted first, since the words of a header part its columns."""
    if is_traditional(text):
        text = simplified(text)
    return Document(name, blocks_of(text))


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
    found = [
        text for encoding in ("utf-8-sig", "gb18030", "big5hkscs") if (text := _decoded(data, encoding)) is not None
    ]
    if not found:
        readings = (data.decode(encoding, errors="replace") for encoding in ("utf-8-sig", "gb18030"))
        damaged = min(readings, key=lambda text: text.count("\ufffd"))
        if damaged.count("\ufffd") * 200 > len(damaged):
            raise UserError(f"认不出 {name} 的文字编码", "请用记事本打开，另存为 UTF-8 后再试")
        return damaged
    if _decoded(data, "utf-8-sig") is not None:
        return found[0]
    # Big5 bytes are nearly always valid GB18030 too: the reading with more everyday characters is the right one.
    return max(found, key=lambda text: sum(map(text.count, _COMMON)) / (len(text) or 1))


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def blocks_of(text: str) -> tuple[Block, ...]:
    """Split a text into paragraphs and tables. Blank lines separate; a table goes on over them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    lines = with_whole_cells(["" if _PAGE_NUMBER.fullmatch(line) else line for line in lines])
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
            continue
        if opens_box(lines, at):
            table, at = take_box(lines, at)
            blocks.append(table)
            continue
        if opens_commas(lines, at):
            table, at = take_commas(lines, at)
            blocks.append(table)
            continue
        if opens_pipes(lines, at):
            table, at = take_pipes(lines, at)
            blocks.append(table)
            continue
        taken = _spaced(lines, at) or (take_lone_bars(lines, at) if line.strip() else None)
        if taken is not None:
            table, at = taken
            blocks.append(table)
            continue
        blocks.extend(
            Paragraph(part.strip(), part[0] in " \u3000\t") for part in strip_marks(line).split("\n") if part.strip()
        )
        at += 1
    return tuple(blocks)


def _spaced(lines: list[str], start: int) -> tuple[Table, int] | None:
    """A table whose cells are parted by runs of spaces begins here, and the line after it."""
    if len(_SPACES.split(lines[start].strip())) < 3:
        return None
    strips: list[Strip] = []
    numbers: list[int] = []
    for at in range(start, len(lines)):
        if "\t" in lines[at] or (numbers and at - numbers[-1] > _MOST_BLANKS + 1):
            break
        if lines[at].strip():
            gap = float(at - numbers[-1] - 1) if numbers else 0.0
            strips.append(Strip(_segments(lines[at]), gap, _place(at)))
            numbers.append(at)
    if not opens_columns(strips, 0):
        return None
    taken = take_columns(strips, 0)
    return (taken[0], numbers[taken[1] - 1] + 1) if taken else None


def _segments(line: str) -> tuple[Segment, ...]:
    """The parts of a line with the columns they take on a screen, where a Chinese character is two wide."""
    segments = []
    for found in re.finditer(r"(?:[^ \u3000]| (?=[^ \u3000]))+", line.rstrip()):
        text = found[0].strip()
        start = _screen_width(line[: found.start() + len(found[0]) - len(found[0].lstrip())])
        if text:
            segments.append(Segment(start, start + _screen_width(text), strip_marks(text)))
    return tuple(segments)


def _screen_width(text: str) -> float:
    return float(sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text))


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
        elif end < at or _NOTE.match(line) or (at + 1 < len(lines) and _signed(lines[at], lines[at + 1])):
            break
        else:
            end = at + 1
    return end


def _signed(line: str, following: str) -> bool:
    """The signature of a letter: an office on one line, the day on the next."""
    return (
        _DAY.fullmatch(following) is not None
        and re.search(r"(?:政府|办公室|委员会|局|小组|指挥部|委|厅)\s*$", line) is not None
    )


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
    width = _tabs_of_a_row(lines)
    rows: list[tuple[int, str]] = []
    for at, line in enumerate(lines, first):
        if not line.strip(" "):
            continue
        open_row = bool(rows) and rows[-1][1].count("\t") < width
        if rows and not open_row and _is_chapter(line, rows[-1][1], lines[at - first + 1 :]):
            rows.append((at, line + "\t" * width))
        elif rows and ("\t" not in line or (open_row and _completes(rows[-1][1], lines[at - first :], width))):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{line}")
        else:
            rows.append((at, line))
    return tuple(Row(tuple(_cell(part) for part in cells_of(row)), _place(at)) for at, row in rows)


def _tabs_of_a_row(lines: list[str]) -> int:
    """How many tabs a whole row has: those of the header, or what most lines have where that is more."""
    usual = Counter(line.count("\t") for line in lines if "\t" in line).most_common(1)[0][0]
    for line in lines:
        words = [part.strip() for part in line.split("\t") if part.strip()]
        if len(words) > 2 and all(len(word) <= 12 and not re.search("[0-9。；，]", word) for word in words):
            whole = sum(1 for other in lines if other.count("\t") == line.count("\t"))
            return max(usual, line.count("\t")) if whole > 1 or len(lines) > 2 else usual
    return usual


def _completes(row: str, lines: list[str], width: int) -> bool:
    """The next lines, up to a blank one or one with a number of its own, have just the tabs that the row lacks."""
    lacking = width - row.count("\t")
    for at, line in enumerate(lines):
        if not line.strip() or (at and re.match(r"[0-9]{1,3}\t", line)):
            return False
        lacking -= line.count("\t")
        if lacking <= 0:
            return lacking == 0 and (at == 0 or not re.match(r"[0-9]{1,3}\t", lines[0]))
    return False


def _is_chapter(line: str, before: str, after: list[str]) -> bool:
    """A line across the table, 一、…, and not the rest of a cell that is a list itself."""
    if "\t" in line or not _CHAPTER.match(line) or len(line.strip()) > 40 or line.rstrip().endswith(("。", "；", ";")):
        return False
    last = before.rpartition("\t")[2]
    goes_on = next((other for other in after if other.strip() and not _CHAPTER.match(other)), "")
    return last.count('"') % 2 == 0 and not _CHAPTER.match(last.strip('"')) and "\t" in goes_on
