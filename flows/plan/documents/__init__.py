"""From a file to a Document: one reader a format, chosen by what the file is, whatever it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.problems import UserError
from flows.soffice import find_soffice

__all__ = ["READERS", "Block", "Cell", "Document", "Paragraph", "Row", "Table", "read_document"]


def _reader_in(module: str, name: str) -> Callable[[Path], Document]:
    """A reader that is loaded when the first file of its format comes: who only looks at a plan needs none of them."""

    def read(path: Path) -> Document:
        document: Document = getattr(import_module(f"{__name__}.{module}"), name)(path)
        return document

    return read


def _through_office(source: str) -> Callable[[Path], Document]:
    """A reader of a format that LibreOffice must convert to .docx first; ``source`` is the ending it knows it by."""

    def read(path: Path) -> Document:
        from flows.plan.documents.office import converted
        from flows.plan.documents.word import read_word

        with converted(path, source, "docx") as made:
            return replace(read_word(made), name=path.name)

    return read


def _read_doc(path: Path) -> Document:
    """.doc: read directly; LibreOffice's reading is taken where it knows more and has not lost a table."""
    from flows.plan.documents.old_word import read_old_word

    try:
        document, partial = read_old_word(path)
    except ValueError:
        return _through_office("doc")(path)
    if not partial or find_soffice() is None:
        return document
    try:
        other = _through_office("doc")(path)
    except UserError:
        return document
    rows, others = (sum(len(table.rows) for table in one.tables) for one in (document, other))
    return other if others >= rows else document


READERS: dict[str, Callable[[Path], Document]] = {
    ".txt": _reader_in("text", "read_text"),
    ".md": _reader_in("text", "read_markdown"),
    ".docx": _reader_in("word", "read_word"),
    ".xlsx": _reader_in("excel", "read_excel"),
    ".xls": _reader_in("excel", "read_excel"),
    ".ods": _reader_in("excel", "read_excel"),
    ".pdf": _reader_in("pdf", "read_pdf"),
    ".html": _reader_in("web", "read_web"),
    ".mht": _reader_in("web", "read_archive"),
    ".doc": _read_doc,
    ".wps": _through_office("doc"),
    ".rtf": _through_office("rtf"),
    ".odt": _through_office("odt"),
}
"""What a file is (kinds.kind_of) → reader. A reader raises UserError for a file that it cannot open."""

_WORD = "请用 Word 或 WPS 打开后另存为 .docx 再试"
_REFUSED = {
    "locked": ("有密码保护", "请用 Word、Excel 或 WPS 打开，去掉密码、另存后再试"),
    ".ofd": ("是 OFD 版式文件，暂不能读取", "请用 OFD 阅读器另存为 PDF，或找到 Word 原稿后再试"),
    "zip": ("是压缩包，不是一份文件", "请解压后选其中的工作要点文件再试"),
}


def read_document(path: Path) -> Document:
    """Read a file into paragraphs and tables; UserError when it is missing, empty, damaged or of another format.

    A document in traditional characters is given in simplified ones.
    """
    if not path.exists():
        raise UserError(f"找不到文件 {path}", "请检查文件名和所在文件夹")
    if path.is_dir():
        raise UserError(f"{path} 是文件夹，不是文件", "请写出工作要点文件的完整名字")
    try:
        if path.stat().st_size == 0:
            raise UserError(f"{path.name} 是空文件", "请确认文件已完整保存或下载")
        document = _reader(path)(path)
    except PermissionError:
        raise UserError(f"打不开 {path.name}", "文件可能正被其他程序打开或没有权限，请关闭后再试") from None
    return _simplified(document)


def _reader(path: Path) -> Callable[[Path], Document]:
    from flows.plan.documents.kinds import kind_of

    kind = kind_of(path)
    reader = READERS.get(kind)
    if reader is not None:
        return reader
    if kind in _REFUSED:
        what, advice = _REFUSED[kind]
        raise UserError(f"{path.name} {what}", advice)
    ending = path.suffix.lower()
    if ending in READERS:
        raise UserError(f"{path.name} 已损坏，或其实不是 {ending} 文件", _WORD)
    raise UserError(f"暂不能读取 {path.name}（{ending or '没有扩展名'}）", f"请另存为 {' '.join(READERS)} 之一再试")


def _simplified(document: Document) -> Document:
    from flows.plan.script import is_traditional, simplified

    return document.changed(simplified) if is_traditional(document.text) else document
