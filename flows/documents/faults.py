"""二、存在的问题: what is overdue, badly reported, beyond a unit's power, or not moving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flows.documents.chinese import day_in_year, listed, numbers_of, numeral, quoted
from flows.documents.passages import Passage, answered_as, by_unit, item_name, names
from flows.ledger.model import Status
from flows.progress import Answer, Cell, ItemLine, Light, Snapshot, UnitLine

_ITEMS_TOLD = 8
"""Overdue items told one by one; the rest is in the attachment."""
_UNITS_TOLD = 10
"""Units named behind one item; the rest is in the attachment."""
_PROBLEMS_TOLD = 10
_REST_TOLD = 20
_PROBLEM_LENGTH = 80


def faults(snapshot: Snapshot, *, apart: bool = False) -> tuple[Passage, ...]:
    """The passages of the second chapter; one that says that nothing was found when nothing was.

    ``apart``: other items (回头看) have a chapter of their own, for which this one must not speak.
    """
    passages = [
        Passage(title, sentences)
        for title, sentences in (
            ("任务逾期未完成", _overdue(snapshot)),
            ("报送不及时、不规范", _reports(snapshot)),
            ("需协调解决的事项", _blocked(snapshot)),
            ("进展无变化", _unchanged(snapshot)),
        )
        if sentences
    ]
    if passages:
        return tuple(passages)
    if not snapshot.totals.answered and snapshot.totals.asked:
        return (Passage("", ("本期尚无经核对的填报内容，暂无可通报的问题。",)),)
    waiting = snapshot.totals.pending
    besides = f"另有{waiting}个单位的材料正在核对，未列入上述情况。" if waiting else ""
    late = "本期计划内的任务无逾期未完成的" if apart else "本期无逾期未完成的任务"
    return (Passage("", (f"{late}，无迟报、漏报，未收到需协调解决的事项。{besides}",)),)


def overdue_lines(snapshot: Snapshot) -> list[tuple[ItemLine, tuple[Cell, ...]]]:
    """Items with red cells, longest overdue first, each with its red cells in the item's order."""
    found = [(line, tuple(cell for cell in line.cells if cell.light is Light.OVERDUE)) for line in snapshot.items]
    late = [(line, cells) for line, cells in found if cells]
    return sorted(late, key=lambda pair: -max(cell.days_late for cell in pair[1]))


def earliest_due(cells: Sequence[Cell]) -> date | None:
    """The day that the longest overdue of these cells has missed: of units with an extension it is the extended one."""
    return min((cell.due for cell in cells if cell.due), default=None)


def _overdue(snapshot: Snapshot) -> tuple[str, ...]:
    lines = overdue_lines(snapshot)
    if not lines:
        return ()
    units = {cell.unit.name for _, cells in lines for cell in cells}
    first = f"逾期未完成的任务共{len(lines)}项，涉及{len(units)}个单位"
    told = [_overdue_item(snapshot, line, cells) for line, cells in lines[:_ITEMS_TOLD]]
    if len(lines) == 1:
        return (f"{first}：{told[0]}。详见附件2。",)
    rest = f"其余{len(lines) - len(told)}项及详细情况见附件2。" if len(lines) > len(told) else "详见附件2。"
    return (f"{first}，按逾期时间由长到短为：{'；'.join(told)}。{rest}",)


def _overdue_item(snapshot: Snapshot, line: ItemLine, cells: tuple[Cell, ...]) -> str:
    due = earliest_due(cells)
    limit = f"（应于{day_in_year(due, snapshot.as_of.year)}前完成）" if due else ""
    whom = listed(cell.unit.name for cell in cells[:_UNITS_TOLD])
    more = f"等{len(cells)}个单位" if len(cells) > _UNITS_TOLD else ""
    return f"{item_name(line.item.no, line.item.requirement, line.item.task)}{limit}，责任单位{whom}{more}"


