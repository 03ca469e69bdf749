"""完成状态 in the words that units use."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from flows.ledger.layout import STATUSES
from flows.ledger.model import Status
from flows.ledger.reader import Value
from flows.ledger.values import Reading, short, shown, squeeze

CHOICES: Final = "、".join(STATUSES)

_WORDS: Final = {
    Status.DONE: (
        "已完成 完成 完成了 全部完成 已全部完成 全面完成 已全面完成 按时完成 已按时完成 按期完成 已按期完成 如期完成",
        "已如期完成 提前完成 已提前完成 圆满完成 已圆满完成 按要求完成 已按要求完成 完成任务 已完成任务 已经完成",
        "已办结 办结 已办理完毕 已办毕 办毕 已办 已落实 落实到位 已落实到位 完毕 已完毕 已销号 销号 √ ✓ ✔ ☑ ✅ done 是",
        "100 100% 100%完成 完成100% 已完成100% 已100%完成 完成率100% 完成率:100% 完成率为100% 完成率达100% 进度100%",
        "完成进度100% 百分百完成 百分之百完成 已百分百完成",
    ),
    Status.MOVING: (
        "推进中 正在推进 正在推进中 推进 正推进 在推进 推进当中 有序推进 有序推进中 持续推进 持续推进中 稳步推进",
        "稳步推进中 加快推进 加快推进中 积极推进 积极推进中 扎实推进 扎实推进中 正常推进 正常推进中 按计划推进",
        "按计划推进中 序时推进 序时推进中 按序时推进 长期推进 动态推进 常态化推进 常态化开展 落实推进中 进行中",
        "正在进行 正在进行中 持续进行 持续进行中 办理中 正在办理 正在办理中 在办 落实中 正在落实 正在落实中 实施中",
        "正在实施 正在实施中 开展中 正在开展 正在开展中 开展当中 持续开展 持续开展中 有序开展 有序开展中 已启动",
        "已开始 已开展 部分完成 已部分完成 部分已完成 长期坚持",
    ),
    Status.IDLE: (
        "未启动 未开始 没开始 还没开始 尚未启动 尚未开始 没有启动 没有开始 还未启动 还未开始 未开展 尚未开展 暂未启动",
        "暂未开始 暂未开展 未实施 尚未实施 未启动工作 待启动 未推进 0%",
    ),
    Status.BLOCKED: (
        "需协调 需要协调 待协调 请求协调 需上级协调 需要上级协调 需市级协调 需省级协调 需部门协调 需协调推进",
        "需协调解决 需要协调解决 有困难",
    ),
    Status.EXEMPT: (
        "不涉及 未涉及 无涉及 不涉及本单位 本单位不涉及 我单位不涉及 本区不涉及 我区不涉及 本县不涉及 我县不涉及",
        "我局不涉及 本局不涉及 无此项 无此任务 无此项工作 无该项工作 无此职责 不适用 无关 n/a na",
    ),
}
_STATUS_OF: Final = {word: status for status, lines in _WORDS.items() for word in " ".join(lines).split()}
_HEAD: Final = re.compile("^(" + "|".join(STATUSES) + r")[,，。;；:(（]+(.*)$")
_LIMITED: Final = re.compile("部分|基本|阶段|前期|初步|未|待|尚|还|但|除|不|预计|计划|拟|正在|推进|整改|[0-9]%")
"""Words after 已完成 that take something back: 已完成（部分）, 已完成，待验收."""
_BETWEEN: Final = {
    "否": "是“未启动”还是“推进中”",
    "×": "是“未启动”还是“推进中”",
    "x": "是“未启动”还是“推进中”",
    "未完成": "是“未启动”还是“推进中”",
    "没完成": "是“未启动”还是“推进中”",
    "没有完成": "是“未启动”还是“推进中”",
    "尚未完成": "是“未启动”还是“推进中”",
    "基本完成": "是“已完成”还是“推进中”",
    "已基本完成": "是“已完成”还是“推进中”",
    "初步完成": "是“已完成”还是“推进中”",
    "阶段性完成": "是“已完成”还是“推进中”",
}
"""Words that may mean either of two."""


def read_status(value: Value) -> Reading[Status]:
    """完成状态 in the unit's own words; a word that is not certain (基本完成, 未完成, 1) is a fault."""
    return _read("是" if value else "否") if isinstance(value, bool) else _read(shown(value))


@lru_cache(maxsize=1024)
def _read(word: str) -> Reading[Status]:
    # The same few words in every row of every sheet.
    text = squeeze(word).strip("。.,，;；!！*'\"“”").lower()
    status = _STATUS_OF.get(text) or _by_head(text)
    if status is not None:
        return Reading(status)
    if text in _BETWEEN:
        fault = f"完成状态“{short(word)}”看不出{_BETWEEN[text]}"
        return Reading(fault=fault, cure=f"请从下拉列表中选：{CHOICES}", kind="不是可选的状态")
    return Reading(
        fault=f"完成状态“{short(word)}”不在可选项里",
        cure=f"请从下拉列表中选：{CHOICES}",
        kind="不是可选的状态",
    )


def is_one(value: Value) -> bool:
    """Whether a status cell holds a bare 1, which is 100% typed into a cell that shows numbers — or anything else."""
    return not isinstance(value, bool) and (len(text := shown(value)) < 20 and squeeze(text) == "1")


def in_brackets(value: Value) -> str:
    """What a status carries in brackets: 9月15日 of 已完成（9月15日）."""
    found = re.fullmatch(r"[^()]+\(([^()]+)\)", squeeze(shown(value)))
    return found[1] if found else ""


def _by_head(text: str) -> Status | None:
    """A status followed by an explanation, unless that takes it back or names another one."""
    found = _HEAD.match(text)
    if not found:
        return None
    status, rest = Status(found[1]), found[2].strip("()（）。,，;；:")
    other = _STATUS_OF.get(rest)
    if other not in {None, status}:
        return None
    if status is Status.DONE and rest != "100%" and _LIMITED.search(rest):
        return None
    return status
