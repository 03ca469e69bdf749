"""督办: what stays undone climbs from 提示单 over three colours to 约谈建议, never twice and never out of turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from flows.config import Supervision
from flows.ledger.model import Report, Status
from flows.plan.model import Deadline, Kind
from flows.progress import Answer, Cell, Snapshot
from flows.standing.escalation import Draft, Issued, Known, Level, Matter, due_notices, overtaken
from tests.documents.months import DISTRICTS, cell, items, snapshot

RULES = Supervision()
UNIT = DISTRICTS[0]
DUE = date(2026, 9, 20)
MOVING = Report(Status.MOVING, 30, "正在办理。")


def work(as_of: date, *, report: Report | None = MOVING, due: date = DUE, number: int = 0) -> Cell:
    """One unit's work on one item on a day."""
    item = replace(items(5)[number], deadline=Deadline(due=due, kind=Kind.ONCE))
    return cell(UNIT, item, report, as_of)


def month(as_of: date, *cells: Cell, answer: Answer = Answer.ON_TIME) -> Snapshot:
    """The month of a day, with one unit."""
    made = snapshot([replace(each, answer=answer) for each in cells or (work(as_of),)], {UNIT.name: answer})
    return replace(made, as_of=as_of)


def climb(days: Sequence[date], rules: Supervision = RULES, **what: Any) -> list[tuple[date, str]]:
    """The notices of a unit that never finishes, when a bulletin is made on each of these days."""
    past: list[Issued] = []
    told = []
    for day in days:
        for draft in due_notices(month(day, work(day, **what)), rules, past, Known())[0]:
            past.append(issued(draft, day, rules))
            told.append((day, draft.level.kind + draft.level.colour(rules)))
    return told


def issued(draft: Draft, day: date, rules: Supervision = RULES) -> Issued:
    matters = tuple(Matter(each.item.no, each.due) for each in draft.cells if each.due)
    answer_by = day + timedelta(days=rules.answer_days)
    return Issued(draft.unit, draft.level, draft.level.colour(rules), f"督办〔2026〕{day}号", day, answer_by, matters)


MONTH_ENDS = [date(2026, n, 28) for n in range(8, 13)]


def test_month_after_month_each_colour_follows_the_one_before_and_then_the_talk() -> None:
    days = [date(2026, 9, 10), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]
    assert climb([*days, date(2027, 1, 31)]) == [
        (days[0], "提示单"),
        (days[1], "督办单蓝"),
        (days[2], "督办单黄"),
        (days[3], "督办单红"),
        (days[4], "约谈建议"),
    ]


def test_every_day_s_report_escalates_only_when_the_time_of_the_notice_before_is_over() -> None:
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(90)]
    assert climb(days, replace_rules(yellow_days=15, red_days=20, blue_days=3)) == [
        (date(2026, 9, 5), "提示单"),
        (date(2026, 9, 23), "督办单蓝"),
        (date(2026, 10, 8), "督办单黄"),
        (date(2026, 10, 28), "督办单红"),
        (date(2026, 11, 27), "约谈建议"),
    ]


def test_nobody_is_pressed_before_the_day_of_answer_even_when_the_steps_are_shorter() -> None:
    days = [date(2026, 9, 21) + timedelta(days=n) for n in range(20)]
    told = climb(days, replace_rules(yellow_days=3, answer_days=10))
    assert told == [(date(2026, 9, 21), "督办单蓝"), (date(2026, 10, 2), "督办单黄")]


def replace_rules(**values: Any) -> Supervision:
    return Supervision.model_validate(RULES.model_dump() | values)


def test_an_office_may_call_its_colours_blue_orange_and_red() -> None:
    rules = replace_rules(colours=("蓝", "橙", "红"))
    told = climb([date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30)], rules)
    assert [what for _, what in told] == ["督办单蓝", "督办单橙", "督办单红"]


@pytest.mark.parametrize("status", [Status.DONE, Status.EXEMPT])
def test_what_is_finished_or_does_not_concern_the_unit_is_left_alone(status: Status) -> None:
    assert climb(MONTH_ENDS, report=Report(status, done_on=date(2026, 9, 1))) == []


