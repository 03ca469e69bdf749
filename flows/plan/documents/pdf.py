"""PDF files into paragraphs and tables; page numbers and running heads are left out."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.plan.documents.aligned import Strip, opens_columns, take_columns
from flows.plan.documents.model import Block, Document, Paragraph, Row, Table
from flows.plan.documents.pdf_lines import Line, lines_of, margins, paragraphs
from flows.plan.documents.pdf_tables import Grid, grids_of, rows_of, share_columns
from flows.problems import UserError

_PAGE_NUMBER = re.compile(
    r"[\s\-—–－·•]*(?:第\s*)?(?:[0-9]{1,4}|[ivxIVX]{1,5})(?:\s*页)?[\s,，]*(?:[/／]|共|of)?\s*(?:[0-9]{1,4})?\s*(?:页)?[\s\-—–－·•]*"
)
_SPACED = re.compile(r"([\u4e00-\u9fff]{4}) (?=([\u4e00-\u9fff]{4}))")
_FEWEST = 10
"""A page with fewer characters has no text worth the name."""
_OCR = "请先用 WPS、Acrobat 等软件识别文字（OCR）并另存为 Word，核对后再导入；或向发文单位要 Word 原稿"


@dataclass(slots=True)
class _Page:
    number: int
    height: float
    width: float
    lines: list[Line]
    grids: list[Grid]
    letters: int
    pictured: bool
    parts: list[Line | Grid] = field(default_factory=list)


def read_pdf(path: Path) -> Document:
    """Read a PDF that holds text. UserError when it is scanned, encrypted, damaged, or its letters have no meaning.

    Tables are those that rules draw; where there are none, texts that stand below one another in columns, and the
    rows of such tables carry a doubt. Every page gives a table of its own.
    """
    pages = _pages(path)
    letters = sum(page.letters for page in pages)
    blind = [page.number for page in pages if page.letters < _FEWEST and page.pictured]
    if letters < _FEWEST or letters < _FEWEST * len(blind):
        raise UserError(f"{path.name} 是扫描件或图片，里面没有可读取的文字", _OCR)
    text = "".join(line.text for page in pages for line in page.lines)
    text += "".join(text for page in pages for grid in page.grids for text in grid.texts.values())
    if len(re.findall(r"\(cid:[0-9]+\)|[\ue000-\uf8ff\ufffd]", text)) * 4 > len(text.replace("(cid:", "")):
        raise UserError(f"{path.name} 的文字提取出来是乱码（字体没有对应的字符编码）", _OCR)
    doubts = [f"第{number}页是图片，没有读入，请对照原文补上" for number in blind]
    if b"%%EOF" not in path.read_bytes()[-2048:]:
        doubts.append("PDF 文件没有结尾，可能没有下载完整，请重新下载后再导入")
    loose = [page.number for page in pages if any(grid.loose for grid in page.grids)]
    doubts.extend(f"第{number}页的表格里有文字不在任何一格内，未读入表格，请对照原文核对" for number in loose)
    _drop_heads(pages)
    share_columns([grid for page in pages for grid in page.grids])
    return _same_spaces(Document(path.name, tuple(_blocks(pages)), tuple(doubts)), pages)


def _same_spaces(document: Document, pages: Sequence[_Page]) -> Document:
    """A space at the end of a line is lost in a PDF; where the same words stand inside a line, their space tells."""
    printed = "\n".join(line.text for page in pages for line in page.lines)
    printed += "\n".join(text for page in pages for grid in page.grids for text in grid.texts.values())
    spaced = {found[1] + found[2]: f"{found[1]} {found[2]}" for found in _SPACED.finditer(printed)}
    if not spaced:
        return document
    pattern = re.compile("|".join(map(re.escape, sorted(spaced))))
    return document.changed(lambda text: pattern.sub(lambda found: spaced[found[0]], text))


def _pages(path: Path) -> list[_Page]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(path) as pdf:
            return [_page(page) for page in pdf.pages]
    except Exception as error:
        # pdfminer lets whatever a damaged file provokes come through; pdfplumber wraps some of it.
        reasons = (error, *error.args, error.__cause__, error.__context__)
        if any(isinstance(reason, (PDFPasswordIncorrect, PDFTextExtractionNotAllowed)) for reason in reasons):
            raise UserError(f"{path.name} 有密码保护", "请打开后去掉密码、另存后再试") from None
        raise UserError(f"{path.name} 已损坏或不是 PDF 文件", "请重新下载，或另存为 .docx 再试") from None


def _page(page: Any) -> _Page:
    page = page.dedupe_chars()  # bold letters are often printed twice
    grids = grids_of(page, page.page_number)
    free = [char for char in page.chars if not any(_within(char, grid) for grid in grids)]
    area = float(page.width * page.height) or 1.0
    pictured = sum(float(image["width"] * image["height"]) for image in page.images) > area * 0.3
    letters = sum(1 for char in page.chars if char["text"].strip())
    made = _Page(page.page_number, float(page.height), float(page.width), lines_of(free), grids, letters, pictured)
    page.close()
    return made


def _within(char: dict[str, Any], grid: Grid) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(grid.box[0] <= x <= grid.box[2] and grid.box[1] <= y <= grid.box[3])


def _drop_heads(pages: Sequence[_Page]) -> None:
    """Page numbers go; what stands at the same height on most pages is kept where it stands first."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_head(line) for line in page.lines if _at_edge(line, page)})
    running = {head for head, count in seen.items() if count > 1 and count * 2 > len(pages)}
    kept: set[tuple[str, int]] = set()
    for page in pages:
        lines = []
        for line in page.lines:
            if _at_edge(line, page):
                if _PAGE_NUMBER.fullmatch(line.text):
                    continue
                if _head(line) in running and _head(line) in kept:
                    continue
                kept.add(_head(line))
            lines.append(line)
        page.lines = lines
        page.parts = sorted([*lines, *page.grids], key=lambda part: part.top if isinstance(part, Line) else part.box[1])


