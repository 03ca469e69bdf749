"""Lights: which comes on when, why, and how the office calls and colours it; who is exempt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.config import read_config
from flows.ledger.model import Status
from flows.problems import UserError
from flows.roster import Roster, Unit
from flows.standing.exemptions import exemptions
from flows.standing.light_settings import Lights
from flows.standing.lights import STANDARD, Light, Rules, Scheme, Work, is_overdue, judge, scheme_of

TODAY = date(2026, 3, 31)
ROSTER = Roster(
    (Unit("东山县人民政府", "区县", ("东山县",)), Unit("西河区人民政府", "区县"), Unit("市数据局", "政府部门"))
)
NUMBERS = ("1", "2.1", "2.2")


def light(status: Status | None, due: date | None, **rules: int) -> Light:
    return judge(Work(status, "", due), Rules(TODAY, 15, **rules)).light


def words(scheme: Scheme) -> list[str]:
    return [scheme.word(each) for each in Light]


@pytest.mark.parametrize(
    ("due", "shine"),
    [
        (date(2026, 3, 25), Light.OVERDUE),
        (date(2026, 3, 26), Light.BEHIND),
        (date(2026, 3, 30), Light.BEHIND),
        (date(2026, 3, 31), Light.NEAR),
    ],
)
def test_within_the_days_of_grace_nothing_is_overdue(due: date, shine: Light) -> None:
    assert light(Status.MOVING, due, grace_days=5) is shine
    assert is_overdue(Status.MOVING, due, TODAY, 5) is (shine is Light.OVERDUE)


def test_days_are_counted_from_the_deadline_and_not_from_the_end_of_grace() -> None:
    verdict = judge(Work(Status.MOVING, "单位报推进中", date(2026, 3, 1)), Rules(TODAY, 15, grace_days=5))
    assert verdict.days_late == 30
    assert verdict.why == "时限2026年3月1日，单位报推进中，逾期30天，5天宽限期已过"


def test_a_lag_behind_the_time_lights_up_only_when_the_office_looks_at_it() -> None:
    slow = Work(Status.MOVING, "单位报推进中", date(2026, 12, 31), lag=22.4)
    assert judge(slow, Rules(TODAY, 15)).light is Light.STEADY
    seen = judge(slow, Rules(TODAY, 15, behind_points=20))
    assert seen.light is Light.BEHIND
    assert seen.why.endswith("完成进度比时间进度慢22个百分点（20个起亮灯）")
    assert judge(slow, Rules(TODAY, 15, behind_points=23)).light is Light.STEADY


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (Work(Status.DONE, "单位报已完成", date(2026, 1, 1)), "单位报已完成"),
        (Work(Status.BLOCKED, "单位报需协调", None), "单位报需协调；没有时限"),
        (Work(None, "未报送", date(2026, 4, 10)), "时限2026年4月10日，未报送，还有10天（15天以内亮灯）"),
        (Work(None, "未报送", TODAY), "时限2026年3月31日，未报送，今天到期"),
        (
            Work(Status.MOVING, "单位报推进中", date(2026, 3, 1), extended=True),
            "延期后的时限2026年3月1日，单位报推进中，逾期30天",
        ),
        (Work(Status.MOVING, "单位报推进中", date(2026, 3, 1), excused="不可抗力"), "豁免：不可抗力；单位报推进中"),
        (Work(Status.MOVING, "单位报推进中", None), "没有时限，单位报推进中"),
    ],
)
def test_every_light_says_why_it_is_on(work: Work, why: str) -> None:
    assert judge(work, Rules(TODAY, 15)).why == why


def test_what_is_exempt_is_never_overdue_and_what_is_finished_stays_finished() -> None:
    late = judge(Work(Status.MOVING, "", date(2026, 1, 1), excused="不可抗力"), Rules(TODAY, 15))
    assert (late.light, late.days_late) == (Light.EXEMPT, 0)
    assert judge(Work(Status.DONE, "", date(2026, 1, 1), excused="不可抗力"), Rules(TODAY, 15)).light is Light.FINISHED


def test_the_schemes_give_the_same_meanings_other_colours() -> None:
    assert words(STANDARD) == ["蓝", "绿", "黄", "黄", "红", "豁免"]
    assert words(scheme_of(Lights(scheme="蓝黄红"), 15)) == ["办结", "正常", "蓝", "黄", "红", "豁免"]
    assert words(scheme_of(Lights(scheme="蓝橙红"), 15)) == ["办结", "正常", "蓝", "橙", "红", "豁免"]


def test_an_office_may_call_and_explain_a_light_its_own_way() -> None:
    scheme = scheme_of(Lights(near="橙/预警/快到期了", steady="蓝"), 15)
    sign = scheme.sign(Light.NEAR)
    assert (sign.word, sign.colour, sign.meaning, sign.fill) == ("预警", "橙", "快到期了", "F4B183")
    assert scheme.word(Light.STEADY) == "蓝"


def test_the_legend_has_each_sign_once_with_the_thresholds_that_count() -> None:
    legend = {s.word: s.meaning for s in scheme_of(Lights(grace_days=5, schedule=True, behind_points=20), 7).legend}
    assert list(legend) == ["蓝", "绿", "黄", "红"]
    assert (
        legend["黄"] == "离时限7天以内，尚未完成；需要协调；完成进度比时间进度慢20个百分点以上；已过时限，在5天宽限期内"
    )
    assert legend["红"] == "已过时限超过5天，尚未完成"
    assert "豁免" in [s.word for s in scheme_of(Lights(exempt={"不可抗力": ("1",)}), 7).legend]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('scheme = "红绿灯"', "只能写 '绿黄红', '蓝黄红' 或 '蓝橙红'"),
        ('near = "紫"', "颜色可用 蓝、绿、黄、橙、红、灰、无"),
        ('near = "黄/快要到期啦"', "叫法不超过四个字"),
        ('steady = "无"', '没有颜色的要写叫法，如 "无/正常"'),
        ('steady = "红"', "逾期的灯不能与办结、正常的同色"),
        ('near = "橙/红"', "同一叫法也不能有两种颜色"),
        ("grace_days = -1", "[lights] 的 grace_days 超出范围，不能小于 0"),
        ("behind_points = 0", "[lights] 的 behind_points 超出范围，不能小于 1"),
        ('pace_words = ["快", "慢"]', "应写八个不同的叫法"),
        ('[lights.exempt]\n"不可抗力" = "1"', "应写成列表"),
        ('[lights.exempt]\n"" = ["1"]', "都要写理由和对象"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[lights]\n{text}\n", encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_config(path)
    assert said in refused.value.sentence


def test_settings_of_before_there_were_lights_still_work(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[round]\ndue_soon_days = 10\n[supervision]\nbehind_points = 20\n", encoding="utf-8")
    config = read_config(path)
    assert config.lights == Lights()
    assert config.supervision.behind_points == 20


@pytest.mark.parametrize(
    ("name", "exempt"),
    [
        ("2.1", {("东山县人民政府", "2.1"), ("市数据局", "2.1")}),
        ("要点/2.1", {("东山县人民政府", "2.1"), ("市数据局", "2.1")}),
        ("东山县：2.1", {("东山县人民政府", "2.1")}),
        ("东山县: 2.1", {("东山县人民政府", "2.1")}),
        ("东山县", {("东山县人民政府", "1"), ("东山县人民政府", "2.1")}),
        ("政府部门", {("市数据局", "1"), ("市数据局", "2.1")}),
        ("别的计划/2.1", set()),
    ],
)
def test_tasks_units_and_kinds_can_be_exempt(name: str, exempt: set[tuple[str, str]]) -> None:
    found = exemptions({"不可抗力": (name,)}, "要点", NUMBERS, ROSTER)
    places = {(unit, no) for unit in ("东山县人民政府", "市数据局") for no in ("1", "2.1") if found.reason(unit, no)}
    assert places == exempt
    assert found.unknown == ()


@pytest.mark.parametrize("name", ["3.9", "东三县", "东山县：9", "要点/9", "东三县：1"])
def test_a_name_that_nobody_knows_is_told(name: str) -> None:
    assert exemptions({"不可抗力": (name,)}, "要点", NUMBERS, ROSTER).unknown == (name,)
