"""Numbers in what units write: which of them answers a target, and what is not sure."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.goals.hints import number_prompt, number_remark
from flows.goals.model import Nature, Verdict
from flows.goals.numbers import numbers_in
from flows.goals.occurrences import Said, occurrence_in, occurrences, outcomes
from flows.goals.reading import read_number
from flows.goals.series import Mark, Told, follow, judged, wanted_by
from flows.goals.whose import Scope, whose
from flows.ledger.model import Report, Status
from flows.periods import Period
from flows.plan.model import Deadline, Item, Kind, Target
from flows.plan.plan_time import PlanTime
from flows.plan.targets import find_targets, number_value

PRESS = "每年举办新闻发布会不少于3场。"
RATE = "年内多元化解读率不得低于60%。"
HEARD = "主要领导年内至少听取一次政务公开工作汇报，分管领导一季度听取一次政务公开工作汇报。"


@pytest.mark.parametrize(
    ("text", "value", "nature"),
    [
        ("累计举办3场", 3, Nature.TOTAL),
        ("已举办新闻发布会二场", 2, Nature.TOTAL),
        ("本月新增2场，累计7场", 7, Nature.TOTAL),
        ("今年以来，共召开新闻发布会４场", 4, Nature.TOTAL),
        ("９月举办新闻发布会２场。", 2, Nature.PERIOD),
        ("本月，共举办新闻发布会2场", 2, Nature.PERIOD),
        ("举办新闻发布会两场，开展培训5场", 2, Nature.PLAIN),
        ("去年举办3场，今年以来举办2场", 2, Nature.TOTAL),
        ("累计举办新闻发布会1,234场次", 1234, Nature.TOTAL),
        ("零场", 0, Nature.PLAIN),
    ],
)
def test_a_unit_writes_its_number_in_its_own_way(text: str, value: float, nature: Nature) -> None:
    target = find_targets(PRESS)[0]
    found = read_number(target, PRESS, text)
    assert found is not None
    assert (found.value, found.nature, found.doubt) == (value, nature, "")


@pytest.mark.parametrize(
    "text",
    ["已举办二十余场", "今年以来举办2—3场新闻发布会", "举办新闻发布会约3场", "举办两三场新闻发布会", "举办培训3场"],
)
def test_what_is_not_sure_is_read_with_its_doubt(text: str) -> None:
    found = read_number(find_targets(PRESS)[0], PRESS, text)
    assert found is not None
    assert found.doubt


@pytest.mark.parametrize(
    "text",
    [
        "计划举办新闻发布会3场",
        "第二场新闻发布会已召开",
        "下步拟举办2场",
        "还差1场",
        "要求不少于3场",
        "没有举办，去年3场",
        "",
    ],
)
def test_what_is_planned_or_asked_for_or_of_last_year_is_no_number(text: str) -> None:
    assert read_number(find_targets(PRESS)[0], PRESS, text) is None


def test_a_rate_is_known_by_its_noun() -> None:
    target = find_targets(RATE)[0]
    right = read_number(target, RATE, "政策解读率百分之六十二")
    other = read_number(target, RATE, "公开率达到85％")
    assert (right.value, right.doubt) == (62, "") if right else False
    assert other is not None
    assert other.doubt


def test_of_two_targets_each_finds_its_own_number() -> None:
    first, second = find_targets(HEARD)
    text = "主要领导累计听取汇报1次，分管领导累计听取汇报3次。"
    found = [read_number(target, HEARD, text, (first, second)) for target in (first, second)]
    assert [each and (each.value, each.doubt) for each in found] == [(1, ""), (3, "")]


TARGETS = st.sampled_from([Target("不少于3场", 3, "场"), Target("60%", 60, "%"), Target("5件", 5, "件")])
WORDS = st.sampled_from(
    [
        *("累计", "共", "本月", "新增", "举办", "培训", "，", "。", "场", "次", "件", "%", "％", "约", "余", "第"),
        *("3", "１２", "两", "二十", "百分之", "六十", "1,234", "0.5", "万", "零", "—", "至", "计划", "（", "）", "\n"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(TARGETS, st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join)))
def test_no_text_breaks_the_reader_and_no_number_is_read_that_does_not_stand_in_it(target: Target, text: str) -> None:
    found = read_number(target, f"举办培训{target.text}。", text)
    number_remark(f"举办培训{target.text}。", text)
    if found is None:
        return
    assert found.text in text
    plain = found.text.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,")).replace(",", "")
    printed = re.findall(r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)(?:万|亿)?", plain)
    assert found.value in ([number_value(each) for each in printed] or [0.0])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 99_999), st.sampled_from(["累计举办培训{}场", "本月举办培训{}场。", "举办了培训{}场次"]))
def test_a_plain_number_is_read_as_it_stands(number: int, words: str) -> None:
    assert [each.reading.value for each in numbers_in(words.format(number), "场")] == [number]


def course(*texts: str, marks: dict[str, Mark] | None = None, target: Target | None = None) -> tuple[object, str]:
    told = [Told(f"2025-{month:02d}", text, f"{month}") for month, text in enumerate(texts, 1)]
    target = target or find_targets(PRESS)[0]
    found = follow(target, PRESS, told, marks)
    verdict, _ = judged(found, target.value, target.unit, date(2025, 12, 31), date(2025, 12, 31))
    return found.value, verdict.value


def test_months_add_up_to_what_a_unit_has_come_to() -> None:
    assert course("本月举办新闻发布会1场", "", "本月新增2场") == (3, "达标")
    assert course("累计1场", "累计2场", "累计2场") == (2, "未达标")
    assert course("累计1场", "本月新增1场") == (2, "未达标")
    assert course("本月举办新闻发布会1场", "本月举办新闻发布会1场") == (
        1,
        "未达标",
    )  # the text of last month, sent again
    assert course("举办新闻发布会1场", "举办新闻发布会1场") == (1, "无法判断")  # the same one, or one each month?
    assert course("举办新闻发布会3场") == (3, "达标")  # three at least, either way
    assert course("累计3场", "累计1场")[1] == "达标"  # was reached; the fall is shown as a doubt
    assert course("约3场")[1] == "无法判断"
    assert course("", "") == (None, "无法判断")


def test_the_offices_number_stands_until_the_unit_reports_a_new_one() -> None:
    set_in_february = {"2025-02": Mark(2.0, "核实", 1)}
    assert course("约3场", "约3场", marks=set_in_february) == (2, "未达标")
    assert course("约3场", "约3场", "本月新增1场", marks=set_in_february) == (3, "达标")
    assert course("约3场", "", "累计4场", marks=set_in_february) == (4, "达标")


def test_a_target_for_each_quarter_adds_up_by_the_day_on_which_it_is_judged() -> None:
    target = Target("一季度听取一次", 1, "次", "季")
    assert wanted_by(target, date(2025, 12, 31), YEAR) == 4
    assert wanted_by(target, date(2025, 10, 31), YEAR) == 3
    assert wanted_by(Target("60%", 60, "%", "季"), date(2025, 12, 31), YEAR) == 60


YEAR = PlanTime.of_year(2025)


def item(requirement: str, rhythm: str | None = None) -> Item:
    kind = Kind.PERIODIC if rhythm else Kind.ONCE
    return Item("1", requirement, deadline=Deadline(kind=kind), targets=find_targets(requirement), rhythm=rhythm)


def test_the_plans_words_say_who_has_to_reach_a_target() -> None:
    two = item("各地每年必须开展不少于两场政务公开培训，各部门每年必须开展不少于一场政务公开培训")
    assert [whose(two, target, has_lead=True).scope for target in two.targets] == [Scope.DISTRICTS, Scope.DEPARTMENTS]

    def scope(requirement: str, *, lead: bool) -> Scope:
        made = item(requirement)
        return whose(made, made.targets[0], has_lead=lead).scope

    assert scope("各单位举办培训不少于2场。", lead=True) is Scope.EACH
    assert scope("各地各部门年内举办培训不少于2场。", lead=False) is Scope.EACH
    assert scope("举办培训不少于2场。", lead=True) is Scope.LEAD
    assert scope("举办培训不少于2场。", lead=False) is Scope.EACH
    assert scope("全市举办培训不少于20场。", lead=False) is Scope.WHOLE


QUARTERS = "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
MONTHS = "FREQ=MONTHLY;BYMONTHDAY=5"


def test_every_month_asks_about_one_occurrence() -> None:
    known = occurrences(item("召开例会", QUARTERS), YEAR)
    assert [occurrence_in(known, Period(2025, month)).due.month for month in range(1, 13)] == [
        *(3, 3, 3, 6, 6, 6, 9, 9, 9, 12, 12, 12)
    ]
    monthly = occurrences(item("更新栏目", MONTHS), YEAR)
    assert occurrence_in(monthly, Period(2025, 7)).due == date(2025, 7, 5)
    assert occurrence_in(known, Period(2026, 1)).due == date(2025, 12, 31)


def test_what_came_due_before_the_plan_was_issued_is_asked_of_nobody() -> None:
    known = occurrences(item("召开例会", QUARTERS), YEAR, date(2025, 4, 20))
    assert [each.due.month for each in known] == [6, 9, 12]


def test_more_often_than_monthly_is_asked_about_monthly() -> None:
    weekly = occurrences(item("更新栏目", "FREQ=WEEKLY;BYDAY=FR"), YEAR)
    assert len(weekly) == 12
    assert weekly[0].due == date(2025, 1, 31)


def test_an_occurrence_is_finished_by_the_day_on_which_it_was_done() -> None:
    known = occurrences(item("召开例会", QUARTERS), YEAR)

    def said(month: int, status: Status, day: date | None = None) -> Said:
        return Said(Period(2025, month), Report(status, done_on=day))

    found = outcomes(
        known,
        [
            said(3, Status.MOVING),
            said(4, Status.DONE, date(2025, 3, 30)),
            said(6, Status.DONE, date(2025, 6, 12)),
            said(7, Status.EXEMPT),
        ],
    )
    assert [each.done for each in found] == [date(2025, 3, 30), date(2025, 6, 12), None, None]
    assert [each.exempt for each in found] == [False, False, True, True]


def test_a_task_without_a_number_asks_for_none() -> None:
    assert number_prompt("编制公开事项目录。") == ""
    assert number_remark("编制公开事项目录。", "已公布。") == ""
    assert number_remark("组织一次政策宣讲。", "已在广场举办。") == ""
    assert number_prompt(RATE) == "请写明比率，如“达到60%”"
    assert "不到要求" in number_remark(PRESS, "累计举办2场")
    assert Verdict.MET.value == "达标"
