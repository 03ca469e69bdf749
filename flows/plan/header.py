"""Which column of a task table is what: header words, in any order and wording, become roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from flows.plan.documents.model import Row
from flows.plan.textual import bare, full_width


class Column(StrEnum):
    """What a column of a task table holds. The values are the field names used in doubts."""

    NO = "no"
    CATEGORY = "category"
    TASK = "task"
    REQUIREMENT = "requirement"
    LEAD = "lead"
    RESPONSIBLE = "responsible"
    DEADLINE = "due"
    IGNORED = "ignored"
    """Known and not part of a plan: 备注, 责任人, 联系电话."""
    UNKNOWN = "unknown"


UNITS = (Column.LEAD, Column.RESPONSIBLE)
TEXTS = (Column.CATEGORY, Column.TASK, Column.REQUIREMENT)

LABELS: dict[str, Column] = {
    "任务大类": Column.CATEGORY,
    "任务事项": Column.TASK,
    "具体要求": Column.REQUIREMENT,
    "牵头单位": Column.LEAD,
    "责任单位": Column.RESPONSIBLE,
    "完成时限": Column.DEADLINE,
    "不读入": Column.IGNORED,
}
"""What a clerk may call a column, in the review workbook and in the answers she has given before."""

_WHO = r"(?:单位|部门|科室|股室|处室|处（科）室|站所|主体|地区|机构|镇街|街镇|乡镇|街道|小组|专班)"
# The first pattern that fits decides, so the order carries meaning: 时间要求 is a deadline before it is 要求.
_WORDS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NO, re.compile(r"^(?:序号|编号|序|项次|排序|任务编号|任务序号|项目编号|No\.?|NO\.?|no\.?|№|#)$")),
    (
        Column.REQUIREMENT,
        re.compile(
            r"(?:内容|措施|举措|任务|事项|要求|目标)(?:及|和|与|、|/|（)"
            r"(?:完成|推进|进度|工作)?(?:时限|时间|节点|进度|责任|牵头|分工|承办|单位|部门|科室)"
        ),
    ),
    (
        Column.RESPONSIBLE,
        re.compile(
            rf"(?:责任|落实|承办|牵头|配合){_WHO}(?:及|和|与|、|/|（)"
            rf"|(?:领导|责任人|负责人)(?:及|和|与|、|/)(?:责任|牵头|落实|承办){_WHO}"
        ),
    ),
    (
        Column.IGNORED,
        re.compile(r"^(?:计量单位|成果(?:形式|类型)|考核方式|(?:总|年度|计划)?投资(?:额|（.*）)?|建设(?:地点|性质))$"),
    ),
    (
        Column.IGNORED,
        re.compile(
            r"备注|说明|领导|责任人|负责人|联系|电话|手机|完成情况|进展|落实情况|状态|来源|依据|分值|得分|权重|评分|附件|是否"
        ),
    ),
    (
        Column.DEADLINE,
        re.compile(
            r"时限|期限|时间|节点|截止|截至|完成日期|办结|进度(?:要求|安排|目标|计划)|时序|^(?:完成|推进|计划)?进度$|^进度时|日期$|频次|频率|^(?:月份|月度|季度|时段)$"
        ),
    ),
    (Column.LEAD, re.compile(r"^(?:市级|区级|县级|省级|主要|总)?(?:牵头|主办|主责|抓总|第一责任)")),
    (
        Column.RESPONSIBLE,
        re.compile(
            r"(?:责任|落实|配合|协办|承办|参与|参加|实施|负责|执行|完成|协同|协助|协作|主管|相关|有关|成员|报送|任务|承担|组织|推进"
            r"|(?<!督导)(?<!督办)(?<!监督)整改)(?:责任|的)?"
            rf"{_WHO}|^(?:{_WHO}|(?:责任|任务|职责|工作)?分工|责任单位.*|责任|配合|协办|协助|参与|由谁负责|谁来做|谁负责|落实责任|责任落实|责任归属)$"
        ),
    ),
    (Column.CATEGORY, re.compile(r"大类|类别|分类|类型|板块|领域|方面|^章节$|^一级|^大项$")),
    (Column.TASK, re.compile(r"问题(?:描述|表现|概述|事项|清单|内容)$")),
    (
        Column.REQUIREMENT,
        re.compile(r"内容|要求|措施|举措|做法|标准|要点|任务分解|任务细化|具体|^二级|^三级|细化|^做什么$|怎么做|描述"),
    ),
    (Column.TASK, re.compile(r"任务|事项|项目|工作|名称|指标|目标|条目|标题|主题|题目|清单|行动|问题|实事|项$")),
)
_LONGEST_WORD = 18
_PERIOD = re.compile(
    r"(?:20[0-9]{2}年)?(?:第?[一二三四1-4]季度|[上下]半年|(?:[0-9]{1,2}[-—－~至]?)?[0-9]{1,2}月(?:份|底)?)(?:（.*）)?(?:进度|目标|计划)?"
)
"""A part of the year as a header word: the column holds a step of the work."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a task table. ``words`` are the printed header words, ``columns`` their roles, in step."""

    words: tuple[str, ...]
    columns: tuple[Column, ...]
    guessed: tuple[tuple[str, Column], ...] = ()
    """(header word, role) of columns whose role was told by their cells."""
    unsure: tuple[str, ...] = ()
    """Sentences about the columns that hold for every item below them."""
    printed: bool = True
    """False when the table has no header row at all."""
    groups: tuple[tuple[str, Column], ...] = ()
    """(header word, role) of a lone column of groups, where the word does not say whether these are tasks."""

    @property
    def has_units(self) -> bool:
        """There is a column for units; without one nobody can be asked."""
        return any(column in UNITS for column in self.columns)

    @property
    def has_text(self) -> bool:
        """There is a column that says what is to be done."""
        return any(column in TEXTS for column in self.columns)

    @property
    def unread(self) -> tuple[str, ...]:
        """Header words that were not understood."""
        return tuple(w for w, c in zip(self.words, self.columns, strict=True) if c is Column.UNKNOWN and w)

    @property
    def mixed(self) -> tuple[str, ...]:
        """Header words that name leading and other units together, so that the column alone does not tell who leads."""
        return tuple(
            word
            for word, column in zip(self.words, self.columns, strict=True)
            if column is Column.RESPONSIBLE
            and "牵头" in word
            and re.search("责任|配合|落实", word)
            and not first_leads(word)
        )

    @property
    def crowded(self) -> tuple[str, ...]:
        """Header words of unit columns that also hold persons or times."""
        return tuple(
            word
            for word, column in zip(self.words, self.columns, strict=True)
            if column in UNITS and re.search("责任人|负责人|联系|领导|时限|时间", word)
        )

    def repeats(self, row: Row) -> bool:
        """The row is this header printed again, as on every new page."""
        texts = [_word(text) for text in row.texts]
        shown = [text for text in texts if text]
        return len(shown) > 1 and shown == [word for word in self.words if word][: len(shown)]