def _reports(snapshot: Snapshot) -> tuple[str, ...]:
    """Missing, late and faulty stay apart: a unit is never called 未报送 when something came from it."""
    sentences = []
    missing = answered_as(snapshot, Answer.MISSING)
    if missing and len(missing) == snapshot.totals.asked > 1:
        sentences.append(f"{len(missing)}个单位均未报送：{names(missing)}。")
    elif missing:
        sentences.append(f"未报送的单位{len(missing)}个：{names(missing)}。")
    unreached = [line for line in missing if line.unreached]
    if unreached:
        sentences.append(f"其中{names(unreached)}因邮箱退信，台账没有送达。")
    late = answered_as(snapshot, Answer.LATE)
    if late:
        sentences.append(f"超过期限报送的单位{len(late)}个：{_late(snapshot, late)}。")
    returned = answered_as(snapshot, Answer.RETURNED)
    if returned:
        sentences.append(f"报送后经核对尚需更正、未重新报送的单位{len(returned)}个：{names(returned)}。")
    return ("".join(sentences),) if sentences else ()


def _late(snapshot: Snapshot, lines: Sequence[UnitLine]) -> str:
    """甲局、乙局（4月27日报送），丙局（4月28日报送）: a day is said once."""
    days: dict[date | None, list[UnitLine]] = {}
    for line in sorted(lines, key=lambda line: line.received.isoformat() if line.received else "~"):
        days.setdefault(line.received.date() if line.received else None, []).append(line)
    return "，".join(
        names(group) + (f"（{day_in_year(day, snapshot.as_of.year)}报送）" if day else "")
        for day, group in days.items()
    )


def _blocked(snapshot: Snapshot) -> tuple[str, ...]:
    every = [cell for cell in snapshot.cells if cell.report and cell.report.status is Status.BLOCKED]
    cells = [cell for cell in every if cell.fresh]
    older = f"以前填报需协调、本期没有更新的还有{len(every) - len(cells)}项次。" if len(every) > len(cells) else ""
    if not cells:
        return (older.replace("还有", "有"),) if older else ()
    alike: dict[str, list[Cell]] = {}
    for cell in cells:
        words = cell.report.problem if cell.report else ""
        alike.setdefault(quoted(words, _PROBLEM_LENGTH) if words.strip() else "", []).append(cell)
    groups = list(alike.items())
    told = [_problem(words, group) for words, group in groups[:_PROBLEMS_TOLD]]
    if len(cells) == 1:
        return (f"{told[0]}。{older}",)
    rest = [cell for _, group in groups[_PROBLEMS_TOLD:] for cell in group]
    marked = "；".join(f"{numeral(place)}是{text}" for place, text in enumerate(told, 1)) if len(told) > 1 else told[0]
    return (f"各单位提出需协调解决的事项{len(cells)}项次：{marked}。{_rest(rest)}{older}",)


def _rest(cells: list[Cell]) -> str:
    """Those that are not quoted: by name while a reader can take them in, else counted."""
    units = {cell.unit.name for cell in cells}
    if not cells:
        return ""
    if len(cells) <= _REST_TOLD:
        return f"另有{len(cells)}项次标明需协调：{by_unit(cells)}。"
    return f"另有{len(units)}个单位的{len(cells)}项次标明需协调，见总台账。"


def _problem(words: str, cells: list[Cell]) -> str:
    """Who says what about which items; the same words of several units stand once."""
    units = list(dict.fromkeys(cell.unit.name for cell in cells))
    numbers = list(dict.fromkeys(cell.item.no for cell in cells))
    whom = listed(units[:_UNITS_TOLD]) + (f"等{len(units)}个单位" if len(units) > _UNITS_TOLD else "")
    which = numbers_of(numbers) if len(numbers) <= _UNITS_TOLD else f"{numbers_of(numbers[:3])}等{len(numbers)}项"
    said = f"反映{words}" if words else "标明需协调，未写明具体问题"
    return f"{whom}就{which}{said}"


def _unchanged(snapshot: Snapshot) -> tuple[str, ...]:
    cells = [cell for cell in snapshot.cells if cell.unchanged]
    if not cells:
        return ()
    units = {cell.unit.name for cell in cells}
    return (
        f"下列{len(units)}个单位本期填报的进展与上期相同，共{len(cells)}项次，不作为新进展统计：{by_unit(cells)}。",
    )
