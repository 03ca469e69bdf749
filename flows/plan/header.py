"""Which column of a task table is what: header words, in any order and wording, become roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

# The first pattern that fits decides, so the order carries meaning: 时间要求 is a deadline before it is 要求.
_WORDS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NO, re.compile(r"^(?:序号|编号|序|项次|任务编号|任务序号|项目编号|No\.?|NO\.?|№|#)$")),
    (Column.IGNORED, re.compile(r"备注|领导|责任人|负责人|联系|电话|完成情况|进展|落实情况|状态|来源|依据")),
    (Column.DEADLINE, re.compile(r"时限|期限|时间|节点|截止|完成日期|进度(?:要求|安排|目标)|^进度$|日期$")),
    (Column.LEAD, re.compile(r"^(?:市级|区级|县级|主要)?(?:牵头|主办|主责|抓总)")),
    (
        Column.RESPONSIBLE,
        re.compile(
            r"(?:责任|落实|配合|协办|承办|参与|参加|实施|负责|执行|完成|协同|协助|协作|主管|相关|有关|成员|报送|任务)(?:责任|的)?"
            r"(?:单位|部门|科室|处室|股室|主体|地区|机构)|^(?:单位|部门|科室|处室|股室|责任分工|任务分工|职责分工|分工|责任单位.*)$"
        ),
    ),
    (Column.CATEGORY, re.compile(r"大类|类别|分类|类型|板块|领域|方面|^章节$|^一级")),
    (Column.REQUIREMENT, re.compile(r"内容|要求|措施|举措|做法|标准|要点|任务分解|具体|^二级|^三级|细化")),
    (Column.TASK, re.compile(r"任务|事项|项目|工作|名称|指标|目标")),
)
_LONGEST_WORD = 18


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a task table. ``words`` are the printed header words, ``columns`` their roles, in step."""

    words: tuple[str, ...]
    columns: tuple[Column, ...]

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
        return tuple(word for word in self.words if "牵头" in word and re.search("责任|配合|落实", word))

    def repeats(self, row: Row) -> bool:
        """The row is this header printed again, as on every new page."""
        texts = [_word(text) for text in row.texts]
        shown = [text for text in texts if text]
        return len(shown) > 1 and shown == [word for word in self.words if word][: len(shown)]


def column_of(word: str) -> Column:
    """The role of one header word; UNKNOWN for words that are none."""
    word = _word(word)
    if not word or len(word) > _LONGEST_WORD:
        return Column.UNKNOWN
    if "牵头" in word and re.search("(?:责任|配合|落实)(?:单位|部门|科室)", word) and "责任人" not in word:
        return Column.RESPONSIBLE
    return next((column for column, pattern in _WORDS if pattern.search(word)), Column.UNKNOWN)


def read_header(row: Row) -> Header | None:
    """The header that a row is, or None: at least two header words, one of them for the text of a task."""
    words: list[str] = []
    for cell in row.cells:
        words.append(words[-1] if cell.beside and words else _word(cell.text))
    shown = [word for word in words if word]
    columns = [column_of(word) for word in words]
    known = {word for word, column in zip(words, columns, strict=True) if column is not Column.UNKNOWN}
    if len(known) < 2 or any(len(word) > _LONGEST_WORD for word in shown) or len(known) * 2 < len(set(shown)):
        return None
    header = Header(tuple(words), tuple(columns))
    return _settle(header) if header.has_text else None


def deepen(header: Header, row: Row) -> Header | None:
    """The header with a second header row below it (责任单位 over 牵头 | 配合), or None when the row is none."""
    words = [_word(cell.text) for cell in row.cells]
    shown = [word for word in words if word]
    if (
        not shown
        or len(words) != len(header.words)
        or any(column_of(f"{word}单位") is Column.UNKNOWN for word in shown)
    ):
        return None
    below = [column_of(word) if column_of(word) is not Column.UNKNOWN else column_of(f"{word}单位") for word in words]
    if len(shown) >= len(words) or any(len(word) > 10 for word in shown):
        return None
    columns = tuple(b if word else c for word, b, c in zip(words, below, header.columns, strict=True))
    both = tuple(word or above for word, above in zip(words, header.words, strict=True))
    return _settle(Header(both, columns))


def _word(text: str) -> str:
    return full_width(bare(text)).strip("：:*")


def _settle(header: Header) -> Header:
    """Tell text columns apart: the last and most detailed one is the requirement, what stands before it the task."""
    columns = list(header.columns)
    tasks = [at for at, column in enumerate(columns) if column is Column.TASK]
    requirements = [at for at, column in enumerate(columns) if column is Column.REQUIREMENT]
    if not requirements and tasks:
        requirements = [tasks.pop()]
    elif len(requirements) > 1 and not tasks:
        tasks = [requirements.pop(0)]
    if len(tasks) > 1 and Column.CATEGORY not in columns:
        columns[tasks.pop(0)] = Column.CATEGORY
    _assign(columns, tasks, Column.TASK)
    _assign(columns, requirements, Column.REQUIREMENT)
    return replace(header, columns=tuple(columns))


def _assign(columns: list[Column], places: Sequence[int], role: Column) -> None:
    for place in places:
        columns[place] = role
