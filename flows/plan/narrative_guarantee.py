"""保障措施: numbered paragraphs behind the tasks that name no units in brackets and still ask for a deliverable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.plan.deadlines import find_deadline
from flows.plan.header import Column
from flows.plan.model import Kind
from flows.plan.narrative_lend import is_firm
from flows.plan.narrative_lines import Piece, chapter_of
from flows.plan.narrative_text import sentences
from flows.plan.narrative_units import Closing

_NO_TASKS = re.compile(
    r"总体要求|指导思想|基本原则|工作原则|工作目标|总体目标|主要目标|目标要求|目标任务|年度目标|重要意义|背景|适用范围|总体思路|工作思路"
)
_CARRYING_OUT = re.compile(
    r"保障|组织|领导|要求|落实|督查|督导|督促|考核|考评|监督|评估|宣传|责任|机制|步骤|安排|阶段|方法|纪律|附则|其他|职责|措施保"
)
_MODAL = r"(?:要|应当|应|须|必须|需|将|负责|结合|根据|按照|按|每|于|务必|请|可|在|对|原则上|尽快)"
_SUBJECT = re.compile(
    rf"(?:请)?(?P<who>(?:各|全[市县区])[^，。；：“”《》]{{1,18}}?|[省市区县州][一-龥]{{2,14}}(?:局|委|办|厅|室|中心|政府|部|院)(?:、[省市区县州][一-龥]{{2,14}}(?:局|委|办|厅|室|中心|政府|部|院))*)(?={_MODAL})"
)
_HANDED_IN = re.compile(
    r"(?:制定|编制|形成|报送|上报|提交|报).{0,30}(?:报.{2,16}(?:备案|汇总|审核|办公室)|备案|报送至)"
)
_REPORTED = re.compile(r"每(?:周|旬|月|季度?|半年|年)[^，。；]{0,10}(?:前|内)[^。；]{0,24}(?:报|上报|报送|报告)")


def unnumbered(seen: list[Piece], pieces: list[Piece], taken: set[int], year: int) -> Iterator[Piece]:
    """Paragraphs behind the tasks that ask units for something in time but are not numbered: no items, to be shown."""
    order = {id(piece): at for at, piece in enumerate(seen)}
    start = min(order[id(piece)] for piece in pieces)
    chapters = {chapter_of(piece) for piece in pieces}
    for piece in seen[start:]:
        if id(piece) in taken or piece.mark or chapter_of(piece) in chapters or not piece.headings:
            continue
        if any(_timed(part, year) and subject_of(part) for part in sentences(piece.text)):
            yield piece


def is_about_tasks(title: str) -> bool:
    """The title of a chapter that is neither about aims nor about how the plan is carried out."""
    return bool(title) and not _NO_TASKS.search(title) and not _CARRYING_OUT.search(title)


def guarantees(seen: list[Piece], pieces: list[Piece], dropped: list[Piece], year: int) -> Iterator[Piece]:
    """Numbered paragraphs behind the tasks that ask units to deliver something by a day or so many times a year."""
    order = {id(piece): at for at, piece in enumerate(seen)}
    start = min(order[id(piece)] for piece in pieces)
    chapters = {chapter_of(piece) for piece in pieces}
    for piece in dropped:
        headings = piece.headings
        if order[id(piece)] < start or chapter_of(piece) in chapters or not (headings or piece.mark):
            continue
        if any(_NO_TASKS.search(heading.title) for heading in headings):
            continue
        if not (piece.mark or (headings and headings[-1].mark.level > 1)):
            continue
        asked = sorted(
            (part for part in sentences(piece.text) if _asks(part, year)),
            key=lambda part: find_deadline(part, year).due is None,
        )
        handed = [part for part in sentences(piece.text) if _HANDED_IN.search(part)]
        if not asked and not handed:
            continue
        who = next((who for part in (*asked, *handed, piece.text) if (who := subject_of(part))), "")
        if not who:
            continue
        piece.closing = Closing(responsible=who)
        piece.doubts.append((Column.RESPONSIBLE, who, "没有单位括号，责任单位取自句中，请核对是否列为任务"))
        yield piece


def _timed(text: str, year: int) -> bool:
    return find_deadline(text, year).kind is not Kind.NONE or re.search("每[周月季日旬]|每半?年", text) is not None


def _asks(text: str, year: int) -> bool:
    read = find_deadline(text, year)
    if _REPORTED.search(text):
        return True
    return read.kind in (Kind.ONCE, Kind.PERIODIC) and is_firm(read)


def subject_of(text: str) -> str:
    """The units at the front of the first sentence of a text that has any there."""
    for part in re.split(r"(?<=[。；！？])", text):
        found = _SUBJECT.match(part.strip())
        if found:
            return found["who"]
    return ""
