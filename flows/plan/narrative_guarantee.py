"""保障措施: numbered paragraphs behind the tasks that name no units in brackets and still ask for a deliverable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flows.plan.deadlines import find_deadline
from flows.plan.header import Column
from flows.plan.model import Kind
from flows.plan.narrative_lend import is_firm
from flows.plan.narrative_lines import Piece, chapter_of
from flows.plan.narrative_subjects import Told, told_in
from flows.plan.narrative_text import sentences

_NO_TASKS = re.compile(
    r"总体要求|指导思想|基本原则|工作原则|工作目标|总体目标|主要目标|目标要求|目标任务|年度目标|重要意义|背景|适用范围|总体思路|工作思路"
)
_CARRYING_OUT = re.compile(
    r"保障|组织|领导|要求|落实|督查|督导|督促|考核|考评|监督|评估|宣传|责任|机制|步骤|安排|阶段|方法|纪律|附则|其他|职责|措施保"
)
_HANDED_IN = re.compile(
    r"(?:制定|编制|形成|报送|上报|提交|报).{0,30}(?:报.{2,16}(?:备案|汇总|审核|办公室)|备案|报送至)"
)
_REPORTED = re.compile(r"每(?:周|旬|月|季度?|半年|年)[^，。；]{0,10}(?:前|内)[^。；]{0,24}(?:报|上报|报送|报告)")
_OUTCOME = re.compile(
    r"(?:制定|制订|编制|编印|印发|出台|修订|形成(?![^，。；]{0,8}(?:合力|氛围|格局|局面|态势|共识|机制))|梳理|建立|提交|上报|报送|报告|报(?=[省市县区集党学院镇公]|上级)|公布|公开|公示|发布|通报|填报|汇总|总结|备案|反馈)"
    r"|(?:召开|举办|组织|开展|进行|实施|完成)[^，。；]{0,30}(?:培训|轮训|会议|会商|例会|演练|活动|测评|评估|评价|验收|考核|考评|检查|督查|督导|巡查|抽查|自查|调研|调度|评比|评查|宣传|讲座|研讨|清理|整改|整治|改造|建设)"
    r"|(?:足额|及时|全部|按时)?(?:拨付|兑付|兑现|支付|发放|下达|落实)到位|拨付|兑付|发放|投用|投入使用|建成|交付|上线|开通|启用|挂牌|签订|安装"
    r"|(?:培训|召开|听取|研究|调度|检查|督查|督导|巡查|抽查|自查|测评|评估|评价|验收|考核|考评|评查|点评|演练|走访|巡[河林田山护]|学习|确定|明确|配齐|配备|组建|成立)"
)
"""What can be handed in, held or looked at: a paper, a list, a report, a training, a meeting, an assessment."""


_PAPERS = r"(?:方案|计划|清单|台账|报告|名单|总结|材料|细则|制度|办法|进展|情况|信息|报表|数据)"
_HELD = re.compile(
    rf"(?:制定|制订|编制|建立|形成|提交|报送|上报|报|填报|梳理|出台|印发|汇总|通报)[^，。；]{{0,16}}{_PAPERS}|{_PAPERS}[^，。；]{{0,6}}(?:报|通报|公布|公示)"
    r"|(?:召开|举办|组织|开展|进行|实施)[^，。；]{0,30}(?:培训|会议|例会|演练|测评|评估|评价|验收|考核|考评|检查|督查|督导|巡查|抽查|自查)"
)
"""What is handed in or held, of whoever it is asked: more than that a matter is to be taken seriously."""
_AT_TIMES = re.compile("适时|不定期|随机|将(?:对|会同|联合)")
"""What the office will do by itself: nobody is asked for it."""


def unnumbered(seen: list[Piece], pieces: list[Piece], taken: set[int], year: int) -> Iterator[Piece]:
    """Paragraphs that ask units for something in time and are no items: not numbered, or before the first task."""
    order = {id(piece): at for at, piece in enumerate(seen)}
    start = min(order[id(piece)] for piece in pieces)
    chapters = {chapter_of(piece) for piece in pieces}
    for at, piece in enumerate(seen):
        titles = (piece.title, *(heading.title for heading in piece.headings))
        if id(piece) in taken or chapter_of(piece) in chapters or any(map(_NO_TASKS.search, titles)):
            continue
        if piece.mark if at >= start else not piece.mark:
            continue
        if at >= start and not piece.headings:
            continue
        if any(_timed(part, year) and told_in(part) for part in sentences(piece.text)):
            yield piece


def is_about_tasks(title: str) -> bool:
    """The title of a chapter that is neither about aims nor about how the plan is carried out."""
    return bool(title) and not _NO_TASKS.search(title) and not _CARRYING_OUT.search(title)


def guarantees(seen: list[Piece], pieces: list[Piece], dropped: list[Piece], year: int) -> Iterator[Piece]:
    """Numbered paragraphs behind the tasks that ask units to deliver something by a day or so many times a year.

    Paragraphs without a number only where they open with the units and are clear, and then with a doubt.
    """
    order = {id(piece): at for at, piece in enumerate(seen)}
    start = min(order[id(piece)] for piece in pieces)
    chapters = {chapter_of(piece) for piece in pieces}
    for piece in dropped:
        headings = piece.headings
        if order[id(piece)] < start or chapter_of(piece) in chapters or not (headings or piece.mark):
            continue
        if any(_NO_TASKS.search(heading.title) for heading in headings):
            continue
        counted = piece.mark is not None or (bool(headings) and headings[-1].mark.level > 1)
        told, clear = _asked_of(_demands(piece.text, year), piece.text)
        if told is None or not (counted or (clear and told.opens)):
            continue
        piece.closing = told.closing
        if not clear or not counted:
            piece.doubts.append((Column.RESPONSIBLE, told.said, "没有单位括号，责任单位取自句中，请核对是否列为任务"))
        yield piece


def undated(dropped: list[Piece], pieces: list[Piece], taken: set[int]) -> Iterator[Piece]:
    """Numbered paragraphs outside of the chapters of tasks that say who, without a time: no items, to be shown.

    “由甲局…” anywhere; beside guarantees that are items also all who are asked for something that there will be to see.
    """
    chapters = {chapter_of(piece) for piece in pieces}
    judged = {chapter_of(piece) for piece in [*pieces, *dropped] if id(piece) in taken}
    for piece in dropped:
        about = not any(_NO_TASKS.search(heading.title) for heading in piece.headings)
        counted = piece.mark is not None or (bool(piece.headings) and piece.headings[-1].mark.level > 1)
        if id(piece) in taken or not counted or chapter_of(piece) in chapters or not about:
            continue
        told = told_in(piece.text)
        beside = chapter_of(piece) in judged and any(
            told_in(part) and _HELD.search(part) and not _AT_TIMES.search(part) for part in sentences(piece.text)
        )
        if beside or (told and told.named and "由" in piece.text):
            yield piece


def unassigned(dropped: list[Piece], pieces: list[Piece], taken: set[int], year: int) -> Iterator[Piece]:
    """Paragraphs of chapters without tasks that ask for a deliverable and name nobody: no items, to be shown."""
    chapters = {chapter_of(piece) for piece in pieces}
    for piece in dropped:
        if id(piece) in taken or not (piece.mark or piece.headings) or chapter_of(piece) in chapters:
            continue
        if any(_NO_TASKS.search(heading.title) for heading in piece.headings):
            continue
        demands = [part for part in _demands(piece.text, year) if _OUTCOME.search(part)]
        if demands and told_in(piece.text) is None:
            yield piece


def _demands(text: str, year: int) -> tuple[str, ...]:
    """The sentences of a paragraph that ask for something by a day, so many times, or handed in; dated ones first."""
    asked = sorted(
        (part for part in sentences(text) if _asks(part, year)), key=lambda part: find_deadline(part, year).due is None
    )
    return (*asked, *(part for part in sentences(text) if _HANDED_IN.search(part) and part not in asked))


def _asked_of(parts: Sequence[str], text: str) -> tuple[Told | None, bool]:
    """Who is asked for what is to be delivered, and whether that is clear.

    It is where the very sentence names them, and them alone, and says what there will be to see.
    """
    for part in parts:
        if told := told_in(part):
            whole = told_in(text)
            alone = whole is not None and whole.closing == told.closing
            return told, told.sure and alone and _OUTCOME.search(part) is not None
    return (told_in(text), False) if parts else (None, False)


def _timed(text: str, year: int) -> bool:
    return find_deadline(text, year).kind is not Kind.NONE or re.search("每[周月季日旬]|每半?年", text) is not None


def _asks(text: str, year: int) -> bool:
    read = find_deadline(text, year)
    if _REPORTED.search(text):
        return True
    if read.kind is Kind.PERIODIC and _OUTCOME.search(text):
        # “每季度开展测评”: how often is plain although no number is given.
        return True
    return read.kind in (Kind.ONCE, Kind.PERIODIC) and is_firm(read)
