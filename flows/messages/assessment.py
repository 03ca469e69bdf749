"""What `assess` tells: the ranking, what of the office's lines was taken, and what a person has to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.messages.words import SHOWN, say_units


def say_assess(screen: Screen, plan: str, result: dict[str, Any]) -> None:
    """Where the workbook and the document are, and what to do next."""
    screen.say(f"考核得分表：{result['scores']}")
    screen.say(f"考核情况：{result['summary']}")
    for series in dict.fromkeys(each["series"] for each in result["units"]):
        shown = [each for each in result["units"] if each["series"] == series]
        rows = [
            (each["rank"] or "—", each["unit"], f"{each['score']:.2f}", each["grade"]) for each in shown[: 2 * SHOWN]
        ]
        screen.table(f"{series} {len(shown)} 家", ["名次", "单位", "总分", "等次"], rows)
        if len(shown) > 2 * SHOWN:
            screen.say(f"  … 其余见 {Path(result['scores']).name}")
    _say_adjustments(screen, result)
    for each in result["talks"][:SHOWN]:
        screen.say(f"建议约谈 {each['unit']}：{'；'.join(each['reasons'])}")
    if len(result["talks"]) > SHOWN:
        screen.say(f"  … 共 {len(result['talks'])} 家，其余见 {Path(result['summary']).name}")
    for each in result["excluded"][:SHOWN]:
        screen.say(f"没有列入考核 {each['unit']}：{each['reason']}")
    say_units(screen, "有来件还没有处理的单位", result["pending"], f"请处理后再运行一次 taizhang assess {plan}")
    for each in result["doubtful"]:
        screen.say(f"config.toml [assessment] 里的“{each['key']}”：{each['message']}")
    if result["kept"]:
        screen.say(f"原来的考核得分表没有能读入，另存为 {result['kept']}")


def _say_adjustments(screen: Screen, result: dict[str, Any]) -> None:
    changed = result["adjustments"]
    for word, lines in (("新增", changed["added"]), ("取消", changed["removed"])):
        for line in lines:
            points = "一票否决" if line["points"] is None else f"{line['points']:+g} 分"
            when = f"（{line['period']}）" if line["period"] else ""
            screen.say(f"加减分{word} {line['unit']}{when} {points}：{line['reason']}")
    if changed["problems"]:
        screen.say(f"加减分表有 {len(changed['problems'])} 处没有计入，请改正后再运行：")
    for problem in changed["problems"]:
        screen.say(f"  {problem['cell'] or '整表'}：{problem['message']}")
