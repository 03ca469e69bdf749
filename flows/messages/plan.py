"""What `import` and `show` tell: the plan, what changed, what is open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flows.console import Screen
from flows.desk import Desk
from flows.ledger.model import Role
from flows.messages.words import SHOWN, joined, short
from flows.plan.model import Doubt, Kind, Plan
from flows.plan.review import Change
from flows.plan.review_layout import CANCELLED, label_of
from flows.plan.review_questions import questions
from flows.plan.revision import RENUMBERED

if TYPE_CHECKING:  # `show` says the plan too, and needs none of the readers of documents
    from flows.importing import Imported

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
        screen.say(f"按以前定过的读了 {len(done.assignment.decided)} 个说法：{joined(sorted(done.assignment.decided))}")
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
    for change in done.changes[:SHOWN]:
        place = f"第 {change.no} 条" if change.no else "计划信息"
        if change.what == CANCELLED:
            place = f"原第 {change.old_no or change.no} 条"
        elif change.old_no:
            place += f"（原第 {change.old_no} 条）"
        place += label_of(change.field) if change.field and change.what != RENUMBERED else ""
        screen.say(f"  {change.what}  {place}{_turned(change)}")
    if len(done.changes) > SHOWN:
        screen.say(f"  … 另有 {len(done.changes) - SHOWN} 处")


def _turned(change: Change) -> str:
    if change.what == RENUMBERED:
        return ""
    if not change.field:
        return f"：{short(change.now or change.before, 40)}"
    return f"：{short(change.before or '（空）', 30)} → {short(change.now or '（空）', 30)}"


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
    cut = f"各单位任务数（前 {SHOWN} 个，其余见“分工”表）" if len(rows) > SHOWN else "各单位任务数"
    screen.table(cut, ["单位", "合计", "牵头", "责任"], rows[:SHOWN])


def _say_questions(screen: Screen, plan: Plan, doubts: tuple[Doubt, ...]) -> None:
    """Doubts by kind, then the first of them, each asked once."""
    asked = questions(doubts, {item.no: item for item in plan.items})
    if not asked:
        screen.say("没有存疑之处")
        return
    kinds = Counter(_KINDS_OF_DOUBT.get(question.first.field, "其他") for question in asked)
    screen.say(f"有 {len(asked)} 个问题要定：{'，'.join(f'{kind} {count}' for kind, count in kinds.most_common())}")
    for question in asked[:SHOWN]:
        place = f"第 {question.where} 条：".replace("条 条", " 条") if question.where else ""
        screen.say(f"  {place}{question.first.message}")
    if len(asked) > SHOWN:
        screen.say(f"  … 另有 {len(asked) - SHOWN} 个，都在“存疑”表里")


def say_plan(screen: Screen, desk: Desk) -> None:
    """The plan and who carries how much."""
    _say_summary(screen, desk.plan)
    rows = []
    for item in desk.plan.items:
        units = desk.assignment.of(item.no)
        due = item.deadline.due.isoformat() if item.deadline.due else (item.deadline.text or "—")
        rows.append((item.no, short(item.task or "", 18), short(item.requirement, 28), due, len(units)))
    screen.table("任务", ["编号", "任务事项", "具体要求", "时限", "单位数"], rows)
    _say_questions(screen, desk.plan, desk.doubts)


def _say_summary(screen: Screen, plan: Plan) -> None:
    kinds = Counter(item.deadline.kind.label for item in plan.items)
    screen.say(f"{plan.info.title}（{plan.info.year}年）")
    detail = "，".join(f"{kind.label} {kinds[kind.label]}" for kind in Kind if kinds[kind.label])
    tasks = len({item.task for item in plan.items if item.task})
    screen.say(f"任务事项 {tasks} 个，具体要求 {len(plan.items)} 条：{detail}")