def test_an_extended_deadline_is_a_new_occasion() -> None:
    first = date(2026, 9, 30)
    blue = issued(due_notices(month(first), RULES, (), Known())[0][0], first)
    later = date(2026, 11, 30)
    again = due_notices(month(later, work(later, due=date(2026, 10, 31))), RULES, [blue], Known())[0]
    assert [draft.level for draft in again] == [Level.FIRST]
    assert again[0].earlier == {again[0].cells[0].item.no: ()}


def test_all_items_of_a_colour_stand_in_one_notice() -> None:
    day = date(2026, 9, 30)
    blue = issued(due_notices(month(day, work(day)), RULES, (), Known())[0][0], day)
    later = date(2026, 10, 31)
    cells = [work(later), work(later, number=1, due=date(2026, 10, 10)), work(later, number=2, due=date(2026, 10, 20))]
    drafts = due_notices(month(later, *cells), RULES, [blue], Known())[0]
    assert [(draft.level, len(draft.cells)) for draft in drafts] == [(Level.FIRST, 2), (Level.SECOND, 1)]
    assert drafts[1].earlier[cells[0].item.no] == (blue,)


def test_two_notices_of_the_third_colour_are_enough_for_a_talk() -> None:
    reds = [
        Issued(UNIT.name, Level.THIRD, "红", f"督办〔2026〕{n}号", date(2026, 11, 1 + n), date(2026, 11, 11 + n),
               (Matter(items(5)[n].no, DUE),))
        for n in range(2)
    ]  # fmt: skip
    day = date(2026, 11, 20)
    both = month(day, work(day), work(day, number=1))
    assert [d.level for d in due_notices(both, RULES, reds, Known())[0]] == [Level.TALK]
    assert [d.level for d in due_notices(both, RULES, reds[:1], Known())[0]] == [Level.FIRST]
    assert due_notices(month(day, work(day)), replace_rules(talk_notices=0), reds, Known())[0] == ()


def test_a_unit_whose_mail_lies_here_unread_is_withheld_and_named() -> None:
    day = date(2026, 9, 30)
    for snap, known in (
        (month(day, answer=Answer.PENDING), Known()),
        (month(day), Known(unread={UNIT.name})),
        (month(day), Known(held_done={(UNIT.name, items(5)[0].no)})),
    ):
        drafts, withheld = due_notices(snap, RULES, (), known)
        assert drafts == ()
        assert [(each.unit, each.items) for each in withheld] == [(UNIT.name, (items(5)[0].no,))]


def test_who_was_not_asked_gets_none_and_nothing_is_said_of_it() -> None:
    day = date(2026, 9, 30)
    assert due_notices(month(day, answer=Answer.NOT_ISSUED), RULES, (), Known()) == ((), ())


@pytest.mark.parametrize(
    "exempt",
    [
        {"exempt_units": (UNIT.name,)},
        {"exempt_kinds": (UNIT.kind,)},
        {"exempt_items": (items(5)[0].no,)},
        {"exempt_items": (f"要点/{items(5)[0].no}",)},
        {"enabled": False},
    ],
)
def test_what_the_office_exempts_is_exempt(exempt: dict[str, Any]) -> None:
    assert climb(MONTH_ENDS, replace_rules(**exempt)) == []


def test_progress_that_lags_behind_the_time_is_hinted_at_when_the_office_wants_it() -> None:
    day, due = date(2026, 7, 1), date(2026, 12, 31)
    slow = month(day, work(day, due=due))
    assert due_notices(slow, RULES, (), Known())[0] == ()
    assert [d.level for d in due_notices(slow, replace_rules(behind_points=15), (), Known())[0]] == [Level.HINT]
    assert due_notices(slow, replace_rules(behind_points=25), (), Known())[0] == ()
    fresh = Known(plan_start=date(2026, 6, 20))
    assert due_notices(slow, replace_rules(behind_points=15), (), fresh)[0] == ()


def test_a_notice_whose_items_are_settled_meanwhile_says_so() -> None:
    day = date(2026, 9, 30)
    blue = issued(due_notices(month(day), RULES, (), Known())[0][0], day)
    assert overtaken(blue, month(day)) == ()
    assert overtaken(blue, month(day, work(day, report=Report(Status.DONE)))) == (items(5)[0].no,)
    assert overtaken(blue, month(day, work(day, due=date(2026, 10, 31)))) == (items(5)[0].no,)
