"""Reading 任务分解表.xlsx back: what the office changed counts, what it left alone is exactly what was imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flows.plan.deadlines import plan_years
from flows.plan.documents.grid import Sheet, Value
from flows.plan.model import Doubt, Plan, PlanInfo
from flows.plan.review_answers import Answers, read_answers, read_forgotten
from flows.plan.review_corrections import learn
from flows.plan.review_layout import DOUBT_COLUMNS, DOUBTS, INFO, INFO_ROWS, REMEMBERED, field_of, same, shown
from flows.plan.review_numbers import answers_renumbered, moved_by_hand, renumbered, renumbering
from flows.plan.review_rows import Rows
from flows.plan.review_sheet import Record, day_of, grid_of, open_sheets, read_record, task_grid
from flows.plan.review_state import Reviewed
from flows.plan.textual import one_line
from flows.problems import Problem, UserError


def read_review(path: Path) -> Plan:
    """The plan as 任务分解表.xlsx now says it; see read_reviewed."""
    return read_reviewed(path).plan


def read_reviewed(path: Path) -> Reviewed:
    """Everything that 任务分解表.xlsx says.

    Cells that still show what was written give back exactly that; edited cells win. A changed 时限原文 is read anew
    unless 截止日期 or 时限类型 was changed too. A doubt stays open while its line stands in the item's 存疑 cell, its
    column is unchanged, and its row in the sheet 存疑 stands there without an answer. UserError names the cells for
    content that cannot be used.
    """
    sheets = open_sheets(path)
    grid = task_grid(sheets, path.name)
    record = read_record(sheets)
    problems: list[Problem] = []
    answers = read_answers(sheets.get(DOUBTS), record, problems)
    moves = moved_by_hand(grid, record)
    by_hand = renumbering(record, moves)
    record = renumbered(record, moves)
    answers_renumbered(answers, moves)
    info, source = _info(sheets.get(INFO), record, answers, problems, path)
    rows = Rows(grid, record, info, answers, problems)
    with plan_years(info.title, info.issued):
        rows.read()
    if problems:
        raise _refusal(path, problems)
    if not rows.items:
        raise UserError(f"{path.name} 里没有任务", "请恢复被删去的行，或重新运行 taizhang import")
    learn(answers, record, rows.corrected)
    general = _general_doubts(sheets.get(DOUBTS), record, info, answers)
    open_now = set(general) | set(rows.doubts)
    settled = [d for d in record.doubts if d not in open_now and (d.no not in record.items or d in set(rows.settled))]
    before = record.plan
    return Reviewed(
        plan=Plan(source, info, tuple(rows.ordered()), _in_order(record, [*general, *rows.doubts])),
        reading=record.reading,
        roster_doubts=record.roster_doubts,
        kept_doubts=tuple(d for d in (*general, *rows.doubts) if d in record.kept_doubts or d in rows.notes),
        settled=tuple(dict.fromkeys((*record.settled, *settled))),
        decided=tuple(answers.decided),
        emptied=tuple(answers.emptied),
        forgotten=read_forgotten(sheets.get(REMEMBERED)),
        cancelled=tuple(rows.cancelled.values()),
        marks=rows.marks,
        by_hand=by_hand,
        pending=tuple(moved.parted(frozenset(answers.new_items)) for moved in record.pending),
        edited=before is None
        or rows.edited
        or bool(moves)
        or bool(settled or answers.decided)
        or (info, source) != (before.info, before.source),
        carried=record.carried,
        changes=record.changes,
    )


def _refusal(path: Path, problems: list[Problem]) -> UserError:
    first = problems[:3]
    rest = f"；另有 {len(problems) - 3} 处" if len(problems) > 3 else ""
    places = "；".join(f"“{p.sheet}”表 {p.cell}：{p.message}" for p in first)
    return UserError(
        f"{path.name} 有填写错误：{places}{rest}", "；".join(dict.fromkeys(p.cure for p in first if p.cure))
    )


def _in_order(record: Record, doubts: list[Doubt]) -> tuple[Doubt, ...]:
    """Imported doubts first, in their old order, then the new ones."""
    still = set(doubts)
    old = [doubt for doubt in record.doubts if doubt in still]
    return tuple(dict.fromkeys([*old, *doubts]))


def _info(
    sheet: Sheet | None, record: Record, answers: Answers, problems: list[Problem], path: Path
) -> tuple[PlanInfo, str]:
    """计划信息 and the name of the source file; an answer in 存疑 holds where the cell was left alone."""
    old = record.plan.info if record.plan else None
    if sheet is None:
        if record.plan is None or old is None:
            raise UserError(f"{path.name} 缺少“{INFO}”表", "请恢复这张表，或重新运行 taizhang import")
        return old, record.plan.source
    cells = {sheet.text(row, 1).strip(): (row, sheet.text(row, 2).strip()) for row in range(1, sheet.height + 1)}
    texts = {name: cells.get(name, (0, ""))[1] for name in INFO_ROWS}
    places = {name: (INFO, f"B{cells.get(name, (0, ''))[0]}") for name in INFO_ROWS}
    issued_cell: Value = sheet.values.get((cells.get("印发日期", (0, ""))[0], 2))
    for field, (answer, row) in answers.info.items():
        name = {"title": "标题", "doc_number": "文号", "issuer": "印发机关", "year": "年度", "issued": "印发日期"}[
            field
        ]
        was = old.as_dict()[field] if old else None
        if same(texts[name], shown(str(was or ""))) or (
            name == "印发日期" and day_of(issued_cell) == (old and old.issued)
        ):
            texts[name], places[name] = answer, (DOUBTS, f"E{row}")
            issued_cell = answer if name == "印发日期" else issued_cell

    def fault(name: str, message: str, cure: str) -> None:
        place, cell = places[name]
        problems.append(Problem(message, cure, cell=None if cell == "B0" else cell, sheet=place, found=texts[name]))

    title = old.title if old and same(texts["标题"], shown(old.title)) else one_line(texts["标题"])
    if not title:
        fault("标题", "标题是空的", "请填写计划的标题")
    year = re.fullmatch(r"(20[0-9]{2})年?", texts["年度"])
    if not year:
        fault("年度", f"“{texts['年度']}”不是年份", "年度请写成 2026 这样")
    issued = day_of(issued_cell)
    if texts["印发日期"] and issued is None:
        fault("印发日期", f"“{texts['印发日期']}”不是日期", "印发日期请写成 2026-10-31 这样，不知道就留空")
    number = _kept(texts["文号"], old.doc_number if old else None)
    issuer = _kept(texts["印发机关"], old.issuer if old else None)
    source = _kept(texts["来源文件"], record.plan.source if record.plan else None) or path.name
    return PlanInfo(title, int(year[1]) if year else 0, number, issuer, issued), source


def _kept(text: str, old: str | None) -> str | None:
    return old if same(text, shown(old)) else one_line(text) or None


def _general_doubts(sheet: Sheet | None, record: Record, info: PlanInfo, answers: Answers) -> list[Doubt]:
    """Doubts about the plan as a whole that are still open."""
    if record.plan is None:
        return list(_visible(sheet))
    before, now = record.plan.info.as_dict(), info.as_dict()
    found = []
    for doubt in record.doubts:
        corrected = doubt.field in now and now[doubt.field] != before.get(doubt.field)
        if doubt.no in record.items or doubt in answers.settled or corrected:
            continue
        if answer := answers.waiting.get(doubt):
            message = f"“{doubt.text}”一栏已定为“{answer}”，请再运行一次 taizhang import 重新读入"
            doubt = replace(doubt, message=message, choices=())
        found.append(doubt)
    return found


def _visible(sheet: Sheet | None) -> Iterator[Doubt]:
    """Without the hidden sheet: what 存疑 says about the whole plan, as far as nobody has answered it."""
    grid = grid_of(sheet, DOUBT_COLUMNS, {"为什么存疑"}) if sheet else None
    for row in grid.rows if grid else ():
        where, label, text, question, answer = (
            (grid.text(row, name) for name in DOUBT_COLUMNS[:5]) if grid else [""] * 5
        )
        if question and not where and not answer:
            yield Doubt(None, field_of(label), text, question)
