"""Numbers in the text must be those of the tables; only what can mean one thing is held against the unit."""

from __future__ import annotations

import pytest

from flows.annual.breaches import Severity
from flows.annual.narrative import check_text
from tests.annual.samples import NOW

# NOW: 本年新收 12, 上年结转 2, 总计 14, 结转下年度 0, 行政复议 1, 行政诉讼 0.
RIGHT = (
    "本年新收政府信息公开申请12件，上年结转2件。",
    "本年度新收１２件，无结转下年度继续办理的申请。",
    "全年共收到政府信息公开申请12件",
    "全年共收到政府信息公开申请14件",
    "共收到公民、法人和其他组织提出的政府信息公开申请十二件",
    "收到12件政府信息公开申请",
    "结转下年度继续办理0件",
    "被申请行政复议1件，未发生行政诉讼。",
    "行政复议、行政诉讼共1件",
    "2025年收到申请99件，2026年收到申请12件",
    "去年收到申请99件",
    "全年共收到申请12件，其中网络申请8件",
    "作为复议机关审理行政复议案件120件",
    "与上年相比，行政复议没有纠正的情形",
    "本年新收申请若干件",
)
WRONG = (
    ("本年新收政府信息公开申请13件", "13", "本年新收 12"),
    ("上年结转3件", "3", "上年结转 2"),
    ("结转至下年度继续办理5件", "5", "结转下年度继续办理 0"),
    ("全年共收到政府信息公开申请1,300件", "1300", "本年新收 12"),
    ("未收到政府信息公开申请", "0", "本年新收 12"),
    ("被申请行政复议3件", "3", "行政复议总计 1"),
    ("无行政复议、行政诉讼案件", "0", "行政复议总计 1"),
    ("被提起行政诉讼2起", "2", "行政诉讼总计（两组之和） 0"),
    ("行政复议、行政诉讼均为0件", "0", "行政复议总计 1"),
    ("共收到14件，其中新收13件", "13", "本年新收 12"),
)


@pytest.mark.parametrize("text", RIGHT)
def test_text_that_agrees_passes(text: str) -> None:
    assert check_text(text, NOW, 2026) == ()


@pytest.mark.parametrize(("text", "said", "table"), WRONG, ids=[case[0] for case in WRONG])
def test_text_that_differs_is_told_with_both_numbers(text: str, said: str, table: str) -> None:
    found = check_text(text, NOW, 2026, "依申请公开")
    assert [breach.rule for breach in found] == ["R3.6"]
    assert f"即 {said}）" in found[0].found
    assert table in found[0].found
    assert found[0].cells[0] == "依申请公开"
    assert found[0].severity is Severity.ERROR


def test_the_ambiguous_total_is_told_with_both_candidates() -> None:
    found = check_text("全年共收到申请15件", NOW)
    assert "本年新收 12" in found[0].found
    assert "办理结果总计加结转下年度 14" in found[0].found


def test_numbers_of_other_matters_only_warn() -> None:
    found = check_text("制发行政规范性文件5件", NOW)
    assert [breach.severity for breach in found] == [Severity.WARNING]


def test_nothing_is_compared_with_a_cell_that_is_still_blank() -> None:
    assert check_text("本年新收13件", NOW.changed({"3.r01.总计": ""})) == ()
