"""Running text as it was typed: paragraphs that a page or a line's end has broken are joined; marks and titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.plan.documents.model import Document, Paragraph
from flows.plan.textual import number_of, one_line, unclosed

_HAN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:第(?P<a>[{_HAN}]{{1,3}})(?:部分|章|节|篇|类|板块)[、：:．.\s]*|(?P<n>[{_HAN}]{{1,3}})[、．.])"),
    re.compile(
        rf"[（(](?P<n>[{_HAN}]{{1,3}})[）)][、．.]?"
        rf"|(?:任务|事项|问题|项目|行动|工程|举措|专题)(?P<a>[{_HAN}]{{1,3}}|[0-9]{{1,2}})(?:[、：:．]|\s+)\s*(?=\S)"
    ),
    re.compile(
        rf"第(?P<a>[{_HAN}]{{1,3}}|[0-9]{{1,2}})条(?:[、：:．.\s]+)|(?P<n>[0-9]{{1,3}})(?:[.．](?![0-9]{{1,2}}(?![0-9]|[.．、]|年|月|日|个|项))|、)"
    ),
    re.compile(r"[（(](?P<n>[0-9]{1,3})[）)][.、]?|(?P<a>[0-9]{1,3})[）)]"),
    re.compile(rf"(?P<n>[{_CIRCLED}])[.、]?"),
)
_ENDED = re.compile(r"[。！？；：:;!?…）)】\]〕］》”]$")
_DAY = re.compile(r"[0-9〇○零一二三四五六七八九十]{4}年.{1,3}月.{1,3}日")
_ASIDE = re.compile(
    r"(?:附件?|附表|抄送|主送|备注|注|联系人|联系电话|来源|发布时间|信息来源)\s*[0-9一二三四五]*\s*[:：]|附件\s*[0-9]*$"
)
_PAGE = re.compile(r"[—–\-－·\s]*(?:第\s*)?[0-9]{1,3}(?:\s*页)?(?:\s*[/共]\s*[0-9]{1,3}\s*页?)?[—–\-－·\s]*")
_FURNITURE = re.compile(
    r"(?:上一篇|下一篇|【?打印|【?关闭窗口|浏览次数|责任编辑|编辑|【?字体|分享到?|扫一扫|返回顶部|版权所有|网站标识码)(?:[:：\s本】]|$)"
    r"|(?:您?(?:现在|当前)?的?|当前)位置[:：]|首页\s*[>＞»/]|[>＞»]{1,2}\s|.*(?:浏览次数|访问量|点击数|备案(?:序)?号)[:：]"
)
_LABEL = re.compile(
    r"[\u4e00-\u9fff]{0,4}(?:单位|部门|科室|内容|目标|措施|举措|要求|任务|时限|时间|期限|领导|责任人|负责人|安排|分工)[：:]"
)
_LONGEST_HEADING = 45
_TITLE_SENTENCE = re.compile(r"(?P<title>[^。！？；：:]{2,32})[。：:](?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """The number at the front of a paragraph. ``level``: 1 一、 2 （一） 3 1. 4 （1） 5 ①."""

    level: int
    number: int
    text: str


def mark_of(text: str) -> Mark | None:
    """The mark that a paragraph begins with, None when it has none."""
    for level, pattern in enumerate(_MARKS, 1):
        found = pattern.match(text)
        if found:
            digits = found["n"] or found.groupdict().get("a") or ""
            number = _CIRCLED.index(digits) + 1 if digits in _CIRCLED else number_of(digits)
            return Mark(level, number or 0, found[0])
    return None


_TELLS_WHO = re.compile(r"由[^，。；]{2,40}?(?:牵头|负责|主办|承办|统筹|组织|建立)")
"""A sentence that hands out work names nothing that follows: it is a task of its own."""


def is_heading(text: str) -> bool:
    """A line that only names what follows: marked, short, without the end of a sentence inside."""
    mark = mark_of(text)
    if mark is None:
        return False
    rest = text[len(mark.text) :].strip().rstrip("。：:")
    if text.rstrip().endswith("。") and _TELLS_WHO.search(rest):
        return False
    return 0 < len(rest) <= _LONGEST_HEADING and not re.search(r"[。；;！？]", rest)


def title_sentence(text: str) -> tuple[str, str]:
    """(title, rest) of a marked paragraph that opens with its own title, ('', text) when it does not."""
    found = _TITLE_SENTENCE.match(text)
    if not found or found["title"].count("，") > 1 or re.match(r"[0-9]", found["title"]):
        return "", text
    return found["title"].strip(), text[found.end() :].strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end mark."""
    return [part for part in re.split(r"(?<=[。！？；])", text) if part.strip()]


def is_furniture(text: str) -> bool:
    """A line that a web page puts around a document: 当前位置, 浏览次数, 上一篇."""
    return _FURNITURE.match(text.strip()) is not None


def running_text(document: Document) -> list[tuple[int, str]]:
    """All paragraphs outside of tables as (index of the block where they begin, one line of text), joined if broken."""
    found: list[tuple[int, str]] = []
    paragraphs = [(at, block.text) for at, block in enumerate(document.blocks) if isinstance(block, Paragraph)]
    width = _wrap_width([_wide(text) for _, text in paragraphs])
    last, full = -2, False
    for at, printed in paragraphs:
        text = _typed(printed)
        if not text or _PAGE.fullmatch(text) or is_furniture(text):
            last = at if last == at - 1 else last
            continue
        if found and last == at - 1 and _goes_on(found[-1][1], text, full):
            found[-1] = (found[-1][0], one_line(f"{found[-1][1]}\n{text}"))
        else:
            found.append((at, text))
        last, full = at, bool(width) and _wide(printed) >= width - 5
    return found


def _typed(text: str) -> str:
    """Without the marks of Markdown and without the spaces of the layout."""
    text = re.sub(r"^\s*(?:#{1,6}\s+|[-*+•]\s+(?=\S)|>\s*|[●■◆▪◇▶►➢➤]\s*(?=\S))", "", text)
    return one_line(re.sub(r"\*\*|__", "", text))


def _wide(text: str) -> int:
    """The printed width of a line: a Chinese character is as wide as two digits."""
    return sum(1 if char.isascii() else 2 for char in text.strip())


def _wrap_width(widths: Sequence[int]) -> int:
    """The width at which every line of the text was wrapped, 0 when paragraphs stand on one line each."""
    if len(widths) < 6:
        return 0
    most = max(widths)
    full = sum(1 for width in widths if width >= most - 5)
    return most if 30 <= most <= 120 and full * 3 >= len(widths) else 0


def _goes_on(before: str, text: str, full: bool) -> bool:
    """``text`` is the rest of the paragraph before, which a page or a line has cut. ``full``: its last line was."""
    if mark_of(text) or _ASIDE.match(text) or _DAY.fullmatch(text) or _ASIDE.match(before):
        return False
    if len(before) > 12 and unclosed(before) and len(before) < 4000:
        return not re.search(r"[。；]$", before) or not unclosed(before[-200:])
    if _ENDED.search(before) or _LABEL.match(text):
        return False
    if full:
        return True
    if is_heading(before):
        return False
    runs = len(before) >= 25 and bool(re.search(r"[，。；]", before))
    return runs and not _DAY.search(before[-14:])


def blocks_between(texts: Sequence[tuple[int, str]], start: int, end: int) -> Iterator[str]:
    """The paragraphs that begin in the blocks start … end - 1."""
    yield from (text for at, text in texts if start <= at < end)
