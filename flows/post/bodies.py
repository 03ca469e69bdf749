"""What stands in a mail instead of a file: a ledger pasted into the text, links to 超大附件 and shared documents.

Nothing is ever fetched from a link: the clerk is told who sent what, and opens it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

import lxml.etree
import lxml.html

from flows.ledger import layout
from flows.ledger.forms.grid import Value, find_header
from flows.post.headers import decode_header
from flows.post.parts import all_text, bodies

_LIMIT: Final = 2**21
_DEPTH: Final = 4
_CELLS: Final = ("td", "th")
_LINK = re.compile(r"https?://[^\s<>\"'，。；、（）()\[\]\\^`{|}\u3000-\u303f\uff00-\uffef]+", re.IGNORECASE)
_FILE = re.compile(
    r"[^\s<>\"'|/\\:：*?]{1,80}\.(?:xlsx?|et|csv|docx?|wps|pdf|zip|rar|7z|ofd|pptx?|jpe?g|png|mp4)\b", re.IGNORECASE
)
_SERVICES: Final = (
    (r"(?:mail|wx\.mail|exmail)\.qq\.com/(?:[\w/-]*ftn|cgi-bin/ftn)|ftn\.qq\.com|mail\.ftn\.", "QQ邮箱文件中转站"),
    (r"exmail\.qq\.com/.*(?:ftn|download)|exmail\.weixin\.qq\.com/", "腾讯企业邮箱文件中转站"),
    (r"(?:dashi|fs|u|cowork-storage[\w-]*)\.163\.com/|(?:163|126|yeah)\.(?:com|net)/.*attachment", "网易邮箱云附件"),
    (r"(?:qiye|mailh?)\.(?:163|aliyun)\.com/.*(?:attach|download)|netdisk\.\w*\.?163", "企业邮箱超大附件"),
    (r"docs\.qq\.com/|doc\.weixin\.qq\.com/", "腾讯文档"),
    (r"(?:\w+\.)?kdocs\.cn/|drive\.wps\.cn/|(?:\w+\.)?wps\.cn/(?:l|view|file)", "金山文档"),
    (r"shimo\.im/", "石墨文档"),
    (r"[\w-]+\.feishu\.cn/", "飞书文档"),
    (r"alidocs\.dingtalk\.com/|[\w.-]*dingtalk\.com/.*(?:space|file|doc)", "钉钉文档"),
    (r"1drv\.ms/|onedrive\.live\.com/|[\w-]+-my\.sharepoint\.c(?:om|n)/|[\w-]+\.sharepoint\.c(?:om|n)/", "OneDrive"),
    (r"(?:pan|yun)\.baidu\.com/", "百度网盘"),
    (r"(?:www\.)?(?:alipan|aliyundrive)\.com/", "阿里云盘"),
    (r"share\.weiyun\.com/", "腾讯微云"),
    (r"cloud\.189\.cn/|(?:www\.)?jianguoyun\.com/|(?:yun|caiyun)\.139\.com/|[\w.]*mail\.10086\.cn/", "网盘"),
    (r"[\w.-]*icloud\.com/attachment", "iCloud 邮包"),
    (r"[^/]+/(?:coremail|webmail|nf|owa)/.*(?:netfolder|nfdl|/nf|largeatt|bigfile|filetransfer)", "邮箱文件中转站"),
)
_UNKNOWN: Final = "网络附件"
_ANNOUNCED = re.compile(r"超大附件|云附件|文件中转站|大附件下载|网盘附件")
_ANSWERED = re.compile(
    r"^[\s>]*(?:-{2,}\s*(?:原始邮件|原邮件|回复的?原邮件|original message|original)\s*-{2,}"
    r"|_{10,}\s*$|.{0,80}(?:写道|wrote)\s*[:：]\s*$|(?:发件人|from)\s*[:：].{0,120}$)",
    re.IGNORECASE,
)
"""Where a reply ends and what it replies to begins. A mail that is passed on is passed on for what follows there."""
_PASSED_ON = re.compile(r"^\s*(?:转发|转寄|fwd?|fw)\s*[:：]", re.IGNORECASE)
_LABELLED = re.compile(r"(填报单位|填报人|联系电话)\s*[:：]\s*([^\s,，;；。|]{1,40})")
_TOLD: Final = (layout.UNIT, layout.FILLER, layout.PHONE)


@dataclass(frozen=True, slots=True)
class CloudLink:
    """A link behind which a file may lie."""

    service: str
    url: str
    name: str = ""
    """The file's name, where the mail shows one."""

    @property
    def sentence(self) -> str:
        """What it is and what to do."""
        named = f"“{self.name}”" if self.name else ""
        return f"来信里是{self.service}的链接{named}，请打开来信下载，放进文件夹后用 collect --from 再收"


