"""Web pages (.html, .mht) into paragraphs and tables, also pages that are named .doc or .xls."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.plan.documents.marks import printable
from flows.plan.documents.model import Block, Document, Paragraph, Table
from flows.plan.documents.spans import Spanned, is_frame, only_lays_out, spread
from flows.plan.documents.text import decode
from flows.problems import UserError

_BLOCKS = {
    *("p", "div", "section", "article", "main", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl"),
    *("dt", "dd", "blockquote", "center", "form", "fieldset", "address", "figure", "hr", "pre", "caption", "body"),
    *("td", "th", "tr", "tbody", "thead", "tfoot"),
}
_RUBBISH = {
    *("script", "style", "noscript", "template", "head", "nav", "footer", "aside", "button", "select", "option"),
    *("textarea", "iframe", "svg", "object", "audio", "video", "map", "input", "img"),
}
_ASIDE = {
    *("nav", "navbar", "navigation", "menu", "crumb", "crumbs", "breadcrumb", "breadcrumbs", "footer", "foot"),
    *("topbar", "topnav", "toolbox", "login", "weather", "search", "searchbox"),
    *("sidebar", "share", "copyright", "pagination", "pager", "toolbar", "bdsharebuttonbox", "qrcode", "friendlink"),
}
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’"
_PAGE_WORDS = re.compile(
    r"[【\[]?(?:上一[篇条條]|下一[篇条條]|信息[来來]源|[浏瀏][览覽](?:次[数數]|量)|[阅閱][读讀](?:次[数數]|量)"
    r"|[点點][击擊](?:次[数數]|量|[数數])|字[体體]|字[号號]|分享到?|您?(?:的|[当當]前)?位置)\s*[:：]"
    r"|(?:[发發][布佈]|更新|[录錄]入)?(?:[时時][间間]|日期)[:：]\s*20[0-9]{2}[-/.年][^。；，]*"
    r"(?:次[数數]|[来來]源|作者|[编編][辑輯]|字[体體号號]|打印|[浏瀏][览覽]|[阅閱][读讀])"
    r"|.*(?:[点點][击擊]|[浏瀏][览覽]|[阅閱][读讀]|[访訪][问問])(?:次[数數]|量|[数數])[:：]\s*[0-9]*\s*次?(?:\s|$)"
    r"|(?:今天是|[现現]在是|[欢歡]迎您?[，,]?)\s*20[0-9]{2}年|(?:.*[\s|｜])?(?:[设設][为為]首[页頁]|加入收藏)(?:[\s|｜]|$)"
    r"|(?:无障碍(?:浏览|阅读|版|模式)|长者(?:模式|助手|版)|登[录錄]|[注註][册冊]|[简簡繁][体體]|English)(?:[\s|｜/]+[^\s|｜/。，；]{2,6})*$"
    r"|[【\[]?(?:打印本[页頁]|打印|[关關][闭閉]窗口|[关關][闭閉]本[页頁]|[关關][闭閉]|返回[顶頂]部|收藏本[页頁])[】\]\s|]*(?:[【\[].*)?$"
)
"""What a site prints around a text, in paragraphs of its own."""
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)|^<\?xml[^>]*encoding=["']([\w-]+)""", re.I
)


def read_web(path: Path) -> Document:
    """Read a page saved by a browser, in whatever encoding; UserError when there is no text in it."""
    return _document(path.name, decode_page(path.read_bytes(), path.name))


def read_archive(path: Path) -> Document:
    """Read a page saved as one file (.mht): the longest HTML part of it."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pages = []
    for part in message.walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(data, bytes):
            pages.append(decode_page(data, path.name, part.get_content_charset() or ""))
    if not pages:
        raise UserError(f"{path.name} 里没有网页正文", "请用浏览器打开后另存为 .html 再试")
    return _document(path.name, max(pages, key=len))


def decode_page(data: bytes, name: str, charset: str = "") -> str:
    """The text of a page. Bytes that are valid UTF-8 are, whatever the page says; else it says so itself."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in data[:1000]:
        found = _CHARSET.search(data[:4096])
        said = (charset or (found[found.lastindex or 0].decode("ascii") if found else "")).lower()
        encoding = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}.get(said, said)
        for attempt, errors in (("utf-8-sig", "strict"), (encoding, "strict"), (encoding, "replace")):
            try:
                text = data.decode(attempt or "utf-8", errors)
            except (UnicodeDecodeError, LookupError):
                continue
            if text.count("\ufffd") * 100 <= len(text):
                return text
    return decode(data, name)


