"""What `lookback` tells, and where a look-back item came from."""

from __future__ import annotations

from typing import Any

from flows.console import Screen
from flows.messages.office import say_trace
from flows.messages.words import SHOWN, joined, short

_KINDS = {"task": "上年未完成", "problem": "核定指出的问题", "outside": "外部反馈的问题"}


def say_lookback(screen: Screen, result: dict[str, Any]) -> None:
    """What was taken into the new plan, what has been finished since, what was left out and why."""
    added, until = result["added"], f"（截至 {result['period']} 的填报）"
    if added:
        counts = {kind: sum(each["kind"] == kind for each in added) for kind in _KINDS}
        told = "，".join(f"{_KINDS[kind]} {count} 条" for kind, count in counts.items() if count)
        screen.say(f"从 {result['from']}{until}带入 {result['plan']}：{told}")
        for each in added[:SHOWN]:
            where = f"原第 {each['origin']['no']} 条" if each["origin"]["no"] else each["origin"]["title"]
            units = joined(each["units"]) or "没有责任单位"
            screen.say(
                f"  {each['no']}（{where}）{short(each['requirement'], 32)}：{units}，{each['due'] or '时限待定'}"
            )
        if len(added) > SHOWN:
            screen.say(f"  … 另有 {len(added) - SHOWN} 条，见任务分解表")
    else:
        screen.say(f"{result['from']}{until}没有要新带入的")
    if result["known"]:
        screen.say(f"以前带入过的 {result['known']} 条没有重复带入，办公室的修改都保留")
    for each in result["closed"]:
        what = "已办结" if each["whole"] else "其中已办结"
        screen.say(
            f"  {each['no']}（原第 {each['origin']} 条）在旧计划里{what}：{joined(each['units'])}，请定是否还要办"
        )
    for each in result["owing"]:
        screen.say(
            f"  {each['no']}（原第 {each['origin']} 条）现在没有完成的还有：{joined(each['units'])}，请定是否加上"
        )
    for each in result["left_out"][:SHOWN]:
        units = f"（{joined(each['units'])}）" if each["units"] else ""
        screen.say(f"  没有带入 原第 {each['no']} 条{units}：{each['reason']}")
    if len(result["left_out"]) > SHOWN:
        screen.say(f"  … 另有 {len(result['left_out']) - SHOWN} 条没有带入，见 --json")
    for sentence in result["remarks"]:
        screen.say(f"  {sentence}")
    if result["undated"]:
        screen.say(f"{len(result['undated'])} 条还没有新的完成时限：请在“存疑”表里写明；要一次定好，可加 --due 日期")
    screen.say(f"任务分解表：{result['review']}")
    ready = "在“存疑”表的“处理”一栏定好、保存；" if result["warnings"] else ""
    screen.say(f"下一步：打开核对，{ready}再运行 taizhang distribute {result['plan']} --period 年-月")


def say_origin(screen: Screen, found: dict[str, Any]) -> None:
    """Where a look-back item came from, and the old plan's chain behind it; nothing for other items."""
    origin = found.get("origin")
    if not origin:
        return
    if origin["plan"] is None:
        screen.say(f"来源：问题清单 {origin['title']}（{_KINDS[origin['kind']]}）")
        return
    screen.say(f"来源：{origin['title']} 第 {origin['no']} 条（{_KINDS[origin['kind']]}）")
    said = origin["said"]
    if said and said["status"]:
        tail = f"；核定意见：{short(said['opinion'], 60)}" if said["opinion"] else ""
        screen.say(
            f"  上年最后填报 {said['period']}：{said['status']}，{short(said['progress'] or '没有写进展', 60)}{tail}"
        )
    elif said:
        screen.say("  上年没有填报过")
    if origin["chain"]:
        screen.say(f"—— 在“{origin['plan']}”里的来历 ——")
        say_trace(screen, origin["chain"])
        say_origin(screen, origin["chain"])
