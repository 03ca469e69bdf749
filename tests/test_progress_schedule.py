"""序时进度: which class work is in, by percentage and time; and the figures with measures that the office has set."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from flows.config import Groups, Supervision
from flows.ledger.model import Report, Status
from flows.periods import CHINA, Period
from flows.plan.model import Deadline, Item, Kind, Plan, PlanInfo
from flows.progress import Cell, ItemState, Snapshot
from flows.roster import Roster, Unit
from flows.standing.escalation import Known, due_notices
from flows.standing.figures import Ground, snapshot
from flows.standing.light_settings import Lights
from flows.standing.lights import Light
from flows.standing.measured import exemption_notes, light_counts
from flows.standing.schedule import Course, Pace, Step, elapsed, lag, pace, pace_of_item
from flows.storage.history import Arrival, Recorded
from flows.units.assignment import assign

JULY = date(2026, 7, 2)
"""Half of the year is over: 182 of 364 days."""
YEAR_END = date(2026, 12, 31)
COURSE = Course(JULY, None, behind_points=10, ahead_points=10)
ROSTER = Roster(
    (Unit("东山县", "区县"), Unit("西河区", "区县"), Unit("数据局", "政府部门"), Unit("老干部局", "党委部门"))
)


def once(due: date | None) -> Deadline:
    return Deadline(due=due, kind=Kind.ONCE if due else Kind.NONE)


PLAN = Plan(
    "要点.docx",
    PlanInfo("云川市要点", 2026),
    (
        Item("1", "建目录", responsible=("东山县", "西河区"), deadline=once(date(2026, 6, 20))),
        Item("2", "办培训", responsible=("东山县", "西河区", "数据局"), deadline=once(YEAR_END)),
        Item("3", "常更新", responsible=("数据局", "老干部局"), deadline=Deadline("长期", None, None, Kind.ONGOING)),
        Item("4", "抓整改", deadline=once(YEAR_END)),
    ),
)


def said(unit: str, no: str, status: Status, percent: int | None = None) -> Recorded:
    when = datetime(2026, 7, 1, 9, 30, tzinfo=CHINA)
    came = Arrival(1, "2026-07", unit, f"{unit}.xlsx", "", "0" * 64, "", "", when, "accepted", "", (), (), "", "")
    return Recorded(no, unit, Report(status, percent=percent), "工作台账", 6, came)


def figures(*records: Recorded, lights: Lights | None = None) -> Snapshot:
    return snapshot(
        Ground(
            slug="要点",
            plan=PLAN,
            roster=ROSTER,
            assignment=assign(PLAN, ROSTER, Groups()),
            period=Period(2026, 7),
            as_of=JULY,
            reply_by=date(2026, 7, 25),
            due_soon_days=15,
            current={(r.unit, r.no): r for r in records},
            before={},
            arrivals=(),
            issued={unit.name for unit in ROSTER},
            lights=lights or Lights(),
        )
    )


def place(snap: Snapshot, unit: str, no: str) -> Cell:
    return next(cell for cell in snap.cells if (cell.unit.name, cell.item.no) == (unit, no))


def test_time_runs_from_the_issue_of_the_plan_or_from_new_year() -> None:
    assert elapsed(YEAR_END, None, JULY) == 50
    assert elapsed(date(2026, 8, 1), date(2026, 6, 2), JULY) == 50
    assert elapsed(YEAR_END, date(2027, 1, 1), JULY) == 50
    assert elapsed(date(2026, 3, 1), None, JULY) == 100
    assert elapsed(date(2026, 1, 1), None, JULY) is None


@pytest.mark.parametrize(
    ("report", "due", "kind"),
    [
        (Report(Status.MOVING, percent=60), YEAR_END, Pace.AHEAD),
        (Report(Status.MOVING, percent=59), YEAR_END, Pace.ON),
        (Report(Status.MOVING, percent=41), YEAR_END, Pace.ON),
        (Report(Status.BLOCKED, percent=40), YEAR_END, Pace.BEHIND),
        (Report(Status.MOVING, percent=99), date(2026, 7, 1), Pace.BEHIND),
        (Report(Status.MOVING, percent=None), YEAR_END, Pace.OTHER),
        (Report(Status.MOVING, percent=30), None, Pace.OTHER),
        (Report(Status.DONE, done_on=date(2026, 5, 1)), date(2026, 6, 1), Pace.EARLY),
        (Report(Status.DONE, done_on=date(2026, 6, 1)), date(2026, 6, 1), Pace.DONE),
        (Report(Status.DONE), date(2026, 6, 1), Pace.DONE),
        (Report(Status.IDLE), YEAR_END, Pace.IDLE),
        (None, YEAR_END, Pace.IDLE),
        (Report(Status.EXEMPT), YEAR_END, None),
    ],
)
def test_the_class_of_one_units_work(report: Report | None, due: date | None, kind: Pace | None) -> None:
    assert pace(report, once(due), due, COURSE) is kind


def test_long_work_has_no_day_to_be_measured_against() -> None:
    assert (
        pace(Report(Status.MOVING, percent=5), Deadline("长期", None, None, Kind.ONGOING), None, COURSE) is Pace.ONGOING
    )


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([], Pace.IDLE),
        ([Step(None)], Pace.DONE),
        ([Step(Pace.DONE, -50), Step(Pace.EARLY, -50)], Pace.DONE),
        ([Step(Pace.EARLY, -50), Step(None)], Pace.EARLY),
        ([Step(Pace.IDLE, 50), Step(Pace.IDLE, 50)], Pace.IDLE),
        ([Step(Pace.EARLY, -50), Step(Pace.ON, 5), Step(Pace.IDLE, 50)], Pace.ON),
        ([Step(Pace.ON, 5), Step(Pace.IDLE, 50)], Pace.BEHIND),
        ([Step(Pace.AHEAD, -20), Step(Pace.ON, -4)], Pace.AHEAD),
        ([Step(Pace.AHEAD, -40), Step(Pace.BEHIND, 2, overdue=True)], Pace.BEHIND),
        ([Step(Pace.AHEAD, -40), Step(Pace.BEHIND, 60, excused=True)], Pace.AHEAD),
        ([Step(Pace.DONE, -50), Step(Pace.OTHER)], Pace.OTHER),
        ([Step(Pace.ONGOING), Step(Pace.IDLE)], Pace.ONGOING),
    ],
)
def test_the_class_of_an_item_is_that_of_its_units_mean(steps: list[Step], kind: Pace) -> None:
    assert pace_of_item(steps, COURSE) is kind


def test_who_says_nothing_stands_at_nought() -> None:
    assert lag(None, YEAR_END, None, JULY) == 50
    assert lag(Report(Status.DONE), YEAR_END, None, JULY) == -50
    assert lag(Report(Status.MOVING), YEAR_END, None, JULY) is None


def test_without_the_setting_nothing_is_said_of_the_schedule() -> None:
    snap = figures(said("东山县", "2", Status.MOVING, 5))
    assert snap.schedule == ()
    assert {cell.pace for cell in snap.cells} == {None}
    assert place(snap, "东山县", "2").light is Light.STEADY


def test_with_it_the_classes_add_up_to_all_items_and_who_lags_is_lit() -> None:
    snap = figures(
        said("东山县", "2", Status.MOVING, 5), said("数据局", "3", Status.MOVING), lights=Lights(schedule=True)
    )
    assert snap.schedule == (("慢序时", 1), ("未启动", 2), ("长期坚持", 1))
    assert sum(count for _, count in snap.schedule) == snap.totals.items
    assert place(snap, "东山县", "2").light is Light.BEHIND
    assert place(snap, "东山县", "2").why == (
        "时限2026年12月31日，单位报推进中，完成进度比时间进度慢45个百分点（10个起亮灯）"
    )


def test_the_classes_are_called_what_the_office_calls_them() -> None:
    words = ("超进度", "达进度", "欠进度", "办结", "提前办结", "没动", "持续推进", "其他")
    snap = figures(said("东山县", "2", Status.MOVING, 5), lights=Lights(schedule=True, pace_words=words))
    assert snap.schedule == (("欠进度", 1), ("没动", 3))


def test_grace_takes_an_item_out_of_the_overdue_class() -> None:
    assert figures().items[0].state is ItemState.OVERDUE
    patient = figures(said("东山县", "1", Status.MOVING), lights=Lights(grace_days=12))
    assert patient.items[0].state is ItemState.MOVING
    assert (patient.totals.overdue, patient.overdue) == (0, ())


def test_an_exempt_task_is_not_overdue_and_counted_out_of_the_ranking() -> None:
    snap = figures(said("西河区", "1", Status.DONE), lights=Lights(exempt={"不可抗力": ("东山县：1", "2")}))
    east = next(line for line in snap.units if line.unit.name == "东山县")
    assert (east.tasks, east.done, east.exempt, east.overdue, east.idle, east.excused) == (2, 0, 2, 0, 0, 2)
    assert (east.rate, east.rank) == (None, None)
    west = next(line for line in snap.units if line.unit.name == "西河区")
    assert (west.done, west.exempt, west.rate, west.rank) == (1, 1, 1.0, 1)
    assert snap.overdue == ()
    assert snap.totals.assignments_excused == 4
    assert place(snap, "东山县", "1").why == "豁免：不可抗力；未报送"
    for line in snap.units:
        assert line.done + line.exempt + line.overdue + line.moving + line.idle == line.tasks


def test_a_unit_that_is_exempt_has_no_place_and_the_note_says_why() -> None:
    snap = figures(
        said("东山县", "2", Status.DONE), lights=Lights(exempt={"机构撤并": ("东山县",), "政策调整": ("3",)})
    )
    east = next(line for line in snap.units if line.unit.name == "东山县")
    assert (east.rate, east.rank, east.done, east.unranked) == (None, None, 1, "机构撤并")
    assert exemption_notes(snap) == (
        "经批准豁免、不参加排位的单位：东山县（机构撤并），其未完成的任务列入“不涉及”。",
        "经批准豁免、不计逾期的任务2项次，列入“不涉及”，不参加排位：数据局第3项，老干部局第3项（政策调整）。",
    )


def test_the_counts_of_lights_add_up_to_all_units_and_tasks() -> None:
    snap = figures(said("东山县", "2", Status.DONE), lights=Lights(scheme="蓝黄红", exempt={"不可抗力": ("3",)}))
    counts = {sign.word: count for sign, count in light_counts(snap)}
    assert counts == {"办结": 1, "正常": 2, "蓝": 0, "黄": 0, "红": 2, "豁免": 2}
    assert sum(counts.values()) == len(snap.cells)


def test_nobody_is_admonished_within_grace_or_when_exempt() -> None:
    def supervised(lights: Lights | None = None) -> list[str]:
        drafts, _ = due_notices(figures(lights=lights), Supervision(hint_days=0), (), Known())
        return [draft.unit for draft in drafts]

    assert supervised() == ["东山县", "西河区"]
    assert supervised(Lights(exempt={"不可抗力": ("东山县",)})) == ["西河区"]
    assert supervised(Lights(grace_days=12)) == []
