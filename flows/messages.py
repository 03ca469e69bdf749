"""What the commands tell a clerk: short, and always with the next thing to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.desk import Desk
from flows.importing import Imported
from flows.ledger.model import Role
from flows.periods import spoken
from flows.plan.model import Doubt, Kind, Plan
from flows.plan.review import Change
from flows.plan.review_layout import CANCELLED, label_of
from flows.plan.review_questions import questions
from flows.plan.revision import RENUMBERED
from flows.progress import Answer, Snapshot, UnitLine

_SHOWN = 12
"""Lists longer than this are cut on the screen; the files and --json have all."""

_KINDS_OF_DOUBT = {
    **dict.fromkeys(("lead", "responsible", "roster"), "单位"),
    **dict.fromkeys(("due", "kind", "deadline_text", "deadline_source"), "时限"),
    **dict.fromkeys(("requirement", "task", "category"), "任务内容"),
    **dict.fromkeys(("no", "items", "column"), "表格"),
    **dict.fromkeys(("title", "doc_number", "issuer", "year", "issued"), "计划信息"),
    "identity": "任务承接",
}


def say_import(screen: Screen, done: Imported) -> None:
    """A summary that can be checked in a minute."""
    _say_summary(screen, done.plan)
    _say_changes(screen, done)
    if done.kept:
        screen.say(f"原来的任务分解表另存为 {done.kept.name}")
    if done.roster:
        screen.say(f"单位名录：{done.roster}")
    _say_shares(screen, done)
    if done.assignment.decided:
        screen.say(
            f"按以前定过的读了 {len(done.assignment.decided)} 个说法：{_joined(sorted(done.assignment.decided))}"
        )
    _say_questions(screen, done.plan, done.doubts)
    screen.say(f"任务分解表：{done.review}")
    ready = "在“存疑”表的“处理”一栏选好、保存；" if done.doubts else ""
    screen.say(f"下一步：打开核对，{ready}再运行 taizhang distribute {done.slug} --period 年-月")


def _say_changes(screen: Screen, done: Imported) -> None:
    """Against the last reading."""
    if not done.again:
        return
    if not done.changes:
        screen.say("与上次读入相比，文件没有变动，办公室的修改都保留")
        return
    counts = Counter(change.what for change in done.changes)
    screen.say(f"与上次读入相比：{'，'.join(f'{what} {count} 处' for what, count in counts.items())}，见“变动”表")
    for change in done.changes[:_SHOWN]:
        place = f"第 {change.no} 条" if change.no else "计划信息"
        if change.what == CANCELLED:
            place = f"原第 {change.old_no or change.no} 条"
        elif change.old_no:
            place += f"（原第 {change.old_no} 条）"
        place += label_of(change.field) if change.field and change.what != RENUMBERED else ""
        screen.say(f"  {change.what}  {place}{_turned(change)}")
    if len(done.changes) > _SHOWN:
        screen.say(f"  … 另有 {len(done.changes) - _SHOWN} 处")


def _turned(change: Change) -> str:
    if change.what == RENUMBERED:
        return ""
    if not change.field:
        return f"：{_short(change.now or change.before, 40)}"
    return f"：{_short(change.before or '（空）', 30)} → {_short(change.now or '（空）', 30)}"


def _say_shares(screen: Screen, done: Imported) -> None:
    """How many items each unit carries, most first."""
    by_unit = done.assignment.by_unit
    if not by_unit:
        return
    counts = [len(rows) for rows in by_unit.values()]
    screen.say(f"分到 {len(counts)} 个单位，共 {sum(counts)} 条分工，每个单位 {min(counts)}—{max(counts)} 项")
    rows = []
    for unit, shares in sorted(by_unit.items(), key=lambda entry: -len(entry[1])):
        leads = sum(role is Role.LEAD for _, role in shares)
        rows.append((unit, len(shares), leads, len(shares) - leads))
    cut = f"各单位任务数（前 {_SHOWN} 个，其余见“分工”表）" if len(rows) > _SHOWN else "各单位任务数"
    screen.table(cut, ["单位", "合计", "牵头", "责任"], rows[:_SHOWN])


def _say_questions(screen: Screen, plan: Plan, doubts: tuple[Doubt, ...]) -> None:
    """Doubts by kind, then the first of them, each asked once."""
    asked = questions(doubts, {item.no: item for item in plan.items})
    if not asked:
        screen.say("没有存疑之处")
        return
    kinds = Counter(_KINDS_OF_DOUBT.get(question.first.field, "其他") for question in asked)
    screen.say(f"有 {len(asked)} 个问题要定：{'，'.join(f'{kind} {count}' for kind, count in kinds.most_common())}")
    for question in asked[:_SHOWN]:
        place = f"第 {question.where} 条：".replace("条 条", " 条") if question.where else ""
        screen.say(f"  {place}{question.first.message}")
    if len(asked) > _SHOWN:
        screen.say(f"  … 另有 {len(asked) - _SHOWN} 个，都在“存疑”表里")


def say_plan(screen: Screen, desk: Desk) -> None:
    """The plan and who carries how much."""
    _say_summary(screen, desk.plan)
    rows = []
    for item in desk.plan.items:
        units = desk.assignment.of(item.no)
        due = item.deadline.due.isoformat() if item.deadline.due else (item.deadline.text or "—")
        rows.append((item.no, _short(item.task or "", 18), _short(item.requirement, 28), due, len(units)))
    screen.table("任务", ["编号", "任务事项", "具体要求", "时限", "单位数"], rows)
    _say_questions(screen, desk.plan, desk.doubts)


def say_distribute(screen: Screen, plan: str, period: str, result: dict[str, Any], *, sent: bool) -> None:
    """How many went out, and who got nothing."""
    books = result["workbooks"]
    screen.say(
        f"台账 {len(books)} 份，共 {sum(book['items'] for book in books)} 条任务，放在 {Path(books[0]['file']).parent}"
    )
    if sent:
        now = len(result["sent_now"])
        before = sum(book["sent"] for book in books) - now
        again = f"，以前已发 {before} 份没有重发" if before else ""
        if result["transport"] == "folder":
            screen.say(f"本次写好 {now} 封信{again}。信是 .eml 文件，在 {result['outbox']}，请用邮件程序打开寄出")
        else:
            screen.say(f"本次寄出 {now} 份{again}")
    else:
        screen.say("信件写成了 .eml，没有寄出；要寄出请再运行一次，不加 --no-send")
    _say_units(screen, "没有邮箱、发不出的单位", result["without_address"], "请在单位名录里补上邮箱后再运行一次")
    _say_unsent(screen, result["unsent"])
    again = f"taizhang distribute {plan} --period {period} --reissue"
    _say_units(screen, "已发出而任务后来有变的单位", result["changed"], f"要替换重发请运行 {again}")
    _say_units(screen, "还没有单位承担的任务", result["unassigned"], "请在任务分解表里写明单位")
    if result["doubts"]:
        numbers = list(dict.fromkeys(doubt["no"] for doubt in result["doubts"] if doubt["no"]))
        which = f"（第 {_joined(numbers)} 条）" if numbers else ""
        screen.say(f"还有 {len(result['doubts'])} 处存疑没有定{which}，台账按现在的读法下发。请在任务分解表里定好")


def say_collect(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """What was merged, what went back, what a person has to look at."""
    accepted, returned, quarantined = result["accepted"], result["returned"], result["quarantined"]
    screen.say(
        f"并入 {len(accepted)} 份，退回 {len(returned)} 份，待人工处理 {len(quarantined)} 份，"
        f"重复 {len(result['duplicates'])} 份"
    )
    for entry in accepted:
        for warning in entry["warnings"][:3]:
            screen.say(f"  提示 {entry['unit']}：{warning}")
    for entry in returned:
        screen.say(f"  退回 {entry['unit']}（{entry['file']}），{len(entry['problems'])} 处要更正：")
        for problem in entry["problems"][:5]:
            screen.say(f"    {problem['cell'] or '整表'}：{problem['message']}")
        if len(entry["problems"]) > 5:
            screen.say(f"    … 其余见 {entry['annotated']}")
    for entry in quarantined:
        screen.say(f"  待处理 {entry['file']}：{entry['reason']}")
    for entry in result["duplicates"]:
        if entry.get("waiting"):
            screen.say(f"  仍待处理 {entry['file']}：{entry['waiting']}")
    for sentence in result["unfetched"]:
        screen.say(f"  {sentence}，下次会再取")
    _say_unsent(screen, result["unsent"])
    screen.say(f"下一步：taizhang status {plan} --period {period} 看谁还没报")


def say_remind(screen: Screen, result: dict[str, Any]) -> None:
    """Who was reminded, and who was not."""
    reminded = result["reminded"]
    if not reminded and not result["pending"] and not result["without_address"]:
        screen.say("各单位都已报送，不用催报")
    fresh = [entry for entry in reminded if entry["new"]]
    if fresh:
        screen.say(f"催报 {len(fresh)} 家：{_joined([entry['unit'] for entry in fresh])}")
    if len(reminded) > len(fresh):
        screen.say(f"今天已经催过的 {len(reminded) - len(fresh)} 家没有再催")
    if reminded:
        waiting = sum(not entry["sent"] for entry in reminded)
        if waiting:
            screen.say(f"其中 {waiting} 封还没有寄出")
    for entry in result["pending"]:
        screen.say(f"  没有催 {entry['unit']}：{entry['evidence']}，请先处理")
    _say_units(screen, "没有邮箱、催不到的单位", result["without_address"], "请电话催报，并在单位名录里补上邮箱")
    _say_unsent(screen, result["unsent"])


def say_report(screen: Screen, result: dict[str, Any]) -> None:
    """Where the documents are."""
    screen.say(f"通报：{result['bulletin']}")
    screen.say(f"总台账：{result['master']}")
    _say_units(screen, "来件还没有处理的单位", result["pending"], "通报里没有把它们算作未报送，请处理后再生成一次")
    _say_units(screen, "还没有单位承担的任务", result["unassigned"], "请在任务分解表里写明单位，再生成一次")


def say_status(screen: Screen, plan: str, snap: Snapshot) -> None:
    """Totals, and every unit with what its answer rests on."""
    totals = snap.totals
    if not totals.asked:
        screen.say(f"{snap.period} 还没有下发台账。下一步：taizhang distribute {plan} --period {snap.period}")
    screen.say(f"{snap.plan_title} {snap.period}，截至{spoken(snap.as_of)}，报送截止{spoken(snap.reply_by)}")
    screen.say(
        f"任务 {totals.items} 项：已完成 {totals.done}，推进 {totals.moving}，"
        f"未启动 {totals.idle}，逾期 {totals.overdue}"
    )
    screen.say(
        f"应报 {totals.asked} 家：按时 {totals.on_time}，逾期报送 {totals.late}，已退回未改 {totals.returned}，"
        f"待处理 {totals.pending}，未报送 {totals.missing}"
    )
    asked = [line for line in snap.units if line.answer is not Answer.NOT_ASKED]
    rows = [
        (line.unit.name, line.answer.value, _day(line), line.tasks, line.done, line.overdue, _percent(line.rate))
        for line in asked
    ]
    screen.table("各单位", ["单位", "报送", "收到", "任务", "完成", "逾期", "完成率"], rows)
    for line in asked:
        if totals.asked and (line.answer not in (Answer.ON_TIME, Answer.LATE) or "已退回" in line.evidence):
            screen.say(f"{line.answer.value}：{line.unit.name}，{line.evidence}")


def _day(line: UnitLine) -> str:
    return f"{line.received.month}月{line.received.day}日" if line.received else "—"


def _say_summary(screen: Screen, plan: Plan) -> None:
    kinds = Counter(item.deadline.kind.label for item in plan.items)
    screen.say(f"{plan.info.title}（{plan.info.year}年）")
    detail = "，".join(f"{kind.label} {kinds[kind.label]}" for kind in Kind if kinds[kind.label])
    tasks = len({item.task for item in plan.items if item.task})
    screen.say(f"任务事项 {tasks} 个，具体要求 {len(plan.items)} 条：{detail}")


def _say_units(screen: Screen, title: str, units: list[str], cure: str) -> None:
    if units:
        screen.say(f"{title} {len(units)} 个：{_joined(units)}。{cure}")


def _say_unsent(screen: Screen, letters: list[dict[str, str]]) -> None:
    for letter in letters[:_SHOWN]:
        screen.say(f"  给{letter['unit']}的信{letter['message']}")
    if any(letter["state"] == "unknown" for letter in letters):
        screen.say("  不能确定是否寄出的，请先问单位收到没有；没收到的，用 distribute --again 单位 再发")
    if any(letter["state"] == "queued" for letter in letters):
        screen.say("  还没有寄出的，稍后再运行一次会接着寄")


def _joined(names: list[str]) -> str:
    head = "、".join(names[:_SHOWN])
    return f"{head} 等" if len(names) > _SHOWN else head


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.0%}"