def first_leads(text: str) -> bool:
    """Words that say that the first of several units leads: 排第一位的为牵头单位.

    Not: 牵头单位有两个以上的，排名第一的为主要牵头单位, which is about units that are named as leading anyway.
    """
    if re.search(r"(?:牵头|主办)(?:单位|部门|科室)?[^。；]{0,6}(?:[两二2多几]|若干)[个家]", text):
        return False
    return bool(
        re.search(
            r"(?:第一|首位|排在?首|列首)[^。；]{0,14}(?:牵头|主办|主责|汇总)|牵头[^。；，]{0,8}(?:排|列)(?:在)?(?:第一|首)",
            text,
        )
    )


def column_of(word: str, known: Mapping[str, str] | None = None) -> Column:
    """The role of one header word; UNKNOWN for words that are none. ``known``: what the clerk has decided before."""
    word = _word(word)
    for printed, label in (known or {}).items():
        if word and _word(printed) == word and label in LABELS:
            return LABELS[label]
    short = re.sub(r"（[^（）]*）", "", word) or word
    if not short or len(short) > _LONGEST_WORD:
        return Column.UNKNOWN
    if "牵头" in word and re.search(rf"(?:责任|配合|落实)(?:及配合)?{_WHO}", word) and "责任人" not in word:
        return Column.RESPONSIBLE
    return next((column for column, pattern in _WORDS if pattern.search(short)), Column.UNKNOWN)


def read_header(row: Row, known: Mapping[str, str] | None = None) -> Header | None:
    """The header that a row is, or None: at least two header words, one of them for the text of a task."""
    words: list[str] = []
    for cell in row.cells:
        words.append(words[-1] if cell.beside and words else _word(cell.text))
    shown = [word for word in words if word]
    columns = [column_of(word, known) for word in words]
    understood = {word for word, column in zip(words, columns, strict=True) if column is not Column.UNKNOWN}
    if len(understood) < 2 or any(len(re.sub(r"（[^（）]*）", "", word)) > _LONGEST_WORD for word in shown):
        return None
    if len(understood) * 2 < len(set(shown)) or any(re.search(r"[。；]", word) for word in shown):
        return None
    header = Header(tuple(words), tuple(columns))
    unknown = [at for at, column in enumerate(columns) if column is Column.UNKNOWN and words[at]]
    if not header.has_text and header.has_units and len(unknown) == 1 and len(understood) > 1:
        # The one column whose name says nothing must be the one that says what is to be done.
        columns[unknown[0]] = Column.REQUIREMENT
        header = Header(tuple(words), tuple(columns), ((words[unknown[0]], Column.REQUIREMENT),))
    return _settle(header) if header.has_text else None


