"""一、总体情况: what has been done, who has answered, what has moved, who does well."""

from __future__ import annotations

from flows.documents.aftermath import aftermath
from flows.documents.chinese import FEW, day_in_year, listed, numbers_of, share, share_tenths, shares
from flows.documents.goals import goal_sentences
from flows.documents.issued import issued_notices
from flows.documents.passages import Passage, answered_as, by_unit, names
from flows.periods import Period, spoken
from flows.progress import Answer, Cell, Light, Snapshot, Totals, UnitLine

_STATES = ("已完成", "正在推进", "尚未启动", "逾期未完成")
_ANSWERS = {
    "按时报送": "on_time",
    "逾期报送": "late",
    "报送后退回更正、尚未重报": "returned",
    "已收到、正在核对": "pending",
    "未报送": "missing",
}
_ALONE = {
    Answer.ON_TIME: "已按时报送",
    Answer.LATE: "已报送，但超过报送期限",
    Answer.RETURNED: "已报送，经核对需更正，尚未重报",
    Answer.PENDING: "已报送，正在核对",
    Answer.MISSING: "未报送",
}
_EXCUSED_TOLD = 20
"""Exempt work that is told by unit and number; more of it is counted by reason."""
_MOVERS = 3
_MOVERS_ALIKE = 10
"""As many may be named when they all moved equally far."""
_PRAISED = 3
"""Places of each series that are praised by name when nobody has finished everything."""


def overall(whole: Snapshot) -> tuple[Passage, ...]:
    """The passages of the first chapter; what is not always so only when there is something to say.

    Look-back items (回头看) are in no count; but who is late with one is not praised.
    """
    snapshot = whole.plan_part
    passages = [Passage("任务进展", _tasks(snapshot)), Passage("报送情况", _answers(snapshot))]
    if snapshot.previous and snapshot.previous_period:
        passages.append(Passage("与上期相比", _change(snapshot, snapshot.previous, snapshot.previous_period)))
    praise = _praise(whole)
    if praise:
        passages.append(Passage("工作较好的单位", praise))
    passages += [
        Passage(title, sentences)
        for title, sentences in (
            ("上期通报问题整改情况", aftermath(snapshot)),
            ("提示督办情况", issued_notices(snapshot)),
            ("量化指标和定期任务", goal_sentences(snapshot)),
        )
        if sentences
    ]
    return tuple(passages)


def _tasks(snapshot: Snapshot) -> tuple[str, ...]:
    totals = snapshot.totals
    day = spoken(snapshot.as_of)
    if not totals.items:
        return (f"截至{day}，没有纳入台账的任务。",)
    counts = (totals.done, totals.moving, totals.idle, totals.overdue)
    present = [(word, count) for word, count in zip(_STATES, counts, strict=True) if count]
    if len(present) == 1:
        first = f"截至{day}，纳入台账的{totals.items}项任务{_all_alike(present[0][0], totals.items)}。"
    else:
        classes = _with_shares(present, "项", held=0 if totals.done else None)
        first = f"截至{day}，纳入台账的{totals.items}项任务中，{classes}。"
    return (first + _schedule(snapshot) + _assignments(snapshot) + _excused(snapshot) + _unassigned(snapshot),)


def _schedule(snapshot: Snapshot) -> str:
    """按序时进度，超序时3项，占10%；…: the office's own words; nothing where it does not measure."""
    if not snapshot.schedule:
        return ""
    if len(snapshot.schedule) == 1:
        ((word, count),) = snapshot.schedule
        return f"按序时进度分类，{'均为' if count > 1 else '为'}{word}。"
    return f"按序时进度分类，{_with_shares(list(snapshot.schedule), '项')}。"


def _excused(snapshot: Snapshot) -> str:
    """What the office has exempted, by reason, so that nobody looks for it among the overdue."""
    reasons: dict[str, list[Cell]] = {}
    for cell in snapshot.excused:
        reasons.setdefault(cell.excused, []).append(cell)
    if not reasons:
        return ""
    count = len(snapshot.excused)
    told = [
        f"{by_unit(cells)}，因{reason}" if count <= _EXCUSED_TOLD else f"因{reason}{len(cells)}项次"
        for reason, cells in reasons.items()
    ]
    return f"经批准，{count}项次不计逾期、不参加排位：{'；'.join(told)}。"


