"""What comes again or goes on: told from a limit, in a 时限 column and inside of a requirement."""

from __future__ import annotations

import pytest

from flows.plan.deadline_rhythm import rhythm_in
from flows.plan.deadlines import find_deadline, read_deadline


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("每季度末月25日前", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=25"),
        ("每周五下班前报送", "FREQ=WEEKLY;BYDAY=FR"),
        ("每年4月、10月", "FREQ=YEARLY;BYMONTH=4,10;BYMONTHDAY=-1"),
        ("每年6月底、12月底前", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("每半年末", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("上、下半年各一次", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("每逢双月", "FREQ=YEARLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=-1"),
        ("季末", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
        ("每季度结束后10个工作日内", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10"),
    ],
)
def test_a_cell_that_names_a_rhythm_is_periodic_without_question(text: str, rule: str) -> None:
    read = read_deadline(text, 2026)
    assert (read.kind, read.due, read.doubts) == ("periodic", None, ())
    assert rhythm_in(text) == rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("各单位每周五17时前报送工作动态。", "每周五17时前"),
        ("于每季度末月20日前将进展报县政务公开办。", "每季度末月20日前"),
        ("每年4月、10月开展集中宣传。", "每年4月、10月"),
        ("每月25日前更新台账。", "每月25日前"),
    ],
)
def test_a_requirement_that_names_its_days_is_periodic_without_question(text: str, words: str) -> None:
    read = find_deadline(text, 2026)
    assert (read.kind, read.due, read.span, read.doubts) == ("periodic", None, words, ())


@pytest.mark.parametrize("text", ["建立每月通报机制。", "落实每日巡查制度。", "完善每周会商制度。"])
def test_a_system_that_is_named_after_its_rhythm_is_no_deadline(text: str) -> None:
    assert find_deadline(text, 2026).kind == "none"


def test_a_last_day_beside_a_rhythm_is_asked_about_with_both_kinds() -> None:
    read = find_deadline("每月5日前报送数据，12月20日前报送全年总结。", 2026)
    assert str(read.due) == "2026-12-20"
    assert "每月5日前" in read.doubts[0]
    assert read.choices == ("2026-12-20", "限期", "定期")


@pytest.mark.parametrize(
    ("text", "words", "due"),
    [
        ("完善解读机制，长期坚持。", "长期坚持", None),
        ("更新公开目录，持续推进。", "持续推进", None),
        ("做好舆情回应，常态化开展。", "常态化开展", None),
        ("加强队伍建设，贯穿全年。", "贯穿全年", "2026-12-31"),
    ],
)
def test_a_requirement_that_closes_so_goes_on(text: str, words: str, due: str | None) -> None:
    read = find_deadline(text, 2026)
    assert (read.kind, read.span, read.due and str(read.due), read.doubts) == ("ongoing", words, due, ())


@pytest.mark.parametrize("text", ["常态化开展政务公开培训。", "持续推进政务服务标准化建设。", "健全长期坚持的机制。"])
def test_the_same_words_about_a_thing_say_nothing_of_time(text: str) -> None:
    assert find_deadline(text, 2026).kind == "none"


def test_a_day_and_that_it_goes_on_is_ongoing_until_the_clerk_says_otherwise() -> None:
    read = find_deadline("9月底前建成平台，长期坚持。", 2026)
    assert (str(read.due), read.kind) == ("2026-09-30", "ongoing")
    assert {"长期", "限期"} <= set(read.choices)


def test_about_a_day_is_that_day_with_its_words_kept() -> None:
    assert str(read_deadline("4月23日前后", 2026).due) == "2026-04-23"
    assert find_deadline("4月23日前后举办读书活动。", 2026).span == "4月23日前后"


def test_a_stretch_over_the_turn_of_the_year_ends_in_the_next_one_and_is_shown() -> None:
    read = read_deadline("11月至3月", 2026)
    assert str(read.due) == "2027-03-31"
    assert read.doubts


def test_several_days_are_all_offered() -> None:
    read = read_deadline("6月底、12月底各报送一次", 2026)
    assert read.choices == ("2026-06-30", "2026-12-31")
    assert "长期" in read_deadline("视情况而定", 2026).choices
