"""Every figure that a bulletin prints, with the units and the work that it counts.

One function a section of the bulletin. ``texts`` are the words as they stand in it, number included: by them a clerk
finds the figure again. Tests paste every number of two hundred bulletins and have to be led somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.documents.chinese import share, shares
from flows.documents.demands import soon_lines
from flows.documents.faults import overdue_lines
from flows.documents.overall import praised_units, rate_sentence
from flows.ledger.model import Status
from flows.periods import Period
from flows.progress import Answer, Cell, ItemLine, ItemState, Snapshot, Totals, UnitLine
from flows.round.figure import Figure
from flows.round.figure_rows import followed, has_status, item_row, notices, unit_rows


def figures_of(snapshot: Snapshot) -> tuple[Figure, ...]:
    """In the bulletin's order: text first, then a figure for each unit of 附件1 and for each item of the last list."""
    snap = snapshot.plan_part
    return (
        *_tasks(snap),
        *_schedule(snap),
        *_answers(snap),
        *_changes(snap),
        *_praised(snapshot),
        *followed(snap),
        *notices(snap),
        *_faults(snap),
        *_ahead(snap),
        *unit_rows(snap),
        *(item_row(line) for line in snapshot.items),
    )


_STATES = (
    ("done", "已完成", ItemState.DONE, "所有责任单位都已完成（不涉及的除外）的任务"),
    ("moving", "正在推进", ItemState.MOVING, "没有逾期、至少一个单位已经启动的任务"),
    ("idle", "尚未启动", ItemState.IDLE, "没有逾期、没有一个单位报告启动的任务"),
    ("overdue", "逾期未完成", ItemState.OVERDUE, "已过时限、至少一个单位没有完成的任务"),
)
_ANSWERS = (
    ("on_time", "按时报送", (Answer.ON_TIME,), "第一份能读的台账在报送期限前收到"),
    ("late", "逾期报送", (Answer.LATE,), "第一份能读的台账在报送期限后收到"),
    ("returned", "报送后退回更正、尚未重报", (Answer.RETURNED,), "收到的台账有错，已退回，还没有更正的"),
    ("pending", "已收到、正在核对", (Answer.PENDING,), "来件还没有处理，不算未报送"),
    ("missing", "未报送", (Answer.MISSING,), "已下发台账，截至这一天没有收到任何文件"),
)
_CAME = (Answer.ON_TIME, Answer.LATE)


def _cells(lines: Iterable[ItemLine]) -> tuple[Cell, ...]:
    return tuple(cell for line in lines for cell in line.cells)


def _tasks(snap: Snapshot) -> Iterator[Figure]:
    place = "任务进展"
    totals = snap.totals
    yield Figure(
        "items", place, (f"纳入台账的{totals.items}项任务", f"任务{totals.items}项"), totals.items, items=snap.items
    )
    groups = [(each, [line for line in snap.items if line.state is each[2]]) for each in _STATES]
    present = [(each, lines) for each, lines in groups if lines]
    held = 0 if totals.done else None
    parts = shares([len(lines) for _, lines in present], held) or [""] * len(present)
    for ((key, word, _, rule), lines), part in zip(present, parts, strict=True):
        count = len(lines)
        said = [f"{word}{count}项，占{part}"] if part else []
        said += [f"{word}{count}项", f"{word}的任务共{count}项"]
        said += [f"纳入台账的{count}项任务{word}", f"{count}项任务已全部完成"] if len(present) == 1 else []
        yield Figure(f"items.{key}", place, tuple(said), count, items=tuple(lines), rule=rule)
    carriers = tuple(line for line in snap.units if line.tasks)
    cells = snap.cells
    done = tuple(cell for cell in cells if has_status(cell, Status.DONE))
    late = tuple(cell for cell in cells if cell.days_late)
    if len(carriers) > 1 and len(cells) > len(snap.items):
        yield Figure("carriers", place, (f"由{len(carriers)}个单位承担",), len(carriers), units=carriers)
        yield Figure("pairs", place, (f"按单位分解为{len(cells)}项次",), len(cells), cells=cells)
        if done:
            yield Figure(
                "pairs.done", place, (f"已办结{len(done)}项次", f"已完成{len(done)}项次"), len(done), cells=done
            )
        if late:
            texts = (f"逾期未完成{len(late)}项次", f"逾期{len(late)}项次")
            yield Figure("pairs.overdue", place, texts, len(late), cells=late)
    if snap.unassigned:
        bare = tuple(line for line in snap.items if not line.cells)
        yield Figure("unassigned", place, (f"尚未明确责任单位的任务{len(bare)}项",), len(bare), items=bare)