def _head(line: Line) -> tuple[str, int]:
    return re.sub("[0-9]+", "0", line.text), round(line.top / 6)


def _at_edge(line: Line, page: _Page) -> bool:
    return line.bottom < page.height * 0.12 or line.top > page.height * 0.88


def _blocks(pages: Sequence[_Page]) -> Iterator[Block]:
    """Tables and the paragraphs between them; a paragraph may begin on one page and end on the next."""
    run: list[tuple[int, Line]] = []
    left, right = margins([line for page in pages for line in page.lines])
    before: Grid | None = None
    for page in pages:
        for part in page.parts:
            if isinstance(part, Line):
                run.append((page.number, part))
                continue
            yield from _texts(run, left, right)
            goes_on = before is not None and not run and before.page == page.number - 1
            run = []
            rows = rows_of(part, before if goes_on else None)
            if rows:
                yield Table(rows)
            yield from (Paragraph(line.text) for line in part.loose)
            before = part
    yield from _texts(run, left, right)


def _texts(run: Sequence[tuple[int, Line]], left: float, right: float) -> Iterator[Block]:
    """Paragraphs, and tables without rules, from lines that follow one another."""
    strips = []
    for at, (page, line) in enumerate(run):
        above = run[at - 1] if at else None
        gap = (line.top - above[1].bottom) / line.size if above and above[0] == page else 0.0
        strips.append(Strip(line.segments, gap, f"第{page}页“{line.text[:8]}”"))
    start = at = 0
    while at < len(run):
        taken = take_columns(strips[at:], 0) if opens_columns(strips, at) else None
        if taken is None:
            at += 1
            continue
        yield from _joined(run[start:at], left, right)
        yield _whole(taken[0])
        at += taken[1]
        start = at
    yield from _joined(run[start:], left, right)


def _joined(run: Sequence[tuple[int, Line]], left: float, right: float) -> Iterator[Block]:
    yield from (Paragraph(text) for text in paragraphs([line for _, line in run], left, right) if text.strip())


def _whole(table: Table) -> Table:
    """The cells of an unruled table in one line each: where its lines end says nothing."""

    def one(row: Row) -> Row:
        return replace(row, cells=tuple(replace(cell, text=cell.text.replace("\n", "")) for cell in row.cells))

    return replace(table, rows=tuple(one(row) for row in table.rows))
