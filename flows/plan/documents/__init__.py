"""From a file to a Document: one reader a format, chosen by the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.plan.documents.excel import read_excel
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.plan.documents.text import read_text
from flows.plan.documents.word import read_word
from flows.problems import UserError

__all__ = ["READERS", "Block", "Cell", "Document", "Paragraph", "Row", "Table", "read_document"]

READERS: dict[str, Callable[[Path], Document]] = {
    ".txt": read_text,
    ".md": read_text,
    ".docx": read_word,
    ".xlsx": read_excel,
    ".xls": read_excel,
}
"""File ending → reader. A reader raises UserError for a file that it cannot open."""

_ADVICE = {
    ".doc": "请用 Word 或 WPS 打开后另存为 .docx 再试",
    ".wps": "请用 WPS 打开后另存为 .docx 再试",
    ".et": "请用 WPS 打开后另存为 .xlsx 再试",
    ".pdf": "请用 Word 或 WPS 打开后另存为 .docx 再试",
}


def read_document(path: Path) -> Document:
    """Read a file into paragraphs and tables; UserError when it is missing, empty, damaged or of another format."""
    if not path.exists():
        raise UserError(f"找不到文件 {path}", "请检查文件名和所在文件夹")
    if path.is_dir():
        raise UserError(f"{path} 是文件夹，不是文件", "请写出工作要点文件的完整名字")
    ending = path.suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        formats = " ".join(READERS)
        raise UserError(
            f"暂不能读取 {path.name}（{ending or '没有扩展名'}）", _ADVICE.get(ending, f"请另存为 {formats} 之一再试")
        )
    try:
        if path.stat().st_size == 0:
            raise UserError(f"{path.name} 是空文件", "请确认文件已完整保存或下载")
        return reader(path)
    except PermissionError:
        raise UserError(f"打不开 {path.name}", "文件可能正被其他程序打开或没有权限，请关闭后再试") from None
