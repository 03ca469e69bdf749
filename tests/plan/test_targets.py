"""Counts and rates that an item asks for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.plan.model import Target
from flows.plan.targets import find_targets, number_value
from tests.needs import shared


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("多元化解读率不得低于60%。", [Target("多元化解读率不得低于60%", 60, "%")]),
        ("办结率达100%", [Target("办结率达100%", 100, "%")]),
        ("群众满意度达到95%以上", [Target("群众满意度达到95%以上", 95, "%")]),
        ("解读率100%", [Target("解读率100%", 100, "%")]),
        ("覆盖率不低于百分之九十", [Target("覆盖率不低于百分之九十", 90, "%")]),
        ("培训不少于两场", [Target("不少于两场", 2, "场")]),
        ("每季度至少开展一次培训", [Target("每季度至少开展一次", 1, "次", "季")]),
        ("分管领导一季度听取一次汇报", [Target("一季度听取一次", 1, "次", "季")]),
        ("每月推送信息不少于20条", [Target("每月推送信息不少于20条", 20, "条", "月")]),
        ("每半年听取1次", [Target("每半年听取1次", 1, "次", "半年")]),
        ("按季度通报，全年不少于4期", [Target("全年不少于4期", 4, "期")]),
        ("年内开展演练2次", [Target("年内开展演练2次", 2, "次")]),
        ("发布解读材料100篇以上", [Target("100篇以上", 100, "篇")]),
        ("力争突破3000户", [Target("突破3000户", 3000, "户")]),
        (
            "市级每年不少于四场，县级每年不少于一场",
            [Target("每年不少于四场", 4, "场", "年"), Target("每年不少于一场", 1, "场", "年")],
        ),
    ],
)
def test_what_can_be_measured_is_a_target(text: str, targets: list[Target]) -> None:
    assert list(find_targets(text)) == targets


@pytest.mark.parametrize(
    "text",
    [
        "围绕26个试点领域编制目录",
        "开展二次解读、跟踪解读",
        "推行一次性告知、一件事一次办",
        "引入第三方评估",
        "答复时间不超过20个工作日",
        "投诉率控制在5%以内",
        "未达到60%的单位",
        "落实《关于每年不少于四次的规定》",
        "12345热线、第6版协议",
        "",
    ],
)
def test_a_number_that_asks_for_nothing_is_no_target(text: str) -> None:
    assert find_targets(text) == ()


def test_a_deadline_may_name_the_count() -> None:
    assert find_targets("听取汇报。", "每季度一次") == (Target("每季度一次", 1, "次", "季"),)


@pytest.mark.parametrize(
    ("text", "value"), [("60", 60), ("4.5", 4.5), ("两", 2), ("十二", 12), ("二十", 20), ("一百", 100), ("3万", 30000)]
)
def test_numbers_are_read_in_digits_and_in_chinese(text: str, value: float) -> None:
    assert number_value(text) == value


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ("002", {"7.1": [(1, "次", "年")]}),
        (
            "003",
            {
                "15": [(60, "%", "")],
                "24": [(1, "次", "")],
                "47": [(1, "次", ""), (1, "次", "季")],
                "49": [(2, "场", "年"), (1, "场", "年")],
            },
        ),
        ("004", {"43": [(1, "次", "年")], "45": [(4, "%", "")]}),
    ],
)
def test_the_targets_of_a_real_plan_are_exactly_these(
    gold: str, expected: dict[str, list[tuple[float, str, str]]]
) -> None:
    items = json.loads(shared("gold", f"{gold}.json").read_text(encoding="utf-8"))["items"]
    found = {item["no"]: find_targets(item["requirement"], item["deadline_text"] or "") for item in items}
    assert {no: [(t.value, t.unit, t.per) for t in targets] for no, targets in found.items() if targets} == expected


WORDS = "每 年 季度 月 不少于 不得低于 至少 达到 两 20 60 % 场 次 率 覆盖 以上 ， 。 百分之 九十 开展 全年 万 个 不"


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS.split()), max_size=12).map("".join)))
def test_any_text_is_read_without_failing_and_targets_are_parts_of_it(text: str) -> None:
    for target in find_targets(text):
        assert target.value >= 0
        assert target.text
