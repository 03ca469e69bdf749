"""定期任务 in a school year or a winter: what comes again turns over New Year and ends with the plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.goals.occurrences import occurrence_in, occurrences
from flows.goals.series import wanted_by
from flows.periods import CHINA, Period
from flows.plan.deadline_rhythm import rhythm_in
from flows.plan.model import Deadline, Item, Kind, PlanInfo, Target
from flows.plan.plan_time import PlanTime
from tests.office import fill, new_office

SCHOOL = PlanInfo("青岚中学2025—2026学年校务公开要点", 2025)
PLAN = """青岚中学2025—2026学年校务公开要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t召开例会\t召开公开工作例会，研究问题。\t教务处\t\t每季度一次
"""
UNITS = (("教务处", "", "科室", "青岚中学", "jiaowu@unit.example", "", ""),)


def days(said: str, info: PlanInfo = SCHOOL, requirement: str = "召开例会。") -> list[str]:
    item = Item("1", requirement, deadline=Deadline(said, None, None, Kind.PERIODIC), rhythm=rhythm_in(said))
    return [str(each.due) for each in occurrences(item, PlanTime.of(info), info.issued)]


@pytest.mark.parametrize(
    ("info", "first", "last"),
    [
        (PlanInfo("云川市2026年要点", 2026), "2026-01-01", "2026-12-31"),
        (SCHOOL, "2025-09-01", "2026-08-31"),
        (PlanInfo("青岚市2025—2026年度供暖方案", 2025, issued=date(2025, 10, 20)), "2025-10-01", "2026-09-30"),
        (PlanInfo("两年行动（2025—2026年）", 2025), "2025-01-01", "2026-12-31"),
        (PlanInfo("落实“十四五”规划（2021—2025年）2025年要点", 2025), "2025-01-01", "2025-12-31"),
        (PlanInfo("青岚中学2025—2026学年要点", 2028), "2028-01-01", "2028-12-31"),
    ],
)
def test_a_plan_is_about_the_time_that_its_title_names(info: PlanInfo, first: str, last: str) -> None:
    time = PlanTime.of(info)
    assert (str(time.first), str(time.last)) == (first, last)


def test_in_a_school_year_the_turns_run_from_september_to_august() -> None:
    assert days("每季度一次") == ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]
    monthly = days("每月5日前")
    assert (len(monthly), monthly[0], monthly[4], monthly[-1]) == (12, "2025-09-05", "2026-01-05", "2026-08-05")


def test_once_a_school_year_is_due_when_it_ends() -> None:
    assert days("每学期一次") == ["2026-01-31", "2026-07-31"]
    assert days("每年一次") == ["2026-08-31"]
    assert days("每年12月底前") == ["2025-12-31"]


def test_every_month_asks_about_its_own_turn_and_numbers_go_on() -> None:
    item = Item("1", "例会", deadline=Deadline(kind=Kind.PERIODIC), rhythm=rhythm_in("每季度一次"))
    known = occurrences(item, PlanTime.of(SCHOOL))
    asked = {month: occurrence_in(known, month) for month in (Period(2025, 12), Period(2026, 1), Period(2026, 3))}
    assert [(each.number, str(each.due)) for each in asked.values()] == [
        (2, "2025-12-31"),
        (3, "2026-03-31"),
        (3, "2026-03-31"),
    ]


def test_what_is_asked_for_by_the_quarter_adds_up_over_new_year() -> None:
    target = Target("一季度听取一次", 1, "次", "季")
    assert wanted_by(target, date(2026, 2, 28), PlanTime.of(SCHOOL)) == 2
    assert wanted_by(target, date(2026, 8, 31), PlanTime.of(SCHOOL)) == 4


def test_what_was_done_in_december_begins_anew_in_january(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt(PLAN, units=UNITS)

    def book(period: str) -> Path:
        made = office.json("distribute", "要点", "--period", period, "--no-send")["workbooks"]
        return Path(made[0]["file"])

    def deadline(path: Path) -> str:
        rows = load_workbook(path)["工作台账"].iter_rows(min_row=6, values_only=True)
        return next(str(row[5]) for row in rows if row[0])

    december = book("2025-12")
    assert deadline(december).startswith("2025年12月31日")
    done = {"完成状态": "已完成", "完成日期": "2025-12-18", "进展情况": "12月18日召开例会。"}
    when = datetime(2025, 12, 20, 9, 0, tzinfo=CHINA)
    fill(december, tmp_path / "收" / "教务处.xlsx", lambda _row: done, received=when)
    office.json("collect", "要点", "--period", "2025-12", "--from", tmp_path / "收")
    assert deadline(book("2026-01")).startswith("2026年3月31日")
    january = office.json("status", "要点", "--period", "2026-01")
    assert (january["totals"]["done"], january["totals"]["overdue"]) == (0, 0)
    (goal,) = january["goals"]
    # September's turn was over before anybody was asked.
    assert (goal["wanted"], goal["value"], goal["judged_on"]) == (3, 1, "2026-06-30")
