"""A unit's score: every point from a row that one can read, exact, and never lower for better work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.assessment.model import Adjustment, Assessed, Criterion, MonthFacts, Score, UnitFacts
from flows.assessment.scoring import assess, spread
from flows.assessment.settings import Assessment
from flows.periods import Period
from flows.progress import Answer
from tests.assessment.cases import HILL, LAKE, MONEY, SCHOOL, duty, facts, month

PLAIN = Assessment(punctual_bonus=0)
DUE = date(2026, 3, 20)


def scored(*units: UnitFacts, rules: Assessment = PLAIN, lines: tuple[Adjustment, ...] = (), **what: Any) -> Assessed:
    return assess(facts(*units, lines=lines, **what), rules)


def only(unit: UnitFacts, **what: Any) -> Score:
    return scored(unit, **what).scores[0]


def share(score: Score, criterion: Criterion) -> list[Fraction | None]:
    return [mark.share for mark in score.part(criterion).marks]


def test_who_does_everything_right_has_all_points() -> None:
    unit = UnitFacts(LAKE, (month(3, reviewed=True), month(4)), (duty("1", DUE, date(2026, 3, 18)),))
    score = only(unit)
    assert (score.base, score.total, score.grade, score.rank) == (Decimal(100), Decimal(100), "优秀", 1)
    assert [part.points for part in score.parts] == [25, 15, 10, 40, 10]


def test_a_late_sheet_is_worth_half_and_says_when_it_came() -> None:
    score = only(UnitFacts(LAKE, (month(3), month(4, Answer.LATE)), ()))
    late = score.part(Criterion.TIMELY).marks[1]
    assert late.share == Fraction(1, 2)
    assert late.evidence == "4月27日 09:30 收到“台账.xlsx”，截止4月25日，逾期"
    assert late.source == "回收/004_台账.xlsx"


def test_a_month_without_a_sheet_is_worth_nothing_anywhere() -> None:
    months = (month(3, reviewed=True), month(4, Answer.MISSING, reviewed=True))
    score = only(UnitFacts(LAKE, months, (duty("1", DUE, DUE),)))
    for criterion in (Criterion.TIMELY, Criterion.COMPLETE, Criterion.CORRECTED, Criterion.QUALITY):
        assert share(score, criterion) == [1, 0]
    assert score.total == 70


def test_a_sheet_that_went_back_and_never_came_again_is_told_as_such() -> None:
    score = only(UnitFacts(LAKE, (month(3, Answer.RETURNED, returns=2),), ()))
    assert "退回后没有重新报送" in score.part(Criterion.TIMELY).marks[0].evidence
    assert score.total == 0


def test_each_return_takes_half_of_that_months_points_until_nothing_is_left() -> None:
    unit = UnitFacts(LAKE, tuple(month(3 + n, returns=n) for n in range(4)), ())
    assert share(only(unit), Criterion.CORRECTED) == [1, Fraction(1, 2), 0, 0]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"answer": Answer.NOT_ISSUED}, "没有给它下发台账"),
        ({"answer": Answer.NOT_ASKED}, "本期没有任务"),
        ({"answer": Answer.PENDING}, "来件还没有处理"),
        ({"answer": Answer.MISSING, "unreached": True}, "台账没有送达"),
        ({"answer": Answer.MISSING, "open": True}, "还没有到"),
    ],
)
def test_a_month_that_is_not_the_units_fault_is_not_counted(what: dict[str, Any], said: str) -> None:
    score = only(UnitFacts(LAKE, (month(3), month(4, **what)), ()))
    mark = score.part(Criterion.TIMELY).marks[1]
    assert mark.share is None
    assert said in mark.evidence
    assert score.total == 100


def test_units_with_unread_mail_are_named_for_the_clerk() -> None:
    assert scored(UnitFacts(LAKE, (month(3), month(4, Answer.PENDING)), ())).pending == (LAKE.name,)


def test_a_task_done_late_is_worth_half_and_one_left_undone_nothing() -> None:
    duties = (
        duty("1", DUE, date(2026, 3, 20)),
        duty("2", DUE, date(2026, 3, 21)),
        duty("3", DUE),
        duty("4", DUE, left_out="不涉及"),
    )
    score = only(UnitFacts(LAKE, (month(3),), duties))
    assert share(score, Criterion.DONE) == [1, Fraction(1, 2), 0, None]
    told = [mark.evidence for mark in score.part(Criterion.DONE).marks]
    assert told[1] == "第2项“编目录”，时限2026年3月20日，2026年3月21日完成（单位填报的完成日期），逾期"
    assert told[3].startswith("不计：不涉及")


def test_what_the_office_found_less_far_than_said_costs_quality() -> None:
    score = only(UnitFacts(LAKE, (month(3, reviewed=True, overstated=("1.2",)),), ()))
    mark = score.part(Criterion.QUALITY).marks[0]
    assert mark.share == Fraction(3, 4)
    assert "（1.2）" in mark.evidence


def test_rows_with_last_months_words_count_as_little_as_the_office_says() -> None:
    unit = UnitFacts(LAKE, (month(3, unchanged=("1", "2")),), ())
    assert share(only(unit), Criterion.COMPLETE) == [1]
    assert share(only(unit, rules=PLAIN.model_copy(update={"unchanged_percent": 50})), Criterion.COMPLETE) == [
        Fraction(3, 4)
    ]


def test_a_criterion_without_content_is_left_out_and_its_points_go_to_the_others() -> None:
    score = only(UnitFacts(LAKE, (month(3),), ()))
    assert score.part(Criterion.DONE).left_out == "没有到期的任务"
    assert score.part(Criterion.QUALITY).left_out == "没有核定"
    assert [part.full for part in score.parts] == [50, 30, 20, 0, 0]


def test_thirds_are_spread_to_the_hundredth() -> None:
    found = spread({Criterion.TIMELY: 1, Criterion.COMPLETE: 1, Criterion.CORRECTED: 1}, 100)
    assert list(found.values()) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_kinds_may_have_marks_of_their_own() -> None:
    rules = PLAIN.model_copy(update={"kinds": {"区县": {"timely": 35, "done": 30}}})
    unit = UnitFacts(LAKE, (month(3, Answer.LATE),), (duty("1", DUE, DUE),))
    assert only(unit, rules=rules).part(Criterion.TIMELY).usual == 35
    assert only(replace(unit, unit=SCHOOL), rules=rules).part(Criterion.TIMELY).usual == 25


def test_bonus_for_months_without_a_fault_and_deductions_for_notices() -> None:
    rules = Assessment()
    clean = only(UnitFacts(LAKE, (month(3), month(4)), ()), rules=rules)
    assert (clean.bonus, clean.total) == (2, 102)
    assert clean.changes[0].reason == "2期全部按时报送，没有退回"
    noticed = month(4, notices=((2, "督办〔2026〕5号，黄色"), (3, "督办〔2026〕9号，红色")))
    told = only(UnitFacts(LAKE, (month(3, returns=1), noticed), ()), rules=rules)
    assert (told.bonus, told.deduction) == (0, -3)
    assert [change.basis for change in told.changes] == ["督办〔2026〕5号，黄色", "督办〔2026〕9号，红色"]


def test_bonuses_and_deductions_have_their_limits_and_no_score_is_below_zero() -> None:
    lines = (
        Adjustment(LAKE.name, Decimal(50), "全省推广"),
        Adjustment(HILL.name, Decimal(-500), "弄虚作假"),
    )
    units = (
        UnitFacts(LAKE, (month(3),), ()),
        UnitFacts(HILL, (month(3, Answer.RETURNED, returns=1),), ()),
    )
    found = {score.unit.name: score for score in scored(*units, lines=lines).scores}
    assert (found[LAKE.name].bonus, found[LAKE.name].total) == (10, 110)
    assert (found[HILL.name].deduction, found[HILL.name].total) == (-20, 0)


def test_districts_and_departments_are_ranked_apart_and_ties_share_a_place() -> None:
    units = (
        UnitFacts(LAKE, (month(3),), ()),
        UnitFacts(HILL, (month(3),), ()),
        UnitFacts(SCHOOL, (month(3, Answer.LATE),), ()),
        UnitFacts(MONEY, (month(3),), ()),
    )
    found = scored(*units)
    assert [(s.title, [score.unit.name for score in s.scores]) for s in found.series] == [
        ("区县、管委会、街道", [LAKE.name, HILL.name]),
        ("部门和其他单位", [MONEY.name, SCHOOL.name]),
    ]
    assert [score.rank for score in found.scores] == [1, 1, 1, 2]


def test_units_tied_on_the_last_place_of_the_quota_are_all_in_or_all_out() -> None:
    units = (UnitFacts(LAKE, (month(3),), ()), UnitFacts(HILL, (month(3),), ()))
    assert [score.grade for score in scored(*units).scores] == ["优秀", "优秀"]
    strict = PLAIN.model_copy(update={"excellent_ties": False})
    assert [score.grade for score in scored(*units, rules=strict).scores] == ["良好", "良好"]
    one = (UnitFacts(LAKE, (month(3),), ()), UnitFacts(HILL, (month(3), month(4, returns=1)), ()))
    assert [score.grade for score in scored(*one).scores] == ["优秀", "良好"]
    free = PLAIN.model_copy(update={"excellent_percent": 100})
    assert [score.grade for score in scored(*units, rules=free).scores] == ["优秀", "优秀"]


def test_three_months_of_silence_are_a_veto_but_a_month_off_is_no_break() -> None:
    silent = [month(n, Answer.MISSING) for n in (3, 4, 6)]
    score = only(UnitFacts(LAKE, (month(2), silent[0], silent[1], month(5, Answer.NOT_ISSUED), silent[2]), ()))
    assert score.vetoes == ("连续3期没有报送（2026年3月至2026年6月）",)
    assert (score.rank, score.grade) == (None, "不合格")
    broken = only(UnitFacts(LAKE, (month(2), silent[0], silent[1], month(5), silent[2]), ()))
    assert broken.vetoes == ()


def test_a_task_long_overdue_is_a_veto_when_the_office_wants_it() -> None:
    rules = PLAIN.model_copy(update={"veto_overdue_days": 180})
    assert only(UnitFacts(LAKE, (month(3),), (duty("1", DUE),)), rules=rules).vetoes == (
        "第1项“编目录”逾期286天没有完成",
    )


def test_talks_are_proposed_for_the_last_place_for_red_notices_and_for_failing() -> None:
    red = ((3, "督办〔2026〕9号，红色"),)
    behind = UnitFacts(LAKE, tuple(month(n, last=True) for n in (3, 4, 5)), ())
    noticed = UnitFacts(HILL, (month(3, notices=red), month(4, notices=red), month(5)), ())
    failed = UnitFacts(SCHOOL, (month(3, Answer.RETURNED, returns=1),), ())
    fine = UnitFacts(MONEY, (month(3, last=True), month(4), month(5, last=True)), ())
    assert [(talk.unit, talk.reasons) for talk in scored(behind, noticed, failed, fine).talks] == [
        (LAKE.name, ("2026年3—5月连续3期在通报同类单位中排名末位",)),
        (HILL.name, ("2026年3—4月连续2期收到第三色督办单（督办〔2026〕9号，红色、督办〔2026〕9号，红色）",)),
        (SCHOOL.name, ("考核不合格（总分0分）",)),
    ]


def test_exempt_units_months_and_strangers_in_the_settings_are_told() -> None:
    rules = PLAIN.model_copy(
        update={
            "exempt": {"临湖区": "机构改革", "靠山县人民政府/2026-03": "特大暴雨", "市气象局": "撤销"},
            "exempt_items": {"9": "停办"},
            "kinds": {"街道": {"timely": 25}},
        }
    )
    units = (UnitFacts(LAKE, (month(3),), ()), UnitFacts(HILL, (month(3, Answer.MISSING), month(4)), ()))
    found = scored(*units, rules=rules)
    assert found.excluded == ((LAKE.name, "机构改革"),)
    assert found.scores[0].total == 100
    assert "特大暴雨" in found.scores[0].part(Criterion.TIMELY).marks[0].evidence
    assert set(found.doubtful) == {"市气象局", "9", "街道"}


def test_a_unit_of_which_nothing_can_be_counted_has_no_score() -> None:
    found = scored(UnitFacts(LAKE, (month(3, Answer.NOT_ISSUED),), ()))
    assert (found.scores, found.excluded) == ((), ((LAKE.name, "没有可考核的内容"),))


# --- what holds for any unit ------------------------------------------------------------------------------------

ANSWERS = st.sampled_from([Answer.ON_TIME, Answer.LATE, Answer.RETURNED, Answer.MISSING, Answer.PENDING])


@st.composite
def months(draw: st.DrawFn) -> tuple[MonthFacts, ...]:
    made = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        answer = draw(ANSWERS)
        returns = draw(st.integers(0, 3)) + (answer is Answer.RETURNED)
        wanted = draw(st.integers(1, 9))
        came = answer in (Answer.ON_TIME, Answer.LATE)
        filled = draw(st.integers(0, wanted)) if came else 0
        over = tuple(str(n) for n in range(draw(st.integers(0, filled))))
        reviewed = draw(st.booleans())
        made.append(
            month(number, answer, returns=returns, wanted=wanted, filled=filled, overstated=over, reviewed=reviewed)
        )
    return tuple(made)


@st.composite
def duties(draw: st.DrawFn) -> tuple[Any, ...]:
    days = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
    return tuple(duty(str(n), DUE, draw(days)) for n in range(draw(st.integers(0, 9))))


MARKS = st.tuples(*[st.integers(0, 60)] * 5).filter(any)


@st.composite
def schemes(draw: st.DrawFn) -> Assessment:
    timely, complete, corrected, done, quality = draw(MARKS)
    percent = st.integers(0, 100)
    return Assessment(
        timely=timely,
        complete=complete,
        corrected=corrected,
        done=done,
        quality=quality,
        late_percent=draw(percent),
        return_percent=draw(percent),
        late_done_percent=draw(percent),
        unchanged_percent=draw(percent),
    )


@settings(max_examples=150, deadline=None)
@given(months(), duties(), schemes())
def test_rows_add_up_to_criteria_and_criteria_to_the_total(
    year: tuple[MonthFacts, ...], dated: tuple[Any, ...], rules: Assessment
) -> None:
    for score in scored(UnitFacts(LAKE, year, dated), rules=rules).scores:
        for part in score.parts:
            assert sum((mark.points for mark in part.marks), Decimal(0)) == part.points
            assert 0 <= part.points <= part.full
            assert all(0 <= mark.points <= part.full for mark in part.marks)
            counted = [mark.share for mark in part.marks if mark.share is not None]
            if counted:
                exact = Fraction(part.full) * sum(counted, Fraction(0)) / len(counted)
                assert abs(Fraction(part.points) - exact) <= Fraction(1, 200)
        assert sum(part.full for part in score.parts) == rules.full
        assert score.base == sum(part.points for part in score.parts)
        assert score.total == max(0, score.base + score.bonus + score.deduction)
        assert 0 <= score.total <= rules.full + 10


def better(facts_: MonthFacts) -> list[MonthFacts]:
    """The same month with one thing done better."""
    found = []
    if facts_.answer is Answer.MISSING:
        found.append(
            month(facts_.period.month, Answer.RETURNED, returns=1, reviewed=facts_.reviewed, wanted=facts_.wanted)
        )
    if facts_.answer in (Answer.MISSING, Answer.RETURNED):
        late = month(facts_.period.month, Answer.LATE, returns=len(facts_.returned), reviewed=facts_.reviewed)
        found.append(replace(late, wanted=facts_.wanted, filled=facts_.wanted))
    if facts_.answer is Answer.LATE:
        found.append(replace(facts_, answer=Answer.ON_TIME))
    if facts_.accepted and facts_.returned:
        found.append(replace(facts_, returned=facts_.returned[1:]))
    if facts_.accepted and 0 < facts_.filled < facts_.wanted:
        found.append(replace(facts_, filled=facts_.filled + 1))
    if facts_.overstated:
        found.append(replace(facts_, overstated=facts_.overstated[1:]))
    return found


@settings(max_examples=150, deadline=None)
@given(months(), duties(), schemes(), st.data())
def test_doing_one_thing_better_never_lowers_a_score(
    year: tuple[MonthFacts, ...], dated: tuple[Any, ...], rules: Assessment, data: st.DataObject
) -> None:
    before = scored(UnitFacts(LAKE, year, dated), rules=rules).scores
    place = data.draw(st.integers(0, len(year) - 1))
    for each in better(year[place]):
        after = scored(UnitFacts(LAKE, (*year[:place], each, *year[place + 1 :]), dated), rules=rules).scores
        if before:
            assert after[0].total >= before[0].total, (year[place], each)
            assert after[0].vetoes == () or before[0].vetoes
    for number, task in enumerate(dated):
        if before and (task.finished is None or task.finished > DUE):
            sooner = replace(task, finished=DUE, finished_how="报来之日")
            after = scored(UnitFacts(LAKE, year, (*dated[:number], sooner, *dated[number + 1 :])), rules=rules).scores
            assert after[0].total >= before[0].total


def test_the_range_is_named_as_people_name_it() -> None:
    unit = UnitFacts(LAKE, (month(3),), ())
    assert facts(unit).range_words == "2026年度"
    assert facts(unit, last=Period(2026, 6)).range_words == "2026年1—6月"
    assert facts(unit, first=Period(2026, 3), last=Period(2026, 3)).range_words == "2026年3月"
