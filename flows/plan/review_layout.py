"""任务分解表.xlsx: the one description of its sheets, used by the writer and the reader."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.plan.model import DeadlineSource, Doubt, Item, Kind, Target
from flows.plan.units import join_names

TASKS = "任务分解表"
INFO = "计划信息"
DOUBTS = "存疑"
ASSIGNED = "分工"
GROUPS = "泛称"
HELP = "填写说明"
REMEMBERED = "已记住"
CHANGES = "变动"
LOOKBACK = "回头看"
CHOICES = "选项"
"""Very hidden: what the drop-down lists of 存疑 offer, one list a column."""
IMPORTED = "导入记录"
"""Very hidden: the plan as written (JSON in pieces down column A), so that the office's edits can be told."""

LAYOUT = 2
CHUNK = 30_000
"""Characters a cell of the hidden sheet; Excel's limit is 32 767."""
LONGEST_CELL = 32_000
HEADER_ROW = 2
"""Row of the column names in the sheet of tasks; row 1 tells what to do."""
LAST_PREPARED_ROW = 3000
"""Drop-down lists and formats reach down to here, for rows that the office adds."""


@dataclass(frozen=True, slots=True)
class ReviewColumn:
    """A column of the sheet of tasks. ``fields`` are the names that doubts use for what stands in it."""

    name: str
    width: float
    fields: tuple[str, ...]


COLUMNS = (
    ReviewColumn("任务编号", 8, ("no",)),
    ReviewColumn("任务大类", 11, ("category",)),
    ReviewColumn("任务事项", 20, ("task",)),
    ReviewColumn("具体要求", 48, ("requirement",)),
    ReviewColumn("牵头单位", 16, ("lead",)),
    ReviewColumn("责任单位", 26, ("responsible",)),
    ReviewColumn("时限原文", 14, ("deadline_text",)),
    ReviewColumn("截止日期", 12, ("due",)),
    ReviewColumn("时限类型", 9, ("kind",)),
    ReviewColumn("时限出处", 9, ("deadline_source",)),
    ReviewColumn("存疑", 34, ()),
    ReviewColumn("指标", 14, ("targets",)),
    ReviewColumn("周期", 10, ("rhythm",)),
    ReviewColumn("变动", 8, ()),
)
NAMES = tuple(column.name for column in COLUMNS)
DOUBT_AT = NAMES.index("存疑")
INFORMING = frozenset({"指标", "周期", "变动"})
"""Columns that are written anew by each import and are not read as texts of the item."""
INFO_ROWS = ("标题", "文号", "印发机关", "年度", "印发日期", "来源文件")
DOUBT_COLUMNS = ("编号", "栏目", "读到的", "为什么存疑", "处理", "所在任务")
OLD_DOUBT_COLUMNS = {"任务编号": "编号", "读到的内容": "读到的", "疑问": "为什么存疑"}
"""What workbooks of layout 1 call the columns of 存疑."""
REMEMBERED_COLUMNS = ("序号", "类别", "文件中的写法", "记住的意思", "来自计划", "记住的日期", "处理")
LOOKBACK_COLUMNS = ("编号", "来源", "原编号", "原时限", "单位", "最近填报", "状态", "进展", "存在问题", "核定意见")
CHANGE_COLUMNS = ("编号", "原编号", "变动", "栏目", "上次读到", "这次读到", "现在用的")

KEEP = "保留现状"
DROP = "不是任务，删去"
FORGET = "不再使用"
ADDED = "新增"
CHANGED = "修改"
CANCELLED = "已取消"
MARKS = (ADDED, CHANGED, CANCELLED)
SAME_ITEM = "是同一条任务"
NEW_ITEM = "是新任务"

