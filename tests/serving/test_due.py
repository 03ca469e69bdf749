"""What is due is decided from the store: after any sleep and any move of the clock, all is done once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.periods import CHINA, Period
from flows.serving.days import calendar
from flows.serving.due import Due, Outcome, Past, Standing, coming, due_steps
from flows.serving.settings import Schedule

OCTOBER = Period(2026, 10)
RULES = Schedule()
DAYS = calendar(OCTOBER, date(2026, 10, 25), RULES)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


class Office:
    """A store that does what the steps would do to it, and counts."""

    def __init__(self, *, asks: bool = False) -> None:
        self.standing = Standing(OCTOBER)
        self.asks = asks
        self.sent: list[tuple[str, datetime]] = []

    def check(self, now: datetime) -> list[str]:
        """One 到点检查; gives the steps it ran."""
        ran = [self._run(due, now) for due in due_steps(self.standing, DAYS, now)]
        again = {due.step for due in due_steps(self.standing, DAYS, now)}
        assert not again & set(ran), "a second check at the same moment repeats nothing"
        return ran

    def agree(self, now: datetime) -> None:
        self.standing = replace(self.standing, agreed_at=now)

    def _run(self, due: Due, now: datetime) -> str:
        outcome: Outcome = "done"
        standing = self.standing
        if due.step in ("distribute", "remind"):
            if self.asks and standing.agreed_at is None:
                standing = replace(standing, waiting=standing.waiting | {due.step})
                outcome = "waiting"
            else:
                self.sent.append((due.slot, now))
                standing = replace(standing, waiting=standing.waiting - {due.step})
            standing = replace(standing, issued=True)
        if due.step == "report":
            self.sent.append((due.slot, now))
            standing = replace(standing, printings=1)
        past = {**standing.past, (due.step, due.slot): Past(outcome, now)}
        self.standing = replace(standing, past=past)
        return due.step


def test_an_ordinary_month() -> None:
    office = Office()
    assert office.check(at("10-01T10:00")) == [], "a holiday"
    assert office.check(at("10-08T08:59")) == []
    assert office.check(at("10-08T09:00")) == ["distribute"]
    assert office.check(at("10-08T09:10")) == ["collect"]
    assert office.check(at("10-08T09:20")) == [], "collected ten minutes ago"
    assert office.check(at("10-08T10:10")) == ["collect"]
    assert office.check(at("10-21T09:00")) == ["collect", "remind"], "answers are read before anybody is reminded"
    assert office.check(at("11-09T09:00")) == ["collect", "remind", "report"]
    assert office.check(at("11-09T12:00")) == [], "the bulletin is out"


def test_a_pc_that_was_off_for_three_weeks_catches_up_with_one_reminder() -> None:
    office = Office()
    office.check(at("10-08T09:00"))
    assert office.check(at("10-29T08:00")) == ["collect", "remind"]
    assert [slot for slot, _ in office.sent] == ["下发", "截止后第3个工作日催报"]


def test_nothing_is_issued_when_the_day_of_reply_is_past() -> None:
    assert Office().check(at("10-26T09:00")) == []
    (late,) = (each for each in coming(Standing(OCTOBER), DAYS, at("10-26T09:00")) if each.step == "distribute")
    assert "不再自动下发" in late.waits


def test_a_month_that_a_person_issued_is_not_issued_again() -> None:
    standing = Standing(OCTOBER, issued=True)
    assert [due.step for due in due_steps(standing, DAYS, at("10-08T09:00"))] == ["collect"]


def test_a_bulletin_that_a_person_made_is_not_replaced() -> None:
    standing = Standing(OCTOBER, issued=True, printings=1)
    assert due_steps(standing, DAYS, at("11-09T09:00")) == ()


@pytest.mark.parametrize(
    ("outcome", "minutes", "tried"), [("begun", 5, True), ("failed", 29, False), ("failed", 30, True)]
)
def test_a_bulletin_that_was_cut_off_when_it_was_there_gets_its_papers_and_stays(
    outcome: Outcome, minutes: int, tried: bool
) -> None:
    past = {("report", DAYS.bulletin.name if DAYS.bulletin else ""): Past(outcome, at("11-09T09:00"))}
    now = at("11-09T09:00") + timedelta(minutes=minutes)
    cut = Standing(OCTOBER, issued=True, printings=1, past=past)
    assert [(due.step, due.rest) for due in due_steps(cut, DAYS, now)] == [("report", True)] * tried
    before = replace(cut, printings=0)
    assert [due.rest for due in due_steps(before, DAYS, now) if due.step == "report"] == [False] * tried
    done = replace(cut, past={key: replace(each, outcome="done") for key, each in past.items()})
    assert due_steps(done, DAYS, now) == ()


def test_letters_wait_for_leave_and_go_at_the_next_check() -> None:
    office = Office(asks=True)
    assert office.check(at("10-08T09:00")) == ["distribute"]
    assert office.sent == []
    assert "distribute" not in office.check(at("10-08T11:00")), "nobody has agreed: it is not tried in vain"
    (told,) = (each for each in coming(office.standing, DAYS, at("10-08T11:00")) if each.waits)
    assert "确认寄出" in told.waits
    office.agree(at("10-08T11:05"))
    assert "distribute" in office.check(at("10-08T11:10"))
    assert [slot for slot, _ in office.sent] == ["下发"]
    assert "distribute" not in office.check(at("10-08T12:10"))


def test_a_bulletin_waits_for_leave_where_the_office_wants_that() -> None:
    standing = Standing(OCTOBER, issued=True, bulletin_agreed=False)
    now = at("11-09T09:00")
    assert "report" not in [due.step for due in due_steps(standing, DAYS, now)]
    assert any("确认通报" in each.waits for each in coming(standing, DAYS, now))
    agreed = replace(standing, bulletin_agreed=True)
    assert "report" in [due.step for due in due_steps(agreed, DAYS, now)]


@pytest.mark.parametrize(("minutes", "tried"), [(10, False), (29, False), (30, True)])
def test_what_failed_is_tried_again_after_half_an_hour(minutes: int, tried: bool) -> None:
    failed = Standing(OCTOBER, past={("distribute", "下发"): Past("failed", at("10-08T09:00"))})
    now = at("10-08T09:00") + timedelta(minutes=minutes)
    assert bool(due_steps(failed, DAYS, now)) is tried


def test_a_clock_that_was_wrong_and_is_put_right_does_not_stop_the_collecting() -> None:
    office = Office()
    office.check(at("10-08T09:00"))
    office.check(at("10-20T09:00"))
    assert office.check(at("10-09T09:00")) == ["collect"], "the last time lies ahead"
    assert office.check(at("10-09T09:30")) == []


moments = st.integers(0, 45 * 24 * 6).map(lambda tens: at("10-01T00:00") + timedelta(minutes=10 * tens))


@settings(max_examples=300, deadline=None)
@given(st.lists(moments, max_size=40), st.booleans())
def test_whenever_the_machine_is_on_and_however_its_clock_moves_nothing_happens_twice(
    checks: list[datetime], forwards: bool
) -> None:
    office = Office()
    for now in sorted(checks) if forwards else checks:
        office.check(now)
    slots = [slot for slot, _ in office.sent]
    assert len(slots) == len(set(slots))
    for slot, moment in office.sent:
        planned = {each.name: each.moment for each in (*DAYS.reminders, DAYS.issue, DAYS.bulletin) if each}
        assert moment >= planned[slot], "nothing happens before its time"
    if office.standing.issued and not office.standing.printed:
        final = office.check(at("11-10T10:00"))
        assert "report" in final, "the bulletin is made up for"


@settings(max_examples=200, deadline=None)
@given(st.lists(moments, min_size=1, max_size=40))
def test_a_machine_that_is_on_at_any_time_between_first_and_last_day_issues_once(checks: list[datetime]) -> None:
    office = Office()
    for now in sorted(checks):
        office.check(now)
    assert DAYS.issue is not None
    awake = any(DAYS.issue.moment <= now < DAYS.issue_until for now in checks)
    assert [slot for slot, _ in office.sent].count("下发") == awake