def _schedule(snap: Snapshot) -> Iterator[Figure]:
    parts = shares([count for _, count in snap.schedule]) or [""] * len(snap.schedule)
    for (word, count), part in zip(snap.schedule, parts, strict=True):
        lines = tuple(line for line in snap.items if pace_word(snap, line) == word)
        texts = (f"{word}{count}项，占{part}",) if part else ()
        yield Figure(f"schedule.{word}", "任务进展", (*texts, f"{word}{count}项"), count, items=lines)
    if snap.excused:
        count = len(snap.excused)
        yield Figure("excused", "任务进展", (f"{count}项次不计逾期", f"豁免{count}项次"), count, cells=snap.excused)


def pace_word(snap: Snapshot, line: ItemLine) -> str:
    """序时进度 of an item as the bulletin calls it; '' when it is not looked at."""
    return snap.lights.pace_word(line.pace) if line.pace else ""


def _answers(snap: Snapshot) -> Iterator[Figure]:
    place, totals = "报送情况", snap.totals
    asked = tuple(line for line in snap.units if line.answer not in (Answer.NOT_ASKED, Answer.NOT_ISSUED))
    if not asked:
        return
    rule = "承担任务、本期下发了台账的单位"
    texts = (f"应报送单位{len(asked)}个", f"应报{len(asked)}家")
    yield Figure("asked", place, texts, len(asked), units=asked, rule=rule)
    groups = [(each, [line for line in asked if line.answer in each[2]]) for each in _ANSWERS]
    present = [(each, lines) for each, lines in groups if lines]
    parts = shares([len(lines) for _, lines in present]) or [""] * len(present)
    for ((key, word, _, rule), lines), part in zip(present, parts, strict=True):
        count = len(lines)
        forms = (*((f"{word}{count}个，占{part}",) if part else ()), f"{word}{count}个", *_ELSEWHERE[key])
        shown = tuple(text.format(n=count) for text in forms)
        yield Figure(f"answer.{key}", place, shown, count, units=tuple(lines), rule=rule)
    came = tuple(line for line in asked if line.answer in _CAME)
    if came:
        rate = share(len(came), totals.asked).replace(".0%", "%")
        whole = f"按时和逾期报送的合计{len(came)}个，报送率{rate}"
        said = (whole, f"已报送{len(came)}个", f"实报{len(came)}家")
        yield Figure("answered", place, said, len(came), units=came)


_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "on_time": (),
    "late": ("超过期限报送的单位{n}个",),
    "returned": ("报送后经核对尚需更正、未重新报送的单位{n}个",),
    "pending": ("另有{n}个单位的材料正在核对",),
    "missing": ("未报送的单位{n}个", "{n}个单位均未报送"),
}


def _changes(snap: Snapshot) -> Iterator[Figure]:
    before, now = snap.previous, snap.totals
    if before is None:
        return
    place, since = "与上期相比", snap.previous_period
    steps = [("items", "任务总数", before.items, now.items, "项", snap.items)]
    for (key, word, state, _), old, new in zip(_STATES, _four(before), _four(now), strict=True):
        lines = tuple(line for line in snap.items if line.state is state)
        steps.append((key, f"{word}任务", old, new, "项", lines))
    for key, what, old, new, measure, lines in steps:
        if old or new:
            yield Figure(f"change.{key}", place, (_step(what, old, new, measure),), new, items=lines, earlier=since)
    came = tuple(line for line in snap.units if line.answer in _CAME)
    text = _step("已报送单位", before.answered, now.answered, "个")
    yield Figure("change.answered", place, (text,), now.answered, units=came, earlier=since)
    sentence = rate_sentence(now, before)
    if sentence:
        texts = (sentence.rstrip("。"), *sentence.rstrip("。").split("，"))
        done = tuple(line for line in snap.items if line.state is ItemState.DONE)
        rule = "完成率＝已完成任务数÷任务总数"
        yield Figure("rate", place, texts, now.done, items=done, earlier=since, rule=rule)