HELP_TEXT = (
    ("这张表是什么", "任务分解表由程序从工作要点文件读出，供核对。核对后以本表为准：下发、汇总、通报都按本表进行。"),
    ("先看什么", "先看“存疑”表。每行一个问题：读到了什么，为什么拿不准。点编号可以跳到那一格。没有问题就不用看别的。"),
    (
        "怎样处理存疑",
        "在“处理”一栏从下拉列表里选，也可以自己写：单位问题写单位名称（几个的用顿号隔开），时限问题写“9月底前”"
        "或 2026-09-30，没有问题选“保留现状”，不该算任务的选“不是任务，删去”。"
        "也可以直接改“任务分解表”里的那一格，或清空那一行的“存疑”格，效果相同。",
    ),
    ("处理以后", "保存即可，下一个命令就按新的来。没有处理的，taizhang show 会继续列出。"),
    (
        "记住的事",
        "单位的写法、泛称、表头的意思，定过一次就记住，以后别的计划也照用，不再问。全部列在“已记住”表里；"
        "不想再用的，在那里的“处理”一栏选“不再使用”。",
    ),
    (
        "可以改什么",
        "各栏都可以直接改。可以删去整行、插入新行、排序、筛选。新行要填没有用过的任务编号。不要改动原有的任务编号，历次填报靠它对应。",
    ),
    (
        "单位怎样写",
        "多个单位之间用顿号“、”隔开，与单位名录的名称或别名一致；也可以写泛称，如“各地各部门”。括号里的顿号不算分隔。",
    ),
    (
        "时限怎样改",
        "只改“时限原文”（如“9月底前”），截止日期和时限类型会自动重新推算；要直接指定，就改“截止日期”和“时限类型”。",
    ),
    ("时限类型", "限期：到期须完成；长期：持续开展；定期：按月、季、年重复；无时限：文件没有写。"),
    (
        "文件修订了",
        "把新文件用同一个代号再 import 一次。办公室改过的内容保留，新旧不同的列在“变动”表，改了又有新说法的列入“存疑”。"
        "“变动”栏写“已取消”的行不再下发，以往填报仍在；清空这一格就恢复。",
    ),
    (
        "回头看",
        "任务大类以“回头看：”开头的，是 taizhang lookback 带入的上年事项，单独统计，照常下发、催报、销号。"
        "“回头看”表列出每条的来源和单位上次的填报。不要的删去整行，再运行 lookback 不会重新带入。",
    ),
    ("其他", "“计划信息”可改；“分工”“泛称”以及“指标”“周期”两栏只供查看，改了不起作用。"),
)
"""Sheet 填写说明: heading and text of each row."""

_LABELS = {
    "no": "任务编号",
    "category": "任务大类",
    "task": "任务事项",
    "requirement": "具体要求",
    "lead": "牵头单位",
    "responsible": "责任单位",
    "deadline_text": "时限原文",
    "due": "截止日期",
    "kind": "时限类型",
    "deadline": "时限",
    "deadline_source": "时限出处",
    "title": "标题",
    "doc_number": "文号",
    "issuer": "印发机关",
    "year": "年度",
    "issued": "印发日期",
    "items": "任务表",
    "targets": "指标",
    "rhythm": "周期",
    "roster": "单位名录",
    "column": "表头",
    "identity": "任务承接",
    "note": "备注",
}
KINDS = {kind.label: kind for kind in Kind}
SOURCES = {source.label: source for source in DeadlineSource}


def label_of(field: str) -> str:
    """What a field of a doubt is called in the workbook."""
    return _LABELS.get(field, field)


def field_of(label: str) -> str:
    """The inverse of label_of."""
    return next((field for field, name in _LABELS.items() if name == label), label)


def height_of(texts: Sequence[tuple[str, float]], bold: bool = False) -> float:
    """Points that a row needs so that each (text, column width) shows whole, at 10 pt; at most what Excel allows.

    Programs do not fit rows by themselves when they open a file. A Chinese character is as wide as two digits, and
    lines break a little early, so a tenth is added.
    """
    lines = 1
    for text, width in texts:
        room = (width - 1) / (1.2 if bold else 1.1)
        wanted = (sum(2 if ord(char) > 0x2E7F or char in "“”‘’…—" else 1 for char in line) for line in text.split("\n"))
        lines = max(lines, sum(max(1, math.ceil(units / room)) for units in wanted))
    return min(409.0, 4 + 13.5 * lines)


