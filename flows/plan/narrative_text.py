"""Running text as it was typed: paragraphs that a page or a line's end has broken are joined; marks and titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.plan.documents.model import Document, Paragraph
from flows.plan.narrative_subjects import told_in
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
        rf"第(?P<a>[{_HAN}]{{1,3}}|[0-9]{{1,2}})条(?:[、：:．.\s]+)|(?P<n>[0-9]{{1,3}})(?:[.．](?![0-9]{{1,2}}(?![0-9]|[.．、]|年|月|日|[个项岁家所名处件场次辆条户座套]))|、)"
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
    r"|(?:您?(?:现在|当前)?的?|当前)位置[:：]|(?:网站)?首页\s*(?:[>＞»/|｜]|$)|[>＞»]{1,2}\s"
    r"|.*(?:浏览|点击|阅读|访问)(?:次数|量|数)\s*[:：]\s*(?:[0-9【\[次]|$)|.*备案(?:序)?号\s*[:：]"
    r"|今天是(?:20[0-9]{2}年|星期)"
    r"|(?:设为首页|加入收藏|收藏本站|无障碍(?:浏览|阅读|版|模式)|长者模式|关怀版|手机版|网站地图|联系我们|登录|注册)"
    r"(?:$|[\s|｜/·　])"
)
_POSTED = re.compile(
    r"(?:发布|更新|成文|录入|发表|编辑)?(?:时间|日期)\s*[:：]\s*20[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}日?(?:\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
    r"(?:[\s|｜]*[\u4e00-\u9fff]{2,4}\s*[:：]\s*\S*)*\s*"
)
"""“时间：2022-03-21　来源：…”: when a page was put up, with nothing but labels behind it."""
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


def is_heading(text: str) -> bool:
    """A line that only names what follows: marked, short, without the end of a sentence inside."""
    mark = mark_of(text)
    if mark is None:
        return False
    rest = text[len(mark.text) :].strip().rstrip("。：:")
    if text.rstrip().endswith("。") and (told := told_in(rest)) and (told.named or "，" in rest):
        # A sentence that hands out work names nothing that follows: it is a task of its own.
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
    """A line that a web page puts around a document: 当前位置, 浏览次数, 上一篇, 设为首页, the day it was put up."""
    text = text.strip()
    return _FURNITURE.match(text) is not None or _POSTED.fullmatch(text) is not None


def running_text(document: Document) -> list[tuple[int, str]]:
    """All paragraphs outside of tables as (index of the block where they begin, one line of text), joined if broken."""
    found: list[tuple[int, str]] = []
    paragraphs = [(at, block) for at, block in enumerate(document.blocks) if isinstance(block, Paragraph)]
    width = _wrap_width([_wide(block.text) for _, block in paragraphs])
    levels = _levels([_typed(block.text) for _, block in paragraphs])
    indented = _is_indented([block for _, block in paragraphs])
    last, full, opened = -2, False, False
    for at, block in paragraphs:
        text = _typed(block.text)
        if not text or _PAGE.fullmatch(text) or is_furniture(text):
            last = at if last == at - 1 else last
            continue
        outdented = indented and opened and not block.indented and not is_heading(found[-1][1])
        if found and last == at - 1 and _goes_on(found[-1][1], text, full, levels, outdented=outdented):
            found[-1] = (found[-1][0], one_line(f"{found[-1][1]}\n{text}"))
        else:
            found.append((at, text))
            opened = bool(block.indented)
        last, full = at, bool(width) and _wide(block.text) >= width - 5
    return found


def _is_indented(paragraphs: Sequence[Paragraph]) -> bool:
    """Paragraphs open with spaces, so that a line without them is the rest of the one before."""
    long = [block for block in paragraphs if _wide(block.text) > 50]
    return len(long) > 3 and sum(1 for block in long if block.indented) * 10 >= len(long) * 7


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


@dataclass(frozen=True, slots=True)
class _Levels:
    """What the marked paragraphs of a document are at each level: whole sentences, closed by a bracket of units."""

    whole: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()


def _levels(texts: Sequence[str]) -> _Levels:
    ends: dict[int, list[str]] = {}
    for text in texts:
        if mark := mark_of(text):
            ends.setdefault(mark.level, []).append(text[-2:])
    whole = {at for at, last in ends.items() if len(last) > 2 and 10 * sum(map(_ended, last)) >= 7 * len(last)}
    closed = {at for at, last in ends.items() if len(last) > 2 and 10 * sum(map(_closed, last)) >= 4 * len(last)}
    return _Levels(frozenset(whole), frozenset(closed))


def _ended(text: str) -> bool:
    return _ENDED.search(text) is not None


def _closed(text: str) -> bool:
    return text.rstrip("。；;")[-1:] in ("）", ")", "】", "]", "］", "〕")


def _goes_on(before: str, text: str, full: bool, levels: _Levels, *, outdented: bool) -> bool:
    """``text`` is the rest of the paragraph before, which a page or a line has cut; ``full``: its last line was.

    ``outdented``: it lacks the spaces that every paragraph of the document opens with.
    """
    if mark_of(text) or _ASIDE.match(text) or _DAY.fullmatch(text) or _ASIDE.match(before):
        return False
    if len(before) > 12 and unclosed(before) and len(before) < 4000:
        return not re.search(r"[。；]$", before) or not unclosed(before[-200:])
    mark, said = mark_of(before), "，" in before and text[0] not in "（([【〔"
    if mark and said and mark.level in levels.closed and before.endswith("。") and _closed(text):
        # Its neighbours end with a bracket on the same line; this one was cut between two sentences.
        return True
    runs_on = outdented and re.search("[，。；]", before) and text[0] not in "（([【〔" and not _LABEL.match(text)
    if runs_on:
        return not _ENDED.search(before) or bool(re.search("[。；）)]$", text))
    if _ENDED.search(before) or _LABEL.match(text):
        return False
    if full:
        return True
    if mark and "。" in before[len(mark.text) :] and text[0] not in "（([【〔":
        # “（一）强化公开。政策文件与解读材”: what has a sentence behind its title is no heading.
        return True
    if mark and (before[-1] in "，、" or (said and mark.level in levels.whole and re.search("[，。；）)]", text))):
        return text[0] not in "（([【〔"
    if is_heading(before):
        return False
    runs = len(before) >= 25 and bool(re.search(r"[，。；]", before))
    return runs and not _DAY.search(before[-14:])


def blocks_between(texts: Sequence[tuple[int, str]], start: int, end: int) -> Iterator[str]:
    """The paragraphs that begin in the blocks start … end - 1."""
    yield from (text for at, text in texts if start <= at < end)
