"""What `annual` tells: where the report lies, and what a person still has to do for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.messages.words import SHOWN, short

_LENGTH = 90


def say_annual(screen: Screen, plan: str, year: int, result: dict[str, Any]) -> None:
    """Where everything is, who is missing, and what to do next."""
    report = Path(result["report"])
    screen.say(f"年度报告已写好：{report}")
    also = ["分节/（六节各一份）", Path(result["tables"]).name, Path(result["page"]).name]
    also += [Path(result["pdf"]).name] if result["pdf"] else []
    screen.say(f"  同一文件夹里还有 {'、'.join(also)}")
    for path in result["kept"]:
        screen.say(f"  有人改过的文稿没有覆盖，另存为 {Path(path).name}")
    screen.say(f"已汇总 {len(result['filed'])} 个单位的年报数据，缺 {len(result['missing'])} 个")
    pressing = [each for each in result["todo"] if each["kind"] != "请留意"]
    for each in pressing[:SHOWN]:
        screen.say(f"  {each['kind']} {each['where']}：{short(each['message'], _LENGTH)}")
    if len(pressing) > SHOWN:
        screen.say(f"  … 共 {len(pressing)} 条，其余见 {Path(result['check']).name}")
    hints = len(result["todo"]) - len(pressing)
    if hints:
        screen.say(f"另有 {hints} 条请留意的，见 {Path(result['check']).name}")
    if any("没有下发" in each["reason"] for each in result["missing"]):
        screen.say(f"下一步：taizhang distribute {plan} --year {year} 下发年报数据表，收回后再运行一次")
    elif result["missing"]:
        screen.say(f"下一步：taizhang remind {plan} --year {year} 催报，收回后再运行一次")
    elif pressing:
        screen.say(f"下一步：按 {Path(result['check']).name} 逐条处理")
    else:
        screen.say("下一步：通读全文，核对无误后按程序报批、公布")
