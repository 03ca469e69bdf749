"""Which charts a bulletin can show, from its snapshot: the same figures, rounded the same way, as text and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.documents.charts.model import BLUE, GREEN, RED, YELLOW, Chart, Series, Shape
from flows.documents.chinese import listed, share
from flows.periods import Period, spoken
from flows.progress import Snapshot, Totals, UnitLine

_STATES = (("已完成", BLUE), ("正在推进", GREEN), ("尚未启动", YELLOW), ("逾期未完成", RED))
_ENDS = 10
"""Bars at each end of a ranking that is too long to be read as a whole."""
_MONTHS = 12
_RING_HEIGHT, _LINE_HEIGHT = 54.0, 60.0
_BAR, _BESIDE_BARS = 6.2, 14.0
"""Millimetres of one bar, and of legend and margins."""
_ROOM = 112.0
"""End of the axis of shares: a bar of 100 % leaves room for its figure."""


def bulletin_charts(snapshot: Snapshot, months: Sequence[tuple[str, Totals]] = ()) -> dict[str, tuple[Chart, ...]]:
    """Every name of `marker.NAMES` and what it stands for; empty when there is nothing to show.

    ``months`` are period and totals of earlier bulletins in any order; the snapshot adds its own and the one before.
    """
    districts = _rates(snapshot, snapshot.districts)
    departments = _rates(snapshot, snapshot.departments)
    return {
        "完成情况": _states(snapshot),
        "各单位完成率": districts + departments,
        "区县完成率": districts,
        "部门完成率": departments,
        "逐月完成率": _trend(snapshot, months),
    }


def _states(snapshot: Snapshot) -> tuple[Chart, ...]:
    totals = snapshot.totals
    counts = (totals.done, totals.moving, totals.idle, totals.overdue)
    present = [(word, color, count) for (word, color), count in zip(_STATES, counts, strict=True) if count]
    if not present:
        return ()
    words, colors, values = zip(*present, strict=True)
    told = listed(f"{word}{count}项" for word, _, count in present)
    return (
        Chart(
            Shape.RING,
            f"任务完成情况（截至{spoken(snapshot.as_of)}）",
            f"任务共{totals.items}项：{told}。",
            words,
            (Series("任务数", values, BLUE),),
            "项",
            _RING_HEIGHT,
            colors=colors,
        ),
    )


def _rates(snapshot: Snapshot, lines: tuple[UnitLine, ...]) -> tuple[Chart, ...]:
    """A bar for each ranked unit of one series, best first; of a long ranking its two ends. No chart of noughts."""
    ranked = [line for line in lines if line.rate is not None]
    if len(ranked) < 2:
        return ()
    cut = len(ranked) > 2 * _ENDS
    shown = [*ranked[:_ENDS], *ranked[-_ENDS:]] if cut else ranked
    kinds = {line.unit.kind for line in lines}
    series = listed(kind for kind in dict.fromkeys(line.unit.kind for line in snapshot.units) if kind in kinds)
    part = f"；{len(ranked)}个单位中排在最前和最后的各{_ENDS}个" if cut else ""
    values = [_percent(line.done, line.tasks - line.exempt) for line in shown]
    if not any(values):
        return ()
    late = [bool(line.overdue) for line in shown]
    bars = tuple(
        Series(name, tuple(v if mine is is_late else None for v, is_late in zip(values, late, strict=True)), color)
        for name, mine, color in (("无逾期任务的单位", False, BLUE), ("有逾期任务的单位", True, RED))
        if mine in late
    )
    return (
        Chart(
            Shape.BARS,
            f"各单位任务完成率（{series}{part}）",
            listed(f"{line.unit.name}{value}%" for line, value in zip(shown, values, strict=True)) + "。",
            tuple(line.unit.name for line in shown),
            bars,
            "%",
            _BAR * len(shown) + _BESIDE_BARS,
            decimals=1,
            top=_ROOM,
        ),
    )


def _trend(snapshot: Snapshot, months: Sequence[tuple[str, Totals]]) -> tuple[Chart, ...]:
    """The share of finished tasks month by month up to this one, a year at most; a gap where there was no bulletin."""
    known = {Period.parse(period): totals for period, totals in months}
    if snapshot.previous and snapshot.previous_period:
        known[Period.parse(snapshot.previous_period)] = snapshot.previous
    now = Period.parse(snapshot.period)
    known[now] = snapshot.totals
    told = [now]
    while len(told) < _MONTHS:
        told.insert(0, told[0].previous)
    shares = {period: _percent(known[period].done, known[period].items) for period in told if _counted(known, period)}
    if len(shares) < 2 or now not in shares:
        return ()
    told = told[told.index(min(shares)) :]
    first = told[0].label
    last = now.label if told[0].year != now.year else f"{now.month}月"
    return (
        Chart(
            Shape.LINE,
            f"逐月任务完成率（{first}至{last}）",
            listed(f"{period.label}{value}%" for period, value in shares.items()) + "。",
            tuple(_month(period, place, told) for place, period in enumerate(told)),
            (Series("任务完成率", tuple(map(shares.get, told)), BLUE),),
            "%",
            _LINE_HEIGHT,
            decimals=1,
            top=100.0,
        ),
    )


def _counted(known: Mapping[Period, Totals], period: Period) -> bool:
    return period in known and known[period].items > 0


def _month(period: Period, place: int, told: Sequence[Period]) -> str:
    """10月; with its year where another one begins."""
    turns = place > 0 and told[place - 1].year != period.year
    return period.label if turns else f"{period.month}月"


def _percent(count: int, total: int) -> float:
    """The share as the tables print it, as a number."""
    return float(share(count, total).removesuffix("%"))