def _unassigned(snapshot: Snapshot) -> str:
    numbers = snapshot.unassigned
    return f"另外，{numbers_of(numbers)}尚未明确责任单位。" if numbers else ""


def _all_alike(word: str, count: int) -> str:
    every = "均" if count > 1 else ""
    return {
        "已完成": "已全部完成" if count > 1 else "已完成",
        "正在推进": f"{every}在推进，尚无完成项",
        "尚未启动": f"{every}尚未启动",
        "逾期未完成": f"{every}逾期未完成",
    }[word]


def _assignments(snapshot: Snapshot) -> str:
    totals = snapshot.totals
    carriers = sum(bool(line.tasks) for line in snapshot.units)
    if carriers == 1:
        unit = next((line.unit.name for line in snapshot.units if line.tasks), "")
        return f"任务由{unit}承担。" if unit else ""
    if totals.assignments <= totals.items or not carriers:
        return ""
    sentence = f"上述任务由{carriers}个单位承担，按单位分解为{totals.assignments}项次"
    if totals.assignments_done == totals.assignments:
        return f"{sentence}，均已办结。"
    if totals.assignments_overdue == totals.assignments:
        return f"{sentence}，均逾期未完成。"
    done = f"已办结{totals.assignments_done}项次" if totals.assignments_done else "尚无办结的"
    late = f"逾期未完成{totals.assignments_overdue}项次" if totals.assignments_overdue else "无逾期"
    return f"{sentence}，其中{done}，{late}。"


def _with_shares(classes: list[tuple[str, int]], measure: str, held: int | None = None) -> str:
    parts = shares([count for _, count in classes], held)
    if not parts:
        return "，".join(f"{word}{count}{measure}" for word, count in classes)
    return "；".join(f"{word}{count}{measure}，占{part}" for (word, count), part in zip(classes, parts, strict=True))


def _answers(snapshot: Snapshot) -> tuple[str, ...]:
    totals = snapshot.totals
    if not totals.asked:
        return ("本期没有需要报送的单位。",)
    limit = day_in_year(snapshot.reply_by, snapshot.as_of.year)
    if totals.asked == 1:
        line = next((line for line in snapshot.units if line.answer in _ALONE), None)
        if line:
            return (f"应报送单位1个，即{line.unit.name}，报送期限为{limit}，{_ALONE[line.answer]}。",)
    counts = [(word, int(getattr(totals, field))) for word, field in _ANSWERS.items()]
    present = [(word, count) for word, count in counts if count]
    asked = f"应报送单位{totals.asked}个，报送期限为{limit}"
    if len(present) == 1:
        word = present[0][0]
        alike = {"按时报送": "各单位全部按时报送", "未报送": f"截至{spoken(snapshot.as_of)}均未报送"}
        return (f"{asked}，{alike.get(word, f'均{word}' if word == '逾期报送' else f'均为{word}')}。",)
    sentence = f"{asked}。其中，{_with_shares(present, '个')}。"
    if totals.on_time and totals.late:
        rate = f"，报送率{_short(totals.answered, totals.asked)}" if totals.asked >= FEW else ""
        sentence += f"按时和逾期报送的合计{totals.answered}个{rate}。"
    if totals.pending:
        waiting = answered_as(snapshot, Answer.PENDING)
        whom = f"{names(waiting)}的材料" if waiting else "上述材料"
        sentence += f"{whom}已收到、正在核对，不计为未报送。"
    return (sentence,)


def _change(snapshot: Snapshot, before: Totals, period: str) -> tuple[str, ...]:
    now = snapshot.totals
    label = Period.parse(period).label
    changes = []
    if now.items != before.items:
        changes.append(_step("任务总数", before.items, now.items, "项"))
    pairs = zip(
        _STATES,
        (before.done, before.moving, before.idle, before.overdue),
        (now.done, now.moving, now.idle, now.overdue),
        strict=True,
    )
    changes += [_step(f"{word}任务", old, new, "项") for word, old, new in pairs if old or new]
    changes.append(_step("已报送单位", before.answered, now.answered, "个"))
    sentence = f"与{label}相比，{'，'.join(changes)}。"
    return (sentence + rate_sentence(now, before) + _movers(snapshot),)