def _document(name: str, page: str) -> Document:
    import lxml.html

    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)
    page = re.sub(r"<!\[(?:if|endif)[^\]]*\]>", "", page)  # Word's “downlevel revealed” comments
    if not page.strip():
        raise UserError(f"{name} 是空文件", "请确认文件已完整保存或下载")
    root = lxml.html.document_fromstring(page)
    body = root.find("body")
    blocks = _Reader(root if body is None else body).blocks
    if not blocks:
        raise UserError(
            f"{name} 里没有文字", "网页内容可能是后来才载入的，请在浏览器里复制正文，粘贴到 Word 保存后再试"
        )
    return Document(name, tuple(blocks))


class _Reader:
    """Collects the blocks below an element; ``line`` is the paragraph that is being put together."""

    def __init__(self, element: Any) -> None:
        self.blocks: list[Block] = []
        self.line = ""
        self.length = len(element.text_content())
        self._inside(element)
        self._end()

    def _inside(self, element: Any) -> None:
        self._add(element.text, pre=element.tag == "pre")
        number = _whole(element.get("start"), 1) if element.tag == "ol" else None
        for child in element:
            if isinstance(child.tag, str):
                if child.tag == "li" and number is not None:
                    number = _whole(child.get("value"), number)
                    self._end()
                    self.line = f"{number}."
                    number += 1
                    self._inside(child)
                    self._end()
                else:
                    self._child(child)
            self._add(child.tail)

    def _child(self, child: Any) -> None:
        tag = child.tag.lower()
        if tag == "br":
            self._end()
        elif tag == "table":
            self._end()
            if not self._is_aside(child):
                self._table(child)
        elif tag in _RUBBISH or self._is_aside(child):
            return
        elif tag in _BLOCKS:
            self._end()
            self._inside(child)
            self._end()
        else:
            self._inside(child)

    def _is_aside(self, element: Any) -> bool:
        """Not shown, or named as navigation and the like; what holds most of the page is neither."""
        style = re.sub(r"\s", "", element.get("style") or "").lower()
        if "display:none" in style or element.get("hidden") is not None:
            return True
        names = set(re.split(r"[\s_-]+", f"{element.get('class') or ''} {element.get('id') or ''}".lower()))
        return bool(names & _ASIDE) and len(element.text_content()) * 3 < self.length

    def _table(self, element: Any) -> None:
        rows = list(_own_rows(element))
        nested = [table for row in rows for table in row.iter("table")]
        sizes = [
            (
                len(list(_own_rows(table))),
                max((len(_own_cells(r)) for r in _own_rows(table)), default=0),
                _length(table),
            )
            for table in nested
        ]
        if only_lays_out(_length(element), sizes):
            for row in rows:
                for cell in _own_cells(row):
                    self._inside(cell)
                    self._end()
            return
        caption = element.find("caption")
        if caption is not None:
            self._inside(caption)
            self._end()
        table = Table(spread([_spanned(cell) for cell in _own_cells(row)] for row in rows))
        if is_frame(table):
            for row in rows:
                for cell in _own_cells(row):
                    self._inside(cell)
                    self._end()
        elif any(not row.blank for row in table.rows):
            self.blocks.append(table)

    def _add(self, text: str | None, *, pre: bool = False) -> None:
        if not text:
            return
        if pre:
            *whole, text = text.split("\n")
            for line in whole:
                self.line += line
                self._end()
        # A line end in the source between two Chinese characters is no space.
        text = re.sub(rf"(?<=[{_HAN}])[ \t]*[\r\n]\s*(?=[{_HAN}])", "", printable(text))
        text = re.sub(r"[ \t\r\n]+", " ", text)
        if self.line.endswith(" "):
            text = text.lstrip(" ")
        self.line += text

    def _end(self) -> None:
        text, indented = self.line.strip(), self.line[:1] in ("\u3000", "\u2003")
        self.line = ""
        if text and not (len(text) < 80 and _PAGE_WORDS.match(text)):
            self.blocks.append(Paragraph(text, indented))


def _own_rows(table: Any) -> Iterator[Any]:
    parts: dict[str, list[Any]] = {"thead": [], "": [], "tfoot": []}
    for child in table:
        if child.tag == "tr":
            parts[""].append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            parts.get(child.tag, parts[""]).extend(row for row in child if row.tag == "tr")
    for row in (*parts["thead"], *parts[""], *parts["tfoot"]):
        if "display:none" not in re.sub(r"\s", "", row.get("style") or "").lower():
            yield row


def _own_cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _length(element: Any) -> int:
    return len(re.sub(r"\s", "", element.text_content()))


def _spanned(cell: Any) -> Spanned:
    lines: list[str] = []
    for block in _Reader(cell).blocks:
        if isinstance(block, Table):
            lines.extend(inner.text for row in block.rows for inner in row.cells if not inner.blank)
        else:
            lines.append(block.text)
    return Spanned("\n".join(lines), _whole(cell.get("rowspan"), 1), _whole(cell.get("colspan"), 1))


def _whole(text: str | None, default: int) -> int:
    found = re.match(r"\s*([0-9]{1,4})", text or "")
    return int(found[1]) if found else default
