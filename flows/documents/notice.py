"""提示单, 督办单, 约谈建议: every word that their templates print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.config import Config, Supervision
from flows.documents.bulletin import SIGNATURE_WIDTH
from flows.documents.chinese import clipped, flat, listed
from flows.documents.render import render
from flows.documents.titles import balanced
from flows.ledger.model import Role
from flows.periods import Period, spoken
from flows.progress import Cell, Snapshot
from flows.standing.escalation import Draft, Issued, Level

Content = dict[str, Any]
MASTHEAD_WIDTH = 14
"""Characters of the 发文机关标志 on one line of its style (30 pt)."""
ON_THE_SHEET = 5
"""Items that stand in the text; a longer list becomes an attachment at the end."""
_TEXT_LENGTH = 120
_REQUIREMENT_LENGTH = 160


def notice_content(
    draft: Draft, snapshot: Snapshot, config: Config, *, number: str, dated: date, answer_by: date
) -> Content:
    """The words of the template and what they stand for; plain texts, lists and numbers, so that a store can keep them.

    发文机关标志 发文字号 标题 主送机关 颜色 级别 正文[] 清单[编号 要求 承担 时限 天数 填报 督办]
    清单标题 附件说明 要求[] 结语 署名 成文日期 · 单位 期次 截至日期 回复期限 计划名称 项数.
    附件说明 is '' when the list stands in the text, else what the attachment is called; 结语, the last demand, stays on
    the page of the signature.
    """
    attached = len(draft.cells) > ON_THE_SHEET
    where = "见附件" if attached else "见下表"
    words = _words(_Case(draft, snapshot, config.supervision, spoken(answer_by), where, dated))
    office = config.office
    contact = "，".join(
        f"{label}：{text}" for label, text in (("联系人", office.contact), ("联系电话", office.phone)) if text
    )
    return {
        "发文机关标志": "\n".join(balanced(office.name + draft.level.kind, MASTHEAD_WIDTH)),
        "发文字号": number,
        "标题": "\n".join(balanced(words.title)),
        "主送机关": words.to,
        "颜色": draft.level.colour(config.supervision),
        "级别": int(draft.level),
        "正文": [words.opening],
        "清单": [_row(cell, draft, snapshot) for cell in draft.cells],
        "清单标题": words.list_title,
        "附件说明": f"附件：{words.list_title}" if attached else "",
        "要求": list(words.demands[:-1]),
        "结语": words.demands[-1] + (f"{contact}。" if contact else ""),
        "署名": "\n".join(balanced(office.name, SIGNATURE_WIDTH)),
        "成文日期": spoken(dated),
        "单位": draft.unit,
        "期次": Period.parse(snapshot.period).label,
        "截至日期": spoken(snapshot.as_of),
        "回复期限": spoken(answer_by),
        "计划名称": _bare(snapshot.plan_title),
        "项数": len(draft.cells),
    }


def write_notice(template: Path, content: Content, out: Path, dated: date) -> None:
    """Fill a template; UserError as `render`. The same template, content and day give the same bytes."""
    render(template, content, out, stamp=dated)


@dataclass(frozen=True, slots=True)
class _Words:
    """What differs between the kinds of notices."""

    title: str
    to: str
    list_title: str
    opening: str
    demands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A notice that is being worded. ``where`` says where its list stands: 见下表, 见附件."""

    draft: Draft
    snapshot: Snapshot
    rules: Supervision
    answer_by: str
    where: str
    dated: date

    @property
    def basis(self) -> str:
        number = f"（{self.snapshot.doc_number}）" if self.snapshot.doc_number else ""
        return f"《{_bare(self.snapshot.plan_title)}》{number}中"

    @property
    def day(self) -> str:
        return f"截至{spoken(self.snapshot.as_of)}"

    @property
    def count(self) -> int:
        return len(self.draft.cells)


def _words(case: _Case) -> _Words:
    if case.draft.level is Level.HINT:
        return _hint(case)
    return _talk(case) if case.draft.level is Level.TALK else _supervision(case)


def _hint(case: _Case) -> _Words:
    near = [cell for cell in case.draft.cells if _days_left(cell, case.snapshot) <= case.rules.hint_days]
    last = max((cell.due for cell in near if cell.due), default=case.snapshot.as_of)
    slow = case.count - len(near)
    # The figures are of the end of the month, the notice of a week later: by then a day may have come and gone.
    past = any(cell.due and cell.due < case.dated for cell in near)
    until = f"应于{spoken(last)}前完成" if past else f"将于{spoken(last)}前到期"
    work, excuse = ("抓紧办结", "已过时限或难以按期完成的，") if past else ("确保按期完成", "确实难以按期完成的，提前")
    if not slow:
        reason = until
    elif not near:
        reason = "完成进度落后于时间进度"
    else:
        reason = f"中，{len(near)}项{until}，{slow}项完成进度落后于时间进度"
    return _Words(
        title="关于按期完成有关任务的提示单",
        to=case.draft.unit,
        list_title="提示任务清单",
        opening=f"{case.basis}，由你单位承担的{case.count}项任务{reason}，{case.day}尚未完成（{case.where}），现予提示。",
        demands=(
            f"请你单位倒排进度，明确责任人，{work}；{excuse}书面说明原因。",
            f"请于{case.answer_by}前反馈办理情况；已经完成的，附佐证材料。",
        ),
    )


