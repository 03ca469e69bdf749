"""What `distribute`, `collect` and `remind` tell of an annual round."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.messages.approval import say_waiting
from flows.messages.round import counts, say_answers, say_files, say_left
from flows.messages.words import SHOWN, joined, say_units, say_unsent, short, written
from flows.periods import spoken
from flows.progress import Answer


def say_distribute(screen: Screen, plan: str, year: int, result: dict[str, Any], *, sent: bool) -> None:
    """How many went out with which deadlines, and who got nothing."""
    books = result["workbooks"]
    screen.say(f"{year}年度年报数据表 {len(books)} 份，放在 {Path(books[0]['file']).parent}")
    days = Counter(book["deadline"] for book in books)
    screen.say(f"  报送截止：{'，'.join(f'{_day(day)} {count} 家' for day, count in sorted(days.items()))}")
    prefilled = sum(book["last_year"] for book in books)
    if prefilled:
        screen.say(f"  其中 {prefilled} 份带有上年数据，供对照")
    for entry in result["former"]:
        if entry["reason"]:
            screen.say(f"  上年年报“{entry['file']}”没有用上：{entry['reason']}")
    say_left(screen, f"taizhang distribute {plan} --year {year}", result, sent=sent)
    if result["not_filing"]:
        screen.say(
            f"不用报的单位 {len(result['not_filing'])} 个：{joined(result['not_filing'])}（见 config.toml 的 [annual]）"
        )
    say_units(screen, "没有邮箱、发不出的单位", result["without_address"], "请在单位名录里补上邮箱后再运行一次")
    say_units(screen, "[annual] 里写的、单位名录里没有的单位", result["unknown_names"], "请改正 config.toml")
    if not result["awaiting_approval"]:
        say_unsent(screen, result["unsent"])
    again = f"taizhang distribute {plan} --year {year} --reissue"
    say_units(screen, "已发出而截止日或上年数据后来有变的单位", result["changed"], f"要替换重发请运行 {again}")


def say_collect(screen: Screen, plan: str, year: int, result: dict[str, Any]) -> None:
    """What was taken in, what went back, what a person has to look at, who is missing."""
    screen.say(counts(result, "并入"))
    say_files(screen, result)
    say_answers(screen, result)
    _say_alike(screen, result)
    for sentence in result["notices"]:
        screen.say(f"  {sentence}")
    say_unsent(screen, result["unsent"])
    _say_missing(screen, result)
    if result["missing"]:
        screen.say(f"下一步：taizhang remind {plan} --year {year} 催报")
    else:
        screen.say(f"都报齐了。下一步：taizhang annual {plan} --year {year} 生成年度报告")


def say_dry_run(screen: Screen, plan: str, year: int, result: dict[str, Any]) -> None:
    """What a run would take in, number by number: old → new."""
    screen.say(f"只看不收：{counts(result, '可并入')}")
    say_files(screen, result)
    for (unit, file), of_file in groupby(result["changes"], key=lambda change: (change["unit"], change["file"])):
        made = list(of_file)
        screen.say(f"{unit}（{file}）{len(made)} 处不同")
        for change in made[:SHOWN]:
            cell = f"（{change['cell']}）" if change["cell"] else ""
            screen.say(f"  {change['field']}{cell} {_value(change['old'])} → {_value(change['new'])}")
        if len(made) > SHOWN:
            screen.say(f"  … 其余 {len(made) - SHOWN} 处见 --json")
    _say_alike(screen, result)
    screen.say(f"什么都没有改动。要并入，请运行 taizhang collect {plan} --year {year}")


def say_remind(screen: Screen, plan: str, year: int, result: dict[str, Any]) -> None:
    """Who was reminded and how late it is, who need not be yet, and how long the office itself has."""
    reminded = result["reminded"]
    silent = ("reminded", "pending", "without_address", "bounced", "unissued", "not_due")
    if not any(result[key] for key in silent):
        screen.say(f"{year}年度年报数据都已报齐，不用催报")
    say_waiting(screen, f"taizhang remind {plan} --year {year}", result)
    if not result["awaiting_approval"]:
        fresh = [entry for entry in reminded if entry["new"]]
        if fresh:
            screen.say(f"催报 {len(fresh)} 家")
        if written(result) and any(entry["sent"] for entry in fresh):
            screen.say(f"  {written(result)}")
        before = sum(entry["sent"] and not entry["new"] for entry in reminded)
        if before:
            screen.say(f"今天已经催过的 {before} 家没有再催")
        waiting = sum(not entry["sent"] for entry in reminded)
        if waiting:
            screen.say(f"其中 {waiting} 封还没有寄出")
    for title, units in _by_urgency(reminded).items():
        if units:
            screen.say(f"  {title} {len(units)} 家：{joined(units)}")
    later = [_with_day(entry) for entry in result["not_due"]]
    if later:
        screen.say(f"  还没到催的时候 {len(later)} 家：{joined(later)}")
    for entry in result["pending"]:
        screen.say(f"  没有催 {entry['unit']}：{entry['evidence']}，请先处理")
    say_units(screen, "没有邮箱、催不到的单位", result["without_address"], "请电话催报，并在单位名录里补上邮箱")
    say_units(screen, "邮箱退信、催不到的单位", result["bounced"], "请电话催报，并在单位名录里改正邮箱")
    again = f"taizhang distribute {plan} --year {year}"
    say_units(screen, "表还没有寄给它、不能催的单位", result["unissued"], f"请先运行 {again}")
    if not result["awaiting_approval"]:
        say_unsent(screen, result["unsent"])
    left = result["publish_days_left"]
    publish = _day(result["publish_by"])
    if left >= 0:
        screen.say(f"本级政府年报应于{publish}前公布，还有 {left} 天")
    else:
        screen.say(f"本级政府年报应于{publish}前公布，已过 {-left} 天")


def _by_urgency(reminded: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {title: [] for title in ("已过截止日", "今天截止", "退回后还没有更正", "快到截止日")}
    for entry in reminded:
        returned = entry["answer"] == Answer.RETURNED.value
        early = "退回后还没有更正" if returned else "快到截止日"
        found[{"after": "已过截止日", "today": "今天截止"}.get(entry["when"], early)].append(_with_day(entry))
    return found


def _say_missing(screen: Screen, result: dict[str, Any]) -> None:
    missing = result["missing"]
    screen.say(f"已报 {result['filed']} 家，还缺 {len(missing)} 家")
    for entry in missing[:SHOWN]:
        screen.say(f"  {entry['unit']}：{entry['reason']}（截止 {_day(entry['deadline'])}）")
    if len(missing) > SHOWN:
        screen.say(f"  … 其余 {len(missing) - SHOWN} 家见 --json")


def _say_alike(screen: Screen, result: dict[str, Any]) -> None:
    alike = result["alike"]
    for entry in alike[:SHOWN]:
        screen.say(f"  文字雷同 {entry['message']}")
    if len(alike) > SHOWN:
        screen.say(f"  … 文字雷同共 {len(alike)} 处，其余见 --json")


def _with_day(entry: dict[str, Any]) -> str:
    words = {"before": "还有 {} 天", "today": "今天", "after": "逾期 {} 天"}[entry["when"]].format(entry["days"])
    return f"{entry['unit']}（{_day(entry['deadline'])}，{words}）"


def _day(text: str) -> str:
    return spoken(date.fromisoformat(text))


def _value(text: str) -> str:
    return short(" ".join(text.split()), 60) or "（空）"
