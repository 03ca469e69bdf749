"""The sheets 存疑 and 已记住 as the clerk left them: what was answered, what is taken back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.plan.documents.grid import Sheet
from flows.plan.model import Doubt, PlanInfo
from flows.plan.review_layout import (
    DOUBT_COLUMNS,
    DROP,
    FORGET,
    KEEP,
    KINDS,
    NEW_ITEM,
    OLD_DOUBT_COLUMNS,
    REMEMBERED_COLUMNS,
    SAME_ITEM,
    is_confirmed,
    same,
    shown,
)
from flows.plan.review_questions import COLUMN_MEANINGS, TEXT_FIELDS, TIME_FIELDS, UNIT_FIELDS, Question, questions
from flows.plan.review_sheet import Grid, Record, day_of, grid_of
from flows.plan.review_state import Decided
from flows.plan.units import join_names, split_names
from flows.problems import Problem


@dataclass(slots=True)
class Answers:
    """What the sheet 存疑 says. A doubt in none of these is still open."""

    settled: set[Doubt] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    """Numbers of items that are no tasks."""
    typed: dict[str, list[tuple[Doubt, str, str]]] = field(default_factory=dict)
    """Item number → (doubt, column, what is to stand in it)."""
    info: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Field of the plan → (new value, row of the answer)."""
    decided: list[Decided] = field(default_factory=list)
    emptied: list[Decided] = field(default_factory=list)
    """Questions about words that stand without an answer."""
    new_items: set[str] = field(default_factory=set)
    """Numbers of items that are not what they were taken for."""
    waiting: dict[Doubt, str] = field(default_factory=dict)
    """Answers that take effect with the next import."""


def read_answers(sheet: Sheet | None, record: Record, problems: list[Problem]) -> Answers:
    """Match the rows of 存疑 to the questions that were asked. A row that is gone or emptied settles its question."""
    answers = Answers()
    grid = _doubt_grid(sheet) if sheet else None
    if grid is None or not record.doubts:
        return answers
    items = record.items
    rows: dict[tuple[str, ...], int] = {}
    for row in grid.rows:
        key = _key([grid.text(row, name) for name in DOUBT_COLUMNS[:4]])
        rows[key] = row
        rows.setdefault(key[1:], row)
    asked = questions(record.doubts, items)
    # A number that got lost does no harm where no other question reads the same.
    alone = Counter(_key(list(question.row))[1:] for question in asked)
    for question in asked:
        general = question.first.no not in items
        if record.layout < 2 and not general:
            continue  # the sheet of that layout held only what is about the whole plan
        texts = list(question.row)
        if record.layout < 2:
            texts[0] = shown(question.first.no or "")
        key = _key(texts)
        found = rows.get(key) or (rows.get(key[1:]) if alone[key[1:]] == 1 else None)
        if found is None:
            answers.settled.update(question.doubts)
            continue
        answer = _plain(grid.text(found, "处理"))
        if question.shared and (not answer or same(answer, KEEP)):
            # An answer that was given before and is gone takes its word back; where there was none, nothing happens.
            answers.emptied.append(Decided("unit", question.first.text, (), _origin(record, "")))
        if answer:
            _take(answers, question, answer, grid, found, record, problems)
    return answers


def _key(texts: list[str]) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", "", text) for text in texts)


def _doubt_grid(sheet: Sheet) -> Grid | None:
    names = (*DOUBT_COLUMNS, *OLD_DOUBT_COLUMNS)
    for wanted in ({"为什么存疑"}, {"疑问"}):
        grid = grid_of(sheet, names, wanted)
        if grid is not None:
            grid.columns = {OLD_DOUBT_COLUMNS.get(name, name): at for name, at in grid.columns.items()}
            return grid
    return None


def _take(
    answers: Answers, question: Question, answer: str, grid: Grid, row: int, record: Record, problems: list[Problem]
) -> None:
    """One answered question."""
    first = question.first
    if same(answer, KEEP) or is_confirmed(answer) or (answer == SAME_ITEM and first.field == "identity"):
        answers.settled.update(question.doubts)
    elif same(answer, DROP):
        answers.dropped.update(doubt.no for doubt in question.doubts if doubt.no)
        answers.settled.update(question.doubts)
    elif first.field == "identity" and first.no:
        if answer != NEW_ITEM:
            problems.append(grid.problem(row, "处理", f"“{answer}”看不懂", f"请选“{SAME_ITEM}”或“{NEW_ITEM}”"))
        answers.new_items.add(first.no)
        answers.settled.update(question.doubts)
    elif first.field == "column":
        if answer not in COLUMN_MEANINGS:
            cure = f"请从列表里选：{'、'.join(COLUMN_MEANINGS)}"
            problems.append(grid.problem(row, "处理", f"“{answer}”不是栏目", cure))
        answers.decided.append(Decided("column", first.text, (answer,), _origin(record, answer)))
        answers.waiting[first] = answer
    elif question.shared:
        # The doubt is not settled here: it goes when the decision is applied, and is back when that is taken back.
        answers.decided.append(Decided("unit", first.text, split_names(answer), _origin(record, answer)))
    elif first.no is None or first.no not in record.items:
        if first.field in PlanInfo.__dataclass_fields__:
            answers.info[first.field] = (answer, row)
        answers.settled.update(question.doubts)
    else:
        for doubt in question.doubts:
            _type(answers, doubt, answer, record)


def _plain(answer: str) -> str:
    """An answer without full stop, and near-words of the two that the list offers."""
    text = answer.strip().rstrip("。.；;")
    return {"保留": KEEP, "同意": KEEP, "不变": KEEP, "删去": DROP, "删除": DROP, "不是任务": DROP}.get(text, text)


def _origin(record: Record, answer: str) -> str:
    return f"{record.token}:{answer}"


def _type(answers: Answers, doubt: Doubt, answer: str, record: Record) -> None:
    """An answer that is as good as typing into the item's own row."""
    item = record.items[doubt.no or ""]
    column, text = "", answer
    if doubt.field in UNIT_FIELDS:
        units = item.lead if doubt.field == "lead" else item.responsible
        column = "牵头单位" if doubt.field == "lead" else "责任单位"
        if doubt.text in units:
            text = join_names(answer if unit == doubt.text else unit for unit in units)
    elif doubt.field in TIME_FIELDS:
        column = "截止日期" if day_of(answer) else ("时限类型" if answer in KINDS else "时限原文")
    else:
        column = TEXT_FIELDS.get(doubt.field, "")
    answers.settled.add(doubt)
    if column:
        answers.typed.setdefault(item.no, []).append((doubt, column, text))


def read_forgotten(sheet: Sheet | None) -> tuple[int, ...]:
    """Numbers of the rows of 已记住 that are taken back."""
    grid = grid_of(sheet, REMEMBERED_COLUMNS, {"序号", "处理"}) if sheet else None
    if grid is None:
        return ()
    return tuple(_forgotten(grid))


def _forgotten(grid: Grid) -> Iterator[int]:
    for row in grid.rows:
        number = grid.text(row, "序号")
        if grid.text(row, "处理") == FORGET and number.isdigit():
            yield int(number)