def shown(text: str | None) -> str:
    """A text as a cell can hold it: no control characters, not longer than a cell."""
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]", "", (text or "").replace("\r\n", "\n"))
    return kept if len(kept) <= LONGEST_CELL else f"{kept[:LONGEST_CELL]}……"


def same(cell: str, text: str) -> bool:
    """A cell still holds this text; programs change white space at the ends of lines when they save."""
    return _spaced(cell) == _spaced(text)


def _spaced(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip())


def cells_of(item: Item, doubts: Sequence[Doubt], mark: str = "") -> dict[str, str]:
    """The texts of an item's row, by column name; 截止日期 as 2026-10-31. ``mark`` stands in 变动."""
    deadline = item.deadline
    texts = {
        "任务编号": item.no,
        "任务大类": item.category,
        "任务事项": item.task,
        "具体要求": item.requirement,
        "牵头单位": join_names(item.lead),
        "责任单位": join_names(item.responsible),
        "时限原文": deadline.text,
        "截止日期": deadline.due.isoformat() if deadline.due else "",
        "时限类型": deadline.kind.label,
        "时限出处": deadline.source.label if deadline.source else "",
        "存疑": "\n".join(doubt_line(doubt) for doubt in doubts),
        "指标": "\n".join(target_words(target) for target in item.targets),
        "周期": rhythm_words(item.rhythm),
        "变动": mark,
    }
    return {name: shown(text) for name, text in texts.items()}


def target_words(target: Target) -> str:
    """A target as people read it: 不少于两场（2场/年）."""
    value = f"{target.value:g}{target.unit}" + (f"/{target.per}" if target.per else "")
    return value if target.text == value else f"{target.text}（{value}）"


_FREQUENCIES = {"DAILY": "日", "WEEKLY": "周", "MONTHLY": "月", "YEARLY": "年"}
_MONTHS = {"3,6,9,12": "季度", "6,12": "半年"}
"""Months of a yearly rule whose ends are the ends of something."""


def rhythm_words(rhythm: str | None) -> str:
    """An RRULE in Chinese: 每季度末, 每月10日, 每年3月底; the rule itself where it is none."""
    rule = dict(part.split("=", 1) for part in (rhythm or "").split(";") if "=" in part)
    unit = _FREQUENCIES.get(rule.get("FREQ", ""))
    if unit is None:
        return rhythm or ""
    times, months, days = rule.get("INTERVAL", "1"), rule.get("BYMONTH", ""), rule.get("BYMONTHDAY", "")
    every = {("月", "3"): "每季度", ("月", "6"): "每半年", ("月", "12"): "每年"}.get((unit, times))
    every = every or (f"每{unit}" if times == "1" else f"每{times}{'个' if unit in '月周' else ''}{unit}")
    day = days.split(",")[-1] if "BYSETPOS" in rule or "," not in days else ""
    if months in _MONTHS and day == "-1":
        return f"每{_MONTHS[months]}末"
    if months == "12" and day in ("31", "-1"):
        return f"{every}底"
    if months:
        every += f"{months.replace(',', '、')}月"
    if "," in days and not day:
        return f"{every}逢{days.replace('-1', '末').replace(',', '、')}日".replace("末日", "月末")
    return every + ("底" if day == "-1" else f"{day}日" if day else "")


def doubt_line(doubt: Doubt) -> str:
    """A doubt as one line of the 存疑 cell; the line is also how the reader knows it again."""
    return shown(re.sub(r"\s+", " ", f"【{label_of(doubt.field)}】{doubt.message}"))


def is_confirmed(line: str) -> bool:
    """Words by which people say that a question is settled."""
    return re.fullmatch(r"\s*(?:已核[对实准]?|核对?无误|无误|无|没有|√|✓|ok|OK|是|/|-)?[。\s]*", line) is not None