def _supervision(case: _Case) -> _Words:
    rules, level = case.rules, case.draft.level
    colour = level.colour(rules)
    what = f"{case.basis}，由你单位承担的{case.count}项任务"
    before = _numbers(case.draft)
    if before:
        opening = f"{what}逾期未完成，此前已发出{before}，{case.day}仍未完成（{case.where}）。现发出{colour}色督办单。"
    else:
        opening = f"{what}已过完成时限，{case.day}仍未完成（{case.where}）。现予督办。"
    each = "逐项" if case.count > 1 else ""
    approved = "书面回复须经主要负责同志审签。" if level is Level.THIRD else ""
    return _Words(
        title=f"关于办理逾期任务的{colour}色督办单",
        to=case.draft.unit,
        list_title="逾期任务清单",
        opening=opening,
        demands=(
            f"请你单位{each}查明原因、加快办理，于{case.answer_by}前书面回复办理情况和预计完成日期；"
            f"已经完成的，附佐证材料。{approved}",
            *_consequence(level, rules),
        ),
    )


def _consequence(level: Level, rules: Supervision) -> tuple[str, ...]:
    """What follows when nothing happens, by the office's own rules."""
    if level is Level.THIRD:
        if rules.talk_days:
            return (f"本单发出满{rules.talk_days}日仍未完成的，将按规定建议约谈。",)
        return ("仍未完成的，将按规定建议约谈。",) if rules.talk_notices else ()
    wait = rules.yellow_days if level is Level.FIRST else rules.red_days
    return (f"本单发出满{wait}日仍未完成的，将发出{rules.colours[level]}色督办单。",)


def _talk(case: _Case) -> _Words:
    unit = case.draft.unit
    return _Words(
        title=f"关于约谈{unit}的建议",
        to=case.rules.talk_recipient.rstrip("：: "),
        list_title="督办后仍未完成的任务清单",
        opening=(
            f"{case.basis}，由{unit}承担的{case.count}项任务逾期未完成，此前已发出{_numbers(case.draft, every=True)}，"
            f"{case.day}仍未完成（{case.where}）。"
        ),
        demands=(
            f"建议约谈{unit}负责同志，听取未完成原因和下步措施，明确责任人和完成日期。",
            f"妥否，请于{case.answer_by}前批示。",
        ),
    )


def _bare(title: str) -> str:
    return flat(title).removeprefix("《").removesuffix("》").replace("《", "〈").replace("》", "〉")


def _numbers(draft: Draft, *, every: bool = False) -> str:
    """督办〔2026〕3号、5号蓝色督办单: what went before, each once; only the last of each item unless ``every``."""
    found: dict[str, Issued] = {}
    for notices in draft.earlier.values():
        for each in notices if every else notices[-1:]:
            found[each.number] = each
    shades: dict[tuple[Level, str], list[str]] = {}
    for each in sorted(found.values(), key=lambda each: (each.level, each.dated)):
        shades.setdefault((each.level, each.colour), []).append(each.number)
    return "，".join(f"{colour}色督办单（{listed(numbers)}）" for (_, colour), numbers in shades.items())


def _row(cell: Cell, draft: Draft, snapshot: Snapshot) -> dict[str, Any]:
    days = _days_left(cell, snapshot)
    return {
        "编号": cell.item.no,
        "要求": clipped(cell.item.requirement, _REQUIREMENT_LENGTH),
        "承担": "牵头" if cell.role is Role.LEAD else "责任",
        "时限": spoken(cell.due) if cell.due else "—",
        "天数": abs(days),
        "填报": said(cell),
        "督办": "\n".join(f"{each.colour}：{each.number}" for each in draft.earlier.get(cell.item.no, ())) or "—",
    }


def said(cell: Cell) -> str:
    """What the unit last said about an item: status, percent, words, and of which month they are when not of this."""
    report = cell.report
    if report is None:
        return cell.word
    percent = f"（{report.percent}%）" if report.percent is not None else ""
    words = clipped(report.progress, _TEXT_LENGTH)
    when = f"（{Period.parse(cell.source.period).month}月填报）" if cell.source and not cell.fresh else ""
    head = cell.word + ("" if cell.reported is None else f"（单位填报{cell.reported.value}）") + percent
    return f"{head}：{words}{when}" if words else head + when


def _days_left(cell: Cell, snapshot: Snapshot) -> int:
    return (cell.due - snapshot.as_of).days if cell.due else 0
