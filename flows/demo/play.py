"""`taizhang demo`: two months of the invented city, by the flows that an office runs. No mail leaves the machine."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.demo.actors import Reply, reply
from flows.demo.content import PLAN_FILE, ROSTER_FILE
from flows.importing import import_plan
from flows.periods import Period
from flows.problems import UserError
from flows.standing.notices import FOLDER as NOTICES
from flows.workspace import Home, create_home

SLUG = "政务公开2026"
PERIODS = ("2026-03", "2026-04")
_MARK = "这是演示目录.txt"
_SETTINGS = {
    "name": "云川市政务公开工作领导小组办公室",
    "contact": "林知远",
    "phone": "0000-8000100",
    "number_prefix": "云政公开办",
    "publicity": "此件公开发布",
    "recipients": "各县（市、区）人民政府，各管委会，市直各单位",
}


def play(target: Path, screen: Screen, *, engine: bool) -> dict[str, Any]:
    """Make the demo home and run both months. Gives where everything lies, for ``--json``.

    An earlier demo in ``target`` is replaced; UserError when the folder holds anything else.
    """
    home = _fresh_home(target)
    screen.say("一、读入计划和单位名录")
    sample = home.ledgers / "示例"
    plan = import_plan(home, sample / PLAN_FILE, SLUG, year=2026, roster=sample / ROSTER_FILE)
    units = len(plan.assignment.by_unit)
    screen.say(f"  {plan.plan.info.title}：{len(plan.plan.items)} 条任务，分到 {units} 个单位")
    months = []
    for number, name in zip("二三", PERIODS, strict=True):
        screen.say(f"{number}、{Period.parse(name).label}")
        months.append(_month(home, Period.parse(name), screen, engine=engine))
    _say_summary(home, screen)
    return {"home": str(home.root), "plan": SLUG, "items": len(plan.plan.items), "units": units, "periods": months}


def _month(home: Home, period: Period, screen: Screen, *, engine: bool) -> dict[str, Any]:
    from flows.collect import collect
    from flows.distribute import distribute
    from flows.engine import run
    from flows.remind import remind
    from flows.report import report

    place: dict[str, Any] = {"engine": engine, "home": str(home.root), "slug": SLUG, "period": str(period)}
    issued = run(distribute, **place, day=str(period.first_day))
    books = issued["workbooks"]
    screen.say(f"  下发台账 {len(books)} 份，信件写入发件箱")
    staging = home.root / "演示用填报"
    replies = [r for r in reply(str(period), [Path(book["file"]) for book in books], staging) if r.file]
    corrected = min((r.received for r in replies if r.kind == "corrected" and r.received), default=None)
    deadline = period.day(home.config().round.reply_day)
    first = [r for r in replies if r.received and corrected and r.received < corrected]
    second = [r for r in replies if r not in first and r.received and r.received.date() <= deadline]
    third = [r for r in replies if r not in first and r not in second]
    counts = {"accepted": 0, "returned": 0, "quarantined": 0}
    for batch, said in ((first, "先到的"), (second, "截止前到的"), (third, "催报后到的")):
        folder = _deliver(home, period, batch)
        result = run(collect, **place, folder=str(folder), day=str(deadline + timedelta(days=1)))
        for name in counts:
            counts[name] += len(result[name])
        screen.say(
            f"  收回{said} {len(batch)} 份：并入 {len(result['accepted'])} 份，退回 {len(result['returned'])} 份"
        )
        for entry in result["returned"]:
            screen.say(f"    退回 {entry['unit']}：{entry['problems'][0]['message']}等 {len(entry['problems'])} 处")
        if batch is second:
            reminded = run(remind, **place, day=str(deadline + timedelta(days=1)))["reminded"]
            screen.say(f"  截止次日催报 {len(reminded)} 家：{'、'.join(r['unit'] for r in reminded)}")
    shutil.rmtree(staging, ignore_errors=True)
    made = run(report, **place, signed_on=str(period.last_day))
    screen.say("  生成通报和总台账")
    return {"period": str(period), "workbooks": len(books), **counts, **made}


def _deliver(home: Home, period: Period, batch: Iterable[Reply]) -> Path:
    """Lay files into the inbox with the time at which they came."""
    folder = home.inbox / str(period)
    folder.mkdir(parents=True, exist_ok=True)
    for each in batch:
        if each.file is None or each.received is None:
            continue
        target = folder / each.file.name
        shutil.move(each.file, target)
        moment = each.received.timestamp()
        os.utime(target, (moment, moment))
    return folder


def _fresh_home(target: Path) -> Home:
    if target.exists():
        if not (target / _MARK).is_file() and (not target.is_dir() or any(target.iterdir())):
            raise UserError(f"{target} 已有别的内容", "请换一个目录：taizhang demo 目录名")
        shutil.rmtree(target)
    home = create_home(target)
    (home.root / _MARK).write_text("由 taizhang demo 生成，可以整个删除；再次演示会重新生成。\n", encoding="utf-8")
    text = home.config_file.read_text(encoding="utf-8")
    for key, value in _SETTINGS.items():
        text = re.sub(rf'^{key} = "[^"]*"', f'{key} = "{value}"', text, count=1, flags=re.MULTILINE)
    home.config_file.write_text(text, encoding="utf-8")
    return home


def _say_summary(home: Home, screen: Screen) -> None:
    folder = home.plan(SLUG)
    screen.say()
    screen.say(f"演示做完了，都在 {home.root}")
    screen.say(f"  任务分解表   {folder.review.relative_to(home.root)}（办公室核对、修改的地方）")
    for name in PERIODS:
        period = folder.period(Period.parse(name))
        screen.say(f"  {Period.parse(name).label}")
        screen.say(f"    各单位台账 {period.issued.relative_to(home.root)}")
        screen.say(f"    信件       {period.outbox.relative_to(home.root)}")
        screen.say(f"    退回更正   {period.corrections.relative_to(home.root)}")
        screen.say(f"    总台账     {period.master.relative_to(home.root)}")
        screen.say(f"    通报       {period.bulletin.relative_to(home.root)}")
        notices = period.bulletin.with_name(NOTICES)
        if notices.is_dir():
            screen.say(f"    督办单     {notices.relative_to(home.root)}")
    screen.say(f"看谁报了：taizhang --home {home.root.name} status {SLUG}")
