"""The plan itself: title, number, issuer, date and year, from what stands around its tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import PurePath

from flows.plan.documents.model import Document, Paragraph
from flows.plan.model import Doubt, PlanInfo
from flows.plan.textual import cut, one_line

_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,14}[〔\[（(]20[0-9]{2}[〕\]）)]\s*[0-9]{1,4}\s*号")
_DAY = re.compile(r"(20[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日(?:印发)?$")
_SIGNER = re.compile(r"[\u4e00-\u9fff]{2,28}(?:办公室|人民政府|委员会|管委会|小组|局|委|厅|部|中心|政府办)$")
_NO_TITLE = re.compile(
    r"附件?[0-9一二三四五六七八九十]*[:：]?$|附件[0-9一二三四五六七八九十]*[:：]|单位[:：]|填报|[（(]|—|第[0-9]+页"
)
_SENTENCE_END = "。；：，、！"


def read_info(
    document: Document,
    before: int,
    title_rows: Sequence[str],
    *,
    year: int | None,
    issued: date | None,
) -> tuple[PlanInfo, tuple[Doubt, ...]]:
    """What is known about the plan. ``before`` is the index of the first task table, ``title_rows`` stand in it."""
    doubts: list[Doubt] = []
    paragraphs = [one_line(block.text) for block in document.blocks[:before] if isinstance(block, Paragraph)]
    title = _title(paragraphs, title_rows)
    if not title:
        title = PurePath(document.name).stem
        doubts.append(Doubt(None, "title", title, "没有找到标题，暂用文件名，请在计划信息表改正"))
    number = next((re.sub(r"\s", "", text) for text in paragraphs if _NUMBER.fullmatch(text.replace(" ", ""))), None)
    issuer, found_day = _signature([one_line(b.text) for b in document.blocks if isinstance(b, Paragraph)])
    issued = issued or found_day
    if year is None:
        year, doubt = _year(title, issued, number, document.text)
        if doubt:
            doubts.append(Doubt(None, "year", str(year), doubt))
    return PlanInfo(title, year, number, issuer, issued), tuple(doubts)


def _title(paragraphs: Sequence[str], title_rows: Sequence[str]) -> str:
    lines = [one_line(row) for row in title_rows] or list(paragraphs)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if not _may_be_title(line):
            continue
        # A line as short as “责任分解表” is the second line of a title.
        while len(line) <= 10 and at > 0 and _may_be_title(lines[at - 1]):
            at -= 1
            line = lines[at] + line
        return re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", line)
    return ""


def _may_be_title(line: str) -> bool:
    if len(line) > 80 or len(line) < 4 or line[-1] in _SENTENCE_END or _NO_TITLE.match(line):
        return False
    return not _DAY.search(line) and not _NUMBER.search(line) and not re.match(r"[一二三四五六七八九十]{1,3}、", line)


def _signature(paragraphs: Sequence[str]) -> tuple[str | None, date | None]:
    """落款: an authority and below it a line that is nothing but a date."""
    for above, line in pairwise(paragraphs):
        day = _DAY.fullmatch(line)
        if day and _SIGNER.fullmatch(above.replace(" ", "")):
            return above.replace(" ", ""), _date(day)
    return None, None


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _year(title: str, issued: date | None, number: str | None, text: str) -> tuple[int, str]:
    """The plan's year and, where it had to be guessed, a doubt."""
    in_title = re.search(r"(20[0-9]{2})\s*年", title)
    if in_title:
        return int(in_title[1]), ""
    if issued:
        return issued.year, ""
    in_number = re.search(r"20[0-9]{2}", number or "")
    if in_number:
        return int(in_number[0]), ""
    years = Counter(int(found) for found in re.findall(r"(?<![0-9])(20[0-9]{2})\s*年", text))
    if years:
        year = years.most_common(1)[0][0]
        return year, f"标题没有年份，按文中出现最多的{year}年计，请核对（{cut(title)}）"
    year = date.today().year  # noqa: DTZ011 - the clerk's own calendar is meant
    return year, f"没有找到年份，暂按今年{year}年计，请核对"