def deepen(header: Header, row: Row, known: Mapping[str, str] | None = None) -> Header | None:
    """The header with a second header row below it (责任单位 over 牵头 | 配合), or None when the row is none."""
    words = [_word(cell.text) for cell in row.cells]
    shown = [word for word in words if word]
    if len(words) == len(header.words) and len(shown) > 1 and all(_PERIOD.fullmatch(word) for word in shown):
        # Steps by quarter or month are no time limit; the word above them is told as not read.
        steps = tuple(Column.UNKNOWN if word else c for word, c in zip(words, header.columns, strict=True))
        return _settle(replace(header, columns=steps))
    if not shown or len(words) != len(header.words):
        return None
    below = [_under(above, word, known) for above, word in zip(header.columns, words, strict=True)]
    strange = [word for word, role in zip(words, below, strict=True) if word and role is Column.UNKNOWN]
    if len(strange) * 3 > len(shown):
        return None
    if len(shown) >= len(words) or any(len(word) > 10 for word in shown):
        return None
    if not any(word and _parted(header.words, at) for at, word in enumerate(words)):
        return None
    columns = tuple(b if word else c for word, b, c in zip(words, below, header.columns, strict=True))
    both = tuple(word or above for word, above in zip(words, header.words, strict=True))
    return _settle(Header(both, columns))


def _under(above: Column, word: str, known: Mapping[str, str] | None) -> Column:
    """The role of a short word in a second header row: 完成 below 时间安排 is a time, below 责任分工 a unit."""
    alone = column_of(word, known)
    return alone if alone is not Column.UNKNOWN else column_of(word + ("时间" if above is Column.DEADLINE else "单位"))


def without(header: Header, places: Sequence[int]) -> Header:
    """The header when some of its text columns turn out to hold no texts: they are told as not read."""
    columns = list(header.columns)
    _assign(columns, places, Column.UNKNOWN)
    if Column.TASK not in columns and Column.REQUIREMENT not in columns:
        named = [at for at, c in enumerate(columns) if c is Column.CATEGORY and column_of(header.words[at]) is not c]
        _assign(columns, named[-1:], Column.TASK)
    return _settle(replace(header, columns=tuple(columns)))


def _word(text: str) -> str:
    return full_width(bare(text)).strip("：:*")


def _parted(words: Sequence[str], at: int) -> bool:
    """The header word at a place spans several columns, as far as the format tells: it is repeated or blank beside."""
    beside = [words[near] for near in (at - 1, at + 1) if 0 <= near < len(words)]
    return not words[at] or words[at] in beside or "" in beside


def _settle(header: Header) -> Header:
    """Tell text columns apart: the last and most detailed one is the requirement, what stands before it the task."""
    columns = list(header.columns)
    goals = [
        at for at, word in enumerate(header.words) if columns[at] in (Column.TASK, Column.REQUIREMENT) and is_goal(word)
    ]
    tasks = [at for at, column in enumerate(columns) if column is Column.TASK and at not in goals]
    if len(tasks) > 1:
        # 存在问题 beside the tasks is for the units to fill in.
        _assign(columns, [at for at in tasks if header.words[at] == "存在问题"], Column.IGNORED)
        tasks = [at for at in tasks if columns[at] is Column.TASK]
    requirements = [at for at, column in enumerate(columns) if column is Column.REQUIREMENT and at not in goals]
    if goals and tasks and requirements:
        _assign(columns, goals, Column.UNKNOWN)
    elif goals and requirements:
        tasks = goals
    elif goals:
        requirements = goals
    if not requirements and tasks:
        requirements = [tasks.pop()]
    elif len(requirements) > 1 and not tasks:
        tasks = [requirements.pop(0)]
    if len(tasks) > 1 and Column.CATEGORY not in columns:
        columns[tasks.pop(0)] = Column.CATEGORY
    _one_deadline(header.words, columns)
    _assign(columns, tasks, Column.TASK)
    _assign(columns, requirements, Column.REQUIREMENT)
    return replace(header, columns=tuple(columns))


def _one_deadline(words: Sequence[str], columns: list[Column]) -> None:
    """Of 启动时间, 进度安排 and 完成时限 only the last says until when."""
    times = [at for at, column in enumerate(columns) if column is Column.DEADLINE]
    _assign(columns, [at for at in times if re.search("开始|启动|开工", words[at])], Column.IGNORED)
    times = [at for at in times if columns[at] is Column.DEADLINE]
    firm = [at for at in times if re.search("时限|期限|截止|截至|完成(?:时间|日期)", words[at])]
    if firm and len(firm) < len(times):
        _assign(columns, [at for at in times if at not in firm], Column.UNKNOWN)


def is_goal(word: str) -> bool:
    """工作目标, 预期成效: what is to be reached, beside the columns that say what is to be done."""
    return bool(re.search("目标|成果|成效|指标|效果", word)) and not re.search("任务|内容|措施|举措|事项", word)


def _assign(columns: list[Column], places: Sequence[int], role: Column) -> None:
    for place in places:
        columns[place] = role
