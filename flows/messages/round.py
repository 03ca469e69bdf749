"""What `distribute`, `collect` and `remind` tell: what left, what came, who is waited for."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.messages.approval import say_waiting
from flows.messages.words import joined, say_units, say_unsent, short, written


def say_distribute(screen: Screen, plan: str, period: str, result: dict[str, Any], *, sent: bool) -> None:
    """How many went out, and who got nothing."""
    books = result["workbooks"]
    screen.say(
        f"台账 {len(books)} 份，共 {sum(book['items'] for book in books)} 条任务，放在 {Path(books[0]['file']).parent}"
    )
    say_left(screen, f"taizhang distribute {plan} --period {period}", result, sent=sent)
    say_units(screen, "没有邮箱、发不出的单位", result["without_address"], "请在单位名录里补上邮箱后再运行一次")
    if not result["awaiting_approval"]:
        say_unsent(screen, result["unsent"])
    again = f"taizhang distribute {plan} --period {period} --reissue"
    say_units(screen, "已发出而任务后来有变的单位", result["changed"], f"要替换重发请运行 {again}")
    say_units(screen, "还没有单位承担的任务", result["unassigned"], "请在任务分解表里写明单位")
    if result["doubts"]:
        numbers = list(dict.fromkeys(doubt["no"] for doubt in result["doubts"] if doubt["no"]))
        which = f"（第 {joined(numbers)} 条）" if numbers else ""
        screen.say(f"还有 {len(result['doubts'])} 处存疑没有定{which}，台账按现在的读法下发。请在任务分解表里定好")


def say_left(screen: Screen, command: str, result: dict[str, Any], *, sent: bool) -> None:
    """How many letters of a distribution left now, and what to do about the others; ``command``: what runs it again."""
    if sent:
        now = len(result["sent_now"])
        before = sum(book["sent"] for book in result["workbooks"]) - now
        again = f"，以前已发 {before} 份没有重发" if before else ""
        if result["transport"] == "folder":
            screen.say(f"本次写好 {now} 封信{again}。{written(result)}")
        elif now or not result["awaiting_approval"]:
            screen.say(f"本次寄出 {now} 份{again}")
        say_waiting(screen, command, result)
    else:
        screen.say("信件写成了 .eml，没有寄出；要寄出请再运行一次，不加 --no-send")


def say_collect(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """What was merged, what went back, what a person has to look at."""
    screen.say(counts(result, "并入"))
    say_files(screen, result)
    say_answers(screen, result)
    for sentence in result.get("notices", ()):
        screen.say(f"  {sentence}")
    say_unsent(screen, result["unsent"])
    screen.say(f"下一步：taizhang status {plan} --period {period} 看谁还没报")


def say_dry_run(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """What a run would merge, entry by entry: old → new."""
    screen.say(f"只看不收：{counts(result, '可并入')}")
    say_files(screen, result)
    changes = result["changes"]
    for (unit, file), of_file in groupby(changes, key=lambda change: (change["unit"], change["file"])):
        screen.say(f"{unit}（{file}）")
        for no, of_task in groupby(of_file, key=lambda change: change["no"]):
            told = [
                f"{change['field']}{_at(change['cell'])} {_value(change['old'])} → {_value(change['new'])}"
                for change in of_task
            ]
            screen.say(f"  {no}：{'；'.join(told)}")
    if result["accepted"] and not changes:
        screen.say("与现在的内容没有不同")
    screen.say(f"什么都没有改动。要并入，请运行 taizhang collect {plan} --period {period}")


def _at(cell: str | None) -> str:
    return f"（{cell}）" if cell else ""


def _value(text: str) -> str:
    return short(" ".join(text.split()), 60) or "（空）"


def counts(result: dict[str, Any], merged: str) -> str:
    """How many files ended how; ``merged`` is the word for the first kind."""
    return (
        f"{merged} {len(result['accepted'])} 份，退回 {len(result['returned'])} 份，"
        f"待人工处理 {len(result['quarantined'])} 份，重复 {len(result['duplicates'])} 份"
    )


def say_files(screen: Screen, result: dict[str, Any]) -> None:
    """What a clerk should know about single files, in the order of the lists."""
    for entry in result["accepted"]:
        for warning in entry["warnings"][:3]:
            screen.say(f"  提示 {entry['unit']}：{warning}")
        if len(entry["warnings"]) > 3:
            screen.say(f"    … 另有 {len(entry['warnings']) - 3} 条提示")
    for entry in result["returned"]:
        held = f"，填对的 {entry['held']} 项先收下备用" if entry["held"] else ""
        screen.say(f"  退回 {entry['unit']}（{entry['file']}），{len(entry['problems'])} 处要更正{held}：")
        for problem in entry["problems"][:5]:
            sheet = f"“{problem['sheet']}” " if problem.get("sheet") else ""
            screen.say(f"    {sheet}{problem['cell'] or '整表'}：{problem['message']}")
        if len(entry["problems"]) > 5:
            rest = f"见 {entry['annotated']}" if entry["annotated"] else f"还有 {len(entry['problems']) - 5} 处"
            screen.say(f"    … 其余{rest}")
    for entry in result["quarantined"]:
        screen.say(f"  待处理 {entry['file']}：{entry['reason']}")
    for entry in result["duplicates"]:
        if entry.get("waiting"):
            screen.say(f"  仍待处理 {entry['file']}：{entry['waiting']}")
    for sentence in result["unfetched"]:
        screen.say(f"  {sentence}，下次会再取")


def say_answers(screen: Screen, result: dict[str, Any]) -> None:
    """Where the answers to units lie that somebody has to send by hand."""
    if result["answers"] and written(result):
        screen.say(f"退回和回执的信写好 {result['answers']} 封。{written(result)}")


def say_remind(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """Who was reminded, and who was not."""
    reminded = result["reminded"]
    if not any(result[key] for key in ("reminded", "pending", "without_address", "bounced", "unissued")):
        screen.say("各单位都已报送，不用催报")
    fresh = [entry for entry in reminded if entry["new"]]
    say_waiting(screen, f"taizhang remind {plan} --period {period}", result)
    if not result["awaiting_approval"]:
        if fresh:
            screen.say(f"催报 {len(fresh)} 家：{joined([entry['unit'] for entry in fresh])}")
        if written(result) and any(entry["new"] and entry["sent"] for entry in reminded):
            screen.say(f"  {written(result)}")
        before = sum(entry["sent"] and not entry["new"] for entry in reminded)
        if before:
            screen.say(f"今天已经催过的 {before} 家没有再催")
        waiting = sum(not entry["sent"] for entry in reminded)
        if waiting:
            screen.say(f"其中 {waiting} 封还没有寄出")
    for entry in result["pending"]:
        screen.say(f"  没有催 {entry['unit']}：{entry['evidence']}，请先处理")
    say_units(screen, "没有邮箱、催不到的单位", result["without_address"], "请电话催报，并在单位名录里补上邮箱")
    say_units(screen, "邮箱退信、催不到的单位", result["bounced"], "请电话催报，并在单位名录里改正邮箱")
    again = f"taizhang distribute {plan} --period {period}"
    say_units(screen, "台账还没有寄给它、不能催的单位", result["unissued"], f"请先运行 {again}")
    if not result["awaiting_approval"]:
        say_unsent(screen, result["unsent"])