def _four(totals: Totals) -> tuple[int, int, int, int]:
    return totals.done, totals.moving, totals.idle, totals.overdue


def _step(what: str, old: int, new: int, measure: str) -> str:
    if old == new:
        return f"{what}仍为{new}{measure}"
    return f"{what}由{old}{measure}{'增加' if new > old else '减少'}到{new}{measure}"


def _praised(snap: Snapshot) -> Iterator[Figure]:
    best, leaders = praised_units(snap)
    text = (
        f"承担的任务全部完成且按时报送的有{len(best)}个单位"
        if best
        else "按时报送、无逾期任务且完成率居本类别前3位的单位"
    )
    if best or leaders:
        units = tuple(best or leaders)
        yield Figure("praised", "工作较好的单位", (text, f"{text}{len(units)}个"), len(units), units=units)


def _faults(snap: Snapshot) -> Iterator[Figure]:
    late = [cell for _, cells in overdue_lines(snap) for cell in cells]
    if late:
        units = _lines(snap, late)
        texts = (f"逾期未完成的任务涉及{len(units)}个单位", f"涉及{len(units)}个单位", f"附件2所列{len(units)}个单位")
        yield Figure("overdue.units", "任务逾期未完成", texts, len(units), units=units, cells=tuple(late))
    blocked = [cell for cell in snap.cells if has_status(cell, Status.BLOCKED)]
    fresh = tuple(cell for cell in blocked if cell.fresh)
    older = tuple(cell for cell in blocked if not cell.fresh)
    place = "需协调解决的事项"
    if fresh:
        both = (f"各单位提出需协调解决的事项{len(fresh)}项次", f"需协调{len(fresh)}项次")
        yield Figure("blocked", place, both, len(fresh), cells=fresh, rule="本期填报为需协调的")
        numbers = dict.fromkeys(cell.item.no for cell in blocked)
        text = f"{len(numbers)}项任务反映的困难问题"
        yield Figure("blocked.items", place, (text,), len(numbers), cells=tuple(blocked))
    if older:
        both = (f"以前填报需协调、本期没有更新的有{len(older)}项次", f"没有更新的还有{len(older)}项次")
        yield Figure("blocked.older", place, both, len(older), cells=older)
    same = tuple(cell for cell in snap.cells if cell.unchanged)
    if same:
        units = _lines(snap, same)
        rule = "本期填报的进展情况与上期一字不差、还没有办结的"
        text = f"下列{len(units)}个单位本期填报的进展与上期相同，共{len(same)}项次"
        said = (text, f"进展与上期相同，共{len(same)}项次", f"下列{len(units)}个单位")
        yield Figure("unchanged", "进展无变化", said, len(same), cells=same, units=units, rule=rule)


def _lines(snap: Snapshot, cells: Iterable[Cell]) -> tuple[UnitLine, ...]:
    named = {cell.unit.name for cell in cells}
    return tuple(line for line in snap.units if line.unit.name in named)


def _ahead(snap: Snapshot) -> Iterator[Figure]:
    period = Period.parse(snap.period)
    lines = tuple(soon_lines(snap, period))
    if lines:
        text = f"到期、尚未完成的任务有{len(lines)}项"
        yield Figure("soon", "抓好临近时限的任务", (text,), len(lines), items=lines)
    left = tuple(line for line in snap.items if line.state is not ItemState.DONE)
    if left and period.month == 12:
        text = f"{period.year}年度尚未完成的{len(left)}项任务"
        yield Figure("left", "按时报送进展", (text,), len(left), items=left)
