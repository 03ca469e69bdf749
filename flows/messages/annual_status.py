"""What `status --year` tells: who has filed, who has not, and what needs a look."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.console import Screen
from flows.messages.words import SHOWN, joined, say_units, say_unsent, short
from flows.periods import spoken
from flows.progress import Answer

_NEXT = "下一步：taizhang"
_LONGEST = 100
"""Characters of a doubt on the screen; --json has all."""


def say_year(screen: Screen, title: str, result: dict[str, Any]) -> None:
    """Totals, every unit with its own day, then what a person has to do, unit by unit."""
    totals, plan, year = result["totals"], result["plan"], result["year"]
    screen.say(f"{title} {year}年度年报数据，截至{_day(result['as_of'])}")
    screen.say(
        f"要报 {totals['units']} 家：按时 {totals['on_time']}，逾期报送 {totals['late']}，"
        f"已退回未改 {totals['returned']}，待处理 {totals['pending']}，未报送 {totals['missing']}，"
        f"未下发 {totals['not_issued']}；已过截止日还没有报的 {totals['overdue']} 家"
    )
    rows = [
        (each["unit"], each["answer"], _received(each), _day(each["deadline"]), _when(each), len(each["doubts"]) or "")
        for each in result["units"]
    ]
    screen.table("各单位", ["单位", "报送", "收到", "截止", "时间", "疑点"], rows)
    for each in result["units"]:
        if each["reason"] and each["answer"] not in (Answer.MISSING.value, Answer.NOT_ISSUED.value):
            screen.say(f"{each['answer']}：{each['unit']}，{each['reason']}")
    _say_doubts(screen, result["units"])
    for each in result["others"][:SHOWN]:
        screen.say(f"待处理来件“{each['file']}”{'（' + each['unit'] + '）' if each['unit'] else ''}：{each['reason']}")
    for each in result["units"]:
        for bounce in each["bounced"]:
            what = "邮箱退信" if bounce["permanent"] else "邮箱暂时退信"
            screen.say(f"{what}：{each['unit']}，{bounce['address']}，{bounce['reason']}")
    say_units(screen, "[annual] 里写的、单位名录里没有的单位", result["unknown_names"], "请改正 config.toml")
    if result["not_filing"]:
        screen.say(f"不用报的单位 {len(result['not_filing'])} 个：{joined(result['not_filing'])}")
    say_unsent(screen, result["unsent"])
    left = result["publish_days_left"]
    words = f"还有 {left} 天" if left >= 0 else f"已过 {-left} 天"
    screen.say(f"本级政府年报应于{_day(result['publish_by'])}前公布，{words}")
    if totals["not_issued"]:
        screen.say(f"{_NEXT} distribute {plan} --year {year} 下发")
    elif totals["pending"] or totals["missing"] or totals["returned"]:
        screen.say(f"{_NEXT} collect {plan} --year {year} 回收，或 remind {plan} --year {year} 催报")
    else:
        screen.say(f"都报齐了。{_NEXT} annual {plan} --year {year} 生成年度报告")


def _say_doubts(screen: Screen, units: list[dict[str, Any]]) -> None:
    told = [(each["unit"], doubt) for each in units for doubt in each["doubts"]]
    if told:
        screen.say(f"疑点 {len(told)} 处，已收下，请核对：")
    for unit, doubt in told[:SHOWN]:
        screen.say(f"  {unit}：{short(doubt, _LONGEST)}")
    if len(told) > SHOWN:
        screen.say(f"  … 其余 {len(told) - SHOWN} 处见 --json")


def _received(each: dict[str, Any]) -> str:
    return each["received"][5:16].replace("T", " ") if each["received"] else ""


def _when(each: dict[str, Any]) -> str:
    if each["answer"] in (Answer.ON_TIME.value, Answer.LATE.value):
        return ""
    words = {"before": f"还有 {each['days']} 天", "today": "今天", "after": f"逾期 {each['days']} 天"}
    return words[each["when"]]


def _day(text: str) -> str:
    return spoken(date.fromisoformat(text))
