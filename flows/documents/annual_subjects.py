"""What units say in their own words, cut into statements and put together by subject with a rule that can be read.

The rule: a statement belongs to the subject of whose words it holds most; an equal number goes to the subject that
stands first. A statement without any of the words belongs to the task category it was reported under, if there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.documents.chinese import flat

_WORDS = {
    "公开内容和时效": "主动公开 公开目录 更新 不及时 不够及时 滞后 不全面 不够全面 信息质量 信息数量 发布 栏目内容"
    " 公开内容 公开范围 公开率 重点领域",
    "政策解读和回应关切": "解读 回应 关切 舆情 图解 通俗 互动 留言 咨询 新闻发布",
    "依申请公开办理": "依申请 申请人 申请件 答复 行政复议 复议 行政诉讼 诉讼 补正",
    "信息管理和保密审查": "审查 保密 隐私 规范性文件 清理 废止 公开属性 档案 归档 错敏",
    "平台建设和数据共享": "平台 网站 门户 新媒体 公众号 系统 数据 共享 接口 公报 专区 检索 栏目建设 改版 技术",
    "部门之间协同配合": "协同 协调 配合 对接 沟通 衔接 联动 征求意见 会签 跨部门",
    "队伍力量和业务能力": "人手 人员 力量 兼职 专职 编制不足 培训 业务能力 业务水平 业务不熟 更换 流动 轮岗 队伍 素质",
    "经费和设施保障": "经费 资金 预算 设施 场地 设备 采购",
    "思想认识和工作机制": "认识 重视 意识 机制 制度 考核 督促 督查 责任 统筹",
}
SUBJECTS: Mapping[str, tuple[str, ...]] = {subject: tuple(words.split()) for subject, words in _WORDS.items()}
"""Subject → the words that point to it. An office may set its own in [annual_report.subjects]."""
OTHER = "其他"

_NOTHING = re.compile(
    r"(?:[/\-—0０\s]*|同上|见上|略|(?:无|没有|暂无|未发现|不存在|不涉及)[其他它明显突出相关需要应当协调报告说明的存在重大新]*"
    r"(?:问题|困难|情况|事项|措施|内容|建议)?(?:和(?:困难|建议))?)"
)
_MARK = re.compile(
    r"(?:^|(?<=[。；;！？\n：:，,]))\s*"
    r"(?:[一二三四五六七八九十]{1,3}(?:是|、)|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]{1,3}[，,、]"
    r"|[1-9]\d?(?:[、．]|\.(?!\d))|[（(][1-9]\d?[）)]|[①-⑳])\s*"
)
"""一是 … 二是 …, （一）, 1. …: how a unit marks one thing after another. 1.2 is a number, not a mark."""
_EDGES = " 　\t\r\n。；;，,、"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands: the chain from a sentence of the report to a cell of a file."""

    kind: str
    """年报数据 or 台账."""
    place: str
    """Of 年报数据 the part of its texts, of a ledger 任务编号, period, file, sheet and row."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that one unit says."""

    unit: str
    text: str
    source: Source
    category: str = ""
    """任务大类 of the ledger's task, '' for texts of 年报数据."""
    about: str = ""
    """For a measure of a ledger entry: the problem beside it, which tells the subject better than the measure does."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Statements about one thing. ``words`` are those that decided, by which a person can check the grouping."""

    title: str
    statements: tuple[Statement, ...]
    words: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """Who says something about it, each once, in the order of the statements."""
        return tuple(dict.fromkeys(each.unit for each in self.statements))


def says_nothing(text: str) -> bool:
    """Whether a text is empty or only says 无, 没有问题, / and the like."""
    return _NOTHING.fullmatch(flat(text).strip(_EDGES + "!！.")) is not None


def parted(text: str) -> tuple[str, ...]:
    """A unit's text as single statements: cut at 一是 … 二是 … and at paragraphs, without those marks and stops.

    What stands before the first mark only leads in (主要问题有：) when it ends with a colon or is short of a sentence.
    """
    found = []
    for paragraph in re.split(r"[\r\n\v\f]+", text):
        pieces = _MARK.split(paragraph)
        lead, rest = pieces[0].strip(), [piece.strip(_EDGES) for piece in pieces[1:]]
        if rest and lead.endswith(("：", ":")):
            lead = ""
        found += [flat(piece.strip(_EDGES)) for piece in (lead, *rest)]
    return tuple(piece for piece in found if piece and not says_nothing(piece))


def subject_words(own: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """The office's own subjects, which go before ours where both fit, then ours."""
    return {**own, **{subject: words for subject, words in SUBJECTS.items() if subject not in own}}


def grouped(statements: Iterable[Statement], subjects: Mapping[str, Sequence[str]] = SUBJECTS) -> tuple[Subject, ...]:
    """Statements by subject, the subject that most units speak of first; what fits nowhere last as 其他."""
    groups: dict[str, list[Statement]] = {}
    words: dict[str, list[str]] = {}
    for each in statements:
        title, found = subject_of(each, subjects)
        groups.setdefault(title, []).append(each)
        words.setdefault(title, []).extend(found)
    order = {title: place for place, title in enumerate((*subjects, *groups))}
    made = [Subject(title, tuple(group), tuple(dict.fromkeys(words[title]))) for title, group in groups.items()]
    return tuple(sorted(made, key=lambda one: (one.title == OTHER, -len(one.units), order[one.title])))


def subject_of(statement: Statement, subjects: Mapping[str, Sequence[str]] = SUBJECTS) -> tuple[str, tuple[str, ...]]:
    """The subject of one statement and the words that decided it."""
    text = statement.about or statement.text
    hits = {title: tuple(word for word in words if word in text) for title, words in subjects.items()}
    best = max(hits, key=lambda title: len(hits[title]), default=OTHER)
    if hits.get(best):
        return best, hits[best]
    return (statement.category, ()) if statement.category else (OTHER, ())