def cloud_links(raw: bytes) -> tuple[CloudLink, ...]:
    """Every link to a file or a shared document in what the sender wrote, each once; quoted mail does not count."""
    mail = message_from_bytes(raw)
    found: dict[str, CloudLink] = {}
    for page in bodies(mail, "html", depth=_DEPTH):
        for url, beside in _page_links(_own_page(page, mail)):
            _add(found, url, beside)
    for text in bodies(mail, "plain", depth=_DEPTH):
        own = _own_text(text, mail)
        for hit in _LINK.finditer(own):
            _add(found, hit[0], own[max(0, hit.start() - 160) : hit.start()])
    known = [link for link in found.values() if link.service != _UNKNOWN] or list(found.values())
    return tuple({(link.service, link.name or link.url): link for link in known}.values())


def pasted_ledger(raw: bytes, unit: str = "", filler: str = "") -> bytes:
    """The ledger in the text of a mail as a page of its own; b'' when there is none.

    Words such as “填报人：…” in the text go above the table. ``unit`` and ``filler`` stand there where neither the
    table nor the text names them: who sent the mail, by the office's own roster.
    """
    mail = message_from_bytes(raw)
    for page in bodies(mail, "html", depth=_DEPTH):
        own = _own_page(page, mail)
        if own is None:
            continue
        tables = [table for table in own.iter("table") if _is_ledger(table)]
        if tables:
            text = " ".join(own.itertext())
            above = _above(text, unit, filler)
            return _page(above + "".join(_markup(table) for table in tables))
    text = "\n".join(bodies(mail, "plain", depth=_DEPTH))
    lines = [line.split("\t") for line in _own_text(text, mail).splitlines() if line.count("\t") > 1]
    if text and lines and find_header([[cell.strip() for cell in line] for line in lines]) is not None:
        rows = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell.strip())}</td>' for cell in line)}</tr>" for line in lines
        )
        return _page(_above(text, unit, filler) + f"<table>{rows}</table>")
    return b""


def announces_files(raw: bytes) -> bool:
    """Whether the text speaks of files that lie elsewhere, whatever the service."""
    return bool(_ANNOUNCED.search(all_text(message_from_bytes(raw))))


def _add(found: dict[str, CloudLink], url: str, beside: str) -> None:
    bare = re.sub(r"^https?://", "", html.unescape(url), flags=re.IGNORECASE)
    service = next((name for pattern, name in _SERVICES if re.match(pattern, bare, re.IGNORECASE)), "")
    if not service and _ANNOUNCED.search(beside) and "/" in bare.rstrip("/"):
        service = _UNKNOWN
    if not service:
        return
    names = _FILE.findall(beside)
    known = found.get(url)
    if known is None or (names and not known.name):
        found[url] = CloudLink(service, html.unescape(url), names[-1].strip("“”《》（）[]【】") if names else "")


def _page_links(page: lxml.html.HtmlElement | None) -> Iterator[tuple[str, str]]:
    """(address, words in and before it) of every link of a page, bare ones too."""
    if page is None:
        return
    before = ""
    for node in page.iter():
        if not isinstance(node.tag, str):
            continue
        own = node.text or ""
        if node.tag == "a" and (target := (node.get("href") or "").strip()).lower().startswith("http"):
            yield target, f"{before[-160:]} {''.join(node.itertext())}"
        elif node.tag not in ("style", "script"):
            for hit in _LINK.finditer(own):
                yield hit[0], f"{before[-160:]} {own[: hit.start()]}"
        before += f" {own}"
        # What follows an element belongs to its parent, but for reading on it is simply next.
        if not len(node):
            before += f" {node.tail or ''}"


