"""上年未完成事项和反馈问题: what has become of the look-back items (回头看), which no total of the plan holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import or_

from flows.documents.chinese import day_in_year, listed, numbers_of
from flows.documents.faults import earliest_due, overdue_lines
from flows.documents.passages import Passage, by_unit, item_name
from flows.periods import spoken
from flows.progress import ItemLine, ItemState, Light, Snapshot

_STATES = (
    (ItemState.DONE, "已办结"),
    (ItemState.MOVING, "正在办理"),
    (ItemState.IDLE, "尚未启动"),
    (ItemState.OVERDUE, "逾期未办结"),
)
_ITEMS_TOLD = 8
"""Overdue items told one by one, and numbers named in one row; all stand in the attachments."""
_UNITS_TOLD = 20
_LEAD_IN = re.compile("^[^：，。]{0,10}问题：")
"""问题：, 整改核定指出的问题： before the words that name the problem."""


def lookback(snapshot: Snapshot) -> tuple[Passage, ...]:
    """One passage without heading: counts by class, what is late, who has work left; () when there are no items."""
    lines = snapshot.carried_lines
    if not lines:
        return ()
    told = (_counts(snapshot, lines) + _done(lines), _late(snapshot), _left(lines))
    return (Passage("", tuple(sentence for sentence in told if sentence)),)


def lookback_title(snapshot: Snapshot) -> str:
    """The chapter's heading, by what the items are: left over from last year, found by somebody, or both."""
    kinds = [_kind(line) for line in snapshot.carried_lines]
    left_over = [kind.startswith("上年未完成") for kind in kinds]
    found = ["问题" in kind for kind in kinds]
    if all(left_over):
        return "上年未完成事项办理情况"
    if all(found):
        return "反馈问题整改情况"
    if all(map(or_, left_over, found)):
        return "上年未完成事项和反馈问题办理情况"
    return "回头看事项办理情况"


def _kind(line: ItemLine) -> str:
    """What stands after 回头看： in 任务大类."""
    return (line.item.category or "").replace(":", "：").partition("：")[2].strip() or "其他事项"


def _counts(snapshot: Snapshot, lines: Sequence[ItemLine]) -> str:
    kinds: dict[str, int] = {}
    for line in lines:
        kind = _kind(line)
        kinds[kind] = kinds.get(kind, 0) + 1
    what, parts = next(iter(kinds)), ""
    if len(kinds) > 1:
        what, parts = "回头看事项", f"（{listed(f'{kind}{count}项' for kind, count in kinds.items())}）"
    first = f"纳入本年台账的{what}{len(lines)}项{parts}，单独统计，不计入任务总数。截至{spoken(snapshot.as_of)}，"
    counts = [(word, sum(line.state is state for line in lines)) for state, word in _STATES]
    present = [(word, count) for word, count in counts if count]
    if len(present) == 1:
        return f"{first}{'均' if len(lines) > 1 else ''}{present[0][0]}。"
    return f"{first}{'，'.join(f'{word}{count}项' for word, count in present)}。"


def _done(lines: Sequence[ItemLine]) -> str:
    done = [line.item.no for line in lines if line.state is ItemState.DONE]
    if not done or len(done) == len(lines) or len(done) > _ITEMS_TOLD:
        return ""
    return f"已办结的是{numbers_of(done)}。"


def _late(snapshot: Snapshot) -> str:
    found = [(line, cells) for line, cells in overdue_lines(snapshot) if line.item.is_carried]
    if not found:
        return ""
    told = []
    for line, cells in found[:_ITEMS_TOLD]:
        due = earliest_due(cells)
        limit = f"（应于{day_in_year(due, snapshot.as_of.year)}前完成）" if due else ""
        units = list(dict.fromkeys(cell.unit.name for cell in cells))
        more = f"等{len(units)}个单位" if len(units) > _UNITS_TOLD else ""
        name = item_name(line.item.no, _LEAD_IN.sub("", line.item.requirement), None)
        told.append(f"{name}{limit}，责任单位{listed(units[:_UNITS_TOLD])}{more}")
    rest = f"；其余{len(found) - len(told)}项见附件2" if len(found) > len(told) else ""
    return f"逾期未办结的有{len(found)}项：{'；'.join(told)}{rest}。"


def _left(lines: Sequence[ItemLine]) -> str:
    cells = [cell for line in lines for cell in line.cells if cell.is_open]
    units = list(dict.fromkeys(cell.unit.name for cell in cells))
    if not units:
        return ""
    due = "" if all(cell.light is Light.OVERDUE for cell in cells) else "对照新的完成时限"  # which is past, then
    ask = f"要{due}抓紧办理，办结后随当期台账报送。"
    if len(units) > _UNITS_TOLD:
        return f"尚有{len(units)}个单位的{len(cells)}项次没有办结，见附件，{ask}"
    return f"尚未办结的单位{len(units)}个：{by_unit(cells)}，{ask}"