def rate_sentence(now: Totals, before: Totals) -> str:
    """任务完成率为46.7%，比上期提高13.4个百分点。 The difference is that of the printed rates, as a reader subtracts.

    '' where there are too few items for a rate to tell anything.
    """
    if now.items < FEW or before.items < FEW:
        return ""
    new, old = share_tenths(now.done, now.items), share_tenths(before.done, before.items)
    step = abs(new - old)
    points = f"{step // 10}.{step % 10}" if step % 10 else str(step // 10)
    moved = f"比上期{'提高' if new > old else '下降'}{points}个百分点" if step else "与上期持平"
    return f"任务完成率为{_short(now.done, now.items)}，{moved}。"


def _short(count: int, total: int) -> str:
    """81%, 46.7%."""
    return share(count, total).replace(".0%", "%")


def _step(what: str, old: int, new: int, measure: str) -> str:
    if old == new:
        return f"{what}仍为{new}{measure}" if new else f"{what}仍无"
    return f"{what}由{old}{measure}{'增加' if new > old else '减少'}到{new}{measure}"


def _movers(snapshot: Snapshot) -> str:
    moves = [
        (line.previous_rank - line.rank, line)
        for line in (*snapshot.districts, *snapshot.departments)
        if line.rank is not None and line.previous_rank is not None
    ]
    parts = []
    for word, sign in (("上升", 1), ("下降", -1)):
        strong = _strongest([(sign * move, line.unit.name) for move, line in moves if sign * move >= 2])
        if strong:
            parts.append(f"位次{word}较多的是{listed(f'{name}（{word}{size}位）' for size, name in strong)}")
    return "；".join(parts) + "。" if parts else ""


def _strongest(moves: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The three that moved most. Who moved as far as one of them is named too, or neither is: no tie is cut."""
    chosen: list[tuple[int, str]] = []
    for size in sorted({size for size, _ in moves}, reverse=True):
        alike = [move for move in moves if move[0] == size]
        if len(chosen) + len(alike) > (_MOVERS if chosen else _MOVERS_ALIKE):
            break
        chosen += alike
    return chosen


def _praise(snapshot: Snapshot) -> tuple[str, ...]:
    """Praise stands on a rule that the text says: all finished and answered on time, else the best without a fault."""
    best, leaders = praised_units(snapshot)
    if best:
        return (f"承担的任务全部完成且按时报送的有{len(best)}个单位：{names(best)}。",)
    chosen = [f"{line.unit.name}（{line.done}/{line.tasks - line.exempt}）" for line in leaders]
    if not chosen:
        return ()
    return (f"按时报送、无逾期任务且完成率居本类别前{_PRAISED}位的有：{listed(chosen)}。括号内为已完成数与应完成数。",)


def praised_units(snapshot: Snapshot) -> tuple[tuple[UnitLine, ...], tuple[UnitLine, ...]]:
    """Who has finished everything and answered on time; when nobody has, the best of each series without a fault."""
    if snapshot.totals.asked < 2:
        return (), ()
    # Who is excused from something has not finished everything, though its rate is 100%.
    best = tuple(line for line in snapshot.units if _faultless(line) and line.rate == 1 and not line.excused)
    if best:
        return best, ()
    leaders = [_leaders(series) for series in (snapshot.districts, snapshot.departments)]
    return (), tuple(line for group in leaders for line in group)


def _leaders(series: tuple[UnitLine, ...]) -> list[UnitLine]:
    """The first places; but of two or three units the last one is the last, not a leader."""
    last = max((line.rank for line in series if line.rank is not None), default=0)
    return [
        line
        for line in series
        if _faultless(line) and line.done and line.rank is not None and line.rank <= _PRAISED
        if line.rank == 1 or line.rank < last
    ]


def _faultless(line: UnitLine) -> bool:
    late = line.overdue or any(cell.item.is_carried and cell.light is Light.OVERDUE for cell in line.cells)
    return line.answer is Answer.ON_TIME and not late
