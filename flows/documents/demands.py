"""三、下一步工作要求: who does what by which day, and to whom it is reported."""

from __future__ import annotations

from datetime import date

from flows.config import Config
from flows.documents.chinese import day_in_year, listed, numbers_of
from flows.documents.faults import overdue_lines
from flows.documents.passages import Passage, answered_as, names
from flows.ledger.model import Role, Status
from flows.periods import Period, spoken
from flows.progress import Answer, ItemLine, ItemState, Snapshot

_UNITS_TOLD = 20
_NUMBERS_TOLD = 12


def demands(snapshot: Snapshot, config: Config) -> tuple[Passage, ...]:
    """The passages of the third chapter. Every demand has a day: the next reply day of the office's round."""
    period = Period.parse(snapshot.period)
    reply = period.next.day(config.round.reply_day)
    by_day = f"{spoken(reply)}前"
    finished = bool(snapshot.totals.items) and snapshot.totals.done == snapshot.totals.items
    return tuple(
        Passage(title, (sentence,))
        for title, sentence in (
            ("抓紧完成逾期任务", _overdue(snapshot, by_day)),
            ("抓好临近时限的任务", _soon(snapshot, period)),
            ("协调解决困难问题", _blocked(snapshot)),
            ("补报更正台账", _reports(snapshot, by_day)),
            ("巩固工作成果" if finished else "按时报送进展", _next_round(snapshot, period, by_day, finished)),
        )
        if sentence
    )


def _overdue(snapshot: Snapshot, by_day: str) -> str:
    lines = overdue_lines(snapshot)
    if not lines:
        return ""
    units = list(dict.fromkeys(cell.unit.name for _, cells in lines for cell in cells))
    whom = listed(units) if len(units) <= _UNITS_TOLD else f"附件2所列{len(units)}个单位"
    each = "要逐项" if len(lines) > 1 else "要"
    return f"{whom}{each}说明逾期原因，明确责任人和完成日期，加快办理，于{by_day}报送办理结果。"


def _soon(snapshot: Snapshot, period: Period) -> str:
    last = period.next.last_day
    lines = soon_lines(snapshot, period)
    if not lines:
        return ""
    numbers = numbers_of(line.item.no for line in lines)
    first = f"{spoken(last)}前到期、尚未完成的任务有{len(lines)}项（{numbers}）"
    schedule = "要对照时限倒排进度，确保按期完成。"
    # What is due on the very day of the figures is as a rule past when the bulletin goes out.
    today = [line for line in lines if _due_until(line, snapshot.as_of, snapshot.as_of)]
    if not today:
        return f"{first}，责任单位{schedule}"
    day = day_in_year(snapshot.as_of, last.year)
    if len(today) == len(lines):
        return f"{first}，{'均' if len(lines) > 1 else ''}于{day}到期，责任单位要抓紧办结。"
    return f"{first}。其中，{day}到期的（{numbers_of(line.item.no for line in today)}）要抓紧办结；其余的{schedule}"


def soon_lines(snapshot: Snapshot, period: Period) -> list[ItemLine]:
    """Items that are neither finished nor overdue, of which a unit's day comes up to the end of the next period."""
    last = period.next.last_day
    return [line for line in snapshot.items if _due_until(line, snapshot.as_of, last)]


def _due_until(line: ItemLine, first: date, last: date) -> bool:
    open_still = line.state in (ItemState.MOVING, ItemState.IDLE)
    days = (cell.due for cell in line.cells if cell.is_open)
    return open_still and any(day is not None and first <= day <= last for day in days)


def _blocked(snapshot: Snapshot) -> str:
    numbers = list(dict.fromkeys(c.item.no for c in snapshot.cells if c.report and c.report.status is Status.BLOCKED))
    if not numbers:
        return ""
    led = {cell.item.no for cell in snapshot.cells if cell.role is Role.LEAD}
    who = "由牵头单位会同责任单位" if led.intersection(numbers) else "由责任单位"
    if led.intersection(numbers) and not led.issuperset(numbers):
        who += "（没有牵头单位的，由责任单位）"
    which = numbers_of(numbers) if len(numbers) <= _NUMBERS_TOLD else f"{len(numbers)}项任务"
    return f"对{which}反映的困难问题，{who}研究提出解决办法；本级难以解决的，及时书面报告。"


def _reports(snapshot: Snapshot, by_day: str) -> str:
    silent = answered_as(snapshot, Answer.MISSING)
    missing = [line for line in silent if not line.unreached]
    unreached = [line for line in silent if line.unreached]
    returned = answered_as(snapshot, Answer.RETURNED)
    parts = []
    if missing:
        whom = "各单位" if len(missing) == snapshot.totals.asked > 1 else names(missing)
        parts.append(f"未报送的{whom}要立即补报" if whom != "各单位" else "各单位要立即补报")
    if unreached:
        parts.append(f"{names(unreached)}在台账重新送达后补报")
    if returned:
        parts.append(f"{names(returned)}要按退回意见更正后重新报送")
    return f"{'；'.join(parts)}，最迟于{by_day}完成。" if parts else ""


def _next_round(snapshot: Snapshot, period: Period, by_day: str, finished: bool) -> str:
    """December closes the year: what is left over is finished in the new year and reported once more."""
    who = "各单位" if snapshot.totals.asked != 1 else next((x.unit.name for x in snapshot.units if x.tasks), "责任单位")
    if finished and period.month == 12:
        return f"{period.year}年度任务已全部完成。{who}要做好资料归档，长期性工作要常抓不懈。"
    if finished:
        return f"{who}要巩固已完成任务的成效，做好资料归档；如情况有变化，于{by_day}报送。"
    if period.month == 12:
        left = snapshot.totals.items - snapshot.totals.done
        return f"{period.year}年度尚未完成的{left}项任务，{who}要继续推进，于{by_day}报送最终完成情况。"
    return f"{who}要如实填报{period.next.label}的任务进展、存在问题和下步措施，经负责人审核后于{by_day}报送。"