def _own_page(page: str, mail: Message) -> lxml.html.HtmlElement | None:
    """The page without what it quotes; None when it cannot be parsed."""
    if not page.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace")[:_LIMIT], parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None
    if not _PASSED_ON.search(decode_header(mail, "Subject")):
        _cut_quotes(tree)
    return tree


def _cut_quotes(tree: lxml.html.HtmlElement) -> None:
    for quote in [*tree.iter("blockquote"), *tree.find_class("gmail_quote"), *tree.find_class("qmQuote")]:
        if quote.getparent() is not None:
            quote.drop_tree()
    for node in tree.iter():
        if isinstance(node.tag, str) and node.tag not in _CELLS and _begins_quote(node):
            _cut_after(node)
            return


def _begins_quote(node: lxml.html.HtmlElement) -> bool:
    if node.get("id") in ("divRplyFwdMsg", "isReplyContent", "isForwardContent", "appendonsend"):
        return True
    text = (node.text or "").strip()
    if not text or not _ANSWERED.search(text.splitlines()[0]):
        return False
    # “发件人：” alone may be a line of the letter; above quoted mail the next lines name recipient and subject.
    whole = "".join(node.getparent().itertext()) if node.getparent() is not None else text
    return not re.match(r"[\s>]*(?:发件人|from)", text, re.IGNORECASE) or bool(
        re.search(r"(?:收件人|主题|发送时间|to|subject|sent)\s*[:：]", whole, re.IGNORECASE)
    )


def _cut_after(node: lxml.html.HtmlElement) -> None:
    """Take away an element and all that follows it in the page."""
    here = node
    while (parent := here.getparent()) is not None:
        for later in list(here.itersiblings()):
            later.drop_tree()
        here = parent
    if node.getparent() is not None:
        node.drop_tree()


def _own_text(text: str, mail: Message) -> str:
    if _PASSED_ON.search(decode_header(mail, "Subject")):
        return text
    kept = []
    for line in text.splitlines():
        if _ANSWERED.search(line) and not re.match(r"[\s>]*(?:发件人|from)", line, re.IGNORECASE):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def _is_ledger(table: lxml.html.HtmlElement) -> bool:
    """Whether a row of this very table, not of one inside it, is a ledger's header."""
    lines = [line for line in table.iter("tr") if next(line.iterancestors("table"), None) is table]
    cells: list[list[Value]] = [
        ["" if cell.find(".//table") is not None else "".join(cell.itertext()) for cell in line if cell.tag in _CELLS]
        for line in lines[:60]
    ]
    found = find_header(cells)
    return found is not None and bool({layout.NO, layout.REQUIREMENT} & found[1].keys())


def _above(text: str, unit: str, filler: str) -> str:
    """Rows with whose ledger it is and who filled it in, as the text says, else as given where it does not."""
    told = dict(_LABELLED.findall(text))
    squeezed = "".join(text.split())
    given = {layout.UNIT: unit, layout.FILLER: filler}
    rows = []
    for word in _TOLD:
        value = told.get(word) or ("" if word in squeezed else given.get(word, ""))
        if value:
            rows.append(f"<tr><td>{word}</td><td>{html.escape(value)}</td></tr>")
    return "".join(rows)


def _markup(table: lxml.html.HtmlElement) -> str:
    table.tail = None
    return str(lxml.html.tostring(table, encoding="unicode"))


def _page(content: str) -> bytes:
    rows, mark, rest = content.partition("<table")
    # The labels become rows of the ledger's own table: that is where the reader looks for them.
    head, close, body = rest.partition(">")
    page = f'<html><head><meta charset="utf-8"></head><body>{mark}{head}{close}{rows}{body}</body></html>'
    return page.encode("utf-8", "replace")
