"""The figures of a month: every count from a few reports that one can read."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from flows.config import Groups
from flows.ledger.model import Report, Status
from flows.ledger.values import same_text
from flows.periods import CHINA, Period
from flows.plan.model import Deadline, Item, Kind, Plan, PlanInfo
from flows.progress import Answer, ItemState, Light, Snapshot, UnitLine
from flows.roster import Roster, Unit
from flows.standing.figures import Ground, printed_figures, snapshot
from flows.standing.lights import Rules, Work, judge
from flows.storage.history import Arrival, Recorded
from flows.units.assignment import assign

MARCH = Period(2026, 3)
ROSTER = Roster(
    (Unit("东山县", "区县"), Unit("西河区", "区县"), Unit("数据局", "政府部门"), Unit("档案馆", "企事业单位"))
)
PLAN = Plan(
    "要点.docx",
    PlanInfo("云川市要点", 2026),
    (
        Item(
            "1",
            "建目录",
            lead=("数据局",),
            responsible=("各县区",),
            deadline=Deadline("3月20日前", None, date(2026, 3, 20), Kind.ONCE),
        ),
        Item(
            "2", "办培训", responsible=("各县区",), deadline=Deadline("4月10日前", None, date(2026, 4, 10), Kind.ONCE)
        ),
        Item("3", "常更新", responsible=("数据局",), deadline=Deadline("长期", None, None, Kind.ONGOING)),
    ),
)


def arrival(unit: str, day: int, verdict: str = "accepted", period: Period = MARCH, number: int = 1) -> Arrival:
    received = datetime(period.year, period.month, day, 9, 30, tzinfo=CHINA)
    return Arrival(
        number, str(period), unit, f"{unit}.xlsx", "", "0" * 64, "", "", received, verdict, "打不开", (), (), "", ""
    )


def said(unit: str, no: str, status: Status, text: str = "", came: Arrival | None = None) -> Recorded:
    return Recorded(no, unit, Report(status, progress=text), "工作台账", 6, came or arrival(unit, 20))


def figures(
    *records: Recorded, came: tuple[Arrival, ...] = (), before: tuple[Recorded, ...] = (), as_of: int = 31
) -> Snapshot:
    key = {(r.unit, r.no): r for r in records}
    old = {(r.unit, r.no): r for r in before}
    return snapshot(
        Ground(
            slug="要点",
            plan=PLAN,
            roster=ROSTER,
            assignment=assign(PLAN, ROSTER, Groups()),
            period=MARCH,
            as_of=date(2026, 3, as_of),
            reply_by=date(2026, 3, 25),
            due_soon_days=15,
            current=old | key,
            before=old,
            arrivals=came,
            issued={unit.name for unit in ROSTER},
        )
    )


def line(snap: Snapshot, unit: str) -> UnitLine:
    return next(each for each in snap.units if each.unit.name == unit)


def test_an_item_is_finished_when_every_unit_concerned_has_finished() -> None:
    snap = figures(
        said("数据局", "1", Status.DONE), said("东山县", "1", Status.DONE), said("西河区", "1", Status.EXEMPT)
    )
    assert snap.items[0].state is ItemState.DONE


def test_one_unit_that_is_late_makes_the_item_overdue() -> None:
    snap = figures(said("数据局", "1", Status.DONE), said("东山县", "1", Status.DONE))
    assert snap.items[0].state is ItemState.OVERDUE
    assert [(cell.unit.name, cell.days_late) for cell in snap.overdue] == [("西河区", 11)]


def test_the_day_of_the_deadline_itself_is_not_late() -> None:
    assert figures(as_of=20).overdue == ()
    assert len(figures(as_of=21).overdue) == 3


def test_the_classes_of_items_add_up_to_all_items() -> None:
    totals = figures(said("东山县", "2", Status.MOVING, "筹备")).totals
    assert (totals.items, totals.done, totals.moving, totals.idle, totals.overdue) == (3, 0, 1, 1, 1)


def test_a_shared_task_counts_for_each_unit_and_once_in_the_total() -> None:
    totals = figures(said("东山县", "1", Status.DONE)).totals
    assert totals.assignments == 6
    assert totals.assignments_done == 1
    assert totals.items == 3


def test_the_counts_of_a_unit_add_up_to_its_tasks() -> None:
    snap = figures(said("东山县", "1", Status.DONE), said("东山县", "2", Status.BLOCKED, "缺经费"))
    for each in snap.units:
        assert each.done + each.exempt + each.overdue + each.moving + each.idle == each.tasks


def test_equal_figures_share_a_place_and_series_are_ranked_apart() -> None:
    snap = figures(said("数据局", "3", Status.DONE), said("数据局", "1", Status.DONE))
    assert (line(snap, "东山县").rank, line(snap, "西河区").rank, line(snap, "数据局").rank) == (1, 1, 1)
    ahead = figures(said("东山县", "1", Status.DONE))
    assert (line(ahead, "东山县").rank, line(ahead, "西河区").rank) == (1, 2)


def test_a_unit_without_tasks_is_neither_asked_nor_ranked() -> None:
    snap = figures()
    assert line(snap, "档案馆").answer is Answer.NOT_ASKED
    assert line(snap, "档案馆").rank is None
    assert snap.totals.asked == 3


@pytest.mark.parametrize(
    ("came", "answer"),
    [
        ((), Answer.MISSING),
        ((arrival("东山县", 25),), Answer.ON_TIME),
        ((arrival("东山县", 26),), Answer.LATE),
        ((arrival("东山县", 20), arrival("东山县", 28, number=2)), Answer.ON_TIME),
        ((arrival("东山县", 20, "returned"),), Answer.RETURNED),
        ((arrival("东山县", 20, "returned"), arrival("东山县", 24, number=2)), Answer.ON_TIME),
        ((arrival("东山县", 20, "quarantined"),), Answer.PENDING),
        ((arrival("东山县", 20, "quarantined"), arrival("东山县", 21, "returned", number=2)), Answer.RETURNED),
    ],
)
def test_a_unit_is_named_as_silent_only_when_nothing_of_it_lies_here(came: tuple[Arrival, ...], answer: Answer) -> None:
    assert line(figures(came=came), "东山县").answer is answer


def test_a_unit_that_got_no_workbook_is_not_called_silent() -> None:
    ground = Ground(
        slug="要点",
        plan=PLAN,
        roster=ROSTER,
        assignment=assign(PLAN, ROSTER, Groups()),
        period=MARCH,
        as_of=date(2026, 3, 31),
        reply_by=date(2026, 3, 25),
        due_soon_days=15,
        current={},
        before={},
        arrivals=(),
        issued={"东山县"},
    )
    snap = snapshot(ground)
    assert line(snap, "东山县").answer is Answer.MISSING
    assert line(snap, "西河区").answer is Answer.NOT_ISSUED
    assert (snap.totals.asked, snap.totals.missing) == (1, 1)


def test_among_equals_who_has_answered_stands_first() -> None:
    snap = figures(came=(arrival("西河区", 20),))
    assert (line(snap, "西河区").rank, line(snap, "东山县").rank) == (1, 2)


def test_what_a_unit_says_again_in_the_same_words_is_no_progress() -> None:
    earlier = arrival("东山县", 20, period=Period(2026, 2))
    snap = figures(
        said("东山县", "2", Status.MOVING, "正在筹备，已定场地。"),
        before=(said("东山县", "2", Status.MOVING, "正在筹备,已定场地", earlier),),
    )
    assert line(snap, "东山县").unchanged == 1


def test_last_months_report_counts_on_but_is_not_fresh() -> None:
    earlier = arrival("东山县", 20, period=Period(2026, 2))
    snap = figures(before=(said("东山县", "1", Status.DONE, "", earlier),))
    cell = next(c for c in snap.cells if c.unit.name == "东山县" and c.item.no == "1")
    assert cell.report is not None
    assert not cell.fresh
    assert not cell.unchanged
    assert line(snap, "东山县").answer is Answer.MISSING


@pytest.mark.parametrize(
    ("status", "due", "shine"),
    [
        (Status.DONE, date(2026, 1, 1), Light.FINISHED),
        (Status.EXEMPT, date(2026, 1, 1), Light.FINISHED),
        (Status.MOVING, date(2026, 3, 30), Light.OVERDUE),
        (Status.MOVING, date(2026, 3, 31), Light.NEAR),
        (Status.MOVING, date(2026, 4, 15), Light.NEAR),
        (Status.MOVING, date(2026, 4, 16), Light.STEADY),
        (Status.BLOCKED, None, Light.BEHIND),
        (Status.MOVING, None, Light.STEADY),
    ],
)
def test_the_lights(status: Status, due: date | None, shine: Light) -> None:
    assert judge(Work(status, "", due), Rules(date(2026, 3, 31), 15)).light is shine


def test_blanks_and_punctuation_do_not_make_a_text_new() -> None:
    assert same_text("已印发 方案。", "已印发方案")
    assert not same_text("已印发方案", "未印发方案")


def test_what_is_printed_can_be_compared_with_next_month() -> None:
    snap = figures(said("东山县", "1", Status.DONE))
    kept = printed_figures(snap)
    assert kept["totals"]["items"] == 3
    assert kept["ranks"]["西河区"] == 2
